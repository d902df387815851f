"""Sign-in with a real OpenID Connect provider, and with issuers that lie, hang or redirect elsewhere."""
import base64
import concurrent.futures
import json
import pathlib
import re
import sys
import time
import urllib.parse

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import client  # noqa: E402  (in this folder)
import mailbox  # noqa: E402
import sessions  # noqa: E402
from identity_providers import Misbehaving, Provider, hang  # noqa: E402
from serving import Server, in_parallel  # noqa: E402
from signing import Browser, form  # noqa: E402

WEB = "http://localhost"
CALLBACK = f"{WEB}/auth/callback/oidc"


def start(issuer, **environment):
    return Server(ORGD_OIDC_ISSUER=issuer, ORGD_OIDC_CLIENT_ID="orgd", **environment).start()


@pytest.fixture(scope="module")
def provider():
    provider = Provider(CALLBACK)
    yield provider
    provider.close()


@pytest.fixture(scope="module")
def mails():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def serving(provider):
    server = start(provider.issuer, ORGD_OIDC_CLIENT_SECRET=provider.secret,
                   AGENTA_ACCESS_BLOCKED_EMAILS="blocked@acme.io")
    yield server
    server.close()


def address(server, third_party="oidc", redirect=CALLBACK):
    query = urllib.parse.urlencode({"thirdPartyId": third_party, "redirectURIOnProviderDashboard": redirect})
    return server.request("GET", f"/auth/authorisationurl?{query}")


def finish(server, parameters, verifier=None, redirect=CALLBACK, third_party="oidc"):
    return server.request("POST", "/auth/signinup", {
        "thirdPartyId": third_party,
        "redirectURIInfo": {"redirectURIOnProviderDashboard": redirect, "redirectURIQueryParams": parameters,
                            **({"pkceCodeVerifier": verifier} if verifier else {})}}, {"st-auth-mode": "header"})


def sign_in(server, provider, person):
    start = address(server).json
    return finish(server, provider.sign_in(start["urlWithQueryParams"], person), start["pkceCodeVerifier"])


def claims(answer):
    token = answer.headers["st-access-token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))


def test_a_new_user_gets_an_account_and_returns_to_it(serving, provider):
    first = sign_in(serving, provider, "Ann@acme.io")
    assert first.status == 200 and first.json["status"] == "OK" and first.json["createdNewRecipeUser"] is True, first
    user = first.json["user"]
    assert user["emails"] == ["ann@acme.io"] and user["thirdParty"] == [{"userId": "Ann@acme.io", "id": "oidc"}]
    assert user["loginMethods"][0]["recipeId"] == "thirdparty" and user["loginMethods"][0]["thirdParty"]["id"] == "oidc"
    assert claims(first)["session_identities"] == ["social:oidc"] and claims(first)["is_new_user"] is True
    assert claims(first)["sub"] == user["id"]
    api = client.Api(serving.url, f"Bearer {first.headers['st-access-token']}")
    assert [one["name"] for one in api.ok("GET", "/organizations/")] == ["ann"]

    second = sign_in(serving, provider, "Ann@acme.io")
    assert second.json["createdNewRecipeUser"] is False and second.json["user"]["id"] == user["id"]
    assert claims(second)["is_new_user"] is False
    assert len(api.ok("GET", "/organizations/")) == 1


def test_a_login_stays_with_its_account(serving, provider):
    """P5: its owner has another address now, and another user has the old one."""
    first = sign_in(serving, provider, "moved@acme.io")
    serving.sql("UPDATE users SET email = 'new@acme.io' WHERE email = 'moved@acme.io'")
    serving.sql("INSERT INTO users (id, uid, email, username) VALUES (gen_random_uuid(), 'other', 'moved@acme.io', 'other')")
    second = sign_in(serving, provider, "moved@acme.io")
    assert second.json["user"]["id"] == first.json["user"]["id"]

    def profile(answer):
        return client.Api(serving.url, f"Bearer {answer.headers['st-access-token']}").ok("GET", "/profile/")

    assert profile(second)["id"] == profile(first)["id"] and profile(second)["email"] == "new@acme.io"


def test_a_hundred_first_sign_ins_are_one_account(serving, provider):
    starts = [address(serving).json for _ in range(20)]
    returns = [provider.sign_in(one["urlWithQueryParams"], "many@acme.io") for one in starts]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda pair: finish(serving, pair[1], pair[0]["pkceCodeVerifier"]), zip(starts, returns)))
    assert {answer.json["status"] for answer in answers} == {"OK"}
    assert len({answer.json["user"]["id"] for answer in answers}) == 1
    assert sum(answer.json["createdNewRecipeUser"] for answer in answers) == 1
    with serving.connect() as core, core.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users u JOIN organizations o ON o.owner_id = u.id WHERE u.email = 'many@acme.io'")
        assert cursor.fetchone() == (1,)


