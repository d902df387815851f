"""Each lint rule finds its problem and nothing else, and its proposal fixes it."""
import contextlib
import json
import subprocess

import pytest
import scratch
import serving

NAME = 'odd "name"; \\ \t\u00e9'  # every identifier that a proposal has to quote
QUOTED = '"odd ""name""; \\ \t\u00e9"'

# rule: the statements that cause the finding, what must not be found in the same database, and what the sentence must name
CASES = {
    "foreign-key-conflict": (
        f'CREATE TABLE {QUOTED} (id int PRIMARY KEY);'
        f'CREATE TABLE a (x int CONSTRAINT one REFERENCES {QUOTED} ON DELETE SET NULL, y int REFERENCES {QUOTED},'
        f' CONSTRAINT two FOREIGN KEY (x) REFERENCES {QUOTED} ON DELETE CASCADE); CREATE INDEX ON a (x)',
        ["SET NULL", "CASCADE", "one", "two"]),
    "foreign-key-duplicate": (
        f'CREATE TABLE t (id int PRIMARY KEY);'
        f'CREATE TABLE a (x int REFERENCES t, CONSTRAINT {QUOTED} FOREIGN KEY (x) REFERENCES t)', ["a_x_fkey"]),
    "unique-repeats-primary-key": (
        f'CREATE TABLE {QUOTED} (id int, b int, PRIMARY KEY (id, b), UNIQUE (id), CONSTRAINT again UNIQUE (b, id));'
        f'CREATE TABLE child (x int, y int, z int, CONSTRAINT {QUOTED} FOREIGN KEY (x, y) REFERENCES {QUOTED} (id, b)'
        f' ON DELETE SET NULL, FOREIGN KEY (z, x) REFERENCES {QUOTED} (b, id));'
        f'CREATE UNIQUE INDEX partial ON {QUOTED} (id, b) WHERE b > 0', ["again", "constraint"]),
    "membership-nullable": (
        'CREATE TABLE club_members (id int PRIMARY KEY, user_id int NOT NULL, club_id int, since int, UNIQUE (user_id, club_id));'
        'CREATE TABLE members (user_id int)', ["club_id"]),
    "membership-not-unique": (
        f'CREATE TABLE "a {NAME}_members" (user_id int NOT NULL, "a {NAME}_id" int NOT NULL);'.replace('"name"', '""name""')
        + 'CREATE TABLE club_members (user_id int NOT NULL, club_id int NOT NULL); CREATE UNIQUE INDEX ON club_members (club_id, user_id);'
        'CREATE TABLE user_members (user_id int NOT NULL)',
        ["user_id"]),
    "cascade-without-index": (
        f'CREATE TABLE t (id int PRIMARY KEY, b int, UNIQUE (id, b));'
        f'CREATE TABLE a (x int REFERENCES t ON DELETE CASCADE, y int REFERENCES t, {QUOTED} int, b int, z int REFERENCES t ON DELETE CASCADE,'
        f' FOREIGN KEY ({QUOTED}, b) REFERENCES t (id, b) ON DELETE CASCADE);'
        f'CREATE INDEX ON a (b, x); CREATE INDEX ON a (x) WHERE x IS NOT NULL; CREATE INDEX ON a (z, b)', ["public.t"]),
    "lifecycle-missing": (
        f'CREATE TABLE {QUOTED} (id int, created_at timestamptz, deleted_by_id uuid); CREATE TABLE plain (id int);'
        'CREATE TABLE whole (created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, created_by_id uuid,'
        ' updated_by_id uuid, deleted_by_id uuid)',
        ["it has created_at, deleted_by_id and lacks updated_at, deleted_at, created_by_id, updated_by_id"]),
    "lifecycle-foreign-key": (
        'CREATE TABLE people (id uuid PRIMARY KEY);'
        f'CREATE TABLE whole (created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, created_by_id uuid,'
        f' updated_by_id uuid, deleted_by_id uuid, owner_id uuid REFERENCES people,'
        f' CONSTRAINT {QUOTED} FOREIGN KEY (updated_by_id) REFERENCES people)', ["updated_by_id", "public.people"]),
    "constraint-not-valid": (
        f'CREATE TABLE a (x int); ALTER TABLE a ADD CONSTRAINT {QUOTED} CHECK (x > 0) NOT VALID, ADD CHECK (x < 9)', ["NOT VALID"]),
    "index-invalid": (
        'CREATE TABLE a (x int); INSERT INTO a VALUES (1), (1)', ["broken"]),
    "sequence-near-end": (
        f'CREATE TABLE {QUOTED} ({QUOTED} serial, b bigserial);'
        'CREATE SEQUENCE unused; CREATE SEQUENCE half AS integer; SELECT setval(\'half\', 1000000000);'
        'CREATE SEQUENCE round AS smallint CYCLE; SELECT setval(\'round\', 32000)', ["1900000000", "2147483647"]),
}

PARTITION_AND_WHOLE = (
    "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
    "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2); CREATE TABLE t (x int REFERENCES p, CONSTRAINT only_1 FOREIGN KEY (x) REFERENCES p_1")

