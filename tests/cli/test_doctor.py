"""`orgd doctor` and `orgd schema grants`: problems of an installation, and the privileges that its role needs."""
import contextlib
import json

import psycopg2
import pytest
import roles
import serving

KEYS = {"AGENTA_AUTH_KEY": "a" * 32, "AGENTA_CRYPT_KEY": "c" * 32, "ORGD_ADMIN_KEY": "k" * 32}


@pytest.fixture(scope="module")
def granted(cluster):
    return roles.maker(cluster)("oss")


def doctor(setup, status=0, **extra):
    out, _ = setup.run("doctor", "--json", status=status, **{**KEYS, "ORGD_DATA_DIR": "/nonexistent/data", **extra})
    report = json.loads(out)
    assert report["healthy"] is (status == 0)
    return report["checks"]


def problems(checks):
    return [(check["code"], check["text"]) for check in checks if check["status"] == "problem"]


@pytest.fixture
def usable(folder):
    return {"ORGD_DATA_DIR": str(folder / "data")}


def test_a_healthy_installation_has_no_findings(granted, usable):
    checks = doctor(granted, **usable)
    assert problems(checks) == []
    assert [check["text"] for check in checks if check["code"] == "rights"] == [
        f"the {name} database: the program's role has the rights it needs, and no others" for name in ("core", "tracing")]
    out, _ = granted.run("doctor", **KEYS, **usable)
    assert "ok       the clock of the database and this one agree\n" in out


def test_without_privileges(cluster, usable):
    setup = roles.Roles(cluster)
    ((code, text), _) = problems(doctor(setup, status=1, **usable))
    assert code == "database" and "permission denied for table alembic_version" in text


def test_the_owner_has_too_many_privileges(granted, usable):
    ((code, text),) = problems(doctor(granted, status=1, POSTGRES_URI_CORE=granted.uri("core", "owner"), **usable))
    assert code == "rights-beyond" and "the role owner: it owns" in text


def test_a_superuser_has_too_many_privileges(granted, usable):
    found = problems(doctor(granted, status=1, POSTGRES_URI_CORE=granted.uri("core", "postgres"), **usable))
    assert ("rights-beyond", "the core database: the role postgres: it is a superuser") in found


@pytest.mark.parametrize("change, back, code, text", [
    ("REVOKE SELECT ON users FROM program", "GRANT SELECT ON users TO program", "rights-lacking", "it may not SELECT users"),
    ("REVOKE INSERT, DELETE ON orgd.sessions FROM program", "GRANT INSERT, DELETE ON orgd.sessions TO program", "rights-lacking",
     "it may not DELETE orgd.sessions"),
    ("GRANT DELETE ON orgd.audit TO program", "REVOKE DELETE ON orgd.audit FROM program", "rights-beyond",
     "it may DELETE orgd.audit, and does not need to"),
    ("GRANT UPDATE ON workflow_revisions TO PUBLIC", "REVOKE UPDATE ON workflow_revisions FROM PUBLIC", "rights-beyond",
     "it may UPDATE workflow_revisions, and does not need to"),
    ("GRANT CREATE ON SCHEMA public TO program", "REVOKE CREATE ON SCHEMA public FROM program", "rights-beyond",
     "it may create objects in the schema public"),
    ("REVOKE USAGE ON SCHEMA orgd FROM program", "GRANT USAGE ON SCHEMA orgd TO program", "database", "permission denied for schema orgd"),
    ("ALTER ROLE program CREATEROLE", "ALTER ROLE program NOCREATEROLE", "rights-beyond", "it has the attribute CREATEROLE"),
    ("GRANT EXECUTE ON FUNCTION orgd.record_changes() TO PUBLIC", "REVOKE EXECUTE ON FUNCTION orgd.record_changes() FROM PUBLIC",
     "rights-beyond", "it may use orgd.record_changes() in triggers of its own tables, and so run code as the role owner"),
    ("GRANT CREATE ON SCHEMA public TO reader", "REVOKE CREATE ON SCHEMA public FROM reader", "rights-beyond",
     "it would run functions that other roles may create in the schema public: reader"),
    ("GRANT pg_read_server_files TO program", "REVOKE pg_read_server_files FROM program", "rights-beyond", "it is a member of pg_read_server_files"),
])
def test_one_privilege_too_many_or_too_few(granted, usable, change, back, code, text):
    granted.pair.sql(change)
    try:
        found = problems(doctor(granted, status=1, **usable))
    finally:
        granted.pair.sql(back)
    assert [one for one in found if one[0] == code and text in one[1]], found


