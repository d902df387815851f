"""A real mail server for tests, tests/node/mail_server.mjs, and the mail that it took."""
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
    """Takes mail for everybody. `settings` are what orgd needs to send through it."""

    def __init__(self, **environment):
        self.process = subprocess.Popen(["node", "mail_server.mjs"], cwd=NODE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env={**os.environ, **environment})
        line = self.process.stdout.readline()
        assert line, "the mail server does not start"
        self.port = int(line)
        self.taken = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def settings(self):
        return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.port), "SMTP_FROM_EMAIL": "orgd@acme.example",
                "SMTP_USE_TLS": "false"}

    def _read(self):
        for line in self.process.stdout:
            self.taken.put(json.loads(line))

    def next(self, address, seconds=20):
        """The next mail, which must be for this address."""
        mail = self.taken.get(timeout=seconds)
        assert mail["to"] == [address]
        return email.message_from_bytes(mail["data"].encode("latin-1"), policy=email.policy.default)

    def is_empty(self):
        return self.taken.empty()

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def text_of(mail):
    return mail.get_body(("plain",)).get_content()
