"""Known devices: a browser that has signed in to an account before is not locked out by attempts of others."""
import base64
import contextlib
import hashlib
import hmac
import itertools
import re
import time

import client
import pytest
import sessions
from signing import PASSWORD, address, form

WRONG = "0ther!Password"
DAY = 86400
networks = itertools.count()
BEHIND = {"ORGD_RATE_LIMITS": "on", "ORGD_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="module")
def limited(sibling):
    with contextlib.closing(sibling(**BEHIND)) as made:
        yield made.start()


@pytest.fixture(scope="module")
def other(sibling):
    with contextlib.closing(sibling(**BEHIND)) as made:
        yield made.start()


class Device:
    """A browser at an address; it keeps the cookie of known devices."""

    home = None  # the network of all clients without one of their own

    def __init__(self, server, origin=None, cookie=None):
        self.server, self.origin, self.cookie = server, origin or self.home, cookie

    def ask(self, path, body, **headers):
        headers = {"X-Forwarded-For": self.origin, "st-auth-mode": "cookie", **headers}
        if self.cookie:
            headers["Cookie"] = f"orgdDevice={self.cookie}"
        answer = client.Api(self.server.url).post(path, body, headers=headers)
        made = sessions.cookies_of(answer).get("orgdDevice")
        self.cookie = made.value if made else self.cookie
        return answer

    def sign(self, email, password=PASSWORD, path="/auth/signin"):
        """OK, WRONG or LATER."""
        answer = self.ask(path, form(email=email, password=password))
        if "Retry-After" in answer.headers:
            return "LATER"
        return {"OK": "OK", "WRONG_CREDENTIALS_ERROR": "WRONG"}[answer.json()["status"]]

    def guess(self, email, times):
        """The number of guesses that were processed."""
        return sum(self.sign(email, WRONG) == "WRONG" for _ in range(times))


def use_up(server, email, sql):
    """Others in the network guess until no attempts are left: the first guess creates a counter, which is then emptied."""
    assert Device(server).guess(email, 1) == 1
    sql("UPDATE orgd.rate_limits SET full_at = now() + make_interval(secs => seconds) WHERE limited = 'SIGN_IN_NETWORK'")


def use_up_known(sql):
    """The same for all counters of passwords."""
    sql("UPDATE orgd.rate_limits SET full_at = now() + make_interval(secs => seconds) WHERE limited IN ('SIGN_IN_NETWORK', 'SIGN_IN_DEVICE')")


@pytest.fixture(autouse=True)
def network():
    """Each test has a network of its own."""
    Device.home = f"192.168.{next(networks)}.1"


@pytest.fixture
def email(limited):
    return address("owner")


@pytest.fixture
def device(limited, email):
    """The owner's browser, in the network from which others guess."""
    device = Device(limited)
    assert device.sign(email, path="/auth/signup") == "OK"
    return device


def test_a_known_device_passes_whatever_others_try(limited, other, device, email, sql):
    use_up(limited, email, sql)
    assert Device(limited).sign(email) == "LATER"
    for _ in range(3):
        assert device.sign(email) == "OK"
    assert Device(other, cookie=device.cookie).sign(email) == "OK"  # on every server


def test_a_known_device_has_as_many_attempts_as_others(limited, device, email, sql):
    """An attacker with a stolen cookie guesses only as fast as with one more network, and does not lock the owner out."""
    thief = Device(limited, cookie=device.cookie)
    assert thief.guess(email, 25) in range(20, 24)
    use_up_known(sql)
    assert device.sign(email) == "LATER"
    device.origin = "198.51.100.1"
    assert device.sign(email) == "OK"


def test_a_known_device_is_valid_for_its_account_only(limited, device):
    victim = address("victim")
    Device(limited, "203.0.113.1").sign(victim, path="/auth/signup")
    assert device.guess(victim, 13) in range(10, 13)
    assert device.guess(address("nobody"), 13) in range(10, 13)


def test_forged_device_cookies_are_unknown(limited, device, email, sql):
    cookie = device.cookie
    use_up(limited, email, sql)
    changed = cookie[:20] + ("A" if cookie[20] != "A" else "B") + cookie[21:]
    for bad in (changed, cookie[:-1], cookie.swapcase(), "x", "A" * 43, "." + cookie, "A" * 4000, "%00", f"{cookie}; orgdDevice={cookie}"):
        assert Device(limited, cookie=bad).sign(email) == "LATER", bad
    for good in (cookie, cookie + ".", cookie + ".x", "A" * 43 + "." + cookie):
        assert Device(limited, cookie=good).sign(email) == "OK", good


def test_a_new_password_ends_a_known_device(limited, device, email, sql):
    sql("INSERT INTO orgd.password_resets (token_hash, login_id, proves, expires_at)"
        " SELECT sha256(convert_to(%s, 'UTF8')), id, false, now() + interval '1 hour' FROM orgd.logins WHERE email = %s", email, email)
    answer = Device(limited, "198.51.100.1").ask("/auth/user/password/reset", {"token": email, **form(password="N3w!password")})
    assert answer.json() == {"status": "OK"}
    use_up(limited, email, sql)
    assert device.sign(email, "N3w!password") == "LATER"
    again = Device(limited, "198.51.100.1", device.cookie)
    assert again.sign(email, "N3w!password") == "OK"
    again.origin = device.origin
    assert again.sign(email, "N3w!password") == "OK"


def test_a_link_by_mail_makes_a_browser_known(limited, device, email, sql):
    """A user who reads the owner's mail is let in, whatever others try."""
    sql("INSERT INTO orgd.password_resets (token_hash, login_id, proves, expires_at)"
        " SELECT sha256(convert_to(%s, 'UTF8')), id, true, now() + interval '1 hour' FROM orgd.logins WHERE email = %s", email, email)
    use_up(limited, email, sql)
    browser = Device(limited)
    answer = browser.ask("/auth/user/password/reset", {"token": email, **form(password="N3w!password")})
    assert answer.json() == {"status": "OK"}
    assert device.sign(email, "N3w!password") == "LATER"
    assert browser.sign(email, "N3w!password") == "OK"


def entry(server, email, sql, moment):
    """The cookie of a browser, made at the given time."""
    (binding,), = sql("SELECT u.id || ' 0 ' || l.password_hash FROM users u JOIN orgd.logins l ON l.user_id = u.id WHERE u.email = %s", email)
    head = b"x" * 12 + int(moment).to_bytes(4, "big")
    key = hmac.digest(server.crypt_key.encode(), b"orgd device", "sha256")
    mac = hmac.digest(key, head + binding.encode(), "sha256")[:16]
    return base64.urlsafe_b64encode(head + mac).rstrip(b"=").decode()


@pytest.mark.parametrize(("days", "outcome"), [(1, "OK"), (399, "OK"), (401, "LATER"), (-1, "LATER")])
def test_the_lifetime_of_a_known_device(days, outcome, server, limited, device, email, sql):
    use_up(limited, email, sql)
    cookie = entry(server, email, sql, time.time() - days * DAY)
    assert Device(limited, cookie=cookie).sign(email) == outcome


def test_a_browser_of_several_users(limited, device, email, sql):
    """It knows the last four accounts; another sign-in adds nothing."""
    others = [address("other") for _ in range(3)]
    for person in others:
        assert device.sign(person, path="/auth/signup") == "OK"
    assert device.sign(others[0]) == "OK" and len(device.cookie.split(".")) == 4
    for person in (email, *others):
        use_up(limited, person, sql)
        assert device.sign(person) == "OK"
    assert device.sign(address("fifth"), path="/auth/signup") == "OK"
    assert len(device.cookie.split(".")) == 4
    use_up_known(sql)
    assert device.sign(email) == "LATER"  # signed in before all others


def test_a_success_keeps_the_device_and_its_counter(device, email):
    """A success starts no new counter."""
    first = base64.urlsafe_b64decode(device.cookie + "=")[:12]
    assert device.sign(email) == "OK"
    assert base64.urlsafe_b64decode(device.cookie + "=")[:12] == first


def test_a_known_device_may_request_links(limited, device, email):
    link = ("/auth/user/password/reset/token", form(email=email))
    answers = [Device(limited).ask(*link) for _ in range(6)]
    assert "Retry-After" in answers[-1].headers
    assert "Retry-After" not in device.ask(*link).headers


def test_clients_without_cookies_are_never_known(limited, email):
    answer = Device(limited).ask("/auth/signup", form(email=email, password=PASSWORD), **{"st-auth-mode": "header"})
    assert answer.json()["status"] == "OK" and "Set-Cookie" not in answer.headers


def test_the_cookie_of_an_encrypted_site(another):
    """Browsers send it over encrypted connections only, and to the sign-in endpoints only."""
    server = another(AGENTA_API_URL="https://api.acme.example/api", AGENTA_WEB_URL="https://other.example", ORGD_RATE_LIMITS="on")
    answer = client.Api(server.url).post("/auth/signup", form(email=address(), password=PASSWORD), headers={"st-auth-mode": "cookie"})
    made = sessions.cookies_of(answer)["__Secure-orgdDevice"]
    assert (made["path"], made["secure"], made["httponly"], made["samesite"]) == ("/api/auth", True, True, "None")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", made.value)


def test_the_answer_holds_no_secret_of_the_account(device, email):
    """A random id and a MAC: neither the address nor its digest."""
    bytes_ = base64.urlsafe_b64decode(device.cookie + "=")
    assert len(bytes_) == 32 and hashlib.sha256(email.encode()).digest()[:12] != bytes_[:12]
    assert abs(int.from_bytes(bytes_[12:16], "big") - time.time()) < 60
