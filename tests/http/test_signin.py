"""Sign-up and sign-in: forms, accounts, access rules, and discovery before sign-in."""
import collections
import contextlib
import threading
import time

import client
import pytest
import serving
import sessions
from signing import PASSWORD, Browser, address, form

DENIED = {"status": "GENERAL_ERROR", "message": "Access Denied."}
NOT_FOUND = {"detail": "Not Found"}


@pytest.fixture
def browser(server):
    return Browser(server.url)


def account_of(sql, email):
    return sql("SELECT id::text, uid, email, username FROM users WHERE email = %s", email)


# ---- first and later sign-ins ----

def test_signing_up(browser, sql):
    email = address()
    answer = browser.post("/auth/signup", form(email=f"  {email.upper()} ", password=PASSWORD))
    body = answer.json()
    user = body["user"]
    assert list(body) == ["status", "user"] and body["status"] == "OK"
    assert user["emails"] == [email] and user["tenantIds"] == ["public"] and not user["isPrimaryUser"]
    assert user["loginMethods"][0]["recipeId"] == "emailpassword" and user["loginMethods"][0]["verified"] is False
    assert "front-token" in answer.headers and browser.claims["is_new_user"] is True
    assert browser.claims["session_identities"] == browser.claims["user_identities"] == ["email:password"]
    (row,) = account_of(sql, email)
    assert row[1] == user["id"] == browser.claims["sub"] and row[3] == email.split("@")[0]
    assert sql("SELECT method, subject, domain FROM user_identities WHERE user_id = %s", row[0]) == [
        ("email:password", email, "acme.example")]


def test_everybody_gets_an_organization_of_their_own(browser):
    email = address("Bob.B")
    browser.sign_up(email)
    (organization,) = browser.api.ok("GET", "/organizations/")
    local = email.lower().split("@")[0]
    assert organization["name"] == local and organization["description"] == "Default Organization"
    assert organization["slug"] == local.replace(".", "") + "-" + organization["id"][-12:]
    assert organization["flags"] == {"is_demo": False, "allow_email": True, "allow_social": False, "allow_sso": False,
                                     "allow_root": False, "domains_only": False, "auto_join": False}
    (project,) = browser.api.ok("GET", "/projects/")
    assert project["project_name"] == "Default" and project["is_default_project"] and project["user_role"] == "owner"
    assert browser.api.ok("GET", "/profile/")["email"] == email.lower()


def test_the_second_time(browser, server):
    email = address()
    browser.sign_up(email)
    first = browser.claims["sub"]
    again = Browser(server.url)
    answer = again.sign_in(email.upper())
    assert answer["status"] == "OK" and abs(answer["user"]["timeJoined"] / 1000 - time.time()) < 600
    assert again.claims["is_new_user"] is False and again.claims["sub"] == first
    assert len(again.api.ok("GET", "/organizations/")) == 1


def test_signing_up_again_signs_in(browser, sql):
    email = address()
    browser.sign_up(email)
    assert browser.sign_up(email)["status"] == "OK"
    assert browser.claims["is_new_user"] is False
    # C27: not WRONG_CREDENTIALS_ERROR, which consoles treat as a success
    assert browser.sign_up(email, "0ther!Password") == {"status": "FIELD_ERROR", "formFields": [
        {"id": "email", "error": "This email already exists. Please sign in instead."}]}
    assert sql("SELECT count(*) FROM users WHERE email = %s", email) == [(1,)]


def test_wrong_credentials(browser):
    email = address()
    browser.sign_up(email)
    wrong = browser.post("/auth/signin", form(email=email, password="0ther!Password"))
    unknown = browser.post("/auth/signin", form(email=address(), password="0ther!Password"))
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.text == unknown.text == '{"status":"WRONG_CREDENTIALS_ERROR"}'
    assert {name.lower() for name in wrong.headers} == {name.lower() for name in unknown.headers}


def test_invite_only_refusals_reveal_no_account(make_server):
    """Addresses without an account are refused like those with one."""
    server = make_server(ORGD_ACCESS_INVITE_ONLY="on").start()
    browser = Browser(server.url)
    ann, = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "ann")
    for email in (ann.email, address()):
        assert browser.sign_in(email) == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert browser.sign_up(address()) == {"status": "GENERAL_ERROR", "message": "Access Denied."}
    # a correct password, of a login without an account, gets the reason
    homeless = address()
    server.sql("INSERT INTO orgd.logins (id, method, email, password_hash) VALUES (gen_random_uuid(), 'emailpassword', %s, %s)",
               (homeless, sessions.HASH))
    assert browser.sign_in(homeless) == {"status": "GENERAL_ERROR", "message": "Access Denied."}
    assert browser.api.authorization is None and server.sql("SELECT count(*) FROM orgd.sessions") == [(0,)]


