"""Which web pages may call the API from a browser: only those of the configured origins."""
import client
import pytest
import serving
import sessions

METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
HEADERS = ("Accept, Accept-Language, Content-Language, Content-Type, anti-csrf, authorization, fdi-version, rid, "
           "st-auth-mode")
WEB = "https://console.acme.io"
LISTED = ("https://app.acme.io", "http://10.0.0.7:3000")
# the origins that Agenta's API always trusts
DEVELOPMENT = ("http://localhost:3000", "http://localhost:3001", "http://0.0.0.0:3000", "http://0.0.0.0:3001",
               "https://docs.agenta.ai", "https://agenta.ai", "https://some.thing.vercel.app", "https://.vercel.app")
OTHERS = ("http://localhost:3002", "http://agenta.ai", "https://agenta.ai.evil", "http://x.vercel.app",
          "https://x.vercel.app.evil", "https://vercel.app", "null", "http://console.acme.io", "https://console.acme.io:8443",
          "https://console.acme.io.evil", "https://acme.io", "http://10.0.0.7", "http://127.0.0.1:8000")


@pytest.fixture(scope="module")
def configured(sibling):
    """A program over the same database whose web address and list of origins are set."""
    server = sibling(AGENTA_WEB_URL=f"{WEB}:443/", ORGD_ALLOWED_ORIGINS="https://App.acme.io/ , http://10.0.0.7:3000").start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def developing(sibling):
    """The same with ORGD_DEVELOPMENT."""
    server = sibling(AGENTA_WEB_URL=WEB, ORGD_ALLOWED_ORIGINS=", ".join(LISTED), ORGD_DEVELOPMENT="on").start()
    yield server
    server.close()


def allows(server, person, origin):
    """Whether pages of the origin may read: the same for every answer, refusals and those of other routes included."""
    known, unknown = client.Api(server.url, person.authorization), client.Api(server.url)
    allowed = set()
    for answer in (known.get("/profile", headers={"Origin": origin}), unknown.get("/profile", headers={"Origin": origin}),
                   unknown.get("/health", headers={"Origin": origin}), unknown.get("/healthz", headers={"Origin": origin}),
                   unknown.get("/health", headers={"Origin": origin, "Host": "a host"})):
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers.get("Access-Control-Allow-Origin") in (origin, None)
        assert "Origin" in answer.headers["Vary"]
        allowed.add("Access-Control-Allow-Origin" in answer.headers)
    assert len(allowed) == 1
    return allowed.pop()


@pytest.mark.parametrize("origin", [WEB, *LISTED])
def test_configured_origins(origin, configured, developing, server, alice):
    assert allows(configured, alice, origin) and allows(developing, alice, origin)
    assert not allows(server, alice, origin)


@pytest.mark.parametrize("origin", DEVELOPMENT)
def test_origins_of_agenta_are_for_development_only(origin, configured, developing, alice):
    assert allows(developing, alice, origin)
    assert not allows(configured, alice, origin)


@pytest.mark.parametrize("origin", OTHERS)
def test_other_origins(origin, configured, developing, alice):
    assert not allows(configured, alice, origin)
    assert not allows(developing, alice, origin)


def test_without_configuration_it_is_the_default_web_address(server, alice):
    assert allows(server, alice, "http://localhost")
    assert not allows(server, alice, "http://localhost:3000") and not allows(server, alice, "https://localhost")


@pytest.mark.parametrize("entry", ["*", "https://*.acme.io", "acme.io", "null", "https://acme.io/console", "ftp://acme.io"])
def test_a_list_with_something_else_is_refused(entry):
    server = serving.Server()
    try:
        status, said = server.refused(ORGD_ALLOWED_ORIGINS=f"https://app.acme.io,{entry}")
        assert status == 2 and f"ORGD_ALLOWED_ORIGINS: {entry} is not an origin like https://app.example.com" in said, said
    finally:
        server.close()


def test_without_origin_there_are_no_such_headers(alice):
    assert not [name for name in alice.get("/profile").headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("origin,method,headers,refusal", [
    (WEB, "POST", "authorization, Content-Type", None),
    (LISTED[1], "DELETE", None, None),
    ("http://evil", "POST", None, "origin"),
    ("https://some.vercel.app", "POST", None, "origin"),
    (WEB, "BREW", None, "method"),
    (WEB, "POST", "x-evil", "headers"),
    ("http://evil", "BREW", "x-evil", "origin, method, headers"),
])
def test_preflight(origin, method, headers, refusal, configured):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    answer = client.Api(configured.url).call("OPTIONS", "/api/organizations/", headers=asked)
    assert (answer.status_code, answer.text) == ((400, f"Disallowed CORS {refusal}") if refusal else (200, "OK"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Access-Control-Allow-Methods"] == METHODS
    assert answer.headers["Access-Control-Allow-Headers"] == HEADERS
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    allowed = origin in (WEB, *LISTED)
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    assert "Origin" in answer.headers["Vary"]


def test_options_without_origin_is_a_request_like_others(nobody):
    assert nobody.call("OPTIONS", "/organizations").json() == client.UNAUTHORIZED


# ---- changes by pages of others ----


SIBLINGS = ("https://evil.acme.io", "http://console.acme.io", "https://console.acme.io:8443", "https://evil.example", "null")


def sent_by_page(origin, relation):
    return {name: value for name, value in (("Origin", origin), ("Sec-Fetch-Site", relation)) if value}


@pytest.fixture
def browser(configured):
    """A session in cookies."""
    return sessions.sign_up(configured.url, mode="cookie")


@pytest.mark.parametrize("relation", [None, "same-site", "cross-site"])
@pytest.mark.parametrize("origin", SIBLINGS)
def test_cookies_do_not_count_in_requests_of_other_pages(origin, relation, browser):
    """`SameSite` lets pages of the same site send cookies, and a form needs no preflight."""
    page = sent_by_page(origin, relation)
    organization = browser.ok("GET", "/organizations")[0]["id"]
    for method, path in (("POST", "/keys"), ("DELETE", "/keys"), ("POST", "/auth/session/refresh"), ("POST", "/auth/signout"),
                         ("POST", f"/organizations/{organization}/transfer/{client.NOBODY}"), ("DELETE", "/auth/sessions")):
        assert browser.call(method, path, headers={**page, "rid": "anti-csrf"}).status_code == 401, path
    assert browser.ok("GET", "/keys") == []
    assert browser.get("/profile", headers=page).status_code == 200  # the browser does not let the page read this


def test_a_browser_that_hides_the_origin(browser):
    assert browser.post("/keys", headers={"Sec-Fetch-Site": "same-site", "rid": "anti-csrf"}).status_code == 401


def test_a_header_is_no_cookie(configured):
    """A page that knows the token needs no help of the browser."""
    session = sessions.sign_up(configured.url)
    assert session.post("/keys", headers=sent_by_page("https://evil.example", "cross-site")).status_code == 200


@pytest.mark.parametrize("origin, relation", [
    (None, None), (None, "none"), (None, "same-origin"), ("https://behind.a.proxy", "same-origin"), (WEB, "cross-site"),
    (WEB, None), (LISTED[0], "same-site"), ("http://localhost", None), ("host", None)])
def test_cookies_count_in_requests_of_own_pages(origin, relation, browser, configured):
    """Of the web, listed and API addresses, of the address that was asked, and where the browser says so; without a browser."""
    origin = f"http://127.0.0.1:{configured.port}" if origin == "host" else origin
    assert browser.post("/keys", headers={**sent_by_page(origin, relation), "rid": "anti-csrf"}).status_code == 200
