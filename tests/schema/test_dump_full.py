"""The full dump is complete, JSON has the same content, and neither depends on irrelevant settings."""
import json
import random
import re
import subprocess

import pytest
import scratch

ZOO = (scratch.TREE / "tests" / "schema" / "zoo.sql").read_text(encoding="utf-8")
ROLES = 'DROP ROLE IF EXISTS zoo_reader; DROP ROLE IF EXISTS "zoo ""keeper"""'


def psql(pair, sql, database=None):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", pair.cluster.uri(database or pair.core)], input=sql, text=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)


@pytest.fixture(scope="module")
def zoo(cluster):
    """A database with one object of each kind. Tests do not change it."""
    pair = cluster.pair()
    psql(pair, ZOO)
    yield pair
    for database in (pair.core, pair.tracing):
        subscriptions = pair.sql("SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid"
                                 " WHERE datname = current_database()", database=database)
        for name, in subscriptions:
            for change in ("DISABLE", "SET (slot_name = NONE)"):
                pair.sql(f"ALTER SUBSCRIPTION {name} {change}", database=database)
            pair.sql(f"DROP SUBSCRIPTION {name}", database=database)
    cluster.drop(pair.core, pair.tracing)
    pair.sql(ROLES, database="postgres")


def sections(dump):
    """title: lines"""
    found = {}
    for part in scratch.without_header(dump).split("\n\n")[:-1]:
        title, *lines = part.split("\n")
        assert title.startswith("## ")
        found[title[3:].split(" (")[0]] = lines
    return found


def test_full(zoo):
    plain = zoo.dump()
    full = zoo.dump(zoo.core, "--full")
    assert full.startswith(plain)
    found = sections(full)
    assert all(found[title] for title in found if title not in ("ROW COUNTS",)), [t for t in found if not found[t]]
    for title, line in {
        "ENUM TYPES": 'ENUM zoo.mood = (sad, "so so", "with ""quotes""", "")',
        "COLUMNS": "TABLE zoo.animals COLUMN doubled numeric GENERATED ALWAYS AS ((weight * (2)::numeric)) STORED",
        "VIEWS": "VIEW zoo.heavy SELECT animals.id, animals.name, 'two  spaces'::text AS \"odd  name\" FROM zoo.animals"
                 " WHERE (animals.weight > (10)::numeric);",
        "SCHEMAS": "EXTENSION ltree IN public",
        "DOMAINS": "DOMAIN zoo.short AS character varying(8) COLLATE pg_catalog.\"C\" NOT NULL DEFAULT 'x'::character varying",
        "COMPOSITE TYPES": "TYPE zoo.pair = (first, second)",
        "COLLATIONS": 'TABLE zoo.animals COLUMN name COLLATE pg_catalog."C"',
        "FUNCTIONS": r"FUNCTION zoo.touch() \CREATE OR REPLACE FUNCTION zoo.touch()\n RETURNS trigger\n LANGUAGE plpgsql\n"
                     r"AS $function$\nBEGIN\n\tNEW.at := now(); -- 'quoted'\n\tRETURN NEW;\nEND\n$function$\n",
        "SEQUENCE SETTINGS": "SEQUENCE zoo.counter START 7 INCREMENT 3 MINIMUM 1 MAXIMUM 1000 CACHE 5 CYCLE",
        "SEQUENCE OWNERSHIP": "SEQUENCE zoo.animals_id_seq OWNED BY zoo.animals.id AS IDENTITY",
        "PARTITIONS AND INHERITANCE": "TABLE zoo.visits_2026 PARTITION OF zoo.visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "PROPERTIES": "RELATION zoo.animals PROPERTY row-security-of-owner = forced",
        "STORAGE PARAMETERS": 'RELATION zoo.animals PARAMETER "toast.autovacuum_enabled" = false',
        "RULES": r"RELATION zoo.scratch RULE quiet \CREATE RULE quiet AS\n    ON DELETE TO zoo.scratch DO INSTEAD NOTHING;",
        "FIRING OF TRIGGERS AND RULES": "RELATION zoo.animals TRIGGER silent FIRES never",
        "EVENT TRIGGERS": 'EVENT TRIGGER watch ON ddl_command_end TAGS ("DROP SERVER", "DROP TYPE") EXECUTE zoo.on_ddl()',
        "POLICIES": "TABLE zoo.animals POLICY seen AS RESTRICTIVE FOR UPDATE TO (zoo_reader) USING ((name = ') WITH CHECK ('::text))"
                    " WITH CHECK ((weight > (0)::numeric))",
        "FOREIGN DATA": "SERVER files FOREIGN DATA WRAPPER file_fdw TYPE 'it''s' VERSION '1 2'",
        "PUBLICATIONS": "PUBLICATION chosen TABLE zoo.animals COLUMNS (id, name) WHERE (id > 1)",
        "SUBSCRIPTIONS": "SUBSCRIPTION remote TO (a, b) DISABLED",
        "STATISTICS OBJECTS": "STATISTICS zoo.related CREATE STATISTICS zoo.related (ndistinct, dependencies) ON name, weight"
                              " FROM zoo.animals STATISTICS 77",
        "PRIVILEGES": 'GRANT ON sequence NAMED zoo.counter TO "zoo ""keeper""" = (USAGE)',
        "COMMENTS": r"COMMENT ON table column NAMED zoo.animals.name IS \\\begins with a backslash",
        "OTHER OBJECTS": "OBJECT operator NAMED zoo.===(integer,integer) AS FUNCTION zoo.same(integer,integer)",
    }.items():
        assert line in found[title], (title, found[title])
    assert "REVOKE ON table NAMED zoo.scratch FROM (owner) = (DELETE)" in found["PRIVILEGES"]
    assert "secret" not in full and "password=" not in full


