"""Databases set up as in docs/operations.md: an owner, the program's role, and a role that only reads."""
import contextlib
import functools

import psycopg2


class Roles:
    """A pair of databases of the scratch cluster, migrated by the owner."""

    def __init__(self, cluster, edition="oss"):
        self.pair = cluster.pair(edition)
        existing = {name for (name,) in self.pair.sql("SELECT rolname FROM pg_roles")}
        for role in ("owner", "program", "reader"):
            if role not in existing:
                self.pair.sql(f"CREATE ROLE {role} LOGIN")
        for database in (self.pair.core, self.pair.tracing):
            self.pair.sql(f'ALTER DATABASE "{database}" OWNER TO owner')
        self.run("migrate", "up")

    def uri(self, database, role):
        return self.pair.cluster.uri(getattr(self.pair, database)).replace("//postgres@", f"//{role}@")

    def variables(self, **extra):
        return {"ORGD_MIGRATION_URI_CORE": self.uri("core", "owner"), "ORGD_MIGRATION_URI_TRACING": self.uri("tracing", "owner"),
                "POSTGRES_URI_CORE": self.uri("core", "program"), "POSTGRES_URI_TRACING": self.uri("tracing", "program"), **extra}

    def run(self, *arguments, status=0, **extra):
        return self.pair.run(*arguments, status=status, **self.variables(**extra))

    def connect(self, database, role):
        connection = psycopg2.connect(host=str(self.pair.cluster.folder), user=role, dbname=getattr(self.pair, database))
        connection.autocommit = True
        return connection

    def grant(self):
        grants, _ = self.run("schema", "grants", "--program", "program", "--reader", "reader")
        for database in ("core", "tracing"):
            with contextlib.closing(self.connect(database, "owner")) as connection, connection.cursor() as cursor:
                cursor.execute(grants)
        return self


def maker(cluster):
    """Makes one for each edition, with the rights granted."""
    return functools.cache(lambda edition: Roles(cluster, edition).grant())
