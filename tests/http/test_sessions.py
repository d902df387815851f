"""The life of a session: created, refreshed, listed, ended, and its proven identities."""
import contextlib
import email.utils
import time

import client
import pytest
import serving
import sessions
from signing import address

NONE = (401, {"message": "unauthorised"})
STOLEN = (401, {"message": "token theft detected"})
ZERO = "00000000-0000-0000-0000-000000000000"


def outcome(answer):
    return answer.status_code, answer.json()


def refused(answer):
    return outcome(answer) == (401, client.UNAUTHORIZED)


def works(api):
    return api.get("/profile").status_code == 200


def exposed(answer):
    return answer.headers["Access-Control-Expose-Headers"].split(",")


@pytest.fixture
def session(server):
    return sessions.sign_up(server.url)


@pytest.fixture
def cookie(server):
    return sessions.sign_up(server.url, mode="cookie")


# ---- creation ----

def test_in_header_fields(session):
    answer = session.answer
    assert "Set-Cookie" not in answer.headers
    assert exposed(answer) == ["front-token", "st-access-token", "st-refresh-token"]
    assert "anti-csrf" not in answer.headers


def test_in_cookies(cookie):
    answer = cookie.answer
    made = sessions.cookies_of(answer)
    assert list(made) == ["sAccessToken", "sRefreshToken", "orgdDevice"]
    assert [made[name]["path"] for name in made] == ["/", "/api/auth/session/refresh", "/api/auth"]
    for name, days in (("sAccessToken", 365), ("sRefreshToken", 100), ("orgdDevice", 400)):
        assert (made[name]["httponly"], made[name]["samesite"], made[name]["secure"], made[name]["domain"]) == (True, "Lax", "", "")
        ends = email.utils.parsedate_to_datetime(made[name]["expires"]).timestamp()
        assert abs(ends - time.time() - days * 86400) < 60
    assert answer.headers["st-access-token"] == made["sAccessToken"].value and "st-refresh-token" not in answer.headers
    assert exposed(answer) == ["front-token", "st-access-token"]


@pytest.mark.parametrize("mode", ["header", "", "COOKIES", "x" * 5000, None])
def test_header_fields_are_the_default_transport(mode, server):
    answer = sessions.sign_up(server.url, mode=mode).answer
    assert "st-refresh-token" in answer.headers and "Set-Cookie" not in answer.headers


def test_other_origins_may_read_the_headers(server):
    origin = {"Origin": "http://localhost"}
    answer = sessions.sign_up(server.url, mode="header", **origin).answer
    assert answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    failed = client.Api(server.url).post("/auth/session/refresh", headers=origin)
    assert outcome(failed) == NONE and failed.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    assert exposed(failed) == ["front-token"]


def test_stored_columns(server, sql):
    session = sessions.sign_up(server.url, **{"User-Agent": "Tester/1 \xe4" + "x" * 1000})
    ((client_, address_, refresh, tokens),) = sql(
        "SELECT client, address, encode(refresh_hash, 'hex'), s::text FROM orgd.sessions s WHERE handle = %s", session.handle)
    assert client_.startswith("Tester/1 ") and len(client_) < 300 and address_ == "127.0.0.1"
    assert len(refresh) == 64
    for secret in (session.refresh, session.access, session.claims["refreshTokenHash1"]):
        assert secret not in tokens


def test_signing_in_keeps_other_sessions(session, server):
    again = sessions.sign_in(server.url, session.get("/profile").json()["email"])
    assert again.handle != session.handle and again.claims["is_new_user"] is False
    assert works(session) and works(again) and session.renew().status_code == 200


def test_changing_the_transport(server):
    """The tokens in the other transport are removed."""
    who = address()
    one = sessions.sign_up(server.url, who, mode="cookie")
    answer = sessions.sign_in(server.url, who, mode="header", Cookie=f"sAccessToken={one.cookies['sAccessToken']}").answer
    assert {name: cookie.value for name, cookie in sessions.cookies_of(answer).items()} == {"sAccessToken": "", "sRefreshToken": ""}
    assert answer.headers["st-refresh-token"]
    other = sessions.sign_in(server.url, who, mode="cookie", Authorization=answer.headers["st-access-token"]).answer
    assert "st-refresh-token" not in other.headers
    other = sessions.sign_in(server.url, who, mode="cookie", Authorization=f"Bearer {answer.headers['st-access-token']}").answer
    assert other.headers["st-refresh-token"] == "" and sessions.cookies_of(other)["sRefreshToken"].value
    assert "st-refresh-token" in exposed(other)


