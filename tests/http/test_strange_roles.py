"""Roles that may connect to the database, and only read or not even that: what they plant, forge and lock."""
import collections
import contextlib
import pathlib
import random
import re
import select
import shutil
import socket
import threading
import time

import client
import psycopg2
import pytest
import revocation
import roles
import serving

KEYS = {"AGENTA_AUTH_KEY": "a" * 32, "AGENTA_CRYPT_KEY": "c" * 32}
DELAY_S = 0.4  # its lease still goes on


class SlowWire:
    """A socket in front of the database that delays its answers to the connection with the given name."""

    def __init__(self, database, name):
        self.database, self.name = f"{database}/.s.PGSQL.5432", name
        self.folder = serving.make_folder()
        self.delay_s = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/.s.PGSQL.5432")
        pathlib.Path(f"{self.folder}/.s.PGSQL.5432").chmod(0o777)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.carry, args=(self.listener.accept()[0],), daemon=True).start()

    def carry(self, ours):
        theirs = socket.socket(socket.AF_UNIX)
        theirs.connect(self.database)
        first = ours.recv(65536)
        theirs.sendall(first)
        waiting = collections.deque()
        with contextlib.suppress(OSError), ours, theirs:
            while True:
                left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
                for ready in select.select([ours, theirs], [], [], left)[0]:
                    piece = ready.recv(65536)
                    if not piece:
                        return
                    if ready is ours:
                        theirs.sendall(piece)
                    else:
                        waiting.append((time.monotonic() + (self.delay_s if self.name in first else 0), piece))
                while waiting and waiting[0][0] <= time.monotonic():
                    ours.sendall(waiting.popleft()[1])

    def close(self):
        self.listener.close()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def setup(cluster):
    return roles.maker(cluster)("oss")


@pytest.fixture(scope="module")
def wire(setup):
    wire = SlowWire(setup.pair.cluster.folder, b"orgd listener")
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def servers(setup, wire):
    """Two servers as the program; the second one hears of changes over the slow wire."""
    variables = {name: value for name, value in setup.variables(**KEYS).items() if not name.startswith("ORGD_MIGRATION")}
    slow = {name: value.replace(str(setup.pair.cluster.folder), str(wire.folder)) for name, value in variables.items()}
    made = [serving.Server(**settings).start() for settings in (variables, slow)]
    yield made
    for server in made:
        server.close()


@pytest.fixture
def alice(servers):
    return client.make_accounts(client.Api(servers[0].url, f"Access {KEYS['AGENTA_AUTH_KEY']}"), "alice")[0]


@pytest.fixture(params=["reader", "program"])
def role(setup, request):
    with contextlib.closing(setup.connect("core", request.param)) as connection, connection.cursor() as cursor:
        yield cursor


def test_forged_notifications_confirm_nothing(setup, servers, wire, alice):
    """A process confirms a generation only after it has emptied its cache for it, whatever others have announced."""
    with contextlib.closing(setup.connect("core", "reader")) as connection, connection.cursor() as cursor:
        cursor.execute("NOTIFY orgd_access, '9223372036854775807'")
    allowed = 0
    asking = revocation.Wire(servers[1].port)
    wire.delay_s = DELAY_S
    for number in range(15):
        key = alice.ok("POST", "/keys/")
        serving.wait_for("it is remembered", lambda key=key: [asking.ask(f"ApiKey {key}") for _ in range(2)] == [200, 200])
        time.sleep(number * 0.1)
        asking.ask(f"ApiKey {key}")
        assert alice.delete(f"/keys/{key[:8]}").status_code == 200
        allowed += [asking.ask(f"ApiKey {key}") for _ in range(10)].count(200)
    wire.delay_s = 0
    asking.close()
    assert allowed == 0


def test_what_notifies_nobody_counts_after_a_while(setup, servers, alice):
    """As when a backup is restored without triggers."""
    key = alice.ok("POST", "/keys/")
    asking = revocation.Wire(servers[0].port)
    serving.wait_for("it is remembered", lambda: [asking.ask(f"ApiKey {key}") for _ in range(2)] == [200, 200])
    setup.pair.sql("SET session_replication_role = replica; DELETE FROM api_keys WHERE prefix = %s", (key[:8],))
    begun = time.monotonic()
    serving.wait_for("it is refused", lambda: asking.ask(f"ApiKey {key}") == 401, 15)
    assert time.monotonic() - begun < 11
    asking.close()


PLANTED = """
    CREATE TYPE pg_temp.letter AS ENUM ('a');
    CREATE FUNCTION pg_temp.run(pg_temp.letter) RETURNS json LANGUAGE plpgsql AS
        $$ BEGIN DELETE FROM public.users; RETURN '{}'; END $$;
    CREATE CAST (pg_temp.letter AS json) WITH FUNCTION pg_temp.run(pg_temp.letter);
    CREATE TEMPORARY TABLE mine (id uuid, letter pg_temp.letter);
    CREATE TRIGGER mine AFTER INSERT ON mine REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION orgd.FUNCTION();
    INSERT INTO mine VALUES (gen_random_uuid(), 'a')"""


@pytest.mark.parametrize("temporary", [True, False], ids=["temporary tables", "no temporary tables"])
@pytest.mark.parametrize("function", ["record_changes", "record_sessions", "follow_user", "follow_invitation", "follow_project"])
def test_no_role_runs_code_as_the_owner(setup, role, function, temporary):
    """The functions of triggers run as the owner of the tables, on the tables that the owner made triggers on."""
    if temporary:
        setup.pair.sql(f'GRANT TEMPORARY ON DATABASE "{setup.pair.core}" TO PUBLIC')
    try:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="permission denied for (function|database|schema pg_temp)|temporary tables"):
            role.execute(PLANTED.replace("FUNCTION()", f"{function}()"))
    finally:
        setup.grant()


def test_every_function_with_the_rights_of_its_owner_is_known(setup):
    found = setup.pair.sql("SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                           " WHERE prosecdef AND nspname IN ('orgd', 'public') AND has_function_privilege('reader', p.oid, 'EXECUTE')")
    assert found == []


def test_the_reader_locks_no_row_that_servers_wait_for(setup):
    with contextlib.closing(setup.connect("core", "reader")) as connection, connection.cursor() as cursor:
        for attempt in ("SELECT FROM orgd.locks FOR UPDATE", "SELECT FROM orgd.locks FOR KEY SHARE", "LOCK TABLE orgd.locks IN SHARE MODE"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"BEGIN; {attempt}")
            cursor.execute("ROLLBACK")


def test_servers_wait_for_no_advisory_lock():
    """Every role may take one, and keep it."""
    taken = {path.name for path in (serving.TREE / "src").rglob("*.sql") if re.search(r"pg_(try_)?advisory_\w*lock\(", path.read_text())}
    assert taken == {"migrate.sql"}  # commands take it; the message names who has it


def test_the_locks_of_servers_have_their_rows(setup):
    assert setup.pair.sql("SELECT count(*), count(*) FILTER (WHERE name LIKE 'account %') FROM orgd.locks") == [(67, 64)]
    for _ in range(20):
        assert setup.pair.sql("SELECT count(*) FROM orgd.locks WHERE name = 'account ' || (hashtextextended(%s, 0) & 63)",
                              (str(random.random()),)) == [(1,)]