# Where a simpler proposal would fail or do harm: the rule, the statements, and for each finding the object, the
# proposal (None: there is none, and the sentence says why) and a part of the sentence.
SPECIAL = {
    "replica identity": ("unique-repeats-primary-key", [
        f'CREATE TABLE t (id int, b int, PRIMARY KEY (id, b)); CREATE UNIQUE INDEX {QUOTED} ON t (b, id);'
        f'ALTER TABLE t REPLICA IDENTITY USING INDEX {QUOTED}; CREATE PUBLICATION p FOR TABLE t; INSERT INTO t VALUES (1, 1)'],
        [("public.t", f"BEGIN; ALTER TABLE public.t REPLICA IDENTITY DEFAULT; DROP INDEX public.{QUOTED}; COMMIT", "unique index")],
        ["UPDATE t SET id = 2"]),
    "replica identity of partitions": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id); ALTER TABLE t ADD CONSTRAINT u UNIQUE (id);'
        'CREATE TABLE t_1 PARTITION OF t DEFAULT; ALTER TABLE t REPLICA IDENTITY USING INDEX u;'
        'ALTER TABLE t_1 REPLICA IDENTITY USING INDEX t_1_id_key; CREATE PUBLICATION p FOR TABLE t; INSERT INTO t VALUES (1)'],
        [("public.t", "BEGIN; ALTER TABLE public.t REPLICA IDENTITY DEFAULT; ALTER TABLE public.t_1 REPLICA IDENTITY DEFAULT;"
          " ALTER TABLE public.t DROP CONSTRAINT u; COMMIT", "unique constraint")],
        ["UPDATE t SET id = 2"]),
    "a deferrable primary key": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY DEFERRABLE); ALTER TABLE t ADD UNIQUE (id); CREATE TABLE a (x int REFERENCES t (id))'], [], []),
    "memberships in partitions": ("membership-not-unique", [
        'CREATE TABLE a_members (user_id int NOT NULL, a_id int NOT NULL, "d d" int) PARTITION BY LIST ("d d");'
        'CREATE TABLE b_members (b_id int NOT NULL, user_id int NOT NULL) PARTITION BY HASH (user_id);'
        'CREATE TABLE b_1 PARTITION OF b_members FOR VALUES WITH (MODULUS 1, REMAINDER 0) PARTITION BY RANGE (b_id, user_id);'
        'CREATE TABLE b_1_1 PARTITION OF b_1 DEFAULT;'
        'CREATE TABLE c_members (user_id int NOT NULL, c_id int NOT NULL) PARTITION BY LIST (user_id);'
        'CREATE TABLE c_1 (d int, c_id int NOT NULL, user_id int NOT NULL) PARTITION BY RANGE ((c_id + 1));'
        'ALTER TABLE c_1 DROP d; ALTER TABLE c_members ATTACH PARTITION c_1 DEFAULT'],
        [("public.a_members", None, 'no constraint can, as it would have to hold what partitions the rows: public.a_members by LIST ("d d")'),
         ("public.b_members", "ALTER TABLE public.b_members ADD UNIQUE (user_id, b_id)", "nothing keeps (user_id, b_id) unique"),
         ("public.c_members", None, "what partitions the rows: public.c_1 by RANGE (((c_id + 1)))")],
        []),
    "lifecycle columns of children": ("lifecycle-missing", [
        'CREATE TABLE parent (id int, created_at timestamptz); CREATE TABLE child (updated_at timestamptz) INHERITS (parent);'
        'CREATE TABLE grandchild () INHERITS (child); CREATE TABLE plain (id int);'
        'CREATE TABLE plain_child (deleted_at timestamptz) INHERITS (plain);'
        'CREATE TABLE p (id int, deleted_by_id uuid) PARTITION BY LIST (id); CREATE TABLE p_1 PARTITION OF p DEFAULT'],
        [(f"public.{table}", f"ALTER TABLE public.{table} ADD COLUMN " + ", ADD COLUMN ".join(
            f"{name} {'uuid' if name.endswith('id') else 'timestamp with time zone'}" for name in
            ["created_at", "updated_at", "deleted_at", "created_by_id", "updated_by_id", "deleted_by_id"] if name != has), has)
         for table, has in (("p", "deleted_by_id"), ("parent", "created_at"), ("plain_child", "deleted_at"))],
        []),
    "sequences that cannot go further": ("sequence-near-end", [
        "CREATE SEQUENCE a; SELECT setval('a', 9223372036854775800);"
        "CREATE SEQUENCE b INCREMENT -1; SELECT setval('b', -9000000000000000000);"
        "CREATE TABLE c (id bigserial PRIMARY KEY); SELECT setval('c_id_seq', 9223372036854775807)"],
        [("public.a", None, "no sequence goes further"), ("public.b", None, "no sequence goes further"),
         ("public.c_id_seq", None, "it has got to 9223372036854775807 of 9223372036854775807; no sequence goes further")],
        []),
    "sequences of columns that are in use": ("sequence-near-end", [
        "CREATE TABLE a (id serial PRIMARY KEY, x int); SELECT setval('a_id_seq', 2000000000);"
        'CREATE VIEW "v v" AS SELECT id FROM a; CREATE VIEW other AS SELECT x FROM a; CREATE MATERIALIZED VIEW w AS SELECT max(id) FROM a;'
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER t BEFORE UPDATE OF id ON a FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON a USING (id > 0);"
        "CREATE RULE r AS ON DELETE TO a WHERE OLD.id > 1 DO INSTEAD NOTHING; CREATE PUBLICATION pub FOR TABLE a WHERE (id > 0);"
        "CREATE FUNCTION g() RETURNS bigint BEGIN ATOMIC SELECT max(id) FROM a; END;"
        "CREATE TABLE b (id serial, y bigint GENERATED ALWAYS AS (id * 2) STORED); SELECT setval('b_id_seq', 2000000000);"
        "CREATE TABLE c (id serial); CREATE TABLE c_1 (z int) INHERITS (c); CREATE VIEW c_1_view AS SELECT id FROM c_1;"
        "SELECT setval('c_id_seq', 2000000000);"
        "CREATE TABLE d (id serial) PARTITION BY RANGE (id); CREATE TABLE d_1 PARTITION OF d DEFAULT; SELECT setval('d_id_seq', 2000000000);"
        "CREATE TABLE e (id serial, y int) PARTITION BY RANGE (y); CREATE TABLE e_1 PARTITION OF e DEFAULT PARTITION BY RANGE ((id + 1));"
        "SELECT setval('e_id_seq', 2000000000)"],
        [("public.a_id_seq", None, "before id can be bigint, what uses it has to be dropped, and made again after: function public.g(),"
          ' materialized view public.w, policy p on public.a, publication relation public.a in publication pub, rule r on public.a,'
          ' trigger t on public.a, view public."v v"'),
         ("public.b_id_seq", None, "made again after: default value for public.b.y"),
         ("public.c_id_seq", None, "made again after: view public.c_1_view"),
         ("public.d_id_seq", None, "id can be bigint only in a table made anew, as it partitions the rows: public.d by RANGE (id)"),
         ("public.e_id_seq", None, "public.e_1 by RANGE (((id + 1)))")],
        []),
    "sequences of columns that keep nobody from them": ("sequence-near-end", [
        "CREATE TABLE a (id serial PRIMARY KEY CHECK (id > 0), y int, UNIQUE (id, y)); CREATE INDEX ON a ((id + 1)) WHERE id > 9;"
        "CREATE TABLE child (a int REFERENCES a); CREATE STATISTICS s ON id, y FROM a; CREATE VIEW v AS SELECT y FROM a;"
        "CREATE TRIGGER t BEFORE UPDATE OF y ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();"
        "COMMENT ON COLUMN a.id IS 'x'; GRANT SELECT (id) ON a TO PUBLIC; SELECT setval('a_id_seq', 2000000000)"],
        [("public.a_id_seq", "ALTER TABLE public.a ALTER COLUMN id TYPE bigint; ALTER SEQUENCE public.a_id_seq AS bigint NO MAXVALUE",
          "it has got to 2000000000 of 2147483647")],
        ["SELECT setval('a_id_seq', 3000000000); INSERT INTO a DEFAULT VALUES"]),
    "sequences with bounds of their own": ("sequence-near-end", [
        "CREATE SEQUENCE a MAXVALUE 100; SELECT setval('a', 99);"
        "CREATE SEQUENCE b AS integer INCREMENT -2 MINVALUE -100 MAXVALUE 50; SELECT setval('b', -99);"
        "CREATE TABLE c (id smallint GENERATED ALWAYS AS IDENTITY); SELECT setval('c_id_seq', 32000);"
        "CREATE SEQUENCE d MAXVALUE 9000000000000000000 MINVALUE 8000000000000000000; SELECT setval('d', 8900000000000000000)"],
        [("public.a", "ALTER SEQUENCE public.a AS bigint NO MAXVALUE", "99 of 100"),
         ("public.b", "ALTER SEQUENCE public.b AS bigint NO MINVALUE", "-99 of -100"),
         ("public.c_id_seq", "ALTER TABLE public.c ALTER COLUMN id TYPE bigint;"
          " ALTER SEQUENCE public.c_id_seq AS bigint NO MAXVALUE", "32000 of 32767"),
         ("public.d", "ALTER SEQUENCE public.d AS bigint NO MAXVALUE", "8900000000000000000")],
        ["INSERT INTO c SELECT FROM generate_series(1, 1000); SELECT nextval('a'), nextval('a'), nextval('b'), nextval('b')"]),
    "foreign keys by their pairs": ("foreign-key-conflict", [
        'CREATE TABLE p (a int, b int, PRIMARY KEY (a, b), UNIQUE (b, a));'
        'CREATE TABLE same (x int, y int, CONSTRAINT one FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE CASCADE,'
        ' CONSTRAINT two FOREIGN KEY (y, x) REFERENCES p (b, a), CONSTRAINT three FOREIGN KEY (y, x) REFERENCES p (b, a) ON DELETE CASCADE);'
        'CREATE TABLE other (x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE CASCADE, FOREIGN KEY (x, y) REFERENCES p (b, a));'
        'CREATE TABLE later (x int, y int, CONSTRAINT one FOREIGN KEY (x, y) REFERENCES p, CONSTRAINT two FOREIGN KEY (x, y) REFERENCES p DEFERRABLE);'
        'CREATE TABLE part (x int, y int, CONSTRAINT one FOREIGN KEY (x, y) REFERENCES p ON DELETE SET NULL,'
        ' CONSTRAINT two FOREIGN KEY (x, y) REFERENCES p ON DELETE SET NULL (x));'
        'CREATE TABLE "full" (x int, y int, CONSTRAINT one FOREIGN KEY (x, y) REFERENCES p,'
        ' CONSTRAINT two FOREIGN KEY (x, y) REFERENCES p MATCH FULL ON DELETE CASCADE)'],
        [("public.\"full\"", None, "only the second refuses a key that is null in part"),
         ("public.later", "ALTER TABLE public.later DROP CONSTRAINT two", "DEFERRABLE"),
         ("public.part", "ALTER TABLE public.part DROP CONSTRAINT one", "the first is FOREIGN KEY (x, y) REFERENCES public.p(a, b) ON DELETE SET NULL (x)"),
         ("public.same", "ALTER TABLE public.same DROP CONSTRAINT one", "two and one are foreign keys on (x, y)"),
         ("public.same", "ALTER TABLE public.same DROP CONSTRAINT three", "by NO ACTION, the second by CASCADE")],
        []),
    "foreign keys of partitions": ("foreign-key-conflict", [
        'CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (x int, CONSTRAINT z FOREIGN KEY (x) REFERENCES p ON DELETE CASCADE) PARTITION BY LIST (x);'
        'CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1); ALTER TABLE t_1 ADD CONSTRAINT a FOREIGN KEY (x) REFERENCES p;'
        'CREATE TABLE u (x int, CONSTRAINT z FOREIGN KEY (x) REFERENCES p) PARTITION BY LIST (x);'
        'CREATE TABLE u_1 PARTITION OF u FOR VALUES IN (1); ALTER TABLE u_1 ADD CONSTRAINT a FOREIGN KEY (x) REFERENCES p ON DELETE CASCADE;'
        'CREATE TABLE v (x int, CONSTRAINT z FOREIGN KEY (x) REFERENCES p DEFERRABLE INITIALLY DEFERRED) PARTITION BY LIST (x);'
        'CREATE TABLE v_1 PARTITION OF v FOR VALUES IN (1); ALTER TABLE v_1 ADD CONSTRAINT a FOREIGN KEY (x) REFERENCES p'],
        [("public.t_1", None, "it has the first from the table it is a partition of, and the second destroys less"),
         ("public.u_1", "ALTER TABLE public.u_1 DROP CONSTRAINT a", "the first deletes by NO ACTION, the second by CASCADE"),
         ("public.v_1", None, "the second is checked sooner")],
        []),
    "foreign keys to a partition and to the whole": ("foreign-key-conflict", [PARTITION_AND_WHOLE + " ON DELETE CASCADE)"], [], []),
    "equal foreign keys to a partition and to the whole": ("foreign-key-duplicate", [PARTITION_AND_WHOLE + ")"], [], []),
    "foreign keys that nothing enforces": ("foreign-key-conflict", [
        'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (x int CONSTRAINT a REFERENCES p)', 'ALTER TABLE t DISABLE TRIGGER ALL',
        'ALTER TABLE t ADD CONSTRAINT b FOREIGN KEY (x) REFERENCES p; CREATE TABLE u (x int CONSTRAINT a REFERENCES p)',
        'ALTER TABLE u DISABLE TRIGGER ALL', 'ALTER TABLE u ADD CONSTRAINT b FOREIGN KEY (x) REFERENCES p ON DELETE CASCADE'],
        [("public.t", "ALTER TABLE public.t DROP CONSTRAINT a", "only the first is enforced"),
         ("public.u", None, "only the first is enforced; the second destroys less")],
        []),
    "a foreign key that alone is validated": ("foreign-key-conflict", [
        'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (x int CONSTRAINT a REFERENCES p ON DELETE CASCADE);'
        'ALTER TABLE t ADD CONSTRAINT b FOREIGN KEY (x) REFERENCES p NOT VALID'],
        [("public.t", None, "by NO ACTION, the second by CASCADE; only the second is validated")], []),
    "foreign keys of which neither says all": ("foreign-key-conflict", [
        'CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (x int CONSTRAINT a REFERENCES p ON UPDATE CASCADE,'
        ' CONSTRAINT b FOREIGN KEY (x) REFERENCES p ON DELETE CASCADE)'],
        [("public.t", None, "the second changes less when a key is updated")], []),
    "equal foreign keys": ("foreign-key-duplicate", [
        'CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (x int CONSTRAINT b REFERENCES p, CONSTRAINT c FOREIGN KEY (x) REFERENCES p MATCH FULL);'
        'ALTER TABLE t ADD CONSTRAINT a FOREIGN KEY (x) REFERENCES p NOT VALID;'
        'CREATE TABLE u (x int, CONSTRAINT z FOREIGN KEY (x) REFERENCES p) PARTITION BY LIST (x);'
        'CREATE TABLE u_1 PARTITION OF u FOR VALUES IN (1); ALTER TABLE u_1 ADD CONSTRAINT a FOREIGN KEY (x) REFERENCES p;'
        'CREATE TABLE many (x int CONSTRAINT b REFERENCES p ON DELETE CASCADE, CONSTRAINT c FOREIGN KEY (x) REFERENCES p ON DELETE CASCADE,'
        ' CONSTRAINT d FOREIGN KEY (x) REFERENCES p ON DELETE SET NULL)'],
        [("public.t", "ALTER TABLE public.t DROP CONSTRAINT a", "a says the same as b"),
         ("public.t", "ALTER TABLE public.t DROP CONSTRAINT c", "c says the same as b"),
         ("public.u_1", "ALTER TABLE public.u_1 DROP CONSTRAINT a", "a says the same as z")],
        []),
    "unique indexes of another kind": ("unique-repeats-primary-key", [
        'CREATE TABLE t (a text PRIMARY KEY, b int); CREATE UNIQUE INDEX ON t (a COLLATE "POSIX"); CREATE UNIQUE INDEX ON t (a text_pattern_ops);'
        'CREATE UNIQUE INDEX ON t (a) INCLUDE (b)'], [], []),
    "a foreign key that may lean on the next one": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int NOT NULL CONSTRAINT b UNIQUE); ALTER TABLE t ADD CONSTRAINT c UNIQUE (id); CREATE TABLE child (x int REFERENCES t (id));'
        'ALTER TABLE t ADD PRIMARY KEY (id)'],
        [("public.t", "BEGIN; ALTER TABLE public.child DROP CONSTRAINT child_x_fkey; ALTER TABLE public.t DROP CONSTRAINT b;"
          " ALTER TABLE public.child ADD CONSTRAINT child_x_fkey FOREIGN KEY (x) REFERENCES public.t(id); COMMIT", "constraint b repeats"),
         ("public.t", "BEGIN; ALTER TABLE public.child DROP CONSTRAINT child_x_fkey; ALTER TABLE public.t DROP CONSTRAINT c;"
          " ALTER TABLE public.child ADD CONSTRAINT child_x_fkey FOREIGN KEY (x) REFERENCES public.t(id); COMMIT", "constraint c repeats")],
        []),
    "a unique constraint that a rule names": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT b UNIQUE (id); CREATE TABLE source (id int);'
        'CREATE RULE r AS ON INSERT TO source DO INSTEAD INSERT INTO t VALUES (NEW.id) ON CONFLICT ON CONSTRAINT b DO NOTHING'],
        [("public.t", None, "it cannot be dropped before what names it: rule r on table public.source")], []),
    "a primary key that is not valid": ("unique-repeats-primary-key", [
        'CREATE TABLE p (id int NOT NULL, CONSTRAINT u UNIQUE (id)) PARTITION BY RANGE (id); CREATE TABLE p_1 PARTITION OF p DEFAULT;'
        'ALTER TABLE ONLY p ADD PRIMARY KEY (id)'], [], []),
    "a primary key that is checked later": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, CONSTRAINT u UNIQUE (id) DEFERRABLE)'], [], []),
    "a unique constraint that is checked as late": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED); ALTER TABLE t ADD CONSTRAINT u UNIQUE (id) DEFERRABLE INITIALLY DEFERRED'],
        [("public.t", "ALTER TABLE public.t DROP CONSTRAINT u", "constraint u repeats the primary key t_pkey")], []),
    "a unique index in another order": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY); CREATE UNIQUE INDEX i ON t (id DESC)'],
        [("public.t", "DROP INDEX public.i", "except that it finds rows in another order")], []),
    "a foreign key with a comment": ("unique-repeats-primary-key", [
        "CREATE TABLE t (a int NOT NULL UNIQUE); CREATE TABLE c (a int CONSTRAINT f REFERENCES t (a)); ALTER TABLE t ADD PRIMARY KEY (a);"
        "COMMENT ON CONSTRAINT f ON c IS 'it''s'"],
        [("public.t", "BEGIN; ALTER TABLE public.c DROP CONSTRAINT f; ALTER TABLE public.t DROP CONSTRAINT t_a_key; ALTER TABLE public.c ADD"
          " CONSTRAINT f FOREIGN KEY (a) REFERENCES public.t(a); COMMENT ON CONSTRAINT f ON public.c IS 'it''s'; COMMIT", "repeats")],
        ["DO $$BEGIN ASSERT (SELECT obj_description(oid, 'pg_constraint') = 'it''s' FROM pg_constraint WHERE conname = 'f'); END$$"]),
    "a foreign key to a partition": ("unique-repeats-primary-key", [
        'CREATE TABLE p (id int NOT NULL, CONSTRAINT u UNIQUE (id)) PARTITION BY RANGE (id); CREATE TABLE p_1 PARTITION OF p DEFAULT;'
        'CREATE TABLE c (x int REFERENCES p_1 (id)); ALTER TABLE p ADD PRIMARY KEY (id)'],
        [("public.p", "BEGIN; ALTER TABLE public.c DROP CONSTRAINT c_x_fkey; ALTER TABLE public.p DROP CONSTRAINT u;"
          " ALTER TABLE public.c ADD CONSTRAINT c_x_fkey FOREIGN KEY (x) REFERENCES public.p_1(id); COMMIT", "constraint u repeats")],
        []),
    "a unique constraint that the text of a function names": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT u UNIQUE (id); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS'
        ' $$BEGIN INSERT INTO t VALUES (1) ON CONFLICT ON  CONSTRAINT u DO NOTHING; END$$'],
        [("public.t", None, "it cannot be dropped before what names it: function public.f()")], ["SELECT f()"]),
    "a constraint whose name is the end of another one that a function names": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT u UNIQUE (id); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS'
        ' $$BEGIN INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT menu DO NOTHING; INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT u_key DO NOTHING; END$$'],
        [("public.t", "ALTER TABLE public.t DROP CONSTRAINT u", "constraint u repeats")], []),
    "a constraint that a function names in capitals": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT u UNIQUE (id); CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS'
        ' $$BEGIN INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT "u" DO NOTHING; INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT U DO NOTHING; END$$'],
        [("public.t", None, "it cannot be dropped before what names it: function public.f()")], []),
    "users that a domain asks for": ("membership-nullable", [
        'CREATE DOMAIN d AS int NOT NULL; CREATE DOMAIN e AS d; CREATE TABLE a_members (user_id e, a_id int)'],
        [("public.a_members", "ALTER TABLE public.a_members ALTER COLUMN a_id SET NOT NULL", "a_id")], []),
    "memberships that an exclusion keeps unique": ("membership-not-unique", [
        'CREATE EXTENSION btree_gist; CREATE TABLE a_members (user_id int NOT NULL, a_id int NOT NULL, EXCLUDE USING gist (user_id WITH =, a_id WITH =));'
        'CREATE TABLE b_members (user_id int NOT NULL, b_id int NOT NULL, EXCLUDE USING gist (user_id WITH =, b_id WITH <>))'],
        [("public.b_members", "ALTER TABLE public.b_members ADD UNIQUE (user_id, b_id)", "nothing keeps (user_id, b_id) unique")], []),
    "memberships elsewhere": ("membership-not-unique", [
        'CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;'
        "CREATE TABLE a_members (user_id int NOT NULL, a_id int NOT NULL) PARTITION BY LIST (a_id);"
        "CREATE FOREIGN TABLE far PARTITION OF a_members DEFAULT SERVER s OPTIONS (filename '/dev/null')"],
        [("public.a_members", None, "no constraint can, as these partitions are foreign tables: public.far")], []),
    "memberships without an order": ("membership-not-unique", [
        'CREATE TABLE a_members (user_id json NOT NULL, a_id int NOT NULL); CREATE DOMAIN d AS varchar; CREATE TYPE e AS ENUM (\'x\');'
        'CREATE TABLE b_members (user_id d NOT NULL, b_id varchar NOT NULL); CREATE TABLE c_members (user_id e NOT NULL, c_id int[] NOT NULL);'
        'CREATE DOMAIN dj AS json; CREATE TYPE k AS (a int, b json); CREATE TYPE o AS (a int, b text);'
        'CREATE TABLE d_members (user_id xml NOT NULL, d_id point NOT NULL); CREATE TABLE e_members (user_id dj NOT NULL, e_id int NOT NULL);'
        'CREATE TABLE f_members (user_id json[] NOT NULL, f_id int NOT NULL); CREATE TABLE g_members (user_id k NOT NULL, g_id int NOT NULL);'
        'CREATE TABLE h_members (user_id o[] NOT NULL, h_id int4range NOT NULL)'],
        [("public.a_members", None, "no constraint can, as these types have no order: json"),
         ("public.b_members", "ALTER TABLE public.b_members ADD UNIQUE (user_id, b_id)", "nothing keeps"),
         ("public.c_members", "ALTER TABLE public.c_members ADD UNIQUE (user_id, c_id)", "nothing keeps"),
         ("public.d_members", None, "have no order: point, xml"), ("public.e_members", None, "have no order: json"),
         ("public.f_members", None, "have no order: json"), ("public.g_members", None, "have no order: json"),
         ("public.h_members", "ALTER TABLE public.h_members ADD UNIQUE (user_id, h_id)", "nothing keeps")],
        ["INSERT INTO h_members VALUES (ARRAY[ROW(1, 'x')::o], '[1,2)'), (ARRAY[ROW(1, 'y')::o], '[1,2)')"]),
    "indexes that a cascade cannot use": ("cascade-without-index", [
        'CREATE TABLE p (a text PRIMARY KEY, b jsonb UNIQUE, c numeric UNIQUE, d int, e int, f bigint UNIQUE, g int[] UNIQUE, UNIQUE (d, e));'
        'CREATE TABLE t (a text REFERENCES p ON DELETE CASCADE); CREATE INDEX ON t (a COLLATE "POSIX");'
        'CREATE TABLE u (b jsonb REFERENCES p (b) ON DELETE CASCADE); CREATE INDEX ON u USING gin (b);'
        'CREATE TABLE v (c int REFERENCES p (c) ON DELETE CASCADE);'
        'CREATE TABLE w (d int, e int, FOREIGN KEY (d, e) REFERENCES p (d, e) ON DELETE CASCADE); CREATE INDEX ON w (d) INCLUDE (e);'
        'CREATE TABLE x (f int REFERENCES p (f) ON DELETE CASCADE, a varchar(9) REFERENCES p ON DELETE CASCADE, g int[] REFERENCES p (g) ON DELETE CASCADE);'
        'CREATE INDEX ON x (f); CREATE INDEX ON x USING hash (a); CREATE INDEX ON x (g)'],
        [("public.t", "CREATE INDEX CONCURRENTLY ON public.t (a)", "no index has (a) first"),
         ("public.u", "CREATE INDEX CONCURRENTLY ON public.u (b)", "no index has (b) first"),
         ("public.v", None, "none on the columns as they are can serve, as these are of other types than what they reference: c"),
         ("public.w", "CREATE INDEX CONCURRENTLY ON public.w (d, e)", "no index has (d, e) first")],
        []),
    "indexes that a cascade can use": ("cascade-without-index", [
        'CREATE TABLE p (a int, b int, PRIMARY KEY (a, b), UNIQUE (a));'
        'CREATE TABLE t (a int REFERENCES p (a) ON DELETE CASCADE, b int, c int, FOREIGN KEY (b, c) REFERENCES p ON DELETE CASCADE);'
        'CREATE INDEX ON t USING brin (a); CREATE INDEX ON t (c, b) WHERE b IS NOT NULL AND c IS NOT NULL;'
        'CREATE TABLE u (a int CONSTRAINT two REFERENCES p (a) ON DELETE CASCADE, b int, CONSTRAINT one FOREIGN KEY (a) REFERENCES p (a) ON DELETE CASCADE);'
        'CREATE INDEX ON u (a) WHERE a IS NOT NULL AND b IS NOT NULL'],
        [("public.t", "CREATE INDEX CONCURRENTLY ON public.t (a)", "by the foreign key t_a_fkey"),
         ("public.u", "CREATE INDEX CONCURRENTLY ON public.u (a)", "by the foreign keys one, two")],
        []),
    "lifecycle columns that cannot be added": ("lifecycle-missing", [
        'CREATE TYPE k AS (id int, created_at timestamptz); CREATE TABLE typed OF k; CREATE TABLE p (id int, created_at timestamptz);'
        'CREATE TABLE c (updated_at date) INHERITS (p); CREATE TABLE d (deleted_at timestamptz(3)) INHERITS (p)'],
        [("public.p", None, "but a child has another one of that name: public.c.updated_at, public.d.deleted_at"),
         ("public.typed", None, "which the type public.k would have to get")],
        []),
    "sequences of columns that are not alone": ("sequence-near-end", [
        "CREATE TABLE a (id int); CREATE TABLE b (id serial) INHERITS (a); SELECT setval('b_id_seq', 2000000000);"
        "CREATE TABLE c (id serial); CREATE TABLE d (id int); CREATE TABLE e () INHERITS (c, d); SELECT setval('c_id_seq', 2000000000);"
        "CREATE TYPE k AS (id int); CREATE TABLE f OF k; CREATE SEQUENCE f_id_seq OWNED BY f.id; SELECT setval('f_id_seq', 2000000000);"
        "CREATE DOMAIN small AS int; CREATE DOMAIN smaller AS small CHECK (VALUE > 0); CREATE TABLE g (id smaller);"
        "CREATE SEQUENCE g_id_seq OWNED BY g.id; SELECT setval('g_id_seq', 2000000000);"
        "CREATE TABLE h (id serial PRIMARY KEY); CREATE TABLE i (h int REFERENCES h); SELECT setval('h_id_seq', 2000000000)"],
        [("public.b_id_seq", None, "id can be bigint only together with what it is inherited from: public.a"),
         ("public.c_id_seq", None, "id can be bigint only together with what it is inherited from: public.d"),
         ("public.f_id_seq", None, "id can be bigint only as an attribute of the type public.k"),
         ("public.g_id_seq", None, "2000000000 of 2147483647; id is of the domain public.smaller, which can hold no more"),
         ("public.h_id_seq", "ALTER TABLE public.h ALTER COLUMN id TYPE bigint; ALTER SEQUENCE public.h_id_seq AS bigint NO MAXVALUE",
          "what references it has to be bigint as well: public.i.h")],
        []),
    "sequences of columns whose rows and operators are in use": ("sequence-near-end", [
        "CREATE TABLE a (id serial); CREATE TABLE uses_a (x a); SELECT setval('a_id_seq', 2000000000);"
        "CREATE TABLE b (id serial); CREATE TYPE of_b AS (x b[]); CREATE DOMAIN d_of_b AS of_b; CREATE MATERIALIZED VIEW m AS SELECT NULL::d_of_b AS y;"
        "SELECT setval('b_id_seq', 2000000000);"
        "CREATE TABLE c (id serial); CREATE INDEX by_brin ON c USING brin (id int4_minmax_multi_ops); CREATE INDEX ON c (id);"
        "SELECT setval('c_id_seq', 2000000000)"],
        [("public.a_id_seq", None, "made again after: table column public.uses_a.x"),
         ("public.b_id_seq", None, "made again after: materialized view column public.m.y"),
         ("public.c_id_seq", None, "made again after: index public.by_brin")],
        []),
    "sequences that only fill a column": ("sequence-near-end", [
        "CREATE SEQUENCE s; CREATE TABLE a (id int DEFAULT nextval('s'), y bigint DEFAULT nextval('s')); SELECT setval('s', 2000000000);"
        "CREATE SEQUENCE r; CREATE TABLE b (id int DEFAULT nextval('r') % 100); SELECT setval('r', 2000000000);"
        "CREATE TABLE c (id serial); CREATE VIEW v AS SELECT id FROM c; ALTER SEQUENCE c_id_seq OWNED BY v.id; SELECT setval('c_id_seq', 2000000000);"],
        [("public.c_id_seq", None, "2000000000 of 2147483647; before id can be bigint, what uses it has to be dropped, and made again after: view public.v"),
         ("public.s", "ALTER TABLE public.a ALTER COLUMN id TYPE bigint; ALTER SEQUENCE public.s AS bigint NO MAXVALUE", "2000000000 of 2147483647")],
        ["SELECT setval('s', 3000000000); INSERT INTO a DEFAULT VALUES"]),
    "indexes of partitions that are not attached": ("index-invalid", [
        'CREATE TABLE p (x int) PARTITION BY RANGE (x); CREATE TABLE "p 1" PARTITION OF p DEFAULT; CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM (1) TO (2);'
        'CREATE UNIQUE INDEX i ON ONLY p (x); CREATE UNIQUE INDEX j ON p_2 (x); ALTER INDEX i ATTACH PARTITION j'],
        [("public.p", None, 'not all partitions have one attached to it; it is for these to be made and attached: public."p 1"')], []),
    "constraints of children": ("constraint-not-valid", [
        'CREATE TABLE p (x int); CREATE TABLE c (y int) INHERITS (p); ALTER TABLE p ADD CONSTRAINT k CHECK (x > 0) NOT VALID'],
        [("public.p", "ALTER TABLE public.p VALIDATE CONSTRAINT k", "NOT VALID")], []),
    "exclusion constraints": ("index-invalid", [
        "CREATE TABLE t (x int, CONSTRAINT k EXCLUDE USING btree (x WITH =)); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'k'::regclass"],
        [("public.t", "REINDEX INDEX public.k", "not valid")], []),
    "what is left of a REINDEX": ("index-invalid", [
        'CREATE TABLE a (x int); CREATE TABLE b (x int CONSTRAINT b_ccold UNIQUE); INSERT INTO a VALUES (1), (1)',
        'CREATE UNIQUE INDEX CONCURRENTLY broken ON a (x)', 'REINDEX INDEX CONCURRENTLY broken',
        'REINDEX INDEX CONCURRENTLY broken', 'ALTER INDEX broken_ccnew RENAME TO broken_ccold;'
        "DELETE FROM a; UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'b_ccold'::regclass"],
        [("public.a", "REINDEX INDEX CONCURRENTLY public.broken", "rows that are equal have to go before"),
         ("public.a", "DROP INDEX CONCURRENTLY public.broken_ccnew1", "has left it behind"),
         ("public.a", "DROP INDEX CONCURRENTLY public.broken_ccold", "has left it behind"),
         ("public.b", "REINDEX INDEX CONCURRENTLY public.b_ccold", "serves no query")],
        ["INSERT INTO a VALUES (1)"]),
}


