"""Access tokens: their claims, which are accepted, and their transports."""
import base64
import hashlib
import hmac
import json
import time

import client
import pytest
import serving
import sessions
import signing
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

NOBODY = "00000000-0000-4000-8000-000000000001"


def refused(answer):
    return (answer.status_code, answer.json()) == (401, client.UNAUTHORIZED)


@pytest.fixture
def session(server):
    return sessions.sign_up(server.url)


@pytest.fixture
def key(session, sql, server):
    """The private key that signed the session's token."""
    return sessions.signing_key(sql, server.crypt_key, session.header["kid"])


@pytest.fixture
def forge(session, key):
    """A token with the installation's own signature, but other members; `...` omits one."""
    def make(header=None, sign=None, **claims):
        parts = [{**session.header, **(header or {})}, {**session.claims, **claims}]
        parts = [{name: value for name, value in part.items() if value is not Ellipsis} for part in parts]
        return sessions.token(*parts, sign or (lambda text: sessions.rs256(key, text)))
    return make


def profile(session, token):
    """The answers of the profile to two requests; the second may come from the cache."""
    api = session.using(f"Bearer {token}")
    first, again = api.get("/profile"), api.get("/profile")
    assert (first.status_code, first.text) == (again.status_code, again.text)
    return again


# ---- claims ----

def test_claims_of_an_access_token(session, server):
    claims = session.claims
    assert session.header == {"alg": "RS256", "typ": "JWT", "kid": session.header["kid"], "version": "5"}
    assert session.header["kid"].startswith("d-") and abs(int(session.header["kid"][2:]) / 1000 - time.time()) < 3600
    assert list(claims) == sorted(claims)
    assert claims["sub"] == claims["rsub"] == session.answer.json()["user"]["id"]
    assert claims["exp"] - claims["iat"] == 3600 and abs(claims["iat"] - time.time()) < 60
    assert claims["refreshTokenHash1"] == hashlib.sha256(session.refresh.encode()).hexdigest()
    assert claims["iss"] == "http://localhost/api/auth"
    assert {name: claims[name] for name in claims if name not in ("sub", "rsub", "exp", "iat", "refreshTokenHash1", "iss",
                                                                  "sessionHandle")} == {
        "tId": "public", "parentRefreshTokenHash1": None, "antiCsrfToken": None, "user_identities": ["email:password"],
        "session_identities": ["email:password"], "is_new_user": True}
    front = json.loads(base64.b64decode(session.answer.headers["front-token"]))
    assert front == {"ate": claims["exp"] * 1000, "uid": claims["sub"], "up": claims} and list(front) == sorted(front)


