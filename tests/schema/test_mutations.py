"""One change in the catalog is one difference of the right kind, in both directions; a copy of a database is equal to it."""
import json
import subprocess

import pytest
import scratch

ZOO = (scratch.TREE / "tests" / "schema" / "zoo.sql").read_text(encoding="utf-8")

FIELD = """
CREATE TABLE zoo.kinds (id integer PRIMARY KEY, code text NOT NULL UNIQUE, alias text);
CREATE TABLE zoo.field (id integer PRIMARY KEY, kind integer, label varchar(20), note text DEFAULT 'x', size integer NOT NULL,
    cage serial, at timestamp, flag char(3), amount numeric(10, 2), CONSTRAINT field_kind FOREIGN KEY (kind) REFERENCES zoo.kinds);
CREATE INDEX field_label ON zoo.field (label);
CREATE INDEX field_part ON zoo.visits (day);
CREATE TRIGGER field_touch BEFORE INSERT ON zoo.visits FOR EACH ROW EXECUTE FUNCTION zoo.touch();
CREATE PUBLICATION fields FOR TABLE zoo.field;
COMMENT ON INDEX zoo.field_label IS 'by label';
-- so that what is made once more is made as it was
ALTER DEFAULT PRIVILEGES IN SCHEMA zoo REVOKE SELECT ON TABLES FROM zoo_reader;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;

-- Lists, whose text PostgreSQL changes after a dump and reload.
CREATE SCHEMA lists;
SET search_path = lists;
CREATE TABLE t (s varchar(10), u varchar, n text, c char(3),
    CONSTRAINT a CHECK (s IN ('a','b''c')), CONSTRAINT b CHECK (u NOT IN ('a','b')), CONSTRAINT c CHECK (n IN ('a','b')), CONSTRAINT d CHECK (c IN ('a','b')),
 CONSTRAINT e CHECK (s = ANY (ARRAY['x','y']::varchar[])), CONSTRAINT f CHECK (s = ANY (ARRAY['x'])), CONSTRAINT g CHECK (s IN ('a', 'b'::text)), CONSTRAINT h CHECK (s IN (u, 'b')), CONSTRAINT i CHECK (s COLLATE "C" IN ('a','b')), CONSTRAINT j CHECK (upper(s) IN ('A','B')),
 CONSTRAINT k CHECK (n = ANY (ARRAY['a'::varchar,'b'::varchar])), CONSTRAINT l CHECK (s IN (lower('A'), 'b')), CONSTRAINT m CHECK (s IN ('a'::varchar(3), 'b'::varchar(2))), CONSTRAINT q CHECK (s IN ('a],b', 'c])::text[]')), CONSTRAINT r CHECK (s IN (NULL, 'x')), CONSTRAINT cc CHECK (c IN ('a'::text, 'b'::varchar)), CONSTRAINT ff CHECK (s BETWEEN 'a' AND 'b'), CONSTRAINT nn CHECK (n = ANY (string_to_array('a,b', ','))));
ALTER TABLE t ADD x int, ADD y int, ADD CONSTRAINT between_ CHECK (x BETWEEN 1 AND 5 AND y BETWEEN 2 AND 3 AND y > x), ADD CONSTRAINT in_ CHECK (x IN (y, y + 1, 7) OR x NOT IN (y, 2 * y, 1)),
    ADD CONSTRAINT rows_ CHECK ((x, y) IN ((1, 2), (3, 4), (5, 6))), ADD CONSTRAINT said CHECK (n <> '((a OR b) OR c)');
CREATE VIEW w AS SELECT a.n, (a.x IN (b.y, b.x, 7)) AS q FROM t a LEFT JOIN t b ON a.x = b.x AND b.y IN (a.y, a.x, 3) WHERE a.x BETWEEN 1 AND 5 AND (a.y BETWEEN 2 AND 3 OR a.n = 'x' OR a.s IN ('y', 'z'));
CREATE INDEX i ON t(n) WHERE s IN ('a','b');
CREATE INDEX i2 ON t((s IN ('a','b')));
CREATE POLICY p ON t USING (s IN ('a','b'));
CREATE VIEW v AS SELECT * FROM t WHERE s IN ('a','b');
CREATE DOMAIN d AS varchar CHECK (VALUE IN ('a','b'));
CREATE TABLE g(s varchar, b bool GENERATED ALWAYS AS (s IN ('a','b')) STORED, x bool DEFAULT ('a'::varchar IN ('a', 'b')));
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.s IN ('a','b')) EXECUTE FUNCTION f();
CREATE RULE ru AS ON INSERT TO t WHERE new.s IN ('a','b') DO ALSO NOTHING;
CREATE STATISTICS st ON (s IN ('a','b')), u FROM t;
CREATE TABLE pt(s varchar) PARTITION BY LIST ((s IN ('a','b')));

CREATE FUNCTION ff(s varchar) RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT s IN ('a','b'); END;
CREATE FUNCTION fd(s varchar, b bool DEFAULT ('a'::varchar IN ('a','b'))) RETURNS bool LANGUAGE sql AS 'SELECT true';
RESET search_path;
"""


def foreign_key(more):
    return f"ALTER TABLE zoo.field DROP CONSTRAINT field_kind; ALTER TABLE zoo.field ADD CONSTRAINT field_kind FOREIGN KEY (kind) {more}"