def test_a_dump_and_reload_changes_nothing(zoo):
    first = scratch.without_header(zoo.dump(zoo.core, "--full", "--counts"))
    zoo.sql("CREATE TABLE moves_the_oids (x int); DROP TABLE moves_the_oids", database=zoo.tracing)
    made = subprocess.run(["pg_dump", zoo.cluster.uri(zoo.core)], text=True, capture_output=True, check=True).stdout
    psql(zoo, made, zoo.tracing)
    psql(zoo, "COMMENT ON DATABASE :\"DBNAME\" IS 'this one'; ALTER PUBLICATION everything SET (publish = 'insert, delete')",
         zoo.tracing)
    assert scratch.without_header(zoo.dump(zoo.tracing, "--full", "--counts")) == first


def test_json_has_the_content_of_the_text(zoo):
    text = sections(zoo.dump(zoo.core, "--full", "--counts"))
    read = json.loads(zoo.run("schema", "dump", "--full", "--counts", "--json", zoo.cluster.uri(zoo.core))[0])
    assert read["database"] == zoo.core and read["server"]
    assert [section["section"].split(" (")[0] for section in read["sections"]] == list(text)
    objects = {section["section"].split(" (")[0]: section["objects"] for section in read["sections"]}
    assert {title: len(lines) for title, lines in text.items()} == {title: len(found) for title, found in objects.items()}
    assert objects["ENUM TYPES"][1] == {"kind": "enum type", "schema": "zoo", "name": "mood",
                                        "labels": ["sad", "so so", 'with "quotes"', ""]}
    column = next(found for found in objects["COLUMNS"] if found["name"] == "at" and found["relation"] == "animals")
    assert column == {"kind": "column", "schema": "zoo", "relation": "animals", "name": "at",
                      "type": "timestamp(3) with time zone", "not null": True, "default": "now()", "generated": None}
    comment = next(found for found in objects["COMMENTS"] if found["object"] == "zoo" and found["type"] == "schema")
    assert comment["comment"] == 'animals\n\tand "birds"'


# Each statement needs only those of the lines before: in any order within a line they make the same database.
STEPS = [
    ["CREATE SCHEMA b", "CREATE SCHEMA a", "CREATE EXTENSION ltree", "CREATE EXTENSION pgcrypto", "CREATE EXTENSION hstore"],
    ["CREATE TYPE a.mood AS ENUM ('x', 'y')", "CREATE TYPE mood AS ENUM ('y', 'x')", "CREATE SEQUENCE a.s", "CREATE SEQUENCE b.s",
     "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
     "CREATE FUNCTION f(text) RETURNS integer LANGUAGE sql AS 'SELECT 1'"],
    [f"CREATE TABLE {schema}.{name} (id integer PRIMARY KEY, x text, y a.mood, z mood)"
     for schema in ("a", "b", "public") for name in ("one", '"Two"', "three", "täbel", '"a b"')],
    ["CREATE INDEX k ON a.one (x)", 'CREATE INDEX j ON a.one (y)', 'CREATE INDEX "J" ON b."Two" (y)',
     "ALTER TABLE a.one ADD CONSTRAINT c CHECK (id > 0)", 'ALTER TABLE a.one ADD CONSTRAINT "B" UNIQUE (x, y)',
     "ALTER TABLE three ADD FOREIGN KEY (id) REFERENCES one", "CREATE VIEW v AS SELECT * FROM a.one", "CREATE VIEW b.v AS SELECT 1 AS x",
     "COMMENT ON TABLE a.one IS 'one'", "COMMENT ON TABLE b.one IS 'two'", "GRANT SELECT ON a.one TO PUBLIC", "GRANT SELECT ON b.one TO PUBLIC",
     "ALTER TABLE a.three SET (fillfactor = 50)", "ALTER TABLE a.three SET (autovacuum_enabled = false)"],
]


