"""The new place of projects without organization or workspace, and which of them stays a default."""
import old
import pytest

ORGANIZATION, WORKSPACE = "c2c3e90b-0708-7716-88d9-d865ff847b52", "02184592-61e6-75d6-8932-f11d160a6f7d"
UNSCOPED = "01a203d4-ddc9-733d-bfb4-b0ad34c20b9f"  # the project that v0.103.5 makes before there is an organization


def places(pair):
    return {name: (str(organization), str(workspace), default) for name, organization, workspace, default in
            pair.sql("SELECT project_name, organization_id, workspace_id, is_default FROM projects")}


def defaults_are_unique(pair):
    return pair.sql("SELECT count(*) FROM (SELECT FROM projects WHERE is_default GROUP BY workspace_id HAVING count(*) > 1) d") == [(0,)]


def test_the_unscoped_default_is_removed_and_restored(make_old):
    pair = make_old("oss", "livedin")
    before = old.rows(pair)
    old.up(pair)
    assert places(pair) == {"Default": (ORGANIZATION, WORKSPACE, True), "Staging": (ORGANIZATION, WORKSPACE, False),
                            "Legacy imports": (ORGANIZATION, WORKSPACE, False)}
    old.down(pair)
    assert old.rows(pair) == before


@pytest.mark.parametrize("slugs, chosen", [
    ([("named", "2020-01-02"), (None, "2020-01-01")], None),               # the older, although it has no slug
    ([("oss-default", "2020-01-02"), (None, "2020-01-01")], "oss-default"),
    ([("b", "2020-01-01"), ("a", "2020-01-01")], "b"),                     # the smaller id, as listed
])
def test_the_organization_of_orphaned_projects(make_old, slugs, chosen):
    pair = make_old()
    pair.sql("INSERT INTO users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'a@example.com')")
    for number, (slug, created) in enumerate(slugs, 10):
        pair.sql("INSERT INTO organizations (id, slug, created_at, owner_id, created_by_id) SELECT ('00000000-0000-4000-8000-0000000000' || %s)::uuid,"
                 " %s, %s, id, id FROM users; INSERT INTO workspaces (id, organization_id) SELECT gen_random_uuid(),"
                 " ('00000000-0000-4000-8000-0000000000' || %s)::uuid", [str(number), slug, created, str(number)])
    pair.sql("INSERT INTO projects (id, project_name) VALUES (gen_random_uuid(), 'Lost')")
    old.up(pair)
    assert pair.sql("SELECT DISTINCT o.slug FROM projects p JOIN organizations o ON o.id = p.organization_id"
                    " JOIN workspaces w ON w.id = p.workspace_id AND w.organization_id = o.id") == [(chosen,)]
    assert defaults_are_unique(pair)


