"""The header fields about caching and security of every answer."""
import client
import pytest
import sessions

HTTPS = {"AGENTA_API_URL": "https://app.acme.io/api", "AGENTA_WEB_URL": "https://app.acme.io"}


def asked(url, session):
    """Answers of every kind: by session, refused, not found, wrong method, malformed, without body, preflight, crash of a route."""
    api, nobody = session, client.Api(url)
    yield api.get("/profile")
    yield api.get("/projects/")
    yield api.get("/permissions/verify?action=view_testset")
    yield nobody.get("/profile")
    yield nobody.get("/health")
    yield nobody.get("/openapi.json")
    yield api.get("/nowhere")
    yield api.delete("/profile/username")
    yield api.put("/profile/username", {"username": 1})
    yield nobody.post("/auth/signin", {})
    yield nobody.post("/auth/session/refresh")
    yield nobody.call("OPTIONS", "/profile", headers={"Origin": "https://app.acme.io", "Access-Control-Request-Method": "GET"})


def test_answers_are_not_stored_and_keep_their_type(server):
    session = sessions.sign_up(server.url)
    for answer in asked(server.url, session):
        expected = "no-cache" if answer.url.endswith("/openapi.json") else "no-store"  # the document has an ETag
        assert answer.headers["Cache-Control"] == expected, answer.url
        assert answer.headers["X-Content-Type-Options"] == "nosniff", answer.url
        assert answer.headers["Referrer-Policy"] == "no-referrer", answer.url
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "sandbox"} <= set(policy), answer.url
        assert "Strict-Transport-Security" not in answer.headers, answer.url
    for path in ("/auth/jwt/jwks.json", "/auth/.well-known/openid-configuration"):
        answer = client.Api(server.url).get(path)
        assert answer.headers["Cache-Control"] == "max-age=60, must-revalidate"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    refused = client.raw(server.url, b"GET /profile HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n").lower()
    assert b"cache-control: no-store" in refused and b"x-content-type-options: nosniff" in refused


@pytest.mark.parametrize("setting, sent", [({}, "max-age=31536000"), ({"ORGD_HSTS": "subdomains"}, "max-age=31536000; includeSubDomains"),
                                           ({"ORGD_HSTS": "off"}, None)], ids=str)
def test_transport_security(setting, sent, another):
    server = another(**HTTPS, **setting)
    session = sessions.sign_up(server.url)
    for answer in asked(server.url, session):
        assert answer.headers.get("Strict-Transport-Security") == sent, answer.url


@pytest.mark.parametrize("plain", HTTPS)
def test_no_transport_security_while_one_address_is_http(plain, another):
    server = another(**{**HTTPS, plain: HTTPS[plain].replace("https", "http")})
    assert "Strict-Transport-Security" not in client.Api(server.url).get("/health").headers


def test_no_answer_names_program_or_version(server):
    for answer in asked(server.url, sessions.sign_up(server.url)):
        assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers), answer.url
