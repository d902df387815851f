"""Sign-ins, sessions, refusals and administration are in the audit: a test causes each event."""
import hashlib
import json
import re
import time

import client
import mailbox
import pytest
import serving
import sessions
from signing import PASSWORD, Browser, address, form

WRONG = "0ther!Password"
FIELDS = ("actor", "actor_id", "operation", "reason", "request_id", "address", "action", "object", "object_id")


@pytest.fixture(scope="module")
def mails():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def server():
    made = serving.Server(AGENTA_ACCESS_BLOCKED_EMAILS="eve@acme.example", GITHUB_OAUTH_CLIENT_ID="x", GITHUB_OAUTH_CLIENT_SECRET="y",
                          ORGD_TRUSTED_PROXIES="127.0.0.1").start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def admin(server):
    return client.Api(server.url, f"Access {server.auth_key}")


@pytest.fixture(scope="module")
def sql(server):
    return lambda text, *parameters: server.sql(text, parameters or None)


@pytest.fixture
def browser(server):
    return Browser(server.url)


def events(server, **wanted):
    """Events with these members, whether or not their minute is over, oldest first."""
    columns = ", ".join(FIELDS)
    rows = server.sql(
        f"SELECT {columns.replace('object_id', 'object_id::text')}, times, coalesce(after, before) FROM orgd.audit UNION ALL SELECT "
        + ", ".join(f"event->>'{name}'" for name in FIELDS) + ", times, event->'after' FROM orgd.audit_counts")
    found = [dict(zip((*FIELDS, "times", "details"), row)) for row in rows]
    return [event for event in found if all(event[name] == value for name, value in wanted.items())]


def event(server, **wanted):
    """The only such event; it may take a moment to arrive."""
    found = serving.wait_for(f"the event {wanted}", lambda: events(server, **wanted), 10)
    assert len(found) == 1, found
    return found[0]


def account_of(email):
    return hashlib.sha256(email.encode()).hexdigest()[:16]


def failure(server, email, **wanted):
    found = serving.wait_for(f"a failure of {email}", lambda: [
        each for each in events(server, action="sign_in_failed", **wanted) if (each["details"] or {}).get("account") == account_of(email)], 10)
    assert len(found) == 1, found
    return found[0]


# ---- sign-in ----

def test_a_wrong_password(server, browser):
    email = address()
    browser.sign_up(email)
    login, = server.sql("SELECT id::text FROM orgd.logins WHERE email = %s", [email])[0]
    assert browser.sign_in(email, WRONG)["status"] == "WRONG_CREDENTIALS_ERROR"
    found = failure(server, email)
    assert (found["actor"], found["reason"], found["operation"], found["object_id"], found["address"], found["times"]) == (
        "anonymous", "wrong password", "sign_in", login, "127.0.0.1", 1)


def test_a_wrong_password_in_a_session(server):
    """An attacker with a stolen session guesses the password where a session repeats it."""
    email = address()
    session = sessions.sign_up(server.url, email)
    assert session.post("/auth/session/reauthenticate", {"password": WRONG}).status_code == 403
    found = failure(server, email)
    assert (found["reason"], found["object_id"]) == ("wrong password", session.claims["sub"])


def test_a_link_that_is_handed_out(server, admin, sql):
    """The maker, the client's address, and the account that it opens."""
    alice, bob = client.make_accounts(admin, "alice", "bob")
    client.add_member(sql, bob, alice.organization)
    assert alice.post(f"/profile/reset-password?user_id={bob.user}").status_code == 200
    found = event(server, action="request", reason="password-reset link", object_id=bob.user)
    assert (found["actor"], found["actor_id"], found["object"], found["address"]) == ("key", alice.user, "users", "127.0.0.1")
    assert found["request_id"]


def test_a_password_for_an_unknown_address(server, browser):
    browser.sign_in("nobody@acme.example", WRONG)
    assert failure(server, "nobody@acme.example")["object_id"] is None


def test_an_address_that_the_rules_refuse(server, browser):
    browser.sign_in("eve@acme.example")
    assert failure(server, "eve@acme.example")["reason"] == "access rule"