def test_a_blocked_user_gets_a_reason_and_nothing_is_stored(serving, provider):
    answer = sign_in(serving, provider, "blocked@acme.io")
    assert answer.json == {"status": "SIGN_IN_UP_NOT_ALLOWED", "reason": "Access Denied."}
    assert "st-access-token" not in answer.headers
    with serving.connect() as core, core.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orgd.logins WHERE email = 'blocked@acme.io'")
        assert cursor.fetchone() == (0,)


def test_without_an_address_there_is_no_account(serving, provider):
    assert sign_in(serving, provider, "nameless").json == {"status": "NO_EMAIL_GIVEN_BY_PROVIDER"}


def test_a_code_counts_once_and_only_with_its_redirect(serving, provider):
    start = address(serving).json
    parameters = provider.sign_in(start["urlWithQueryParams"], "once@acme.io")
    verifier = start["pkceCodeVerifier"]
    assert finish(serving, parameters, verifier, redirect=f"{WEB}/elsewhere").json["status"] == "GENERAL_ERROR"
    parameters = provider.sign_in(start["urlWithQueryParams"], "once@acme.io")
    assert finish(serving, parameters, verifier).json["status"] == "OK"
    assert finish(serving, parameters, verifier).json["status"] == "GENERAL_ERROR"
    assert finish(serving, {"error": "access_denied"}).json["status"] == "GENERAL_ERROR"
    assert finish(serving, {"code": "x" * 40000}).json["status"] == "GENERAL_ERROR"


@pytest.mark.parametrize("secret, environment", [
    ("", {}), ("a secret", {"ALGORITHM": "ES256"}), ("a secret", {"EMAIL_IN": "userinfo"}), ("a secret", {"VERIFIED": "absent"})],
    ids=["public client", "ES256", "address at userinfo", "verification unsaid"])
def test_every_kind_of_client(secret, environment):
    provider = Provider(CALLBACK, secret=secret, **environment)
    server = start(provider.issuer, **({"ORGD_OIDC_CLIENT_SECRET": secret} if secret else {}))
    try:
        begun = address(server).json
        assert "code_challenge_method=S256" in begun["urlWithQueryParams"]
        for verifier in None, "another verifier" * 4, address(server).json["pkceCodeVerifier"]:  # a code that was stolen
            parameters = provider.sign_in(begun["urlWithQueryParams"], "ann@acme.io")
            assert finish(server, parameters, verifier).json["status"] == "GENERAL_ERROR"
        parameters = provider.sign_in(begun["urlWithQueryParams"], "ann@acme.io")
        assert finish(server, parameters, begun["pkceCodeVerifier"]).json["status"] == "OK"
    finally:
        server.close()
        provider.close()


def test_an_address_that_the_provider_disputes_opens_no_account():
    provider = Provider(CALLBACK, VERIFIED="false")
    server = start(provider.issuer, ORGD_OIDC_CLIENT_SECRET=provider.secret)
    try:
        answer = sign_in(server, provider, "ann@acme.io").json
        assert answer["status"] == "SIGN_IN_UP_NOT_ALLOWED" and "not verified" in answer["reason"]
    finally:
        server.close()
        provider.close()


# ---- earlier logins of the address ----

def people_of(server, email):
    return server.sql("SELECT count(*) FROM users WHERE email = %s", (email,))[0][0]


def set_password(server, link, password="An0ther!pass"):
    token = link.split("token=")[1].split("&")[0]
    return Browser(server.url).outcome("/auth/user/password/reset", {"method": "token", "token": token, **form(password=password)})


def person_of(api):
    return api.ok("GET", "/profile/")["id"]


def self_link(api):
    return api.post(f"/profile/reset-password?user_id={person_of(api)}")


