"""Serving of the console: which requests get it, with which encoding and headers, and its size."""
import base64
import gzip
import json
import pathlib
import re
import socket
import subprocess

import pytest
import serving

pytestmark = pytest.mark.usefixtures("console")

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
UNAUTHORIZED = {"detail": {"message": "Unauthorized"}}
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TREE = pathlib.Path(__file__).resolve().parent.parent.parent
FIRST_LOAD_MAX = 300_000  # bytes, compressed


def unpack(coding, body):
    if coding is None:
        return body
    if coding == "gzip":
        return gzip.decompress(body)
    assert coding == "br"
    script = ("process.stdout.write(require('zlib').brotliDecompressSync(Buffer.from(require('fs').readFileSync(0, 'latin1'), 'base64')))")
    return subprocess.run(["node", "-e", script], input=base64.b64encode(body), capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def page(server):
    answer = server.request("GET", "/", headers=HTML)
    assert answer.status == 200
    return answer.body.decode()


@pytest.fixture(scope="module")
def assets(page):
    """The files that the page loads first."""
    found = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    assert any(name.endswith(".js") for name in found)
    return found


def policy_of(answer):
    return dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))


# ---- which requests ----

@pytest.mark.parametrize("path", ["/", "/?a=b", "/auth", "/auth/", "/auth/callback/google?code=x&state=y", "/auth/callback/apple",
                                  "/auth/reset-password?token=a.b", "/workspaces/accept?token=t", "/w/1/p/2/settings/members",
                                  "/operator/access", "/anything", "/a/../b", "/index.html", "/%C3%A9", "/admin/simple/accounts",
                                  "/api-documentation"])
def test_a_page_is_the_console_for_browsers(path, server):
    answer = server.request("GET", path, headers=HTML)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b'<div id="root">' in answer.body


@pytest.mark.parametrize("path, status", [("/projects", 401), ("/organizations/x", 401), ("/health", 200), ("/openapi.json", 200),
                                          ("/auth/loginmethods", 200), ("/auth/public/loginmethods", 200), ("/admin/access/report", 401),
                                          ("/keys/", 401), ("/auth/sessions", 401)])
def test_api_paths_are_answered_by_the_api_for_browsers_too(path, status, server):
    for prefix in ("", "/api"):
        answer = server.request("GET", prefix + path, headers=HTML)
        assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (status, "application/json")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/w/1", "/api/assets/x.js", "/api/auth", "/api/favicon.svg"])
def test_below_api_is_only_the_api(path, server):
    answer = server.request("GET", path, headers=HTML)
    assert answer.status in (401, 404)
    assert answer.headers["Content-Type"] == "application/json"
    assert "script-src" not in answer.headers["Content-Security-Policy"]  # the API's own


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/plain", "text/html;q=0"])
def test_clients_that_accept_no_html_get_the_api(accept, server):
    headers = {"Accept": accept} if accept else {}
    answer = server.request("GET", "/w/1/p/2", headers=headers)
    assert (answer.status, answer.json) == (401, UNAUTHORIZED)
    assert server.request("GET", "/", headers=headers).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_reading_gets_a_page(method, server):
    for path in ("/", "/w/1", "/favicon.svg"):
        answer = server.request(method, path, headers=HTML)
        assert (answer.status, answer.json) == (401, UNAUTHORIZED)


def test_the_console_needs_no_database(make_server):
    server = make_server(POSTGRES_URI_CORE="postgresql://nobody@127.0.0.1:1/a", POSTGRES_URI_TRACING="postgresql://nobody@127.0.0.1:1/b")
    server.start()
    assert server.request("GET", "/api/projects", headers={"Authorization": "ApiKey a.b"}).status == 503
    assert server.request("GET", "/w/1", headers=HTML).status == 200


# ---- the page ----

