"""Databases of v0.103.5 become those of v0.104.0 would have made of them, and are restored on the way down."""
import contextlib

import old
import pytest

DATABASES = [("oss", "livedin"), ("oss", "empty"), ("ee", "empty")]
CHAINS = {"oss": ["b3c4d5e6f7a9", "0a1b2c3d4e5f", "1b2c3d4e5f6a", "3d4e5f6a7b8c", "4f5a6b7c8d9e", "park00000000"],
          "ee": ["b3c4d5e6f7a9", "2c3d4e5f6a7b", "4e5f6a7b8c9d", "5a6b7c8d9e0f", "park00000000"]}


@pytest.mark.parametrize("edition, kind", DATABASES)
def test_the_schema_is_that_of_v0_104_0_to_the_byte(make_old, edition, kind):
    pair = make_old(edition, kind)
    old.up(pair, "--to", "agenta", "--legacy", "drop")
    assert old.shape(pair) == old.reference(f"{edition}_core.v0.104.0")
    assert old.shape(pair, pair.tracing) == old.reference(f"{edition}_tracing.v0.104.0")
    pair.run("migrate", "status", "--to", "agenta", "--exit-code")


@pytest.mark.parametrize("kind", ["livedin", "empty"])
def test_then_enterprise_is_the_switched_schema_to_the_byte(make_old, kind):
    pair = make_old("oss", kind)
    old.up(pair, "--to", "agenta", "--legacy", "drop")
    pair.edition = "ee"
    old.up(pair, "--to", "agenta", "--legacy", "drop")
    assert old.shape(pair) == old.reference("switched_core.v0.104.0")
    assert old.shape(pair, pair.tracing) == old.reference("switched_tracing.v0.104.0")


@pytest.mark.parametrize("edition, kind", DATABASES if old.LONG else [("oss", "livedin"), ("ee", "empty")])
def test_up_and_down_and_up_again(make_old, edition, kind):
    pair = make_old(edition, kind)
    before = old.state(pair)
    old.up(pair)
    head = old.state(pair)
    pair.run("migrate", "status", "--exit-code")
    old.down(pair)
    assert old.same(old.state(pair), before)
    assert old.shape(pair) == old.reference(f"{edition}_core.v0.103.5")
    assert old.shape(pair, pair.tracing) == old.reference(f"{edition}_tracing.v0.103.5")
    old.up(pair)
    assert old.same(old.state(pair), head)


@pytest.mark.parametrize("edition, kind", DATABASES if old.LONG else [("oss", "livedin")])
def test_every_revision_down_and_up(make_old, edition, kind):
    pair = make_old(edition, kind)
    old.up(pair, "--to", "agenta")
    states = {CHAINS[edition][-1]: old.state(pair)[0]}
    for revision in reversed(CHAINS[edition][:-1]):
        pair.run("migrate", "down", "--to", revision)
        assert pair.sql("TABLE alembic_version") == [(revision,)]
    for revision in reversed(CHAINS[edition][:-1]):
        old.up(pair, "--to", "agenta")
        assert old.same([old.state(pair)[0]], [states["park00000000"]]), f"after going down below {revision}"
        pair.run("migrate", "down", "--to", revision)


def test_the_same_database_gives_the_same_rows_each_time(make_old):
    states = []
    for _ in range(2):
        pair = make_old("oss", "livedin")
        old.up(pair, "--to", "agenta", "--legacy", "drop")
        states.append(old.state(pair))
    assert states[0] == states[1]


def test_dropped_data_has_no_way_back(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair, "--to", "agenta", "--legacy", "drop")
    assert pair.sql("SELECT to_regnamespace('orgd_archive'), to_regnamespace('orgd')") == [(None, None)]
    pair.run("migrate", "down", "--to", "4f5a6b7c8d9e")
    before = old.state(pair)
    for revision in CHAINS["oss"][:-2]:
        _, err = pair.run("migrate", "down", "--to", revision, status=3)
        assert "needs the archive, and there is none" in err and "backup" in err and err.count("\n") == 1
    assert old.same(old.state(pair), before)
    old.up(pair)


def test_a_purged_archive_has_no_way_back(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair)
    pair.sql("DROP SCHEMA orgd_archive CASCADE")
    _, err = pair.run("migrate", "down", "--to", "b3c4d5e6f7a9", status=3)
    assert "there is none" in err
    pair.run("migrate", "status", "--exit-code")


