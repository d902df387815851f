"""Each rule of lint finds what it is for and nothing else, and what it proposes mends it."""
import contextlib
import json

import pytest
import scratch

NAME = 'odd "name"; \\ \t\u00e9'  # every identifier that a proposal has to quote
QUOTED = '"odd ""name""; \\ \t\u00e9"'

# rule: what makes the finding, what must not be found beside it (the same database), and what the sentence must name
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
        f'CREATE TABLE child (x int, y int, CONSTRAINT {QUOTED} FOREIGN KEY (x, y) REFERENCES {QUOTED} (id, b)'
        f' ON DELETE SET NULL, FOREIGN KEY (y, x) REFERENCES {QUOTED} (b, id));'
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
    "sequence-near-end": (
        f'CREATE TABLE {QUOTED} ({QUOTED} serial, b bigserial);'
        'CREATE SEQUENCE unused; CREATE SEQUENCE half AS integer; SELECT setval(\'half\', 1000000000);'
        'CREATE SEQUENCE round AS smallint CYCLE; SELECT setval(\'round\', 32000)', ["1900000000", "2147483647"]),
    "constraint-not-valid": (
        f'CREATE TABLE a (x int); ALTER TABLE a ADD CONSTRAINT {QUOTED} CHECK (x > 0) NOT VALID, ADD CHECK (x < 9)', ["NOT VALID"]),
    "index-invalid": (
        'CREATE TABLE a (x int); INSERT INTO a VALUES (1), (1)', ["broken"]),
}

# Where a plainer proposal would fail or do harm: the rule, what makes its findings, and of each the object, what is
# proposed (None: nothing can be, and the sentence says why) and a part of the sentence.
SPECIAL = {
    "replica identity": ("unique-repeats-primary-key", [
        f'CREATE TABLE t (id int, b int, PRIMARY KEY (id, b)); CREATE UNIQUE INDEX {QUOTED} ON t (b, id);'
        f'ALTER TABLE t REPLICA IDENTITY USING INDEX {QUOTED}; CREATE PUBLICATION p FOR TABLE t; INSERT INTO t VALUES (1, 1)'],
        [("public.t", f"ALTER TABLE public.t REPLICA IDENTITY DEFAULT; DROP INDEX public.{QUOTED}", "unique index")],
        ["UPDATE t SET id = 2"]),
    "replica identity of partitions": ("unique-repeats-primary-key", [
        'CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id); ALTER TABLE t ADD CONSTRAINT u UNIQUE (id);'
        'CREATE TABLE t_1 PARTITION OF t DEFAULT; ALTER TABLE t REPLICA IDENTITY USING INDEX u;'
        'ALTER TABLE t_1 REPLICA IDENTITY USING INDEX t_1_id_key; CREATE PUBLICATION p FOR TABLE t; INSERT INTO t VALUES (1)'],
        [("public.t", "ALTER TABLE public.t REPLICA IDENTITY DEFAULT; ALTER TABLE public.t_1 REPLICA IDENTITY DEFAULT;"
          " ALTER TABLE public.t DROP CONSTRAINT u", "unique constraint")],
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
def test_what_is_proposed_can_be_run_and_does_no_harm(pair, name):
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


def test_every_rule_has_a_case(pair):
    text = (scratch.TREE / "src" / "schema" / "lint.c").read_text(encoding="utf-8")
    rules = [line.split('"')[1] for line in text.split("\n") if line.startswith('    {"')]
    assert rules == list(CASES)


def test_text(pair):
    prepare(pair, "membership-nullable")
    out, _ = pair.run("schema", "lint", pair.cluster.uri(pair.core), status=1)
    assert out == ("error: membership-nullable: public.club_members: club_id is part of what makes a membership and may be null.\n"
                   "    ALTER TABLE public.club_members ALTER COLUMN club_id SET NOT NULL;\n")


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


def test_what_may_not_be_seen_is_named(pair):
    pair.sql("CREATE SEQUENCE secret; DROP ROLE IF EXISTS lint_reader; CREATE ROLE lint_reader LOGIN")
    uri = pair.cluster.uri(pair.core).replace("postgres@", "lint_reader@")
    out, err = pair.run("schema", "lint", uri)
    assert out == "" and err == "orgd: No right to look at these sequences: public.secret.\n"


def test_nothing_of_the_database_is_called(pair):
    # What somebody leaves in public, closer to the arguments than what is built in, must not run with our rights.
    pair.sql("CREATE TABLE called (x int); CREATE FUNCTION mark() RETURNS boolean LANGUAGE plpgsql AS"
             " $$BEGIN RAISE EXCEPTION 'called'; END$$;"
             "CREATE FUNCTION public.differs(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT public.mark()';"
             "CREATE OPERATOR public.!~ (LEFTARG = name, RIGHTARG = name, FUNCTION = public.differs);"
             "CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE sql AS 'SELECT public.mark()::text';"
             "CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE sql AS 'SELECT public.mark()::text'")
    assert lint(pair, status=0) == []
    pair.dump(pair.core, "--full", "--counts")
