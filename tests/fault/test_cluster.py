"""The private cluster: whatever process is killed at whatever time, the data survives and the next start works."""
import os
import pathlib
import re
import signal
import subprocess
import time

import psycopg2
import pytest
import serving
from serving import gone, wait_for


# When root starts orgd, PostgreSQL runs as another user. In the other tests both run as one user.
USERS = {"ORGD_RUN_AS": "nobody"} if serving.ROOT else {}


def write(server, number):
    server.sql("create table if not exists kept (number integer primary key)")
    server.sql("insert into kept values (%s)", (number,))


def kept(server):
    return [row[0] for row in server.sql("select number from kept order by number")]


@pytest.fixture(scope="module")
def seed():
    """A stopped server whose cluster is made."""
    server = serving.Server(**USERS).start()
    assert server.stop() == 0
    yield server
    server.close()


@pytest.fixture
def server(seed):
    """The module's server, running again; each test starts with an empty table."""
    seed.start()
    seed.sql("drop table if exists kept")
    yield seed
    if seed.process.poll() is None:
        seed.stop()


def test_stop_stops_the_cluster_too(server):
    postmaster = server.postmaster
    assert server.stop() == 0
    assert gone(postmaster)
    assert not (server.data / "postgresql" / "postmaster.pid").exists()
    assert "database system is shut down" in (server.data / "postgresql.log").read_text(encoding="utf-8")


def test_interrupt_stops_in_order(server):
    assert server.stop(signal.SIGINT) == 0
    assert server.postmaster is None


def test_hangup_changes_nothing(server):
    server.process.send_signal(signal.SIGHUP)
    wait_for("it says so", lambda: "SIGHUP" in server.messages(), 5)
    assert server.is_ready()


def test_killed_orgd_takes_postgresql_with_it(server):
    write(server, 1)
    postmaster = server.postmaster
    server.kill()
    wait_for("PostgreSQL stopped by itself", lambda: gone(postmaster), 20)
    server.start()
    assert kept(server) == [1]


def test_killed_orgd_started_at_once(server):
    for number in range(5):
        write(server, number)
        server.kill()
        server.start()
    assert kept(server) == list(range(5))


def test_killed_orgd_started_at_once_while_a_client_holds_the_old_server(server):
    """A fast shutdown does not wait for clients, so an operator's open psql must not block the next start."""
    connection = server.connect()
    write(server, 1)
    server.kill()
    server.start()
    connection.close()
    assert kept(server) == [1]


def test_killed_postmaster_is_started_again(server):
    write(server, 1)
    postmaster = server.postmaster
    os.kill(postmaster, signal.SIGKILL)
    wait_for("there is another one", lambda: server.postmaster not in (None, postmaster))
    wait_for("it is ready", server.is_ready)
    assert kept(server) == [1]
    assert server.process.poll() is None


def test_postmaster_killed_again_and_again(server):
    for number in range(4):
        write(server, number)
        postmaster = server.postmaster
        os.kill(postmaster, signal.SIGKILL)
        wait_for("there is another one", lambda before=postmaster: server.postmaster not in (None, before))
        wait_for("it is ready", server.is_ready)
    assert kept(server) == list(range(4))