# ---- refresh ----

def test_a_refresh_in_header_fields(session):
    before = session.refresh, session.access, dict(session.claims)
    answer = session.renew()
    assert outcome(answer) == (200, {}) and answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert exposed(answer) == ["front-token", "st-access-token", "st-refresh-token"] and "Set-Cookie" not in answer.headers
    session.take(answer)
    assert session.refresh != before[0] and works(session)
    moved = ("iat", "exp", "refreshTokenHash1")
    assert {name: value for name, value in session.claims.items() if name not in moved} == {
        name: value for name, value in before[2].items() if name not in moved}  # is_new_user keeps its first value too
    assert works(session.using(f"Bearer {before[1]}"))  # until it expires


def test_a_refresh_in_cookies(cookie):
    before = dict(cookie.cookies)
    answer = cookie.post("/auth/session/refresh")
    assert outcome(answer) == (200, {}) and "st-refresh-token" not in answer.headers
    cookie.take(answer)
    assert cookie.cookies["sRefreshToken"] != before["sRefreshToken"] and works(cookie)


@pytest.mark.parametrize("path", ["/api/auth/session/refresh", "/auth/public/session/refresh", "/api/auth/public/session/refresh/"])
def test_other_spellings_of_the_path(path, session):
    assert outcome(session.using(f"Bearer {session.refresh}").post(path, data=b"not JSON")) == (200, {})


def test_a_long_chain(session):
    seen = {session.refresh}
    for _ in range(10):
        session.renewed()
        assert session.refresh not in seen
        seen.add(session.refresh)
    assert works(session)


def test_tabs_that_refresh_at_once(session):
    """All of them get the same new token, and continue."""
    answers = serving.in_parallel(50, lambda _: session.using(f"Bearer {session.refresh}").post("/auth/session/refresh"))
    assert [outcome(answer) for answer in answers] == [(200, {})] * 50
    assert len({answer.headers["st-refresh-token"] for answer in answers}) == 1
    for answer in answers:
        assert works(session.using(f"Bearer {answer.headers['st-access-token']}"))
    session.take(answers[17])
    assert works(session.renewed())


def test_tabs_on_two_servers(session, second):
    def renew(i):
        return client.Api((session, second)[i % 2].url, f"Bearer {session.refresh}").post("/auth/session/refresh")
    answers = serving.in_parallel(20, renew)
    assert len({answer.headers["st-refresh-token"] for answer in answers}) == 1


def ago(sql, session, seconds):
    """Changes the stored time as if the last refresh were older."""
    sql("UPDATE orgd.sessions SET rotated_at = rotated_at - make_interval(secs => %s) WHERE handle = %s", seconds, session.handle)


def test_a_late_tab_gets_the_same_tokens(session, sql):
    first = session.refresh
    session.renewed()
    ago(sql, session, 25)
    assert session.renew(first).headers["st-refresh-token"] == session.refresh
    assert works(session.renewed())


def test_a_replay(session, sql):
    """A token replaced a while ago is a copy: the session ends."""
    first, second = session.refresh, session.renewed()
    assert works(second)
    ago(sql, session, 31)
    answer = session.renew(first)
    assert outcome(answer) == STOLEN
    assert (answer.headers["front-token"], answer.headers["st-access-token"], answer.headers["st-refresh-token"]) == ("remove", "", "")
    assert refused(second.get("/profile"))  # at once
    assert outcome(second.renew()) == NONE and outcome(second.renew(first)) == NONE
    assert sql("SELECT count(*) FROM orgd.sessions WHERE handle = %s", session.handle) == [(0,)]


def test_a_replay_after_the_new_token_was_used(session):
    """Then the old token is invalid without delay."""
    first = session.refresh
    session.renewed().renewed()
    assert outcome(session.renew(first)) == STOLEN
    assert refused(session.get("/profile")) and outcome(session.renew()) == NONE


def test_a_replay_by_cookie(cookie, sql):
    first = dict(cookie.cookies)
    for _ in range(2):
        cookie.take(cookie.post("/auth/session/refresh"))
    cookie.cookies = first
    answer = cookie.post("/auth/session/refresh")
    assert outcome(answer) == STOLEN and answer.headers["front-token"] == "remove"
    for name, made in sessions.cookies_of(answer).items():
        assert made.value == "" and made["expires"].endswith("1970 00:00:00 GMT"), name
    assert [made["path"] for made in sessions.cookies_of(answer).values()] == ["/", "/api/auth/session/refresh"]
    cookie.take(answer)
    assert refused(cookie.get("/profile"))


