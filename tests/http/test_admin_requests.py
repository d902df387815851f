"""An administration request is one transaction: with dry run, idempotent repetition and audit."""
import itertools
import re
import uuid

import client
import pytest
import serving
import signing

GRAPH = "/admin/accounts/"
SIMPLE = "/admin/simple/accounts/"
numbers = itertools.count()


@pytest.fixture
def suffix():
    return f"{next(numbers)}-{uuid.uuid4().hex[:6]}"


# Tables that grow with time and with each request.
EVIDENCE = {"orgd.sessions", "orgd.accounts", "orgd.audit_counts", "orgd.audit_seals", "orgd.audit_anchors"}
CHANGES = "action IN ('create', 'update', 'delete')"


def counts(sql):
    """The number of rows of each table, of the audit those of changes."""
    tables = sql("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'orgd')")
    return {table: sql(f"SELECT count(*) FROM {table} WHERE {CHANGES if table == 'orgd.audit' else 'true'}")[0][0]
            for (table,) in tables if table not in EVIDENCE}


def requests_of(alice, bob, suffix, **options):
    """One request for each creating endpoint, each of which would write a row."""
    ids = {"user_ref": {"id": bob.user}, "role": "admin"}
    places = {scope: {f"{scope}_ref": {"id": getattr(alice, scope)}} for scope in ("organization", "workspace", "project")}
    options = {"options": {"create_identities": True, "create_api_keys": True, **options}}
    return [
        (GRAPH, {**options, "users": {"u": {"email": f"g-{suffix}@example.com"}}, "organizations": {"o": {"name": "o"}}}),
        (SIMPLE, {**options, "accounts": {"a": {"user": {"email": f"s-{suffix}@example.com"}}}}),
        (SIMPLE + "users/", {**options, "user": {"email": f"u-{suffix}@example.com"}}),
        (SIMPLE + "users/identities/", {**options, "user_ref": {"id": alice.user}, "user_identity": {
            "method": "email:password", "subject": alice.email, "password": signing.PASSWORD}}),
        (SIMPLE + "organizations/", {**options, "organization": {"name": "o"}, "owner": {"email": alice.email}}),
        (SIMPLE + "organizations/memberships/", {**options, "membership": {**places["organization"], **ids}}),
        (SIMPLE + "workspaces/", {**options, "workspace": {"name": "w", **places["organization"]}}),
        (SIMPLE + "workspaces/memberships/", {**options, "membership": {**places["workspace"], **ids}}),
        (SIMPLE + "projects/", {**options, "project": {"name": "p", **places["organization"], **places["workspace"]}}),
        (SIMPLE + "projects/memberships/", {**options, "membership": {**places["project"], **ids}}),
        (SIMPLE + "api-keys/", {**options, "api_key": {**places["project"], "user_ref": {"id": alice.user}}}),
    ]


ENDPOINTS = range(11)


# ---- dry run ----

@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_dry_run_is_answered_and_stores_nothing(endpoint, admin, people, suffix, sql):
    alice, bob = people("alice", "bob")
    before = counts(sql)
    path, body = requests_of(alice, bob, suffix, dry_run=True, idempotency_key=f"dry {suffix}")[endpoint]
    preview = admin.ok("POST", path, body)
    assert counts(sql) == before
    body["options"]["dry_run"] = False
    done = admin.ok("POST", path, body)  # the key was not used up
    assert shape(preview) == shape(done)
    assert counts(sql) != before


def accounts_of(suffix, *options):
    return {name: {"user": {"email": f"{name}-{suffix}@example.com"}, **({} if own is None else {"options": own})}
            for name, own in zip("abc", options)}


@pytest.mark.parametrize("whole,own", [
    (None, [{"dry_run": True}, {"dry_run": True}]),
    (True, [{"create_api_keys": False}, None]),
    (False, [{"dry_run": True}]),
])
def test_the_accounts_of_a_batch_are_a_dry_run(whole, own, admin, suffix, sql):
    """An account sets it in its options, or the batch in its own."""
    before = counts(sql)
    admin.ok("POST", SIMPLE, {"options": {"dry_run": whole}, "accounts": accounts_of(suffix, *own)})
    assert counts(sql) == before


