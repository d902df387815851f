"""The rows that the data plane expects in a new project: made with it, whatever way it comes into being, or added by a command."""
import json
import subprocess

import client
import pytest
import serving
import sessions
from signing import address

FLAGS = {"is_managed", "is_custom", "is_llm", "is_hook", "is_code", "is_match", "is_feedback", "is_chat", "has_url", "has_script",
         "has_handler"}
EVALUATORS = {
    "exact-match": ("Exact Match", {"is_managed", "has_url"}), "contains-json": ("Contains JSON", {"is_managed", "has_url"}),
    "quality-rating": ("Quality Rating", {"is_managed", "is_custom", "is_feedback", "has_url"})}


@pytest.fixture
def rows(sql):
    """The rows of a table in a project, as dictionaries in the order of their ids."""
    return lambda table, project: [row for (row,) in sql(f"SELECT row_to_json(t) FROM {table} t WHERE project_id = %s ORDER BY id", project)]


def count(sql, project):
    """How many rows of each kind a project has: environments, evaluators, test sets, with their variants and revisions."""
    return tuple(sql(f"SELECT (SELECT count(*) FROM {kind}_artifacts WHERE project_id = %s), (SELECT count(*) FROM {kind}_variants WHERE"
                     f" project_id = %s), (SELECT count(*) FROM {kind}_revisions WHERE project_id = %s)", project, project, project)[0]
                 for kind in ("environment", "workflow", "testset"))


WHOLE = ((3, 3, 6), (3, 3, 6), (1, 1, 2))
WITHOUT_TEST_SET = ((3, 3, 6), (3, 3, 6), (0, 0, 0))
NOTHING = ((0, 0, 0),) * 3


def test_signing_up_adds_them_to_the_first_project(server, sql):
    session = sessions.sign_up(server.url)
    assert count(sql, session.ok("GET", "/projects/current")["project_id"]) == WHOLE


def test_a_new_organization_and_a_new_project_get_them(alice, sql):
    organization = alice.ok("POST", "/organizations", {"name": "new"})["id"]
    ((project,),) = sql("SELECT id::text FROM projects WHERE organization_id = %s", organization)
    assert count(sql, project) == WHOLE
    assert count(sql, alice.ok("POST", "/projects", {"name": "second"})["project_id"]) == WITHOUT_TEST_SET


def test_the_administration_adds_them_unless_asked_not_to(admin, sql):
    def made(options):
        entry = {"user": {"email": address()}, **({"options": options} if options is not ... else {})}
        return admin.ok("POST", "/admin/simple/accounts/", {"accounts": {"a": entry}})["accounts"]["a"]["projects"]["prj"]["id"]

    assert count(sql, made(...)) == count(sql, made({"seed_defaults": True})) == WITHOUT_TEST_SET
    assert count(sql, made({"seed_defaults": False})) == count(sql, made({"seed_defaults": None})) == NOTHING


def test_many_accounts_get_them_in_one_request(admin, sql):
    accounts = {f"a{number}": {"user": {"email": address()}} for number in range(450)}
    made = admin.ok("POST", "/admin/simple/accounts/", {"accounts": accounts})["accounts"]
    for name, account in made.items():
        project = account["projects"]["prj"]["id"]
        assert sql("SELECT count(*), count(DISTINCT created_by_id), min(created_by_id::text) FROM environment_artifacts WHERE project_id = %s",
                   project) == [(3, 1, account["user"]["id"])], name


def test_a_dry_run_and_a_refused_request_leave_nothing(admin, sql):
    before = sql("SELECT count(*) FROM environment_artifacts")
    admin.ok("POST", "/admin/simple/accounts/", {"accounts": {"a": {"user": {"email": address()}, "options": {"dry_run": True}}}})
    assert sql("SELECT count(*) FROM environment_artifacts") == before


def test_without_a_data_plane_there_are_none(another, sql):
    bare = another(ORGD_SEED_DEFAULTS="off")
    assert count(sql, sessions.sign_up(bare.url).ok("GET", "/projects/current")["project_id"]) == NOTHING


# ---- what they are ----

@pytest.fixture
def project(another):
    server = another(AGENTA_SERVICES_URL="https://services.example/at/")
    session = sessions.sign_up(server.url)
    project = session.ok("GET", "/projects/current")
    return project["project_id"], session.ok("GET", "/profile")["id"]


