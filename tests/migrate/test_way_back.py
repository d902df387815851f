"""The way down after users kept working: rows deleted meanwhile stay deleted, the rest is restored, all or nothing."""
import old
import pytest

DOWN = ("migrate", "down", "--to", old.FLOOR["core"], "--allow", "DELETES_DATA")


@pytest.fixture
def upgraded(make_old):
    def make(*statements, edition="oss", kind="livedin", before=()):
        pair = make_old(edition, kind)
        for statement in before:
            pair.sql(statement)
        old.up(pair)
        for statement in statements:
            pair.sql(statement)
        return pair

    return make


def test_a_key_is_restored_without_its_deleted_creator(upgraded):
    pair = upgraded()
    maker = "SELECT id FROM users WHERE email = 'keiko@example.com'"
    (keys,), = pair.sql(f"SELECT count(*) FROM orgd_archive.rows WHERE table_name = 'api_keys'"
                        f" AND body LIKE '%' || ({maker}) || '%'")
    assert keys > 0
    pair.sql(f"DELETE FROM users WHERE id = ({maker})")
    pair.run(*DOWN)
    assert pair.sql("SELECT count(*), count(created_by_id) FROM api_keys WHERE project_id IS NULL") == [(6, 6 - keys)]
    assert old.shape(pair) == old.reference("oss_core.v0.103.5")


@pytest.mark.parametrize("gone", ["projects WHERE id = (SELECT project_id FROM orgd_archive.human_evaluations LIMIT 1)",
                                  "workspaces", "organizations"])
def test_rows_of_a_deleted_project_are_not_restored(upgraded, gone):
    pair = upgraded(before=[
        "UPDATE human_evaluations SET testset_id = (SELECT t.id FROM testsets t WHERE t.project_id = human_evaluations.project_id"
        " LIMIT 1)"])
    assert pair.sql("SELECT count(testset_id) > 0 FROM orgd_archive.human_evaluations") == [(True,)]
    held = {table: set(pair.sql(f"SELECT id, project_id FROM orgd_archive.{table}"))
            for table in ("human_evaluations", "testsets", "app_db", "bases", "app_variants")}
    pair.sql(f"DELETE FROM {gone}")
    pair.run(*DOWN)
    alive = {id for id, in pair.sql("SELECT id FROM projects")}
    for table, rows in held.items():
        assert set(pair.sql(f"SELECT id, project_id FROM {table}")) == {row for row in rows if row[1] in alive}, table
    assert old.shape(pair) == old.reference("oss_core.v0.103.5")


def test_a_base_of_a_deleted_project_leaves_its_users_without_one(upgraded):
    pair = upgraded(before=[
        "INSERT INTO projects (id, project_name, organization_id, workspace_id, created_at)"
        " SELECT 'aaaaaaaa-0000-4000-8000-000000000001', 'Lender', organization_id, workspace_id, now() FROM projects"
        "  WHERE workspace_id IS NOT NULL LIMIT 1",
        "UPDATE bases SET project_id = 'aaaaaaaa-0000-4000-8000-000000000001'"
        " WHERE id = (SELECT base_id FROM app_variants WHERE base_id IS NOT NULL ORDER BY id LIMIT 1)"])
    (variants, based), = pair.sql("SELECT count(*), count(base_id) FROM orgd_archive.app_variants")
    pair.sql("DELETE FROM projects WHERE project_name = 'Lender'")
    pair.run(*DOWN)
    (left, still), = pair.sql("SELECT count(*), count(base_id) FROM app_variants")
    assert left == variants and still < based
    assert old.shape(pair) == old.reference("oss_core.v0.103.5")


