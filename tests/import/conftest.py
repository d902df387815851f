"""Fixtures for imports: a login database of the other server, and a core database to import into."""
import contextlib
import uuid

import pytest

# The newest version, with every column. Older ones are made by dropping some.
TABLES = """
CREATE TABLE emailpassword_users (
    app_id varchar(64) NOT NULL DEFAULT 'public', user_id char(36) NOT NULL, email varchar(256) NOT NULL,
    password_hash varchar(256) NOT NULL, time_joined bigint NOT NULL, PRIMARY KEY (app_id, user_id));
CREATE TABLE passwordless_users (
    app_id varchar(64) NOT NULL DEFAULT 'public', user_id char(36) NOT NULL, email varchar(256), phone_number varchar(256),
    time_joined bigint NOT NULL, PRIMARY KEY (app_id, user_id));
CREATE TABLE thirdparty_users (
    app_id varchar(64) NOT NULL DEFAULT 'public', third_party_id varchar(28) NOT NULL, third_party_user_id varchar(256) NOT NULL,
    user_id char(36) NOT NULL, email varchar(256) NOT NULL, time_joined bigint NOT NULL, PRIMARY KEY (app_id, user_id));
CREATE TABLE userid_mapping (
    app_id varchar(64) NOT NULL DEFAULT 'public', supertokens_user_id char(36) NOT NULL, external_user_id varchar(128) NOT NULL,
    PRIMARY KEY (app_id, supertokens_user_id));
"""


class Logins:
    """A login database in a cluster."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name
        cluster.create(name)
        self.sql(TABLES)

    @property
    def uri(self):
        return self.cluster.uri(self.name)

    def sql(self, text, parameters=None):
        with contextlib.closing(self.cluster.connect(self.name)) as connection, connection.cursor() as cursor:
            cursor.execute(text, parameters)
            return cursor.fetchall() if cursor.description else []

    def _add(self, table, **values):
        values = {"user_id": str(uuid.uuid4()), "time_joined": 1781269865123, **values}
        self.sql(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})", list(values.values()))
        return values["user_id"]

    def password(self, email, password_hash, **more):
        return self._add("emailpassword_users", email=email, password_hash=password_hash, **more)

    def code(self, email, **more):
        return self._add("passwordless_users", email=email, **more)

    def social(self, email, provider, subject, **more):
        return self._add("thirdparty_users", email=email, third_party_id=provider, third_party_user_id=subject, **more)


@pytest.fixture
def logins(cluster):
    return Logins(cluster, "predecessor_logins")
