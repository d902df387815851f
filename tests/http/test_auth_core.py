"""The auth core: an unmodified server library verifies sessions that orgd issues, and refuses those that have ended."""
import http.client
import time

import client
import pytest
import serving
import sessions
from data_plane import KEY, DataPlane
from signing import PASSWORD, address


@pytest.fixture(scope="module")
def core(sibling):
    """A server whose auth core is served with the API."""
    core = sibling(ORGD_AUTH_CORE="on", SUPERTOKENS_API_KEY=KEY).start()
    yield core
    core.close()


@pytest.fixture(scope="module")
def plane(core):
    plane = DataPlane(f"{core.url}/core")
    yield plane
    plane.close()


@pytest.fixture
def session(core):
    return sessions.sign_up(core.url)


def refused(answer, error):
    return answer.status_code == 401 and answer.json() == {"error": error}


def ask(core, path, body=None, key=KEY, **headers):
    """A call of the core driver interface."""
    headers = {"cdi-version": "5.4", **({"api-key": key} if key else {}), **headers}
    return client.Api(core.url).call("POST" if body is not None else "GET", path, body, headers=headers)


def verify(core, token, **more):
    return ask(core, "/core/recipe/session/verify",
               {"accessToken": token, "doAntiCsrfCheck": False, "enableAntiCsrf": False, "checkDatabase": False, **more}).json()


# ---- with the library ----

def test_a_session_in_the_header_is_accepted(plane, session):
    answer = plane.who(session)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"user": session.claims["sub"], "handle": session.handle, "emails": [session.answer.json()["user"]["emails"][0]],
                             "methods": ["emailpassword"]}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_session_in_cookies_is_accepted(core, plane, method):
    cookie = sessions.sign_up(core.url, mode="cookie")
    answer = plane.call(method, "/who", headers={"Cookie": f"sAccessToken={cookie.cookies['sAccessToken']}"})
    assert answer.status_code == 200, answer.text


def test_a_renewed_session_is_accepted(plane, session):
    before = session.access
    session.renewed()
    assert session.access != before and plane.who(session).status_code == 200


def test_a_session_that_was_signed_out_is_refused_with_the_next_request(plane, session):
    assert plane.who(session).status_code == 200
    assert session.post("/auth/signout").status_code == 200
    assert refused(plane.who(session), "UNAUTHORISED")


def test_a_session_ended_by_another_session_is_refused_with_the_next_request(core, plane):
    email = address()
    first, second = sessions.sign_up(core.url, email), sessions.sign_in(core.url, email)
    assert plane.who(first).status_code == 200
    assert second.delete(f"/auth/sessions/{first.handle}").status_code == 200
    assert refused(plane.who(first), "UNAUTHORISED") and plane.who(second).status_code == 200


def test_sessions_from_before_a_password_reset_are_refused(core, plane, session, admin):
    assert plane.who(session).status_code == 200
    email = session.answer.json()["user"]["emails"][0]
    answer = admin.using(admin.authorization).post("/admin/simple/accounts/reset-password", {
        "user_identities": [{"method": "email:password", "subject": email, "password": PASSWORD + "x"}]})
    assert answer.status_code in (200, 204), answer.text
    assert refused(plane.who(session), "UNAUTHORISED")


def test_a_user_who_was_deleted_is_refused(core, plane, session, sql):
    assert plane.who(session).status_code == 200
    sql("DELETE FROM organizations WHERE owner_id = (SELECT user_id FROM orgd.logins WHERE id = %s) RETURNING 1", session.claims["sub"])
    sql("DELETE FROM users WHERE id = (SELECT user_id FROM orgd.logins WHERE id = %s) RETURNING 1", session.claims["sub"])
    # a change by another program is seen as soon as PostgreSQL delivers its notification
    serving.wait_for("the session is refused", lambda: refused(plane.who(session), "UNAUTHORISED"), 3)


def test_an_expired_token_is_to_be_refreshed(core, plane, session, sql):
    key = sessions.signing_key(sql, core.environment["AGENTA_CRYPT_KEY"], session.header["kid"])
    now = int(time.time())
    expired = sessions.token(session.header, {**session.claims, "iat": now - 100, "exp": now - 1}, lambda text: sessions.rs256(key, text))
    assert refused(plane.call("GET", "/who", headers={"Authorization": f"Bearer {expired}"}), "TRY_REFRESH_TOKEN")
    assert verify(core, expired)["status"] == "TRY_REFRESH_TOKEN"