def test_the_first_proof_of_an_address_evicts_unproven_logins(serving, provider):
    """P6: an attacker signed up with the address of another person, and waits for them."""
    stranger = sessions.sign_up(serving.url, "owner@acme.io")
    second = sessions.sign_in(serving.url, "owner@acme.io")
    key = client.Api(serving.url, "ApiKey " + stranger.ok("POST", "/keys/"))
    owned = person_of(key)
    links = [self_link(stranger)]
    assert links[0].status_code == 200 and self_link(key).status_code == 403

    owner = sign_in(serving, provider, "owner@acme.io")
    assert owner.json["status"] == "OK" and people_of(serving, "owner@acme.io") == 1
    for one in (stranger, second):
        assert one.get("/profile/").status_code == 401
        assert one.renew().status_code == 401
    assert {set_password(serving, link.json())["status"] for link in links} == {"RESET_PASSWORD_INVALID_TOKEN_ERROR"}
    somebody = Browser(serving.url)
    assert somebody.sign_in("owner@acme.io") == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert somebody.sign_up("owner@acme.io")["status"] == "SIGN_UP_NOT_ALLOWED"
    assert key.post(f"/profile/reset-password?user_id={owned}").status_code == 401  # a key that a session made goes with it
    accomplice = sessions.sign_up(serving.url, "accomplice@acme.io")  # another user who was given the organization in time
    serving.sql("UPDATE organizations SET owner_id = %s WHERE owner_id = %s", (person_of(accomplice), owned))
    assert accomplice.post(f"/profile/reset-password?user_id={owned}").status_code == 403

    session = client.Api(serving.url, f"Bearer {owner.headers['st-access-token']}")
    link = self_link(session)
    assert link.status_code == 200 and set_password(serving, link.json()) == {"status": "OK"}
    password = sessions.begin(serving.url, "/auth/signin", "owner@acme.io", "header", password="An0ther!pass")
    sign_in(serving, provider, "owner@acme.io")
    assert password.get("/profile/").status_code == 200  # their own from now on, and stays
    assert password.renew().status_code == 200


def test_a_password_and_a_provider_at_once(serving, provider):
    """In any order, no unproven password remains after the proof."""
    def sign_up(email):
        return Browser(serving.url).sign_up(email)["status"]

    for number in range(8):
        email = f"both-{number}@acme.io"
        start = address(serving).json
        back = provider.sign_in(start["urlWithQueryParams"], email)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            password = pool.submit(sign_up, email)
            answer = pool.submit(finish, serving, back, start["pkceCodeVerifier"]).result()
        assert answer.json["status"] == "OK" and password.result() in ("OK", "SIGN_UP_NOT_ALLOWED"), password.result()
        assert people_of(serving, email) == 1
        assert serving.sql("SELECT count(*) FROM orgd.logins WHERE email = %s AND password_hash IS NOT NULL", (email,)) == [(0,)]
        assert serving.sql("SELECT count(*) FROM orgd.sessions s JOIN users u ON u.id = s.user_id WHERE u.email = %s", (email,)) == [(1,)]


def test_a_provider_without_email_verified_proves_nothing(mails):
    """P7"""
    provider = Provider(CALLBACK, VERIFIED="absent")
    server = start(provider.issuer, ORGD_OIDC_CLIENT_SECRET=provider.secret, **mails.settings)
    try:
        admin = client.Api(server.url, f"Access {server.auth_key}")
        alice, bob = client.make_accounts(admin, "alice", "bob")
        answer = sign_in(server, provider, bob.email)
        assert answer.json["status"] == "SIGN_IN_UP_NOT_ALLOWED" and "does not say" in answer.json["reason"]
        assert "st-access-token" not in answer.headers
        assert server.sql("SELECT count(*) FROM orgd.logins") == [(0,)]

        stranger = sign_in(server, provider, "carol@acme.io")  # a new user may claim any address, as with a password
        assert stranger.json["status"] == "OK" and stranger.json["user"]["loginMethods"][0]["verified"] is False
        assert sign_in(server, provider, "carol@acme.io").json["status"] == "OK"
        alice.ok("POST", f"/organizations/{alice.organization}/workspaces/{alice.workspace}/invite", [{"email": "carol@acme.io"}])
        api = client.Api(server.url, f"Bearer {stranger.headers['st-access-token']}")
        (mine,) = api.ok("GET", "/invitations")
        assert mine["needs_token"] is True and mine["organization_name"] is None
        mails.next("carol@acme.io")

        carol = Browser(server.url)
        device = carol.outcome("/auth/signinup/code", {"email": "carol@acme.io"})
        code = re.search(r"^(\d{6})$", mailbox.text_of(mails.next("carol@acme.io")), re.M).group(1)
        assert carol.outcome("/auth/signinup/code/consume", {
            **{name: device[name] for name in ("deviceId", "preAuthSessionId")}, "userInputCode": code})["status"] == "OK"
        assert "others may have made" in mailbox.text_of(mails.next("carol@acme.io"))
        assert carol.claims["user_identities"] == ["email:otp"]
        assert api.get("/profile/").status_code == 401
        assert sign_in(server, provider, "carol@acme.io").json["status"] == "SIGN_IN_UP_NOT_ALLOWED"
        assert carol.api.ok("GET", "/invitations")[0]["needs_token"] is False
    finally:
        server.close()
        provider.close()