def test_malformed_refresh_tokens(session, server):
    """A token that this installation did not issue is not a replay: it ends no session."""
    token = session.refresh
    other = sessions.sign_up(server.url).refresh
    for bad in ("x", "a.b.c", token[:-1], token + "A", token[:30] + ("A" if token[30] != "A" else "B") + token[31:], token.swapcase(),
                token[:22] + other[22:], session.access, "A" * 86, "A" * 20000, token + " " + token, "%00", "\xe9", "' OR 1=1"):
        answer = session.renew(bad)
        assert outcome(answer) == NONE, bad
        assert answer.headers["front-token"] == "remove"
    assert works(session.renewed())


def test_no_refresh_token(server):
    api = client.Api(server.url)
    for headers in ({}, {"Authorization": ""}, {"Authorization": "Bearer "}, {"Authorization": "Basic x"}, {"Cookie": "sRefreshToken="},
                    {"Cookie": "sRefreshToken=x; sRefreshToken=y"}, {"Cookie": "sRefreshToken=%zz"}, {"st-auth-mode": "cookie"}):
        answer = api.post("/auth/session/refresh", headers=headers)
        assert outcome(answer) == NONE and answer.headers["front-token"] == "remove", headers
        assert sorted(sessions.cookies_of(answer)) == ["sAccessToken", "sRefreshToken"]


def test_two_cookies_of_the_name(cookie):
    token = cookie.cookies["sRefreshToken"]
    answer = client.Api(cookie.url).post("/auth/session/refresh", headers={"Cookie": f"sRefreshToken={token}; sRefreshToken={token}"})
    assert outcome(answer) == NONE
    assert cookie.post("/auth/session/refresh").status_code == 200  # and the session continues


def test_a_header_field_wins_over_a_cookie(session, cookie):
    answer = session.call("POST", "/auth/session/refresh", headers={
        "Authorization": f"Bearer {session.refresh}", "Cookie": f"sRefreshToken={cookie.cookies['sRefreshToken']}"})
    assert answer.status_code == 200 and answer.headers["st-refresh-token"]
    assert sessions.cookies_of(answer)["sRefreshToken"].value == ""
    assert sessions.read(answer.headers["st-access-token"])[1]["sessionHandle"] == session.handle


def test_an_expired_session(session, sql):
    assert works(session)
    sql("UPDATE orgd.sessions SET expires_at = now() - interval '1 second' WHERE handle = %s", session.handle)
    assert client.eventually(lambda: refused(session.get("/profile")))
    assert outcome(session.renew()) == NONE
    assert session.post("/auth/signout").json() == {"message": "unauthorised"}


def test_a_refresh_applies_the_access_rules(session, another):
    """A user who may no longer sign in may not refresh either, and their session ends everywhere."""
    who = session.get("/profile").json()["email"]
    strict = another(AGENTA_ACCESS_BLOCKED_EMAILS=who)
    there = client.Api(strict.url, f"Bearer {session.refresh}")
    assert outcome(there.post("/auth/session/refresh")) == NONE
    assert refused(session.get("/profile"))
    assert outcome(session.renew()) == NONE


def test_short_lives(another):
    server = another(ORGD_ACCESS_TOKEN_LIFETIME="1")
    session = sessions.sign_up(server.url)
    assert session.claims["exp"] - session.claims["iat"] == 1
    assert client.eventually(lambda: refused(session.get("/profile")), 3)
    assert outcome(session.post("/auth/signout")) == (401, {"message": "try refresh token"})
    assert works(session.renewed())


def test_a_session_ends_at_its_lifetime(another, sql):
    """However often it was refreshed; and no token of it has a later expiry."""
    server = another(ORGD_SESSION_LIFETIME="1800")

    def later(session, seconds):
        sql("UPDATE orgd.sessions SET created_at = created_at - make_interval(secs => %s), expires_at = expires_at - make_interval(secs => %s)"
            " WHERE handle = %s", seconds, seconds, session.handle)

    session = sessions.sign_up(server.url)
    assert abs(session.claims["exp"] - session.claims["iat"] - 1800) <= 1  # the session ends before an hour is over
    cookie = sessions.sign_in(server.url, session.get("/profile").json()["email"], mode="cookie")
    kept = email.utils.parsedate_to_datetime(sessions.cookies_of(cookie.answer)["sRefreshToken"]["expires"]).timestamp()
    assert abs(kept - time.time() - 1800) < 60
    later(session, 1000)
    assert works(session.renewed()) and abs(session.claims["exp"] - time.time() - 800) < 60
    later(session, 700)
    assert works(session.renewed()) and abs(session.claims["exp"] - time.time() - 100) < 60
    later(session, 101)
    assert client.eventually(lambda: refused(session.get("/profile")))
    assert outcome(session.renew()) == NONE