def test_a_fresh_database_has_no_older_revision(pair):
    pair.run("migrate", "up")
    before = old.shape(pair)
    _, err = pair.run("migrate", "down", "--to", "b3c4d5e6f7a9", status=3)
    assert "never was of v0.103.5" in err
    assert old.shape(pair) == before


@pytest.mark.parametrize("edition", ["oss", "ee"])
def test_revisions_that_agenta_can_undo_need_no_archive(make_old, edition):
    # stopped after the first revision, with nothing archived: as in Agenta, the schema is restored without rows
    pair = make_old(edition)
    with contextlib.closing(pair.cluster.connect(pair.core)) as other, other.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE docker_images IN ACCESS SHARE MODE")
        runner = pair.start("migrate", "up", *old.ACCEPTED, "--to", "agenta", "--legacy", "drop")
        first = CHAINS[edition][1 if edition == "ee" else 2]
        old.wait(lambda: pair.sql("TABLE alembic_version") == [(first,)])
        runner.kill()
        runner.communicate()
    pair.run("migrate", "down", "--to", "b3c4d5e6f7a9")
    assert old.shape(pair) == old.reference(f"{edition}_core.v0.103.5")


def test_tracing_is_downgraded_without_an_archive_as_in_agenta(make_old):
    pair = make_old()
    old.up(pair, "--to", "agenta", "--legacy", "drop")
    pair.run("migrate", "down", "--to", old.FLOOR["tracing"])
    assert pair.sql("SELECT to_regtype('nodetype')", database=pair.tracing) == [(None,)]
    assert pair.sql("SELECT count(*) FROM pg_attribute WHERE attrelid IN ('spans'::regclass, 'events'::regclass)"
                    " AND attname ~ '_at$|_by_id$' AND attnotnull", database=pair.tracing) == [(0,)]
    old.up(pair)
    pair.run("migrate", "status", "--exit-code")


def test_rows_of_the_new_release_do_not_prevent_going_back(make_old):
    pair = make_old("oss", "livedin")
    before = old.rows(pair)
    old.up(pair)
    pair.sql("""
        INSERT INTO users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'new@example.com');
        INSERT INTO organizations (id, name, owner_id, created_at, created_by_id)
        VALUES ('00000000-0000-4000-8000-00000000000a', 'New', '00000000-0000-4000-8000-000000000001', NULL,
                '00000000-0000-4000-8000-0000000000ff');
        INSERT INTO workspaces (id, organization_id)
        VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000a');
        INSERT INTO projects (id, project_name, organization_id, workspace_id)
        VALUES ('00000000-0000-4000-8000-00000000000c', 'New', '00000000-0000-4000-8000-00000000000a',
                '00000000-0000-4000-8000-00000000000b');
        INSERT INTO folders (id, project_id, slug, path) VALUES (gen_random_uuid(), '00000000-0000-4000-8000-00000000000c', 'f', 'f');
        INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id)
        VALUES (gen_random_uuid(), 'p', 'h', '00000000-0000-4000-8000-00000000000c', '00000000-0000-4000-8000-0000000000ff');
        DELETE FROM users WHERE email = 'inactive@example.com';
        DELETE FROM projects WHERE project_name = 'Legacy imports';
        UPDATE organizations SET created_by_id = NULL WHERE slug = 'oss-default';
    """)
    old.down(pair, "--allow", "DELETES_DATA")  # the record of these changes
    assert old.shape(pair) == old.reference("oss_core.v0.103.5")
    assert pair.sql("SELECT o.created_by_id = o.owner_id FROM organizations o") == [(True,), (True,)]
    assert pair.sql("SELECT created_by_id FROM api_keys WHERE prefix = 'p'") == [(None,)]
    assert pair.sql("SELECT count(*) FROM users WHERE email = 'new@example.com'") == [(1,)]
    # rows that depended on the deleted project are not restored
    gone = "b1723a22-2edd-70bc-87ad-77c768503d08"
    after = old.rows(pair)
    assert [row for row in before["app_db"] if gone not in row] == after["app_db"] != before["app_db"]
    old.up(pair)


