"""Passwords: requirements for new ones, storage, time of verification, and resets."""
import re
import statistics
import time

import bcrypt
import client
import mailbox
import pytest
import serving
from signing import PASSWORD, Browser, address, form

RESET = "/auth/user/password/reset"
INVALID_TOKEN = {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}
NOT_ALLOWED = {"detail": "You do not have access to perform this action. Please contact your organization admin."}


@pytest.fixture
def browser(server):
    return Browser(server.url)


def refused(error, field="password"):
    return {"status": "FIELD_ERROR", "formFields": [{"id": field, "error": error}]}


# ---- new passwords ----

COMMON = "Password is one of the most common ones, which are tried first. Please choose another one."


@pytest.mark.parametrize("password,error", [
    ("abc", "Password must be at least 8 characters long."),
    ("äöüäöüä", "Password must be at least 8 characters long."),  # characters are counted, not bytes
    ("abcdefg1!", "Password must contain at least one uppercase letter."),
    ("Abcdefgh!", "Password must contain at least one digit."),
    ("Abcdefgh1", "Password must contain at least one special character (!@#$%^&* etc.)."),
    ("Abc1!" * 205, "Password must be at most 1024 bytes long."),
    ("", "Field is not optional"),
    ("Password1!", COMMON), ("P@ssw0rd", COMMON), ("LETMEIN123!", COMMON),
])
def test_weak_passwords(password, error, browser):
    assert browser.sign_up(address(), password) == refused(error)


@pytest.mark.parametrize("password", ["Äbcdefg٣!", "A1!" + "é" * 500, "  Aa1!  \t ", "A1!\u202e\U0001f600xxxx"])
def test_strange_passwords(password, browser):
    """Letters and digits of any script; stored without change, byte for byte."""
    email = address()
    assert browser.sign_up(email, password)["status"] == "OK"
    assert browser.sign_in(email, password)["status"] == "OK"
    assert browser.sign_in(email, password.strip() + "x")["status"] == "WRONG_CREDENTIALS_ERROR"


def test_an_over_long_password_reaches_no_hash(browser):
    assert browser.sign_in(address(), "x" * 1025) == refused("Password is too long.")
    assert browser.sign_in(address(), "x" * 1024) == {"status": "WRONG_CREDENTIALS_ERROR"}


@pytest.mark.parametrize("settings,good,bad", [
    ({"SUPERTOKENS_PASSWORD_POLICY": "none"}, ["x"], {}),
    ({"SUPERTOKENS_PASSWORD_POLICY": "basic", "SUPERTOKENS_PASSWORD_MIN_LENGTH": "3", "SUPERTOKENS_PASSWORD_MAX_LENGTH": "5"},
     ["abc", "äöüäö"], {"ab": "Password must be at least 3 characters long.", "abcdef": "Password must be at most 5 characters long."}),
    ({"SUPERTOKENS_PASSWORD_REGEX": r"(?P<word>[a-z]+)-\d{2,3}", "SUPERTOKENS_PASSWORD_MIN_LENGTH": "50"},
     ["abc-12", "a-123", "a-1٣"], {"abc-1234": "Password does not meet the required format.",
                                  "xabc-12\n": "Password does not meet the required format."}),
    # without rules of composition: length and the list of common passwords are enough (OWASP ASVS 6.2.5, 6.2.4)
    ({"SUPERTOKENS_PASSWORD_POLICY": "basic"}, ["small letters only"], {"iloveyou": COMMON, "short": "Password must be at least 8 characters long."}),
    # an expression that would try everything gives up, and refuses
    ({"SUPERTOKENS_PASSWORD_REGEX": "(a+)+b"}, ["aab"], {"a" * 900: "Password does not meet the required format."}),
])
def test_policies(settings, good, bad, make_server):
    server = make_server(**settings).start()
    for password in good:
        assert Browser(server.url).sign_up(address(), password)["status"] == "OK", password
    for password, error in bad.items():
        began = time.monotonic()
        assert Browser(server.url).sign_up(address(), password) == refused(error)
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("settings,words", [
    ({"SUPERTOKENS_PASSWORD_REGEX": "(a"}, "SUPERTOKENS_PASSWORD_REGEX is not a regular expression"),
    ({"SUPERTOKENS_PASSWORD_MAX_LENGTH": "4"}, "no password could be taken"),
    ({"SUPERTOKENS_PASSWORD_POLICY": "weak"}, "SUPERTOKENS_PASSWORD_POLICY"),
])
def test_senseless_policies_are_refused(settings, words, make_server):
    status, said = make_server().refused(**settings)
    assert status == 2 and words in said


# ---- storage ----

