"""Requests with a session's access token, compared with the same requests with an API key."""
import json
import random
import statistics
import urllib.request

import load

PASSWORD = "Str0ng!pass1"
# The first is answered from the cache, the second by one small statement.
PATHS = ("/workspaces/roles", "/profile")
CONNECTIONS = 32


def tokens(port, count):
    """The access tokens of new users, with their scheme."""
    made = []
    for number in range(count):
        fields = {"email": f"bench-session-{number}@bench.example", "password": PASSWORD}
        body = json.dumps({"formFields": [{"id": name, "value": value} for name, value in fields.items()]}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/auth/signup", body) as answer:
            made.append("Bearer " + answer.headers["st-access-token"])
    return made


def measure(options, keys, bearers, how="remembered"):
    """Result rows for bench/run."""
    callers = {"key": keys, "session": bearers}
    samples = {(path, who): [] for path in PATHS for who in callers}
    for _ in range(options.rounds):
        order = list(samples)
        random.shuffle(order)
        for path, who in order:
            samples[path, who].append(load.wrk(options.port, "GET", path, None, callers[who], CONNECTIONS, options.seconds))
    return {f"callers {path} {who} {how}": {
        "path": path, "who": who, "how": how, "rate": statistics.median(sample["rate"] for sample in found),
        "p99": statistics.median(sample["p99"] for sample in found), "refused": sum(sample["refused"] for sample in found)}
        for (path, who), found in samples.items()}


def show(found):
    for row in (row for name, row in found.items() if name.startswith("callers ")):
        print(f"GET {row['path'] + ' by ' + row['who']:30} {row['how']:20}{row['rate']:9.0f} req/s, p99 {row['p99']:.2f} ms; "
              f"{row['refused']} refused")