def test_keys_are_found_after_a_rotation(core, plane, session, sql):
    assert plane.who(session).status_code == 200
    sql("UPDATE orgd.signing_keys SET signs_until = now() - interval '1 second' RETURNING 1")
    with_new_key = serving.wait_for("a new key signs", lambda: next(
        (new for new in [sessions.sign_up(core.url)] if new.header["kid"] != session.header["kid"]), None), 90, 1)
    assert plane.who(with_new_key).status_code == 200 and plane.who(session).status_code == 200


def test_the_address_is_that_of_the_account_as_stored(core, plane, session, sql):
    sql("UPDATE users SET email = %s WHERE id = (SELECT user_id FROM orgd.logins WHERE id = %s) RETURNING 1",
        "Other.Case@Example.com", session.claims["sub"])
    assert plane.who(session).json()["emails"] == ["Other.Case@Example.com"]


def test_a_wrong_key_of_the_interface_is_refused(core, session):
    plane = DataPlane(f"{core.url}/core", key="wrong")
    try:
        answer = plane.who(session)
        assert answer.status_code in (401, 500) and "user" not in answer.json()
    finally:
        plane.close()


def test_the_data_plane_recovers_after_a_restart(sibling):
    number = serving.unused_port()
    settings = {"ORGD_AUTH_CORE": "on", "SUPERTOKENS_API_KEY": KEY, "ORGD_LISTEN": f"127.0.0.1:{number}"}
    core = sibling(**settings).start()
    plane = DataPlane(f"{core.url}/core")
    try:
        session = sessions.sign_up(core.url)
        assert plane.who(session).status_code == 200
        core.stop()
        down = plane.who(session)
        assert down.status_code in (401, 500) and "user" not in down.json()  # never let in
        core.start()
        assert plane.who(session).status_code == 200
    finally:
        plane.close()
        core.close()


def test_without_verification_tokens_are_valid_until_they_expire(sibling):
    core = sibling(ORGD_AUTH_CORE="on", SUPERTOKENS_API_KEY=KEY, ORGD_AUTH_CORE_VERIFY="off").start()
    plane = DataPlane(f"{core.url}/core")
    try:
        session = sessions.sign_up(core.url)
        assert session.claims["parentRefreshTokenHash1"] is None
        assert session.post("/auth/signout").status_code == 200
        assert plane.who(session).status_code == 200
    finally:
        plane.close()
        core.close()


# ---- the interface by itself ----

def test_versions_and_keys_need_no_key_of_the_interface(core, session):
    assert ask(core, "/core/apiversion?apiDomain=x&websiteDomain=y", key=None).json() == {"versions": ["5.4"]}
    keys = ask(core, "/core/.well-known/jwks.json", key=None).json()["keys"]
    assert session.header["kid"] in [key["kid"] for key in keys]
    for key in keys:
        assert key["kid"].startswith("d-") and (key["kty"], key["alg"], key["use"], key["e"]) == ("RSA", "RS256", "sig", "AQAB")


@pytest.mark.parametrize("key", [None, "", "wrong", KEY + "x", KEY[:-1]], ids=["none", "empty", "wrong", "longer", "shorter"])
def test_logins_and_sessions_need_the_key_of_the_interface(core, session, key):
    assert ask(core, f"/core/user/id?userId={session.claims['sub']}", key=key).status_code == 401
    assert ask(core, "/core/recipe/session/verify", {"accessToken": session.access}, key=key).status_code == 401


def test_a_repeated_key_of_the_interface_is_refused(core, session):
    connection = http.client.HTTPConnection("127.0.0.1", core.port)
    connection.putrequest("GET", f"/core/user/id?userId={session.claims['sub']}")
    for value in (KEY, KEY):
        connection.putheader("api-key", value)
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize("login", ["", "x", client.NOBODY, "null", "%00", "a" * 4000],
                         ids=["empty", "no-id", "unknown", "null", "nul", "long"])
def test_an_unknown_login_is_answered_as_such(core, login):
    answer = ask(core, f"/core/user/id?userId={login}")
    assert answer.status_code in (200, 400) and answer.json() in ({"status": "UNKNOWN_USER_ID_ERROR"}, {"detail": "Bad Request"})


def test_a_login_without_an_account_is_unknown(core, sql):
    ((login,),) = sql("INSERT INTO orgd.logins (id, method, email) VALUES (gen_random_uuid(), 'emailpassword', %s) RETURNING id", address())
    assert ask(core, f"/core/user/id?userId={login}").json() == {"status": "UNKNOWN_USER_ID_ERROR"}


