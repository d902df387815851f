"""The objects that depend on dropped tables are listed before: compared with what PostgreSQL then drops."""
import json

import old
import pytest

WORLD = """
CREATE SCHEMA "Mine";
CREATE VIEW "Mine"."First view" AS SELECT id, app_name FROM app_db;
CREATE VIEW second AS SELECT * FROM "Mine"."First view";
CREATE MATERIALIZED VIEW third AS SELECT count(*) AS n FROM second;
CREATE INDEX ON third (n);
CREATE TABLE child (note text) INHERITS (app_db);
INSERT INTO child (id, project_id, app_name, note) SELECT gen_random_uuid(), project_id, 'mine', 'note' FROM app_db LIMIT 3;
CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE snapshot (id int, app app_db, keep text);
INSERT INTO snapshot SELECT 1, a, 'mine' FROM app_db a;
CREATE TABLE pointing (id int, app uuid CONSTRAINT "to app" REFERENCES app_db);
CREATE FUNCTION named(app app_db) RETURNS text LANGUAGE sql AS 'SELECT ($1).app_name';
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app_db; END;
CREATE VIEW counting AS SELECT counted() AS n;
CREATE TABLE numbers (n bigint DEFAULT counted());
CREATE TABLE secret (id uuid);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secret USING (EXISTS (SELECT FROM app_db a WHERE a.id = secret.id));
CREATE RULE logged AS ON INSERT TO numbers DO ALSO SELECT count(*) FROM app_db;
CREATE TABLE unrelated (id int PRIMARY KEY, made timestamptz DEFAULT now());
CREATE VIEW unrelated_view AS SELECT * FROM unrelated;
"""
NAMED = {
    ("view", '"Mine"."First view"'), ("view", "second"), ("materialized view", "third"), ("table", "child"),
    ("table", "grandchild"), ("column", "snapshot.app"), ("foreign key", 'pointing."to app"'), ("function", "public.named(public.app_db)"),
    ("function", "public.counted()"), ("view", "counting"), ("default value", "for public.numbers.n"), ("policy", "own on public.secret"),
    ("rule", "logged on public.numbers"),
}
# All custom objects that CASCADE can drop, by name.
OWN = """
SELECT i.type, i.identity
  FROM (SELECT 'pg_class'::regclass AS class, c.oid, 0 AS part FROM pg_class c WHERE c.relkind IN ('r', 'v', 'm')
         UNION ALL
        SELECT 'pg_class'::regclass, a.attrelid, a.attnum FROM pg_attribute a WHERE a.attnum > 0 AND a.attrelid IN (
               'snapshot'::regclass, 'pointing'::regclass, 'numbers'::regclass, 'secret'::regclass, 'unrelated'::regclass)
         UNION ALL SELECT 'pg_proc'::regclass, p.oid, 0 FROM pg_proc p
         UNION ALL SELECT 'pg_attrdef'::regclass, d.oid, 0 FROM pg_attrdef d
         UNION ALL SELECT 'pg_policy'::regclass, p.oid, 0 FROM pg_policy p
         UNION ALL SELECT 'pg_constraint'::regclass, k.oid, 0 FROM pg_constraint k
         UNION ALL SELECT 'pg_rewrite'::regclass, r.oid, 0 FROM pg_rewrite r WHERE r.rulename <> '_RETURN') o
 CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, o.part) i
 WHERE i.schema IS DISTINCT FROM 'orgd_archive' AND i.identity NOT LIKE '%orgd_archive.%' AND i.schema IS DISTINCT FROM 'pg_catalog'
   AND o.oid >= {first}
"""


@pytest.fixture
def world(make_old):
    pair = make_old("oss", "livedin")
    first = pair.sql("CREATE TABLE first (); SELECT 'first'::regclass::oid::bigint")[0][0]
    pair.sql(WORLD)
    return pair, OWN.format(first=first)


def told(rows):
    return {(row["kind"], row["name"]) for row in rows if "orgd_archive." not in row["name"] and row["kind"] != "type"}


def bare(names):
    """The last part of each name, in any spelling."""
    return {name.split(" on ")[0].split("(")[0].rpartition(".")[2].replace('"', "") for _, name in names}


def test_the_plan_lists_objects_dropped_along(world):
    pair, own = world
    planned = json.loads(pair.run("migrate", "plan", "--json", "--legacy", "drop")[0])
    rows = [row for one in planned["databases"][0]["decisions"] if one["name"] == "dropped" for row in one["rows"]]
    rows = [row for row in rows if not row["name"].startswith("public.") or row["kind"] not in ("table", "type")]
    assert told(rows) == NAMED and {row["outcome"] for row in rows} == {"dropped"}
    assert {row["name"]: row["rows"] for row in rows if row["kind"] == "table"} == {"child": 3, "grandchild": 0}
    before = set(pair.sql(own))
    _, err = pair.run("migrate", "up", "--legacy", "drop", status=3)
    assert "other objects that depend on them: 11" in err
    old.up(pair, "--legacy", "drop")
    assert bare(before - set(pair.sql(own))) - bare(NAMED) == set()
    assert pair.sql("SELECT count(*) FROM snapshot") == [(12,)] and pair.sql("SELECT count(*) FROM unrelated_view") == [(0,)]


def test_purge_lists_objects_dropped_with_the_archive(world):
    pair, own = world
    planned = json.loads(pair.run("migrate", "plan", "--json")[0])
    rows = [row for one in planned["databases"][0]["decisions"] if one["name"] == "dropped" for row in one["rows"]]
    assert told(row for row in rows if row["outcome"] == "kept") == NAMED
    old.up(pair)
    assert pair.sql("SELECT counted(), count(*) FROM child") == [(12, 3)]
    pair.sql("CREATE VIEW orgd_archive.added AS SELECT 1 AS one; CREATE FUNCTION orgd_archive.also() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    listed = json.loads(pair.run("migrate", "purge", "--json", status=1)[0])["archived"]
    core = [row for row in listed if row["database"] == "core"]
    assert told(core) == {(kind, name.replace("(public.app_db)", "(orgd_archive.app_db)")) for kind, name in NAMED
                          if "public.app_db" not in name}
    assert {("view", "orgd_archive.added"), ("function", "orgd_archive.also()"), ("function", "public.named(orgd_archive.app_db)")} <= {
        (row["kind"], row["name"]) for row in core}
    before = set(pair.sql(own))
    pair.run("migrate", "purge", "--yes")
    assert bare(before - set(pair.sql(own))) - bare(NAMED) == set()
    assert pair.sql("SELECT count(*) FROM snapshot") == [(12,)]


def test_dependents_are_restored_by_down(world):
    pair, own = world
    state, before = old.state(pair), set(pair.sql(own))
    old.up(pair)
    old.down(pair)
    assert old.same(old.state(pair), state) and set(pair.sql(own)) >= before
