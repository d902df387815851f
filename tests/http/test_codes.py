"""Sign-in with a mailed code, and other differences of a server with mail."""
import collections
import re

import client
import mailbox
import pytest
import serving
import sessions
from signing import PASSWORD, Browser, address, form

CODE = "/auth/signinup/code"
RESTART = {"status": "RESTART_FLOW_ERROR"}
DENIED = {"status": "SIGN_IN_UP_NOT_ALLOWED", "reason": "Access Denied."}


@pytest.fixture(scope="module")
def mails():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def server(mails):
    made = serving.Server(**mails.settings, AGENTA_ACCESS_BLOCKED_EMAILS="eve@acme.example").start()
    yield made
    made.close()


@pytest.fixture
def browser(server):
    return Browser(server.url)


@pytest.fixture
def sql(server):
    return lambda text, *parameters: server.sql(text, parameters or None)


def failed(status, count):
    return {"status": status, "failedCodeInputAttemptCount": count, "maximumCodeInputAttempts": 5}


def code_in(mail):
    return re.search(r"^(\d{6})$", mailbox.text_of(mail), re.M).group(1)


def ask(browser, mails, email):
    """Requests a code: the device from the answer, and the code from the mail."""
    answer = browser.outcome(CODE, {"email": email})
    assert list(answer) == ["status", "deviceId", "preAuthSessionId", "flowType"]
    assert answer["status"] == "OK" and answer["flowType"] == "USER_INPUT_CODE"
    device = {name: answer[name] for name in ("deviceId", "preAuthSessionId")}
    return device, code_in(mails.next(email))


def consume(browser, device, code):
    return browser.outcome(CODE + "/consume", {**device, "userInputCode": code})


def wrong(code):
    return f"{(int(code) + 1) % 1000000:06}"


def test_signing_in_with_a_code(browser, mails, sql):
    email = address()
    device, code = ask(browser, mails, email)
    answer = consume(browser, device, code)
    assert list(answer) == ["status", "user", "createdNewRecipeUser"]
    assert answer["status"] == "OK" and answer["createdNewRecipeUser"] is True
    (method,) = answer["user"]["loginMethods"]
    assert method["recipeId"] == "passwordless" and method["verified"] is True and method["email"] == email
    assert browser.claims["is_new_user"] is True and browser.claims["session_identities"] == ["email:otp"]
    assert sql("SELECT method, subject FROM user_identities WHERE subject = %s", email) == [("email:otp", email)]
    (organization,) = browser.api.ok("GET", "/organizations/")
    assert organization["name"] == email.split("@")[0] and organization["flags"]["allow_email"] is True
    assert consume(browser, device, code) == RESTART  # only once
    device, code = ask(browser, mails, email)
    again = consume(browser, device, code)
    assert again["createdNewRecipeUser"] is False and browser.claims["is_new_user"] is False
    assert again["user"]["id"] == answer["user"]["id"]


def test_lifetime_of_a_code(browser, mails, sql):
    """Ten minutes, as its mail says."""
    email = address()
    browser.outcome(CODE, {"email": email})
    assert "It is valid for 10 minutes." in mailbox.text_of(mails.next(email))
    ((seconds,),) = sql("SELECT extract(epoch FROM max(c.expires_at) - now())::int FROM orgd.codes c JOIN orgd.code_devices d USING (device_hash)"
                        " WHERE d.email = %s", email)
    assert 540 < seconds <= 600


def test_an_address_that_is_the_same_only_outside_ascii_opens_nothing(browser, mails, sql):
    """U+212A is k in lower case to PostgreSQL; the two addresses have different owners."""
    email = address("kim")
    assert consume(browser, *ask(browser, mails, email))["status"] == "OK"
    other = Browser(browser.api.url)
    alike = email.replace("k", "\u212a")
    assert other.outcome(CODE, {"email": alike}) == {"status": "GENERAL_ERROR", "message": "Email is invalid"}
    assert sql("SELECT count(*) FROM orgd.code_devices WHERE lower(email) = %s", email) == [(0,)]


def test_a_password_set_before_the_proof_is_revoked(browser, mails, sql):
    """P6: also if the address has no account yet."""
    email = address()
    sql("INSERT INTO orgd.logins (id, method, email, password_hash) VALUES (gen_random_uuid(), 'emailpassword', %s, %s)", email, sessions.HASH)
    device, code = ask(browser, mails, email)
    assert consume(browser, device, code)["status"] == "OK"
    assert sql("SELECT method, password_hash, proven_at IS NULL FROM orgd.logins WHERE email = %s ORDER BY method", email) == [
        ("emailpassword", None, True), ("passwordless", None, False)]


def test_the_answer_reveals_no_account(browser, mails):
    email = address()
    device, code = ask(browser, mails, email)
    consume(browser, device, code)
    ask(browser, mails, email)
    ask(browser, mails, address())


def test_codes_are_kept_as_digests(browser, mails, sql):
    email = address()
    device, code = ask(browser, mails, email)
    stored = "".join(sql(f"SELECT string_agg(t::text, '') FROM {table} AS t")[0][0] or ""
                     for table in ("orgd.code_devices", "orgd.codes", "orgd.outbox"))
    assert email in stored and f"({code}" not in stored and device["deviceId"] not in stored
    assert device["preAuthSessionId"] not in stored


