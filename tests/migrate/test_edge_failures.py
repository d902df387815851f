"""Problems that used to stop the upgrade half-way: reported before any change, waited for, or solved."""
import contextlib
import json
import threading
import time

import old
import pytest


def refused(pair, *words, options=()):
    before = old.state(pair)
    _, err = old.up(pair, *options, status=3)
    assert err.startswith("orgd: the core database: ") and err.count("\n") == 1, err
    for word in words:
        assert word in err
    assert old.same(old.state(pair), before)


def test_users_without_an_organization(make_old):
    pair = make_old()
    pair.sql("INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.com')")
    project = pair.sql("SELECT id::text FROM projects")[0][0]
    refused(pair, "a project without an organization", project, "create an organization", "run this again")
    pair.sql("DELETE FROM projects")
    old.up(pair)
    assert pair.sql("SELECT count(*) FROM organization_members") == [(0,)]


def test_an_organization_without_a_workspace(make_old):
    pair = make_old()
    pair.sql("INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.com');"
             " INSERT INTO organizations (id, owner_id, created_by_id, created_at) SELECT gen_random_uuid(), id, id, now() FROM users;"
             " INSERT INTO projects (id, project_name) VALUES (gen_random_uuid(), 'Second')")
    refused(pair, "2 projects", "Its organization has no workspace")
    pair.sql("INSERT INTO workspaces (id, organization_id) SELECT gen_random_uuid(), id FROM organizations")
    old.up(pair)


def test_a_missing_owner(make_old):
    pair = make_old("oss", "livedin")
    nobody = "00000000-0000-4000-8000-0000000000ff"
    pair.sql("SET session_replication_role = replica; UPDATE organizations SET owner_id = %s", [nobody])
    refused(pair, "the owner of an organization is not among the users", nobody)
    pair.sql("UPDATE organizations SET owner_id = (SELECT id FROM users WHERE email = 'carol@example.com')")
    old.up(pair)
    assert old.members(pair)["organization", "Organization", "carol@example.com"] == "owner"


@pytest.mark.parametrize("sql, words", [
    ("INSERT INTO organization_members (id, user_id, organization_id) SELECT gen_random_uuid(), user_id, organization_id"
     " FROM organization_members", ("cases: 1", "organization_members, user ")),
    ("INSERT INTO project_members (id, user_id, project_id, role) SELECT gen_random_uuid(), u.id, p.id, role"
     " FROM users u, projects p, (VALUES ('admin'), ('viewer')) r (role)", ("cases: 2", "project_members, user ")),
    ("UPDATE organization_members SET role = 'owner'; INSERT INTO organization_members (id, user_id, organization_id, role)"
     " SELECT gen_random_uuid(), u.id, o.id, 'owner' FROM users u, organizations o WHERE u.id <> o.owner_id",
     ("cases: 1", "organization_members, owners of organization ")),
])
def test_duplicate_enterprise_memberships_are_reported_first(make_old, sql, words):
    pair = make_old("ee")
    pair.sql("INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.com'), (gen_random_uuid(), 'b@example.com');"
             " INSERT INTO organizations (id, name, owner_id, created_by_id, created_at)"
             " SELECT gen_random_uuid(), 'Acme', id, id, now() FROM users WHERE email = 'a@example.com';"
             " INSERT INTO workspaces (id, organization_id) SELECT gen_random_uuid(), id FROM organizations;"
             " INSERT INTO projects (id, project_name, organization_id, workspace_id)"
             " SELECT gen_random_uuid(), 'Default', organization_id, id FROM workspaces;"
             " INSERT INTO organization_members (id, user_id, organization_id) SELECT gen_random_uuid(), owner_id, id FROM organizations")
    pair.sql(sql)
    refused(pair, *words, "run this again")
    planned, _ = pair.run("migrate", "plan")
    assert words[1] in planned
    old.up(pair, "--to", "agenta")  # it accepts that


