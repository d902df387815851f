"""Limits of a stolen session: important changes need a recent sign-in, and credentials derived from a session end with it."""
import time

import client
import mailbox
import pytest
import sessions
from signing import PASSWORD, Browser, address

AGAIN = "/auth/session/reauthenticate"


def grow_old(sql, session, seconds=4000):
    """The session, as if it had begun the given seconds ago."""
    sql("UPDATE orgd.sessions SET authenticated_at = authenticated_at - make_interval(secs => %s) WHERE handle = %s", seconds, session.handle)


def result_of(answer):
    body = answer.json()
    detail = body.get("detail") if isinstance(body, dict) else None
    return answer.status_code, detail.get("error") if isinstance(detail, dict) else None


def changes(session, sql):
    """Each change that needs a recent sign-in, by its name."""
    user = session.ok("GET", "/profile/")["id"]
    organization = session.ok("POST", "/organizations/", {"name": "spare"})["id"]
    workspace = session.ok("GET", "/workspaces/")[0]["id"]
    project = session.ok("POST", f"/projects/?workspace_id={workspace}", {"name": "spare"})["project_id"]
    return {
        "key": lambda: session.post("/keys/"),
        "link": lambda: session.post(f"/profile/reset-password?user_id={user}"),
        "transfer": lambda: session.post(f"/organizations/{organization}/transfer/{client.NOBODY}"),
        "project": lambda: session.delete(f"/projects/{project}"),
        "organization": lambda: session.delete(f"/organizations/{organization}"),
    }


def test_important_changes_need_a_recent_sign_in(server, sql):
    email = address()
    session = sessions.sign_up(server.url, email)
    todo = changes(session, sql)
    grow_old(sql, session)
    for name, change in todo.items():
        assert result_of(change()) == (403, "REAUTHENTICATION_REQUIRED"), name
    assert session.renewed().post("/keys/").status_code == 403  # a refresh is not a sign-in
    assert session.get("/keys/").status_code == 200
    assert result_of(session.post(AGAIN, {"password": "Wr0ng!password"})) == (403, "REAUTHENTICATION_FAILED")
    assert result_of(session.post("/keys/")) == (403, "REAUTHENTICATION_REQUIRED")
    assert session.post(AGAIN, {"password": PASSWORD}).json() == {"status": "OK"}
    for name, change in todo.items():
        assert result_of(change())[1] != "REAUTHENTICATION_REQUIRED", name
    grow_old(sql, session)
    assert sessions.sign_in(server.url, email).post("/keys/").status_code == 200  # so does another sign-in


def test_only_the_callers_own_password_counts(server, sql):
    mine, other = sessions.sign_up(server.url), address()
    Browser(server.url).sign_up(other, "An0ther!pass")
    grow_old(sql, mine)
    assert result_of(mine.post(AGAIN, {"password": "An0ther!pass"})) == (403, "REAUTHENTICATION_FAILED")
    assert client.Api(server.url).post(AGAIN, {"password": PASSWORD}).status_code == 401
    sql("UPDATE orgd.logins SET user_id = NULL WHERE id = %s", mine.claims["sub"])
    assert result_of(mine.post(AGAIN, {"password": PASSWORD})) == (403, "REAUTHENTICATION_FAILED")
    assert result_of(mine.post("/keys/")) == (403, "REAUTHENTICATION_REQUIRED")


def test_reauthentication_limits_guesses(make_server):
    server = make_server(ORGD_RATE_LIMITS="on").start()
    session = sessions.sign_up(server.url)
    answers = [session.post(AGAIN, {"password": f"Wr0ng!password{number}"}).status_code for number in range(12)]
    assert answers[0] == 403 and answers[-1] == 429


def test_reauthentication_can_be_switched_off(another, sql, server):
    relaxed = another(ORGD_REAUTHENTICATION_AGE="0")
    session = sessions.sign_up(relaxed.url)
    grow_old(sql, session, 10**8)
    assert session.post("/keys/").status_code == 200


def test_keys_need_no_reauthentication(alice):
    assert alice.post("/keys/").status_code == 200


def secret_of(session):
    return client.Api(session.url, session.ok("GET", "/access/permissions/check")["credentials"])


@pytest.mark.parametrize("process", ["one", "two"])
@pytest.mark.parametrize("end", ["sign out", "others", "reset"])
def test_signed_tokens_end_with_their_session(end, process, server, second, sql):
    email = address()
    mine, stolen = sessions.sign_up(server.url, email), sessions.sign_in(server.url, email)
    token = secret_of(stolen)
    there = token if process == "one" else client.Api(second.url, token.authorization)
    assert there.get("/profile/").status_code == 200
    if end == "sign out":
        stolen.post("/auth/signout")
    elif end == "others":
        mine.delete("/auth/sessions")
    else:
        sql("UPDATE orgd.accounts SET generation = generation + 1 WHERE user_id = %s", mine.ok("GET", "/profile/")["id"])
    # the servers wait for each other's removals; other programs do not
    assert client.eventually(lambda: there.get("/profile/").status_code == 401, 3 if end == "reset" else 0)


