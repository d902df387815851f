"""Blocked addresses: every credential is refused and nothing is deleted. Also sessions that the operator ends."""
import json
import subprocess

import client
import pytest
import serving
import sessions

PATHS = ("/profile", "/access/permissions/check")


def accepted(api):
    return {path: api.get(path).status_code for path in PATHS}


@pytest.fixture
def credentials(people, key, sql):
    """A user with one working credential of each kind; and the address."""
    (ann,) = people("ann")
    kinds = {"key": ann, "key without its scheme": ann.using(ann.key),
             "secret token": ann.using("Secret " + client.sign(key, client.claims_of(ann))),
             "session": sessions.session_of(ann, sql), "session in cookies": sessions.session_of(ann, sql, "cookie")}
    for api in kinds.values():
        assert set(accepted(api).values()) == {200}
    return ann, kinds


def at(server, api):
    """The same credential, sent to another server."""
    api.url = server.url
    return api


def rows(sql, ann):
    return sql("SELECT (SELECT count(*) FROM api_keys WHERE created_by_id = %s), (SELECT count(*) FROM orgd.sessions WHERE user_id = %s)",
               ann.user, ann.user)


@pytest.mark.parametrize("setting", ["AGENTA_ACCESS_BLOCKED_EMAILS", "AGENTA_BLOCKED_EMAILS", "AGENTA_ACCESS_BLOCKED_DOMAINS"])
def test_every_credential_of_a_blocked_address_is_refused(setting, credentials, another, server, sql):
    ann, kinds = credentials
    before = rows(sql, ann)
    blocking = another(**{setting: ann.email.split("@")[1] if "DOMAINS" in setting else ann.email.upper()})
    for name, api in kinds.items():
        for _ in range(2):
            assert set(accepted(at(blocking, api)).values()) == {401}, name
    header, cookie = kinds["session"], kinds["session in cookies"]
    for api in (header, cookie):
        for method, path, body in (("GET", "/auth/sessions", None), ("DELETE", "/auth/sessions", None),
                                   ("GET", f"/auth/access?organization_id={ann.organization}", None),
                                   ("PATCH", "/auth/session/identities", {"session_identities": []})):
            assert api.call(method, path, body).status_code == 401, path
    assert header.post("/auth/signout").status_code == 401
    # nothing is deleted: on a server that does not block the address, all of it works
    assert rows(sql, ann) == before
    for name, api in kinds.items():
        assert set(accepted(at(server, api)).values()) == {200}, name
    assert at(server, header).renewed() and header.get("/profile").status_code == 200


def test_a_refresh_of_a_blocked_address_ends_its_session(credentials, another, server, sql):
    ann, kinds = credentials
    blocking = another(AGENTA_ACCESS_BLOCKED_EMAILS=ann.email)
    header, cookie = kinds["session"], kinds["session in cookies"]
    assert at(blocking, header).renew().status_code == 401
    assert at(blocking, cookie).post("/auth/session/refresh").status_code == 401
    assert rows(sql, ann) == [(1, 0)]
    assert at(server, kinds["key"]).get("/profile").status_code == 200


@pytest.mark.parametrize("settings", [
    {"AGENTA_ACCESS_ALLOWED_DOMAINS": "elsewhere.io"},
    {"AGENTA_ACCESS_ALLOWED_DOMAINS": "elsewhere.io", "AGENTA_ACCESS_BLOCKED_DOMAINS": "example.com"},  # not asked then
    {"AGENTA_ACCESS_BLOCKED_DOMAINS": "elsewhere.io", "AGENTA_ACCESS_BLOCKED_EMAILS": "eve@example.com"},
    {"ORGD_ACCESS_INVITE_ONLY": "on"}])
def test_an_address_outside_of_the_domains_keeps_its_sessions(settings, credentials, another):
    _, kinds = credentials
    there = another(**settings)
    for name, api in kinds.items():
        assert set(accepted(at(there, api)).values()) == {200}, name
    assert kinds["session"].renewed() and set(accepted(kinds["session"]).values()) == {200}
    assert kinds["session in cookies"].post("/auth/session/refresh").status_code == 200


# ---- sessions ended by the operator ----