@pytest.mark.parametrize("keys, text", [
    ({"AGENTA_AUTH_KEY": "replace-me"}, "AGENTA_AUTH_KEY is the well-known default"),
    ({"AGENTA_CRYPT_KEY": "short"}, "AGENTA_CRYPT_KEY is shorter than 16 characters"),
    ({"ORGD_ADMIN_KEY": KEYS["AGENTA_AUTH_KEY"]}, "ORGD_ADMIN_KEY and AGENTA_AUTH_KEY are the same"),
])
def test_keys(granted, usable, keys, text):
    assert ("key", text) in problems(doctor(granted, status=1, **usable, **keys))


def test_kept_keys_and_the_directory(granted, folder):
    data = folder / "data"
    data.mkdir(mode=0o755)
    (data / "auth-key").write_text("0123456789abcdef\n")
    (data / "auth-key").chmod(0o644)
    setup = {name: value for name, value in KEYS.items() if name != "AGENTA_AUTH_KEY"}
    out, _ = granted.run("doctor", "--json", status=1, ORGD_DATA_DIR=str(data), **setup)
    assert problems(json.loads(out)["checks"]) == [
        ("data-directory", f"others may enter the data directory {data}: chmod 700 it"),
        ("key", f"AGENTA_AUTH_KEY is kept in {data}/auth-key, which others may read: chmod 600 it")]


def test_a_database_that_is_away(granted, usable):
    found = problems(doctor(granted, status=1, POSTGRES_URI_TRACING="postgresql://127.0.0.1:1/tracing", **usable))
    assert [code for code, _ in found] == ["database"] and "the tracing database" in found[0][1]


def test_the_private_cluster(make_server):
    server = make_server().start()
    server.superuser_sql("alter role orgd createdb")
    done = serving.subprocess.run([serving.PROGRAM, "doctor", "--json"], env=serving.clean_environment(ORGD_DATA_DIR=str(server.data)),
                                  capture_output=True, text=True)
    assert done.returncode == 1
    assert {text for _, text in problems(json.loads(done.stdout)["checks"])} == {
        f"the {name} database: the role orgd: it has the attribute CREATEDB" for name in ("core", "tracing")}
    server.superuser_sql("alter role orgd nocreatedb")
    done = serving.subprocess.run([serving.PROGRAM, "doctor"], env=serving.clean_environment(ORGD_DATA_DIR=str(server.data)),
                                  capture_output=True, text=True)
    assert (done.returncode, "problem" in done.stdout) == (0, False)


def test_a_server_with_the_granted_privileges(granted, make_server):
    """It serves with these privileges only; the owner runs migrations."""
    server = make_server(**granted.variables(), **KEYS).start()
    assert server.is_ready()
    headers = {"Authorization": f"Access {KEYS['ORGD_ADMIN_KEY']}"}
    answer = server.request("POST", "/admin/simple/accounts/", {"accounts": {"ann": {"user": {"email": "ann@acme.example"}}}}, headers)
    assert answer.status == 200
    with contextlib.closing(granted.connect("core", "reader")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orgd.audit")
        assert cursor.fetchone()[0] > 0
    with pytest.raises(AssertionError, match="permission denied|does not own|cannot carry this out"):
        granted.pair.run("migrate", "down", "--to", "agenta", POSTGRES_URI_CORE=granted.uri("core", "program"))


def test_one_address_for_migrations_alone(granted):
    _, err = granted.run("migrate", "status", status=2, ORGD_MIGRATION_URI_TRACING="")
    assert err == "orgd: ORGD_MIGRATION_URI_CORE is set and ORGD_MIGRATION_URI_TRACING is not; set both.\n"


@pytest.mark.parametrize("name", ["Program", "9lives", "a b", "x;drop", "n" * 64])
def test_names_of_roles(granted, name):
    _, err = granted.run("schema", "grants", "--program", name, status=2)
    assert "the name of a role must consist of a-z, 0-9 and _" in err


def test_grants_can_be_repeated(granted):
    granted.grant()
    with contextlib.closing(granted.connect("core", "program")) as connection, connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE orgd.mine (x int)")
