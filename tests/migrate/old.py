"""Databases as v0.103.5 left them, and their contents for comparison."""
import contextlib
import datetime
import gzip
import os
import re
import subprocess
import time

import scratch

DATABASES = scratch.TREE / "tests" / "reference" / "databases"
# The hazards of the upgrade from v0.103.5, and the opening of sign-up, in the form of options of `up`.
ACCEPTED = ("--allow", "DELETES_DATA", "--accept-open-signup")
# `make all-cases`: every case; `make test` takes a sample.
LONG = os.environ.get("MIGRATE_LONG") == "1"
FLOOR = {"core": "b3c4d5e6f7a9", "tracing": "d1e2f3a4b5c6"}


class Templates:
    """The reference databases, loaded once into a cluster; copies are made of them."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.loaded = {}

    def load(self, name):
        if name not in self.loaded:
            database = f"old{len(self.loaded)}"
            self.cluster.create(database)
            with gzip.open(DATABASES / f"{name}.sql.gz") as file:
                subprocess.run([scratch.postgres_programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.cluster.folder,
                                "-U", "postgres", database], input=file.read(), stdout=subprocess.DEVNULL, check=True)
            self.loaded[name] = database
        return self.loaded[name]

    def drop(self, *databases):
        with contextlib.closing(self.cluster.connect("postgres")) as connection, connection.cursor() as cursor:
            for database in databases:
                cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def copy(self, template, database):
        self.drop(database)
        with contextlib.closing(self.cluster.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def fill(self, pair, edition="oss", kind="empty"):
        """Replaces the databases of a pair by v0.103.5 databases."""
        self.copy(self.load(f"{edition}_core.v0.103.5.{kind}"), pair.core)
        self.copy(self.load(f"{edition}_tracing.v0.103.5.empty"), pair.tracing)
        return pair


def up(pair, *options, **more):
    return pair.run("migrate", "up", *ACCEPTED, *options, **more)


def down(pair, *options, core=FLOOR["core"], tracing=FLOOR["tracing"]):
    for revision in filter(None, (core, tracing)):
        pair.run("migrate", "down", "--to", revision, *options)


def reference(name):
    """A reference dump by its full name, without its header."""
    return scratch.without_header((scratch.REFERENCE / f"{name}.txt").read_text(encoding="utf-8"))


def shape(pair, database=None):
    return scratch.without_header(pair.dump(database))


def rows(pair, database=None, skip=()):
    """
    Every row of every logged table as text; all times at which the run wrote become the same. Unlogged tables contain only data
    about running processes.
    """
    days = [datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=n) for n in (0, 1)]
    now = re.compile("(?:" + "|".join(f"{day:%Y-%m-%d}" for day in days) + r") [0-9:.]+\+00")
    found = {}
    with contextlib.closing(pair.cluster.connect(database or pair.core)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                       " WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'")
        for (table,) in cursor.fetchall():
            if table not in skip:
                cursor.execute(f"SELECT (t.*)::text FROM {table} t")
                found[table] = sorted(now.sub("now", text) for (text,) in cursor.fetchall())
    return found


def state(pair, skip=()):
    """Both databases, whole."""
    return [(shape(pair, database), rows(pair, database, skip)) for database in (pair.core, pair.tracing)]


def same(got, want):
    """Compares two results of `state`, or parts of them, and shows the differences."""
    for (shape_got, rows_got), (shape_want, rows_want) in zip(got, want, strict=True):
        assert shape_got == shape_want
        different = {table: ([row for row in rows_got.get(table, []) if row not in rows_want.get(table, [])],
                             [row for row in rows_want.get(table, []) if row not in rows_got.get(table, [])])
                     for table in {*rows_got, *rows_want} if rows_got.get(table) != rows_want.get(table)}
        assert not different, different
    return True


def members(pair):
    """{(place, scope, email): role}; each pair of user and scope once."""
    found = pair.sql("""
        SELECT 'organization', o.name, u.email, m.role
          FROM organization_members m JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
         UNION ALL
        SELECT 'workspace', w.name, u.email, m.role
          FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id JOIN users u ON u.id = m.user_id
         UNION ALL
        SELECT 'project', p.project_name, u.email, m.role
          FROM project_members m JOIN projects p ON p.id = m.project_id JOIN users u ON u.id = m.user_id""")
    table = {(place, scope, email): role for place, scope, email, role in found}
    assert len(table) == len(found), "somebody is a member of one place twice"
    return table


def wait(condition, seconds=30):
    """Waits until a condition becomes true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)
