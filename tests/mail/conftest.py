"""A real mail server, and servers that send through it."""
import email
import email.policy
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from serving import Server, make_folder, shutil  # noqa: E402

NODE = pathlib.Path(__file__).resolve().parent.parent / "node"


class MailServer:
    """tests/node/mail_server.mjs, on a free port."""

    def __init__(self, **environment):
        self.mails = queue.Queue()
        self.process = subprocess.Popen(["node", "mail_server.mjs"], cwd=NODE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        env={**os.environ, **environment}, text=True)
        self.port = int(self.process.stdout.readline())
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.mails.put(json.loads(line))

    def next(self, seconds=20):
        """The next mail: its envelope, and its content as a message."""
        mail = self.mails.get(timeout=seconds)
        mail["message"] = email.message_from_bytes(mail["data"].encode("latin1"), policy=email.policy.default)
        return mail

    def nothing(self, seconds=1.0):
        try:
            raise AssertionError(f"a mail came: {self.mails.get(timeout=seconds)}")
        except queue.Empty:
            return True

    @property
    def settings(self):
        return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.port), "SMTP_FROM_EMAIL": "orgd@acme.io"}

    def close(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture
def mail_server():
    """Makes mail servers: `mail_server(LOGIN="a:b")`."""
    made = []

    def make(**environment):
        made.append(MailServer(**environment))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture(scope="module")
def shared_mail():
    server = MailServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def sending(shared_mail):
    """A server that signs people in by codes, which it sends."""
    server = Server(**shared_mail.settings, SMTP_USE_TLS="false", AGENTA_WEB_URL="https://app.acme.io",
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
