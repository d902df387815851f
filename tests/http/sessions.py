"""Sessions for tests: begun through the API in either transport, and access tokens signed with the installation's key."""
import base64
import hashlib
import hmac
import http.cookies
import json

import client
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from signing import PASSWORD, address, form

# The hash of PASSWORD, with the lowest cost that argon2 allows.
HASH = "$argon2id$v=19$m=8,t=1,p=1$b3JnZCB0ZXN0cycgc2FsdA$+UQcp/HkE3qtqlVoIQLYFU+QSpx2/cFYTpypchfUHo0"
ACCESS, REFRESH = "sAccessToken", "sRefreshToken"
SECURE_REFRESH = "__Secure-sRefreshToken"  # with AGENTA_API_URL on https


class Session(client.Api):
    """A session in header transport, with the tokens of its first answer."""

    def __init__(self, url, answer):
        super().__init__(url)
        self.take(answer)

    def take(self, answer):
        self.answer = answer
        self.access = answer.headers["st-access-token"]
        self.refresh = answer.headers.get("st-refresh-token")
        self.authorization = f"Bearer {self.access}"
        self.header, self.claims = read(self.access)
        self.handle = self.claims["sessionHandle"]

    def renew(self, refresh=None):
        """The answer to a refresh; this session keeps the tokens that it has."""
        return self.using(f"Bearer {refresh or self.refresh}").post("/auth/session/refresh")

    def renewed(self):
        """Refreshes, and expects success."""
        answer = self.renew()
        assert (answer.status_code, answer.json()) == (200, {}), answer.text
        self.take(answer)
        return self


class CookieSession(client.Api):
    """A session in cookies, stored like in a browser, but sent wherever a test chooses."""

    def __init__(self, url, answer):
        super().__init__(url)
        self.cookies = {}
        self.take(answer)

    def take(self, answer):
        self.answer = answer
        self.cookies.update({name: cookie.value for name, cookie in cookies_of(answer).items()})

    def call(self, method, path, body=None, headers=None, data=None):
        names = [ACCESS] + ([REFRESH, SECURE_REFRESH] if path.endswith("/auth/session/refresh") else [])
        sent = "; ".join(f"{name}={self.cookies[name]}" for name in names if self.cookies.get(name))
        return super().call(method, path, body, {**({"Cookie": sent} if sent else {}), **(headers or {})}, data)


def cookies_of(answer):
    """The cookies that an answer sets, by name."""
    found = {}
    for line in answer.raw.headers.getlist("Set-Cookie"):
        found.update(http.cookies.SimpleCookie(line))
    return found


def begin(url, path, email, mode, headers=None, password=PASSWORD):
    answer = client.Api(url).post(path, form(email=email, password=password),
                                  headers={"st-auth-mode": mode, **(headers or {})} if mode else headers)
    assert answer.status_code == 200 and answer.json()["status"] == "OK", answer.text
    return (CookieSession if mode == "cookie" else Session)(url, answer)


def sign_up(url, email=None, mode="header", **headers):
    """A session of a new user."""
    return begin(url, "/auth/signup", email or address(), mode, headers)


def sign_in(url, email, mode="header", **headers):
    return begin(url, "/auth/signin", email, mode, headers)


def session_of(account, sql, mode="header"):
    """A session of a user whom the administration made, with a password for it."""
    sql("INSERT INTO orgd.logins (id, method, email, password_hash, user_id) VALUES (gen_random_uuid(), 'emailpassword', %s, %s, %s)"
        " ON CONFLICT DO NOTHING", account.email, HASH, account.user)
    return sign_in(account.url, account.email, mode)


# ---- tokens ----

def read(token):
    """Header and claims of a token, unverified."""
    return tuple(json.loads(client.base64url_read(part)) for part in token.split(".")[:2])


def encode(part):
    return client.base64url(part if isinstance(part, bytes) else json.dumps(part).encode())


def rs256(key, signed):
    return key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def token(header, claims, sign):
    """A token with any header and claims: `sign` makes the signature of the text before it."""
    signed = f"{encode(header)}.{encode(claims)}"
    return f"{signed}.{client.base64url(sign(signed))}"


def signing_key(sql, crypt_key, kid):
    """A decrypted private key, by the format that docs/security.md describes."""
    ((sealed,),) = sql("SELECT private_key FROM orgd.signing_keys WHERE kid = %s", kid)
    sealed = base64.b64decode(sealed)
    opener = AESGCM(hmac.new(crypt_key.encode(), b"orgd signing key", hashlib.sha256).digest())
    return serialization.load_der_private_key(opener.decrypt(sealed[:12], sealed[12:], kid.encode()), None)