def test_each_page_has_a_nonce_of_its_own(server):
    pages = [server.request("GET", "/", headers=HTML) for _ in range(3)]
    nonces = []
    for answer in pages:
        (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert len(base64.urlsafe_b64decode(nonce + "==")) == 16
        text = answer.body.decode()
        assert set(re.findall(r'nonce="([^"]*)"', text)) == {nonce}
        assert "placeholder" not in text
        assert len(answer.body) == int(answer.headers["Content-Length"])
        nonces.append(nonce)
    assert len(set(nonces)) == 3


def test_the_page_is_never_cached(server):
    answer = server.request("GET", "/", headers={**HTML, "Accept-Encoding": "gzip, br"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "Content-Encoding" not in answer.headers


def test_the_content_security_policy_of_the_page(server):
    answer = server.request("GET", "/", headers={**HTML, "Origin": "http://localhost:3000"})
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["font-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert {name: answer.headers[name] for name in PROTECTION} == PROTECTION
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_page_needs_nothing_inline(page):
    assert "<style" not in page and " style=" not in page
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert not re.search(r"https?://", page)


# ---- files ----

@pytest.mark.parametrize("accepted, coding", [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.1", "gzip"), ("", None),
                                              ("identity", None)])
def test_files_have_an_encoding_that_the_browser_accepts(accepted, coding, assets, server):
    plain = server.request("GET", assets[0]).body
    answer = server.request("GET", assets[0], headers={"Accept-Encoding": accepted})
    assert (answer.status, answer.headers["Content-Encoding"], answer.headers["Vary"]) == (200, coding, "Accept-Encoding")
    assert len(answer.body) == int(answer.headers["Content-Length"])
    assert unpack(coding, answer.body) == plain
    if coding:
        assert len(answer.body) < len(plain) / 2


def test_files_with_a_hash_are_cached_forever(assets, server):
    for name in assets:
        answer = server.request("GET", name)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == ("text/css; charset=utf-8" if name.endswith(".css") else "text/javascript; charset=utf-8")
        assert {key: answer.headers[key] for key in PROTECTION} == PROTECTION
        assert policy_of(answer) == {"default-src": "'none'", "frame-ancestors": "'none'"}


def test_files_without_a_hash_are_revalidated(server):
    answer = server.request("GET", "/favicon.svg")
    assert (answer.status, answer.headers["Cache-Control"], answer.headers["Content-Type"]) == (200, "no-cache", "image/svg+xml")


def test_an_unchanged_file_is_not_sent_again(assets, server):
    tags = set()
    for accepted in ("br", "gzip", ""):
        tag = server.request("GET", assets[0], headers={"Accept-Encoding": accepted}).headers["ETag"]
        assert re.fullmatch(r'"[0-9a-f]{32}(-br|-gzip)?"', tag)
        tags.add(tag)
        for known in (tag, f'"x", W/{tag}', "*"):
            answer = server.request("GET", assets[0], headers={"Accept-Encoding": accepted, "If-None-Match": known})
            assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
            assert answer.headers["Cache-Control"].endswith("immutable")
            assert "Content-Length" not in answer.headers
        for unknown in ('"x"', "", tag[:-1]):
            assert server.request("GET", assets[0], headers={"Accept-Encoding": accepted, "If-None-Match": unknown}).status == 200
    assert len(tags) == 3


def test_head_is_get_without_the_body(assets, server):
    for path in (assets[0], "/", "/w/1", "/favicon.svg"):
        get, head = (server.request(method, path, headers={**HTML, "Accept-Encoding": "br"}) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (get.status, b"")
        changing = ("Date", "X-Request-Id", "Content-Security-Policy")
        assert [line for line in head.headers.items() if line[0] not in changing] == [
            line for line in get.headers.items() if line[0] not in changing]


def test_a_file_of_another_version_is_missing(server):
    for headers in (HTML, {}):
        answer = server.request("GET", "/assets/index-00000000.js", headers=headers)
        assert (answer.status, answer.json) == (404, {"detail": "Not Found"})
        assert "immutable" not in str(answer.headers)


@pytest.mark.parametrize("target", ["/assets/../../etc/passwd", "/assets/..%2f..%2fetc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd",
                                    "/assets/....//etc/passwd", "/../etc/passwd", "/assets/", "/assets", "//assets/x", "/assets\\..\\x",
                                    "/assets/%00", "/etc/passwd", "/package.json", "/src/main.tsx", "/assets/index.html"])
def test_only_files_of_the_console_are_served(target, server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert re.match(rb"HTTP/1.1 (400|401|404) ", answer), answer
    assert b"root:" not in answer and b"dependencies" not in answer


def test_pages_and_api_do_not_hide_each_other(server, assets):
    """No file of the console has the path of a route, and no route is below /assets/."""
    paths = server.request("GET", "/openapi.json").json["paths"]
    assert not [path for path in paths if path.startswith(("/assets", "/w/", "/operator"))]
    for name in [*assets, "/favicon.svg"]:
        assert name not in paths


# ---- size ----

def test_the_first_page_is_small(assets, server):
    """What index.html names comes compressed in less than 300 kB; what a page adds to it is measured in the browser."""
    sizes = {name: len(server.request("GET", name, headers={"Accept-Encoding": "gzip"}).body) for name in assets}
    assert sum(sizes.values()) < FIRST_LOAD_MAX, json.dumps(sizes)


def test_the_licences_of_the_console(server):
    """Those of the packages whose modules are in the bundle, and of the program's own data, each with its text."""
    answer = server.request("GET", "/licenses.txt")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    text = answer.body.decode()
    packages = json.loads((TREE / "console" / "package.json").read_text(encoding="utf-8"))
    for name in ("react", "react-dom", "react-router-dom", "antd", "@tanstack/react-query", "supertokens-web-js"):
        assert f"\n{name} {packages['dependencies'][name]}\n" in text, name
    for name in packages["devDependencies"]:
        assert f"\n{name} " not in text, name
    assert "@zxcvbn-ts/language-common" in text and text.count("Permission is hereby granted") > 30