def test_orphaned_projects_move_to_the_oldest_workspace(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("INSERT INTO workspaces (id, name, organization_id, created_at) VALUES (gen_random_uuid(), 'Older', %s, '2020-01-01'),"
             " (gen_random_uuid(), 'Undated', %s, NULL)", [ORGANIZATION, ORGANIZATION])
    old.up(pair)
    assert pair.sql("SELECT w.name FROM projects p JOIN workspaces w ON w.id = p.workspace_id WHERE project_name = 'Legacy imports'") == [("Older",)]


def test_a_workspace_without_organization_joins_with_its_projects(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("WITH w AS (INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'Island') RETURNING id)"
             " INSERT INTO projects (id, project_name, is_default, workspace_id) SELECT gen_random_uuid(), 'Castaway', true, id FROM w")
    before = old.rows(pair)
    old.up(pair)
    assert pair.sql("SELECT p.organization_id = w.organization_id, p.is_default FROM projects p JOIN workspaces w ON w.id = p.workspace_id"
                    " WHERE w.name = 'Island'") == [(True, True)]
    members = old.members(pair)
    assert members["workspace", "Island", "ada@example.com"] == "owner" and members["project", "Castaway", "brian@example.com"] == "editor"
    old.down(pair)
    assert old.rows(pair) == before


@pytest.mark.parametrize("holding", [
    "INSERT INTO api_keys (id, prefix, hashed_key, project_id) VALUES (gen_random_uuid(), 'p', 'h', %s)",
    "INSERT INTO secrets (id, kind, data, project_id) VALUES (gen_random_uuid(), 'PROVIDER_KEY', 'x', %s)",
    "INSERT INTO folders (id, project_id, slug, path, created_by_id) VALUES (gen_random_uuid(), %s, 'f', 'f', gen_random_uuid())",
    "INSERT INTO webhook_deliveries (project_id, id, subscription_id, event_id) VALUES (%s, gen_random_uuid(), gen_random_uuid(), gen_random_uuid())",
    "INSERT INTO workflow_artifacts (project_id, id, slug, created_by_id) VALUES (%s, gen_random_uuid(), 's', gen_random_uuid())",
    "CREATE SCHEMA custom; CREATE TABLE custom.notes (about uuid REFERENCES projects ON DELETE CASCADE); INSERT INTO custom.notes VALUES (%s)",
])
def test_a_used_default_is_kept_and_loses_the_mark(make_old, holding):
    pair = make_old("oss", "livedin")
    pair.sql(holding, [UNSCOPED])
    old.up(pair)
    assert pair.sql("SELECT organization_id::text, workspace_id::text, is_default FROM projects WHERE id = %s", [UNSCOPED]) == [
        (ORGANIZATION, WORKSPACE, False)]
    assert defaults_are_unique(pair)


def test_two_default_projects_become_one(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("UPDATE projects SET is_default = true WHERE project_name = 'Staging'")
    before = old.rows(pair)
    old.up(pair)
    assert places(pair)["Default"][2] and not places(pair)["Staging"][2]
    old.down(pair)
    assert old.rows(pair) == before


def test_without_users_orphaned_rows_are_archived(make_old):
    pair = make_old()
    pair.sql("""
        INSERT INTO secrets (id, kind, data, project_id) SELECT gen_random_uuid(), 'PROVIDER_KEY', '\\x00ff', id FROM projects;
        INSERT INTO workflow_artifacts (project_id, id, slug, created_by_id) SELECT id, gen_random_uuid(), 's', gen_random_uuid() FROM projects;
        INSERT INTO app_db (id, project_id, app_name) SELECT gen_random_uuid(), id, 'app' FROM projects;
        INSERT INTO testsets (id, name, project_id, csvdata) SELECT gen_random_uuid(), 't', id, '[ {"b":1,  "a":"\\u00e9"} ]' FROM projects""")
    before = old.rows(pair)
    old.up(pair)
    assert pair.sql("SELECT count(*) FROM projects") == [(0,)]
    old.down(pair)
    assert old.rows(pair) == before
    old.up(pair, "--legacy", "drop")
    assert pair.sql("SELECT count(*) FROM secrets") == [(0,)]


def test_enterprise_the_organization_of_most_members(make_old):
    pair = make_old("ee")
    pair.sql("""
        INSERT INTO users (id, email) SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, n || '@example.com' FROM generate_series(1, 3) n;
        INSERT INTO organizations (id, name, owner_id, created_by_id, created_at)
        SELECT gen_random_uuid(), t.name, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000001', t.created::timestamptz
          FROM (VALUES ('Many', '2021-01-01'), ('Few', '2020-01-01')) t (name, created);
        INSERT INTO workspaces (id, name, organization_id) SELECT gen_random_uuid(), name, id FROM organizations;
        INSERT INTO organization_members (id, user_id, organization_id, role)
        SELECT gen_random_uuid(), u.id, o.id, 'viewer' FROM users u, organizations o WHERE o.name = 'Many' OR u.email = '1@example.com';
        INSERT INTO projects (id, project_name) VALUES (gen_random_uuid(), 'Lost'), (gen_random_uuid(), 'Tied');
        INSERT INTO project_members (id, user_id, project_id, role)
        SELECT gen_random_uuid(), u.id, p.id, 'viewer' FROM users u, projects p WHERE p.project_name = 'Lost' OR u.email = '1@example.com'""")
    old.up(pair)
    assert dict(pair.sql("SELECT p.project_name, o.name FROM projects p JOIN organizations o ON o.id = p.organization_id"
                         " JOIN workspaces w ON w.id = p.workspace_id AND w.organization_id = o.id")) == {"Lost": "Many", "Tied": "Few"}