def test_a_mailed_link_proves_the_address(provider, mails):
    server = start(provider.issuer, ORGD_OIDC_CLIENT_SECRET=provider.secret, ORGD_EMAIL_METHOD="password", **mails.settings)
    try:
        browser = Browser(server.url)
        browser.sign_up("dora@acme.io")
        assert browser.outcome("/auth/user/password/reset/token", form(email="dora@acme.io")) == {"status": "OK"}
        link = re.search(r"https?://\S+token=\S+", mailbox.text_of(mails.next("dora@acme.io"))).group(0)
        assert set_password(server, link) == {"status": "OK"}
        session = sessions.begin(server.url, "/auth/signin", "dora@acme.io", "header", password="An0ther!pass")
        assert sign_in(server, provider, "dora@acme.io").json["status"] == "OK"
        assert session.get("/profile/").status_code == 200
    finally:
        server.close()


# ---- validation of requests ----

def test_missing_provider_settings_are_named(serving):
    def refused(answer):
        assert answer.status == 400, answer
        return answer.json["message"]

    assert refused(serving.request("GET", "/auth/authorisationurl")) == "Please provide the thirdPartyId as a GET param"
    assert refused(serving.request("GET", "/auth/authorisationurl?thirdPartyId=oidc")) == \
        "Please provide the redirectURIOnProviderDashboard as a GET param"
    assert refused(address(serving, "myspace")) == "the provider myspace could not be found in the configuration"
    assert refused(address(serving, "github")) == "the provider github could not be found in the configuration"
    assert refused(serving.request("POST", "/auth/signinup", {})) == "Please provide the thirdPartyId in request body"
    assert refused(serving.request("POST", "/auth/signinup", {"thirdPartyId": "oidc"})) == \
        "Please provide one of redirectURIInfo or oAuthTokens in the request body"
    assert refused(serving.request("POST", "/auth/signinup", {"thirdPartyId": "oidc", "redirectURIInfo": {}})) == \
        "Please provide the redirectURIOnProviderDashboard in request body"
    assert refused(serving.request("POST", "/auth/signinup", b"\xff not JSON")) == "Please provide the thirdPartyId in request body"


@pytest.mark.parametrize("redirect", [
    "https://evil.io/auth/callback/oidc", "http://localhost.evil.io/", "http://localhost@evil.io/", "//evil.io", "javascript:alert(1)",
    "http://localhost:81/", "https://localhost/", "http://evil.io\\@localhost/", ""])
def test_redirects_lead_to_this_deployment_only(serving, redirect):
    assert address(serving, redirect=redirect).status == 400
    assert finish(serving, {"code": "c"}, redirect=redirect).status == 400


def test_without_a_provider_the_endpoints_are_not_there(server):
    for method, path in (("GET", "/auth/authorisationurl"), ("POST", "/auth/signinup"), ("POST", "/auth/callback/apple")):
        answer = server.request(method, path)
        assert answer.status == 404 and answer.json == {"detail": "Not Found"}


def apple(server, state, **more):
    form = urllib.parse.urlencode({"state": state, **more}).encode()
    return server.request("POST", "/auth/callback/apple", form, {"Content-Type": "application/x-www-form-urlencoded"})


def state_of(url):
    return base64.b64encode(json.dumps({"frontendRedirectURI": url}).encode()).decode()