def prepare(pair, rule):
    pair.sql(CASES[rule][0])
    if rule == "sequence-near-end":
        pair.sql("SELECT setval(pg_get_serial_sequence(%s, %s), 1900000000)", (QUOTED, NAME))
    if rule == "index-invalid":
        with contextlib.suppress(scratch.psycopg2.Error):  # it fails, and leaves the index behind
            pair.sql("CREATE UNIQUE INDEX CONCURRENTLY broken ON a (x)")
        pair.sql("DELETE FROM a")


def lint(pair, *options, status=1):
    out, err = pair.run("schema", "lint", pair.cluster.uri(pair.core), "--json", *options, status=status)
    assert err == ""
    return json.loads(out)


@pytest.mark.parametrize("rule", CASES)
def test_rule(pair, rule):
    prepare(pair, rule)
    findings = lint(pair)
    assert [finding["rule"] for finding in findings] == [rule], findings
    finding = findings[0]
    for part in CASES[rule][1]:
        assert part in finding["what"], finding
    assert lint(pair, "--ignore", rule, status=0) == []
    pair.sql(finding["fix"])
    assert lint(pair, status=0) == []


@pytest.mark.parametrize("name", SPECIAL)
def test_proposed_sql_runs_and_does_no_harm(pair, name):
    rule, made, expected, works = SPECIAL[name]
    for sql in made:
        with contextlib.suppress(scratch.psycopg2.IntegrityError):  # leaves an index behind
            pair.sql(sql)
    others = [option for other in CASES if other != rule for option in ("--ignore", other)]
    findings = lint(pair, *others, status=1 if expected else 0)
    assert [(found["object"], found["fix"]) for found in findings] == [row[:2] for row in expected], findings
    for found, (_, fix, words) in zip(findings, expected):
        assert words in found["what"]
        if fix:
            pair.sql(fix)
    left = [row[0] for row in expected if not row[1]]
    assert [found["object"] for found in lint(pair, *others, status=1 if left else 0)] == left
    for sql in works:
        pair.sql(sql)