def test_the_order_of_creation_does_not_matter(pair):
    shuffled = random.Random(5)
    before = None
    for number in range(3):
        pair.cluster.create(pair.core)
        for i in range(number * 7):
            pair.sql(f"CREATE TABLE moves_the_oids{i} (x serial); DROP TABLE moves_the_oids{i}")
        pair.sql(";".join(statement for step in STEPS for statement in shuffled.sample(step, len(step))))
        now = pair.dump(pair.core, "--full")
        assert before in (None, now)
        before = now


@pytest.mark.parametrize("locale", ["sv-SE", "tr-TR"])  # z before å; a dot on the capital i
def test_the_locale_does_not_matter(locale, pair):
    script = ";".join(statement for step in STEPS for statement in step)
    pair.cluster.drop(pair.tracing)
    pair.sql(f"CREATE DATABASE \"{pair.tracing}\" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '{locale}'", database="postgres")
    pair.sql(script)
    pair.sql(script, database=pair.tracing)
    for options in ([], ["--full"]):
        assert scratch.without_header(pair.dump(pair.core, *options)) == scratch.without_header(pair.dump(pair.tracing, *options))


def test_graph(zoo):
    dot = zoo.run("schema", "dump", "--graph", "dot", zoo.cluster.uri(zoo.core))[0]
    assert dot.startswith("digraph schema {\n") and dot.endswith("}\n") and dot.count("{") == dot.count("}")
    number = re.search(r"(t\d+) \[label=<<table[^\n]*<b>animals</b>[^\n]*<td align=\"left\">id <i>integer</i> PK</td>", dot).group(1)
    assert re.search(rf'\n  t\d+ -> {number} \[label="animal, cascade", style=dashed\]\n', dot)
    mermaid = zoo.run("schema", "dump", "--graph", "mermaid", zoo.cluster.uri(zoo.core))[0]
    entity = r'  t\d+\["[^"\n]*"\] \{\n(    [A-Za-z][\w()\[\]-]* [A-Za-z][\w-]*( PK| FK| PK, FK)?\n)*  \}\n'
    relation = r'  t\d+ (\}o|\|o)--(\|\||o\|) t\d+ : "[^"\n]*"\n'
    assert re.fullmatch(rf"erDiagram\n((  %% [\w-]+\n)({entity})+)+({relation})*", mermaid), mermaid
    assert '"animal, cascade"' in mermaid


def test_a_diagram_is_refused_as_a_dump(zoo):
    _, err = zoo.run("schema", "dump", "--graph", "dot", "--full", zoo.cluster.uri(zoo.core), status=2)
    assert err.count("\n") == 1 and "--graph" in err


@pytest.mark.parametrize("edition", ["oss", "ee"])
def test_every_table_of_the_product_has_a_domain(make_pair, edition):
    pair = make_pair(edition)
    pair.run("migrate", "up", "--to", "agenta")
    for chain, database in (("core", pair.core), ("tracing", pair.tracing)):
        dot = pair.run("schema", "dump", "--graph", "dot", pair.cluster.uri(database))[0]
        domains = {}
        for label, tables in re.findall(r'subgraph cluster_\d+ \{\n    label="([^"]*)"\n(.*?)\n  \}\n', dot, re.S):
            assert label != "public", tables
            domains.update({name: label for name in re.findall(r"<b>([^<]*)</b>", tables)})
        for path in (scratch.TREE / "chains" / chain / "baseline").glob("*.sql"):
            made = re.findall(r"^CREATE TABLE (\w+)", path.read_text(encoding="utf-8"), re.M)
            assert len({domains[name] for name in made if name in domains}) <= 1, (path.name, domains)