def test_apple_returns_by_a_form(serving):
    answer = apple(serving, state_of(f"{WEB}/auth/callback/apple"), code="a+b&c", user='{"name":"Ann"}')
    assert answer.status == 303
    target = urllib.parse.urlsplit(answer.headers["Location"])
    assert target.path == "/auth/callback/apple" and dict(urllib.parse.parse_qsl(target.query))["code"] == "a+b&c"


@pytest.mark.parametrize("state", [state_of("https://evil.io/"), state_of("http://localhost@evil.io/"), "", "garbage", "e30=",
                                   state_of("http://localhost/\r\nSet-Cookie: a=b")])
def test_apples_form_redirects_to_this_deployment_only(serving, state):
    answer = apple(serving, state, code="c")
    assert answer.status == 400 and "Location" not in answer.headers


# ---- hostile issuers ----

@pytest.fixture(scope="module")
def liar():
    liar = Misbehaving()
    yield liar
    liar.close()


@pytest.fixture
def misled(liar):
    """A server whose issuer is the liar; the cache of issuers is empty."""
    server = start(liar.issuer, ORGD_OIDC_CLIENT_SECRET="secret")
    yield server
    server.close()


def failed(answer):
    return answer.status == 200 and answer.json == {"status": "GENERAL_ERROR",
                                                    "message": "Single sign-on could not sign you in. Please try again."}


def test_issuers_that_lie_hang_or_lead_elsewhere(liar, misled):
    internal = Misbehaving()  # an internal server, at another port
    internal.serve({"secret": "of the inside"}, token=(200, {}, {"id_token": "a.b.c"}))
    code = {"code": "c"}
    try:
        for document in (b"no JSON", [], {}, liar.document(issuer="https://other.io"), liar.document(jwks_uri=None),
                         liar.document(jwks_uri=f"{internal.issuer}/jwks"), liar.document(jwks_uri="file:///etc/passwd"),
                         liar.document(jwks_uri="https://169.254.169.254/latest"), liar.document(jwks_uri="https://localhost/")):
            liar.serve(document)
            assert failed(address(misled)), document
        liar.pages["/.well-known/openid-configuration"] = (302, {"Location": f"{internal.issuer}/.well-known/openid-configuration"}, b"")
        assert failed(address(misled))
        liar.pages["/.well-known/openid-configuration"] = (200, {}, b"[" * (2 << 20))
        assert failed(address(misled))
        assert internal.asked == []

        liar.serve(liar.document(token_endpoint=f"{internal.issuer}/token"))
        assert address(misled).json["status"] == "OK"
        assert failed(finish(misled, code)) and internal.asked == []
    finally:
        internal.close()


@pytest.mark.parametrize("token", [
    (500, {}, b"{}"), (400, {}, {"error": "invalid_grant"}), (200, {}, {}), (200, {}, b""), (200, {}, {"id_token": "a.b.c"}),
    (200, {}, {"id_token": 7}), (302, {"Location": "/jwks"}, b""), (200, {}, {"access_token": "x\r\nHost: evil"})])
def test_answers_without_a_valid_token(liar, misled, token):
    liar.serve(liar.document(), token=token)
    assert failed(finish(misled, {"code": "c"}))


def test_tokens_that_prove_nothing(liar, misled):
    """A client's token from a provider counts only as an ID token that the provider signed for this deployment."""
    liar.serve(liar.document(), token=(200, {}, {"id_token": "a.b.c"}))
    for tokens in ({}, {"access_token": "somebody's"}, {"id_token": "a.b.c"}, {"id_token": ""}, {"id_token": 7, "access_token": "x"}):
        assert failed(misled.request("POST", "/auth/signinup", {"thirdPartyId": "oidc", "oAuthTokens": tokens})), tokens


class Issuer(Misbehaving):
    """A provider that signs anything, with a key of the given kind."""

    def __init__(self, curve):
        super().__init__()
        self.key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
        numbers = self.key.public_key().public_numbers()
        fields = {"x": numbers.x, "y": numbers.y} if curve else {"n": numbers.n, "e": numbers.e}
        jwk = {name: client.base64url(value.to_bytes(32 if curve else 256, "big").lstrip(b"\0" if not curve else b""))
               for name, value in fields.items()}
        jwk.update({"kty": "EC", "crv": "P-256"} if curve else {"kty": "RSA"})
        self.serve(self.document(), jwks=(200, {}, {"keys": [{**jwk, "kid": "k", "use": "sig"}]}))

    def sign(self, text):
        if isinstance(self.key, rsa.RSAPrivateKey):
            return sessions.rs256(self.key, text)
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def token(self, email, **claims):
        now = int(time.time())
        alg = "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"
        return sessions.token({"alg": alg, "kid": "k"}, {
            "iss": self.issuer, "aud": "orgd", "sub": email, "email": email, "email_verified": True, "iat": now, "exp": now + 300,
            **claims}, self.sign)


