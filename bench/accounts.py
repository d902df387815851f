"""Accounts made by the administration API, one by one and a thousand at a time, compared with PostgreSQL inserting the same rows."""
import http.client
import itertools
import json
import os
import statistics
import threading
import time

import load

PATH = "/admin/simple/accounts/"
BATCH = 1000
MOST = 10_000
numbers = itertools.count()


def body(count):
    """A request for the given number of new accounts."""
    first = [next(numbers) for _ in range(count)]
    return json.dumps({"accounts": {str(n): {"user": {"email": f"made-{n}@accounts.example"}} for n in first}}).encode()


class Accounts:
    """Measures a running server; adds to its database."""

    def __init__(self, options, key, database, process, scratch):
        self.options, self.database, self.process, self.scratch = options, database, process, scratch
        self.headers = {"Authorization": f"Access {key}", "Content-Type": "application/json"}

    def post(self, connection, text):
        connection.request("POST", PATH, text, self.headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"bench: {PATH} answered {answer.status}.")

    def send(self, count, until, made):
        """Sends requests on one connection, one after the other, until the given time; each creates the given number of accounts."""
        connection = http.client.HTTPConnection("127.0.0.1", self.options.port, timeout=120)
        text = body(count)
        while time.monotonic() < until:
            self.post(connection, text)
            made.append(count)
            text = body(count)
        connection.close()

    def rate(self, count):
        """Accounts per second, with as many clients as the server has workers."""
        made, begun = [], time.monotonic()
        clients = [threading.Thread(target=self.send, args=(count, begun + self.options.seconds, made))
                   for _ in range(self.options.workers)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return sum(made) / (time.monotonic() - begun)

    def bare(self, count):
        """The same rows inserted by pgbench, over as many connections."""
        script = os.path.join(self.scratch, f"accounts-{count}.sql")
        with open(os.path.join(load.HERE, "accounts.sql"), encoding="utf-8") as source, open(script, "w", encoding="utf-8") as file:
            file.write(source.read())
        return count * self.database.pgbench(script, {"count": count}, self.options.workers, self.options.seconds)

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            values = dict(line.split(":", 1) for line in file)
        return int(values["VmHWM"].split()[0]) / 1024

    def measure_largest(self):
        """One request with the maximum number of accounts: seconds, MiB of the request, and the server's peak memory."""
        text, before = body(MOST), self.memory()
        connection = http.client.HTTPConnection("127.0.0.1", self.options.port, timeout=300)
        begun = time.monotonic()
        self.post(connection, text)
        return {"seconds": time.monotonic() - begun, "request": len(text) / (1 << 20), "before": before, "peak": self.memory()}

    def measure(self):
        """Result rows for bench/run."""
        found = {"accounts largest": self.measure_largest()}
        for count in (1, BATCH):
            rates, bounds = [], []
            for _ in range(self.options.rounds):
                before = self.bare(count)
                rates.append(self.rate(count))
                bounds.append((before + self.bare(count)) / 2)
            ratios = [rate / bound for rate, bound in zip(rates, bounds)]
            found[f"accounts by {count}"] = {
                "count": count, "rate": statistics.median(rates), "bound": statistics.median(bounds),
                "ratio": statistics.median(ratios), "ratio_min": min(ratios), "ratio_max": max(ratios)}
        return found


def show(found):
    for row in (row for name, row in found.items() if name.startswith("accounts by")):
        print(f"accounts, {row['count']} a request: {row['rate']:.0f}/s of {row['bound']:.0f} bare ones/s, "
              f"ratio {row['ratio']:.2f} [{row['ratio_min']:.2f}..{row['ratio_max']:.2f}]")
    row = found.get("accounts largest")
    if row:
        print(f"accounts, {MOST} in one request of {row['request']:.1f} MiB: {row['seconds']:.1f} s; the server's peak "
              f"{row['peak']:.0f} MiB, before {row['before']:.0f}")
