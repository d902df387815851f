"""The statements of all modules against the real schema: each can be prepared, and those that revoke access are marked."""
import contextlib
import re
import sys

import pytest
import serving

sys.path.insert(0, str(serving.TREE / "tools"))
import sql2c  # noqa: E402  (the build's own reader of the .sql files)

FILES = sorted((serving.TREE / "src").rglob("*.sql"))
ENTERPRISE = {name for path in FILES if path.parent.name == "enterprise" for name, *_ in sql2c.parse(path)}
STATEMENTS = {name: (sql, revokes) for path in FILES for name, _, sql, revokes in sql2c.parse(path)}

# Tables that cached decisions depend on.
DECISIVE = {
    "users": {"id"},
    "organizations": {"id", "owner_id"},
    "workspaces": {"id", "organization_id"},
    "projects": {"id", "workspace_id", "organization_id"},
    "organization_members": {"user_id", "organization_id", "role"},
    "workspace_members": {"user_id", "workspace_id", "role"},
    "project_members": {"user_id", "project_id", "role"},
    "api_keys": {"hashed_key", "project_id", "created_by_id", "expiration_date"},
    "orgd.sessions": {"handle", "login_id", "user_id"},
    "orgd.signing_keys": {"kid", "private_key", "valid_until"},
}


def without_comments(sql):
    return re.sub(r"--[^\n]*", "", sql)


def without_brackets(sql):
    """The text without the contents of round brackets."""
    while (shorter := re.sub(r"\([^()]*\)", "~", sql)) != sql:
        sql = shorter
    return sql


def takes_away(sql):
    """Whether a statement deletes or changes rows that a cached decision depends on."""
    sql = without_comments(sql)
    for table in re.findall(r"\bDELETE\s+FROM\s+([\w.]+)", sql, re.I):
        if table in DECISIVE:
            return True
    for found in re.finditer(r"(?<!KEY )\bUPDATE\s+([\w.]+)(?:\s+\w+)?\s+SET\s", sql, re.I):
        rest = sql[found.end():]
        depth = 0
        for place, character in enumerate(rest):  # a statement inside WITH ends with its bracket
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                rest = rest[:place]
                break
        assignments = re.split(r"\b(?:FROM|WHERE|RETURNING)\b", without_brackets(rest), maxsplit=1)[0]
        columns = {part.split("=")[0].strip() for part in assignments.split(",")}
        if columns & DECISIVE.get(found.group(1), set()):
            return True
    return False


@pytest.fixture(scope="module")
def connection(server):
    connection = server.connect()
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def enterprise(cluster):
    pair = cluster.pair("ee")
    pair.run("migrate", "up")
    with contextlib.closing(cluster.connect(pair.core)) as connection:
        yield connection


@pytest.mark.parametrize("name", STATEMENTS)
def test_prepares(name, request):
    connection = request.getfixturevalue("enterprise" if name in ENTERPRISE else "connection")
    if re.match(r"\s*(CREATE|ALTER|DROP)\b", without_comments(STATEMENTS[name][0])):  # cannot be prepared, so it runs and is rolled back
        with connection.cursor() as cursor:
            cursor.execute("BEGIN; " + STATEMENTS[name][0] + "; ROLLBACK")
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {STATEMENTS[name][0]}")
        cursor.execute("SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = %s", (name,))
        (types,), = cursor.fetchall()
    assert "unknown" not in types


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements_that_revoke_access_are_marked(name):
    sql, revokes = STATEMENTS[name]
    # idempotency_find may return the answer of a removal; the sessions of a deleted login are deleted by its foreign key.
    assert revokes == (takes_away(sql) or name in ("idempotency_find", "account_planted_end"))


@pytest.mark.parametrize("sql,away", [
    ("DELETE FROM api_keys WHERE id = $1", True), ("DELETE FROM orgd.sessions WHERE id = $1", True),
    ("DELETE FROM orgd.archive WHERE id = $1", False),
    ("UPDATE users SET username = $1, updated_at = now() WHERE id = $2", False),
    ("UPDATE organizations SET name = coalesce($1, name), owner_id = $2 WHERE id = $3", True),
    ("WITH x AS (UPDATE projects p SET workspace_id = $1 WHERE id = $2) SELECT 1", True),
    ("WITH x AS (UPDATE projects p SET project_name = $1) UPDATE users SET username = $2 WHERE id = $3", False),
    ("SELECT id FROM projects FOR NO KEY UPDATE", False),
    ("UPDATE api_keys SET updated_at = (SELECT max(expiration_date) FROM api_keys) WHERE id = $1", False)])
def test_recognizing_statements_that_revoke_access(sql, away):
    assert takes_away(sql) is away


def test_the_database_notifies_the_other_servers(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN n.nspname = 'orgd' THEN 'orgd.' ELSE '' END || c.relname, pg_get_triggerdef(t.oid)"
                       " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                       " WHERE t.tgname LIKE 'orgd_notify_%'")
        triggers = cursor.fetchall()
    for table, columns in DECISIVE.items():
        definitions = [text for name, text in triggers if name == table]
        assert [text for text in definitions if "AFTER DELETE" in text], table
        assert [text for text in definitions if "AFTER TRUNCATE" in text], table
        (update,) = [text for text in definitions if "AFTER UPDATE" in text]
        for column in columns:
            assert re.search(rf"\bold\.{column}\b", update, re.I), f"{table}.{column}"
