"""Invitations of the invited user: accepted, declined, listed; by link, by session, by mail."""
import re

import client
import mailbox
import pytest
import serving
import sessions
import signing
from inviting import accept, code, create, expire, invite, invite_path, invited, roles, result_of, waiting


@pytest.fixture
def alice_and_bob(people):
    return people("alice", "bob")


@pytest.fixture
def address(alice):
    return f"new-{alice.suffix}@example.com"


# ---- accepting ----


@pytest.mark.parametrize("role", ["admin", "viewer"])
def test_accepting(role, alice_and_bob, sql):
    """One role at all three scopes, in every project of the workspace."""
    alice, bob = alice_and_bob
    alice.ok("POST", "/projects/", {"name": "second"})
    answer = accept(alice, bob, invited(alice, bob, role), project=alice.project)
    assert (answer.status_code, answer.json()) == (200, {"message": "Added user to workspace"})
    assert roles(sql, alice, bob) == (role, role, [role, role])
    assert sql("SELECT DISTINCT created_by_id::text FROM workspace_members WHERE user_id = %s AND workspace_id = %s",
               bob.user, alice.workspace) == [(bob.user,)]
    assert sql("SELECT used, user_id::text, updated_by_id::text FROM project_invitations WHERE email = %s", bob.email) == [
        (True, bob.user, bob.user)]
    assert waiting(alice) == []
    assert alice.organization in [each["id"] for each in bob.ok("GET", "/organizations/")]
    members = bob.ok("GET", f"/organizations/{alice.organization}")["default_workspace"]["members"]
    assert [(each["user"]["id"], each["roles"][0]["role_name"]) for each in members] == [(bob.user, role), (alice.user, "owner")]


def test_the_answers_of_accepting(people, sql):
    """Each refusal, in the order in which they are checked."""
    alice, bob, carol = people("alice", "bob", "carol")
    token = invited(alice, bob)
    assert result_of(accept(alice, bob, token, email=f"nobody-{alice.suffix}@example.com")) == (400, "User does not exist")
    assert code(accept(alice, bob, "x" * 22)) == (400, "INVITE_NOT_FOUND")
    assert code(accept(alice, bob, token, email=carol.email)) == (400, "INVITE_NOT_FOUND")
    assert code(accept(carol, bob, token)) == (400, "INVITE_NOT_FOUND")  # in another organization
    assert code(accept(alice, carol, token, email=bob.email)) == (400, "INVITE_EMAIL_MISMATCH")
    assert result_of(bob.post(f"/organizations/nope/workspaces/{alice.workspace}/invite/accept?project_id=x",
                         {"token": token, "email": bob.email})) == (400, "badly formed hexadecimal UUID string")
    expire(sql, token)
    assert code(accept(alice, bob, token)) == (410, "INVITE_EXPIRED")
    assert roles(sql, alice, bob) == (None, None, None)
    sql("UPDATE project_invitations SET expiration_date = now() + interval '1 day' WHERE token = %s", token)
    assert accept(alice, bob, token).status_code == 200
    assert code(accept(alice, bob, token)) == (409, "INVITE_ALREADY_ACCEPTED")
    assert code(accept(alice, carol, token, email=bob.email)) == (400, "INVITE_EMAIL_MISMATCH")


def test_case_does_not_matter(alice_and_bob):
    """C10"""
    alice, bob = alice_and_bob
    token = client.link(invite(alice, bob.email.title()).json()["url"])["token"]
    assert accept(alice, bob, token, email=bob.email.upper()).status_code == 200


def test_an_account_in_mixed_case(alice_and_bob, sql):
    """C10: as databases of Agenta have them."""
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    sql("UPDATE users SET email = initcap(email) WHERE id = %s", bob.user)
    sql("UPDATE project_invitations SET email = upper(email) WHERE token = %s", token)
    assert accept(alice, bob, token).status_code == 200


def test_a_mail_scanner_consumes_no_invitation(alice_and_bob):
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    path = invite_path(alice, f"/accept?project_id={alice.project}&token={token}&email={bob.email}")
    for method in ("GET", "HEAD", "OPTIONS"):
        assert bob.call(method, path).status_code in (401, 405)
        assert bob.using(None).call(method, path).status_code in (401, 405)
    assert accept(alice, bob, token).status_code == 200