def test_a_refusal_by_the_identity_provider(server, browser):
    browser.outcome("/auth/signinup", {"thirdPartyId": "github", "redirectURIInfo": {
        "redirectURIOnProviderDashboard": "http://localhost/auth/callback/github", "redirectURIQueryParams": {}}})
    assert event(server, action="sign_in_failed", reason="identity provider")["times"] == 1


def test_an_invalid_reset_link(server, browser):
    browser.outcome("/auth/user/password/reset", {"token": "x", **form(password=PASSWORD)})
    assert event(server, action="sign_in_failed", reason="invalid reset link")["address"] == "127.0.0.1"


def test_codes(mails):
    made = serving.Server(**mails.settings).start()
    try:
        browser, email = Browser(made.url), address()
        answer = browser.outcome("/auth/signinup/code", {"email": email})
        device = {name: answer[name] for name in ("deviceId", "preAuthSessionId")}
        code = re.search(r"^(\d{6})$", mailbox.text_of(mails.next(email)), re.M).group(1)
        wrong = f"{(int(code) + 1) % 1000000:06}"
        browser.outcome("/auth/signinup/code/consume", {**device, "userInputCode": wrong})
        assert failure(made, email)["reason"] == "wrong code"
        made.sql("UPDATE orgd.codes SET expires_at = now() - interval '1 second'")
        browser.outcome("/auth/signinup/code/consume", {**device, "userInputCode": code})
        assert failure(made, email, reason="expired code")["times"] == 1
        made.sql("UPDATE orgd.codes SET expires_at = now() + interval '1 minute'")
        assert browser.outcome("/auth/signinup/code/consume", {**device, "userInputCode": code})["status"] == "OK"
        assert event(made, action="session_begin")["details"]["identities"] == ["email:otp"]
    finally:
        made.close()


# ---- sessions ----

def test_the_audit_has_the_begin_and_the_end_of_a_session(server):
    email = address()
    first = sessions.sign_up(server.url, email, **{"User-Agent": "a browser", "X-Request-Id": "begin-1"})
    user, = server.sql("SELECT id::text FROM users WHERE email = %s", [email])[0]
    begun = event(server, action="session_begin", object_id=first.handle)
    assert (begun["actor"], begun["actor_id"], begun["operation"], begun["request_id"], begun["address"]) == (
        "user", user, "sign_up", "begin-1", "127.0.0.1")
    assert (begun["details"]["client"], begun["details"]["identities"], begun["details"]["is_new_user"]) == ("a browser", ["email:password"], True)
    first.renewed()
    assert first.post("/auth/signout").status_code == 200
    ended = event(server, action="session_end", object_id=first.handle)
    assert (ended["actor"], ended["actor_id"], ended["operation"], ended["reason"]) == ("user", user, "sign_out", None)


def end_of(server, session):
    found = event(server, action="session_end", object_id=session.handle)
    return found["actor"], found["operation"], found["reason"]


def test_how_sessions_end(server, admin):
    email = address()
    one, two, three, four, five = (sessions.sign_up(server.url, email) if i == 0 else sessions.sign_in(server.url, email) for i in range(5))
    assert one.delete(f"/auth/sessions/{two.handle}").status_code == 200
    assert end_of(server, two) == ("user", "end_session", None)
    old = three.refresh
    three.renewed().renewed()
    assert three.renew(old).status_code == 401
    assert end_of(server, three) == ("anonymous", "refresh_session", "stolen refresh token")
    server.sql("UPDATE orgd.sessions SET expires_at = now() - interval '1 second' WHERE handle = %s", [four.handle])
    server.sql("DELETE FROM orgd.sessions WHERE expires_at < now()")  # as the sweep does every ten minutes
    assert end_of(server, four)[2] == "expired"
    assert one.delete("/auth/sessions").json() == {"ended": 1}
    assert end_of(server, five) == ("user", "end_other_sessions", None)
    user, = server.sql("SELECT id::text FROM users WHERE email = %s", [email])[0]
    assert admin.delete(f"/admin/simple/accounts/users/{user}").status_code == 200
    assert end_of(server, one)[:2] == ("admin", "delete_user")