def test_a_shortened_lifetime_applies_from_the_next_refresh(session, another, sql):
    """It applies from the next refresh on for older sessions."""
    sql("UPDATE orgd.sessions SET created_at = created_at - interval '2 days' WHERE handle = %s", session.handle)
    assert session.renewed().claims["exp"] > time.time() + 3000
    strict = another(ORGD_SESSION_LIFETIME="86400")
    assert outcome(client.Api(strict.url, f"Bearer {session.refresh}").post("/auth/session/refresh")) == NONE
    younger = sessions.sign_up(strict.url).renewed()
    assert works(younger)


def test_expired_sessions_are_swept(another, session, sql):
    sql("UPDATE orgd.sessions SET expires_at = now() - interval '1 second' WHERE handle = %s", session.handle)
    sessions.sign_up(another().url)  # the first of a server
    assert sql("SELECT count(*) FROM orgd.sessions WHERE expires_at < now()") == [(0,)]


# ---- end ----

def test_signing_out_in_header_fields(session):
    assert works(session) and works(session)
    answer = session.post("/auth/signout")
    assert outcome(answer) == (200, {"status": "OK"}) and "Set-Cookie" not in answer.headers
    assert (answer.headers["front-token"], answer.headers["st-access-token"], answer.headers["st-refresh-token"]) == ("remove", "", "")
    assert exposed(answer) == ["front-token", "st-access-token", "st-refresh-token"]
    assert refused(session.get("/profile"))
    assert refused(session.get("/access/permissions/check"))
    assert outcome(session.post("/auth/signout")) == NONE
    assert outcome(session.renew()) == NONE


def test_signing_out_by_cookies_and_header(cookie):
    """The web client sends both."""
    api = {"Authorization": f"Bearer {cookie.cookies['sAccessToken']}"}
    answer = cookie.post("/auth/signout", headers=api)
    assert outcome(answer) == (200, {"status": "OK"}) and answer.headers["front-token"] == "remove"
    assert {name: made.value for name, made in sessions.cookies_of(answer).items()} == {"sAccessToken": "", "sRefreshToken": ""}
    assert refused(cookie.get("/profile")) and refused(cookie.get("/profile", headers=api))


def test_signing_out_without_a_session(server):
    for headers in ({}, {"Authorization": "Bearer x"}, {"Cookie": "sAccessToken=x"}, {"Authorization": "ApiKey x"}):
        assert outcome(client.Api(server.url).post("/auth/signout", headers=headers)) == NONE


def test_signing_out_on_another_server(session, second):
    there = client.Api(second.url, session.authorization)
    assert works(session) and works(there)
    assert there.post("/auth/signout").status_code == 200
    assert refused(there.get("/profile"))
    assert refused(session.get("/profile"))


ENDS = {
    "session": "DELETE FROM orgd.sessions WHERE handle = %(session)s",
    "login": "DELETE FROM orgd.logins WHERE id = %(login)s",
    "person": "DELETE FROM organizations WHERE owner_id = %(user)s; DELETE FROM users WHERE id = %(user)s",
    "all sessions": "TRUNCATE orgd.sessions",
}


@pytest.mark.parametrize("what", ENDS)
def test_access_removed_by_another_process(what, session, server):
    user = session.get("/profile").json()["id"]
    assert works(session)  # remembered by now
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        for statement in ENDS[what].split("; "):
            cursor.execute(statement, {"session": session.handle, "login": session.claims["sub"], "user": user})
    assert client.eventually(lambda: refused(session.get("/profile")))
    assert outcome(session.renew()) == NONE


def test_a_session_belongs_to_its_login(session, server, sql):
    other = sessions.sign_up(server.url)
    sql("UPDATE orgd.sessions SET login_id = %s WHERE handle = %s", other.claims["sub"], session.handle)
    assert client.eventually(lambda: refused(session.get("/profile")))


# ---- listed and ended by the user ----

