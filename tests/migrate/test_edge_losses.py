"""Data that v0.104.0 does not use: archived, reported, and restored on the way down."""
import old
import pytest


def test_keys_without_a_project_are_archived_and_come_back(make_old):
    pair = make_old("oss", "livedin")
    before = old.rows(pair)
    old.up(pair)
    assert pair.sql("SELECT count(*) FROM api_keys") == [(25,)]
    assert pair.sql("SELECT count(*) FROM orgd_archive.rows WHERE table_name = 'api_keys' AND revision = '0a1b2c3d4e5f'") == [(6,)]
    old.down(pair, tracing=None)
    assert old.rows(pair)["api_keys"] == before["api_keys"]


def test_dangling_deliveries_are_archived_and_come_back(make_old):
    pair = make_old("oss", "livedin")
    before = old.rows(pair)
    old.up(pair)
    assert pair.sql("SELECT count(*) FROM webhook_deliveries") == [(6,)]
    pair.run("migrate", "down", "--to", "3d4e5f6a7b8c")
    assert old.rows(pair)["webhook_deliveries"] == before["webhook_deliveries"]


WORLD = """
CREATE SCHEMA reports;
CREATE TABLE reports.favourites (app_id uuid REFERENCES app_db ON DELETE CASCADE, since timestamptz DEFAULT now());
INSERT INTO reports.favourites SELECT id FROM app_db LIMIT 2;
CREATE VIEW reports.apps WITH (security_barrier) AS SELECT a.id, a.app_type, p.project_name FROM app_db a JOIN projects p ON p.id = a.project_id;
CREATE VIEW app_count AS SELECT count(*) AS n FROM reports.apps;
CREATE MATERIALIZED VIEW sets AS SELECT id, name FROM testsets;
CREATE INDEX ON sets (name);
CREATE ROLE analyst;
GRANT SELECT ON reports.apps, app_db TO analyst;
COMMENT ON TABLE app_db IS 'what people built';
ALTER TABLE app_db SET (fillfactor = 70);
CREATE INDEX own_index ON app_db (lower(app_name));
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER own_trigger BEFORE INSERT ON app_db FOR EACH ROW EXECUTE FUNCTION touched();
ALTER TABLE ids_mapping ADD COLUMN number serial;
"""


@pytest.fixture
def used(make_old):
    pair = make_old("oss", "livedin")
    pair.sql(WORLD)
    yield pair
    pair.sql("DROP OWNED BY analyst; DROP ROLE analyst")


def test_views_and_foreign_keys_work_in_the_archive(used):
    before, apps = old.state(used)[0], used.sql("TABLE reports.apps")
    old.up(used)
    assert sorted(used.sql("TABLE reports.apps")) == sorted(apps) and used.sql("SELECT n FROM app_count") == [(9,)]
    assert used.sql("SELECT relacl::text LIKE '%%analyst=r%%', obj_description(oid), reloptions FROM pg_class"
                    " WHERE oid = 'orgd_archive.app_db'::regclass") == [(True, "what people built", ["fillfactor=70"])]
    old.down(used)
    assert old.same([old.state(used)[0]], [before])
    assert used.sql("SELECT relacl::text LIKE '%%analyst=r%%', obj_description(oid), reloptions FROM pg_class"
                    " WHERE oid = 'app_db'::regclass") == [(True, "what people built", ["fillfactor=70"])]
    assert used.sql("SELECT count(*) FROM pg_trigger WHERE tgname = 'own_trigger'") == [(1,)]
    assert used.sql("SELECT nextval(pg_get_serial_sequence('ids_mapping', 'number'))") == [(10,)]


def test_dropped_tables_drop_views_and_foreign_keys_too(used):
    old.up(used, "--to", "agenta", "--legacy", "drop")
    assert used.sql("SELECT to_regclass('reports.apps'), to_regclass('app_count'), to_regclass('sets'),"
                    " to_regclass('reports.favourites') IS NOT NULL") == [(None, None, None, True)]
    assert used.sql("SELECT count(*) FROM reports.favourites") == [(2,)]
    assert used.sql("SELECT count(*) FROM pg_constraint WHERE conrelid = 'reports.favourites'::regclass") == [(0,)]


def test_the_archive_does_not_reference_live_rows(make_old):
    # app_db.modified_by_id points at users without any action; in the archive it must not keep a user from being deleted
    pair = make_old("oss", "livedin")
    pair.sql("UPDATE app_db SET modified_by_id = (SELECT id FROM users WHERE email = 'brian@example.com')")
    old.up(pair)
    pair.sql("DELETE FROM users WHERE email = 'brian@example.com'")
    pair.sql("DELETE FROM projects WHERE project_name = 'Staging'")
    assert pair.sql("SELECT count(*) FROM orgd_archive.app_db") == [(9,)]
    old.down(pair, "--allow", "DELETES_DATA")  # the record of these changes
    assert pair.sql("SELECT count(*), count(modified_by_id) FROM app_db") == [(9, 0)]
    assert old.shape(pair) == old.reference("oss_core.v0.103.5")


@pytest.mark.parametrize("legacy", ["archive", "drop"])
@pytest.mark.parametrize("use, type_name", [
    ("CREATE TABLE own (kind nodetype[])", "nodetype"),
    ("CREATE FUNCTION own(treetype) RETURNS int LANGUAGE sql AS 'SELECT 1'", "treetype"),
    ("CREATE TABLE own (kind app_type_enum DEFAULT 'CUSTOM')", "app_type_enum"),
])
def test_a_type_in_use_is_kept(make_old, legacy, use, type_name):
    pair = make_old("oss", "livedin")
    pair.sql(use)
    before = old.state(pair)[0]
    old.up(pair, "--to", "agenta", "--legacy", legacy)
    assert pair.sql("SELECT typname::text FROM pg_type WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace"
                    " AND typname IN ('app_type_enum', 'templatetype', 'nodetype', 'treetype')") == [(type_name,)]
    if legacy == "archive":
        old.down(pair)
        assert old.same([old.state(pair)[0]], [before])


def test_a_second_archive_is_not_mixed_with_the_first(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE SCHEMA orgd_archive; CREATE TABLE orgd_archive.testsets (id int)")
    before = old.state(pair)
    _, err = old.up(pair, status=3)
    assert "the archive holds a table of the same name" in err and "testsets" in err and err.count("\n") == 1
    assert old.same(old.state(pair), before)
    old.up(pair, "--legacy", "drop")


def test_rows_of_every_type_come_back_as_they_were(make_old):
    # a row is archived as text, which has to be exact for any custom columns
    pair = make_old("oss", "livedin")
    pair.sql("""
        ALTER TABLE api_keys ADD a json, ADD b bytea, ADD c text[], ADD d float8, ADD e tstzrange, ADD f ltree, ADD g numeric, ADD "H i" interval;
        UPDATE api_keys SET a = '{"x" : 1,  "x":2}', b = '\\x00ff5c', c = ARRAY['a,"b"', NULL, ''], d = 'NaN', e = '[2020-01-01,)',
               f = 'a.b', g = 1e300, "H i" = '1 mon -1 day' WHERE project_id IS NULL;
        ALTER TABLE api_keys DROP COLUMN c""")
    before = old.rows(pair)
    old.up(pair)
    assert pair.sql("SELECT count(*) FROM api_keys WHERE a IS NOT NULL") == [(0,)]
    old.down(pair)
    assert old.rows(pair) == before
