"""Runs scenarios of tests/node in Chromium, with a program that contains the console and a real mail server."""
import email
import email.policy
import json
import os
import shutil
import subprocess
import threading

import mailbox
import pytest
import serving

NODE = serving.TREE / "tests" / "node"


class Run:
    """
    A script of scenarios that runs in parallel with others, with a server and a mail server of its own. `settings` are for the server,
    `environment` is for the script.
    """

    def __init__(self, script, port=None, environment=None, **settings):
        port = port or serving.unused_port()
        self.url = f"http://localhost:{port}"
        self.mail = mailbox.Mailbox()
        self.server = serving.Server(ORGD_LISTEN=f"127.0.0.1:{port}", AGENTA_API_URL=f"{self.url}/api", AGENTA_WEB_URL=self.url,
                                     **{**self.mail.settings, **settings}).start()
        program = shutil.which("chromium-headless-shell")
        assert program, "Debian's package chromium-headless-shell is missing"
        flags = [] if os.geteuid() else ["--no-sandbox"]
        self.process = subprocess.Popen(["node", NODE / script, self.url, program, *flags], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, "ADMIN_KEY": self.server.auth_key, **(environment or {})})
        threading.Thread(target=self._forward, daemon=True).start()

    def _forward(self):
        while True:
            mail = self.mail.taken.get()
            message = email.message_from_bytes(mail["data"].encode("latin-1"), policy=email.policy.default)
            line = json.dumps({"to": mail["to"], "subject": message["Subject"], "text": mailbox.text_of(message)})
            try:
                self.process.stdin.write(line + "\n")
                self.process.stdin.flush()
            except (OSError, ValueError):
                return  # the script has ended

    def outcomes(self):
        """The result of each scenario: its problem, or None."""
        deadline = threading.Timer(400, self.process.kill)
        deadline.start()
        out, err = self.process.stdout.read(), self.process.stderr.read()
        self.process.wait()
        deadline.cancel()
        found = {line["name"]: line["problem"] for line in map(json.loads, out.splitlines())}
        assert found and (self.process.returncode == 0) == (not any(found.values())), out + err
        return found

    def close(self):
        self.process.kill()
        self.process.wait()
        self.server.close()
        self.mail.close()


@pytest.fixture(scope="session")
def free_port():
    return serving.unused_port


@pytest.fixture(scope="session")
def run_scenarios(console):
    """Starts scripts, and stops all of them at the end."""
    started = []

    def start(script, **settings):
        started.append(Run(script, **settings))
        return started[-1]

    yield start
    for run in started:
        run.close()
