"""The request parser: which requests pass, and the answers to those that do not."""
import gzip
import json
import re
import socket
import time

import pytest

from parser_fixture import GET, HOST, POST, head, serve, server  # noqa: F401  (two are fixtures)

MIB = 1 << 20
SMUGGLED = b"GET /inline/smuggled HTTP/1.1\r\nHost: test\r\n\r\n"

# name, bytes, status, text of the answer
MALFORMED = [
    ("two lengths that differ", head(POST, HOST, b"Content-Length: 5", b"Content-Length: 6") + b"hello!", 400, "Content-Length"),
    ("the same length twice", head(POST, HOST, b"Content-Length: 5", b"content-length: 5") + b"hello", 400, "Content-Length"),
    ("a list of lengths", head(POST, HOST, b"Content-Length: 5, 5") + b"hello", 400, "Content-Length"),
    ("a signed length", head(POST, HOST, b"Content-Length: +5") + b"hello", 400, "Content-Length"),
    ("a negative length", head(POST, HOST, b"Content-Length: -5") + b"hello", 400, "Content-Length"),
    ("a hexadecimal length", head(POST, HOST, b"Content-Length: 0x5") + b"hello", 400, "Content-Length"),
    ("an empty length", head(POST, HOST, b"Content-Length:") + b"hello", 400, "Content-Length"),
    ("a length with a blank inside", head(POST, HOST, b"Content-Length: 1 5") + b"hello", 400, "Content-Length"),
    ("an enormous length", head(POST, HOST, b"Content-Length: 99999999999999999999999") + b"hello", 413, "larger"),
    ("a length with chunks", head(POST, HOST, b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED, 400, "both"),
    ("chunks with a length", head(POST, HOST, b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0\r\n\r\n" + SMUGGLED, 400, "both"),
    ("two encodings", head(POST, HOST, b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, "repeated"),
    ("an unknown encoding", head(POST, HOST, b"Transfer-Encoding: xchunked") + b"0\r\n\r\n", 501, "chunked"),
    ("an encoding before chunked", head(POST, HOST, b"Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 501, "chunked"),
    ("an identity encoding", head(POST, HOST, b"Transfer-Encoding: identity") + b"0\r\n\r\n", 501, "chunked"),
    ("an encoding with a vertical tab", head(POST, HOST, b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n", 400, "header field"),
    ("chunks in HTTP/1.0", head(b"POST /echo HTTP/1.0", HOST, b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, "Transfer-Encoding"),
    ("no host", head(GET), 400, "Host"),
    ("two hosts", head(GET, HOST, b"Host: other"), 400, "Host"),
    ("a host with a blank", head(GET, b"Host: a b"), 400, "Host"),
    ("a host with a user", head(GET, b"Host: a@b"), 400, "Host"),
    ("a NUL in a value", head(GET, HOST, b"X: a\0b"), 400, "header field"),
    ("a NUL in a length", head(POST, HOST, b"Content-Length: 5\0") + b"hello", 400, "header field"),
    ("a control byte in a value", head(GET, HOST, b"X: a\x01b"), 400, "header field"),
    ("a DEL in a value", head(GET, HOST, b"X: a\x7fb"), 400, "header field"),
    ("a bare CR in a value", head(GET, HOST, b"X: a\rb"), 400, "header field"),
    ("a NUL in a name", head(GET, HOST, b"X\0Y: a"), 400, "header field"),
    ("a NUL in the target", head(b"GET /health\0 HTTP/1.1", HOST), 400, "well-formed"),
    ("a control byte in the target", head(b"GET /hea\x01lth HTTP/1.1", HOST), 400, "target"),
    ("a tab in the target", head(b"GET /hea\tlth HTTP/1.1", HOST), 400, "target"),
    ("raw UTF-8 in the target", head("GET /h\u00e9 HTTP/1.1".encode(), HOST), 400, "target"),
    ("a blank in the target", head(b"GET /a b HTTP/1.1", HOST), 400, "target"),
    ("a fragment in the target", head(b"GET /health#x HTTP/1.1", HOST), 400, "target"),
    ("a target without slash", head(b"GET health HTTP/1.1", HOST), 400, "target"),
    ("another scheme", head(b"GET ftp://test/health HTTP/1.1", HOST), 400, "target"),
    ("a scheme without host", head(b"GET http:///health HTTP/1.1", HOST), 400, "target"),
    ("an asterisk", head(b"OPTIONS * HTTP/1.1", HOST), 400, "target"),
    ("an escaped NUL", head(b"GET /inline/%00 HTTP/1.1", HOST), 400, "target"),
    ("an escaped slash", head(b"GET /inline/a%2Fb HTTP/1.1", HOST), 400, "target"),
    ("an escaped line feed", head(b"GET /inline/a%0ab HTTP/1.1", HOST), 400, "target"),
    ("a malformed escape", head(b"GET /inline/%zz HTTP/1.1", HOST), 400, "target"),
    ("half an escape", head(b"GET /inline/a%4 HTTP/1.1", HOST), 400, "target"),
    ("escaped bytes that are no UTF-8", head(b"GET /inline/%ff HTTP/1.1", HOST), 400, "target"),
    ("an overlong escaped slash", head(b"GET /inline/%c0%af HTTP/1.1", HOST), 400, "target"),
    ("a blank before the colon", head(GET, b"Host : test"), 400, "header field"),
    ("a tab before the colon", head(POST, HOST, b"Content-Length\t: 5") + b"hello", 400, "header field"),
    ("a folded line", head(GET, HOST, b"X: a", b" b"), 400, "header field"),
    ("a folded length", head(POST, HOST, b"Content-Length:", b" 5") + b"hello", 400, "header field"),
    ("a folded first line", head(GET, b" Host: test"), 400, "header field"),
    ("a line without colon", head(GET, HOST, b"nonsense"), 400, "header field"),
    ("an empty name", head(GET, HOST, b": a"), 400, "header field"),
    ("bare line feeds", b"GET /health HTTP/1.1\nHost: test\n\n", 400, "well-formed"),
    ("one bare line feed", b"GET /health HTTP/1.1\r\nHost: test\nX: y\r\n\r\n", 400, "well-formed"),
    ("a bare line feed at the end", b"GET /health HTTP/1.1\r\nHost: test\r\n\n", 400, "well-formed"),
    ("a repeated authorization", head(GET, HOST, b"Authorization: a", b"Authorization: b"), 400, "repeated"),
    ("a repeated content type", head(POST, HOST, b"Content-Type: a/b", b"Content-Type: c/d"), 400, "repeated"),
    ("HTTP/3.0", head(b"GET /health HTTP/3.0", HOST), 505, "HTTP/1.1"),
    ("HTTP/2.0 with prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"),
    ("HTTP/1.2", head(b"GET /health HTTP/1.2", HOST), 505, "HTTP/1.1"),
    ("HTTP/0.9", b"GET /health\r\n\r\n", 400, "well-formed"),
    ("a version in small letters", head(b"GET /health http/1.1", HOST), 400, "well-formed"),
    ("a version of many digits", head(b"GET /health HTTP/1.11", HOST), 400, "well-formed"),
    ("two blanks", head(b"GET  /health HTTP/1.1", HOST), 400, "target"),
    ("a leading blank", head(b" GET /health HTTP/1.1", HOST), 400, "well-formed"),
    ("a method with a colon", head(b"GE:T /health HTTP/1.1", HOST), 400, "well-formed"),
    ("a very long method", head(b"A" * 50 + b" /health HTTP/1.1", HOST), 400, "well-formed"),
    ("garbage", b"hello\r\n\r\n", 400, "well-formed"),
    ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), 400, "well-formed"),
    ("NULs", bytes(100), 400, "well-formed"),
    ("an unknown method", head(b"BREW /health HTTP/1.1", HOST), 405, "Method"),
    ("a method in small letters", head(b"get /health HTTP/1.1", HOST), 405, "Method"),
    ("CONNECT", head(b"CONNECT /health HTTP/1.1", HOST), 405, "Method"),
    ("TRACE", head(b"TRACE /health HTTP/1.1", HOST), 405, "Method"),
    ("another expectation", head(POST, HOST, b"Expect: miracles", b"Content-Length: 5") + b"hello", 417, "100-continue"),
    ("a malformed chunk size", head(POST, HOST, b"Transfer-Encoding: chunked") + b"zz\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("an empty chunk size", head(POST, HOST, b"Transfer-Encoding: chunked") + b"\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a negative chunk size", head(POST, HOST, b"Transfer-Encoding: chunked") + b"-5\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a chunk size with 0x", head(POST, HOST, b"Transfer-Encoding: chunked") + b"0x5\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a chunk size with a blank", head(POST, HOST, b"Transfer-Encoding: chunked") + b"5 \r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a chunk size that overflows", head(POST, HOST, b"Transfer-Encoding: chunked") + b"10000000000000005\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a chunk longer than it says", head(POST, HOST, b"Transfer-Encoding: chunked") + b"4\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a chunk size ended by a line feed", head(POST, HOST, b"Transfer-Encoding: chunked") + b"5\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("chunk data ended by a line feed", head(POST, HOST, b"Transfer-Encoding: chunked") + b"5\r\nhello\n0\r\n\r\n", 400, "chunked"),
    ("a line feed in a chunk extension", head(POST, HOST, b"Transfer-Encoding: chunked") + b"5;a\nb\r\nhello\r\n0\r\n\r\n", 400, "chunked"),
    ("a folded trailer", head(POST, HOST, b"Transfer-Encoding: chunked") + b"0\r\nA: b\r\n c\r\n\r\n", 400, "chunked"),
    ("an endless chunk extension", head(POST, HOST, b"Transfer-Encoding: chunked") + b"5;" + b"a" * 9000, 400, "chunked"),
]


@pytest.mark.parametrize("data,status,words", [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_malformed_requests_get_a_reason_and_are_closed(server, data, status, words):
    with server.connect() as client:
        client.send(data)
        answer = client.answer()
        assert answer.status == status
        assert list(answer.json()) == ["detail"] and words in answer.json()["detail"]
        assert answer.headers["connection"] == "close"
        assert answer.headers["content-type"] == "application/json"
        assert client.is_closed(), "what follows a request nobody understood must not be read as another one"


@pytest.mark.parametrize("data", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_malformed_requests_in_single_bytes(server, data):
    """The same result however the bytes arrive; none is read as two requests."""
    with server.connect() as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for at in range(0, len(data), 1 if len(data) < 120 else 97):
                client.send(data[at:at + (1 if len(data) < 120 else 97)])
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert client.answer().status >= 400
        assert client.is_closed()


SIZES = [
    ("a target that is too long", b"GET /" + b"a" * (9 << 10) + b" HTTP/1.1\r\nHost: test\r\n\r\n", 414),
    ("a first line without end", b"GET /" + b"a" * (20 << 10), 414),
    ("a head that is too big", head(GET, HOST, *(b"X-%d: " % n + b"a" * 1000 for n in range(40))), 431),
    ("one field that is too big", head(GET, HOST, b"X: " + b"a" * (40 << 10)), 431),
    ("a head without end", head(GET, HOST, b"X: " + b"a" * (40 << 10), end=b""), 431),
    ("too many fields", head(GET, HOST, *(b"X-%d: a" % n for n in range(200))), 431),
    ("an announced body that is too big", head(POST, HOST, b"Content-Length: %d" % (8 * MIB + 1)), 413),
    ("one byte more than is usual", head(b"POST /usual HTTP/1.1", HOST, b"Content-Length: %d" % (MIB + 1)), 413),
    ("one byte more than strangers may send", head(b"POST /auth/echo HTTP/1.1", HOST, b"Content-Length: %d" % ((64 << 10) + 1)), 413),
    ("a chunk of strangers that is too big", head(b"POST /auth/echo HTTP/1.1", HOST, b"Transfer-Encoding: chunked") + b"10001\r\n", 413),
    ("a chunk that is too big", head(POST, HOST, b"Transfer-Encoding: chunked") + b"900000\r\n", 413),
]


@pytest.mark.parametrize("data,status", [row[1:] for row in SIZES], ids=[row[0] for row in SIZES])
def test_sizes_have_limits(server, data, status):
    with server.connect() as client:
        client.send(data)
        answer = client.answer()
        assert answer.status == status and "detail" in answer.json()
        assert client.is_closed()


def test_a_big_body_is_refused_before_it_is_sent_and_the_answer_survives_the_sending(server):
    with server.connect() as client:
        client.request("POST", "/echo", "Content-Length: 10000000", "Origin: http://localhost:3000")
        try:
            for _ in range(10):
                client.send(bytes(1_000_000))
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = client.answer()
    assert answer.status == 413
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000", "a browser shall see why"


def test_chunks_that_add_up_to_too_much(server):
    with server.connect() as client:
        client.request("POST", "/echo", "Transfer-Encoding: chunked")
        try:
            for _ in range(9):
                client.send(b"100000\r\n" + bytes(MIB) + b"\r\n")
            client.send(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert client.answer().status == 413


def test_the_biggest_body(server):
    with server.connect() as client:
        client.request("POST", "/echo", f"Content-Length: {8 * MIB}", body=b"x" * (8 * MIB))
        assert client.answer().json()["length"] == 8 * MIB
        assert client.is_open()


def test_the_longest_target(server):
    answer = server.get("/inline/" + "a" * (8 * 1024 - 8))
    assert answer.status == 200 and len(answer.json()["path"]) == 8 * 1024


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods(server, method):
    with server.connect() as client:
        client.request(method, "/echo", "Content-Length: 2", body=b"{}")
        answer = client.answer()
        assert answer.status == 200 and answer.json()["method"] == method and answer.json()["body"] == "{}"
        assert client.is_open()


def test_head_has_no_body_but_its_length(server):
    with server.connect() as client:
        client.request("HEAD", "/health")
        answer = client.answer(to_head=True)
        assert answer.status == 200 and answer.headers["content-length"] == "15"
        assert client.is_open()


def test_the_body_of_a_head_request_is_not_another_request(server):
    with server.connect() as client:
        client.request("HEAD", "/echo", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED)
        assert client.answer(to_head=True).status == 200
        assert client.is_open()
        assert client.received == b""
    assert not server.log_lines("/inline/smuggled", within=0.3)


def test_an_answer_without_body(server):
    with server.connect() as client:
        client.request("GET", "/nothing")
        answer = client.answer()
        assert answer.status == 204 and "content-length" not in answer.headers
        assert client.is_open()


# target as sent, path the handler saw
PATHS = [
    ("/inline/x", "/inline/x"), ("/api/inline/x", "/inline/x"), ("/api/api/inline/x", None), ("/apifoo", None),
    ("/inline/a%20b", "/inline/a b"), ("/inline/%C3%A9", "/inline/\u00e9"), ("/%69nline/x", "/inline/x"),
    ("/inline/a%3Fb", "/inline/a?b"), ("/inline/a+b", "/inline/a+b"), ("/inline/a%25b", "/inline/a%b"),
    ("http://test/inline/x", "/inline/x"), ("https://test:443/api/inline/x", "/inline/x"), ("http://test", "/"),
    ("http://test?a=b", "/"), ("/api", "/"), ("/api/", "/"), ("/", "/"), ("/../health", None), ("//health", None),
    ("/inline/..", "/inline/.."), ("/inline/%5c", "/inline/\\"),
]


@pytest.mark.parametrize("target,path", PATHS)
def test_paths(server, target, path):
    answer = server.get(target)
    if path is None:
        assert answer.status == 404
    else:
        assert answer.status == 200 and answer.json()["path"] == path


def test_the_query_is_handed_on_as_it_came(server):
    assert server.get("/inline/x?a=%2F&b").json()["query"] == "a=%2F&b"
    assert server.get("http://test?a=b").json()["query"] == "a=b"


def test_request_ids(server):
    assert server.get("/health", "X-Request-Id: my.id_1-2").headers["x-request-id"] == "my.id_1-2"
    assert server.get("/inline/x", "X-Request-Id: abc").json()["id"] == "abc"
    made = set()
    for bad in ["", "a" * 33, "a b", "<script>", "\u00e9"]:
        made.add(server.get("/health", f"X-Request-Id: {bad}").headers["x-request-id"])
    assert len(made) == 5 and all(re.fullmatch("[0-9a-f]{24}", one) for one in made)


def test_several_cookie_fields_are_one(server):
    assert server.get("/inline/x", "Cookie: a=1", "Cookie: b=2").json()["cookie"] == "a=1; b=2"


def test_cors_headers_stand_on_refusals_too(server):
    answer = server.get("/inline/%00", "Origin: http://localhost:3000")
    assert answer.status == 400
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in server.get("/health", "Origin: https://evil.example").headers


def test_a_header_that_would_split_the_answer_is_not_sent(server):
    answer = server.get("/split")
    assert answer.status == 500 and "location" not in answer.headers and "set-cookie" not in answer.headers


def test_headers_of_a_failed_commit_are_not_sent(server):
    """Tokens must not be sent if the commit fails after they were made."""
    failed = server.get("/too-late")
    assert failed.status == 503 and "set-cookie" not in failed.headers and failed.headers["x-plain"] == "stays"
    done = server.get("/too-late?fails=0")
    assert (done.status, done.headers["set-cookie"]) == (200, "token=1")
    assert done.headers["access-control-expose-headers"] == "X-Plain,Set-Cookie"


def test_an_inline_handler_that_needs_the_database_gets_a_worker(server):
    assert server.get("/again").json() == {"worker": True}


def test_the_cause_of_a_failure_is_in_the_log_only(server):
    answer = server.get("/failure", "X-Request-Id: fail-1")
    assert answer.json() == {"detail": "An internal error has occurred."}
    line, = server.log_lines("id=fail-1")
    assert "the fixture was asked to fail" in line and "status=500" in line


def test_the_log_shows_no_query_and_no_credentials(server):
    server.get("/inline/x?token=s3cr3t", "Authorization: s3cr3t", "Cookie: s3cr3t", "X-Request-Id: log-1")
    line, = server.log_lines("id=log-1")
    assert "s3cr3t" not in line
    for part in ["method=GET", "path=/inline/x", "route=/inline/{value}", "status=200", "duration_us=", "client=127.0.0.1"]:
        assert part in line


# ---- keeping the connection ----

def test_pipelined_requests_are_answered_in_order(server):
    with server.connect() as client:
        client.send(b"".join(head(b"GET %s HTTP/1.1" % target, HOST) for target in
                             [b"/inline/1", b"/slow?ms=50", b"/echo", b"/inline/2", b"/health"]))
        assert client.answer().json()["path"] == "/inline/1"
        assert client.answer().json() == {"slow": True}
        assert client.answer().json()["path"] == "/echo"
        assert client.answer().json()["path"] == "/inline/2"
        assert client.answer().json() == {"status": "ok"}


def test_many_pipelined_requests_with_bodies(server):
    with server.connect() as client:
        count = 2000
        client.send(b"".join(head(POST, HOST, b"Content-Length: %d" % len(b"%d" % n)) + b"%d" % n for n in range(count)))
        for n in range(count):
            assert client.answer().json()["body"] == str(n)


def test_the_connection_is_kept_after_an_error_of_the_application(server):
    with server.connect() as client:
        for target, status in [("/none", 404), ("/failure", 500), ("/health", 200)]:
            client.request("GET", target)
            assert client.answer().status == status
        client.request("DELETE", "/health")
        answer = client.answer()
        assert answer.status == 405 and answer.headers["allow"] == "GET, HEAD"
        assert client.is_open()


@pytest.mark.parametrize("line,fields,kept", [
    (b"GET /health HTTP/1.1", [], True), (b"GET /health HTTP/1.1", [b"Connection: close"], False),
    (b"GET /health HTTP/1.1", [b"Connection: foo, Close"], False), (b"GET /health HTTP/1.0", [], False),
    (b"GET /health HTTP/1.0", [b"Connection: keep-alive"], True),
    (b"GET /health HTTP/1.0", [b"Connection: keep-alive, close"], False),
])
def test_keep_alive(server, line, fields, kept):
    with server.connect() as client:
        client.send(head(line, HOST, *fields))
        answer = client.answer()
        assert answer.headers["connection"] == ("keep-alive" if kept else "close")
        assert client.is_open() if kept else client.is_closed()


def test_an_empty_line_before_a_request_is_skipped(server):
    with server.connect() as client:
        client.send(b"\r\n" + head(GET, HOST))
        assert client.answer().status == 200


def test_chunked_bodies(server):
    with server.connect() as client:
        client.request("POST", "/echo", "Transfer-Encoding: chunked",
                       body=b'5\r\nhello\r\n6;ext="x"\r\n world\r\n0\r\nTrailer: x\r\n\r\n')
        assert client.answer().json()["body"] == "hello world"
        client.request("POST", "/echo", "Transfer-Encoding: Chunked")
        for byte in b"3\r\nabc\r\nA\r\n0123456789\r\n00\r\n\r\n":
            client.send(bytes([byte]))
        assert client.answer().json()["body"] == "abc0123456789"
        assert client.is_open()


def test_the_body_is_invited_when_the_client_waits_for_that(server):
    with server.connect() as client:
        client.request("POST", "/echo", "Expect: 100-continue", "Content-Length: 5")
        while b"\r\n\r\n" not in client.received:
            client.received += client.socket.recv(100)
        assert client.received == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.received = b""
        client.send(b"hello")
        assert client.answer().json()["body"] == "hello"


def test_a_half_closed_connection_is_answered(server):
    with server.connect() as client:
        client.request("GET", "/slow?ms=200")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.answer().json() == {"slow": True}
        assert client.is_closed()


def test_clients_that_leave_in_the_middle(serve):
    server = serve(workers=1)
    for data in [b"GET /he", head(GET, HOST, end=b""), head(POST, HOST, b"Content-Length: 100") + b"half",
                 head(b"GET /slow?ms=300 HTTP/1.1", HOST, b"X-Request-Id: gone-1")]:
        with server.connect() as client:
            client.send(data)
            time.sleep(0.05)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes with a reset
    line, = server.log_lines("id=gone-1")
    assert "status=499" in line
    assert server.get("/slow?ms=1").status == 200
    assert server.metrics()["orgd_http_connections"] == 0


# ---- compression ----

@pytest.mark.parametrize("target", ["/big", "/inline-big"])
@pytest.mark.parametrize("accept,packed", [
    ("gzip", True), ("br, gzip;q=0.5", True), ("GZIP", True), ("gzip;q=0", False), ("gzip;q=0.0", False), ("br", False),
    ("xgzip", False), ("", False),
])
def test_gzip(server, target, accept, packed):
    answer = server.get(f"{target}?bytes=5000", f"Accept-Encoding: {accept}")
    assert answer.headers["vary"] == "Accept-Encoding, Origin"
    assert (answer.headers.get("content-encoding") == "gzip") == packed
    body = gzip.decompress(answer.body) if packed else answer.body
    assert json.loads(body) == ("abcdefgh" * 625)


def test_gzip_starts_at_1000_bytes(server):
    for size, packed in [(997, False), (998, True)]:  # and two quotation marks
        answer = server.get(f"/big?bytes={size}", "Accept-Encoding: gzip")
        assert ("content-encoding" in answer.headers) == packed


def test_a_big_answer_to_a_slow_reader(serve):
    server = serve(request_timeout=60)  # this test is not about the deadline for taking an answer
    with server.connect() as client:
        client.request("GET", "/big?bytes=20000000")
        time.sleep(0.3)  # far more than the sockets hold
        assert server.get("/health").status == 200
        assert len(client.answer().body) == 20000002
        assert client.is_open()
