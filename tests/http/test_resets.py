"""A password reset ends everything that was made for the account before, also what is made at the same moment."""
import contextlib
import threading
import urllib.parse

import client
import mailbox
import pytest
import serving
import sessions
from signing import PASSWORD, Browser, address, form

RESET = "/auth/user/password/reset"
NEW = "New!Passw0rd"
TRIES = 85  # as many as an attack used, of which 84 succeeded


def token_of(link):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))["token"]


def link_for(api, user):
    """The token of a link that a user makes; None if they may not."""
    answer = api.post(f"/profile/reset-password?user_id={user}")
    return token_of(answer.json()) if answer.status_code == 200 else None


def use(url, token, password=NEW):
    return Browser(url).outcome(RESET, {"method": "token", "token": token, **form(password=password)})["status"]


def race(thief, user, owner):
    """The tokens that a thief gets during an action of the owner: attempts begin before it and end after it."""
    tokens, over, begun = [], threading.Event(), threading.Event()

    def steal():
        while not over.is_set():
            tokens.append(link_for(thief, user))
            begun.set()

    thread = threading.Thread(target=steal)
    thread.start()
    begun.wait(10)
    try:
        owner()
    finally:
        over.set()
        thread.join()
    return [token for token in tokens if token]


def surviving(url, tokens):
    return [token for token in tokens if use(url, token, "Thief!Passw0rd1") == "OK"]


@pytest.mark.parametrize("process", ["one", "two"])
def test_a_link_made_during_a_reset_ends_with_it(process, server, second):
    """A thief with a session requests links without pause while the owner sets a new password: no link works afterwards."""
    other, made, survived = server if process == "one" else second, 0, 0
    for _ in range(TRIES):
        owner = Browser(server.url)
        email = address()
        owner.sign_up(email)
        user = owner.api.ok("GET", "/profile/")["id"]
        thief = client.Api(other.url, owner.api.authorization)
        mine = link_for(owner.api, user)
        tokens = race(thief, user, lambda mine=mine: use(server.url, mine))
        made += len(tokens)
        survived += len(surviving(server.url, tokens[-3:]))
        assert Browser(server.url).sign_in(email, NEW)["status"] == "OK"
    assert made >= TRIES and survived == 0, (made, survived)


def test_a_key_makes_no_link_during_or_after_a_reset_by_the_administrator(server, people, admin, sql):
    """A key may make a link to set a first password, and every reset invalidates such a link."""
    survived = 0
    for account in people(*[f"owner{number}" for number in range(20)]):
        before = link_for(account, account.user)
        assert before

        def reset(account=account):
            answer = admin.post("/admin/simple/accounts/reset-password", {"user_identities": [
                {"method": "email:password", "subject": account.email, "email": account.email, "password": NEW}]})
            assert answer.status_code == 204, answer.text

        tokens = race(account, account.user, reset)
        survived += len(surviving(server.url, [before, *tokens[-3:]]))
        assert link_for(account, account.user) is None
    assert survived == 0


@pytest.mark.parametrize("login", ["password", "provider"])
def test_a_key_does_not_become_an_account(login, people, sql):
    """A key makes no link for a user who can sign in: neither for its own user, nor for a member of its user's organization."""
    alice, bob = people("alice", "bob")
    client.add_member(sql, bob, alice.organization)
    session = sessions.session_of(alice, sql)
    for account in (alice, bob):
        if login == "password":
            sessions.session_of(account, sql)
        else:
            sql("UPDATE orgd.logins SET password_hash = NULL WHERE user_id = %s", account.user)
            sql("INSERT INTO orgd.logins (id, method, email, provider, subject, user_id) VALUES"
                " (gen_random_uuid(), 'thirdparty', %s, 'google', %s, %s)", account.email, account.email, account.user)
    for caller, account in ((alice, alice), (bob, bob), (alice, bob)):
        assert caller.post(f"/profile/reset-password?user_id={account.user}").status_code == 403, (caller.email, account.email)
    assert link_for(session, alice.user) and link_for(session, bob.user)


def test_a_reset_by_the_administrator_ends_the_sessions_of_every_login(server, alice, admin, sql):
    """Not only those of the login that gets the password."""
    sql("INSERT INTO orgd.logins (id, method, email, provider, subject, user_id) VALUES"
        " (gen_random_uuid(), 'thirdparty', %s, 'google', %s, %s)", alice.email, alice.email, alice.user)
    session = sessions.session_of(alice, sql)
    sql("UPDATE orgd.sessions SET login_id = (SELECT id FROM orgd.logins WHERE subject = %s) WHERE handle = %s", alice.email, session.handle)
    answer = admin.post("/admin/simple/accounts/reset-password", {"user_identities": [
        {"method": "email:password", "subject": alice.email, "email": alice.email, "password": NEW}]})
    assert answer.status_code == 204, answer.text
    assert sql("SELECT count(*) FROM orgd.sessions WHERE user_id = %s", alice.user) == [(0,)]


def test_credentials_of_an_earlier_generation_are_refused(server, sql):
    """Even if its row still exists, like that of a transaction that committed together with the reset."""
    email = address()
    session = sessions.sign_up(server.url, email)
    user = session.ok("GET", "/profile/")["id"]
    token = link_for(session, user)
    sql("UPDATE orgd.accounts SET generation = generation + 1 WHERE user_id = %s", user)
    assert session.get("/auth/sessions").status_code == 401
    assert client.eventually(lambda: session.get("/profile/").status_code == 401)  # PostgreSQL notifies the servers
    assert session.renew().status_code == 401
    assert link_for(session, user) is None
    assert use(server.url, token) == "RESET_PASSWORD_INVALID_TOKEN_ERROR"
    assert Browser(server.url).sign_in(email)["status"] == "OK"