def test_the_wrong_code(browser, mails, sql):
    email = address()
    device, code = ask(browser, mails, email)
    for count in range(1, 5):
        assert consume(browser, device, wrong(code)) == failed("INCORRECT_USER_INPUT_CODE_ERROR", count)
    assert consume(browser, device, wrong(code)) == RESTART
    assert consume(browser, device, code) == RESTART
    assert sql("SELECT count(*) FROM orgd.code_devices WHERE email = %s", email) == [(0,)]
    assert sql("SELECT count(*) FROM orgd.logins WHERE email = %s", email) == [(0,)]


@pytest.mark.parametrize("code", ["12345", "1234567", " 123456", "١٢٣٤٥٦", "x" * 50000, "' OR 1=1 --"])
def test_malformed_codes(code, browser, mails):
    device, _ = ask(browser, mails, address())
    assert consume(browser, device, code) == failed("INCORRECT_USER_INPUT_CODE_ERROR", 1)


def test_an_expired_code(browser, mails, sql):
    email = address()
    device, code = ask(browser, mails, email)
    sql("UPDATE orgd.codes SET expires_at = now() - interval '1 second'"
        " WHERE device_hash = (SELECT device_hash FROM orgd.code_devices WHERE email = %s)", email)
    assert consume(browser, device, code) == failed("EXPIRED_USER_INPUT_CODE_ERROR", 1)
    assert browser.outcome(CODE + "/resend", device) == {"status": "OK"}
    assert consume(browser, device, code_in(mails.next(email)))["status"] == "OK"


def test_another_code_for_the_same_device(browser, mails):
    email = address()
    device, first = ask(browser, mails, email)
    assert browser.outcome(CODE + "/resend", device) == {"status": "OK"}
    mails.next(email)
    assert consume(browser, device, first)["status"] == "OK"  # earlier ones stay valid


def test_signing_in_forgets_the_other_devices(browser, server, mails):
    email = address()
    first, first_code = ask(browser, mails, email)
    second, second_code = ask(Browser(server.url), mails, email)
    assert consume(browser, second, second_code)["status"] == "OK"
    assert consume(browser, first, first_code) == RESTART


def test_unknown_devices(browser, mails, sql):
    email = address()
    device, code = ask(browser, mails, email)
    other, _ = ask(browser, mails, address())
    mixed = {**device, "deviceId": other["deviceId"]}
    for each in (mixed, {"deviceId": "x", "preAuthSessionId": "y"}):
        assert consume(browser, each, code) == RESTART
        assert browser.outcome(CODE + "/resend", each) == RESTART
    assert browser.outcome(CODE + "/consume", {"preAuthSessionId": device["preAuthSessionId"], "linkCode": "x"}) == RESTART
    sql("UPDATE orgd.code_devices SET expires_at = now() - interval '1 second' WHERE email = %s", email)
    assert consume(browser, device, code) == RESTART
    ask(browser, mails, address())
    assert sql("SELECT count(*) FROM orgd.code_devices WHERE email = %s", email) == [(0,)]


@pytest.mark.parametrize("path,body,message", [
    ("", {}, "Please provide exactly one of email or phoneNumber"),
    ("", {"email": "a@b.io", "phoneNumber": "1"}, "Please provide exactly one of email or phoneNumber"),
    ("", {"phoneNumber": "1"}, 'Please provide an email since you have set the contactMethod to "EMAIL"'),
    ("/resend", {"deviceId": "x"}, "Please provide preAuthSessionId"),
    ("/resend", {"preAuthSessionId": "x"}, "Please provide deviceId"),
    ("/consume", {"deviceId": "x", "userInputCode": "1"}, "Please provide preAuthSessionId"),
    ("/consume", {"preAuthSessionId": "x", "deviceId": "x"}, "Please provide both deviceId and userInputCode"),
    ("/consume", {"preAuthSessionId": "x", "userInputCode": "1"}, "Please provide both deviceId and userInputCode"),
    ("/consume", {"preAuthSessionId": "x"}, "Please provide one of (linkCode) or (deviceId+userInputCode) and not both"),
    ("/consume", {"preAuthSessionId": "x", "linkCode": "x", "deviceId": "x", "userInputCode": "1"},
     "Please provide one of (linkCode) or (deviceId+userInputCode) and not both"),
])
def test_malformed_requests(path, body, message, browser):
    answer = browser.post(CODE + path, body)
    assert answer.status_code == 400 and answer.json() == {"message": message}


@pytest.mark.parametrize("email", ["nope", "ann@localhost", "a\r\nb@acme.io", "аnn@acme.io", 1, None, "a" * 300 + "@acme.io"])
def test_malformed_addresses(email, browser, mails):
    assert browser.outcome(CODE, {"email": email}) == {"status": "GENERAL_ERROR", "message": "Email is invalid"}
    assert mails.is_empty()