def test_an_index_under_construction_is_not_invalid(pair):
    pair.sql("CREATE TABLE a (x int)")
    with contextlib.closing(pair.cluster.connect(pair.core)) as writer:
        writer.autocommit = False
        writer.cursor().execute("INSERT INTO a VALUES (1)")
        maker = subprocess.Popen(["psql", "-qX", pair.cluster.uri(pair.core), "-c", "CREATE INDEX CONCURRENTLY i ON a (x)"],
                                 stderr=subprocess.DEVNULL)
        serving.wait_for("the index waits for the writer", lambda: pair.sql("SELECT pid FROM pg_stat_progress_create_index WHERE phase ~ '^waiting'"))
        assert lint(pair, status=0) == []
        pair.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_progress_create_index")
        assert maker.wait(30) == 1
        assert [found["rule"] for found in lint(pair)] == ["index-invalid"]


def test_an_index_that_is_being_dropped_is_not_invalid(pair):
    pair.sql("CREATE TABLE a (x int PRIMARY KEY); CREATE INDEX i ON a (x)")
    for statement, rule in (("DROP INDEX CONCURRENTLY i", "index-invalid"), ("REINDEX INDEX CONCURRENTLY a_pkey", "index-invalid")):
        with contextlib.closing(pair.cluster.connect(pair.core)) as writer:
            writer.autocommit = False
            writer.cursor().execute("INSERT INTO a SELECT coalesce(max(x), 0) + 1 FROM a")
            worker = subprocess.Popen(["psql", "-qX", pair.cluster.uri(pair.core), "-c", statement], stderr=subprocess.DEVNULL)
            serving.wait_for("it waits for the writer", lambda: pair.sql(
                "SELECT a.pid FROM pg_stat_activity a JOIN pg_locks l USING (pid) JOIN pg_index x ON x.indexrelid = l.relation OR NOT x.indisvalid"
                " WHERE a.query LIKE '%CONCURRENTLY%' AND a.wait_event_type = 'Lock' AND NOT x.indisvalid"))
            assert lint(pair, status=0) == []
            pair.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%CONCURRENTLY%' AND wait_event_type = 'Lock'")
            assert worker.wait(30) == 1
        assert [found["rule"] for found in lint(pair)] == [rule]
        pair.sql("DROP INDEX IF EXISTS i, a_pkey_ccnew")