def test_ending_a_session_ends_the_links_that_were_made_in_it(server, people, sql):
    """Also links that an owner made for a member."""
    email = address()
    mine = sessions.sign_up(server.url, email)
    stolen = sessions.sign_in(server.url, email)
    user = mine.ok("GET", "/profile/")["id"]
    organization = mine.ok("GET", "/organizations/")[0]["id"]
    (member,) = people("member")
    client.add_member(sql, member, organization)
    tokens = [link_for(stolen, user), link_for(stolen, member.user)]
    assert all(tokens)
    assert mine.delete("/auth/sessions").json() == {"ended": 1}
    assert surviving(server.url, tokens) == []
    signed_out = sessions.sign_in(server.url, email)
    token = link_for(signed_out, user)
    signed_out.post("/auth/signout")
    assert use(server.url, token) == "RESET_PASSWORD_INVALID_TOKEN_ERROR"


def test_a_link_is_for_the_account_that_it_was_made_for(server, people, sql):
    """The present owner of an address makes no link for the login of the account that had it before."""
    first, second = people("first", "second")
    sessions.session_of(first, sql)
    old = first.email
    sql("UPDATE users SET email = 'moved-' || email WHERE id = %s", first.user)
    sql("UPDATE users SET email = %s WHERE id = %s", old, second.user)
    assert link_for(second, second.user) is None
    assert Browser(server.url).sign_in(old, PASSWORD)["status"] == "OK"


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.close()


def next_mail(box, email):
    """The next mail to an address, except those about new keys."""
    while True:
        mail = box.take()
        if mail["to"] == [email] and not mail["message"]["Subject"].startswith("A new API key"):
            return mail["message"]


def link_in(mail):
    return next(line for line in mailbox.text_of(mail).splitlines() if line.startswith("http"))


def words_of(mail):
    return " ".join(mailbox.text_of(mail).split())


def test_the_mail_about_a_reset_lists_the_keys(box, make_server):
    server = make_server(ORGD_EMAIL_METHOD="password", **box.settings).start()
    email = address()
    session = sessions.sign_up(server.url, email)
    Browser(server.url).outcome(RESET + "/token", form(email=email))
    assert use(server.url, token_of(link_in(next_mail(box, email)))) == "OK"
    mail = next_mail(box, email)
    assert mail["Subject"] == "Your password was reset on localhost"
    assert "You have no API keys." in words_of(mail)
    session = sessions.begin(server.url, "/auth/signin", email, "header", password=NEW)
    keys = [session.ok("POST", "/keys/").split(".")[0] for _ in range(2)]
    answer = server.admin("POST", "/admin/simple/accounts/reset-password", {"user_identities": [
        {"method": "email:password", "subject": email, "email": email, "password": PASSWORD}]})
    assert answer.status == 204
    said = words_of(next_mail(box, email))
    assert "An administrator set a new password" in said and "You have 2: " in said
    assert all(f"{key} (project Default, made on " in said for key in keys)


def test_a_code_ends_with_a_reset(box, make_server):
    """A code requested before the reset does not work afterwards."""
    server = make_server(**box.settings).start()
    email = address()
    browser = Browser(server.url)

    def ask():
        device = browser.outcome("/auth/signinup/code", {"email": email})
        return device, next_mail(box, email)["Subject"].split()[0]

    def consume(device, code):
        return browser.outcome("/auth/signinup/code/consume", {
            "preAuthSessionId": device["preAuthSessionId"], "deviceId": device["deviceId"], "userInputCode": code})["status"]

    assert consume(*ask()) == "OK"
    early = ask()
    server.sql("UPDATE orgd.accounts SET generation = generation + 1")
    assert consume(*early) == "RESTART_FLOW_ERROR"
    assert consume(*ask()) == "OK"


def test_a_sign_in_by_code_during_a_reset_does_not_survive_it(box, make_server):
    """The code was checked before the reset, and the session would begin after it."""
    server = make_server(**box.settings).start()
    email = address()
    browser = Browser(server.url)

    def ask():
        device = browser.outcome("/auth/signinup/code", {"email": email})
        return {"preAuthSessionId": device["preAuthSessionId"], "deviceId": device["deviceId"],
                "userInputCode": next_mail(box, email)["Subject"].split()[0]}

    assert browser.outcome("/auth/signinup/code/consume", ask())["status"] == "OK"
    code, answers = ask(), []
    waiting = threading.Thread(target=lambda: answers.append(browser.outcome("/auth/signinup/code/consume", code)))
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("LOCK TABLE user_identities IN EXCLUSIVE MODE")  # signing in writes there after it has checked the code
        waiting.start()
        serving.wait_for("the sign-in waits", lambda: server.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(1,)])
        server.sql("UPDATE orgd.accounts SET generation = generation + 1")
        connection.rollback()
        waiting.join()
    assert answers == [{"status": "RESTART_FLOW_ERROR"}]
    assert server.sql("SELECT count(*) FROM orgd.sessions s JOIN orgd.accounts a USING (user_id, generation)") == [(0,)]
