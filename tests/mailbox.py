"""A real mail server for tests, tests/node/mail_server.mjs, and the mail that it received."""
import email
import email.policy
import json
import os
import pathlib
import queue
import subprocess
import threading

NODE = pathlib.Path(__file__).resolve().parent / "node"


class Mailbox:
    """Accepts mail to any address. Variables, which tests/node/mail_server.mjs explains, change its behaviour."""

    def __init__(self, **environment):
        self.encryption = "SSL" if environment.get("SSL") == "1" else "TLS" if "KEY" in environment else None
        self.process = subprocess.Popen(["node", "mail_server.mjs"], cwd=NODE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env={**os.environ, **environment})
        line = self.process.stdout.readline()
        assert line, "the mail server does not start"
        self.port = int(line)
        self.taken = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def settings(self):
        """The settings with which orgd sends through it."""
        return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.port), "SMTP_FROM_EMAIL": "orgd@acme.io",
                "SMTP_USE_TLS": str(self.encryption == "TLS").lower(), "SMTP_USE_SSL": str(self.encryption == "SSL").lower()}

    def _read(self):
        for line in self.process.stdout:
            self.taken.put(json.loads(line))

    def take(self, seconds=20):
        """The next mail: its envelope, its transport, and its content as `message`."""
        mail = self.taken.get(timeout=seconds)
        mail["message"] = email.message_from_bytes(mail["data"].encode("latin-1"), policy=email.policy.default)
        return mail

    def next(self, address, seconds=20):
        """The message of the next mail, which must be for this address."""
        mail = self.take(seconds)
        assert mail["to"] == [address]
        return mail["message"]

    def is_empty(self):
        return self.taken.empty()

    def stays_empty(self, seconds=1.0):
        """Whether no mail arrives for the given time."""
        try:
            self.taken.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def text_of(mail):
    return mail.get_body(("plain",)).get_content()