def test_a_partial_dry_run_is_refused(admin, suffix, sql):
    before = counts(sql)
    answer = admin.post(SIMPLE, {"accounts": accounts_of(suffix, None, {"dry_run": True})})
    assert (answer.status_code, answer.json()["detail"]["code"], answer.json()["detail"]["account"]) == (400, "validation_error", "b")
    assert counts(sql) == before
    admin.ok("POST", SIMPLE, {"options": {"dry_run": True}, "accounts": accounts_of(suffix, {"dry_run": False}, {"dry_run": False})})
    assert counts(sql) != before


def shape(value):
    """The parts of an answer that are the same each time."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(element) for element in value]
    return re.sub(rf"{client.ID}|[0-9a-f]{{12}}$|^[A-Za-z0-9]{{8}}(\.[0-9a-f]{{64}})?$|^\d{{4}}-\d\d-\d\dT.*", "-", value) if isinstance(
        value, str) else value


# ---- idempotency keys ----

@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_request_repeated_with_its_key_is_done_once(endpoint, admin, people, suffix, sql):
    alice, bob = people("alice", "bob")
    path, body = requests_of(alice, bob, suffix, idempotency_key=f"key {suffix}", return_api_keys=True)[endpoint]
    first = admin.post(path, body)
    after = counts(sql)
    again = admin.post(path, body)
    assert (first.status_code, again.status_code, again.text) == (200, 200, first.text)
    assert counts(sql) == after


def test_a_key_stands_for_one_request(admin, suffix, sql):
    key = {"options": {"idempotency_key": f"key {suffix}"}}
    admin.ok("POST", SIMPLE + "users/", {**key, "user": {"email": f"a-{suffix}@example.com"}})
    before = counts(sql)
    for path, body in ((SIMPLE + "users/", {**key, "user": {"email": f"b-{suffix}@example.com"}}), (GRAPH, key)):
        answer = admin.post(path, body)
        assert (answer.status_code, answer.json()["detail"]) == (409, {
            "message": "The idempotency key was used for another request.", "idempotency_key": f"key {suffix}",
            "code": "idempotency_key_reused"})
    assert counts(sql) == before


def test_a_failed_request_does_not_use_its_key_up(admin, alice, suffix):
    body = {"options": {"idempotency_key": f"key {suffix}"}, "accounts": {"a": {"user": {"email": alice.email}}}}
    assert admin.post(SIMPLE, body).status_code == 409
    body["accounts"]["a"]["user"]["email"] = f"a-{suffix}@example.com"
    assert admin.post(SIMPLE, body).status_code == 200


def test_an_idempotency_key_is_valid_for_a_day(admin, suffix, sql):
    key = f"key {suffix}"
    body = {"options": {"idempotency_key": key}, "users": {"a": {"email": f"a-{suffix}@example.com"}}}
    admin.ok("POST", GRAPH, body)
    assert sql("SELECT expires_at - created_at = interval '1 day', status FROM orgd.idempotency WHERE key = %s", key) == [(True, 200)]
    sql("UPDATE orgd.idempotency SET expires_at = now() - interval '1 second' WHERE key = %s", key)
    body["users"]["a"]["email"] = f"b-{suffix}@example.com"
    assert admin.ok("POST", GRAPH, body)["accounts"][0]["users"]["a"]["email"] == f"b-{suffix}@example.com"


def test_kept_answers_are_encrypted(admin, suffix, sql):
    """The answer may contain keys that are shown once."""
    key = f"key {suffix}"
    account = admin.ok("POST", SIMPLE, {"options": {"idempotency_key": key}, "accounts": {"a": {"user": {"email": f"a-{suffix}@example.com"}}}})
    ((kept, request),) = sql("SELECT answer, request_hash FROM orgd.idempotency WHERE key = %s", key)
    for secret in (account["accounts"]["a"]["api_keys"]["key"], suffix):
        assert secret not in kept and secret not in request


@pytest.mark.parametrize("text,status", [("", 200), (None, 200), ("x" * 256, 422), (7, 422)])
def test_malformed_idempotency_keys(text, status, admin, sql):
    before = sql("SELECT count(*) FROM orgd.idempotency")
    assert admin.post(GRAPH, {"options": {"idempotency_key": text}}).status_code == status
    assert sql("SELECT count(*) FROM orgd.idempotency") == before


def test_the_same_key_from_many_at_once(admin, suffix, sql):
    body = {"options": {"idempotency_key": f"key {suffix}"}, "accounts": {"a": {"user": {"email": f"a-{suffix}@example.com"}}}}
    answers = serving.in_parallel(16, lambda _: admin.using(admin.authorization).post(SIMPLE, body))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert sql("SELECT count(*) FROM users WHERE email = %s", f"a-{suffix}@example.com") == [(1,)]


# ---- audit ----

def changes(admin, **query):
    """The audit rows of an object, oldest first, read page by page."""
    found, query = [], {"limit": 3, **query}
    while True:
        page = admin.ok("GET", "/admin/audit?" + "&".join(f"{name}={value}" for name, value in query.items()))
        assert len(page["changes"]) <= query["limit"]
        found += page["changes"]
        if page.get("cursor") is None:
            return found[::-1]
        query["cursor"] = page["cursor"]


# The default rows of a new project, which belong to the data plane.
UNAUDITED = {f"{kind}_{part}" for kind in ("environment", "workflow") for part in ("artifacts", "variants", "revisions")}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_change_is_in_the_audit(endpoint, admin, people, suffix, sql):
    alice, bob = people("alice", "bob")
    before = counts(sql)
    path, body = requests_of(alice, bob, suffix, reason=f"because {suffix}")[endpoint]
    answer = admin.post(path, body)
    assert answer.status_code == 200
    grown = {table.split(".")[1]: number - before[table] for table, number in counts(sql).items()
             if number != before[table] and table != "orgd.audit"}
    found = changes(admin, request_id=answer.headers["X-Request-Id"])
    assert {(each["actor"], each["reason"]) for each in found} == {("admin", f"because {suffix}")}
    assert len({(each["operation"], each["actor_id"]) for each in found}) == 1
    made = [each["object"] for each in found if each["action"] == "create"]
    assert {table: made.count(table) for table in made} == {table: number for table, number in grown.items() if table not in UNAUDITED}


def test_accounts_have_reasons_of_their_own(admin, suffix):
    answer = admin.post(SIMPLE, {"options": {"reason": "all"}, "accounts": accounts_of(
        suffix, {"reason": "starts today"}, {"reason": "is back"}, {"reason": "starts today"})})
    assert {each["reason"] for each in changes(admin, request_id=answer.headers["X-Request-Id"])} == {"starts today; is back"}


def test_audit_rows_have_the_state_before_and_after(admin, people):
    alice, bob = people("alice", "bob")
    for role in ("viewer", "admin"):
        admin.ok("POST", SIMPLE + "projects/memberships/", {"membership": {
            "project_ref": {"id": alice.project}, "user_ref": {"id": bob.user}, "role": role}})
    member, = {each["object_id"] for each in changes(admin, object="project_members", operation="create_project_membership", limit=1000)
               if (each["after"]["user_id"], each["after"]["project_id"]) == (bob.user, alice.project)}
    made, changed = changes(admin, object_id=member)
    assert (made["action"], "before" in made, made["after"]["role"]) == ("create", False, "viewer")
    assert (changed["action"], changed["before"]["role"], changed["after"]["role"]) == ("update", "viewer", "admin")


def test_actors_of_the_audit(admin, alice):
    """A user and their key are recorded too, and the administration key only as a fingerprint."""
    project = alice.ok("POST", "/projects/", {"name": "p"})["project_id"]
    made, = changes(admin, object="projects", object_id=project)
    assert (made["actor"], made["actor_id"]) == ("key", alice.user)
    (own,) = changes(admin, object="users", object_id=alice.user)
    assert own["actor"] == "admin" and re.fullmatch("[0-9a-f]{8}", own["actor_id"])


def test_the_audit_holds_no_secret(admin, suffix, sql):
    made = admin.ok("POST", SIMPLE, {"accounts": {"a": {"user": {"email": f"a-{suffix}@example.com"}, "user_identities": [
        {"method": "email:password", "subject": f"a-{suffix}@example.com", "password": "S3cret!word"}]}}})["accounts"]["a"]
    key = made["api_keys"]["key"]
    hashed, = sql("SELECT hashed_key FROM api_keys WHERE prefix = %s", key[:8])[0]
    password, = sql("SELECT password_hash FROM orgd.logins WHERE email = %s", f"a-{suffix}@example.com")[0]
    for secret in (key, key[9:], hashed, password, "S3cret!word", admin.authorization.split()[1]):
        assert sql("SELECT count(*) FROM orgd.audit AS a WHERE strpos(to_jsonb(a)::text, %s) > 0", secret) == [(0,)]


def test_a_rolled_back_change_leaves_no_audit_row(admin, alice, suffix, sql):
    before = counts(sql)
    assert admin.post(SIMPLE, {"accounts": {"a": {"user": {"email": f"a-{suffix}@example.com"}}, "b": {"user": {"email": alice.email}}}}
                      ).status_code == 409
    assert counts(sql) == before


def test_the_log_records_administration_requests(admin, server, suffix):
    answer = admin.post(SIMPLE + "users/", {"user": {"email": f"a-{suffix}@example.com"}, "options": {"reason": f'a "reason" {suffix}\nx'}})
    start = f'message="administration" request_id={answer.headers["X-Request-Id"]} '
    assert client.eventually(lambda: start in server.messages(), 10)
    line, = [line for line in server.messages().split("\n") if start in line]
    assert "operation=create_user" in line and f'reason="a \\"reason\\" {suffix}' in line and "status=200" in line


@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "limit=0", "limit=1001", "limit=x"])
def test_malformed_audit_filters(query, admin):
    answer = admin.get(f"/admin/audit?{query}")
    assert (answer.status_code, answer.json()["detail"]["path"]) == (400, query.split("=")[0])


def test_only_administrators_read_the_audit(alice, nobody):
    for api in (alice, nobody):
        assert api.get("/admin/audit").status_code == 401


def test_a_page_of_the_audit_has_a_maximum_size(admin, sql):
    """A page has as many changes as fit into 4 MiB, the next pages the rest. A bigger change gets a page of its own."""
    place = str(uuid.uuid4())
    sql("INSERT INTO orgd.audit (actor, action, object, object_id, after) SELECT 'command', 'update', 'organizations', %s,"
        " jsonb_build_object('n', n, 'filler', repeat('x', CASE WHEN n = 5 THEN 5000000 ELSE 1000000 END))"
        " FROM generate_series(0, 9) AS n", place)
    seen, cursor, sizes = [], "", []
    while cursor is not None:
        answer = admin.get(f"/admin/audit?object_id={place}" + (f"&cursor={cursor}" if cursor else ""))
        sizes.append(len(answer.content))
        page = answer.json()
        seen += [change["after"]["n"] for change in page["changes"]]
        cursor = page["cursor"]
    assert seen == list(range(9, -1, -1))
    assert len(sizes) == 4 and max(sizes) < 5_010_000 and sorted(sizes)[-2] < 4 << 20


# ---- limits ----

def test_a_body_over_the_limit(admin, sql):
    before = counts(sql)
    answer = admin.post(GRAPH, data=b'{"users":{"a":{"email":"' + b"a" * (8 << 20) + b'@example.com"}}}',
                        headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert counts(sql) == before


def test_ten_thousand_accounts(another, key, sql):
    """About 4 MB in one request; the answer has an account and a key for each. The benchmark measures the time."""
    server = another(ORGD_REQUEST_TIMEOUT="300")
    suffix = uuid.uuid4().hex[:6]
    body = {"accounts": {f"account number {number}": {"user": {
        "email": f"n{number}-{suffix}@ten.thousand.example", "username": f"user {number}", "name": f"Somebody's name {number}"},
        "organization": {"name": f"Organization {number}", "slug": f"ten-thousand-{suffix}-{number}", "metadata": {"filler": "x" * 180}},
        "options": {"seed_defaults": False}}
        for number in range(10_000)}}
    answer = server.request("POST", SIMPLE, body, {"Authorization": f"Access {key}"}, timeout=300)
    assert answer.status == 200, answer
    accounts = answer.json["accounts"]
    assert list(accounts) == list(body["accounts"])
    assert len({account["api_keys"]["key"] for account in accounts.values()}) == 10_000
    assert sql("SELECT count(*) FROM users WHERE email LIKE %s", f"%-{suffix}@ten.thousand.example") == [(10_000,)]
    again = server.request("POST", SIMPLE, body, {"Authorization": f"Access {key}"}, timeout=300)
    assert (again.status, again.json["detail"]["account"]) == (409, "account number 0")


def test_more_passwords_than_can_be_hashed_in_time(admin, suffix, sql):
    body = {"options": {"create_identities": True}, "user_identities": {str(number): {
        "method": "email:password", "subject": f"{number}-{suffix}@example.com", "password": signing.PASSWORD} for number in range(501)}}
    answer = admin.post(GRAPH, body)
    assert (answer.status_code, answer.json()["detail"]["code"]) == (400, "validation_error")
    assert sql("SELECT count(*) FROM orgd.logins WHERE email LIKE %s", f"%-{suffix}@example.com") == [(0,)]