def test_stored_columns(browser, server, sql):
    email = address()
    browser.sign_up(email)
    (stored,), = sql("SELECT password_hash FROM orgd.logins WHERE email = %s", email)
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}", stored)
    assert PASSWORD not in server.messages() and stored not in server.messages()


# ---- time of verification ----

def timed(api, email):
    body = form(email=email, password="0ther!Password")
    began = time.perf_counter()
    answer = api.post("/auth/signin", body)
    took = time.perf_counter() - began
    assert answer.json() == {"status": "WRONG_CREDENTIALS_ERROR"}
    return took


def test_an_unknown_address_takes_as_long_as_a_wrong_password(make_server):
    """A short form of bench/timing, which finds differences of a millisecond. This only shows that a hash is computed."""
    server = make_server(ORGD_SLOW_WORKERS="1").start()
    api = client.Api(server.url)
    Browser(server.url).sign_up("ann@acme.io")
    known, unknown = [], []
    for number in range(40):
        known.append(timed(api, "ann@acme.io"))
        unknown.append(timed(api, f"nobody-{number}@acme.io"))
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.7 < ratio < 1.4, (statistics.median(known), statistics.median(unknown))


def test_imported_hashes_reveal_no_account_by_time(make_server):
    """An unknown address costs as much as a random user's hash: with slow hashes in the database, it is as slow as they are."""
    server = make_server(ORGD_SLOW_WORKERS="1").start()
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(11)).decode()
    server.sql("INSERT INTO orgd.logins (id, method, email, password_hash) VALUES (gen_random_uuid(), 'emailpassword', 'ann@acme.io', %s)",
               (hashed,))
    api = client.Api(server.url)
    known = [timed(api, "ann@acme.io") for _ in range(10)]
    unknown = [timed(api, f"nobody-{number}@acme.io") for number in range(10)]
    assert 0.7 < statistics.median(known) / statistics.median(unknown) < 1.4


# ---- resetting ----

def token_of(link):
    return re.fullmatch(r"http://localhost/auth/reset-password\?token=([A-Za-z0-9_-]{43})&tenantId=public", link).group(1)


def link_for(api, user=None):
    return api.ok("POST", f"/profile/reset-password?user_id={user or api.ok('GET', '/profile/')['id']}")


def reset(server, token, password="New!Passw0rd"):
    return Browser(server.url).outcome(RESET, {"method": "token", "token": token, **form(password=password)})


def test_a_reset(browser, server, sql):
    email = address()
    browser.sign_up(email)
    token = token_of(link_for(browser.api))
    assert sql("SELECT count(*) FROM orgd.password_resets WHERE token_hash = %s", token.encode()) == [(0,)]  # only a digest is stored
    assert reset(server, token) == {"status": "OK"}
    assert Browser(server.url).sign_in(email) == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert Browser(server.url).sign_in(email, "New!Passw0rd")["status"] == "OK"
    assert reset(server, token) == INVALID_TOKEN


def test_a_reset_ends_every_session(browser, server):
    """S12"""
    email = address()
    browser.sign_up(email)
    other = Browser(server.url)
    other.sign_in(email)
    token = token_of(link_for(browser.api))
    assert reset(server, token)["status"] == "OK"
    for each in (browser, other):
        assert each.api.get("/profile/").status_code == 401


def test_a_reset_uses_up_the_other_links(browser, server):
    browser.sign_up(address())
    first, second = token_of(link_for(browser.api)), token_of(link_for(browser.api))
    assert reset(server, second)["status"] == "OK"
    assert reset(server, first) == INVALID_TOKEN


def test_a_link_is_valid_once_even_concurrently(browser, server):
    browser.sign_up(address())
    token = token_of(link_for(browser.api))
    answers = serving.in_parallel(10, lambda number: reset(server, token, f"New!Passw0rd{number}")["status"])
    assert sorted(answers) == ["OK"] + ["RESET_PASSWORD_INVALID_TOKEN_ERROR"] * 9


def test_several_links_at_once(browser, server):
    """One after the other, and the first one invalidates the others."""
    browser.sign_up(address())
    tokens = [token_of(link_for(browser.api)) for _ in range(6)]
    answers = serving.in_parallel(6, lambda number: reset(server, tokens[number])["status"])
    assert sorted(answers) == ["OK"] + ["RESET_PASSWORD_INVALID_TOKEN_ERROR"] * 5


def test_a_link_ends(browser, server, sql):
    email = address()
    browser.sign_up(email)
    token = token_of(link_for(browser.api))
    sql("UPDATE orgd.password_resets SET expires_at = now() - interval '1 second'"
        " WHERE login_id = (SELECT id FROM orgd.logins WHERE email = %s)", email)
    assert reset(server, token) == INVALID_TOKEN
    link_for(browser.api)  # which deletes expired ones
    assert sql("SELECT count(*) FROM orgd.password_resets WHERE expires_at < now()") == [(0,)]


