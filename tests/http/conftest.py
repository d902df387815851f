"""What the tests of the API share: one server over its private cluster, its database, and people."""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import psycopg2
import pytest
import requests

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent)]
import client  # noqa: E402  (beside this file)
import scratch  # noqa: E402  (in the folder above)

KEY = "the administration key of the tests"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running `orgd serve` over a private cluster in a folder of its own, or beside another over the same one."""

    def __init__(self, beside=None, **environment):
        self.folder = beside.folder if beside else pathlib.Path(tempfile.mkdtemp(prefix="orgd-http-"))
        self.folder.chmod(0o755)
        self.data = beside.data if beside else self.folder / "data"
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = open(self.folder / f"log-{self.url[-5:]}", "w+", encoding="utf-8")
        self.connection = None
        self.process = subprocess.Popen(
            [scratch.PROGRAM, "serve"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.folder,
            env={"PATH": os.environ["PATH"], "ORGD_LISTEN": self.url[7:], "ORGD_METRICS_LISTEN": "off",
                 "ORGD_DATA_DIR": str(self.data), "AGENTA_AUTH_KEY": KEY, **environment})
        self._wait()

    def _wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/health/ready", timeout=5).status_code == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.process.kill()
        self.log.seek(0)
        raise RuntimeError(f"the server did not start: {self.log.read()}")

    def sql(self, text, *parameters):
        """Runs SQL in the core database of the private cluster and answers its rows."""
        if not self.connection:
            folder = next(self.data.rglob(".s.PGSQL.*[0-9]")).parent
            self.connection = psycopg2.connect(host=str(folder), user="orgd", dbname="agenta_oss_core")
            self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            cursor.execute(text, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def stop(self):
        if self.connection:
            self.connection.close()
        self.process.terminate()
        assert self.process.wait(60) == 0
        self.log.close()


@pytest.fixture(scope="session")
def server():
    server = Server()
    yield server
    server.stop()
    shutil.rmtree(server.folder)


@pytest.fixture(scope="session")
def sql(server):
    return server.sql


@pytest.fixture(scope="session")
def key():
    return KEY


@pytest.fixture(scope="session")
def admin(server):
    return client.Api(server.url, f"Access {KEY}")


@pytest.fixture(scope="session")
def nobody(server):
    """The API without credentials."""
    return client.Api(server.url)


@pytest.fixture
def people(admin):
    """Makes new people, each with an organization of their own: `alice, bob = people("alice", "bob")`."""
    return lambda *names: client.make_accounts(admin, *names)


@pytest.fixture
def alice(people):
    return people("alice")[0]