def test_addresses_that_may_not_sign_in(browser, mails):
    assert browser.outcome(CODE, {"email": "Eve@acme.example"}) == DENIED
    assert mails.is_empty()


def test_a_denied_sign_in_does_not_use_the_code_up(make_server, mails):
    """C1: a user who is blocked between request and answer, and then unblocked."""
    server = make_server(**mails.settings).start()
    browser = Browser(server.url)
    device, code = ask(browser, mails, "ann@acme.example")
    server.stop()
    server.start(AGENTA_ACCESS_BLOCKED_EMAILS="ann@acme.example")
    assert consume(Browser(server.url), device, code) == DENIED
    assert server.sql("SELECT count(*) FROM orgd.logins") == [(0,)]
    server.stop()
    server.start()
    assert consume(Browser(server.url), device, code)["status"] == "OK"


def test_a_code_is_valid_once_even_concurrently(server, mails, sql):
    email = address()
    device, code = ask(Browser(server.url), mails, email)
    answers = serving.in_parallel(20, lambda _: consume(Browser(server.url), device, code)["status"])
    assert collections.Counter(answers) == {"OK": 1, "RESTART_FLOW_ERROR": 19}
    assert sql("SELECT count(*) FROM orgd.sessions s JOIN users u ON u.id = s.user_id WHERE u.email = %s", email) == [(1,)]


def test_concurrent_guesses_are_all_counted(server, mails):
    device, code = ask(Browser(server.url), mails, address())
    answers = serving.in_parallel(20, lambda _: consume(Browser(server.url), device, wrong(code))["status"])
    assert collections.Counter(answers) == {"INCORRECT_USER_INPUT_CODE_ERROR": 4, "RESTART_FLOW_ERROR": 16}


def test_many_devices_of_one_new_address(server, mails, sql):
    """Any of them may be first: there is one account."""
    email = address()
    devices = [ask(Browser(server.url), mails, email) for _ in range(8)]
    answers = serving.in_parallel(8, lambda number: consume(Browser(server.url), *devices[number])["status"])
    assert collections.Counter(answers) == {"OK": 1, "RESTART_FLOW_ERROR": 7}
    assert sql("SELECT count(*) FROM users WHERE email = %s", email) == [(1,)]
    assert sql("SELECT count(*) FROM organizations WHERE name = %s", email.split("@")[0]) == [(1,)]


def test_a_code_proves_the_address_of_an_account(server, mails, sql):
    """An account made by the administration belongs to the reader of its mail."""
    admin = client.Api(server.url, f"Access {server.auth_key}")
    ann, = client.make_accounts(admin, "ann")
    browser = Browser(server.url)
    device, code = ask(browser, mails, ann.email.lower())
    assert consume(browser, device, code)["status"] == "OK"
    assert browser.claims["is_new_user"] is False and browser.api.ok("GET", "/profile/")["id"] == ann.user
    assert ann.prefix in mailbox.text_of(mails.next(ann.email.lower()))  # the mail to the owner lists the keys


def test_the_methods_with_codes(server):
    nobody = client.Api(server.url)
    methods = nobody.ok("GET", "/auth/loginmethods")
    assert methods["firstFactors"] == ["otp-email"] and methods["passwordless"] == {"enabled": True}
    assert nobody.ok("POST", "/auth/discover", {"email": "ann@acme.example"})["methods"] == {"email:otp": True}
    for path in ("/auth/signup", "/auth/signin", "/auth/user/password/reset/token", "/auth/user/password/reset"):
        assert nobody.post(path, {}).status_code == 404
    assert nobody.get("/auth/emailpassword/email/exists?email=a@b.io").status_code == 404


def test_accounts_with_a_code_login(browser, mails):
    email = address()
    path = "/auth/passwordless/email/exists?email="
    assert browser.api.ok("GET", path + email) == {"status": "OK", "exists": False}
    consume(browser, *ask(browser, mails, email))
    assert browser.api.ok("GET", path + email.upper()) == {"status": "OK", "exists": True}


# ---- passwords where there is mail ----

def test_a_link_by_mail(make_server, mails):
    server = make_server(**mails.settings, ORGD_EMAIL_METHOD="password").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    ann, = client.make_accounts(admin, "ann")
    email = ann.email.lower()
    browser = Browser(server.url)
    refused = browser.sign_up(email)
    assert refused["status"] == "SIGN_UP_NOT_ALLOWED" and "Reset its password" in refused["reason"]
    for each in (email, address()):
        assert browser.outcome("/auth/user/password/reset/token", form(email=each)) == {"status": "OK"}
    token = re.search(r"http://localhost/auth/reset-password\?token=([\w-]{43})&tenantId=public", mailbox.text_of(mails.next(email)))
    assert browser.outcome("/auth/user/password/reset", {"token": token.group(1), **form(password=PASSWORD)}) == {"status": "OK"}
    assert ann.prefix in mailbox.text_of(mails.next(email))
    assert browser.sign_in(email)["status"] == "OK"
    assert browser.api.ok("GET", "/profile/")["id"] == ann.user
    assert mails.is_empty()  # none for the unused address
