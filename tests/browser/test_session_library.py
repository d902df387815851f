"""The browser's own session library with the server: under Node with header fields, in Chromium with cookies."""
import json
import os
import shutil
import subprocess

import pytest
import serving

NODE = serving.TREE / "tests" / "node"
LIFETIME_S = 2

UNDER_NODE = ["sign-up", "sign-in", "a weak password", "refresh", "expiry", "sign-out", "sign-out after expiry", "ended elsewhere",
              "new claims"]
IN_CHROMIUM = ["sign-up", "reload", "refresh", "expiry", "two tabs", "two tabs whose tokens expire", "sign-out in another tab",
               "sign-in again", "ended elsewhere"]


@pytest.fixture(scope="module")
def api():
    """A server with access tokens of two seconds, under the host name that the browser uses."""
    port = serving.unused_port()
    url = f"http://localhost:{port}"
    server = serving.Server(ORGD_LISTEN=f"127.0.0.1:{port}", ORGD_ACCESS_TOKEN_LIFETIME=str(LIFETIME_S), AGENTA_API_URL=f"{url}/api",
                            AGENTA_WEB_URL="http://localhost:3000").start()
    yield url
    server.close()


def started(script, *arguments):
    return subprocess.Popen(["node", NODE / script, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def outcomes(process):
    """The result of each scenario of a script: its problem, or None."""
    out, err = process.communicate(timeout=300)
    found = {line["name"]: line["problem"] for line in map(json.loads, out.splitlines())}
    assert found and (process.returncode == 0) == (not any(found.values())), out + err
    return found


@pytest.fixture(scope="module")
def found(api):
    """
    All results, by place. The three run in parallel, because most of their time is waiting. In Chromium the console is once on
    another origin of the same site, as in development, and once on the same origin, as behind a proxy.
    """
    program = shutil.which("chromium-headless-shell")
    assert program, "Debian's package chromium-headless-shell is missing"
    flags = [] if os.geteuid() else ["--no-sandbox"]
    processes = {"node": started("session_node.mjs", api),
                 "another origin": started("session_chromium.mjs", api, "http://localhost:3000", program, *flags),
                 "the same origin": started("session_chromium.mjs", api, api, program, *flags)}
    return {where: outcomes(process) for where, process in processes.items()}


@pytest.mark.parametrize("name", UNDER_NODE)
def test_under_node(name, found):
    assert found["node"][name] is None, found["node"][name]


@pytest.mark.parametrize("origin", ["another origin", "the same origin"])
@pytest.mark.parametrize("name", IN_CHROMIUM)
def test_in_chromium(name, origin, found):
    assert found[origin][name] is None, found[origin][name]


def test_nothing_is_left_out(found):
    assert [list(each) for each in found.values()] == [UNDER_NODE, IN_CHROMIUM, IN_CHROMIUM]