@pytest.mark.parametrize("kind", ["environment", "workflow", "testset"])
def test_an_artifact_has_a_variant_of_two_revisions(rows, project, kind):
    project, user = project
    variants, revisions = rows(f"{kind}_variants", project), rows(f"{kind}_revisions", project)
    for artifact in rows(f"{kind}_artifacts", project):
        assert artifact["created_by_id"] == user and artifact["created_at"] and artifact["id"][14] == "7"
        (variant,) = [each for each in variants if each["artifact_id"] == artifact["id"]]
        first, second = [each for each in revisions if each["variant_id"] == variant["id"]]
        assert first["id"] < second["id"] and (first["version"], second["version"]) == ("0", "1")
        assert (first["message"], second["message"], first["data"], first["flags"]) == ("Initial commit", None, None, None)
        for each in (variant, first, second):
            assert len(each["slug"]) == 12 and int(each["slug"], 16) >= 0
            assert (each["name"], each["description"]) == (artifact["name"], artifact["description"])
            assert each["created_by_id"] == user and each["created_at"]
        for each in (first, second):
            assert each["artifact_id"] == artifact["id"] and each["author"] == user and each["date"]
        for row in (artifact, variant, first, second):
            assert all(row.get(name) is None for name in ("tags", "meta", "folder_id", "updated_at", "updated_by_id", "deleted_at", "deleted_by_id"))


def test_no_json_null_stands_for_an_sql_null(sql, project):
    for table in ("environment_revisions", "workflow_revisions", "testset_revisions"):
        for column in ("data", "flags", "tags", "meta"):
            assert sql(f"SELECT count(*) FROM {table} WHERE {column}::text = 'null'") == [(0,)]


def test_environments(rows, project):
    artifacts = rows("environment_artifacts", project[0])
    assert [(each["slug"], each["name"], each["description"], each["flags"]) for each in artifacts] == [
        (name, name, None, None) for name in ("development", "staging", "production")]
    assert all(each["data"] is None and each["flags"] is None for each in rows("environment_revisions", project[0]))


def test_evaluators(rows, project):
    artifacts = {each["slug"]: each for each in rows("workflow_artifacts", project[0])}
    assert set(artifacts) == set(EVALUATORS)
    revisions = {each["artifact_id"]: each for each in rows("workflow_revisions", project[0]) if each["version"] == "1"}
    for slug, (name, flags) in EVALUATORS.items():
        assert artifacts[slug]["name"] == name and artifacts[slug]["description"]
        assert artifacts[slug]["flags"] == {"is_application": False, "is_evaluator": True, "is_snippet": False}
        assert revisions[artifacts[slug]["id"]]["flags"] == {flag: flag in flags for flag in FLAGS}

    def schema(properties, **required):
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties,
                "additionalProperties": False, **required}

    success = schema({"success": {"type": "boolean"}}, required=["success"])
    assert {slug: revisions[artifact["id"]]["data"] for slug, artifact in artifacts.items()} == {
        "exact-match": {
            "uri": "agenta:builtin:auto_exact_match:v0", "parameters": {"correct_answer_key": "correct_answer"},
            "schemas": {"parameters": schema({"correct_answer_key": {"type": "string", "default": "correct_answer", "x-ag-type": "text",
                                                                     "x-ag-ui-advanced": True}}), "outputs": success}},
        "contains-json": {"uri": "agenta:builtin:auto_contains_json:v0", "schemas": {"parameters": schema({}), "outputs": success}},
        "quality-rating": {"uri": "agenta:custom:feedback:v0", "url": "https://services.example/at/feedback/v0",
                           "schemas": {"outputs": schema({"approved": {"type": "boolean"}}, required=["approved"])}}}


def test_the_test_set(rows, sql, project):
    (artifact,) = rows("testset_artifacts", project[0])
    assert artifact["name"] == "completion_testset" and artifact["slug"].startswith("completion_testset-") and len(artifact["slug"]) == 31
    cases = {each["id"]: each for each in rows("testcase_blobs", project[0])}
    ids = rows("testset_revisions", project[0])[1]["data"]["testcase_ids"]
    assert sorted(ids) == sorted(cases) and len(ids) == 5
    for each in cases.values():
        assert set(each["data"]) == {"country", "correct_answer", "testcase_dedup_id"} and each["set_id"] == artifact["id"]
        assert each["created_by_id"] == project[1]


def test_later_releases_have_two_flags_more(server, alice, rows, sql):
    """The revision of Agenta after which every workflow has them is looked up when the rows are made."""
    ((version,),) = sql("SELECT version_num FROM alembic_version_oss")
    sql("UPDATE alembic_version_oss SET version_num = 'oss000000010' RETURNING 1")
    try:
        project = alice.ok("POST", "/projects", {"name": "later"})["project_id"]
    finally:
        sql("UPDATE alembic_version_oss SET version_num = %s RETURNING 1", version)
    for each in rows("workflow_revisions", project):
        assert each["flags"] is None or set(each["flags"]) == FLAGS | {"is_agent", "is_skill"}