# ---- forms ----

@pytest.mark.parametrize("path", ["/auth/signup", "/auth/signin"])
@pytest.mark.parametrize("body,message", [
    ({"formFields": None}, "Missing input param: formFields"),
    ({"formFields": {}}, "formFields must be an array"),
    ({"formFields": "email"}, "formFields must be an array"),
    ({"formFields": [{"id": "email"}]}, "All elements of formFields must contain an 'id' and 'value' field"),
    ({"formFields": ["email"]}, "All elements of formFields must contain an 'id' and 'value' field"),
    ({"formFields": [{"id": "email", "value": 1}]}, "email value must be a string"),
    ({"formFields": [{"id": "password", "value": None}]}, "password value must be a string"),
    ({"formFields": [{"id": "a", "value": "b"}] * 4}, "Are you sending too many formFields?"),
])
def test_malformed_forms(path, body, message, browser):
    answer = browser.post(path, body)
    assert answer.status_code == 400 and answer.json() == {"message": message}


def test_the_maximum_number_of_fields(browser):
    three = form(email=address(), password=PASSWORD, actualEmail="")
    assert browser.post("/auth/signin", three).status_code == 400
    assert browser.outcome("/auth/signup", three)["status"] == "OK"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"formFields":[]}', b"null"])
def test_no_fields_are_missing_fields(data, browser):
    """The content type does not matter, and a body that is not JSON counts as an empty object."""
    answer = browser.post("/auth/signin", None, data=data, headers={"Content-Type": "text/plain"})
    assert answer.json() == {"status": "FIELD_ERROR", "formFields": [
        {"id": "email", "error": "Field is not optional"}, {"id": "password", "error": "Field is not optional"}]}


INVALID = "Email is invalid"
SHORT = "Usernames must be at least 3 characters long."
LETTERS = "Username must contain only alphanumeric, underscore or hyphen characters."
LONG = "a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 60 + ".io"


@pytest.mark.parametrize("email,error", [
    ("nobody", INVALID),  # C2: a user name, for which there is no account
    ("ab", SHORT),
    ("a b c", LETTERS),
    ("ann@localhost", LETTERS),
    ("ann@@acme.io", LETTERS),
    ("a@b@acme.io", LETTERS),
    ("ann@acme.io\r\nBcc: eve@evil.io", LETTERS),
    ("ann\x7f@acme.io", LETTERS),
    ("<ann@acme.io>", LETTERS),
    ("ann@acme.i0", LETTERS),
    ("ann@bücher.example", LETTERS),
    ("аnn@acme.io", INVALID),  # the first letter is Cyrillic
    ("ann\u202e@acme.io", LETTERS),
    ("x" * 65 + "@acme.io", LETTERS),
    (LONG + "x" * (255 - len(LONG)), INVALID),
    ("a" * 5000 + "@acme.io", INVALID),
    ('"a\\"b"@acme.io', LETTERS),
    ('"a@b"@acme.io', LETTERS),  # the rules about domains could not read its domain
    ("\u212aim@acme.io", INVALID),  # its first letter is k in lower case, but not in ASCII
])
def test_malformed_addresses(email, error, browser):
    assert browser.sign_up(email) == {"status": "FIELD_ERROR", "formFields": [{"id": "email", "error": error}]}


def test_unusual_valid_addresses(browser, sql):
    for local, stored in (("o'brien+tag", "o'brien+tag"), ('"needless.quotes"', "needless.quotes"), ('"two words"', '"two words"')):
        domain = address("x").replace("@", ".")
        assert browser.sign_up(f"{local}@{domain}")["status"] == "OK"
        assert len(account_of(sql, f"{stored}@{domain}")) == 1
    assert browser.sign_up("ann@[192.0.2.1]")["status"] == "OK"


def test_a_quoted_address_is_the_same_mailbox(browser, sql):
    email = address()
    browser.sign_up(email)
    local, domain = email.split("@")
    assert browser.sign_in(f'"{local}"@{domain}')["status"] == "OK"
    assert sql("SELECT count(*) FROM users WHERE email LIKE %s", f"%{local}%") == [(1,)]