@pytest.mark.parametrize("sql", [
    "ALTER TABLE projects RENAME CONSTRAINT fk_projects_workspace_id TO other",
    "ALTER TABLE projects DROP CONSTRAINT fk_projects_workspace_id",
    "ALTER TABLE projects RENAME CONSTRAINT uq_projects_id TO other",
    "ALTER TABLE projects DROP CONSTRAINT uq_projects_id",
    "ALTER TABLE project_invitations RENAME CONSTRAINT project_invitations_user_id_fkey TO other",
    "ALTER TABLE secrets RENAME CONSTRAINT secrets_project_id_fkey TO other",
    "ALTER TABLE organizations RENAME CONSTRAINT fk_organizations_created_by_id_users TO other",
    "ALTER TABLE webhook_deliveries ADD CONSTRAINT other FOREIGN KEY (project_id) REFERENCES projects ON DELETE SET NULL",
])
def test_constraints_are_found_whatever_their_names(make_old, sql):
    pair = make_old()
    pair.sql(sql)
    before = old.state(pair)
    old.up(pair, "--to", "agenta")
    public = [line for line in old.shape(pair).split("\n") if "orgd" not in line]
    assert public == [line for line in old.reference("oss_core.v0.104.0").split("\n") if "orgd" not in line]
    old.down(pair)
    assert old.same(old.state(pair), before)


@pytest.mark.parametrize("sql, words", [
    ("CREATE TABLE workspace_members (id int)", ("a table already", "workspace_members")),
    ("CREATE VIEW project_members AS SELECT 1 AS one; CREATE TABLE organization_members (id int)", ("2 tables already",)),
    ("ALTER TABLE users ADD deleted_at boolean", ("a column already", "users.deleted_at is boolean instead of timestamp with time zone")),
    ("ALTER TABLE secrets ADD created_by_id text; ALTER TABLE projects ADD updated_by_id int", ("2 columns already",)),
    ("CREATE TABLE mine (config uuid REFERENCES auto_evaluator_configs); INSERT INTO mine SELECT c.id FROM auto_evaluator_configs c"
     " JOIN projects p ON p.id = c.project_id WHERE p.organization_id IS NULL", ("a foreign key: mine.mine_config_fkey (rows: ",)),
    ("CREATE TABLE uses (key uuid REFERENCES api_keys ON DELETE RESTRICT); INSERT INTO uses SELECT id FROM api_keys WHERE project_id IS NULL",
     ("a foreign key: uses.uses_key_fkey (rows: 6)",)),
])
def test_obstacles_are_named(make_old, sql, words):
    pair = make_old("oss", "livedin")
    pair.sql(sql)
    refused(pair, *words, "run this again")


def test_rows_of_children_are_not_taken_for_those_of_their_parents(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE TABLE old_projects () INHERITS (projects); CREATE TABLE old_keys () INHERITS (api_keys);"
             "INSERT INTO old_projects (id, project_name, is_default) VALUES (gen_random_uuid(), 'x', false)")
    refused(pair, "a table inherits", "old_projects inherits from projects", "NO INHERIT")
    pair.sql("ALTER TABLE old_projects NO INHERIT projects")
    before = old.state(pair)
    old.up(pair)
    old.down(pair)
    assert old.same(old.state(pair), before)