def test_a_weak_password_does_not_use_the_link_up(browser, server):
    browser.sign_up(address())
    token = token_of(link_for(browser.api))
    assert reset(server, token, "abc") == refused("Password must be at least 8 characters long.")
    assert reset(server, token, "Qwerty123!") == refused(COMMON)
    assert reset(server, token)["status"] == "OK"


@pytest.mark.parametrize("body,message", [
    ({}, "Please provide the password reset token"),
    ({"token": 1}, "The password reset token must be a string"),
    ({"token": None}, "The password reset token must be a string"),
    ({"token": "x", "formFields": {}}, "formFields must be an array"),
])
def test_malformed_resets(body, message, browser):
    answer = browser.post(RESET, body)
    assert answer.status_code == 400 and answer.json() == {"message": message}


@pytest.mark.parametrize("token", ["", "x", "ä", "' OR 1=1 --", "x" * 50000])
def test_malformed_reset_tokens(token, server):
    assert reset(server, token) == INVALID_TOKEN


def test_a_link_request_reveals_no_account(browser, sql):
    email = address()
    browser.sign_up(email)
    for each in (email, address()):
        assert browser.outcome(RESET + "/token", form(email=each)) == {"status": "OK"}
    assert browser.outcome(RESET + "/token", form(email="ab")) == refused("Usernames must be at least 3 characters long.", "email")
    assert sql("SELECT count(*) FROM orgd.password_resets r JOIN orgd.logins l ON l.id = r.login_id WHERE email = %s", email) == [(0,)]


# ---- links by administrators and owners ----

def test_callers_that_may_make_a_reset_link(browser, server, people, sql):
    """S3"""
    alice, bob, carol = people("alice", "bob", "carol")
    client.add_member(sql, bob, alice.organization)
    client.add_member(sql, carol, alice.organization)
    token_of(link_for(alice, bob.user))
    token_of(link_for(bob, bob.user))
    for caller, user in ((bob, alice.user), (bob, carol.user), (alice, client.NOBODY), (alice, "0" * 32)):
        answer = caller.post(f"/profile/reset-password?user_id={user}")
        assert (answer.status_code, answer.json()) == (403, NOT_ALLOWED), (caller.email, user)
    missing = alice.post("/profile/reset-password")
    assert missing.status_code == 422 and missing.json()["detail"][0]["loc"] == ["query", "user_id"]
    malformed = alice.post("/profile/reset-password?user_id=nope")
    assert malformed.status_code == 400 and malformed.json() == {"detail": "badly formed hexadecimal UUID string"}
    assert client.Api(server.url).post(f"/profile/reset-password?user_id={bob.user}").status_code == 401


def test_with_mail_owners_make_no_links(make_server):
    """Their members get mails themselves, and the link would open accounts of people in other organizations too."""
    box = mailbox.Mailbox()
    server = make_server(ORGD_EMAIL_METHOD="password", **box.settings).start()
    try:
        alice, bob = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "alice", "bob")
        client.add_member(lambda text, *values: server.sql(text, values), bob, alice.organization)
        assert alice.post(f"/profile/reset-password?user_id={bob.user}").status_code == 403
        assert alice.post(f"/profile/reset-password?user_id={alice.user}").status_code == 200
    finally:
        box.close()


def test_a_link_goes_to_the_exact_address(make_server):
    """Not to an address that equals it only by lower case outside ASCII (U+212A is k to PostgreSQL), because it may be a stranger's."""
    box = mailbox.Mailbox()
    server = make_server(ORGD_EMAIL_METHOD="password", **box.settings).start()
    try:
        browser, email = Browser(server.url), address("kim")
        browser.sign_up(email)
        for each, links in ((email.replace("k", "\u212a"), 0), (email.upper(), 1)):
            assert browser.outcome(RESET + "/token", form(email=each)) == {"status": "OK"}
            assert server.sql("SELECT count(*) FROM orgd.password_resets") == [(links,)], each
    finally:
        box.close()


def test_owner_resets_can_be_switched_off(make_server):
    server = make_server(ORGD_OWNERS_RESET_PASSWORDS="false").start()
    alice, bob = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "alice", "bob")
    client.add_member(lambda text, *values: server.sql(text, values), bob, alice.organization)
    assert alice.post(f"/profile/reset-password?user_id={bob.user}").status_code == 403
    assert alice.post(f"/profile/reset-password?user_id={alice.user}").status_code == 200