@pytest.mark.parametrize("letter,other", [("k", "\u212a"), ("i", "\u0130")])
def test_letters_that_fold_to_ascii_are_different_letters(letter, other, browser, sql):
    """To PostgreSQL in most locales, but not in ASCII: the addresses of two people."""
    email = address(f"k{letter}m")
    browser.sign_up(email)
    alike = email.replace(letter, other, 1)
    assert sql("SELECT lower(%s)", alike) == [(email,)]
    assert browser.sign_in(alike) == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert browser.api.ok("GET", f"/auth/emailpassword/email/exists?email={alike}")["exists"] is False


def test_the_actual_address(browser):
    taken = address()
    browser.sign_up(taken)

    def error(value):
        answer = browser.sign_up(address(), actualEmail=value)
        return answer["formFields"] if answer["status"] == "FIELD_ERROR" else answer["status"]
    assert error("nope") == [{"id": "actualEmail", "error": "Email is invalid"}]
    assert error(taken.upper()) == [
        {"id": "actualEmail", "error": "Email already in use. Please sign in, or use another email"}]
    assert error(address()) == "OK"


# ---- existing accounts ----

def test_signing_up_does_not_take_over_an_existing_account(browser, people, sql):
    """S6: an account made by the administration has no password yet; a sign-up does not prove the address."""
    ann, = people("ann")
    answer = browser.sign_up(ann.email)
    assert answer["status"] == "SIGN_UP_NOT_ALLOWED" and "account already" in answer["reason"]
    assert browser.api.authorization is None
    assert sql("SELECT count(*) FROM orgd.logins WHERE email = %s", ann.email) == [(0,)]


def first_password(server, api, user):
    """Sets a password with a link, which the user or the owner of their organization gets."""
    link = api.ok("POST", f"/profile/reset-password?user_id={user}")
    token = link.split("token=")[1].split("&")[0]
    return Browser(server.url).outcome("/auth/user/password/reset", {
        "method": "token", "token": token, **form(password=PASSWORD)})


def test_the_uid_of_the_administration_becomes_the_login(browser, server, people, sql):
    """C18"""
    ann, = people("ann")
    assert first_password(server, ann, ann.user) == {"status": "OK"}
    user = browser.sign_in(ann.email)["user"]
    assert browser.claims["is_new_user"] is False
    assert sql("SELECT uid FROM users WHERE id = %s", ann.user) == [(user["id"],)]
    browser.sign_in(ann.email)
    assert sql("SELECT uid FROM users WHERE id = %s", ann.user) == [(user["id"],)]
    assert len(browser.api.ok("GET", "/organizations/")) == 1


def test_existing_accounts_are_found_in_any_case(browser, server, people, sql):
    ann, = people("ann")
    sql("UPDATE users SET email = %s WHERE id = %s", ann.email.title(), ann.user)
    assert browser.sign_up(ann.email)["status"] == "SIGN_UP_NOT_ALLOWED"
    assert first_password(server, ann, ann.user) == {"status": "OK"}
    assert browser.sign_in(ann.email.upper())["status"] == "OK"
    assert browser.api.ok("GET", "/profile/")["id"] == ann.user
    sql("INSERT INTO users (id, uid, email, username) VALUES (gen_random_uuid(), gen_random_uuid(), %s, 'other')", ann.email)
    assert browser.sign_in(ann.email)["status"] == "OK"  # a login stays with the account it was first used for
    assert browser.api.ok("GET", "/profile/")["id"] == ann.user


def test_an_incomplete_organization_is_repaired(browser, sql):
    """C24: the state after an interrupted creation in the past."""
    email = address()
    browser.sign_up(email)
    user = browser.api.ok("GET", "/profile/")["id"]
    (organization,) = browser.api.ok("GET", "/organizations/")
    sql("DELETE FROM organization_members WHERE user_id = %s", user)
    sql("DELETE FROM workspaces WHERE organization_id = %s", organization["id"])
    assert browser.sign_in(email)["status"] == "OK"
    assert browser.api.ok("GET", "/organizations/")[0]["id"] == organization["id"]
    (project,) = browser.api.ok("GET", "/projects/")
    assert project["user_role"] == "owner" and project["is_default_project"]


