"""The guarantees of orgd's own chain: uniqueness, supporting indexes, and notifications of removed access."""
import contextlib
import select
import threading
import time

import psycopg2
import psycopg2.errors
import pytest

USER, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
ACME, BETA = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"

WORLD = f"""
INSERT INTO users (id, email) VALUES ('{USER}', 'ann@acme.io'), ('{OTHER}', 'bob@acme.io');
INSERT INTO organizations (id, name, owner_id) VALUES ('{ACME}', 'Acme', '{USER}'), ('{BETA}', 'Beta', '{USER}');
INSERT INTO workspaces (id, organization_id) VALUES ('{ACME}', '{ACME}'), ('{BETA}', '{BETA}');
INSERT INTO projects (id, project_name, is_default, workspace_id, organization_id)
VALUES ('{ACME}', 'Default', true, '{ACME}', '{ACME}'), ('{BETA}', 'Default', true, '{BETA}', '{BETA}'),
       ('00000000-0000-4000-8000-0000000000a2', 'Second', false, '{ACME}', '{ACME}');
INSERT INTO organization_members (id, user_id, organization_id, role)
VALUES (gen_random_uuid(), '{USER}', '{ACME}', 'owner'), (gen_random_uuid(), '{OTHER}', '{ACME}', 'admin');
INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), '{USER}', '{ACME}', 'owner');
INSERT INTO project_members (id, user_id, project_id, role) VALUES (gen_random_uuid(), '{USER}', '{ACME}', 'owner');
INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id)
VALUES (gen_random_uuid(), 'abc', 'hash', '{ACME}', '{USER}');
"""
INVITE = "INSERT INTO project_invitations (id, token, email, role, project_id)" \
         " VALUES (gen_random_uuid(), gen_random_uuid()::text, %s, 'admin', %s)"
SECOND = "00000000-0000-4000-8000-0000000000a2"


CLEAN = "DELETE FROM organizations; DELETE FROM users;"


@pytest.fixture
def world(shared_head):
    shared_head.sql(CLEAN + WORLD)
    return shared_head


@pytest.fixture
def agenta(shared_agenta):
    shared_agenta.sql(CLEAN + WORLD)
    return shared_agenta


@pytest.mark.parametrize("sql, constraint", [
    (f"INSERT INTO organization_members (id, user_id, organization_id, role) VALUES (gen_random_uuid(), '{USER}', '{ACME}', 'viewer')",
     "orgd_organization_members_once"),
    (f"INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), '{USER}', '{ACME}', 'viewer')",
     "orgd_workspace_members_once"),
    (f"INSERT INTO project_members (id, user_id, project_id, role) VALUES (gen_random_uuid(), '{USER}', '{ACME}', 'viewer')",
     "orgd_project_members_once"),
    ("UPDATE organization_members SET role = 'owner'", "orgd_organization_members_one_owner"),
    ("UPDATE projects SET is_default = true", "orgd_projects_one_default"),
])
def test_duplicates_are_impossible(world, sql, constraint):
    with pytest.raises(psycopg2.errors.UniqueViolation) as caught:
        world.sql(sql)
    assert caught.value.diag.constraint_name == constraint


def test_one_live_invitation_per_address_and_organization(world):
    world.sql(INVITE, ["Carl@acme.io", ACME])
    for project in (ACME, SECOND):
        with pytest.raises(psycopg2.errors.UniqueViolation) as caught:
            world.sql(INVITE, ["cARL@Acme.io", project])
        assert caught.value.diag.constraint_name == "orgd_live_invitations_once"
    world.sql(INVITE, ["carl@acme.io", BETA])
    world.sql("UPDATE project_invitations SET used = true WHERE project_id = %s", [ACME])
    world.sql(INVITE, ["carl@acme.io", SECOND])
    with pytest.raises(psycopg2.errors.UniqueViolation):
        world.sql("UPDATE project_invitations SET used = false WHERE project_id = %s", [ACME])
    world.sql("DELETE FROM project_invitations WHERE project_id = %s", [SECOND])
    world.sql("UPDATE project_invitations SET used = false WHERE project_id = %s", [ACME])
    world.sql("DELETE FROM organizations WHERE id = %s", [ACME])
    assert world.sql("SELECT organization_id::text, email FROM orgd.live_invitations") == [(BETA, "carl@acme.io")]