def test_a_remembered_token_does_not_outlive_its_session(server, sql):
    session = sessions.sign_up(server.url)
    token = secret_of(session)
    sql("UPDATE orgd.sessions SET expires_at = now() + interval '2 seconds' WHERE handle = %s", session.handle)
    time.sleep(0.2)  # the server has heard of it, and remembers the token only now
    assert token.get("/profile/").status_code == 200
    time.sleep(2)
    assert token.get("/profile/").status_code == 401


def test_a_signed_token_is_as_old_as_its_session(server, sql):
    session = sessions.sign_up(server.url)
    token = secret_of(session)
    grow_old(sql, session)
    assert result_of(token.post("/keys/")) == (403, "REAUTHENTICATION_REQUIRED")


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.close()


def test_with_mail_links_go_by_mail_only_and_changes_are_mailed(box, make_server):
    server = make_server(ORGD_EMAIL_METHOD="password", **box.settings).start()
    email = address()
    session = sessions.sign_up(server.url, email)
    user = session.ok("GET", "/profile/")["id"]
    answer = session.post(f"/profile/reset-password?user_id={user}")
    assert answer.status_code == 200 and answer.json() == f"A link to set a new password was sent to {email}."
    assert "token=" in mailbox.text_of(box.next(email))
    prefix = session.ok("POST", "/keys/").split(".")[0]
    mail = box.next(email)
    assert mail["Subject"] == "A new API key on localhost" and prefix in mailbox.text_of(mail)
    key = session.ok("POST", "/keys/")
    box.next(email)
    prefix = client.Api(server.url, f"ApiKey {key}").ok("POST", "/keys/").split(".")[0]  # keys made with keys are mailed too
    assert prefix in mailbox.text_of(box.next(email))
    assert session.delete("/keys/").json() == {"ended": 3}
    mail = box.next(email)
    assert mail["Subject"] == "Your API keys were deleted on localhost" and "There were 3." in mailbox.text_of(mail)
    assert session.delete("/keys/").json() == {"ended": 0}  # there is nothing to report
    for proven in (False, True):
        if proven:
            server.sql("UPDATE orgd.logins SET proven_emails = ARRAY[email] WHERE email = %s", (email,))
        check_deletions_are_mailed(box, session, email, proven)
    assert box.stays_empty()


def check_deletions_are_mailed(box, session, email, proven):
    """With the name that the user chose, if the address is proven."""
    organization = session.ok("POST", "/organizations/", {"name": "spare <b>"})["id"]
    workspace = session.ok("GET", "/workspaces/")[0]["id"]
    project = session.ok("POST", f"/projects/?workspace_id={workspace}", {"name": "trial <i>"})["project_id"]
    assert session.delete(f"/organizations/{organization}").status_code == 200
    mail = box.next(email)
    assert mail["Subject"] == "Your organization was deleted on localhost"
    assert ('"spare <b>"' in mailbox.text_of(mail)) == proven and "spare" not in mail["Subject"]
    assert session.delete(f"/projects/{project}").status_code == 200
    mail = box.next(email)
    assert mail["Subject"] == "Your project was deleted on localhost"
    assert ('"trial <i>"' in mailbox.text_of(mail)) == proven


def test_an_unproven_address_gets_no_text_of_the_user(box, make_server):
    """A user who signs up with a stranger's address must not make the server send text there."""
    server = make_server(ORGD_EMAIL_METHOD="password", **box.settings).start()
    email = address()
    session = sessions.sign_up(server.url, email)
    organization = session.ok("POST", "/organizations/", {"name": "Win now: https://evil.example"})["id"]
    assert session.delete(f"/organizations/{organization}").status_code == 200
    mail = box.next(email)
    text = mailbox.text_of(mail)
    assert "An organization of yours was deleted" in text and "evil" not in mail.as_string()


@pytest.mark.parametrize("change", ["key", "organization"])
def test_mails_about_changes_have_a_limit(change, make_server):
    """The change is refused, so that no change happens without a mail."""
    box = mailbox.Mailbox()
    server = make_server(ORGD_EMAIL_METHOD="password", ORGD_RATE_LIMITS="on", **box.settings).start()
    session = sessions.sign_up(server.url)

    def make():
        if change == "key":
            return session.post("/keys/")
        organization = session.ok("POST", "/organizations/", {"name": "spare"})["id"]
        return session.delete(f"/organizations/{organization}")

    answers = [make() for _ in range(22)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(session.ok("GET", "/keys/")) == (20 if change == "key" else 0)
    box.close()