def test_the_published_keys_verify_it(session, nobody):
    answer = nobody.get("/auth/jwt/jwks.json", headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("max-age=") and "must-revalidate" in answer.headers["Cache-Control"]
    assert set(answer.json()) == {"keys"}
    (found,) = [each for each in answer.json()["keys"] if each["kid"] == session.header["kid"]]
    assert set(found) == {"kty", "kid", "n", "e", "alg", "use"}
    assert (found["kty"], found["e"], found["alg"], found["use"]) == ("RSA", "AQAB", "RS256", "sig")
    public = rsa.RSAPublicNumbers(65537, int.from_bytes(client.base64url_read(found["n"]), "big")).public_key()
    signed, _, signature = session.access.rpartition(".")
    public.verify(client.base64url_read(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    document = nobody.get("/auth/.well-known/openid-configuration").json()
    assert document["issuer"] == session.claims["iss"] and document["jwks_uri"] == document["issuer"] + "/jwt/jwks.json"


def test_keys_are_not_readable_in_the_database(sql, session):
    for kid, sealed in sql("SELECT kid, private_key FROM orgd.signing_keys"):
        assert kid.startswith("d-") and len(base64.b64decode(sealed)) > 1000
        with pytest.raises(ValueError):
            serialization.load_der_private_key(base64.b64decode(sealed)[12:], None)


# ---- verification ----

def test_a_token_that_the_installation_signed(session, forge):
    """The valid token from which those below differ."""
    assert profile(session, forge()).json()["email"] == profile(session, session.access).json()["email"]
    assert profile(session, forge(exp=int(time.time()) + 5, more="members")).status_code == 200
    assert profile(session, forge({"version": "3"})).status_code == 200


@pytest.mark.parametrize("claims", [
    {"exp": 1}, {"exp": 0}, {"exp": -1}, {"exp": "9999999999"}, {"exp": 9999999999.5}, {"exp": None}, {"exp": ...},
    {"exp": 10 ** 18}, {"iat": ...}, {"iat": "now"}, {"sub": ...}, {"sub": NOBODY}, {"sub": None}, {"sub": ["x"]}, {"sub": "' OR 1=1"},
    {"sessionHandle": ...}, {"sessionHandle": NOBODY}, {"sessionHandle": 1}, {"sessionHandle": ""}, {"tId": "other"}, {"tId": ...},
    {"refreshTokenHash1": ...}, {"refreshTokenHash1": "x" * 65}, {"refreshTokenHash1": None}], ids=str)
def test_unacceptable_claims(claims, session, forge):
    assert refused(profile(session, forge(**claims)))


def test_an_end_in_this_second(session, forge):
    assert refused(profile(session, forge(exp=int(time.time()))))


@pytest.mark.parametrize("header", [
    {"alg": "none"}, {"alg": "None"}, {"alg": ""}, {"alg": ...}, {"alg": "HS256"}, {"alg": "RS512"}, {"alg": "PS256"}, {"alg": 1},
    {"typ": "at+jwt"}, {"typ": ...}, {"version": "2"}, {"version": ...}, {"version": 5}, {"version": "v5"}, {"crit": ["exp"]},
    {"kid": ...}, {"kid": ""}, {"kid": "d-1"}, {"kid": "s-1"}, {"kid": "d-" + "9" * 30}, {"kid": "d-%' OR 1=1"}, {"kid": None}], ids=str)
def test_unacceptable_headers_of_a_token(header, session, forge):
    assert refused(profile(session, forge(header)))


def test_invalid_signatures(session, forge, key):
    public = key.public_key()
    stranger = rsa.generate_private_key(65537, 2048)
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    modulus = public.public_numbers().n.to_bytes(256, "big")
    jwk = {"kty": "RSA", "n": client.base64url(stranger.public_key().public_numbers().n.to_bytes(256, "big")), "e": "AQAB"}
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    for bad in (forge(sign=lambda text: sessions.rs256(stranger, text)),
                forge({"jwk": jwk}, lambda text: sessions.rs256(stranger, text)),
                forge({"alg": "none"}, lambda text: b""),
                forge({"alg": "HS256"}, lambda text: hmac.new(pem, text.encode(), hashlib.sha256).digest()),
                forge({"alg": "HS256"}, lambda text: hmac.new(modulus, text.encode(), hashlib.sha256).digest()),
                forge(sign=lambda text: hmac.new(pem, text.encode(), hashlib.sha256).digest()),
                forge(sign=lambda text: key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA384())),
                forge(sign=lambda text: key.sign(text.encode(), pss, hashes.SHA256())),
                forge(sign=lambda text: b""), forge(sign=lambda text: b"\0" * 256), forge(sign=lambda text: b"\1" * 2000)):
        assert refused(profile(session, bad)), bad


def test_tokens_that_were_changed(session):
    head, body, signature = session.access.split(".")
    other = json.loads(client.base64url_read(body))
    other["exp"] += 1
    for bad in (f"{head}.{sessions.encode(other)}.{signature}", f"{head}.{body}.{signature[:-1]}", f"{head}.{body}.{signature}=",
                f"{head}.{body}.{signature}A", f"{head}.{body}", f"{head}.{body}.", f"{head}..{signature}", f".{body}.{signature}",
                f"{head}.{body}.{signature}.", f"{head}.{body}.{signature}.x", f" {session.access}", session.access + " x",
                f"{head}.{body}.{'B' if signature[0] != 'B' else 'C'}{signature[1:]}", session.access[:-9] + "!" + session.access[-8:],
                head.swapcase() + f".{body}.{signature}", "..", ".", "", "a.b.c", "null", session.access * 2, "x" * 13000,
                session.access[:-3] + "\xff\xfe\xfd", head + "." + "A" * 16000 + "." + signature):
        assert refused(profile(session, bad)), bad


def test_a_payload_with_a_repeated_member(session, key):
    text = json.dumps(session.claims)
    twice = text[:-1] + f', "sub": "{session.claims["sub"]}"' + "}"
    assert refused(profile(session, sessions.token(session.header, twice.encode(), lambda text: sessions.rs256(key, text))))
    for payload in (b"[]", b"1", b"{", b"", b'"x"', b"{}", b"\xff"):
        assert refused(profile(session, sessions.token(session.header, payload, lambda text: sessions.rs256(key, text))))


@pytest.mark.parametrize("scheme", ["bearer {}", "BEARER {}", "Bearer  {}", "Bearer\t{}", "{}", "ApiKey {}", "Secret {}", "Access {}",
                                    "Bearer {0} {0}", "Bearer {0},{0}"])
def test_other_schemes_are_refused(scheme, session):
    assert refused(session.using(scheme.format(session.access)).get("/profile"))


def test_a_token_with_the_session_of_another_user(session, server, forge):
    other = sessions.sign_up(server.url)
    assert refused(profile(session, forge(sessionHandle=other.handle)))
    assert refused(profile(session, forge(sub=other.claims["sub"])))
    assert profile(session, forge(sessionHandle=other.handle, sub=other.claims["sub"])).json()["email"] == other.get(
        "/profile").json()["email"]  # only the key is trusted: it is the installation's


def test_a_refresh_token_is_refused_as_an_access_token(session):
    assert refused(profile(session, session.refresh))


# ---- both transports ----

@pytest.fixture
def cookie(server):
    return sessions.sign_up(server.url, mode="cookie")


def test_the_cookie_alone(cookie):
    assert cookie.get("/profile").status_code == 200
    assert cookie.get("/profile", headers={"Authorization": ""}).status_code == 200
    assert cookie.put("/profile/username", {"username": "by cookie"}).json()["username"] == "by cookie"


def test_a_cookie_among_others_and_encoded(cookie):
    token = cookie.cookies["sAccessToken"]
    encoded = token.replace("e", "%65").replace(".", "%2E")
    for sent in (f"a=b; sAccessToken={token}; c=d", f"sAccessToken={encoded}", f";; sAccessToken={token} ;", f"x; sAccessToken={token}",
                 f"sAccessToken={token};sFrontToken=x", f"xsAccessToken=1; sAccessToken={token}; sAccessTokenX=2"):
        assert client.Api(cookie.url).get("/profile", headers={"Cookie": sent}).status_code == 200, sent


def test_cookies_that_no_browser_sends(cookie):
    token = cookie.cookies["sAccessToken"]
    for sent in (f"sAccessToken={token}; sAccessToken={token}", f"sAccessToken={token}; sIdRefreshToken=x", f"sAccessToken={token}%00",
                 "sAccessToken=", "sAccessToken", "sAccessToken=%zz", f'sAccessToken="{token}"', f"saccesstoken={token}", f"={token}",
                 "sAccessToken=" + "x" * 20000, f"sAccessToken={token}x", f"sAccessToken={token}%ff", "; ; ;", "sAccessToken=a.b.c",
                 f"sRefreshToken={token}"):
        assert refused(client.Api(cookie.url).get("/profile", headers={"Cookie": sent})), sent
    two = client.raw(cookie.url, f"GET /profile HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: sAccessToken={token}\r\n"
                     f"Cookie: sAccessToken={token}\r\n\r\n".encode())
    assert two.startswith(b"HTTP/1.1 401 ")


def test_precedence_of_header_and_cookie(cookie, session):
    """The header, if it contains a token at all."""
    both = {"Authorization": session.authorization}
    assert cookie.get("/profile", headers=both).json()["email"] == session.get("/profile").json()["email"]
    assert cookie.get("/profile", headers={"Authorization": "Bearer garbage"}).status_code == 200
    assert cookie.get("/profile", headers={"Authorization": "Bearer a.b.c"}).status_code == 200
    assert refused(cookie.get("/profile", headers={"Authorization": session.authorization[:-6] + "AAAAAA"}))
    assert refused(cookie.get("/profile", headers={"Authorization": "ApiKey garbage"}))
    assert session.get("/profile", headers={"Cookie": "sAccessToken=garbage"}).status_code == 200
    assert refused(session.get("/profile", headers={"Cookie": "sAccessToken=x; sAccessToken=y"}))


def test_an_expired_header_with_a_renewed_cookie(cookie, session, forge, sql, server):
    """C31: only if both belong to one session."""
    token = cookie.cookies["sAccessToken"]
    header, claims = sessions.read(token)
    signer = sessions.signing_key(sql, server.crypt_key, header["kid"])
    old = {"Authorization": "Bearer " + sessions.token(header, {**claims, "exp": 1}, lambda text: sessions.rs256(signer, text))}
    assert cookie.get("/profile", headers=old).json()["email"] == cookie.get("/profile").json()["email"]
    assert refused(client.Api(cookie.url).get("/profile", headers=old))
    assert refused(cookie.get("/profile", headers={"Authorization": "Bearer " + forge(exp=1)}))
    assert refused(cookie.get("/profile", headers={"Authorization": old["Authorization"][:-6] + "AAAAAA"}))


# ---- requests made by another site ----

def test_cookies_that_cross_sites(another):
    server = another(AGENTA_API_URL="https://api.acme.io/v1/", AGENTA_WEB_URL="https://app.elsewhere.io")
    session = sessions.sign_up(server.url, mode="cookie")
    cookies = sessions.cookies_of(session.answer)
    for cookie in cookies.values():
        assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("None", True, True)
    assert cookies["__Secure-sRefreshToken"]["path"] == "/v1/auth/session/refresh"
    rename = ("PUT", "/profile/username", {"username": "x"})
    assert session.get("/profile").status_code == 200
    assert refused(session.call(*rename))
    assert session.call(*rename, headers={"rid": "anti-csrf"}).status_code == 200
    assert session.call(*rename, headers={"Authorization": f"Bearer {session.cookies['sAccessToken']}"}).status_code == 200
    assert refused(session.call(*rename))  # although it is cached by now
    assert session.post("/auth/signout").json() == {"message": "unauthorised"}
    answer = session.post("/auth/session/refresh")
    assert (answer.status_code, answer.json()) == (401, {"message": "unauthorised"})
    assert "front-token" not in answer.headers and "Set-Cookie" not in answer.headers
    session.take(session.post("/auth/session/refresh", headers={"rid": "session"}))
    # a form of another site signs its visitor in as another user, without cookies; it leaves the visitor's cookies alone
    body = json.dumps(signing.form(email=signing.address(), password=signing.PASSWORD))
    stranger = session.call("POST", "/auth/signup", data=body, headers={"Content-Type": "text/plain"})
    assert stranger.json()["status"] == "OK" and "Set-Cookie" not in stranger.headers
    stranger = session.call("POST", "/auth/signup", data=body, headers={"Content-Type": "text/plain", "rid": "emailpassword"})
    assert stranger.json()["status"] == "OK" and sessions.cookies_of(stranger)["sAccessToken"].value == ""


def test_cookies_over_https_within_a_site(another):
    server = another(AGENTA_API_URL="https://api.acme.io/api", AGENTA_WEB_URL="https://app.acme.io")
    session = sessions.sign_up(server.url, mode="cookie")
    for cookie in sessions.cookies_of(session.answer).values():
        assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("Lax", True, True)
    assert session.put("/profile/username", {"username": "x"}).status_code == 200


def test_the_name_of_the_refresh_cookie_over_https(another, server):
    """Another program behind the same proxy reads sAccessToken. The refresh token is read here only, and has the prefix."""
    https = another(AGENTA_API_URL="https://app.acme.io/api", AGENTA_WEB_URL="https://app.acme.io")
    session = sessions.sign_up(https.url, mode="cookie")
    assert list(sessions.cookies_of(session.answer)) == ["sAccessToken", "__Secure-sRefreshToken", "__Secure-orgdDevice"]
    planted = {"Cookie": f"sRefreshToken=planted; __Secure-sRefreshToken={session.cookies['__Secure-sRefreshToken']}"}
    renewed = session.post("/auth/session/refresh", headers=planted)
    assert renewed.status_code == 200
    cookies = sessions.cookies_of(renewed)
    assert cookies["sRefreshToken"].value == "" and cookies["__Secure-sRefreshToken"].value
    session.take(renewed)
    gone = sessions.cookies_of(session.post("/auth/signout"))
    assert {name: cookie.value for name, cookie in gone.items()} == {"sAccessToken": "", "__Secure-sRefreshToken": ""}


def test_a_session_from_before_the_prefix(another, server):
    """Its cookie is accepted once more and renamed."""
    before = sessions.sign_up(server.url, mode="cookie")
    https = another(AGENTA_API_URL="https://app.acme.io/api", AGENTA_WEB_URL="https://app.acme.io")
    renewed = client.Api(https.url).post("/auth/session/refresh", headers={"Cookie": f"sRefreshToken={before.cookies['sRefreshToken']}"})
    assert renewed.status_code == 200
    cookies = sessions.cookies_of(renewed)
    assert cookies["sRefreshToken"].value == "" and cookies["__Secure-sRefreshToken"].value


# ---- renewal of keys ----

@pytest.fixture(scope="module")
def own(cluster):
    """Two servers over their own databases, whose keys a test may change."""
    pair = cluster.pair()
    named = {name: value for name, value in pair.environment().items() if name.startswith("POSTGRES_URI")}
    servers = []
    for _ in range(2):
        keys = {"AGENTA_AUTH_KEY": servers[0].auth_key, "AGENTA_CRYPT_KEY": servers[0].crypt_key} if servers else {}
        servers.append(serving.Server(**named, **keys).start())
    yield servers, pair.sql
    for server in servers:
        server.close()


def later(sql, hours):
    """Changes the stored times as if the keys were older."""
    sql("UPDATE orgd.signing_keys SET signs_until = signs_until - make_interval(hours => %(hours)s),"
        " valid_until = valid_until - make_interval(hours => %(hours)s)", {"hours": hours})


def test_processes_make_one_first_key(own):
    """Ten first sign-ins on two servers over an empty table."""
    servers, sql = own
    made = serving.in_parallel(10, lambda i: sessions.sign_up(servers[i % 2].url))
    assert len({session.header["kid"] for session in made}) == 1
    assert sql("SELECT count(*) FROM orgd.signing_keys") == [(1,)]
    for session in made:
        for server in servers:
            assert client.Api(server.url, session.authorization).get("/profile").status_code == 200


def test_keys_are_renewed_with_overlap(own):
    (server, _), sql = own
    session = sessions.sign_up(server.url)
    first = session.header["kid"]

    def published():
        return [key["kid"] for key in client.Api(server.url).get("/auth/jwt/jwks.json").json()["keys"]]

    def kid():
        return session.renewed().header["kid"]

    assert kid() == first and published() == [first]
    later(sql, 145)  # a day before it ends, the next one is published; it does not sign yet
    assert client.eventually(lambda: kid() == first and len(published()) == 2)
    assert kid() == first
    old = session.using(session.authorization)
    later(sql, 24)
    assert client.eventually(lambda: kid() != first)
    second = kid()
    assert old.get("/profile").status_code == 200  # the older one stays valid for another day
    assert set(published()) == {first, second}
    later(sql, 25)
    assert client.eventually(lambda: refused(old.get("/profile")))
    assert session.get("/profile").status_code == 200
    assert first not in published() and kid() == second


def test_a_key_that_is_taken_away(own):
    """As an operator does who fears that it is known."""
    (server, _), sql = own
    session = sessions.sign_up(server.url)
    assert session.get("/profile").status_code == 200
    sql("DELETE FROM orgd.signing_keys")
    assert client.eventually(lambda: refused(session.get("/profile")))
    assert session.renewed().get("/profile").status_code == 200


def test_another_encryption_key(own):
    """Signing keys that cannot be opened are ignored, and every session ends."""
    (_, server), _ = own
    session = sessions.sign_up(server.url)
    server.stop()
    server.start(AGENTA_CRYPT_KEY="another key, which is long enough")
    assert "1 of 1 signing keys were made with another AGENTA_CRYPT_KEY" in server.messages()
    session = session.using(session.authorization)
    session.url = server.url
    assert refused(session.get("/profile"))
    assert session.post("/auth/session/refresh").json() == {"message": "unauthorised"}
    assert sessions.sign_up(server.url).get("/profile").status_code == 200
