"""Runs wrk against the server and pgbench against its database, and reads their results."""
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
HEAD = re.compile(r"^-- ([a-z][a-z0-9_]*): ", re.M)


def statement(path, name):
    """A statement of a module's .sql file, as the server prepares it."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        text = file.read()
    heads = list(HEAD.finditer(text))
    for head, end in zip(heads, [following.start() for following in heads[1:]] + [len(text)]):
        if head.group(1) == name:
            lines = [line for line in text[head.end():end].split("\n")[1:] if not line.startswith("--")]
            return "\n".join(lines).strip()
    raise SystemExit(f"bench: {path} has no statement {name}.")


def programs():
    """The program directory of the newest installed PostgreSQL, which the private cluster uses too."""
    base = "/usr/lib/postgresql"
    versions = sorted((int(name) for name in os.listdir(base) if name.isdigit()), reverse=True)
    return f"{base}/{versions[0]}/bin"


class Database:
    """A database of the server's private cluster, reached through the same socket."""

    def __init__(self, directory, name):
        self.arguments = ["-h", directory, "-p", "5432", "-U", "orgd"]
        self.uri = f"postgresql:///{name}?host={directory}&port=5432&user=orgd"
        self.name = name

    def script(self, path, settings):
        options = [option for name, value in settings.items() for option in ("-c", f"SET {name} = {value}")]
        run([f"{programs()}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *self.arguments, "-d", self.name, *options,
             "-f", path])

    def query(self, sql):
        return run([f"{programs()}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *self.arguments,
                    "-d", self.name, "-c", sql]).strip()

    def pgbench(self, script, variables, connections, seconds):
        """Transactions per second of a script whose statement is prepared once per connection."""
        options = [f"-D{name}={value}" for name, value in variables.items()]
        text = run([f"{programs()}/pgbench", "-n", "-M", "prepared", "-c", str(connections),
                    "-j", str(min(2, connections)), "-T", str(seconds), *self.arguments, *options, "-f", script, self.name])
        found = re.search(r"^tps = ([0-9.]+)", text, re.M)
        if not found or not re.search(r"number of failed transactions: 0 ", text):
            raise SystemExit(f"bench: pgbench failed: {text}")
        return float(found.group(1))


def run(command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {os.path.basename(command[0])} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def wrk(port, method, path, body, keys, connections, seconds):
    """Requests per second, latencies in ms, answers other than 2xx, unanswered requests."""
    text = run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s",
                os.path.join(HERE, "request.lua"), f"http://127.0.0.1:{port}", "--", method, path, body or "-", *keys])
    found = re.search(r"^RESULT (.*)$", text, re.M)
    if not found:
        raise SystemExit(f"bench: wrk said nothing that can be read: {text}")
    return json.loads(found.group(1))
