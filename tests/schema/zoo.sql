-- One of everything that a full dump has a line for.
CREATE EXTENSION ltree;
CREATE EXTENSION file_fdw;
CREATE SCHEMA zoo;
CREATE ROLE zoo_reader;
CREATE ROLE "zoo ""keeper""";

CREATE TYPE zoo.mood AS ENUM ('sad', 'so so', 'with "quotes"', '');
CREATE TYPE nothing AS ENUM ();
CREATE TYPE zoo.pair AS (first integer, second text COLLATE "C");
CREATE TYPE zoo.float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE DOMAIN zoo.short AS varchar(8) COLLATE "C" NOT NULL DEFAULT 'x' CONSTRAINT not_empty CHECK (VALUE <> '');
CREATE COLLATION zoo.posix FROM "C";
CREATE SEQUENCE zoo.counter AS smallint START 7 INCREMENT 3 MINVALUE 1 MAXVALUE 1000 CACHE 5 CYCLE;

CREATE TABLE zoo.animals (
    id integer GENERATED ALWAYS AS IDENTITY (START WITH 10) PRIMARY KEY,
    number serial,
    name text COLLATE "C" NOT NULL,
    mood zoo.mood DEFAULT 'sad',
    weight numeric(8, 2) DEFAULT 0,
    doubled numeric GENERATED ALWAYS AS (weight * 2) STORED,
    tags text[],
    at timestamptz(3) NOT NULL DEFAULT now(),
    gone text,
    CONSTRAINT heavy CHECK (weight >= 0 AND name ~ '^\d+[[:space:]]*$'),
    CONSTRAINT named UNIQUE (name) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT apart EXCLUDE USING btree (number WITH =) WHERE (number < 0)
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE zoo.animals DROP COLUMN gone;
ALTER TABLE zoo.animals ALTER COLUMN name SET STORAGE EXTERNAL, ALTER COLUMN tags SET STATISTICS 500,
    ALTER COLUMN mood SET (n_distinct = 4), ALTER COLUMN tags SET COMPRESSION pglz;
ALTER TABLE zoo.animals REPLICA IDENTITY FULL;
CREATE INDEX animals_tags ON zoo.animals USING gin (tags);
CREATE INDEX animals_lower ON zoo.animals (lower(name) text_pattern_ops DESC NULLS LAST) INCLUDE (weight) WITH (fillfactor = 50) WHERE weight > 1;
CLUSTER zoo.animals USING animals_pkey;

CREATE TABLE zoo.visits (
    animal integer REFERENCES zoo.animals ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE,
    day date NOT NULL,
    note text
) PARTITION BY RANGE (day);
CREATE TABLE zoo.visits_2026 PARTITION OF zoo.visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE zoo.visits_other PARTITION OF zoo.visits DEFAULT;
CREATE TABLE zoo.birds (wings integer) INHERITS (zoo.animals);
CREATE UNLOGGED TABLE zoo.scratch (x integer);
CREATE TABLE zoo.no_columns ();
CREATE TABLE zoo.typed OF zoo.pair;

CREATE VIEW zoo.heavy AS SELECT id, name, 'two  spaces' AS "odd  name" FROM zoo.animals WHERE weight > 10;
ALTER VIEW zoo.heavy SET (security_barrier = true);
CREATE MATERIALIZED VIEW zoo.summary AS SELECT count(*) AS n FROM zoo.animals WITH NO DATA;
CREATE FUNCTION zoo.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.at := now(); -- 'quoted'
	RETURN NEW;
END
$$;
CREATE FUNCTION zoo.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION zoo.touch(a integer, b zoo.mood DEFAULT 'sad') RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';
CREATE PROCEDURE zoo.act(INOUT x integer) LANGUAGE sql AS 'SELECT x';
CREATE AGGREGATE zoo.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE TRIGGER touched BEFORE UPDATE ON zoo.animals FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION zoo.touch();
CREATE TRIGGER silent AFTER INSERT ON zoo.animals FOR EACH ROW EXECUTE FUNCTION zoo.touch();
ALTER TABLE zoo.animals DISABLE TRIGGER silent;
CREATE RULE quiet AS ON DELETE TO zoo.scratch DO INSTEAD NOTHING;
ALTER TABLE zoo.scratch ENABLE ALWAYS RULE quiet;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('DROP TYPE', 'DROP SERVER') EXECUTE FUNCTION zoo.on_ddl();

ALTER TABLE zoo.animals ENABLE ROW LEVEL SECURITY;
ALTER TABLE zoo.animals FORCE ROW LEVEL SECURITY;
CREATE POLICY seen ON zoo.animals AS RESTRICTIVE FOR UPDATE TO zoo_reader USING (name = ') WITH CHECK (') WITH CHECK (weight > 0);
CREATE POLICY open ON zoo.animals USING (true);

CREATE FOREIGN DATA WRAPPER hollow OPTIONS (debug 'true');
CREATE SERVER files TYPE 'it''s' VERSION '1 2' FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE zoo.passwords (name text COLLATE "C" NOT NULL, rest text OPTIONS (force_null 'true')) SERVER files
    OPTIONS (filename '/etc/passwd', format 'csv', delimiter ':');

CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete');
CREATE PUBLICATION chosen FOR TABLE zoo.animals (id, name) WHERE (id > 1) WITH (publish_via_partition_root = true);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA public;
CREATE SUBSCRIPTION remote CONNECTION 'host=/nonexistent password=secret' PUBLICATION b, a WITH (connect = false);
CREATE STATISTICS zoo.related (ndistinct, dependencies) ON name, weight FROM zoo.animals;
ALTER STATISTICS zoo.related SET STATISTICS 77;

GRANT USAGE ON SCHEMA zoo TO zoo_reader;
GRANT SELECT, UPDATE ON zoo.animals TO zoo_reader WITH GRANT OPTION;
GRANT SELECT (name), REFERENCES (id) ON zoo.animals TO PUBLIC;
GRANT USAGE ON SEQUENCE zoo.counter TO "zoo ""keeper""";
REVOKE EXECUTE ON FUNCTION zoo.touch() FROM PUBLIC;
REVOKE DELETE ON zoo.scratch FROM CURRENT_USER;
ALTER DEFAULT PRIVILEGES IN SCHEMA zoo GRANT SELECT ON TABLES TO zoo_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

COMMENT ON SCHEMA zoo IS E'animals\n\tand "birds"';
COMMENT ON TABLE zoo.animals IS 'it''s \ a table';
COMMENT ON COLUMN zoo.animals.name IS '\begins with a backslash';
COMMENT ON CONSTRAINT heavy ON zoo.animals IS 'weight';
COMMENT ON FUNCTION zoo.touch(integer, zoo.mood) IS 'a function';
COMMENT ON DATABASE :"DBNAME" IS 'this one';

CREATE FUNCTION zoo.same(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE OPERATOR zoo.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = zoo.same);
CREATE TEXT SEARCH CONFIGURATION zoo.plain (COPY = simple);
CREATE CAST (integer AS zoo.short) WITH INOUT;
