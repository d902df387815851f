"""Mail servers, and orgd servers that send to them."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import mailbox  # noqa: E402  (in the folder above)
from serving import Server, make_folder, shutil  # noqa: E402


@pytest.fixture
def mail_server():
    """Makes mail servers: `mail_server(LOGIN="a:b")`."""
    made = []

    def make(**environment):
        made.append(mailbox.Mailbox(**environment))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture(scope="module")
def home():
    """A folder whose databases serve one test after the other: creating them takes longer than most tests."""
    folder = make_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start(home):
    """Starts a server with an empty outbox and a log of its own; one at a time."""
    made = []

    def make(**environment):
        (home / "orgd.log").unlink(missing_ok=True)
        made.append(Server(home, **environment).start())
        return made[-1]

    yield make
    for server in made:
        if server.process.poll() is not None:
            server = Server(home).start()
        server.sql("DELETE FROM orgd.outbox")
        server.close()


@pytest.fixture(scope="module")
def shared_mail():
    server = mailbox.Mailbox()
    yield server
    server.close()


@pytest.fixture(scope="module")
def sending(shared_mail):
    """A server with sign-in by mailed code."""
    server = Server(**shared_mail.settings, AGENTA_WEB_URL="https://app.acme.io",
                    ORGD_RATE_LIMITS="false").start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def certificates():
    """A certificate authority of the tests, and a certificate of 127.0.0.1."""
    folder = make_folder()
    run = lambda *command: subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: E731
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests")
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n", encoding="utf-8")
    run("openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
        "names", "-out", "server.pem")
    yield folder
    shutil.rmtree(folder)