def test_a_session_that_the_rules_end(server, another_rule):
    session = sessions.sign_up(server.url, "carl@blocked.example")
    assert client.Api(another_rule.url, f"Bearer {session.refresh}").post("/auth/session/refresh").status_code == 401
    assert end_of(server, session) == ("anonymous", "refresh_session", "access rule")


@pytest.fixture
def another_rule(server):
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={server.data}" for name in ("core", "tracing")}
    made = serving.Server(AGENTA_AUTH_KEY=server.auth_key, AGENTA_CRYPT_KEY=server.crypt_key, **uris, ORGD_RATE_LIMITS="on",
                          AGENTA_ACCESS_BLOCKED_DOMAINS="blocked.example").start()
    yield made
    made.close()


# ---- refusals and administration ----

def test_refused_permissions_are_counted(server, admin):
    alice, bob = client.make_accounts(admin, "alice", "bob")
    client.add_member(lambda text, *values: server.sql(text, values), bob, alice.organization, "viewer")
    for _ in range(3):
        assert bob.delete(f"/organizations/{alice.organization}/").status_code == 403
    serving.wait_for("all are counted", lambda: sum(each["times"] for each in events(server, action="refused", actor_id=bob.user)) == 3, 10)
    found = events(server, action="refused", actor_id=bob.user)[0]
    assert (found["actor"], found["operation"], found["reason"], found["details"]) == ("key", "delete_organization", "permission", {"status": 403})


def test_a_wrong_administration_key(server, admin):
    assert admin.using("Access wrong-key").get("/admin/audit").status_code == 401
    assert admin.using("Access wrong-key").post("/admin/accounts/", {}).status_code == 401
    mine = {"action": "refused", "reason": "administration key", "address": "127.0.0.1"}
    serving.wait_for("both are counted", lambda: sum(each["times"] for each in events(server, **mine)) == 2, 10)
    assert {(each["actor"], each["details"]["status"]) for each in events(server, **mine)} == {("anonymous", 401)}


def test_too_many_attempts(server, another_rule):
    browser = Browser(another_rule.url)
    for _ in range(13):
        browser.sign_in("dora@acme.example", WRONG)
    serving.wait_for("the limit is on the audit", lambda: events(server, action="refused", reason="limit"), 10)


def test_requests_of_an_administrator(server, admin):
    alice, = client.make_accounts(admin, "alice")
    answer = admin.delete(f"/admin/simple/accounts/users/{alice.user}", headers={"X-Request-Id": "admin-1"})
    found = event(server, action="request", request_id="admin-1")
    assert (found["actor"], found["operation"], found["details"]["status"]) == ("admin", "delete_user", answer.status_code)
    assert re.fullmatch("[0-9a-f]{8}", found["actor_id"])
    assert admin.delete("/admin/simple/accounts/users/00000000-0000-4000-8000-000000000000", headers={"X-Request-Id": "admin-2"}).status_code == 404
    assert event(server, action="request", request_id="admin-2")["details"] == {"status": 404}
    for _ in range(3):
        admin.ok("GET", "/admin/access/report")
    serving.wait_for("reading is counted", lambda: sum(
        each["times"] for each in events(server, action="request", operation="report_access", request_id=None)) == 3, 10)


def test_the_client_behind_a_proxy(server):
    client.Api(server.url).post("/auth/signin", form(email="fay@acme.example", password=WRONG), headers={"X-Forwarded-For": "192.0.2.7"})
    assert failure(server, "fay@acme.example")["address"] == "192.0.2.7"


# ---- counted events ----