def test_a_project_is_restored_to_its_remaining_parents(upgraded):
    pair = upgraded(
        "UPDATE projects SET workspace_id = (SELECT workspace_id FROM projects WHERE is_default) WHERE project_name = 'Mover'",
        "DELETE FROM workspaces WHERE name = 'Second'",
        before=["INSERT INTO workspaces (id, name, organization_id) SELECT 'aaaaaaaa-0000-4000-8000-000000000002', 'Second', id"
                " FROM organizations",
                "INSERT INTO projects (id, project_name, workspace_id)"
                " VALUES ('aaaaaaaa-0000-4000-8000-000000000003', 'Mover', 'aaaaaaaa-0000-4000-8000-000000000002')"])
    pair.run(*DOWN)
    assert pair.sql("SELECT organization_id, workspace_id FROM projects WHERE project_name = 'Mover'") == [(None, None)]


def test_dangling_references_are_restored_as_null(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("SET session_replication_role = replica;"
             "UPDATE secrets SET project_id = gen_random_uuid() WHERE id = (SELECT id FROM secrets ORDER BY id LIMIT 1)")
    (secrets, placed), = pair.sql("SELECT count(*), count(project_id) FROM secrets")
    old.up(pair)
    old.down(pair, "--allow", "DELETES_DATA")
    assert pair.sql("SELECT count(*), count(project_id) FROM secrets") == [(secrets, placed - 1)]


@pytest.mark.parametrize("before", [
    "ALTER TABLE projects ADD COLUMN low text GENERATED ALWAYS AS (lower(project_name)) STORED",
    "ALTER TABLE api_keys ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE api_keys ADD COLUMN a int, ADD COLUMN b int; ALTER TABLE api_keys DROP COLUMN a",
], ids=["generated", "identity", "dropped"])
def test_custom_columns_are_restored_with_the_rows(make_old, before):
    pair = make_old("oss", "livedin")
    pair.sql(before)
    state = old.state(pair)[0]
    old.up(pair)
    old.down(pair, tracing=None)
    assert old.same([old.state(pair)[0]], [state])


@pytest.mark.parametrize("change, want", [
    ("ALTER TABLE api_keys ADD COLUMN note text DEFAULT 'new'", [("new",)]),
    ("ALTER TABLE api_keys ADD COLUMN note text; ALTER TABLE api_keys DROP COLUMN rate_limit", [(None,)]),
    ("ALTER TABLE api_keys ALTER COLUMN rate_limit TYPE bigint, ADD COLUMN note int GENERATED ALWAYS AS (1) STORED", [(1,)]),
], ids=["added", "removed", "changed"])
def test_rows_are_restored_by_column_names(upgraded, change, want):
    pair = upgraded(change)
    pair.run(*DOWN)
    assert pair.sql("SELECT count(*) FROM api_keys WHERE project_id IS NULL") == [(6,)]
    assert pair.sql("SELECT DISTINCT note FROM api_keys WHERE project_id IS NULL") == want


@pytest.mark.parametrize("change, named", [
    ("CREATE VIEW who AS SELECT u.email, m.role FROM organization_members m JOIN users u ON u.id = m.user_id",
     "view who depends on table organization_members"),
    ("CREATE TABLE badges (member uuid REFERENCES project_members)",
     "constraint badges_member_fkey on table badges depends on table project_members"),
    ("CREATE VIEW gone AS SELECT id FROM users WHERE deleted_at IS NOT NULL", "view gone depends on column deleted_at of table users"),
    ("CREATE TABLE mine (app uuid REFERENCES orgd_archive.app_db); INSERT INTO mine SELECT id FROM orgd_archive.app_db;"
     "DELETE FROM organizations", "mine_app_fkey"),
    ("ALTER TABLE api_keys ADD COLUMN note text; UPDATE api_keys SET note = ''; ALTER TABLE api_keys ALTER note SET NOT NULL",
     '"note" of relation "api_keys"'),
], ids=["view", "foreign key", "view on a column", "own row", "not null"])
def test_obstacles_to_down_are_named_and_nothing_changes(upgraded, change, named):
    pair = upgraded(change)
    before = old.state(pair)
    _, err = pair.run(*DOWN, status=3)
    assert named in err and err.count("\n") == 1 and "$" not in err
    assert old.same(old.state(pair), before)
