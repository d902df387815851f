"""Problems with the role, the encoding or a name in the database are found before anything is changed."""
import json
import os
import pty

import old
import pytest
import scratch

TABLES = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"


@pytest.fixture
def owned(make_old):
    """Used databases that belong to a role without privileges, and how that role connects."""
    pair = make_old("oss", "livedin")
    databases = (pair.core, pair.tracing)
    pair.sql("DROP ROLE IF EXISTS agenta_owner, somebody; CREATE ROLE agenta_owner LOGIN; CREATE ROLE somebody")
    for database in databases:
        for table, in pair.sql(TABLES, database=database):
            pair.sql(f"ALTER TABLE {table} OWNER TO agenta_owner", database=database)
        for name, in pair.sql("SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'", database=database):
            pair.sql(f"ALTER TYPE {name} OWNER TO agenta_owner", database=database)
        pair.sql(f'ALTER DATABASE "{database}" OWNER TO agenta_owner', database=database)
    pair.uris = {name: pair.cluster.uri(database).replace("postgres@", "agenta_owner@")
                 for name, database in zip(("POSTGRES_URI_CORE", "POSTGRES_URI_TRACING"), databases, strict=True)}
    yield pair
    for database in (*databases, "postgres"):
        pair.sql("REASSIGN OWNED BY agenta_owner, somebody TO postgres; DROP OWNED BY agenta_owner, somebody", database=database)
    pair.sql("DROP ROLE agenta_owner, somebody")


def test_the_owner_needs_nothing_else(owned):
    before = old.state(owned)
    assert [one["lacks"] for one in json.loads(owned.run("migrate", "plan", "--json", **owned.uris)[0])["databases"]] == [None, None]
    old.up(owned, **owned.uris)
    owned.run("migrate", "down", "--to", old.FLOOR["core"], **owned.uris)
    owned.run("migrate", "down", "--to", old.FLOOR["tracing"], **owned.uris)
    assert old.same(old.state(owned), before)


@pytest.mark.parametrize("database, change, what", [
    ("core", "ALTER TABLE app_db OWNER TO somebody", "it does not own app_db (somebody does)"),
    ("core", "ALTER TABLE projects OWNER TO somebody; ALTER TYPE templatetype OWNER TO somebody",
     "it does not own projects (somebody does), templatetype (somebody does)"),
    ("core", "ALTER TABLE alembic_version OWNER TO postgres", "it does not own alembic_version (postgres does)"),
    ("tracing", "ALTER TABLE spans OWNER TO somebody", "it does not own spans (somebody does)"),
    ("core", "ALTER DATABASE \"{core}\" OWNER TO postgres", "it may not create anything in the schema public; it may not create schemas in the"
     " database"),
    ("core", "REVOKE TEMPORARY ON DATABASE \"{core}\" FROM PUBLIC, agenta_owner", "it may not create temporary tables"),
    ("core", "ALTER TABLE project_invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
     "row-level security hides rows of project_invitations from it"),
], ids=["table", "type", "version", "tracing", "database", "temporary", "rows"])
def test_missing_privileges_are_reported_before_any_change(owned, database, change, what):
    owned.sql(change.format(core=owned.core), database=getattr(owned, database))
    if "OWNER TO" in change:
        owned.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO agenta_owner", database=getattr(owned, database))
    before = old.state(owned)
    sentence = f"the role agenta_owner cannot carry this out: {what}"
    if "SECURITY" in change:  # the plan would not see all rows either
        assert owned.run("migrate", "plan", status=3, **owned.uris)[1].strip() == f"orgd: the {database} database: {sentence}."
    else:
        out, _ = owned.run("migrate", "plan", **owned.uris)
        assert f"{database} database: {sentence}; run it as one that can.\n" in out
    _, err = old.up(owned, status=3, **owned.uris)
    assert err.strip() == f"orgd: the {database} database: {sentence}."
    assert old.same(old.state(owned), before)
    old.up(owned)


def test_a_plan_without_select_names_the_missing_privileges(owned):
    owned.sql("ALTER TABLE app_db OWNER TO somebody")
    _, err = owned.run("migrate", "plan", status=3, **owned.uris)
    assert "the role agenta_owner cannot carry this out: it does not own app_db (somebody does)" in err and err.count("\n") == 1


def test_the_way_down_needs_the_same(owned):
    old.up(owned, **owned.uris)
    owned.sql("ALTER TABLE organization_members OWNER TO somebody")
    before = old.state(owned)
    _, err = owned.run("migrate", "down", "--to", old.FLOOR["core"], status=3, **owned.uris)
    assert "it does not own organization_members (somebody does)" in err and err.count("\n") == 1
    assert old.same(old.state(owned), before)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_another_encoding_is_refused(make_pair, encoding):
    pair = make_pair("oss")
    pair.cluster.drop(pair.core)
    pair.sql(f"CREATE DATABASE \"{pair.core}\" TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'", database="postgres")
    for command in (("up",), ("plan",)):
        _, err = pair.run("migrate", *command, status=3)
        assert f"has the encoding {encoding}, and this version needs UTF8" in err and err.count("\n") == 1
    assert pair.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]


def on_a_terminal(pair, *arguments):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(scratch.PROGRAM, ["orgd", *arguments], {**pair.environment(), "TERM": "xterm"})
    shown = b""
    try:
        while chunk := os.read(terminal, 65536):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    return shown.decode()


def test_control_characters_in_names_are_escaped(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("UPDATE users SET email = E'ada\\x1b[2J\\x1b[Hfaked@\\u009b1mexample.com' WHERE email = 'noinvite@example.com';"
             "UPDATE projects SET project_name = E'P\\n\\nTo do this: rm \\x1b[8m\\u202e' WHERE organization_id IS NULL;"
             "CREATE VIEW \"\x1b[2Jview\" AS SELECT id FROM app_db")
    piped = pair.run("migrate", "plan")[0]
    for shown in (piped, on_a_terminal(pair, "migrate", "plan")):
        assert "faked@" in shown and "\nTo do this: rm" not in shown
        assert not {"\x1b", "\u009b", "\u202e"} & set(shown)
    old.up(pair)
    assert "\x1b" not in on_a_terminal(pair, "migrate", "purge")
    shown = on_a_terminal(pair, "schema", "dump", pair.cluster.uri(pair.core))
    assert "\x1b" not in shown and "VIEW public.organizations" not in shown and "## CONSTRAINTS" in shown