def test_accepting_completes_a_partial_membership(alice_and_bob, sql):
    """C12: existing memberships stay, missing ones are added."""
    alice, bob = alice_and_bob
    sql("INSERT INTO organization_members (id, user_id, organization_id, role) VALUES (gen_random_uuid(), %s, %s, 'viewer')",
        bob.user, alice.organization)
    sql("INSERT INTO project_members (id, user_id, project_id) VALUES (gen_random_uuid(), %s, %s)", bob.user, alice.project)
    assert accept(alice, bob, invited(alice, bob)).status_code == 200
    assert roles(sql, alice, bob) == ("viewer", "admin", [None])


def test_an_invitation_makes_no_owner(alice_and_bob, sql):
    """Rows written by other programs may ask for it."""
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    sql("UPDATE project_invitations SET role = 'owner' WHERE token = %s", token)
    assert accept(alice, bob, token).status_code == 200
    assert roles(sql, alice, bob) == ("admin", "admin", ["admin"])


def test_an_invitation_is_deleted_with_its_project(alice_and_bob, sql):
    alice, bob = alice_and_bob
    second = alice.ok("POST", "/projects/", {"name": "second"})["project_id"]
    token = invited(alice, bob)
    sql("UPDATE project_invitations SET project_id = %s WHERE token = %s", second, token)
    alice.ok("DELETE", f"/projects/{second}")
    assert code(accept(alice, bob, token)) == (400, "INVITE_NOT_FOUND")


def test_a_user_without_an_organization(alice_and_bob, sql, key):
    """C9: they accept with their own credentials, and are members at once."""
    alice, bob = alice_and_bob
    sql("DELETE FROM organizations WHERE id = %s", bob.organization)
    homeless = client.without_scope(bob, key)
    assert homeless.ok("GET", "/organizations/") == []
    answer = homeless.post(invite_path(alice, f"/accept?project_id={alice.project}"),
                           {"token": invited(alice, bob), "email": bob.email})
    assert answer.status_code == 200
    assert [each["id"] for each in homeless.ok("GET", "/organizations/")] == [alice.organization]


# ---- own invitations ----


def test_own_invitations_without_proof(alice_and_bob, address):
    """A user who made a key or typed a password has not proven the address: the list shows that an invitation exists, and no more."""
    alice, bob = alice_and_bob
    token = invited(alice, bob, "viewer")
    invite(alice, address)
    (mine,) = bob.ok("GET", "/invitations")
    assert (mine["email"], mine["role"], mine["needs_token"]) == (bob.email, "viewer", True)
    assert {mine[name] for name in ("organization_id", "organization_name", "workspace_id", "project_id", "invited_by")} == {None}
    assert token not in str(mine)
    for act in ("accept", "decline"):
        assert code(bob.post(f"/invitations/{mine['id']}/{act}")) == (403, "INVITE_TOKEN_NEEDED")
        assert code(bob.post(f"/invitations/{mine['id']}/{act}", {"token": "x" * 22})) == (400, "INVITE_NOT_FOUND")
    assert bob.post(f"/invitations/{mine['id']}/accept", {"token": token}).json() == {"message": "Added user to workspace"}
    assert bob.ok("GET", "/invitations") == []


def test_declining(alice_and_bob, sql):
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    (mine,) = bob.ok("GET", "/invitations")
    assert result_of(bob.post(f"/invitations/{mine['id']}/decline", {"token": token})) == (200, "Invitation declined")
    assert (bob.ok("GET", "/invitations"), waiting(alice)) == ([], [])
    assert code(accept(alice, bob, token)) == (400, "INVITE_NOT_FOUND")
    assert invite(alice, bob.email).status_code == 200


def test_closed_invitations_are_not_listed(alice_and_bob, sql):
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    (mine,) = bob.ok("GET", "/invitations")
    expire(sql, token)
    assert bob.ok("GET", "/invitations") == []
    assert code(bob.post(f"/invitations/{mine['id']}/accept", {"token": token})) == (410, "INVITE_EXPIRED")
    assert bob.post(f"/invitations/{mine['id']}/decline", {"token": token}).status_code == 200
    client.join(alice, bob)
    used = sql("SELECT id::text, token FROM project_invitations WHERE email = %s", bob.email)[0]
    for act in ("accept", "decline"):
        assert code(bob.post(f"/invitations/{used[0]}/{act}", {"token": used[1]})) == (409, "INVITE_ALREADY_ACCEPTED")