def test_postmaster_killed_while_a_backend_is_busy(server):
    """The busy backend does not notice the loss, and while it lives no new server can start."""
    write(server, 1)
    program = re.search(r".*/bin", os.readlink(f"/proc/{server.postmaster}/exe")).group(0) + "/psql"
    busy = subprocess.Popen([program, "-h", str(server.data), "-U", "orgd", "-c", "select count(*) from generate_series(1, 1000000000)", "agenta_oss_core"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for("the query runs", lambda: server.sql("select 1 from pg_stat_activity where query like 'select count(*) from generate%%'"), 10)
    postmaster = server.postmaster
    os.kill(postmaster, signal.SIGKILL)
    wait_for("there is another one", lambda: server.postmaster not in (None, postmaster), 15)
    wait_for("it is ready", server.is_ready)
    busy.wait(10)
    assert kept(server) == [1]


def test_requests_meanwhile_are_answered_503(server):
    postmaster = server.postmaster
    os.kill(postmaster, signal.SIGSTOP)  # so that it does not return while the test looks
    os.kill(postmaster, signal.SIGKILL)
    seen = set()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = server.admin("POST", "/admin/simple/accounts/", {"accounts": {}})
        seen.add(answer.status)
        assert server.request("GET", "/health").status == 200
        if answer.status != 503 and 503 in seen:
            break
    assert 503 in seen
    assert server.is_ready()


def test_both_killed(server):
    for number in range(3):
        write(server, number)
        os.kill(server.postmaster, signal.SIGKILL)
        server.kill()
        server.start()
    assert kept(server) == list(range(3))


def test_everything_killed_including_backends(server):
    """Like a power failure, as far as processes can imitate it."""
    write(server, 1)
    inside = str((server.data / "postgresql").resolve())
    server.kill()
    for entry in pathlib.Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(entry) == inside:
                os.kill(int(entry.parent.name), signal.SIGKILL)
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            pass
    server.start()
    assert kept(server) == [1]


def test_a_pid_file_with_a_reused_pid(server):
    """PostgreSQL itself would refuse: pids are reused, soonest in containers."""
    write(server, 1)
    postmaster = server.postmaster
    server.kill()
    wait_for("PostgreSQL stopped by itself", lambda: gone(postmaster), 20)
    (server.data / "postgresql" / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}/postgresql\n1\n5432\n..\n\n1 1\nready   \n", encoding="utf-8")
    server.start()
    assert kept(server) == [1]


def test_killed_during_the_first_start(folder):
    """At any point of the creation, the next start begins again or continues, and works."""
    for moment in (0.05, 0.3, 0.8, 1.4):
        server = serving.Server(folder=folder, **USERS)
        server.launch()
        time.sleep(moment)
        server.kill()
    server = serving.Server(folder=folder, **USERS).start()
    assert server.is_ready()
    assert not (server.data / "postgresql").with_name("postgresql.new").exists()
    assert not list(server.data.glob("cluster/postgresql.new"))
    assert server.stop() == 0


def copy_of(seed, folder, data="data"):
    """A stopped server with a copy of the seed's data directory, as `cp -a` makes it."""
    subprocess.run(["cp", "-a", str(seed.data), str(folder / data)], check=True)
    return serving.Server(folder=folder, ORGD_DATA_DIR=str(folder / data), **USERS)


def test_an_interrupted_creation_is_done_again(seed, folder):
    server = copy_of(seed, folder)
    inside = (server.data / "postgresql").resolve()
    inside.rename(inside.with_name("postgresql.new"))  # the state of a crash just before the last step
    server.start()
    assert server.is_ready()
    assert not inside.with_name("postgresql.new").exists()
    assert server.stop() == 0


def test_terminated_while_starting(folder):
    server = serving.Server(folder=folder, **USERS)
    server.launch()
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(10) != 0
    server.start()
    assert server.stop() == 0


def test_the_cluster_listens_only_on_a_private_socket(server):
    assert server.sql("show listen_addresses")[0][0] == ""
    assert server.sql("show data_checksums")[0][0] == "on"
    assert server.sql("show fsync")[0][0] == "on"
    socket = (server.data / ".s.PGSQL.5432").stat()
    assert socket.st_mode & 0o777 == (0o770 if USERS else 0o700)
    assert server.data.stat().st_mode & 0o777 == (0o710 if USERS else 0o700)
    assert server.sql("select current_user, getdatabaseencoding(), datcollate from pg_database where datname = current_database()") == [
        ("orgd", "UTF8", "C.UTF-8")]


ATTRIBUTES = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"


def test_the_program_is_no_superuser(server):
    """Its SQL reaches only its own tables, and no file, program or role."""
    assert server.sql(f"select {ATTRIBUTES} from pg_roles where rolname = current_user") == [(False,) * 5]
    assert server.sql("select count(*) from pg_auth_members where member = 'orgd'::regrole") == [(0,)]
    for attempt in ("copy (select 1) to program 'true'", "copy kept from '/etc/hostname'", "select pg_read_file('PG_VERSION')",
                    "alter role orgd superuser", "set session authorization postgres", "alter system set archive_mode = on",
                    "create role another", "create extension file_fdw", "update pg_authid set rolsuper = true",
                    "create function c() returns int language c as 'libc', 'getpid'"):
        write(server, 1) if attempt.startswith("copy kept") else None
        with pytest.raises(psycopg2.Error) as refusal:
            server.sql(attempt)
        assert refusal.value.pgcode == "42501", attempt


@pytest.mark.skipif(not serving.ROOT, reason="only root is another user than the owner")
def test_root_is_the_program_and_no_superuser(server):
    with pytest.raises(psycopg2.OperationalError, match="Peer authentication failed"):
        psycopg2.connect(host=str(server.data), user="postgres", dbname="postgres")
    assert server.superuser_sql("select current_user") == [("postgres",)]


def make_it_old(server):
    """The running cluster is changed to the form of earlier versions: the role orgd is the superuser that initdb made."""
    server.superuser_sql("create role other superuser; set session authorization other; alter role orgd rename to orgd_after;"
                         "alter role postgres rename to orgd; reset session authorization; drop role other")
    for database in ("agenta_oss_core", "agenta_oss_tracing", "postgres"):
        server.sql("reassign owned by orgd_after to orgd; drop owned by orgd_after", database=database)
    server.sql("drop role orgd_after")
    assert server.sql("select oid::int, rolname from pg_roles where rolname !~ '^pg_'") == [(10, "orgd")]
    assert server.stop() == 0
    ident = server.data / "postgresql" / "pg_ident.conf"
    ident.write_text(f'# Written by orgd at every start.\norgd "{ident.owner()}" orgd\norgd root orgd\n', encoding="utf-8")


def owners(server):
    """The owners of all objects in the database, except those of initdb and of extensions."""
    return server.sql("""select distinct owner::regrole::text from (
        select relowner, oid, 'pg_class'::regclass from pg_class where relkind <> 't' and relnamespace <> 'pg_toast'::regnamespace
        union all select proowner, oid, 'pg_proc'::regclass from pg_proc union all select nspowner, oid, 'pg_namespace'::regclass from pg_namespace
        union all select typowner, oid, 'pg_type'::regclass from pg_type) o (owner, oid, class)
        where oid >= 16384 and not exists (select from pg_depend d where d.deptype = 'e' and d.objid = o.oid and d.classid = o.class)
        and not exists (select from pg_type t join pg_depend d on d.objid = t.typelem and d.deptype = 'e' where t.oid = o.oid)""")


def test_a_cluster_of_an_earlier_version_is_converted(seed, folder):
    server = copy_of(seed, folder).start()
    write(server, 1)
    server.sql("create view seen as select * from kept; create type mood as enum ('good'); create domain word as text;"
               " create function f(mood) returns int language sql as 'select 1'; create materialized view m as select 1 as x;"
               " create sequence \"S s\"; create schema mine; create table mine.t (id serial)")
    make_it_old(server)
    server.start()
    assert server.sql("select oid::int, rolsuper from pg_roles where rolname = 'postgres'") == [(10, True)]
    assert server.sql(f"select {ATTRIBUTES} from pg_roles where rolname = 'orgd'") == [(False,) * 5]
    assert server.sql("select rolname from pg_roles where rolname ~ 'orgd' or rolname = 'other'") == [("orgd",)]
    assert set(server.sql("select datname, datdba::regrole::text from pg_database")) == {
        ("agenta_oss_core", "orgd"), ("agenta_oss_tracing", "orgd"), ("postgres", "postgres"), ("template0", "postgres"), ("template1", "postgres")}
    assert owners(server) == [("orgd",)]
    assert kept(server) == [1]
    assert server.admin("POST", "/admin/simple/accounts/", {"accounts": {"ann": {"user": {"email": "ann@acme.example"}}}}).status == 200
    assert "this cluster is of an earlier version" in server.messages()
    server.sql("insert into mine.t default values; drop view seen; drop function f(mood); drop type mood; drop schema mine cascade")
    assert server.stop() == 0
    before = len(server.messages())
    server.start()
    assert "earlier version" not in server.messages()[before:]
    assert server.stop() == 0


def test_killed_during_the_conversion(seed, folder):
    server = copy_of(seed, folder).start()
    write(server, 1)
    make_it_old(server)
    for moment in (0.12, 0.17, 0.22, 0.3, 0.4):
        server.launch()
        time.sleep(moment)
        server.kill()
    server.start()
    assert server.sql("select rolname from pg_roles where rolname !~ '^pg_' order by 1") == [("orgd",), ("postgres",)]
    assert owners(server) == [("orgd",)]
    assert kept(server) == [1]
    assert server.stop() == 0


def test_postgresql_gets_nothing_of_our_environment(server):
    environment = pathlib.Path(f"/proc/{server.postmaster}/environ").read_bytes()
    assert b"ORGD" not in environment and b"AGENTA" not in environment
    links = [os.readlink(entry) for entry in pathlib.Path(f"/proc/{server.postmaster}/fd").iterdir()]
    assert not [link for link in links if link.endswith(("orgd.lock", "orgd.log"))]


def test_a_path_too_long_for_a_socket(seed, folder):
    deep = folder / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    server = copy_of(seed, folder, f"{'a' * 60}/{'b' * 60}/data").start()
    try:
        assert server.is_ready()
        assert server.admin("POST", "/admin/simple/accounts/", {"accounts": {}}).status != 503
    finally:
        assert server.stop() == 0


def test_data_of_another_version(seed):
    version = seed.data / "postgresql" / "PG_VERSION"
    before = version.read_text(encoding="utf-8")
    try:
        version.write_text("9\n", encoding="utf-8")
        status, said = seed.refused()
        assert status == 3
        assert re.search(r"was made by PostgreSQL 9 and cannot be read by PostgreSQL \d+: install the package postgresql-9", said)
    finally:
        version.write_text(before, encoding="utf-8")


def test_data_that_is_no_cluster(seed):
    version = seed.data / "postgresql" / "PG_VERSION"
    hidden = version.with_suffix(".hidden")
    version.rename(hidden)
    try:
        status, said = seed.refused()
        assert status == 3
        assert "does not hold a PostgreSQL cluster" in said
    finally:
        hidden.rename(version)


def test_no_programs(seed):
    status, said = seed.refused(ORGD_POSTGRES_BIN="/nonexistent")
    assert status == 3
    assert "no PostgreSQL server programs (postgres, initdb) in /nonexistent" in said


def test_programs_by_name(seed):
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1].parent
    seed.start(ORGD_POSTGRES_BIN=str(programs))
    assert seed.stop() == 0


def test_an_impossible_setting_is_named(seed):
    """The message contains PostgreSQL's own last error."""
    settings = seed.data / "postgresql" / "postgresql.conf"
    before = settings.read_text(encoding="utf-8")
    try:
        settings.write_text(before + "\nshared_buffers = 'nonsense'\n", encoding="utf-8")
        status, said = seed.refused()
        assert status == 3
        assert re.search(r"PostgreSQL could not start: .*(shared_buffers|configuration file).*postgresql\.log", said)
    finally:
        settings.write_text(before, encoding="utf-8")