def test_an_index_with_an_unfinished_drop_is_dropped(pair):
    pair.sql("CREATE TABLE a (x int); CREATE INDEX i ON a (x);"
             "UPDATE pg_index SET indisvalid = false, indisready = false, indislive = false WHERE indexrelid = 'i'::regclass")
    assert [(found["what"], found["fix"]) for found in lint(pair)] == [
        ("the index i is not valid: it serves no query, and a DROP INDEX CONCURRENTLY that did not end has left it behind",
         "DROP INDEX CONCURRENTLY public.i")]


def test_a_failed_fix_is_rolled_back(pair):
    pair.sql("CREATE TABLE t (a int NOT NULL UNIQUE); CREATE TABLE c (a int CONSTRAINT f REFERENCES t (a)); ALTER TABLE t ADD PRIMARY KEY (a)")
    pair.sql("SET session_replication_role = replica; INSERT INTO c VALUES (4)")
    finding, = lint(pair)
    done = subprocess.run(["psql", "-qX", pair.cluster.uri(pair.core)], input=finding["fix"] + ";", text=True, capture_output=True, check=False)
    assert "violates foreign key constraint" in done.stderr
    assert lint(pair) == [finding]


def test_sequences_that_are_dropped_meanwhile(pair):
    pair.sql("DO $$BEGIN FOR i IN 1..900 LOOP EXECUTE format('CREATE SEQUENCE s%s', i); END LOOP; END$$; SELECT setval('s1', 9223372036854775807)")
    churn = subprocess.Popen(["psql", "-qX", pair.cluster.uri(pair.core)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        churn.stdin.write("CREATE PROCEDURE churn() LANGUAGE plpgsql AS $$BEGIN LOOP CREATE TABLE z (a serial, b serial); COMMIT; DROP TABLE z; COMMIT;"
                          " END LOOP; END$$; CALL churn();")
        churn.stdin.close()
        for _ in range(20):
            assert [found["object"] for found in lint(pair)] == ["public.s1"]
    finally:
        pair.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL%'")
        churn.wait(30)


def test_thousands_of_sequences(pair):
    pair.sql("CREATE PROCEDURE make() LANGUAGE plpgsql AS $$BEGIN FOR i IN 1000..3100 LOOP EXECUTE format('CREATE SEQUENCE s%s', i);"
             " IF i % 500 = 0 THEN COMMIT; END IF; END LOOP; END$$")
    pair.sql("CALL make()")
    near = [1000, 1999, 2000, 2500, 3100]
    pair.sql(";".join(f"SELECT setval('s{i}', 9223372036854775807)" for i in near))
    assert [found["object"] for found in lint(pair)] == [f"public.s{i}" for i in near]


def test_every_rule_has_a_case(pair):
    text = (scratch.TREE / "src" / "schema" / "lint.c").read_text(encoding="utf-8")
    rules = [line.split('"')[1] for line in text.split("\n") if line.startswith('    {"')]
    assert rules == list(CASES)


def test_text(pair):
    prepare(pair, "membership-nullable")
    out, _ = pair.run("schema", "lint", pair.cluster.uri(pair.core), status=1)
    assert out == ("error: membership-nullable: public.club_members: club_id is part of what makes a membership and may be null.\n"
                   "    ALTER TABLE public.club_members ALTER COLUMN club_id SET NOT NULL;\n")


def test_text_with_control_characters(pair):
    pair.sql('CREATE TABLE "a\nb" (id int PRIMARY KEY, created_at timestamptz)')
    out, _ = pair.run("schema", "lint", pair.cluster.uri(pair.core), status=1)
    assert out.splitlines()[1:] == ["    -- the SQL has names with control characters: see --json"]
    pair.sql(lint(pair)[0]["fix"])
    assert lint(pair, status=0) == []


def test_text_without_a_statement(pair):
    pair.sql("CREATE SEQUENCE a; SELECT setval('a', 9223372036854775807)")
    out, _ = pair.run("schema", "lint", pair.cluster.uri(pair.core), status=1)
    assert out == ("error: sequence-near-end: public.a: it has got to 9223372036854775807 of 9223372036854775807; no sequence goes further,"
                   " so what it numbers needs keys of another kind.\n")


def test_an_empty_database_has_no_findings(shared):
    assert shared.run("schema", "lint", shared.cluster.uri(shared.core))[0] == ""
    assert shared.run("schema", "lint", "--json")[0] == "[]\n"  # without URI: the configured one


def test_an_unknown_rule(shared):
    _, err = shared.run("schema", "lint", "--ignore", "nothing", status=2)
    assert err.count("\n") == 1 and "nothing" in err


def test_invisible_objects_are_named(pair):
    pair.sql("CREATE SEQUENCE secret; DROP ROLE IF EXISTS lint_reader; CREATE ROLE lint_reader LOGIN")
    uri = pair.cluster.uri(pair.core).replace("postgres@", "lint_reader@")
    out, err = pair.run("schema", "lint", uri)
    assert out == "" and err == "orgd: no privilege to read these sequences: public.secret.\n"


def test_lint_calls_no_function_of_the_database(pair):
    # A function in public, closer to the argument types than the built-in one, must not run with our privileges.
    pair.sql("CREATE TABLE called (x int); CREATE FUNCTION mark() RETURNS boolean LANGUAGE plpgsql AS"
             " $$BEGIN RAISE EXCEPTION 'called'; END$$;"
             "CREATE FUNCTION public.differs(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT public.mark()';"
             "CREATE OPERATOR public.!~ (LEFTARG = name, RIGHTARG = name, FUNCTION = public.differs);"
             "CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE sql AS 'SELECT public.mark()::text';"
             "CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE sql AS 'SELECT public.mark()::text'")
    assert lint(pair, status=0) == []
    pair.dump(pair.core, "--full", "--counts")