@pytest.fixture(scope="module", params=["RS256", "ES256"])
def issuer(request):
    issuer = Issuer(request.param == "ES256")
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def two(issuer):
    """Two servers over one database that trust the issuer."""
    first = start(issuer.issuer)
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={first.data}" for name in ("core", "tracing")}
    second = start(issuer.issuer, AGENTA_AUTH_KEY=first.auth_key, AGENTA_CRYPT_KEY=first.crypt_key, **uris)
    yield first, second
    second.close()
    first.close()


def bring(server, token):
    return server.request("POST", "/auth/signinup", {"thirdPartyId": "oidc", "oAuthTokens": {"id_token": token}}, {"st-auth-mode": "header"})


def test_a_token_brought_by_a_client_signs_in_once(issuer, two):
    token = issuer.token("once@acme.io")
    assert bring(two[0], token).json["status"] == "OK"
    for server in two:
        assert failed(bring(server, token))
    assert bring(two[1], issuer.token("once@acme.io", jti="another")).json["status"] == "OK"


def test_a_token_brought_many_times_at_once(issuer, two):
    """To two servers: one of the requests signs in."""
    for number in range(5):
        token = issuer.token(f"race{number}@acme.io")
        answers = in_parallel(8, lambda i: bring(two[i % 2], token))  # noqa: B023  (they end within the round)
        assert sorted(answer.json["status"] for answer in answers) == ["GENERAL_ERROR"] * 7 + ["OK"]


def test_the_same_token_with_another_signature(issuer, two):
    """From an ECDSA signature (r, s) anybody can make a second valid one, (r, -s)."""
    if isinstance(issuer.key, rsa.RSAPrivateKey):
        pytest.skip("an RSA signature has one form")
    token = issuer.token("twin@acme.io")
    signed, _, signature = token.rpartition(".")
    raw = client.base64url_read(signature)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    other = f"{signed}.{client.base64url(twin)}"
    assert bring(two[0], other).json["status"] == "OK"  # it is valid by itself
    assert failed(bring(two[0], token)) and failed(bring(two[1], other))


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"aud": ["orgd", "another"]}, {"iss": "https://elsewhere.io"}, {"iat": None}], ids=str)
def test_tokens_for_other_clients(claims, issuer, two):
    assert failed(bring(two[0], issuer.token("late@acme.io", **claims)))


@pytest.mark.parametrize("issued, expires", [(-600, -300), (-3700, 9000), (600, 900)])
def test_tokens_of_another_time(issued, expires, issuer, two):
    """Expired, older than an hour, or in the future; in seconds from now."""
    now = int(time.time())
    assert failed(bring(two[0], issuer.token("late@acme.io", iat=now + issued, exp=now + expires)))


def test_a_token_that_is_not_valid_yet(issuer, two):
    assert failed(bring(two[0], issuer.token("early@acme.io", nbf=int(time.time()) + 600)))


def test_a_token_that_was_refused_is_not_used_up(issuer, two):
    """A token whose sign-in failed for another reason may be used again."""
    token = issuer.token("no address")
    assert bring(two[0], token).json["status"] == bring(two[0], token).json["status"] == "NO_EMAIL_GIVEN_BY_PROVIDER"


def test_a_hanging_issuer_delays_no_other_request(liar, misled):
    liar.serve(liar.document(), token=hang(30))
    assert address(misled).json["status"] == "OK"
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(finish, misled, {"code": "c"}) for _ in range(2)]
        time.sleep(0.5)
        begun = time.monotonic()
        assert misled.request("GET", "/health/ready").status == 200
        assert misled.request("GET", "/auth/loginmethods").status in (200, 404)
        assert time.monotonic() - begun < 2
        assert all(failed(one.result()) for one in waiting)
    assert "Authorization" not in misled.messages() and "client_secret" not in misled.messages()