def test_only_organizations_of_their_owner_are_repaired(browser, people, sql):
    """Only owners get the missing rows: a user removed from an organization stays removed."""
    email = address()
    browser.sign_up(email)
    alice, = people("alice")
    user = browser.api.ok("GET", "/profile/")["id"]
    client.add_member(sql, collections.namedtuple("Member", "user")(user), alice.organization)
    sql("DELETE FROM workspace_members WHERE user_id = %s AND workspace_id = %s", user, alice.workspace)
    browser.sign_in(email)
    assert sql("SELECT count(*) FROM workspace_members WHERE user_id = %s AND workspace_id = %s", user, alice.workspace) == [(0,)]


def test_a_proof_of_another_user_is_not_inherited(browser, people, sql):
    ann, = people("ann")
    email = address()
    sql("INSERT INTO user_identities (id, user_id, method, subject) VALUES (gen_random_uuid(), %s, 'email:password', %s)",
        ann.user, email)
    assert browser.sign_up(email)["status"] == "OK"
    assert sql("SELECT user_id::text FROM user_identities WHERE subject = %s", email) == [(ann.user,)]


def test_a_sign_up_that_fails_leaves_nothing(make_server):
    server = make_server().start()
    server.sql("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
    server.sql("CREATE TRIGGER fail BEFORE INSERT ON orgd.sessions FOR EACH ROW EXECUTE FUNCTION fail()")
    answer = server.request("POST", "/auth/signup", form(email="ann@acme.io", password=PASSWORD))
    assert answer.status == 500
    assert not [name for name in answer.headers if name.lower().startswith(("st-", "front-token", "set-cookie"))]
    for table in ("users", "organizations", "orgd.logins", "user_identities"):
        assert server.sql(f"SELECT count(*) FROM {table}") == [(0,)], table


# ---- concurrency ----

def test_a_hundred_first_sign_ins_of_one_address(server, sql):
    email = address()
    answers = serving.in_parallel(100, lambda _: Browser(server.url).sign_up(email))
    assert collections.Counter(answer["status"] if isinstance(answer, dict) else repr(answer) for answer in answers) == {"OK": 100}
    assert len({answer["user"]["id"] for answer in answers}) == 1
    (row,) = account_of(sql, email)
    for table, column in (("organizations", "owner_id"), ("organization_members", "user_id"), ("workspace_members", "user_id"),
                          ("project_members", "user_id"), ("user_identities", "user_id"), ("orgd.logins", "user_id")):
        assert sql(f"SELECT count(*) FROM {table} WHERE {column} = %s", row[0]) == [(1,)], table
    assert sql("SELECT count(*) FROM orgd.sessions WHERE user_id = %s", row[0]) == [(100,)]
    assert sql("SELECT count(*) FROM orgd.sessions WHERE user_id = %s AND is_new_user", row[0]) == [(1,)]


def test_repairs_at_once(server, sql):
    email = address()
    browser = Browser(server.url)
    browser.sign_up(email)
    (organization,) = browser.api.ok("GET", "/organizations/")
    sql("DELETE FROM workspaces WHERE organization_id = %s", organization["id"])
    answers = serving.in_parallel(20, lambda _: Browser(server.url).sign_in(email))
    assert [answer["status"] for answer in answers] == ["OK"] * 20
    assert sql("SELECT count(*) FROM workspaces WHERE organization_id = %s", organization["id"]) == [(1,)]
    assert sql("SELECT count(*) FROM projects WHERE organization_id = %s", organization["id"]) == [(1,)]


def test_a_sign_up_against_the_administration(server, admin, sql):
    """Either may be first: there is one account, and nobody is signed in to an account that existed before."""
    for _ in range(5):
        email = address()

        def step(number, email=email):
            if number == 0:
                return admin.using(admin.authorization).post(
                    "/admin/simple/accounts/", {"accounts": {"a": {"user": {"email": email}}}}).status_code
            return Browser(server.url).sign_up(email)["status"]
        answers = serving.in_parallel(4, step)
        assert answers[0] in (200, 409) and set(answers[1:]) == ({"OK"} if answers[0] == 409 else {"SIGN_UP_NOT_ALLOWED"})
        assert sql("SELECT count(*) FROM users WHERE email = %s", email) == [(1,)]


# ---- access rules ----

def test_access_rules(make_server):
    server = make_server(AGENTA_ACCESS_ALLOWED_DOMAINS="acme.io", AGENTA_ACCESS_BLOCKED_EMAILS="eve@acme.io").start()
    browser = Browser(server.url)
    for email, status in (("ann@acme.io", "OK"), ("bob@x.acme.io", "OK"), ("c@notacme.io", "GENERAL_ERROR"),
                          ("eve@acme.io", "GENERAL_ERROR"), ('"eve"@acme.io', "GENERAL_ERROR")):
        for _ in range(2):
            assert browser.sign_up(email)["status"] == status, email
        assert browser.sign_in(email)["status"] == status, email
    assert browser.sign_up("c@notacme.io") == DENIED == browser.sign_in("c@notacme.io", "wrong")
    assert server.sql("SELECT count(*) FROM orgd.logins") == [(2,)]


def test_a_user_who_is_blocked_later(make_server):
    server = make_server().start()
    Browser(server.url).sign_up("ann@acme.io")
    server.stop()
    server.start(AGENTA_ACCESS_BLOCKED_EMAILS="ann@acme.io")
    assert Browser(server.url).sign_in("ann@acme.io") == DENIED


def test_addresses_that_may_own_organizations(make_server):
    server = make_server(AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="Boss@acme.io").start()
    boss, ann = Browser(server.url), Browser(server.url)
    boss.sign_up("boss@acme.io")
    ann.sign_up("ann@acme.io")
    assert len(boss.api.ok("GET", "/organizations/")) == 1
    assert ann.api.ok("GET", "/organizations/") == []
    assert ann.api.ok("GET", "/profile/")["email"] == "ann@acme.io"
    assert ann.api.post("/organizations/", {"name": "Mine"}).status_code == 403
    assert ann.sign_in("ann@acme.io")["status"] == "OK"
    assert ann.api.ok("GET", "/organizations/") == []


# ---- sign-in methods ----

PASSWORD_PATHS = ["/auth/signup", "/auth/signin", "/auth/user/password/reset/token", "/auth/user/password/reset"]
CODE_PATHS = ["/auth/signinup/code", "/auth/signinup/code/resend", "/auth/signinup/code/consume"]


def test_the_methods_with_passwords(server, nobody):
    answer = nobody.get("/auth/loginmethods")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json() == {
        "status": "OK", "emailPassword": {"enabled": True}, "passwordless": {"enabled": False},
        "thirdParty": {"enabled": False, "providers": []}, "webauthn": {"enabled": False}, "firstFactors": ["emailpassword"],
        "signUp": "open"}
    for path in CODE_PATHS:
        for method in ("GET", "POST"):
            answer = nobody.call(method, path)
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND), path
    for path in PASSWORD_PATHS:
        assert nobody.get(path).status_code == 405, path


