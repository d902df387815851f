"""Hostile and badly timed requests to the administration."""
import http.client
import itertools
import json
import os
import signal
import threading
import uuid

import client
import pytest
import serving
from signing import PASSWORD, Browser

GRAPH = "/admin/accounts/"
SIMPLE = "/admin/simple/accounts/"
CLIENTS = 16
numbers = itertools.count()


@pytest.fixture
def suffix():
    return f"{next(numbers)}-{uuid.uuid4().hex[:6]}"


def refusal(answer):
    return answer.status_code, answer.json()["detail"]


def batch(suffix, count, first=0):
    return {f"account {n}": {"user": {"email": f"{n}-{suffix}@example.com"}} for n in range(first, first + count)}


def people(sql, suffix):
    return sql("SELECT count(*) FROM users WHERE email LIKE %s", f"%-{suffix}@example.com")[0][0]


def at_once(admin, method, path, bodies):
    """The answers to several requests that are sent at the same time."""
    return serving.in_parallel(len(bodies), lambda n: admin.using(admin.authorization).call(method, path, bodies[n]))


# ---- the same batch from many clients ----

def test_a_batch_without_a_key_from_many_at_once(admin, suffix, sql):
    answers = at_once(admin, "POST", SIMPLE, [{"accounts": batch(suffix, 50)}] * CLIENTS)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (CLIENTS - 1)
    assert {answer.json()["detail"]["code"] for answer in answers if answer.status_code == 409} == {"user_already_exists"}
    assert people(sql, suffix) == 50
    assert sql("SELECT count(*) FROM organizations AS o JOIN users AS u ON u.id = o.owner_id WHERE u.email LIKE %s",
               f"%-{suffix}@example.com") == [(50,)]


def test_a_batch_with_a_key_from_many_at_once(admin, suffix, sql):
    body = {"options": {"idempotency_key": suffix}, "accounts": batch(suffix, 50)}
    answers = at_once(admin, "POST", SIMPLE, [body] * CLIENTS)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert people(sql, suffix) == 50