def test_the_login_of_a_provider_is_described(core, session, sql):
    ((login,),) = sql("INSERT INTO orgd.logins (id, method, email, provider, subject, user_id) SELECT gen_random_uuid(), 'thirdparty', email,"
                      " 'google', %s, user_id FROM orgd.logins WHERE id = %s RETURNING id", address(), session.claims["sub"])
    user = ask(core, f"/core/user/id?userId={login}").json()["user"]
    assert user["thirdParty"][0]["id"] == "google" and user["loginMethods"][0]["recipeId"] == "thirdparty"
    assert user["loginMethods"][0]["thirdParty"] == user["thirdParty"][0]


@pytest.mark.parametrize("body", [{}, {"accessToken": None}, {"accessToken": 5}, {"accessToken": ["x"]}, [], "x",
                                  {"accessToken": "x", "doAntiCsrfCheck": "maybe"}, {"accessToken": "x" * 20000}],
                         ids=["empty", "null", "number", "list", "array", "text", "no-flag", "long"])
def test_a_malformed_verification_is_refused(core, body):
    answer = ask(core, "/core/recipe/session/verify", body)
    assert answer.status_code == 422, answer.text


def test_tokens_that_are_not_valid_are_refused(core, session, sql):
    key = sessions.signing_key(sql, core.environment["AGENTA_CRYPT_KEY"], session.header["kid"])
    other = sessions.sign_up(core.url)

    def made(header=None, **claims):
        return sessions.token({**session.header, **(header or {})}, {**session.claims, **claims}, lambda text: sessions.rs256(key, text))

    assert verify(core, made())["status"] == "OK"
    for token in ("", "x", "a.b.c", session.access[:-3] + "AAA", session.access + ".x", made({"alg": "none"}), made({"kid": "d-1"}),
                  made(sub=other.claims["sub"]), made(sessionHandle=client.NOBODY), session.refresh):
        assert verify(core, token)["status"] == "UNAUTHORISED", token


def test_the_answer_to_a_verification_describes_the_session(core, session):
    answer = verify(core, session.access)
    assert answer == {"status": "OK", "session": {"handle": session.handle, "userId": session.claims["sub"], "recipeUserId": session.claims["sub"],
                                                  "userDataInJWT": session.claims, "tenantId": "public"}}
    assert verify(core, session.access, doAntiCsrfCheck=True, enableAntiCsrf=True)["status"] == "TRY_REFRESH_TOKEN"


def test_tokens_are_dated_back_for_clocks_that_are_behind(session):
    now = time.time()
    assert 5 < now - session.claims["iat"] < 30 and session.claims["exp"] > now


# ---- where it is reachable ----

@pytest.mark.parametrize("path", ["/api/core/apiversion", "/api/core/user/id?userId=x", "/%61pi/core/apiversion", "/core", "/core/hello"])
def test_it_is_not_reachable_below_the_public_prefix(core, path):
    assert ask(core, path).status_code == 404


def test_it_is_off_by_default(server, second):
    for one in (server, second):
        for path in ("/core/apiversion", "/core/.well-known/jwks.json", "/core/user/id?userId=x"):
            assert client.Api(one.url).get(path, headers={"api-key": ""}).status_code == 404


def test_a_listener_of_its_own_serves_it_and_nothing_else(sibling):
    address_of_core = f"127.0.0.1:{serving.unused_port()}"
    core = sibling(ORGD_AUTH_CORE=address_of_core, SUPERTOKENS_API_KEY=KEY).start()
    private = client.Api(f"http://{address_of_core}")
    try:
        assert private.get("/core/apiversion").json() == {"versions": ["5.4"]}
        assert client.Api(core.url).get("/core/apiversion").status_code == 404
        for path in ("/health", "/api/health", "/openapi.json", "/auth/loginmethods", "/", "/admin/access", "/api/core/apiversion"):
            assert private.get(path, headers={"Accept": "text/html"}).status_code == 404, path
        plane = DataPlane(f"http://{address_of_core}/core")
        assert plane.who(sessions.sign_up(core.url)).status_code == 200
        plane.close()
    finally:
        core.close()


@pytest.mark.parametrize("settings", [{"ORGD_AUTH_CORE": "on"}, {"ORGD_AUTH_CORE": "127.0.0.1:0"},
                                      {"ORGD_AUTH_CORE": "maybe", "SUPERTOKENS_API_KEY": "x"}], ids=["on", "listener", "other"])
def test_a_configuration_that_is_not_complete_is_refused_at_start(sibling, settings):
    refused_server = sibling(**settings)
    try:
        status, message = refused_server.refused()
        assert status == 2 and "ORGD_AUTH_CORE" in message
    finally:
        refused_server.close()