# Before the flood, which leaves no room for single events in its minute.
def test_the_audit_holds_no_secret(server, admin, browser):
    email = address()
    browser.sign_up(email)
    browser.sign_in(email, WRONG)
    session = sessions.sign_in(server.url, email)
    alice, = client.make_accounts(admin, "alice")
    admin.using("Access wrong-key").get("/admin/audit")
    failure(server, email)
    said = json.dumps([server.sql("SELECT to_jsonb(a)::text FROM orgd.audit a"), server.sql("SELECT event::text FROM orgd.audit_counts")])
    for secret in (PASSWORD, WRONG, "wrong-key", server.auth_key, alice.key, alice.key[9:], session.access, session.refresh,
                   *(hashed for (hashed,) in server.sql("SELECT encode(refresh_hash, 'hex') FROM orgd.sessions"))):
        assert secret not in said


def over(server):
    """Ends the minute of everything that is counted."""
    server.sql("UPDATE orgd.audit_counts SET minute = minute - interval '2 minutes'")
    serving.wait_for("the minute is over", lambda: server.sql(
        "SELECT count(*) FROM orgd.audit_counts WHERE minute < now() - interval '100 seconds'") == [(0,)], 20)


def test_a_flood_is_one_row(server, another_rule, admin):
    """Over two servers, one of which counts two clients."""
    start = time.time() // 60
    wrong = form(email="gus@acme.example", password=WRONG)
    for number in range(20):
        client.Api(another_rule.url if number % 4 == 0 else server.url).post(
            "/auth/signin", wrong, headers={"X-Forwarded-For": "192.0.2.8"} if number % 4 == 1 else {})
    serving.wait_for("all are counted", lambda: sum(each["times"] for each in of_gus(server)) == 20, 10)
    if time.time() // 60 == start:
        assert sorted((each["address"], each["times"]) for each in of_gus(server)) == [("127.0.0.1", 15), ("192.0.2.8", 5)]
    over(server)
    rows = [each for each in admin.ok("GET", "/admin/audit?action=sign_in_failed&limit=1000")["changes"]
            if each.get("after", {}).get("account") == account_of("gus@acme.example")]
    assert sum(int(each["times"]) for each in rows) == 20
    assert {(each["actor"], each["object"], each["reason"]) for each in rows} == {("anonymous", "logins", "wrong password")}


def of_gus(server):
    return [each for each in events(server, action="sign_in_failed") if (each["details"] or {}).get("account") == account_of("gus@acme.example")]


def test_events_beyond_the_limit_are_counted_together(server, admin):
    """From many clients: they are counted, and the table stays small."""
    before = server.sql("SELECT count(*) FROM orgd.audit_counts")[0][0] + server.sql("SELECT count(*) FROM orgd.audit")[0][0]
    wrong = admin.using("Access wrong-key")
    for number in range(1500):
        wrong.get("/admin/audit", headers={"X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"})
    mine = {"action": "refused", "reason": "administration key"}
    serving.wait_for("all are counted", lambda: sum(each["times"] for each in events(server, **mine)) >= 1500, 20)
    after = server.sql("SELECT count(*) FROM orgd.audit_counts")[0][0] + server.sql("SELECT count(*) FROM orgd.audit")[0][0]
    assert after - before <= 2 * 1030  # two minutes at most
    if after - before < 1100:
        assert [each["times"] for each in events(server, **mine, address=None)][0] >= 400


def test_the_last_counts_are_written_at_shutdown():
    made = serving.Server().start()
    try:
        client.Api(made.url).post("/auth/signin", form(email="hal@acme.example", password=WRONG))
        assert made.stop() == 0
        made.start()
        assert failure(made, "hal@acme.example")["times"] == 1
    finally:
        made.close()


def test_while_the_database_is_away_events_wait():
    """They are kept in memory, and counted once."""
    made = serving.Server().start()
    try:
        for _ in range(5):
            client.Api(made.url, "Access wrong-key").get("/admin/audit")
            made.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orgd audit'")
            time.sleep(0.3)
        serving.wait_for("they are counted", lambda: sum(
            each["times"] for each in events(made, action="refused", reason="administration key")) == 5, 20)
        time.sleep(2)
        assert sum(each["times"] for each in events(made, action="refused", reason="administration key")) == 5
    finally:
        made.close()
