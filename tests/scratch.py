"""A scratch PostgreSQL cluster for tests, on a Unix socket of its own, and the program run against it."""
import contextlib
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

import psycopg2

TREE = pathlib.Path(__file__).resolve().parent.parent
REFERENCE = TREE / "tests" / "reference" / "schema"
PROGRAM = os.environ.get("ORGD", str(TREE / "build" / "orgd"))
# Only a superuser can do it, and only without the triggers.
EMPTY_AUDIT = "SET session_replication_role = replica; TRUNCATE orgd.audit; SET session_replication_role = origin"


def postgres_programs():
    """The directory of the newest installed PostgreSQL."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent


def memory_folder():
    """A folder in memory, if there is room: creating a database writes hundreds of files."""
    shared = "/dev/shm"
    roomy = os.access(shared, os.W_OK | os.X_OK) and shutil.disk_usage(shared).free > 6 << 30
    return shared if roomy else None


class Cluster:
    """A running cluster, on an address if one is given. PostgreSQL refuses to run as root, so root gives it to the user
    postgres."""

    def __init__(self, address=""):
        self.numbers = itertools.count()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="orgd-test-", dir=memory_folder()))
        self.run_as = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.run_as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self.folder.chmod(0o755)
        programs = postgres_programs()
        self._call(programs / "initdb", "-D", "data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.server = subprocess.Popen(
            [programs / "postgres", "-D", "data", "-c", f"listen_addresses={address}", "-c", f"unix_socket_directories={self.folder}",
             "-c", "fsync=off", "-c", "max_connections=200"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.run_as)
        self._call(programs / "pg_isready", "-q", "-h", self.folder, "-t", "30", tries=100)

    def _call(self, *command, tries=1):
        for attempt in range(tries):
            done = subprocess.run([str(part) for part in command], cwd=self.folder, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **self.run_as)
            if done.returncode == 0:
                return
            if attempt + 1 < tries:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.server.wait(0.05)
        raise RuntimeError(f"{command[0]} failed: {done.stdout}")

    def pair(self, edition="oss"):
        """A new, empty pair of databases for one edition."""
        return Pair(self, f"t{next(self.numbers)}", edition)

    def stop(self):
        self.server.send_signal(signal.SIGQUIT)  # immediately: its data is not needed
        self.server.wait(30)
        shutil.rmtree(self.folder)

    def uri(self, database):
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def connect(self, database):
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname=database)
        connection.autocommit = True
        return connection

    def create(self, *databases):
        with contextlib.closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            for database in databases:
                cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
                cursor.execute(f'CREATE DATABASE "{database}"')

    def drop(self, *databases):
        with contextlib.closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            for database in databases:
                cursor.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


class Pair:
    """A core and a tracing database, and the program in one edition against them."""

    def __init__(self, cluster, name, edition="oss"):
        self.cluster = cluster
        self.edition = edition
        self.core = f"{name}_core"
        self.tracing = f"{name}_tracing"
        cluster.create(self.core, self.tracing)

    def environment(self, **extra):
        return {
            "PATH": os.environ["PATH"],
            **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
            "AGENTA_LICENSE": self.edition,
            "POSTGRES_URI_CORE": self.cluster.uri(self.core).replace("postgresql:", "postgresql+asyncpg:"),
            "POSTGRES_URI_TRACING": self.cluster.uri(self.tracing),
            **extra,
        }

    def start(self, *arguments, **extra):
        return subprocess.Popen([PROGRAM, *arguments], env=self.environment(**extra), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, status=0, **extra):
        """Runs the program and returns (stdout, stderr) after checking its exit status."""
        process = self.start(*arguments, **extra)
        out, err = process.communicate(timeout=60)
        assert process.returncode == status, f"exit status {process.returncode} instead of {status}: {out}{err}"
        return out, err

    def sql(self, text, parameters=None, database=None):
        """Runs SQL in the core database and returns its rows."""
        with contextlib.closing(self.cluster.connect(database or self.core)) as connection, connection.cursor() as cursor:
            cursor.execute(text, parameters)
            return cursor.fetchall() if cursor.description else []

    def dump(self, database=None, *options):
        return self.run("schema", "dump", self.cluster.uri(database or self.core), *options)[0]


def without_header(dump):
    """A dump without the lines that name the database and the server."""
    return dump.split("\n", 5)[5]


def reference(name):
    return without_header((REFERENCE / f"{name}.v0.104.0.txt").read_text(encoding="utf-8"))
