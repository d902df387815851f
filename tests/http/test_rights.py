"""The privileges of the program's database role: enough for every statement, and no others."""
import contextlib
import re

import psycopg2
import pytest
import roles
from test_statements import ENTERPRISE, FILES, STATEMENTS, sql2c, without_comments

# Statements of migrations and of the schema reader run as the owner.
ASKED_BEFORE = {"reseal_secrets", "audit_prune"}  # the command runs it where the role may, or as the owner
SERVING = [name for path in FILES if path.parts[-2] not in ("migrate", "schema")
           for name, *_ in sql2c.parse(path)
           if name not in ENTERPRISE | ASKED_BEFORE and not re.match(r"\s*(CREATE|ALTER|DROP)\b", without_comments(STATEMENTS[name][0]))]


@pytest.fixture(scope="module")
def program(server, program_role):
    """A connection of the program's role."""
    with contextlib.closing(psycopg2.connect(host=str(server.data), user=program_role, dbname="agenta_oss_core")) as connection:
        connection.autocommit = True
        yield connection


def explain(connection, name):
    """Has a statement planned and its privileges checked, without running it."""
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {STATEMENTS[name][0]}")
        cursor.execute("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = %s", (name,))
        ((count,),) = cursor.fetchall()
        cursor.execute(f"EXPLAIN EXECUTE {name}" + (f"({', '.join(['NULL'] * count)})" if count else ""))


@pytest.mark.parametrize("name", SERVING)
def test_the_program_may_run(program, name):
    explain(program, name)


@pytest.fixture(scope="module")
def enterprise(make_roles):
    with contextlib.closing(make_roles("ee").connect("core", "program")) as connection:
        yield connection


@pytest.mark.parametrize("name", sorted(ENTERPRISE))
def test_the_program_of_the_enterprise_edition_may_run(enterprise, name):
    explain(enterprise, name)


@pytest.mark.parametrize("attempt", [
    "DROP TABLE api_keys", "TRUNCATE orgd.sessions", "ALTER TABLE users DISABLE TRIGGER ALL", "CREATE TABLE public.mine (x int)",
    "CREATE TABLE orgd.mine (x int)", "CREATE SCHEMA mine", "DELETE FROM orgd.audit", "INSERT INTO orgd.audit (actor, action, object) VALUES ('user', 'create', 'users')",
    "DELETE FROM orgd.audit_seals", "UPDATE orgd.audit_seals SET seal_no = 0", "INSERT INTO orgd.audit_anchors VALUES (1, '', 1)",
    "SELECT orgd.audit_prune(1, 1)", "UPDATE orgd.audit SET actor = 'admin'",
    "UPDATE orgd.orgd_version SET version_num = 'x'", "DELETE FROM workflow_revisions", "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'"])
def test_the_program_may_not(program, attempt):
    with program.cursor() as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(psycopg2.Error) as refusal:
            cursor.execute(attempt)
        cursor.execute("ROLLBACK")
    assert refusal.value.pgcode == "42501"


SECRETS = ["api_keys", "project_invitations", "orgd.logins", "orgd.sessions", "orgd.signing_keys", "orgd.outbox", "orgd.codes",
           "orgd.password_resets", "orgd.idempotency"]


@pytest.mark.parametrize("table, readable", [("users", True), ("orgd.audit", True)] + [(name, False) for name in SECRETS])
def test_the_readers_role_sees_no_secret(make_roles, table, readable):
    with contextlib.closing(make_roles("oss").connect("core", "reader")) as connection, connection.cursor() as cursor:
        if readable:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return
        with pytest.raises(psycopg2.Error) as refusal:
            cursor.execute(f"SELECT count(*) FROM {table}")
        assert refusal.value.pgcode == "42501"


@pytest.fixture(scope="module")
def make_roles(cluster):
    return roles.maker(cluster)


def test_old_rows_of_the_audit_are_removed_by_the_owner(make_roles):
    made = make_roles("oss")
    assert made.run("audit", "prune", "--older-than", "1") == ("Removed 0 rows.\n", "")
    _, err = made.run("audit", "prune", "--older-than", "1", status=3, ORGD_MIGRATION_URI_CORE="")
    assert "permission denied" in err
    assert "The chain is whole." in made.run("audit", "verify")[0]