def test_an_invitation_follows_its_project_to_another_organization(world):
    world.sql(INVITE, ["carl@acme.io", SECOND])
    world.sql("UPDATE projects SET organization_id = %s, workspace_id = %s WHERE id = %s", [BETA, BETA, SECOND])
    assert world.sql("SELECT organization_id::text FROM orgd.live_invitations") == [(BETA,)]
    world.sql(INVITE, ["carl@acme.io", ACME])
    with pytest.raises(psycopg2.errors.UniqueViolation):
        world.sql("UPDATE projects SET organization_id = %s WHERE id = %s", [ACME, SECOND])


def test_a_project_does_not_move_under_an_invitation_being_written(world):
    with contextlib.closing(world.cluster.connect(world.core)) as writer, writer.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(INVITE, ["carl@acme.io", SECOND])
        mover = threading.Thread(target=world.sql, args=("UPDATE projects SET organization_id = %s WHERE id = %s", [BETA, SECOND]))
        mover.start()
        time.sleep(0.2)
        assert mover.is_alive()
        cursor.execute("COMMIT")
        mover.join()
    assert world.sql("SELECT organization_id::text FROM orgd.live_invitations") == [(BETA,)]


def test_parallel_invitations_leave_one(world):
    refused = []

    def invite(number):
        try:
            world.sql(INVITE, ["carl@acme.io" if number % 2 else "CARL@acme.io", (ACME, SECOND)[number // 2 % 2]])
        except psycopg2.errors.UniqueViolation:
            refused.append(number)

    threads = [threading.Thread(target=invite, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 15
    assert world.sql("SELECT count(*) FROM project_invitations") == [(1,)]


@pytest.mark.parametrize("sql, words", [
    ("INSERT INTO organization_members (id, user_id, organization_id, role) SELECT gen_random_uuid(), user_id, organization_id, 'viewer'"
     " FROM organization_members", ["organization_members", "cases: 2", USER, ACME]),
    ("INSERT INTO workspace_members (id, user_id, workspace_id) SELECT gen_random_uuid(), user_id, workspace_id FROM workspace_members",
     ["workspace_members", "cases: 1", USER]),
    ("INSERT INTO project_members (id, user_id, project_id) SELECT gen_random_uuid(), user_id, project_id FROM project_members",
     ["project_members", "cases: 1", USER]),
    ("UPDATE organization_members SET role = 'owner'", ["organization_members", "owner", "cases: 1", ACME]),
    ("UPDATE projects SET is_default = true", ["projects", "default", "cases: 1", ACME]),
    ("INSERT INTO project_invitations (id, token, email, role, project_id) SELECT gen_random_uuid(), p.id || e, e, 'admin', p.id"
     f" FROM projects p, (VALUES ('x@y.io'), ('X@Y.io')) a (e) WHERE p.organization_id = '{ACME}'",
     ["project_invitations", "cases: 1", "x@y.io", ACME]),
])
def test_a_database_that_breaks_a_rule_is_refused_unchanged(agenta, sql, words):
    agenta.sql(sql)
    before = agenta.dump(agenta.core, "--counts")
    _, err = agenta.run("migrate", "up", status=3)
    assert err.count("\n") == 1
    for word in words:
        assert word in err, err
    assert agenta.dump(agenta.core, "--counts") == before


def test_members_without_user_are_no_duplicates(pair):
    pair.run("migrate", "up", "--to", "agenta")
    pair.sql(WORLD + f"INSERT INTO organization_members (id, organization_id) SELECT gen_random_uuid(), '{ACME}' FROM generate_series(1, 2)")
    pair.run("migrate", "up")


def test_every_deletion_finds_its_rows_by_index(world):
    # A foreign key needs an index that begins with its columns, in any order, or with a selective one of them.
    missing = world.sql("""
        SELECT k.conrelid::regclass::text, k.conname
          FROM pg_constraint k
         WHERE k.contype = 'f'
           AND k.confrelid::regclass::text IN ('users', 'organizations', 'workspaces', 'projects', 'secrets', 'project_invitations')
           AND NOT EXISTS (SELECT FROM pg_index i
                            WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND i.indkey[0] = k.conkey[1])""")
    assert missing == []


@contextlib.contextmanager
def listening(pair):
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("LISTEN orgd_access")

        def heard():
            # The notification of a statement of our own comes after all earlier committed ones.
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            select.select([connection], [], [], 0)
            connection.poll()
            count = len(connection.notifies)
            assert all(note.channel == "orgd_access" and note.payload == "" for note in connection.notifies)
            connection.notifies.clear()
            return count

        yield heard


TABLES = ["users", "organizations", "workspaces", "projects", "organization_members", "workspace_members", "project_members", "api_keys"]


@pytest.mark.parametrize("sql", [
    f"DELETE FROM users WHERE id = '{OTHER}'",
    "DELETE FROM organizations",
    "DELETE FROM workspaces",
    "DELETE FROM projects",
    "DELETE FROM organization_members",
    "DELETE FROM workspace_members",
    "DELETE FROM project_members",
    "DELETE FROM api_keys",
    *(f"TRUNCATE {table} CASCADE" for table in TABLES),
    "UPDATE users SET email = 'x' || email",
    "UPDATE users SET is_active = false",
    f"UPDATE organizations SET owner_id = '{OTHER}'",
    f"UPDATE workspaces SET organization_id = '{BETA}'",
    f"UPDATE projects SET workspace_id = '{BETA}' WHERE NOT is_default",
    f"UPDATE projects SET organization_id = '{BETA}'",
    "UPDATE organization_members SET role = 'viewer' WHERE role = 'admin'",
    f"UPDATE organization_members SET organization_id = '{BETA}'",
    f"UPDATE workspace_members SET user_id = '{OTHER}'",
    "UPDATE workspace_members SET role = NULL",
    f"UPDATE project_members SET project_id = '{BETA}'",
    "UPDATE project_members SET role = 'viewer'",
    "UPDATE api_keys SET hashed_key = 'x'",
    f"UPDATE api_keys SET project_id = '{BETA}'",
    f"UPDATE api_keys SET created_by_id = '{OTHER}'",
    "UPDATE api_keys SET expiration_date = now()",
    "UPDATE api_keys SET hidden = true",
])
def test_a_revocation_is_notified_once(world, sql):
    with listening(world) as heard:
        world.sql(sql)
        assert heard() == 1


def test_cascades_are_announced_by_the_tables_they_reach(world):
    # Without the trigger on the named table, the referencing tables must send the notification.
    switch = "; ".join(f"ALTER TABLE {table} {{}} TRIGGER orgd_notify_delete" for table in ("organizations", "workspaces", "projects"))
    world.sql(switch.replace("{}", "DISABLE"))
    try:
        with listening(world) as heard:
            world.sql("DELETE FROM organizations WHERE id = %s", [BETA])
            assert heard() == 0  # it has no members and no keys
            world.sql("DELETE FROM organizations WHERE id = %s", [ACME])
            assert heard() == 1
    finally:
        world.sql(switch.replace("{}", "ENABLE"))


@pytest.mark.parametrize("sql", [
    WORLD.replace("-8000-", "-9000-").replace("@acme.io", "@beta.io"),
    "UPDATE users SET username = 'x', updated_at = now()",
    "UPDATE users SET email = email, is_active = is_active",
    "UPDATE organizations SET name = 'x', updated_at = now()",
    "UPDATE projects SET project_name = 'x'",
    "UPDATE api_keys SET updated_at = now()",
    "UPDATE users SET email = 'x' WHERE false",
    *(f"DELETE FROM {table} WHERE false" for table in TABLES),
])
def test_other_changes_are_not_notified(world, sql):
    with listening(world) as heard:
        world.sql(sql)
        assert heard() == 0


def test_many_rows_are_one_announcement(world):
    world.sql("INSERT INTO users (id, email) SELECT gen_random_uuid(), n || '@beta.io' FROM generate_series(1, 2000) n")
    with listening(world) as heard:
        world.sql("UPDATE users SET is_active = false")
        assert heard() == 1
        world.sql("DELETE FROM users WHERE email LIKE '%@beta.io'")
        assert heard() == 1


def test_a_migration_waits_for_a_locked_table(pair):
    pair.run("migrate", "up", "--to", "agenta")
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        cursor.execute("SET application_name = 'reporting'")
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE projects IN ROW EXCLUSIVE MODE")
        runner = pair.start("migrate", "up")
        time.sleep(4)
        assert runner.poll() is None
        cursor.execute("COMMIT")
        out, err = runner.communicate(timeout=30)
    assert runner.returncode == 0, err
    assert "is locked by process" in out and "reporting)" in out