def test_orgds_own_chain_runs_after_the_upgrade(make_old):
    # the upgraded rows satisfy the rules that orgd's own chain turns into constraints
    pair = make_old("oss", "livedin")
    old.up(pair, "--to", "agenta")
    agenta = old.state(pair)
    pair.run("migrate", "up")
    pair.run("migrate", "down", "--to", "agenta")
    assert old.same(old.state(pair), agenta)


def test_strict_gives_the_result_of_v0_104_0(make_old):
    pair = make_old("oss", "livedin")
    # as in Agenta: row by row in heap order, the first one wins
    owners = pair.sql("SELECT id, owner_id FROM organizations")
    workspaces = dict(pair.sql("SELECT id, organization_id FROM workspaces"))
    projects = {id: workspace or "02184592-61e6-75d6-8932-f11d160a6f7d"
                for id, workspace, goes in pair.sql("SELECT id, workspace_id, is_default AND organization_id IS NULL FROM projects")
                if not goes}
    invitations = pair.sql("SELECT user_id, project_id, role FROM project_invitations WHERE used AND user_id IS NOT NULL ORDER BY ctid")
    want = {}
    for organization, owner in owners:
        for scope in [organization, *workspaces, *projects]:
            want[scope, owner] = "owner"
    for user, project, role in invitations:
        for scope in (project, projects[project], workspaces[projects[project]]):
            want.setdefault((scope, user), role)
    old.up(pair, "--to", "agenta", "--legacy", "drop", "--strict-v0.104.0")
    got = pair.sql("SELECT organization_id, user_id, role FROM organization_members UNION ALL"
                   " SELECT workspace_id, user_id, role FROM workspace_members UNION ALL"
                   " SELECT project_id, user_id, role FROM project_members")
    assert {(scope, user): role for scope, user, role in got} == want and len(got) == len(want)
    assert pair.sql("SELECT count(created_at) FROM project_members") == [(0,)]
    _, err = pair.run("migrate", "up", *old.ACCEPTED, "--strict-v0.104.0", status=2)
    assert "--to agenta" in err


@pytest.mark.parametrize("edition, state, words", [
    ("ee", "old", ("open edition", "AGENTA_LICENSE=oss first")),
    ("oss", "old", ("enterprise edition", "AGENTA_LICENSE=ee")),
])
def test_a_shared_revision_of_the_other_edition_is_refused(make_old, edition, state, words):
    pair = make_old("oss" if edition == "ee" else "ee")
    pair.edition = edition
    before = old.state(pair)
    assert pair.run("migrate", "status", "--json")[0].count(f'"state":"{state}"') == 1
    _, err = old.up(pair, status=3)
    assert all(word in err for word in words) and "b3c4d5e6f7a9" in err and err.count("\n") == 1
    assert old.same(old.state(pair), before)


@pytest.mark.parametrize("revision, words", [
    ("9f8e7d6c5b4a", ("older than v0.103.5 or unknown", "bring it to v0.103.5")),
    ("park00000001", ("is ahead",)),
    ("2c3d4e5f6a7b", ("enterprise edition",)),
])
def test_other_revisions_are_refused(make_old, revision, words):
    pair = make_old()
    pair.sql("UPDATE alembic_version SET version_num = %s", [revision])
    before = old.state(pair)
    _, err = old.up(pair, status=3)
    assert all(word in err for word in words) and revision in err and err.count("\n") == 1
    assert old.same(old.state(pair), before)


def test_two_heads_are_refused(make_old):
    pair = make_old()
    pair.sql("INSERT INTO alembic_version VALUES ('4f5a6b7c8d9e')")
    _, err = old.up(pair, status=3)
    assert "several rows" in err


def test_the_archive_of_one_edition_is_not_used_by_the_other(make_old):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    old.up(pair)
    pair.edition = "ee"
    old.up(pair)
    _, err = pair.run("migrate", "down", "--to", "b3c4d5e6f7a9", status=3)
    assert "other edition" in err
    pair.run("migrate", "status", "--exit-code")
    # adoption has no way back, as in Agenta; everything else has
    pair.edition = "oss"
    old.down(pair)
    after = old.state(pair)
    for table in ("meters", "subscriptions", "organization_domains", "organization_providers"):
        after[0][1].pop(table)
    assert [content for _, content in after] == [content for _, content in before]
    old.up(pair)