def index(definition):
    return f"DROP INDEX zoo.field_label; CREATE {definition}; COMMENT ON INDEX zoo.field_label IS 'by label'"


def trigger(definition):
    return f"DROP TRIGGER touched ON zoo.animals; CREATE TRIGGER touched {definition} EXECUTE FUNCTION zoo.touch()"


def function(more):
    return f"CREATE OR REPLACE FUNCTION zoo.touch(a integer, b zoo.mood DEFAULT 'sad') RETURNS integer LANGUAGE sql {more}"


# The statement, and the one difference: its kind, its change, a word of its object. Each continues from the one before.
MUTATIONS = [
    # columns
    ("ALTER TABLE zoo.field ALTER kind TYPE bigint", "column", "changed", "zoo.field.kind"),
    ("ALTER TABLE zoo.field ALTER label TYPE varchar(30)", "column", "changed", "zoo.field.label"),
    ("ALTER TABLE zoo.field ALTER amount TYPE numeric(10, 3)", "column", "changed", "zoo.field.amount"),
    ("ALTER TABLE zoo.field ALTER at TYPE timestamptz", "column", "changed", "zoo.field.at"),
    ("ALTER TABLE zoo.field ALTER at TYPE timestamptz(3)", "column", "changed", "zoo.field.at"),
    ("ALTER TABLE zoo.field ALTER note SET DEFAULT 'y'", "column", "changed", "zoo.field.note"),
    ("ALTER TABLE zoo.field ALTER note DROP DEFAULT", "column", "changed", "zoo.field.note"),
    ("ALTER TABLE zoo.field ALTER note TYPE text[] USING NULL", "column", "changed", "zoo.field.note"),
    ("ALTER TABLE zoo.field ALTER note SET NOT NULL", "column", "changed", "zoo.field.note"),
    ("ALTER TABLE zoo.field ALTER size DROP NOT NULL", "column", "changed", "zoo.field.size"),
    ("ALTER TABLE zoo.field ALTER cage DROP DEFAULT", "column", "changed", "zoo.field.cage"),
    ("ALTER TABLE zoo.field ADD double integer GENERATED ALWAYS AS (id * 2) STORED", "column", "added", "zoo.field.double"),
    ("ALTER TABLE zoo.field ALTER double DROP EXPRESSION", "column", "changed", "zoo.field.double"),
    ("ALTER TABLE zoo.field ALTER id ADD GENERATED ALWAYS AS IDENTITY", "column", "changed", "zoo.field.id"),
    ("ALTER TABLE zoo.field ALTER id SET GENERATED BY DEFAULT", "column", "changed", "zoo.field.id"),
    ("ALTER TABLE zoo.field ALTER id SET INCREMENT 5", "sequence setting", "changed", "zoo.field_id_seq"),
    ("ALTER TABLE zoo.field ALTER id TYPE bigint", "column", "changed", "zoo.field.id"),
    ("ALTER TABLE zoo.field ALTER id DROP IDENTITY", "column", "changed", "zoo.field.id"),
    ("ALTER TABLE zoo.field ADD y serial", "column", "added", "zoo.field.y"),
    ("ALTER TABLE zoo.field DROP y", "column", "removed", "zoo.field.y"),
    ("ALTER TABLE zoo.field ADD y integer UNIQUE REFERENCES zoo.kinds CHECK (y > 0)", "column", "added", "zoo.field.y"),
    ("CREATE INDEX ON zoo.field (y, label); CREATE STATISTICS zoo.seen ON y, label FROM zoo.field; COMMENT ON COLUMN zoo.field.y IS 'y'; "
     "ALTER TABLE zoo.field DROP y; CREATE STATISTICS zoo.seen ON id, label FROM zoo.field", None, None, None),
    ("ALTER TABLE zoo.animals ALTER mood DROP DEFAULT", "column", "changed", "zoo.animals.mood"),
    ("ALTER TABLE zoo.visits ADD weather text DEFAULT 'fine' NOT NULL", "column", "added", "zoo.visits.weather"),
    ("ALTER TABLE zoo.visits DROP weather", "column", "removed", "zoo.visits.weather"),
    ("ALTER TABLE zoo.visits ALTER note SET DEFAULT ''", "column", "changed", "zoo.visits.note"),
    ('ALTER TABLE zoo.field ALTER label TYPE varchar(30) COLLATE "C"', "column collation", "added", "zoo.field.label"),
    ('ALTER TABLE zoo.field ALTER label TYPE varchar(30) COLLATE "POSIX"', "column collation", "changed", "zoo.field.label"),
    ("ALTER TABLE zoo.animals ALTER name SET STORAGE MAIN", "column property", "changed", "zoo.animals.name"),
    ("ALTER TABLE zoo.animals ALTER tags SET STATISTICS 501", "column property", "changed", "zoo.animals.tags"),
    ("ALTER TABLE zoo.animals ALTER tags SET COMPRESSION default", "column property", "removed", "zoo.animals.tags"),
    ("ALTER TABLE zoo.animals ALTER mood SET (n_distinct = 5)", "column parameter", "changed", "zoo.animals.mood"),
    # tables
    ("CREATE TABLE zoo.more (id serial PRIMARY KEY, n integer UNIQUE, x text COLLATE \"C\" CHECK (x <> '')); CREATE INDEX ON zoo.more (x); "
     "COMMENT ON TABLE zoo.more IS 'more'; COMMENT ON COLUMN zoo.more.x IS 'x'; GRANT SELECT ON zoo.more TO zoo_reader; "
     "CREATE STATISTICS zoo.most ON n, x FROM zoo.more; ALTER PUBLICATION fields ADD TABLE zoo.more; "
     "ALTER TABLE zoo.more ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON zoo.more", "table", "added", "zoo.more"),
    ("DROP TABLE zoo.more", "table", "removed", "zoo.more"),
    ("CREATE TABLE zoo.again (a integer, b integer)", "table", "added", "zoo.again"),
    ("DROP TABLE zoo.again; CREATE TABLE zoo.again (b integer, a integer)", "column order", "reordered", "zoo.again"),
    ("ALTER TABLE zoo.again ADD c integer; ALTER TABLE zoo.again DROP a; ALTER TABLE zoo.again ADD a integer; ALTER TABLE zoo.again DROP c", None, None, None),
    ("ALTER TABLE zoo.again SET UNLOGGED", "property", "added", "zoo.again.persistence"),
    ("ALTER TABLE zoo.again SET LOGGED", "property", "removed", "zoo.again.persistence"),
    ("CREATE TABLE zoo.loud (id serial PRIMARY KEY, n integer GENERATED ALWAYS AS IDENTITY, code text UNIQUE); CREATE INDEX ON zoo.loud (n)",
     "table", "added", "zoo.loud"),
    ("ALTER TABLE zoo.loud SET UNLOGGED", "property", "added", "zoo.loud.persistence"),
    ("ALTER SEQUENCE zoo.loud_id_seq SET LOGGED", "property", "added", "zoo.loud_id_seq.persistence"),
    ("ALTER SEQUENCE zoo.loud_id_seq SET UNLOGGED", "property", "removed", "zoo.loud_id_seq.persistence"),
    ("ALTER TABLE zoo.loud SET LOGGED", "property", "removed", "zoo.loud.persistence"),
    ("DROP TABLE zoo.loud", "table", "removed", "zoo.loud"),
    ("CREATE UNLOGGED SEQUENCE zoo.loud; ALTER SEQUENCE zoo.loud SET LOGGED", "sequence", "added", "zoo.loud"),
    ("ALTER SEQUENCE zoo.loud SET UNLOGGED", "property", "added", "zoo.loud.persistence"),
    ("ALTER TABLE zoo.animals SET (fillfactor = 71)", "storage parameter", "changed", "zoo.animals.fillfactor"),
    ("ALTER TABLE zoo.animals RESET (fillfactor)", "storage parameter", "removed", "zoo.animals.fillfactor"),
    ("ALTER TABLE zoo.again SET (autovacuum_vacuum_scale_factor = 0.02)", "storage parameter", "added", "zoo.again"),
    ("ALTER TABLE zoo.animals SET (toast.autovacuum_enabled = true)", "storage parameter", "changed", "zoo.animals"),
    ("ALTER TABLE zoo.animals REPLICA IDENTITY NOTHING", "property", "changed", "zoo.animals.replica-identity"),
    ("ALTER TABLE zoo.kinds REPLICA IDENTITY USING INDEX kinds_code_key", "property", "added", "zoo.kinds.replica-identity"),
    ("ALTER TABLE zoo.kinds REPLICA IDENTITY USING INDEX kinds_pkey", "property", "changed", "zoo.kinds.replica-identity"),
    ("ALTER TABLE zoo.kinds CLUSTER ON kinds_code_key", "property", "added", "zoo.kinds.clustered"),
    ("ALTER TABLE zoo.kinds RENAME CONSTRAINT kinds_code_key TO codes", "constraint", "renamed", "kinds_code_key"),
    ("ALTER TABLE zoo.animals NO FORCE ROW LEVEL SECURITY", "property", "removed", "zoo.animals.row-security-of-owner"),
    ("ALTER TABLE zoo.again ENABLE ROW LEVEL SECURITY", "property", "added", "zoo.again.row-security"),
    ("CREATE TABLE zoo.visits_2027 PARTITION OF zoo.visits FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')", "table", "added", "zoo.visits_2027"),
    ("ALTER TABLE zoo.visits DETACH PARTITION zoo.visits_2027", "partition", "removed", "zoo.visits_2027"),
    ("ALTER TABLE zoo.visits ATTACH PARTITION zoo.visits_2027 FOR VALUES FROM ('2027-01-01') TO ('2029-01-01')", "partition", "added", "zoo.visits_2027"),
    ("ALTER TABLE zoo.visits DETACH PARTITION zoo.visits_2027; ALTER TABLE zoo.visits ATTACH PARTITION zoo.visits_2027 "
     "FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')", "partition", "changed", "zoo.visits_2027"),
    ("CREATE TABLE zoo.listed (a integer, b integer) PARTITION BY LIST (a); CREATE TABLE zoo.listed_1 PARTITION OF zoo.listed FOR VALUES IN (1)",
     "table", "added", "zoo.listed"),
    ("DROP TABLE zoo.listed; CREATE TABLE zoo.listed (a integer, b integer) PARTITION BY LIST (b); CREATE TABLE zoo.listed_1 PARTITION OF zoo.listed FOR VALUES IN (1)",
     "partition key", "changed", "zoo.listed"),
    ("DROP TABLE zoo.listed", "table", "removed", "zoo.listed"),
    ("ALTER TABLE zoo.birds NO INHERIT zoo.animals", "inheritance", "removed", "zoo.birds"),
    ("ALTER TABLE zoo.birds INHERIT zoo.animals", "inheritance", "added", "zoo.birds"),
    # constraints
    (foreign_key("REFERENCES zoo.kinds ON DELETE CASCADE"), "constraint", "changed", "field_kind"),
    (foreign_key("REFERENCES zoo.kinds ON DELETE SET NULL"), "constraint", "changed", "field_kind"),
    (foreign_key("REFERENCES zoo.kinds ON DELETE SET NULL ON UPDATE CASCADE"), "constraint", "changed", "field_kind"),
    (foreign_key("REFERENCES zoo.kinds ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE"), "constraint", "changed", "field_kind"),
    ("ALTER TABLE zoo.field ALTER CONSTRAINT field_kind DEFERRABLE INITIALLY DEFERRED", "constraint", "changed", "field_kind"),
    (foreign_key("REFERENCES zoo.kinds MATCH FULL"), "constraint", "changed", "field_kind"),
    (foreign_key("REFERENCES zoo.kinds MATCH FULL NOT VALID"), "constraint", "changed", "field_kind"),
    ("ALTER TABLE zoo.field VALIDATE CONSTRAINT field_kind", "constraint", "changed", "field_kind"),
    ("ALTER TABLE zoo.field DROP CONSTRAINT field_kind", "constraint", "removed", "field_kind"),
    ("ALTER TABLE zoo.field ADD CONSTRAINT field_kind FOREIGN KEY (note) REFERENCES zoo.kinds (code)".replace("(note)", "(label)"), "constraint", "added", "field_kind"),
    ("ALTER TABLE zoo.field DROP CONSTRAINT field_pkey", "constraint", "removed", "field_pkey"),
    ("ALTER TABLE zoo.field ALTER size SET NOT NULL", None, None, None),
    ("ALTER TABLE zoo.field ADD CONSTRAINT field_pkey PRIMARY KEY (id, size)", "constraint", "added", "field_pkey"),
    ("ALTER TABLE zoo.again ALTER a SET NOT NULL", None, None, None),
    ("ALTER TABLE zoo.again ADD PRIMARY KEY (a)", "constraint", "added", "again_pkey"),
    ("ALTER TABLE zoo.again ADD CONSTRAINT b_key UNIQUE (b)", "constraint", "added", "b_key"),
    ("ALTER TABLE zoo.again DROP CONSTRAINT b_key; ALTER TABLE zoo.again ADD CONSTRAINT b_key UNIQUE NULLS NOT DISTINCT (b)", "constraint", "changed", "b_key"),
    ("ALTER TABLE zoo.again DROP CONSTRAINT b_key; ALTER TABLE zoo.again ADD CONSTRAINT b_key UNIQUE (b, a)", "constraint", "changed", "b_key"),
    ("ALTER TABLE zoo.again RENAME CONSTRAINT b_key TO by_b", "constraint", "renamed", "b_key"),
    ("ALTER INDEX zoo.by_b SET (fillfactor = 60)", "index", "changed", "by_b"),
    ("ALTER TABLE zoo.again ADD CONSTRAINT positive CHECK (a > 0)", "constraint", "added", "positive"),
    ("ALTER TABLE zoo.again DROP CONSTRAINT positive; ALTER TABLE zoo.again ADD CONSTRAINT positive CHECK (a > 0) NO INHERIT", "constraint", "changed", "positive"),
    ("ALTER TABLE zoo.again RENAME CONSTRAINT positive TO \"more\nthan 0\"", "constraint", "renamed", "positive"),
    ("ALTER TABLE zoo.animals DROP CONSTRAINT heavy", "constraint", "removed", "heavy"),
    ("ALTER TABLE zoo.animals DROP CONSTRAINT apart; ALTER TABLE zoo.animals ADD CONSTRAINT apart EXCLUDE USING btree (number WITH =) WHERE (number < 1)",
     "constraint", "changed", "apart"),
    ("ALTER TABLE zoo.visits ADD CHECK (note <> 'x')", "constraint", "added", "visits_note_check"),
    ("ALTER TABLE zoo.visits ADD PRIMARY KEY (day)", "constraint", "added", "visits_pkey"),
    # indexes
    ("ALTER INDEX zoo.field_label RENAME TO field_labels", "index", "renamed", "field_label"),
    ("ALTER INDEX zoo.field_labels RENAME TO field_label", "index", "renamed", "field_labels"),
    (index("INDEX field_label ON zoo.field USING hash (label)"), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (label varchar_pattern_ops)"), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (label DESC)"), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (label NULLS FIRST)"), "index", "changed", "field_label"),
    (index('INDEX field_label ON zoo.field (label COLLATE "C")'), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (label, kind)"), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (label) INCLUDE (kind)"), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (label) WHERE kind > 0"), "index", "changed", "field_label"),
    (index("INDEX field_label ON zoo.field (lower(label)) WHERE kind > 0"), "index", "changed", "field_label"),
    (index("UNIQUE INDEX field_label ON zoo.field (lower(label)) WHERE kind > 0"), "index", "changed", "field_label"),
    ("ALTER INDEX zoo.field_label SET (fillfactor = 40)", "index", "changed", "field_label"),
    ("CREATE INDEX field_size ON zoo.field USING brin (size)", "index", "added", "field_size"),
    ("DROP INDEX zoo.field_size; CREATE INDEX field_size ON zoo.field USING brin (size int4_minmax_multi_ops (values_per_range = 16))",
     "index", "changed", "field_size"),
    ("DROP INDEX zoo.field_size", "index", "removed", "field_size"),
    ("ALTER INDEX zoo.field_label ALTER COLUMN 1 SET STATISTICS 77", "column property", "added", "field_label"),
    ("CREATE INDEX again_both ON zoo.again (a, b)", "index", "added", "again_both"),
    ("DROP INDEX zoo.again_both", "index", "removed", "again_both"),
    ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'zoo.field_label'::regclass", "property", "added", "field_label"),
    ("CREATE INDEX visits_note ON zoo.visits (note)", "index", "added", "visits_note"),
    ("DROP INDEX zoo.visits_note", "index", "removed", "visits_note"),
    # types
    ("ALTER TYPE zoo.mood ADD VALUE 'glad'", "enum type", "changed", "zoo.mood"),
    ("ALTER TYPE zoo.mood ADD VALUE 'calm' BEFORE 'sad'", "enum type", "changed", "zoo.mood"),
    ("ALTER TYPE zoo.mood RENAME VALUE 'so so' TO 'fair'", "enum type", "changed", "zoo.mood"),
    ("ALTER TYPE nothing ADD VALUE 'a'; ALTER TYPE nothing ADD VALUE 'b'", "enum type", "changed", "nothing"),
    ("DROP TYPE nothing; CREATE TYPE nothing AS ENUM ('b', 'a')", "enum type", "changed", "nothing"),
    ("ALTER DOMAIN zoo.short DROP NOT NULL", "domain", "changed", "zoo.short"),
    ("ALTER DOMAIN zoo.short SET DEFAULT 'y'", "domain", "changed", "zoo.short"),
    ("ALTER DOMAIN zoo.short ADD CONSTRAINT not_x CHECK (VALUE <> 'x')", "domain constraint", "added", "not_x"),
    ("CREATE DOMAIN zoo.long AS text CONSTRAINT any_length CHECK (VALUE <> ''); COMMENT ON CONSTRAINT any_length ON DOMAIN zoo.long IS 'c'",
     "domain", "added", "zoo.long"),
    ("CREATE TYPE zoo.triple AS (a integer, b text)", "composite type", "added", "zoo.triple"),
    ("ALTER TYPE zoo.triple ADD ATTRIBUTE c date", "attribute", "added", "zoo.triple.c"),
    ("ALTER TYPE zoo.triple ALTER ATTRIBUTE b TYPE varchar(9)", "attribute", "changed", "zoo.triple.b"),
    ("ALTER TYPE zoo.triple DROP ATTRIBUTE c", "attribute", "removed", "zoo.triple.c"),
    ("DROP TYPE zoo.triple; CREATE TYPE zoo.triple AS (b varchar(9), a integer)", "composite type", "changed", "zoo.triple"),
    ("DROP TYPE zoo.float_range; CREATE TYPE zoo.float_range AS RANGE (subtype = float8)", "range type", "changed", "zoo.float_range"),
    ("CREATE COLLATION zoo.other FROM \"POSIX\"", "collation", "added", "zoo.other"),
    ("DROP COLLATION zoo.other; CREATE COLLATION zoo.other (provider = icu, locale = 'de', deterministic = false)", "collation", "changed", "zoo.other"),
    # sequences
    ("ALTER SEQUENCE zoo.counter INCREMENT 4", "sequence setting", "changed", "zoo.counter"),
    ("ALTER SEQUENCE zoo.counter NO CYCLE", "sequence setting", "changed", "zoo.counter"),
    ("ALTER SEQUENCE zoo.counter START 9", "sequence setting", "changed", "zoo.counter"),
    ("ALTER SEQUENCE zoo.counter CACHE 6", "sequence setting", "changed", "zoo.counter"),
    ("CREATE SEQUENCE zoo.small AS smallint", "sequence", "added", "zoo.small"),
    ("ALTER SEQUENCE zoo.small AS bigint", "sequence", "changed", "zoo.small"),
    ("ALTER SEQUENCE zoo.small OWNED BY zoo.again.b", "sequence ownership", "added", "zoo.small"),
    ("ALTER SEQUENCE zoo.small OWNED BY zoo.again.a", "sequence ownership", "changed", "zoo.small"),
    ("DROP SEQUENCE zoo.small", "sequence", "removed", "zoo.small"),
    # views, functions, triggers, rules
    ("CREATE OR REPLACE VIEW zoo.heavy WITH (security_barrier) AS SELECT id, name, 'two  spaces' AS \"odd  name\" FROM zoo.animals WHERE weight > 11",
     "view", "changed", "zoo.heavy"),
    ("CREATE OR REPLACE VIEW zoo.heavy WITH (security_barrier) AS SELECT id, name, 'two spaces' AS \"odd  name\" FROM zoo.animals WHERE weight > 11",
     "view", "changed", "zoo.heavy"),
    ("ALTER VIEW zoo.heavy RESET (security_barrier)", "storage parameter", "removed", "zoo.heavy"),
    ("ALTER VIEW zoo.heavy ALTER name SET DEFAULT 'x'", "column property", "added", "zoo.heavy.name"),
    ("DROP VIEW zoo.heavy", "view", "removed", "zoo.heavy"),
    ("DROP MATERIALIZED VIEW zoo.summary; CREATE MATERIALIZED VIEW zoo.summary AS SELECT count(*) + 1 AS n FROM zoo.animals WITH NO DATA",
     "view", "changed", "zoo.summary"),
    ("REFRESH MATERIALIZED VIEW zoo.summary", "property", "removed", "zoo.summary.populated"),
    ("DROP MATERIALIZED VIEW zoo.summary; CREATE VIEW zoo.summary AS SELECT count(*) + 1 AS n FROM zoo.animals", "view", "changed", "zoo.summary"),
    (function("IMMUTABLE AS 'SELECT a + 1'"), "function", "changed", "zoo.touch"),
    (function("STABLE AS 'SELECT a + 1'"), "function", "changed", "zoo.touch"),
    (function("STABLE SECURITY DEFINER AS 'SELECT a + 1'"), "function", "changed", "zoo.touch"),
    (function("STABLE SECURITY DEFINER STRICT AS 'SELECT a + 1'"), "function", "changed", "zoo.touch"),
    (function("STABLE SECURITY DEFINER STRICT PARALLEL SAFE AS 'SELECT a + 1'"), "function", "changed", "zoo.touch"),
    (function("STABLE SECURITY DEFINER STRICT PARALLEL SAFE COST 7 AS 'SELECT a + 1'"), "function", "changed", "zoo.touch"),
    ("ALTER FUNCTION zoo.touch(integer, zoo.mood) SET search_path = pg_catalog", "function", "changed", "zoo.touch"),
    ("CREATE FUNCTION zoo.touch(text) RETURNS text LANGUAGE sql AS 'SELECT $1'; COMMENT ON FUNCTION zoo.touch(text) IS 'x'; "
     "REVOKE EXECUTE ON FUNCTION zoo.touch(text) FROM PUBLIC", "function", "added", "zoo.touch(text)"),
    ("COMMENT ON FUNCTION zoo.touch(text) IS NULL", "comment", "removed", "zoo.touch"),
    ("DROP PROCEDURE zoo.act(integer)", "function", "removed", "zoo.act"),
    ("DROP AGGREGATE zoo.total (integer); CREATE AGGREGATE zoo.total (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1')", "function", "changed", "zoo.total"),
    (trigger("AFTER UPDATE ON zoo.animals FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)"), "trigger", "changed", "touched"),
    (trigger("AFTER UPDATE OR DELETE ON zoo.animals FOR EACH ROW"), "trigger", "changed", "touched"),
    (trigger("AFTER UPDATE OR DELETE ON zoo.animals FOR EACH STATEMENT"), "trigger", "changed", "touched"),
    ("CREATE CONSTRAINT TRIGGER later AFTER INSERT ON zoo.again DEFERRABLE FOR EACH ROW EXECUTE FUNCTION zoo.touch()", "trigger", "added", "later"),
    ("DROP TRIGGER later ON zoo.again; CREATE CONSTRAINT TRIGGER later AFTER INSERT ON zoo.again DEFERRABLE INITIALLY DEFERRED "
     "FOR EACH ROW EXECUTE FUNCTION zoo.touch()", "trigger", "changed", "later"),
    ("ALTER TABLE zoo.animals DISABLE TRIGGER touched", "firing of a trigger", "added", "touched"),
    ("ALTER TABLE zoo.animals ENABLE REPLICA TRIGGER touched", "firing of a trigger", "changed", "touched"),
    ("DROP TRIGGER touched ON zoo.animals", "trigger", "removed", "touched"),
    ("DROP TRIGGER field_touch ON zoo.visits", "trigger", "removed", "zoo.visits.field_touch"),
    ("CREATE RULE calm AS ON UPDATE TO zoo.scratch DO INSTEAD NOTHING", "rule", "added", "calm"),
    ("CREATE OR REPLACE RULE calm AS ON UPDATE TO zoo.scratch DO ALSO NOTHING", "rule", "changed", "calm"),
    ("ALTER TABLE zoo.scratch DISABLE RULE calm", "firing of a rule", "added", "calm"),
    ("ALTER EVENT TRIGGER watch DISABLE", "event trigger", "changed", "watch"),
    ("DROP EVENT TRIGGER watch", "event trigger", "removed", "watch"),
    # security
    ("ALTER POLICY open ON zoo.animals USING (false)", "policy", "changed", "open"),
    ("ALTER POLICY open ON zoo.animals WITH CHECK (true)", "policy", "changed", "open"),
    ("ALTER POLICY open ON zoo.animals TO zoo_reader", "policy", "changed", "open"),
    ("DROP POLICY open ON zoo.animals; CREATE POLICY open ON zoo.animals FOR INSERT TO zoo_reader WITH CHECK (true)", "policy", "changed", "open"),
    ("DROP POLICY seen ON zoo.animals", "policy", "removed", "seen"),
    ("GRANT INSERT ON zoo.again TO zoo_reader", "privilege", "added", "zoo.again"),
    ("GRANT INSERT ON zoo.again TO zoo_reader WITH GRANT OPTION", "privilege", "changed", "zoo.again"),
    ("REVOKE UPDATE ON zoo.animals FROM zoo_reader", "privilege", "changed", "zoo.animals"),
    ("REVOKE USAGE ON SCHEMA zoo FROM zoo_reader", "privilege", "removed", "zoo"),
    ("GRANT SELECT (size) ON zoo.field TO zoo_reader", "privilege", "added", "size"),
    ("GRANT USAGE ON SEQUENCE zoo.counter TO zoo_reader", "privilege", "added", "zoo.counter"),
    ("REVOKE USAGE ON TYPE zoo.mood FROM PUBLIC", "revoked privilege", "added", "zoo.mood"),
    ("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC", "revoked privilege", "added", "plpgsql"),
    ("REVOKE EXECUTE ON FUNCTION text2ltree(text) FROM PUBLIC", "revoked privilege", "added", "text2ltree"),
    ("GRANT EXECUTE ON FUNCTION text2ltree(text) TO PUBLIC", "revoked privilege", "removed", "text2ltree"),
    ("GRANT CREATE ON DATABASE {database} TO zoo_reader", "privilege", "added", "database"),
    ("ALTER DEFAULT PRIVILEGES IN SCHEMA zoo GRANT UPDATE ON TABLES TO zoo_reader", "default privilege", "added", "zoo"),
    ("ALTER DEFAULT PRIVILEGES IN SCHEMA zoo GRANT DELETE ON TABLES TO zoo_reader", "default privilege", "changed", "zoo"),
    # comments, extensions, schemas, foreign data, publications, statistics, the rest
    ("COMMENT ON TABLE zoo.animals IS 'other'", "comment", "changed", "zoo.animals"),
    ("COMMENT ON COLUMN zoo.animals.weight IS E'kg\\n'", "comment", "added", "weight"),
    ("COMMENT ON CONSTRAINT named ON zoo.animals IS 'by name'", "comment", "added", "named"),
    ("COMMENT ON DATABASE {database} IS NULL", "comment", "removed", "database"),
    ("CREATE EXTENSION pg_trgm", "extension", "added", "pg_trgm"),
    ("ALTER EXTENSION ltree SET SCHEMA zoo", "schema of an extension", "changed", "ltree"),
    ("UPDATE pg_extension SET extversion = '0.9' WHERE extname = 'ltree'", "extension", "changed", "ltree"),
    ("DROP EXTENSION pg_trgm", "extension", "removed", "pg_trgm"),
    ("CREATE SCHEMA aviary; COMMENT ON SCHEMA aviary IS 'x'; GRANT USAGE ON SCHEMA aviary TO zoo_reader; "
     "ALTER DEFAULT PRIVILEGES IN SCHEMA aviary GRANT SELECT ON TABLES TO zoo_reader", "schema", "added", "aviary"),
    ("ALTER FOREIGN TABLE zoo.passwords OPTIONS (SET delimiter ';')", "foreign table", "changed", "zoo.passwords"),
    ("ALTER FOREIGN TABLE zoo.passwords ADD shell text", "foreign column", "added", "zoo.passwords.shell"),
    ("ALTER FOREIGN TABLE zoo.passwords ALTER shell TYPE varchar", "foreign column", "changed", "zoo.passwords.shell"),
    ("ALTER SERVER files VERSION '3'", "foreign server", "changed", "files"),
    ("ALTER FOREIGN DATA WRAPPER hollow OPTIONS (DROP debug)", "foreign data wrapper", "changed", "hollow"),
    ("ALTER PUBLICATION fields SET TABLE zoo.field WHERE (kind > 2)", "published table", "changed", "zoo.field"),
    ("ALTER PUBLICATION fields SET TABLE zoo.field (id, size)", "published table", "changed", "zoo.field"),
    ("ALTER PUBLICATION fields ADD TABLE zoo.again", "published table", "added", "zoo.again"),
    ("ALTER PUBLICATION schemas ADD TABLES IN SCHEMA aviary", "published schema", "added", "aviary"),
    ("ALTER PUBLICATION everything SET (publish = 'insert')", "publication", "changed", "everything"),
    ("CREATE PUBLICATION more FOR TABLE zoo.animals", "publication", "added", "more"),
    ("DROP PUBLICATION more", "publication", "removed", "more"),
    ("ALTER STATISTICS zoo.related SET STATISTICS 78", "statistics object", "changed", "zoo.related"),
    ("DROP STATISTICS zoo.related; CREATE STATISTICS zoo.related (mcv) ON name, weight FROM zoo.animals; ALTER STATISTICS zoo.related SET STATISTICS 78",
     "statistics object", "changed", "zoo.related"),
    ("DROP STATISTICS zoo.related", "statistics object", "removed", "zoo.related"),
    ("CREATE OPERATOR zoo.~~~ (LEFTARG = integer, RIGHTARG = integer, FUNCTION = zoo.same)", "other object", "added", "~~~"),
    ("ALTER OPERATOR zoo.~~~ (integer, integer) SET (RESTRICT = eqsel)", "other object", "changed", "~~~"),
    ("CREATE OPERATOR CLASS zoo.backwards FOR TYPE integer USING btree AS OPERATOR 1 >, FUNCTION 1 btint4cmp(integer, integer)",
     "other object", "added", "zoo.backwards"),
    ("ALTER OPERATOR FAMILY zoo.backwards USING btree ADD OPERATOR 1 > (integer, bigint)", "other object", "changed", "operator family zoo.backwards"),
    ("ALTER OPERATOR FAMILY zoo.backwards USING btree ADD OPERATOR 5 < (integer, bigint)", "other object", "changed", "operator family zoo.backwards"),
    ("DROP OPERATOR CLASS zoo.backwards USING btree; CREATE OPERATOR CLASS zoo.backwards FOR TYPE integer USING btree AS OPERATOR 1 >, OPERATOR 3 =, "
     "FUNCTION 1 btint4cmp(integer, integer)", "other object", "changed", "operator class zoo.backwards"),
    ("DROP CAST (integer AS zoo.short); CREATE CAST (integer AS zoo.short) WITH INOUT AS ASSIGNMENT", "other object", "changed", "(integer AS zoo.short)"),
    ("ALTER TEXT SEARCH CONFIGURATION zoo.plain DROP MAPPING FOR word", "other object", "changed", "zoo.plain"),
    ("CREATE TEXT SEARCH DICTIONARY zoo.words (TEMPLATE = pg_catalog.simple, STOPWORDS = english)", "other object", "added", "zoo.words"),
    ("ALTER TEXT SEARCH DICTIONARY zoo.words (STOPWORDS = danish)", "other object", "changed", "zoo.words"),
    ("CREATE CONVERSION zoo.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "other object", "added", "zoo.latin"),
    ("CREATE ACCESS METHOD heaps TYPE TABLE HANDLER heap_tableam_handler", "other object", "added", "heaps"),
    ("CREATE TYPE zoo.shell", "other object", "added", "zoo.shell"),
    # with all parts
    ("DROP INDEX zoo.field_label", "index", "removed", "field_label"),
    ("ALTER TABLE zoo.animals DROP tags", "column", "removed", "zoo.animals.tags"),
    ("DROP TABLE zoo.visits", "table", "removed", "zoo.visits"),
]
MIRRORED = {"added": "removed", "removed": "added", "changed": "changed", "renamed": "renamed", "reordered": "reordered"}


def psql(cluster, database, sql):
    done = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", cluster.uri(database)], input=sql, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr


class Zoo:
    """A database with one object of each kind, and its dump before the next change."""

    def __init__(self, cluster, folder):
        self.pair = cluster.pair()
        self.folder = folder
        self.number = 0
        psql(cluster, self.pair.core, ZOO + FIELD)
        for change in ("DISABLE", "SET (slot_name = NONE)"):
            psql(cluster, self.pair.core, f"ALTER SUBSCRIPTION remote {change}")
        psql(cluster, self.pair.core, "DROP SUBSCRIPTION remote")
        self.dump = self.take()

    @property
    def uri(self):
        return self.pair.cluster.uri(self.pair.core)

    def take(self):
        self.number += 1
        path = str(self.folder / f"{self.number}.txt")
        self.pair.run("schema", "dump", self.uri, "--full", "-o", path)
        return path

    def differences(self, a, b):
        process = self.pair.start("schema", "diff", a, b, "--json")
        out, err = process.communicate(timeout=60)
        assert process.returncode in (0, 1) and err == "", err
        found = json.loads(out)
        assert found["equal"] == (process.returncode == 0) == (found["differences"] == [])
        return found["differences"]


@pytest.fixture(scope="module")
def zoo(cluster, tmp_path_factory):
    made = Zoo(cluster, tmp_path_factory.mktemp("zoo"))
    yield made
    cluster.drop(made.pair.core, made.pair.tracing)
    made.pair.sql('DROP ROLE IF EXISTS zoo_reader; DROP ROLE IF EXISTS "zoo ""keeper"""', database="postgres")


def test_a_copy_is_equal(cluster, zoo, tmp_path):
    copy = f"{zoo.pair.core}_copy"
    script = tmp_path / "copy.sql"
    subprocess.run(["pg_dump", "-f", script, zoo.uri], check=True)
    cluster.create(copy)
    try:
        psql(cluster, copy, script.read_text(encoding="utf-8") +
             f"COMMENT ON DATABASE {copy} IS 'this one'; ALTER PUBLICATION everything SET (publish = 'insert, delete')")
        assert zoo.differences(zoo.uri, cluster.uri(copy)) == []
        assert zoo.differences(zoo.dump, cluster.uri(copy)) == []
    finally:
        cluster.drop(copy)


@pytest.mark.parametrize("mutation, kind, change, word", MUTATIONS, ids=[" ".join(row[0].split())[:70] for row in MUTATIONS])
def test_one_change_is_one_difference(zoo, mutation, kind, change, word):
    before = zoo.dump
    zoo.pair.sql(mutation.replace("{database}", zoo.pair.core))
    after = zoo.dump = zoo.take()
    if kind is None:  # an intermediate step
        return
    found = zoo.differences(before, after)
    shown = "\n".join(str(one) for one in found)
    assert [(one["kind"], one["change"]) for one in found] == [(kind, change)], shown
    assert word in found[0]["object"] + found[0]["kind"], shown
    back = zoo.differences(after, before)
    assert [(one["kind"], one["change"]) for one in back] == [(kind, MIRRORED[change])], back
    assert (back[0]["from"], back[0]["to"]) == (found[0]["to"], found[0]["from"])
    assert len(back[0]["with"]) == len(found[0]["with"])