@pytest.mark.parametrize(("rule", "settings"), [
    ("invitation", {"ORGD_ACCESS_INVITE_ONLY": "true", "AGENTA_ACCESS_ALLOWED_DOMAINS": "acme.io"}),
    ("restricted", {"AGENTA_ACCESS_ALLOWED_DOMAINS": "acme.io"}),
    ("open", {"AGENTA_ACCESS_BLOCKED_DOMAINS": "acme.io"}),
])
def test_the_sign_in_page_learns_who_may_sign_up(make_server, rule, settings):
    server = make_server(**settings).start()
    assert client.Api(server.url).ok("GET", "/auth/loginmethods")["signUp"] == rule


def test_without_mail_addresses(make_server):
    server = make_server(AGENTA_ACCESS_EMAIL_DISABLED="true", GITHUB_OAUTH_CLIENT_ID="id", GITHUB_OAUTH_CLIENT_SECRET="s").start()
    nobody = client.Api(server.url)
    for path in PASSWORD_PATHS + CODE_PATHS:
        assert nobody.post(path, {}).status_code == 404
    methods = nobody.ok("GET", "/auth/loginmethods")
    assert methods["firstFactors"] == ["thirdparty"]
    assert methods["thirdParty"] == {"enabled": True, "providers": [{"id": "github", "name": "GitHub"}]}
    assert nobody.ok("POST", "/auth/discover", {"email": "ann@acme.io"}) == {"exists": False, "methods": {"social:github": True}}
    account = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "ann")[0]
    assert account.post(f"/profile/reset-password?user_id={account.user}").status_code == 404
    flags = server.sql("SELECT flags ->> 'allow_email', flags ->> 'allow_social' FROM organizations")
    assert flags == [("false", "true")]


def test_a_server_without_any_way_to_sign_in_does_not_start(make_server):
    status, said = make_server().refused(AGENTA_ACCESS_EMAIL_DISABLED="true")
    assert status == 2 and "nobody could sign in" in said


