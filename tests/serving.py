"""The program serving in a test: started on a free port in a folder of its own, called, stopped and killed by pid."""
import contextlib
import http.client
import json
import os
import pathlib
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import psycopg2

TREE = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("ORGD", str(TREE / "build" / "orgd"))
ROOT = os.geteuid() == 0
POSTGRES = pwd.getpwnam("postgres")
START_S = 60


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def make_folder():
    """A temporary folder that every user can pass through."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orgd-test-"))
    folder.chmod(0o755)
    return folder


def clean_environment(**extra):
    """The environment without variables that would configure orgd or libpq."""
    kept = {name: value for name, value in os.environ.items()
            if not re.match(r"(ORGD|AGENTA|POSTGRES|ALEMBIC|SUPERTOKENS|SMTP|SENDGRID|PG)", name)}
    # whatever users this machine has, orgd and its PostgreSQL run as the same one, unless a test wants two
    return {**({"ORGD_RUN_AS": "postgres"} if ROOT else {}), **kept, **extra}


def gone(pid):
    """Whether the process has ended (a zombie has)."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(what, condition, seconds=START_S, pause=0.02):
    """Waits until the condition is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(pause)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Server:
    """`orgd serve` with a data directory in a folder of its own. As root it becomes the user postgres by itself."""

    def __init__(self, folder=None, user=None, **environment):
        self.own_folder = folder is None
        self.folder = folder or make_folder()
        self.data = pathlib.Path(environment.get("ORGD_DATA_DIR", self.folder / "data"))
        self.user = user
        self.environment = {"ORGD_DATA_DIR": str(self.data), "ORGD_LISTEN": "127.0.0.1:0", "ORGD_METRICS_LISTEN": "off",
                            "ORGD_RATE_LIMITS": "off",  # tests make more attempts than users, all from one address
                            **environment}
        self.process = None
        self.ready_line = ""
        self.port = None

    def launch(self, **environment):
        """Starts it without waiting."""
        user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user and ROOT else {}
        merged = {name: value for name, value in {**self.environment, **environment}.items() if value is not None}
        self.log = open(self.folder / "orgd.log", "ab")  # noqa: SIM115  (lives as long as the server)
        program = PROGRAM
        if user:  # who may not reach the folder of the program, such as root's home
            program = shutil.copy(PROGRAM, self.folder / "orgd")
        self.process = subprocess.Popen([program, "serve"], cwd=self.folder, env=clean_environment(**merged),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, **user)
        return self

    def start(self, **environment):
        """Starts it and waits for the ready line."""
        self.launch(**environment)
        line = self.read_line(START_S)
        found = re.search(r"http://[^,]*:(\d+),", line)
        assert found, f"no ready line but {line!r}, exit status {self.process.poll()}; its log: {self.messages()}"
        self.ready_line = line.rstrip("\n")
        self.port = int(found.group(1))
        return self

    def read_line(self, seconds):
        """A line of standard output; "" if it ended, or wrote nothing for the given time."""
        readable, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline().decode() if readable else ""

    def refused(self, **environment):
        """Starts it, expects it to end by itself, and returns (exit status, standard error)."""
        before = (self.folder / "orgd.log").stat().st_size if (self.folder / "orgd.log").exists() else 0
        self.launch(**environment)
        try:
            status = self.process.wait(START_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return status, self.messages()[before:]

    def messages(self):
        return (self.folder / "orgd.log").read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def postmaster(self):
        """The pid of the private cluster's server, or None."""
        try:
            return int((self.data / "postgresql" / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    def stop(self, signal_number=signal.SIGTERM, seconds=40):
        """Asks it to end, and returns its exit status."""
        self.process.send_signal(signal_number)
        status = self.process.wait(seconds)
        self.log.close()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        self.log.close()

    def close(self):
        """Ends it in any state, and removes its folder."""
        if self.process and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        with contextlib.suppress(AssertionError):
            wait_for("PostgreSQL has gone", lambda: not self.postmaster or gone(self.postmaster), 20)
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None, headers=None, timeout=30):
        """One request on a connection of its own. A `body` that is not bytes is sent as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    @property
    def auth_key(self):
        return (self.data / "auth-key").read_text(encoding="utf-8").strip()

    @property
    def crypt_key(self):
        return (self.data / "crypt-key").read_text(encoding="utf-8").strip()

    def admin(self, method, path, body=None):
        return self.request(method, path, body, {"Authorization": f"Access {self.auth_key}"})

    def is_ready(self):
        try:
            return self.request("GET", "/health/ready", timeout=5).status == 200
        except OSError:
            return False

    def connect(self, database="agenta_oss_core"):
        """A connection to a database of the private cluster."""
        connection = psycopg2.connect(host=str(self.data), port=5432, user="orgd", dbname=database)
        connection.autocommit = True
        return connection

    def superuser_sql(self, text, database="postgres"):
        """Runs SQL as the superuser of the private cluster, which only the user of PostgreSQL may be."""
        owner = (self.data / "postgresql").stat().st_uid
        with acting_as(owner):
            connection = psycopg2.connect(host=str(self.data), port=5432, user="postgres", dbname=database)
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if cursor.description else []

    def sql(self, text, parameters=None, database="agenta_oss_core"):
        with contextlib.closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(text, parameters)
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def acting_as(uid):
    """Changes the effective user, which PostgreSQL's peer authentication reads."""
    before = os.geteuid(), os.getegid()
    if ROOT:
        os.setegid(pwd.getpwuid(uid).pw_gid)
        os.seteuid(uid)
    try:
        yield
    finally:
        if ROOT:
            os.seteuid(before[0])
            os.setegid(before[1])


def in_parallel(count, work):
    """Runs work(0..count-1) at the same time in as many threads, and returns the results."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def run(index):
        barrier.wait()
        try:
            results[index] = work(index)
        except Exception as problem:  # noqa: BLE001  (the test looks at it)
            results[index] = problem

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