def test_published_databases_go_up_and_down(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE PUBLICATION everything FOR ALL TABLES")
    before = old.state(pair)
    old.up(pair)
    old.down(pair)
    assert old.same(old.state(pair), before)


def test_references_to_kept_rows_are_no_obstacle(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE TABLE mine (config uuid REFERENCES auto_evaluator_configs); INSERT INTO mine SELECT c.id FROM auto_evaluator_configs c"
             " JOIN projects p ON p.id = c.project_id WHERE p.organization_id IS NOT NULL;"
             "CREATE TABLE uses (key uuid REFERENCES api_keys ON DELETE CASCADE); INSERT INTO uses SELECT id FROM api_keys;"
             "CREATE TABLE seen (project_id uuid, id uuid, FOREIGN KEY (project_id, id) REFERENCES webhook_deliveries (project_id, id)"
             " ON DELETE CASCADE); INSERT INTO seen SELECT project_id, id FROM webhook_deliveries")
    before = old.state(pair)
    old.up(pair)
    old.down(pair)
    assert old.same(old.state(pair), before)


def test_a_column_of_the_right_type_is_taken_over(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("ALTER TABLE users ADD deleted_at timestamptz; UPDATE users SET deleted_at = '2026-01-01' WHERE email = 'carol@example.com'")
    before = old.state(pair)
    old.up(pair)
    assert pair.sql("SELECT count(deleted_at) FROM users") == [(1,)]
    old.down(pair)
    assert old.same(old.state(pair), before)


def test_two_runners_at_once_both_succeed(make_old):
    pair = make_old("oss", "livedin")
    runners = [pair.start("migrate", "up", *old.ACCEPTED) for _ in range(2)]
    results = [(runner.communicate(timeout=60), runner.returncode) for runner in runners]
    assert [status for _, status in results] == [0, 0], results
    applied = [line for (out, _), _ in results for line in out.split("\n") if "applied 1b2c3d4e5f6a" in line]
    assert len(applied) == 1
    assert len(old.members(pair)) == 175


def test_status_without_automatic_migrations_reports_the_true_state(make_old):
    # Agenta reports "up to date" and fails; here `status` says that it is behind, and nothing was done
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    assert [found["state"] for found in json.loads(pair.run("migrate", "status", "--json", ALEMBIC_AUTO_MIGRATIONS="false")[0])] == ["behind"] * 2
    assert old.same(old.state(pair), before)


def accept(pair, number):
    """A user signs up, with an invitation, as v0.103.5 writes it."""
    with contextlib.closing(pair.cluster.connect(pair.core)) as connection, connection.cursor() as cursor:
        cursor.execute("WITH u AS (INSERT INTO users (id, email) VALUES (gen_random_uuid(), %s) RETURNING id)"
                       " INSERT INTO project_invitations (id, token, email, used, role, user_id, project_id)"
                       " SELECT gen_random_uuid(), %s, %s, true, 'editor', u.id, p.id FROM u, projects p WHERE p.project_name = 'Staging'",
                       [f"late{number}@example.com", f"late{number}", f"late{number}@example.com"])


def test_users_added_during_the_backfill_become_members(make_old):
    # The run is stopped after the backfill by a reader of a table to be dropped; users keep accepting invitations.
    pair = make_old("oss", "livedin")
    with contextlib.closing(pair.cluster.connect(pair.core)) as other, other.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE docker_images IN ACCESS SHARE MODE")
        runner = pair.start("migrate", "up", *old.ACCEPTED)
        old.wait(lambda: pair.sql("TABLE alembic_version") == [("1b2c3d4e5f6a",)])
        for number in range(3):
            accept(pair, number)
        pair.sql("INSERT INTO projects (id, project_name, workspace_id, organization_id)"
                 " SELECT gen_random_uuid(), 'Late', workspace_id, organization_id FROM projects WHERE project_name = 'Staging'")
        cursor.execute("COMMIT")
        _, err = runner.communicate(timeout=60)
    assert runner.returncode == 0, err
    found = old.members(pair)
    for number in range(3):
        assert found["project", "Staging", f"late{number}@example.com"] == found["project", "Late", f"late{number}@example.com"] == "editor"
    assert found["project", "Late", "ada@example.com"] == "owner"


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_a_writer_that_waits_for_the_backfill_becomes_a_member(isolation, make_old):
    # One transaction that has written but not committed when the backfill begins, and another that waits behind it.
    pair = make_old("oss", "livedin")
    pair.sql(f"ALTER DATABASE \"{pair.core}\" SET default_transaction_isolation = '{isolation}'")
    with contextlib.closing(pair.cluster.connect(pair.core)) as other, other.cursor() as cursor:
        cursor.execute("BEGIN; UPDATE users SET username = username WHERE email = 'ada@example.com'")
        cursor.execute("INSERT INTO project_invitations (id, token, email, used, role, project_id)"
                       " SELECT gen_random_uuid(), 'x', 'noinvite@example.com', true, 'editor', id FROM projects WHERE project_name = 'Staging'")
        runner = pair.start("migrate", "up", *old.ACCEPTED)
        time.sleep(0.5)
        waiting = threading.Thread(target=accept, args=(pair, 9))
        waiting.start()
        time.sleep(0.5)
        cursor.execute("COMMIT")
        waiting.join()
        _, err = runner.communicate(timeout=60)
    assert runner.returncode == 0, err
    found = old.members(pair)
    assert found["project", "Staging", "noinvite@example.com"] == found["project", "Staging", "late9@example.com"] == "editor"


def test_an_idle_reader_is_named_and_does_not_stop_others(make_old):
    pair = make_old("oss", "livedin")
    with contextlib.closing(pair.cluster.connect(pair.core)) as reader, reader.cursor() as cursor:
        cursor.execute("SET application_name = 'reporting'")
        cursor.execute("BEGIN; SELECT count(*) FROM projects")
        runner = pair.start("migrate", "up", *old.ACCEPTED)
        slowest = 0.0
        until = time.monotonic() + 3.5  # longer than the runner waits
        while time.monotonic() < until:
            started = time.monotonic()
            pair.sql("SELECT count(*) FROM projects")  # queues behind the requested lock, until the runner gives up
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.05)
        assert runner.poll() is None
        cursor.execute("COMMIT")
        out, err = runner.communicate(timeout=60)
    assert runner.returncode == 0, err
    assert "reporting" in out + err and slowest < 4.5