def run(server, *arguments):
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={server.data}" for name in ("core", "tracing")}
    return subprocess.run([serving.PROGRAM, *arguments], env=serving.clean_environment(**uris), capture_output=True, text=True, timeout=60)


@pytest.fixture
def signed_in(people, sql, second):
    """A user with two sessions, cached by two processes, with a link and a code; and a bystander."""
    ann, bob = people("ann", "bob")
    mine = [sessions.session_of(ann, sql), sessions.session_of(ann, sql, "cookie")]
    other = sessions.session_of(bob, sql)
    there = [at(second, sessions.session_of(ann, sql)), at(second, sessions.session_of(bob, sql))]
    ann.link = "link-of-" + ann.email
    sql("INSERT INTO orgd.password_resets (token_hash, login_id, proves, expires_at)"
        " SELECT sha256(%s::bytea), id, true, now() + interval '1 hour' FROM orgd.logins WHERE email = %s", ann.link, ann.email)
    sql("INSERT INTO orgd.code_devices (device_hash, email, expires_at) VALUES (sha256(%s::bytea), %s, now() + interval '1 hour')",
        ann.email, ann.email)
    for api in (*mine, other, *there):
        assert set(accepted(api).values()) == {200}
    return ann, [*mine, there[0]], [bob, ann, other, there[1]]


def check_ended(sql, ann, ended, kept):
    for api in ended:
        assert set(accepted(api).values()) == {401}
    for api in kept:
        assert set(accepted(api).values()) == {200}
    assert rows(sql, ann) == [(1, 0)]
    # of an earlier generation than the account: refused, whatever rows exist
    assert sql("SELECT count(*) FROM orgd.password_resets r JOIN orgd.logins l ON l.id = r.login_id"
               " WHERE l.email = %s AND r.generation = orgd.generation_of(l.user_id, l.email)", ann.email) == [(0,)]
    assert sql("SELECT count(*) FROM orgd.code_devices WHERE email = %s AND generation = orgd.generation_of(NULL, email)", ann.email) == [(0,)]
    link = ann.using(None).post("/auth/user/password/reset", {"method": "token", "token": ann.link, "formFields": [
        {"id": "password", "value": "An0ther!pass"}]})
    assert link.json()["status"] == "RESET_PASSWORD_INVALID_TOKEN_ERROR"


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_administration_ends_all_sessions_of_a_user(slash, signed_in, admin, sql):
    """Also the links and codes that could begin another session; keys stay."""
    ann, ended, kept = signed_in
    answer = admin.delete(f"/admin/simple/accounts/users/{ann.user}/sessions{slash}")
    assert (answer.status_code, answer.json()) == (200, {"ended": 3})
    check_ended(sql, ann, ended, kept)
    assert ended[0].renew().status_code == 401
    assert admin.delete(f"/admin/simple/accounts/users/{ann.user}/sessions").json() == {"ended": 0}


def test_a_command_ends_all_sessions_of_a_user(signed_in, server, sql):
    ann, ended, kept = signed_in
    done = run(server, "account", "end-sessions", ann.email.upper())
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Ended 3 sessions of {ann.email.upper()}.\n", "")
    check_ended(sql, ann, ended, kept)
    assert json.loads(run(server, "account", "end-sessions", ann.email, "--json").stdout) == {"ended": 0}


def test_sessions_of_an_unknown_user(admin, server):
    unknown = "00000000-0000-0000-0000-000000000001"
    answer = admin.delete(f"/admin/simple/accounts/users/{unknown}/sessions")
    assert answer.status_code == 404 and answer.json()["detail"]["code"] == "user_not_found"
    assert admin.delete("/admin/simple/accounts/users/x/sessions").status_code == 400
    done = run(server, "account", "end-sessions", "nobody@acme.io")
    assert (done.returncode, done.stderr) == (3, "orgd: User not found: nobody@acme.io.\n")


def test_only_the_administrator_ends_sessions_of_others(signed_in, nobody):
    ann, sessions_of_ann, others = signed_in
    for api in (nobody, others[0], others[2], sessions_of_ann[0]):
        assert api.delete(f"/admin/simple/accounts/users/{ann.user}/sessions").status_code == 401
    assert set(accepted(sessions_of_ann[0]).values()) == {200}