def test_codes_need_mail(make_server):
    status, said = make_server().refused(ORGD_EMAIL_METHOD="otp")
    assert status == 2 and "no mail can be sent" in said


def test_the_tenant_may_be_named(browser):
    email = address()
    assert browser.outcome("/auth/public/signup", form(email=email, password=PASSWORD))["status"] == "OK"
    assert browser.outcome("/api/auth/public/signin/", form(email=email, password=PASSWORD))["status"] == "OK"
    assert client.Api(browser.api.url).post("/auth/other/signin", {}).status_code == 404


# ---- before sign-in ----

def test_discovering(browser, nobody):
    email = address("Ann")
    methods = {"email:password": True}
    assert nobody.ok("POST", "/auth/discover", {"email": email}) == {"exists": False, "methods": methods}
    browser.sign_up(email)
    for spelled in (email, email.upper(), f" {email} "):
        assert nobody.ok("POST", "/auth/discover", {"email": spelled}) == {"exists": True, "methods": methods}


@pytest.mark.parametrize("email,reason", [
    ("nope", "An email address must have an @-sign."),
    ("@acme.io", "There must be something before the @-sign."),
    ("ann@", "There must be something after the @-sign."),
    ("a b@acme.io", "The part before the @-sign has characters"),
    ("a..b@acme.io", "The part before the @-sign has characters"),
    ('"a"@acme.io', "The part before the @-sign has characters"),
    ("ann@acme.io\r\nX: y", "The part after the @-sign is not a domain name"),
    ("ann@ac me.io", "not a domain name"), ("ann@ac\u3000me.io", "not a domain name"), ("ann@ac_me.io", "not a domain name"), ("ann@a/c.io", "not a domain name"),
    ("ann@acme", "The part after the @-sign has no period."),
    ("ann@-acme.io", "The part after the @-sign is not a domain name"),
    ("ann@[192.0.2.1]", "The part after the @-sign is not a domain name"),
    ("ann@acme.test", "special-use"), ("ann@a.localhost", "special-use"), ("ann@a.invalid", "special-use"),
    ("ann@a.LOCAL", "special-use"), ("ann@localhost", "special-use"),
    ("a" * 65 + "@acme.io", "The part before the @-sign is too long."),
    ("ann@" + "a." * 126 + "io", "too long"),
    ("ann@" + "b" * 64 + ".io", "not a domain name"),
])
def test_impossible_addresses(email, reason, nobody):
    answer = nobody.post("/auth/discover", {"email": email})
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert problem["type"] == "value_error" and problem["loc"] == ["body", "email"] and problem["input"] == email
    assert reason in problem["ctx"]["reason"] and problem["msg"].endswith(problem["ctx"]["reason"])


def test_domains_of_other_scripts(nobody, people, sql):
    ann, = people("ann")
    sql("UPDATE users SET email = 'jörg@xn--bcher-kva.example' WHERE id = %s", ann.user)
    assert nobody.ok("POST", "/auth/discover", {"email": "jörg@BÜCHER.example"})["exists"]


@pytest.mark.parametrize("path", ["/auth/emailpassword/email/exists", "/auth/signup/email/exists"])
def test_the_check_for_a_password_login(path, browser, people):
    email = address()
    ann, = people("ann")
    browser.sign_up(email)
    assert browser.api.ok("GET", f"{path}?email={email.upper()}") == {"status": "OK", "exists": True}
    assert browser.api.ok("GET", f"{path}?email={ann.email}") == {"status": "OK", "exists": False}
    missing = browser.api.get(path)
    assert missing.status_code == 400 and missing.json() == {"message": "Please provide the email as a GET param"}


# ---- load ----

def test_sign_ins_do_not_delay_other_requests(make_server):
    """Passwords are verified in a worker pool of their own, and the statements around that are short."""
    server = make_server(ORGD_SLOW_WORKERS="1").start()
    stop = threading.Event()

    def storm(_):
        while not stop.is_set():
            with contextlib.suppress(OSError):
                server.request("POST", "/auth/signin", form(email="ann@acme.io", password=PASSWORD))
    threads = [threading.Thread(target=storm, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    try:
        nobody = client.Api(server.url)
        for _ in range(50):
            assert nobody.ok("POST", "/auth/discover", {"email": "ann@acme.io"})["exists"] is False
    finally:
        stop.set()
        for thread in threads:
            thread.join()
