"""`up` does exactly what `plan` has announced."""
import contextlib
import json
import time

import awkward
import old
import psycopg2
import pytest

STRONG = ["RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]
VERSIONS = {"core_oss": "public.alembic_version_oss", "core_ee": "public.alembic_version_ee", "orgd": "orgd.orgd_version"}


def plan(pair, *options, **more):
    return json.loads(pair.run("migrate", "plan", "--json", *options, **more)[0])


def decision(planned, name, database=0):
    found = [one for one in planned["databases"][database]["decisions"] if one["name"] == name]
    assert len(found) == 1, f"{name} is answered {len(found)} times"
    return found[0]


def of(rows, *outcomes):
    return [row for row in rows if row["outcome"] in outcomes]


def memberships(pair):
    return {(place, str(user), str(scope), role) for place in ("organization", "workspace", "project")
            for user, scope, role in pair.sql(f"SELECT user_id, {place}_id, role FROM {place}_members")}


def count(pair, table):
    return pair.sql(f"SELECT count(*) FROM {table}")[0][0]


def check(pair, *options):
    """Plans, runs with the hazards that the plan lists, and compares everything that can be counted."""
    planned = plan(pair, *options)
    before = old.rows(pair)
    assert planned["command"].startswith("orgd migrate up") and not planned["obstructed"]
    out, _ = pair.run(*planned["command"].split()[1:])
    core = planned["databases"][0]
    assert [row["revision"] for row in core["revisions"]] == [
        line.rpartition(" ")[2] for line in out.split("\n") if line.startswith("the core database: applied ")]
    for table in core["tables"]:
        assert table["rows"] == len(before[table["table"]]) and table["exact"]
    people(pair, planned)
    things(pair, planned, before, "drop" not in options)
    return planned


def people(pair, planned):
    rows = decision(planned, "members")["rows"]
    expected = {(row["place"], row["user_id"], row["scope_id"], row["role"]) for row in rows}
    assert len(expected) == len(rows) and memberships(pair) == expected
    joined = {str(row[0]) for row in pair.sql("SELECT user_id FROM project_members UNION SELECT user_id FROM organization_members")}
    everybody = {str(row[0]) for row in pair.sql("SELECT id FROM users")}
    assert {row["user_id"] for row in decision(planned, "left_out")["rows"]} == everybody - joined


def things(pair, planned, before, archive):
    keys = decision(planned, "keys")
    gone = {row["project_id"] for row in of(decision(planned, "projects")["rows"], "archived", "deleted")}
    projects = {str(row[0]): row[1:] for row in pair.sql("SELECT id, organization_id::text, workspace_id::text, is_default FROM projects")}
    assert len(projects) == len(before["projects"]) - len(gone) and not gone & set(projects)
    for row in of(decision(planned, "projects")["rows"], "adopted", "demoted"):
        assert projects[row["project_id"]] == (row["organization_id"], row["workspace_id"], row["is_default"])
    if not gone:
        assert count(pair, "api_keys") == len(before["api_keys"]) - keys["count"]
    assert count(pair, "webhook_deliveries") == len(before["webhook_deliveries"]) - decision(planned, "deliveries")["count"]
    assert pair.sql("SELECT count(*) FROM api_keys WHERE id = ANY (%s::uuid[])", [[row["key_id"] for row in keys["rows"]]]) == [(0,)]
    superseded = [row["invitation_id"] for row in decision(planned, "invitations")["rows"]]
    assert pair.sql("SELECT count(*), count(*) FILTER (WHERE id = ANY (%s::uuid[])) FROM project_invitations"
                    " WHERE deleted_at IS NOT NULL", [superseded]) == [(len(superseded), len(superseded))]
    for row in decision(planned, "dropped")["rows"]:
        if row["kind"] == "table":
            assert pair.sql("SELECT to_regclass(%s)", [row["name"]]) == [(None,)]
            if archive:
                assert count(pair, row["name"].replace("public.", "orgd_archive.")) == row["rows"], row


@pytest.mark.parametrize("options", [(), ("--everyone", "viewer"), ("--to", "agenta"), ("--to", "agenta", "--legacy", "drop")], ids=" ".join)
def test_a_used_database_is_migrated_as_planned(make_old, options):
    planned = check(make_old("oss", "livedin"), *options)
    assert decision(planned, "keys")["count"] == 6 and decision(planned, "deliveries")["count"] == 4
    assert planned["signup_impact"]["opens_signup"] and planned["signup_impact"]["users"] == 40
    assert planned["needs"] == {"allow": ["DELETES_DATA"], "accept_open_signup": True}


@pytest.mark.parametrize("seed", range(16 if old.LONG else 1))
def test_an_awkward_database_is_migrated_as_planned(make_old, seed):
    pair = make_old("oss", "livedin")
    awkward.spoil(pair, seed)
    planned = check(pair)
    assert sum(of_domain["users"] for of_domain in planned["signup_impact"]["domains"]) == planned["signup_impact"]["users"] == 100


def test_rows_of_a_project_are_counted_once(make_old):
    pair = make_old()
    pair.sql("INSERT INTO project_invitations (id, token, email, used, role, project_id)"
             " SELECT gen_random_uuid(), n::text, 'twice@example.com', false, 'editor', p.id FROM projects p, generate_series(1, 2) n")
    assert decision(check(pair), "invitations")["count"] == 0


ALONG = """
CREATE TABLE uses (key uuid REFERENCES api_keys ON DELETE CASCADE, id int PRIMARY KEY);
INSERT INTO uses SELECT id, row_number() OVER (ORDER BY id) FROM api_keys;
CREATE SCHEMA "Mine";
CREATE TABLE "Mine"."Notes, all" (use int REFERENCES uses ON DELETE CASCADE, other int REFERENCES uses ON DELETE CASCADE);
INSERT INTO "Mine"."Notes, all" SELECT id, id FROM uses; INSERT INTO "Mine"."Notes, all" SELECT min(id), max(id) FROM uses;
CREATE TABLE last_used (key uuid DEFAULT NULL REFERENCES api_keys ON DELETE SET DEFAULT, id int PRIMARY KEY);
INSERT INTO last_used SELECT id, row_number() OVER () FROM api_keys;
CREATE TABLE seen (project_id uuid, id uuid, FOREIGN KEY (project_id, id) REFERENCES webhook_deliveries (project_id, id) ON DELETE CASCADE);
INSERT INTO seen SELECT project_id, id FROM webhook_deliveries;
"""


@pytest.mark.parametrize("legacy", ["archive", "drop"])
def test_rows_deleted_by_foreign_keys_are_counted(make_old, legacy):
    pair = make_old("oss", "livedin")
    pair.sql(ALONG)
    tables = ("uses", '"Mine"."Notes, all"', "last_used", "seen")
    before, state = {table: count(pair, table) for table in tables}, old.state(pair)
    planned = check(pair, *(() if legacy == "archive" else ("--to", "agenta", "--legacy", "drop")))
    found = [row for name in ("keys_along", "deliveries_along") for row in decision(planned, name)["rows"]]
    goes = {row["name"]: row["rows"] for row in of(found, "archived" if legacy == "archive" else "deleted")}
    assert goes == {table: before[table] - count(pair, table) for table in tables if table != "last_used"}
    assert goes["uses"] == 6 and goes["seen"] == 4
    assert {row["name"]: row["rows"] for row in of(found, "emptied")} == {
        "last_used": pair.sql("SELECT count(*) FROM last_used WHERE key IS NULL")[0][0]} and len(found) == 4
    if legacy == "archive":
        old.down(pair)
        assert old.same(old.state(pair), state)


def test_orphaned_billing_rows_are_counted_and_restored(make_old):
    pair = make_old("ee", "empty")
    pair.sql("CREATE TABLE invoices (organization uuid REFERENCES subscriptions ON DELETE CASCADE, meter uuid REFERENCES meters ON DELETE CASCADE);"
             "INSERT INTO subscriptions (plan, active, organization_id) VALUES ('gone', true, gen_random_uuid());"
             "INSERT INTO meters (key, value, synced, organization_id, meter_id)"
             " SELECT (enum_range(NULL::meters_type))[1], 1, 0, organization_id, gen_random_uuid() FROM subscriptions;"
             "INSERT INTO invoices SELECT organization_id, meter_id FROM meters; INSERT INTO invoices SELECT organization_id FROM meters")
    planned, before = plan(pair), old.state(pair)
    assert decision(planned, "billing")["count"] == 2
    assert [(row["name"], row["rows"]) for row in decision(planned, "billing_along")["rows"]] == [("invoices", 2)]
    assert planned["needs"]["allow"] == ["DELETES_DATA"]
    pair.run(*planned["command"].split()[1:])
    assert [count(pair, table) for table in ("subscriptions", "meters", "invoices")] == [0, 0, 0]
    old.down(pair)
    assert old.same(old.state(pair), before)


def test_the_enterprise_edition_is_planned_as_well(make_old):
    pair = make_old("ee", "empty")
    planned = plan(pair)
    assert [row["revision"] for row in planned["databases"][0]["revisions"]][:5] == [
        "2c3d4e5f6a7b", "4e5f6a7b8c9d", "5a6b7c8d9e0f", "park00000000", "oss000000000"]
    assert not planned["signup_impact"]["opens_signup"] and planned["needs"] == {"allow": [], "accept_open_signup": False}
    pair.run(*planned["command"].split()[1:])


def test_after_the_run_there_is_nothing_to_do(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair)
    planned = plan(pair)
    assert [database["revisions"] for database in planned["databases"]] == [[], []] and planned["command"] is None
    assert "Nothing to do." in pair.run("migrate", "plan")[0]


def test_a_plan_can_end_at_a_revision(make_old):
    pair = make_old("oss", "livedin")
    planned = plan(pair, "--to", "1b2c3d4e5f6a")
    assert [row["revision"] for row in planned["databases"][0]["revisions"]] == ["0a1b2c3d4e5f", "1b2c3d4e5f6a"]
    assert planned["databases"][1]["revisions"] == []
    pair.run(*planned["command"].split()[1:])
    assert pair.sql("TABLE alembic_version") == [("1b2c3d4e5f6a",)]
    assert pair.sql("TABLE alembic_version", database=pair.tracing) == [("d1e2f3a4b5c6",)]
    _, err = pair.run("migrate", "plan", "--to", "0123456789ab", status=2)
    assert "0123456789ab" in err and err.count("\n") == 1


def test_the_plan_reports_how_far_it_can_be_undone(make_old):
    pair = make_old("oss", "livedin")
    undo = plan(pair)["databases"][0]["undo"]
    assert undo == {"complete": True, "to": "b3c4d5e6f7a9", "reason": None}
    undo = plan(pair, "--legacy", "drop")["databases"][0]["undo"]
    assert not undo["complete"] and undo["to"] == "4f5a6b7c8d9e" and "--legacy drop" in undo["reason"]
    planned = plan(pair)
    before = old.state(pair)
    pair.run(*planned["command"].split()[1:])
    old.down(pair, core=planned["databases"][0]["undo"]["to"], tracing=planned["databases"][1]["undo"]["to"])
    assert old.state(pair) == before


def test_a_plan_reads_only_and_does_not_wait_for_writers(make_old):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    with contextlib.closing(pair.cluster.connect(pair.core)) as writer, writer.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN; GRANT pg_read_all_data TO looker")
        cursor.execute("BEGIN; LOCK TABLE projects, users, api_keys IN EXCLUSIVE MODE")
        uris = {name: pair.cluster.uri(database).replace("postgres@", "looker@")
                for name, database in (("POSTGRES_URI_CORE", pair.core), ("POSTGRES_URI_TRACING", pair.tracing))}
        started = time.monotonic()
        planned = plan(pair, **uris)
        assert time.monotonic() - started < 10
        cursor.execute("ROLLBACK")
    assert decision(planned, "members")["count"] > 0 and old.state(pair) == before


def test_the_text_of_the_plan(make_old):
    pair = make_old("oss", "livedin")
    out, _ = pair.run("migrate", "plan")
    for words in ("REVISION ", "HAZARD ", "STRONGEST LOCK", "DELETES_DATA", "ACCESS EXCLUSIVE", "noinvite@example.com",
                  "Nobody invited them.", "6 in all, 6 archived", "AGENTA_ACCESS_ALLOWED_OWNER_EMAILS",
                  "orgd migrate down --to b3c4d5e6f7a9", "To do this: orgd migrate up --allow DELETES_DATA --accept-open-signup"):
        assert words in out, words


def held(pair, pid, existing):
    found = pair.sql("SELECT l.relation::regclass::text, l.mode FROM pg_locks l WHERE l.pid = %s AND l.granted AND l.locktype = 'relation'"
                   " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())", [pid])
    strongest = {}
    for table, mode in found:
        table = table.removeprefix("orgd_archive.")
        if mode in STRONG and table in existing:
            strongest[table] = max(strongest.get(table, 0), STRONG.index(mode))
    return strongest


def locks_of(pair, revision, version):
    """Runs one revision, stops it at its last statement, and returns the tables that it has locked, with the modes."""
    with contextlib.closing(pair.cluster.connect(pair.core)) as blocker, blocker.cursor() as cursor:
        existing = {row[0] for row in pair.sql("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")}
        cursor.execute(f"BEGIN; SELECT FROM {version} FOR UPDATE")
        runner = pair.start("migrate", "up", *old.ACCEPTED, "--to", revision)
        pid = []

        def waits():
            pid[:] = [row[0] for row in pair.sql(
                "SELECT a.pid FROM pg_stat_activity a WHERE a.application_name = 'orgd migrate' AND a.datname = %s"
                " AND a.wait_event_type = 'Lock' AND a.query LIKE %s", [pair.core, f"UPDATE {version} %"])]
            return pid

        old.wait(waits)
        found = held(pair, pid[0], existing - {version.removeprefix("public.")})
        cursor.execute("COMMIT")
        out, err = runner.communicate(timeout=60)
        assert runner.returncode == 0, out + err
    return found


@pytest.mark.parametrize("edition, kind", [("oss", "livedin"), ("ee", "empty")])
def test_the_planned_locks_are_those_that_are_taken(make_old, edition, kind):
    pair = make_old(edition, kind)
    planned = plan(pair)
    modes = {"".join(word.title() for word in mode.split()) + "Lock": mode for mode in (
        "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE")}
    for revision in planned["databases"][0]["revisions"]:
        version = VERSIONS.get(revision["chain"], "public.alembic_version")
        if pair.sql("SELECT to_regclass(%s)", [version]) == [(None,)]:  # a chain begins, and nothing can be locked
            pair.run("migrate", "up", *old.ACCEPTED, "--to", revision["revision"])
            continue
        expected = {}
        for statement in revision["statements"]:
            for lock in statement["locks"]:
                strength = [modes[name] for name in STRONG].index(lock["mode"])
                expected[lock["table"]] = max(expected.get(lock["table"], 0), strength)
        found = locks_of(pair, revision["revision"], version)
        assert {table for table in found if found[table] > expected.get(table, -1)} == set(), revision["revision"]
        # a table may stay unlocked if there is nothing to do on it
        weaker = {table for table in expected if table in found and found[table] < expected[table]}
        assert weaker == set(), revision["revision"]


def test_rows_of_a_large_table_are_estimated(make_old):
    pair = make_old("oss", "empty")
    pair.sql("UPDATE pg_class SET reltuples = 5e6 WHERE relname = 'spans'", database=pair.tracing)
    spans = [table for table in plan(pair)["databases"][1]["tables"] if table["table"] == "spans"][0]
    assert (spans["rows"], spans["exact"]) == (5000000, False)
    assert "about 5000000" in pair.run("migrate", "plan")[0]


def test_obstacles_are_in_the_plan(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE TABLE workspace_members (id int)")
    planned = plan(pair)
    assert planned["obstructed"] and decision(planned, "in_the_way")["count"] == 1
    assert "Something prevents the upgrade" in pair.run("migrate", "plan")[0]
    pair.run("migrate", "up", *old.ACCEPTED, status=3)


def test_custom_triggers_are_in_the_plan(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
             "CREATE TRIGGER kept BEFORE DELETE ON projects FOR EACH ROW EXECUTE FUNCTION keep();"
             "CREATE TRIGGER off BEFORE DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION keep(); ALTER TABLE api_keys DISABLE TRIGGER off;"
             "CREATE RULE quiet AS ON DELETE TO api_keys DO INSTEAD NOTHING")
    rows = decision(plan(pair), "triggers")["rows"]
    assert [(row["name"], row["function"]) for row in rows] == [("api_keys.quiet", None), ("projects.kept", "keep()")]
    pair.sql("DROP RULE quiet ON api_keys")
    before = old.state(pair)
    _, err = old.up(pair, status=3)  # in the first revision
    assert "projects" in err and err.count("\n") == 1 and old.state(pair) == before


def test_a_database_that_cannot_be_brought_up_has_no_plan(pair):
    pair.sql("CREATE TABLE invoices (id int)")
    _, err = pair.run("migrate", "plan", status=3)
    assert err.startswith("orgd: the core database") and err.count("\n") == 1


def test_empty_databases_are_planned(pair):
    planned = plan(pair)
    assert planned["needs"] == {"allow": [], "accept_open_signup": False} and planned["databases"][0]["revisions"]
    pair.run(*planned["command"].split()[1:])
    with pytest.raises(psycopg2.Error):
        pair.sql("CREATE TABLE users ()")


def test_the_html_page(make_old):
    pair = make_old(kind="livedin")
    pair.sql("UPDATE users SET email = '<b>&\"ann\"@acme.io' WHERE email = (SELECT min(email) FROM users)")
    planned, page = plan(pair), pair.run("migrate", "plan", "--html")[0]
    assert page.startswith("<!doctype html>") and page.endswith("</html>\n")
    assert f"<code>{planned['command']}</code>" in page
    for database in planned["databases"]:
        for revision in database["revisions"]:
            assert f">{revision['revision']}</td>" in page and f"<title>{revision['revision']}: " in page
        assert page.count('class="done"') < page.count('class="todo"')
    assert "&lt;b&gt;&amp;&quot;ann&quot;@acme.io" in page and "<b>" not in page
    assert "http" not in page and "<script" not in page
    for name, count in ((one["what"], one["count"]) for one in planned["databases"][0]["decisions"] if one["count"] > 0):
        assert name in page, (name, count)
    old.up(pair)
    assert pair.run("migrate", "plan", "--html")[0].count("Nothing to do.") == 2
    assert "exclude each other" in pair.run("migrate", "plan", "--html", "--json", status=2)[1]