def test_another_users_invitation(people, sql):
    """Even with its token."""
    alice, bob, carol = people("alice", "bob", "carol")
    token = invited(alice, bob)
    (mine,) = bob.ok("GET", "/invitations")
    assert carol.ok("GET", "/invitations") == []
    for act in ("accept", "decline"):
        assert code(carol.post(f"/invitations/{mine['id']}/{act}", {"token": token})) == (400, "INVITE_NOT_FOUND")
        assert result_of(carol.post(f"/invitations/nope/{act}")) == (400, "badly formed hexadecimal UUID string")
    assert len(waiting(alice)) == 1


# ---- with sessions ----


def proven(session, sql):
    """The session, changed as if its sign-in had proven the address."""
    sql("UPDATE orgd.logins SET proven_at = now(), proven_emails = ARRAY[email] WHERE id = %s", session.claims["sub"])
    return session


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_own_invitations_with_proof(act, alice_and_bob, sql):
    """A user who signed in with a mailed code or at a provider needs no link: the list shows the invitation."""
    alice, bob = alice_and_bob
    token = invited(alice, bob, "viewer")
    name = alice.ok("GET", f"/organizations/{alice.organization}")["name"]
    session = proven(sessions.session_of(bob, sql), sql)
    (mine,) = session.ok("GET", "/invitations")
    assert {key: value for key, value in mine.items() if key not in ("id", "created_at", "expires_at")} == {
        "email": bob.email, "role": "viewer", "organization_id": alice.organization, "organization_name": name,
        "workspace_id": alice.workspace, "project_id": alice.project, "invited_by": alice.username, "needs_token": False}
    assert code(session.post(f"/invitations/{mine['id']}/{act}", {"token": "x" * 22})) == (400, "INVITE_NOT_FOUND")
    assert session.post(f"/invitations/{mine['id']}/{act}").status_code == 200
    assert roles(sql, alice, bob) == (("viewer", "viewer", ["viewer"]) if act == "accept" else (None, None, None))
    assert session.ok("GET", "/invitations") == []
    assert code(accept(alice, bob, token))[0] == (409 if act == "accept" else 400)


def test_a_session_proves_only_its_sign_in_method(alice_and_bob, sql):
    """Other logins of the account and identities added to the session do not count, and only the account's own address does."""
    alice, bob = alice_and_bob
    invited(alice, bob)
    sql("INSERT INTO orgd.logins (id, method, email, user_id, proven_at, proven_emails)"
        " VALUES (gen_random_uuid(), 'passwordless', %s, %s, now(), ARRAY[%s])", bob.email, bob.user, bob.email)
    session = sessions.session_of(bob, sql)
    sql("INSERT INTO user_identities (id, user_id, method, subject) VALUES (gen_random_uuid(), %s, 'social:google', %s)",
        bob.user, bob.user)
    sql("UPDATE orgd.sessions SET session_identities = session_identities || '{social:google}' WHERE handle = %s", session.handle)
    (mine,) = session.ok("GET", "/invitations")
    assert mine["needs_token"] is True
    assert code(session.post(f"/invitations/{mine['id']}/accept")) == (403, "INVITE_TOKEN_NEEDED")
    sql("UPDATE orgd.logins SET proven_at = now(), proven_emails = ARRAY['old-' || email], email = 'old-' || email WHERE id = %s", session.claims["sub"])
    (mine,) = session.ok("GET", "/invitations")
    assert mine["needs_token"] is True


