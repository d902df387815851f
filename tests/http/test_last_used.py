"""The last use of API keys and sessions: written once a minute, and at shutdown."""
import time

import client
import pytest
import serving
import sessions


@pytest.fixture
def server():
    made = serving.Server().start()
    yield made
    made.close()


@pytest.fixture
def admin(server):
    return client.Api(server.url, f"Access {server.auth_key}")


def used(server, account):
    return server.sql("SELECT extract(epoch FROM updated_at) FROM api_keys WHERE prefix = %s", [account.prefix])[0][0]


def restart(server):
    assert server.stop() == 0
    server.start()


def listen(server):
    connection = server.connect()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN orgd_access")
    return connection


def heard(connection):
    connection.poll()
    return len(connection.notifies)


def test_a_key_that_was_used(server, admin):
    """Also by requests answered from the cache. It is not a change in the audit."""
    alice, bob = client.make_accounts(admin, "alice", "bob")
    key, = server.sql("SELECT id::text FROM api_keys WHERE prefix = %s", [alice.prefix])[0]
    before = used(server, bob)
    alice.ok("GET", "/keys")
    time.sleep(0.3)
    last = time.time()
    for _ in range(5):
        alice.ok("GET", "/keys")
    assert used(server, alice) < last  # not with each request
    restart(server)
    assert last <= used(server, alice) <= time.time()
    assert used(server, bob) == before
    assert server.sql("SELECT action FROM orgd.audit WHERE object_id = %s", [key]) == [("create",)]
    shown, = client.Api(server.url, alice.authorization).ok("GET", "/keys")
    assert shown["last_used_at"] > shown["created_at"]


def test_recording_a_use_sends_no_notification(server, admin):
    alice, = client.make_accounts(admin, "alice")
    session = sessions.sign_up(server.url)
    listening = listen(server)
    server.sql("UPDATE api_keys SET updated_at = now() WHERE prefix = %s", [alice.prefix])
    server.sql("UPDATE orgd.sessions SET seen_at = now() WHERE handle = %s", [session.handle])
    time.sleep(0.2)
    assert heard(listening) == 0
    listening.close()


def test_a_recorded_time_never_goes_back(server, admin):
    alice, = client.make_accounts(admin, "alice")
    alice.ok("GET", "/keys")
    server.sql("UPDATE api_keys SET updated_at = now() + interval '1 hour' WHERE prefix = %s", [alice.prefix])
    later = used(server, alice)
    restart(server)
    assert used(server, alice) == later


def test_a_session_that_was_used(server):
    session = sessions.sign_up(server.url)
    time.sleep(0.3)
    last = time.time()
    session.ok("GET", "/profile")
    restart(server)
    assert float(server.sql("SELECT extract(epoch FROM seen_at) FROM orgd.sessions WHERE handle = %s", [session.handle])[0][0]) >= last


@pytest.mark.skipif("not __import__('os').environ.get('LONG')", reason="waits a minute")
def test_uses_are_written_once_a_minute(server, admin):
    alice, = client.make_accounts(admin, "alice")
    last = time.time()
    alice.ok("GET", "/keys")
    serving.wait_for("it was written", lambda: used(server, alice) >= last, 70)
    assert time.time() - last > 1


def test_many_keys_at_once(server, admin):
    """One statement is not enough for them."""
    body = {"accounts": {f"a{number}": {"user": {"email": f"a{number}@many.example"}} for number in range(300)}}
    accounts = [client.Account(server.url, entry) for entry in admin.ok("POST", "/admin/simple/accounts/", body)["accounts"].values()]
    last = time.time()
    for account in accounts:
        account.ok("GET", "/keys")
    restart(server)
    assert server.sql("SELECT count(*) FROM api_keys WHERE updated_at >= to_timestamp(%s)", [last]) == [(300,)]
