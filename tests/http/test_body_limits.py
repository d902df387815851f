"""Limits on bodies: bytes and values, before parsing for unknown callers, and the memory is freed afterwards."""
import contextlib
import json
import os
import pathlib
import re
import select
import socket

import pytest
from client import eventually, raw
from serving import in_parallel

KIB = 1 << 10
MIB = 1 << 20
EMPTY_OBJECTS = b"[" + b"{}," * (300 * KIB) + b"{}]"  # almost 1 MiB, of which jansson makes 70 MiB


def head(method, path, length, *fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: test", "Connection: close", "Content-Type: application/json", *fields]
    lines.append("Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def status(answer):
    return int(answer.split(b" ", 2)[1])


def resident(server):
    """Resident memory of the program in MiB."""
    text = pathlib.Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) / 1024


# caller, method, path, maximum bytes
PATHS = [
    ("nobody", "POST", "/auth/discover", 64 * KIB),
    ("nobody", "POST", "/auth/signin", 64 * KIB),
    ("nobody", "POST", "/auth/no/such/path", 64 * KIB),
    ("alice", "POST", "/organizations/", MIB),
    ("alice", "PUT", "/no/such/path", MIB),
    ("admin", "POST", "/admin/simple/accounts/users/", MIB),
    ("admin", "POST", "/admin/simple/accounts/", 8 * MIB),
    ("admin", "POST", "/admin/accounts/", 8 * MIB),
    ("admin", "POST", "/admin/schema/diff", 8 * MIB),
]


@pytest.mark.parametrize("who,method,path,most", PATHS, ids=[f"{row[0]} {row[2]}" for row in PATHS])
def test_a_body_over_the_limit_of_its_path_is_refused_at_the_head(request, server, who, method, path, most):
    caller = request.getfixturevalue(who)
    fields = [f"Authorization: {caller.authorization}"] if caller.authorization else []
    answer = raw(server.url, head(method, path, most + 1, *fields))  # no byte of the body is sent
    assert status(answer) == 413 and b"larger than this path allows" in answer
    answer = raw(server.url, head(method, path, None, *fields) + f"{most + 1:x}\r\n".encode())
    assert status(answer) == 413, "the size of a chunk is enough, too"


def test_an_unknown_caller_is_refused_before_a_big_body(server):
    assert status(raw(server.url, head("POST", "/admin/accounts/", 8 * MIB, "Authorization: Access wrong"))) == 401
    assert status(raw(server.url, head("POST", "/admin/accounts/", 8 * MIB))) == 401


def test_bodies_with_too_many_values_are_refused_before_a_tree_is_built(server, alice):
    before = resident(server)
    for _ in range(4):
        answer = alice.post("/organizations/", data=EMPTY_OBJECTS, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413 and "too many values" in answer.json()["detail"]
    assert resident(server) < before + 20


@pytest.mark.parametrize("body", [b"[" * 100 + b"]" * 100, b'{"a":' * 65 + b"1" + b"}" * 65,
                                  b"[" + b"1," * 20001 + b"1]", json.dumps({str(n): n for n in range(20001)}).encode()],
                         ids=["lists in lists", "objects in objects", "numbers", "members"])
def test_depth_values_and_members_have_limits(alice, body):
    answer = alice.post("/organizations/", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def problems(answer):
    assert answer.status_code == 422
    return [(problem["type"], problem["loc"]) for problem in answer.json()["detail"]]


def test_stored_texts_and_values_have_maxima(alice, admin):
    organization = f"/organizations/{alice.organization}"
    for text, expected in ("x" * 4096, None), ("x" * 4097, [("string_too_long", ["body", "description"])]):
        answer = alice.patch(organization, {"description": text})
        assert problems(answer) == expected if expected else answer.status_code == 200
    for path, body, where in (
            ("organizations/", {"organization": {"name": "O", "metadata": {"a": ["x" * 1000] * 70}}}, ["organization", "metadata"]),
            ("users/", {"user": {"email": "a@example.com"}, "options": {"reason": "x" * 4097}}, ["options", "reason"]),
            ("api-keys/", {"api_key": {"project_ref": {"id": alice.project}, "user_ref": {"id": alice.user}, "name": "x" * 256}},
             ["api_key", "name"])):
        assert [loc for _, loc in problems(admin.post("/admin/simple/accounts/" + path, body))] == [["body", *where]]


def test_the_body_of_an_unknown_caller_is_never_parsed(nobody):
    """Malformed and oversized JSON get the same answer as any other body."""
    for path in "/organizations/", "/admin/simple/accounts/users/":
        for body in b"{", b"[" * 1000, EMPTY_OBJECTS:
            for authorization in None, "ApiKey aaaaaaaa.bbbbbbbb":
                headers = {"Content-Type": "application/json", **({"Authorization": authorization} if authorization else {})}
                answer = nobody.call("POST", path, data=body, headers=headers)
                assert (answer.status_code, answer.json()) == (401, {"detail": {"message": "Unauthorized"}})


def test_sign_in_reads_no_more_than_a_form_has(nobody):
    fields = [{"id": "email", "value": "a@example.com"}, {"id": "password", "value": "x"}] + [{}] * 2000
    answer = nobody.post("/auth/signin", {"formFields": fields})
    assert answer.status_code == 413


def test_ten_thousand_accounts_fit_into_a_request(admin):
    accounts = {f"account-{n}": {"user": {"email": f"bulk-{n}@example.com", "name": f"Person {n}", "username": f"p{n}"},
                                 "options": {"create_api_keys": False, "create_identities": False},
                                 "organization": {"name": "An organization", "slug": f"bulk-{n}"},
                                 "workspace": {"name": "W", "organization_ref": {"ref": "org"}},
                                 "project": {"name": "P", "organization_ref": {"ref": "org"}, "workspace_ref": {"ref": "wrk"}},
                                 "organization_memberships": [{"organization_ref": {"ref": "org"}, "user_ref": {"ref": "user"}, "role": "owner"}]}
                for n in range(10_000)}
    body = json.dumps({"options": {"dry_run": True, "reason": 7}, "accounts": accounts}).encode()
    assert MIB < len(body) < 8 * MIB
    answer = admin.post("/admin/simple/accounts/", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, "it was read to the end: only the reason is wrong"
    assert [problem["loc"] for problem in answer.json()["detail"]] == [["body", "options", "reason"]]


@pytest.mark.skipif(os.environ.get("SANITIZE", "") != "", reason="the sanitizer keeps freed memory for a while")
def test_memory_of_a_big_request_is_given_back(admin, server):
    accounts = {f"account-{n}": {"user": {"email": f"back-{n}@example.com"}, "options": {"reason": "x"}, "api_keys": [{}]}
                for n in range(20_000)}
    body = json.dumps({"accounts": accounts}).encode()
    admin.get("/admin/access/report")
    before = resident(server)
    answers = in_parallel(4, lambda _: admin.using(admin.authorization).post(
        "/admin/simple/accounts/", data=body, headers={"Content-Type": "application/json"}))
    assert [answer.status_code for answer in answers] == [422] * 4
    assert eventually(lambda: resident(server) < before + 10, 5), (before, resident(server))


@contextlib.contextmanager
def unfinished_bodies(server, source, count, size):
    """Connections from an address that have each sent so much of a longer body."""
    part = head("POST", "/organizations/", MIB, "Authorization: ApiKey unknown") + b" " * size
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(count):
            held.append(stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 20, (source, 0))))
            with contextlib.suppress(ConnectionError):  # refused before all of it was sent
                held[-1].sendall(part)
        yield held


def answered(connection, seconds):
    connection.settimeout(seconds)
    try:
        return status(connection.recv(65536))
    except TimeoutError:
        return None  # it waits for the rest


def test_one_client_leaves_room_for_the_bodies_of_others(another):
    server = another()
    with unfinished_bodies(server, "127.0.0.1", 260, 520 * KIB) as held:  # 1 MiB each, and 256 MiB for all
        assert eventually(lambda: len(select.select(held, [], [], 0)[0]) >= 120, 20), "one client has its share"
        refused = select.select(held, [], [], 0)[0]
        assert {answered(each, 1) for each in refused} == {503} and len(held) - len(refused) >= 120
        with unfinished_bodies(server, "127.0.0.1", 1, 520 * KIB) as more:
            assert answered(more[0], 20) == 503
        small = server.request("POST", "/auth/discover", {"email": "ann@example.com", "more": "x" * (15 * KIB)})
        assert small.status == 200, "a small body finds room when others fill the memory"
        with unfinished_bodies(server, "127.0.0.2", 20, 520 * KIB) as others:
            assert [answered(each, 0.1) for each in others] == [None] * 20
            others[0].sendall(b" " * (MIB - 520 * KIB))
            assert answered(others[0], 20) == 401
    assert os.environ.get("SANITIZE") or eventually(lambda: resident(server) < 100, 5), resident(server)
    with unfinished_bodies(server, "127.0.0.1", 1, 520 * KIB) as held:
        assert answered(held[0], 0.3) is None, "it was given back"