@pytest.mark.parametrize("may_own", [True, False])
def test_from_the_link_to_the_place(may_own, make_server):
    """Invited without an account: sign-up, acceptance with the parameters of the link, and at once a member."""
    server = make_server(AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="" if may_own else "boss@example.com").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    alice, = client.make_accounts(admin, "alice")
    link = client.invite(alice, alice.organization, alice.workspace, "New.Person@example.com", "viewer")
    session = sessions.sign_up(server.url, link["email"])
    before = [each["name"] for each in session.ok("GET", "/organizations/")]
    assert before == (["new.person"] if may_own else [])
    path = (f"/organizations/{link['organization_id']}/workspaces/{link['workspace_id']}/invite/accept"
            f"?project_id={link['project_id']}")
    body = {"token": link["token"], "email": link["email"]}
    assert session.post(path, body).json() == {"message": "Added user to workspace"}
    assert code(session.post(path, body)) == (409, "INVITE_ALREADY_ACCEPTED")
    assert session.ok("GET", f"/projects/current?project_id={alice.project}")["user_role"] == "viewer"
    assert session.ok("GET", "/profile")["email"] == "new.person@example.com"
    assert len(session.ok("GET", "/organizations/")) == len(before) + 1
    members = session.ok("GET", f"/organizations/{alice.organization}")["default_workspace"]["members"]
    assert [(each["user"]["email"], each["user"]["status"]) for each in members] == [
        ("new.person@example.com", "member"), (alice.email, "member")]
    assert alice.delete(f"/workspaces/{alice.workspace}/users/?email=new.person@example.com").text == "true"
    answer = session.get(f"/projects/current?project_id={alice.project}")
    assert (answer.status_code, answer.json()) == (401, {"detail": "Unauthorized"})
    assert [each["name"] for each in session.ok("GET", "/organizations/")] == before


def test_where_only_the_invited_sign_up(make_server):
    """Sign-up works while the invitation is valid. The account stays when the invitation ends."""
    server = make_server(ORGD_ACCESS_INVITE_ONLY="on").start()
    alice, = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "alice")

    def sign_up(name):
        return client.Api(server.url).post("/auth/signup", signing.form(email=f"{name}@acme.example", password=signing.PASSWORD))

    def outcome(name):
        return sign_up(name).json()["status"]

    for name in ("late", "revoked", "dave"):
        assert outcome(name) == "GENERAL_ERROR"
        assert invite(alice, f"{name}@acme.example").status_code == 200
    server.sql("UPDATE project_invitations SET expiration_date = now() WHERE email LIKE 'late@%'")
    assert alice.delete(f"/organizations/{alice.organization}/invitations/{waiting(alice)[1]['id']}").status_code == 200
    assert [outcome(name) for name in ("late", "revoked", "dave")] == ["GENERAL_ERROR", "GENERAL_ERROR", "OK"]
    assert alice.delete(f"/workspaces/{alice.workspace}/users/?email=dave@acme.example").text == "true"
    assert sessions.sign_in(server.url, "dave@acme.example").get("/profile").status_code == 200


# ---- by mail ----


@pytest.fixture(scope="module")
def mails():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def mailing(mails):
    """A server that sends mail and lets users sign in with codes."""
    made = serving.Server(**mails.settings).start()
    yield made
    made.close()


def test_from_the_mail_to_the_place(mailing, mails):
    """Invited by mail, signed in with a mailed code, which proves the address, and accepted without the link."""
    alice, = client.make_accounts(client.Api(mailing.url, f"Access {mailing.auth_key}"), "alice")
    alice.ok("PATCH", f"/organizations/{alice.organization}", {"name": "<b>Acme & Söhne</b>"})
    email = f"dave-{alice.suffix}@acme.example"
    assert invite(alice, email, roles=["viewer"]).text == "true"
    mail = mails.next(email)
    assert mail["subject"] == f"{alice.username} invited you to join their organization"
    (url,) = re.findall(r"http://localhost/auth\?\S+", mailbox.text_of(mail))
    html = mail.get_body(("html",)).get_content()
    assert "<b>Acme" not in html and url.replace("&", "&amp;") in html
    assert alice.ok("POST", invite_path(alice, "/resend"), {"email": email}) is True
    assert url in mailbox.text_of(mails.next(email))
    browser = signing.Browser(mailing.url)
    device = browser.outcome("/auth/signinup/code", {"email": email})
    number = re.search(r"^(\d{6})$", mailbox.text_of(mails.next(email)), re.M).group(1)
    browser.outcome("/auth/signinup/code/consume", {"deviceId": device["deviceId"], "userInputCode": number,
                                                    "preAuthSessionId": device["preAuthSessionId"]})
    (mine,) = browser.api.ok("GET", "/invitations")
    assert (mine["organization_name"], mine["needs_token"]) == ("<b>Acme & Söhne</b>", False)
    assert browser.api.post(f"/invitations/{mine['id']}/accept").status_code == 200
    assert code(browser.api.post(invite_path(alice, f"/accept?project_id={alice.project}"),
                                 {"token": client.link(url)["token"], "email": email})) == (409, "INVITE_ALREADY_ACCEPTED")
    assert browser.api.ok("GET", f"/projects/current?project_id={alice.project}")["user_role"] == "viewer"