def test_my_sessions(session, server):
    who = session.get("/profile").json()["email"]
    phone = sessions.sign_in(server.url, who, mode="cookie", **{"User-Agent": "Phone <b>"})
    sessions.sign_up(server.url)
    listed = session.ok("GET", "/auth/sessions")
    assert [list(each) for each in listed] == [["handle", "client", "address", "identities", "created_at", "seen_at", "expires_at",
                                               "current"]] * 2
    assert [each["client"] for each in listed][0] == "Phone <b>" and [each["current"] for each in listed] == [False, True]
    assert listed[1]["handle"] == session.handle and listed[0]["address"] == "127.0.0.1"
    assert listed[0]["identities"] == ["email:password"] and listed[0]["created_at"][10] == " "
    assert [each["current"] for each in phone.ok("GET", "/auth/sessions")] == [True, False]
    assert session.delete(f"/auth/sessions/{listed[0]['handle']}").json() == {"message": "Session ended"}
    assert refused(phone.get("/profile")) and works(session)
    answer = session.delete(f"/auth/sessions/{session.handle}")
    assert answer.json() == {"message": "Session ended"} and answer.headers["front-token"] == "remove"
    assert refused(session.get("/profile"))


def test_all_my_other_sessions(session, server):
    who = session.get("/profile").json()["email"]
    others = [sessions.sign_in(server.url, who) for _ in range(3)]
    stranger = sessions.sign_up(server.url)
    assert others[1].ok("DELETE", "/auth/sessions") == {"ended": 3}
    assert works(others[1]) and works(stranger)
    for gone in (session, others[0], others[2]):
        assert refused(gone.get("/profile"))
    assert others[1].ok("DELETE", "/auth/sessions") == {"ended": 0}


def test_sessions_of_other_users_are_not_found(session, server):
    other = sessions.sign_up(server.url)
    for handle in (other.handle, "nonsense", ZERO):
        answer = session.delete(f"/auth/sessions/{handle}")
        assert outcome(answer) == (404, {"detail": "Session not found"})
    assert works(other)


def test_sessions_are_for_sessions_only(session, alice, nobody):
    secret = alice.using(session.ok("GET", "/access/permissions/check")["credentials"])
    for api in (alice, alice.using(alice.key), secret, nobody, nobody.using("Bearer a.b.c")):
        for method, path, body in (("GET", "/auth/sessions", None), ("DELETE", "/auth/sessions", None),
                                   ("DELETE", f"/auth/sessions/{session.handle}", None),
                                   ("GET", f"/auth/access?organization_id={ZERO}", None),
                                   ("PATCH", "/auth/session/identities", {"session_identities": []})):
            assert outcome(api.call(method, path, body)) == (401, {"detail": "Unauthorized"})
    assert works(session)


# ---- proven identities ----

def test_identities_sent_by_the_client_are_checked(session, sql):
    """S8: only identities of the account."""
    before = session.access
    answer = session.patch("/auth/session/identities", {"session_identities": [
        "sso:acme:okta", "social:google", "email:password", "", "email:password", "x" * 1000, "' OR 1=1"]})
    assert outcome(answer) == (200, {"session_identities": ["email:password"], "previous": ["email:password"]})
    user = session.get("/profile").json()["id"]
    for method in ("social:github", "social:google"):
        sql("INSERT INTO user_identities (id, user_id, method, subject) VALUES (gen_random_uuid(), %s, %s, %s)", user, method, session.handle)
    answer = session.patch("/auth/session/identities", {"session_identities": [
        "social:google", "sso:acme:okta", "social:google", "social:github"]})
    assert list(answer.json()) == ["session_identities", "previous"]
    assert answer.json() == {"session_identities": ["email:password", "social:google", "social:github"], "previous": ["email:password"]}
    assert exposed(answer) == ["front-token", "st-access-token"] and "Set-Cookie" not in answer.headers
    refresh = session.refresh
    session.take(answer)
    assert session.claims["session_identities"] == ["email:password", "social:google", "social:github"]
    assert works(session) and works(session.using(f"Bearer {before}"))
    session.refresh = refresh
    assert session.renewed().claims["session_identities"] == ["email:password", "social:google", "social:github"]


def test_identities_in_cookies(cookie):
    """The new token goes to the transport of the old one, also if the client sends it in both."""
    for headers in ({}, {"Authorization": f"Bearer {cookie.cookies['sAccessToken']}"}):
        answer = cookie.patch("/auth/session/identities", {"session_identities": []}, headers=headers)
        assert list(sessions.cookies_of(answer)) == ["sAccessToken"] and "st-refresh-token" not in answer.headers
        cookie.take(answer)
    assert works(cookie) and cookie.post("/auth/session/refresh").status_code == 200


@pytest.mark.parametrize("body", [{}, [], {"session_identities": "x"}, {"session_identities": [1]}, {"session_identities": None},
                                  {"session_identities": {"a": 1}}])
def test_identities_that_are_no_list_of_texts(body, session):
    assert session.patch("/auth/session/identities", body).status_code == 422