def test_batches_in_other_orders_do_not_wait_for_each_other_in_a_circle(admin, suffix, sql):
    entries = list(batch(suffix, 40).items())
    answers = at_once(admin, "POST", SIMPLE, [{"accounts": dict(entries[n:] + entries[:n])} for n in range(CLIENTS)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (CLIENTS - 1)
    assert people(sql, suffix) == 40


def test_concurrent_graphs_with_the_same_users_in_other_orders(admin, suffix, sql):
    """Existing users are not a conflict, so all requests succeed; each makes its own organization."""
    users = [(f"u{n}", {"email": f"{n}-{suffix}@example.com"}) for n in range(30)]
    answers = at_once(admin, "POST", GRAPH, [{"users": dict(users[n:] + users[:n]), "organizations": {"o": {"name": f"o{n}"}}}
                                             for n in range(CLIENTS)])
    assert {answer.status_code for answer in answers} == {200}
    assert people(sql, suffix) == 30


def test_a_slug_that_many_want_at_once(admin, suffix, sql):
    answers = at_once(admin, "POST", GRAPH, [{"users": {"u": {"email": f"{n}-{suffix}@example.com"}}, "organizations": {
        "o": {"name": "o", "slug": f"slug-{suffix}"}}} for n in range(CLIENTS)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (CLIENTS - 1)
    assert people(sql, suffix) == 1


def test_one_key_for_two_requests_at_once(admin, suffix, sql):
    """The second request gets an error about the key, and not the first one's answer."""
    bodies = [{"options": {"idempotency_key": suffix}, "accounts": batch(suffix, 5, first=10 * n)} for n in range(8)]
    answers = at_once(admin, "POST", SIMPLE, bodies)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["detail"]["code"] for answer in answers if answer.status_code == 409} == {"idempotency_key_reused"}
    assert people(sql, suffix) == 5


def test_a_key_whose_first_request_fails_while_others_wait(admin, alice, suffix, sql):
    """The failing requests do not use the key up, and exactly one of the others succeeds."""
    bad = {"options": {"idempotency_key": suffix}, "accounts": {**batch(suffix, 20, first=100), "x": {"user": {"email": alice.email}}}}
    good = {"options": {"idempotency_key": suffix}, "accounts": batch(suffix, 20)}
    answers = at_once(admin, "POST", SIMPLE, [bad, good] * 6)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert {answer.status_code for answer in answers[1::2]} == {200} and len({answer.text for answer in answers[1::2]}) == 1
    assert people(sql, suffix) == 20


def test_another_spelling_of_the_path_is_the_same_request(admin, suffix):
    body = {"options": {"idempotency_key": suffix}, "accounts": batch(suffix, 1)}
    first, *others = [admin.post(path, body) for path in (SIMPLE, SIMPLE.rstrip("/"), "/api" + SIMPLE)]
    assert first.status_code == 200 and {answer.text for answer in others} == {first.text}


# ---- batches and memory ----

@pytest.mark.skipif("thread" in os.environ.get("SANITIZE", ""), reason="the sanitizer's memory would be counted as well")
def test_a_thousand_accounts_take_little_memory(another, key, suffix):
    """The server keeps no more of a batch in memory than it needs. The benchmark measures ten thousand."""
    server = another(ORGD_WORKERS="1", ORGD_SLOW_WORKERS="1", ORGD_REQUEST_TIMEOUT="120")
    headers = {"Authorization": f"Access {key}"}
    assert server.request("POST", SIMPLE, {"accounts": batch(suffix, 1)}, headers).status == 200
    before = resident(server)
    answer = server.request("POST", SIMPLE, {"accounts": batch(suffix, 1000, first=1)}, headers, timeout=120)
    assert answer.status == 200 and len(answer.json["accounts"]) == 1000
    assert resident(server, "VmHWM") - before < 96 << 10


def resident(server, what="VmRSS"):
    """KiB of the server's memory."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what + ":"))


# ---- bodies ----

def raw(admin, path, text, method="POST"):
    return admin.call(method, path, data=text, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("path", [GRAPH, SIMPLE])
@pytest.mark.parametrize("text", [b"", b"null", b"[]", b'"x"', b"{",
    b'{"users":{"a":{"email":"a\\u0000b@example.com"}},"accounts":{"a":{"user":{"email":"a\\u0000b@example.com"}}}}',
    b'{"users":{"a":{"email":"\xff@example.com"}},"accounts":{}}', b'{"users":{"\\ud800":{"email":"a@example.com"}}}'],
    ids=["nothing", "null", "array", "string", "open", "nul", "no utf-8", "surrogate"])
def test_bodies_that_are_no_request(path, text, admin, sql):
    before = sql("SELECT count(*) FROM users")
    assert raw(admin, path, text).status_code == 422
    assert sql("SELECT count(*) FROM users") == before


@pytest.mark.parametrize("path", [GRAPH, SIMPLE])
@pytest.mark.parametrize("text", [b'{"accounts":' + b'{"a":' * 200_000, b'{"users":' + b"[" * 200_000 + b"]" * 200_000 + b"}"],
                         ids=["objects", "arrays"])
def test_bodies_that_are_too_deep(path, text, admin, sql):
    before = sql("SELECT count(*) FROM users")
    assert raw(admin, path, text).status_code == 413
    assert sql("SELECT count(*) FROM users") == before


def test_one_byte_over_the_limit_and_not(admin):
    """Of 8 MiB exactly, most of it white space."""
    empty = b'{"users":{}}'
    assert raw(admin, GRAPH, empty + b" " * ((8 << 20) - len(empty))).status_code == 200
    assert raw(admin, GRAPH, empty + b" " * ((8 << 20) - len(empty) + 1)).status_code == 413


@pytest.mark.parametrize("body", [
    {"users": {"u": {"email": "a" * 3_000_000 + "@example.com"}}},
    {"users": {"u": {"email": "x@" + "a." * 200_000 + "com"}}}], ids=["local part", "domain"])
def test_addresses_without_end(body, admin):
    answer = admin.post(GRAPH, body)
    assert answer.status_code == 422 and len(answer.content) < 10_000


@pytest.mark.parametrize("where", ["key", "name", "username", "slug", "workspace", "role", "ref", "email reference", "reason",
                                   "password", "method"])
def test_texts_without_end(where, admin, alice, suffix, sql):
    """A megabyte in each text field of a request: it is stored or refused, and never causes a server error."""
    long = "x" * 1_000_000
    user = {"email": f"u-{suffix}@example.com"}
    ref = {"organization_ref": {"id": alice.organization}, "user_ref": {"id": alice.user}}
    path, body = {
        "key": (GRAPH, {"users": {long: user}}), "name": (SIMPLE, {"accounts": {"a": {"user": {**user, "name": long}}}}),
        "username": (GRAPH, {"users": {"u": {**user, "username": long}}}),
        "slug": (GRAPH, {"users": {"u": user}, "organizations": {"o": {"name": "o", "slug": long}}}),
        "workspace": (SIMPLE + "workspaces/", {"workspace": {"name": long, "organization_ref": {"id": alice.organization}}}),
        "role": (SIMPLE + "organizations/memberships/", {"membership": {**ref, "role": long}}),
        "ref": (GRAPH, {"organization_memberships": {"m": {**ref, "user_ref": {"ref": long}, "role": "viewer"}}}),
        "email reference": (SIMPLE + "organizations/memberships/", {"membership": {**ref, "user_ref": {"email": long}, "role": "viewer"}}),
        "reason": (GRAPH, {"users": {"u": user}, "options": {"reason": long}}),
        "password": (SIMPLE + "users/identities/", {"user_ref": {"id": alice.user}, "user_identity": {
            "method": "email:password", "subject": f"p-{suffix}@example.com", "password": long}}),
        "method": (SIMPLE + "users/identities/", {"user_ref": {"id": alice.user}, "user_identity": {"method": long, "subject": "x"}}),
    }[where]
    answer = admin.post(path, body)
    assert answer.status_code in (200, 400, 404, 422, 501), (answer.status_code, answer.text[:300])


# ---- removing while people are at work ----

def test_removing_users_while_they_sign_in_and_accept(admin, server, sql):
    """A user who is removed during a request is refused; there is no deadlock, and no row of the user remains."""
    wrong = []
    for _ in range(4):
        owner, *guests = client.make_accounts(admin, "owner", *(f"guest{n}" for n in range(5)))
        for guest in guests:
            sql("DELETE FROM orgd.logins WHERE email = %s", guest.email)
            admin.ok("POST", SIMPLE + "users/identities/", {"user_ref": {"id": guest.user}, "user_identity": {
                "method": "email:password", "subject": guest.email, "password": PASSWORD}})
        tokens = [client.invite(owner, owner.organization, owner.workspace, guest.email)["token"] for guest in guests]
        acts = [lambda guest=guest, token=token, owner=owner: client.accept(guest, token, owner.organization, owner.workspace)
                for guest, token in zip(guests, tokens)]
        acts += [lambda guest=guest: Browser(server.url).sign_in(guest.email) for guest in guests]
        acts += [lambda guest=guest: guest.post("/organizations/", {"name": "new"}) for guest in guests]
        everybody = [person.user for person in (owner, *guests)]
        acts += [lambda everybody=everybody: admin.using(admin.authorization).delete(GRAPH, body={
            "target": {"user_ids": everybody}, "dry_run": False})]
        acts += [lambda guest=guest: admin.using(admin.authorization).delete(SIMPLE + f"users/{guest.user}") for guest in guests]
        answers = serving.in_parallel(len(acts), lambda n, acts=acts: acts[n]())
        wrong += [answer for answer in answers if getattr(answer, "status_code", 200) >= 500]
        left = admin.delete(GRAPH, body={"target": {"user_ids": everybody}, "dry_run": False})
        assert left.status_code == 200, left.text
        for table, column in (("users", "id"), ("organizations", "owner_id"), ("organization_members", "user_id"), ("api_keys", "created_by_id"),
                              ("orgd.sessions", "user_id")):
            assert sql(f"SELECT count(*) FROM {table} WHERE {column} = ANY (%s::uuid[])", everybody) == [(0,)], table
    assert not wrong, [(answer.status_code, answer.url, answer.text) for answer in wrong]


def test_organizations_removed_in_other_orders_at_once(admin):
    accounts = client.make_accounts(admin, *(f"p{n}" for n in range(12)))
    ids = [person.organization for person in accounts]
    workspaces, projects = [person.workspace for person in accounts], [person.project for person in accounts]
    bodies = [{"target": target, "dry_run": False} for n in range(6) for target in (
        {"organization_ids": ids[n:] + ids[:n]}, {"organization_ids": (ids[n:] + ids[:n])[::-1]},
        {"workspace_ids": (workspaces[n:] + workspaces[:n])[::-1]}, {"project_ids": projects[n:] + projects[:n]})]
    answers = at_once(admin, "DELETE", GRAPH, bodies)
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers if answer.status_code != 200]


def test_the_server_is_killed_in_the_middle(make_server):
    """Everything that was answered is stored; the interrupted request is stored whole or not at all, and its key is not used up."""
    server = make_server(ORGD_REQUEST_TIMEOUT="60").start()
    key = {"Authorization": f"Access {server.auth_key}", "Content-Type": "application/json"}
    body = {"options": {"idempotency_key": "k"}, "accounts": batch("killed", 2000)}

    def send():
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            connection.request("POST", SIMPLE, json.dumps(body), key)
            connection.getresponse().read()
        except OSError:
            pass
        except http.client.HTTPException:
            pass
        finally:
            connection.close()
    sender = threading.Thread(target=send)
    sender.start()
    assert client.eventually(lambda: server.sql("SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query ILIKE '%INSERT INTO%'"
                                                " AND application_name LIKE 'orgd%' AND pid <> pg_backend_pid()"), 30)
    os.kill(server.process.pid, signal.SIGKILL)
    sender.join()
    server.process.wait()
    server.start()
    assert server.sql("SELECT count(*) FROM users")[0][0] in (0, 2000)
    answer = server.request("POST", SIMPLE, body, key, timeout=60)
    assert answer.status == 200 and len(answer.json["accounts"]) == 2000
    assert server.sql("SELECT count(*) FROM users") == [(2000,)]


# ---- audit ----

@pytest.mark.parametrize("cursor", ["0", "9223372036854775808", "1;DROP TABLE users", "1%20OR%201=1", "%2B1", "1e3", "0x1", "\u0661", "",
                                    "1" * 4096])
def test_a_cursor_that_no_answer_gave(cursor, admin):
    answer = admin.get(f"/admin/audit?cursor={cursor}")
    assert answer.status_code in (400, 414)
    if answer.status_code == 400:
        assert answer.json()["detail"]["path"] == "cursor"


def test_a_cursor_of_another_question_is_only_a_place(admin, alice):
    """It contains only a position, so it gives access to nothing that the query does not ask for."""
    page = admin.ok("GET", "/admin/audit?limit=1")
    for change in admin.ok("GET", f"/admin/audit?object=users&object_id={alice.user}&cursor={page['cursor']}")["changes"]:
        assert (change["object"], change["object_id"]) == ("users", alice.user)


@pytest.mark.parametrize("name", ["object", "actor", "operation", "request_id", "object_id"])
@pytest.mark.parametrize("value", ["'; DROP TABLE users; --", "%", "\\", "x" * 4096, "\n"])
def test_audit_filters_are_only_compared(name, value, admin):
    answer = admin.session.get(f"{admin.url}/admin/audit", params={name: value}, headers={"Authorization": admin.authorization})
    assert answer.status_code == (422 if name == "object_id" else 200)
    assert name == "object_id" or answer.json()["changes"] == []


def test_no_secret_in_the_log_or_the_audit(admin, server, suffix, sql):
    email, password = f"u-{suffix}@example.com", f"S3cret!{suffix}"
    made = admin.ok("POST", SIMPLE, {"options": {"idempotency_key": suffix, "reason": "r"}, "accounts": {"a": {
        "user": {"email": email}, "user_identities": [{"method": "email:password", "subject": email, "password": password}]}}})
    admin.ok("POST", SIMPLE + "users/identities/", {"user_ref": {"id": made["accounts"]["a"]["user"]["id"]}, "user_identity": {
        "method": "email:password", "subject": f"alias-{suffix}@example.com", "password": password}})
    assert admin.post(SIMPLE + "reset-password", {"user_identities": [
        {"method": "email:password", "subject": email, "password": password + "2"}]}).status_code == 204
    admin.post(SIMPLE + "reset-password", {"user_identities": [{"method": "x", "subject": email, "password": password}]})
    secrets = (password, made["accounts"]["a"]["api_keys"]["key"].split(".")[1], admin.authorization.split()[1])
    log = server.messages()
    for secret in secrets:
        assert secret not in log
        assert sql("SELECT count(*) FROM orgd.audit AS a WHERE strpos(to_jsonb(a)::text, %s) > 0", secret) == [(0,)]