# ---- the command ----

def command(server, *arguments):
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={server.data}" for name in ("core", "tracing")}
    done = subprocess.run([serving.PROGRAM, "project", "add-defaults", "--json", *arguments], capture_output=True, text=True,
                          env=serving.clean_environment(ORGD_DATA_DIR=str(server.folder / "of-a-command"), **uris))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def own():
    """A server whose projects are the test's own."""
    own = serving.Server(ORGD_SEED_DEFAULTS="off").start()
    yield own
    own.close()


def test_the_command_adds_what_projects_lack(own):
    def sql(text, *parameters):
        return own.sql(text, parameters or None)

    session = sessions.sign_up(own.url)
    first = session.ok("GET", "/projects/current")["project_id"]
    second = session.ok("POST", "/projects", {"name": "second"})["project_id"]
    assert command(own, "--dry-run") == {"dry_run": True, "projects": 2, "environments": 6, "evaluators": 6, "incomplete_environments": 0}
    assert count(sql, first) == NOTHING
    assert command(own) == {"dry_run": False, "projects": 2, "environments": 6, "evaluators": 6, "incomplete_environments": 0}
    assert count(sql, first) == count(sql, second) == WITHOUT_TEST_SET
    owner = session.ok("GET", "/profile")["id"]
    assert sql("SELECT DISTINCT created_by_id::text FROM environment_revisions") == [(owner,)]
    nothing = {"dry_run": False, "projects": 0, "environments": 0, "evaluators": 0, "incomplete_environments": 0}
    assert command(own) == nothing

    # one environment away, one without its variant, one without its last revision; an evaluator that a user has changed
    sql("DELETE FROM environment_artifacts WHERE project_id = %s AND slug = 'production' RETURNING 1", first)
    sql("DELETE FROM environment_variants WHERE project_id = %s AND name = 'staging' RETURNING 1", first)
    sql("DELETE FROM environment_revisions WHERE project_id = %s AND name = 'development' AND version = '1' RETURNING 1", first)
    assert command(own, "--dry-run")["incomplete_environments"] == 0  # the data plane may be about to add them
    sql("UPDATE environment_artifacts SET created_at = created_at - interval '2 minutes' RETURNING 1")
    sql("UPDATE workflow_artifacts SET name = 'mine' WHERE project_id = %s AND slug = 'exact-match' RETURNING 1", first)
    wanted = {"projects": 1, "environments": 1, "evaluators": 0, "incomplete_environments": 2}
    assert command(own, "--dry-run") == {"dry_run": True, **wanted}
    assert command(own) == {"dry_run": False, **wanted}
    assert count(sql, first) == WITHOUT_TEST_SET and command(own) == nothing
    for (versions,) in sql("SELECT array_agg(version ORDER BY id) FROM environment_revisions WHERE project_id = %s GROUP BY artifact_id", first):
        assert versions == ["0", "1"]
    assert sql("SELECT name FROM workflow_artifacts WHERE project_id = %s AND slug = 'exact-match'", first) == [("mine",)]


def test_two_commands_and_the_data_plane_at_once(own):
    def sql(text, *parameters):
        return own.sql(text, parameters or None)

    admin = client.Api(own.url, f"Access {own.auth_key}")
    admin.ok("POST", "/admin/simple/accounts/", {"accounts": {f"a{n}": {"user": {"email": address()}} for n in range(500)}})

    def work(index):
        if index < 2:
            return command(own)
        for (project, user) in sql("SELECT p.id::text, o.owner_id::text FROM projects p JOIN organizations o ON o.id = p.organization_id"
                                   " ORDER BY random() LIMIT 100"):
            sql("INSERT INTO environment_artifacts (project_id, id, slug, name, created_by_id) VALUES (%s, gen_random_uuid(), 'staging',"
                " 'staging', %s) ON CONFLICT DO NOTHING RETURNING 1", project, user)
        return None

    for result in serving.in_parallel(3, work):
        assert not isinstance(result, Exception), result
    sql("UPDATE environment_artifacts SET created_at = created_at - interval '2 minutes' RETURNING 1")
    for result in serving.in_parallel(2, lambda _: command(own)):
        assert not isinstance(result, Exception), result
    assert sql("SELECT DISTINCT count(*) FROM environment_revisions GROUP BY project_id") == [(6,)]
    assert sql("SELECT DISTINCT count(*) FROM workflow_artifacts GROUP BY project_id") == [(3,)]