def test_many_by_mail(mailing, mails):
    """Each gets a mail, and the inviter gets no link; if nobody is invited nothing is mailed."""
    alice, = client.make_accounts(client.Api(mailing.url, f"Access {mailing.auth_key}"), "alice")
    emails = [f"many{number}-{alice.suffix}@acme.example" for number in range(3)]
    assert create(alice, *({"email": email} for email in emails), {"email": alice.email}).status_code == 400
    assert [each["url"] for each in create(alice, *({"email": email} for email in emails)).json()] == [None] * 3
    assert {mails.taken.get(timeout=20)["to"][0] for _ in emails} == set(emails)
    assert mails.is_empty()


def test_a_mail_server_that_is_down(make_server):
    """The invitation is stored, and its mail waits."""
    server = make_server(SMTP_HOST="127.0.0.1", SMTP_PORT="9", SMTP_FROM_EMAIL="orgd@acme.example", SMTP_USE_TLS="false").start()
    alice, = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "alice")
    assert invite(alice, "dave@acme.example").text == "true"
    assert [each["status"] for each in waiting(alice)] == ["pending"]
    assert server.sql("SELECT recipient, template FROM orgd.outbox") == [("dave@acme.example", "invitation")]


# ---- inviters who no longer manage the workspace ----


def not_found(answer):
    return code(answer) == (400, "INVITE_NOT_FOUND")


@pytest.mark.parametrize("remedy", ["removal", "leaving", "demotion", "removal of the account", "membership ended elsewhere"])
def test_an_invitation_ends_with_the_standing_of_its_inviter(remedy, people, admin, sql, second):
    """Who was removed does not come back by an invitation that they sent before."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, bob)
    token = client.invite(bob, alice.organization, alice.workspace, carol.email)["token"]
    removal = f"/workspaces/{alice.workspace}/users/?email={bob.email}"
    if remedy == "removal":
        assert alice.delete(removal).status_code == 200
    elif remedy == "leaving":
        assert bob.delete(removal).status_code == 200
    elif remedy == "demotion":
        alice.ok("PATCH", f"/organizations/{alice.organization}/members/{bob.user}", {"role": "viewer"})
    elif remedy == "removal of the account":
        assert admin.delete(f"/admin/simple/accounts/users/{bob.user}").status_code in (200, 204)
    else:
        sql("DELETE FROM organization_members WHERE user_id = %s AND organization_id = %s", bob.user, alice.organization)
    for server in (alice.url, second.url):
        assert not_found(accept(alice, client.Api(server, carol.authorization), token, email=carol.email))
    assert roles(sql, alice, carol) == (None, None, None)
    assert carol.ok("GET", "/invitations") == []
    if remedy != "membership ended elsewhere":
        assert waiting(alice) == []
        client.join(alice, carol)


def test_who_sends_an_invitation_again_answers_for_it(people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, bob)
    token = client.invite(bob, alice.organization, alice.workspace, carol.email)["token"]
    again = alice.ok("POST", invite_path(alice, "/resend"), {"email": carol.email})
    assert client.link(again["url"])["token"] == token
    assert alice.delete(f"/workspaces/{alice.workspace}/users/?email={bob.email}").status_code == 200
    assert accept(alice, carol, token).status_code == 200
    assert roles(sql, alice, carol)[0] == "admin"


def test_an_invitation_of_a_blocked_inviter(people, another, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, bob)
    token = client.invite(bob, alice.organization, alice.workspace, carol.email)["token"]
    blocking = another(AGENTA_ACCESS_BLOCKED_EMAILS=bob.email)
    assert not_found(accept(alice, client.Api(blocking.url, carol.authorization), token, email=carol.email))
    assert roles(sql, alice, carol) == (None, None, None)
    assert accept(alice, carol, token).status_code == 200  # the address is not blocked here


def test_an_invitation_without_an_inviter(people, sql):
    """Other programs do not record who invites."""
    alice, carol = people("alice", "carol")
    token = invited(alice, carol)
    sql("UPDATE project_invitations SET created_by_id = NULL WHERE token = %s", token)
    assert accept(alice, carol, token).status_code == 200
