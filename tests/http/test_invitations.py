"""Invitations: who may make them, what they lead to, and what becomes of them."""
import re
import urllib.parse

import client
import mailbox
import pytest
import serving
import sessions
import signing

NOT_ALLOWED = "You do not have permission to perform this action. Please contact your Organization Owner"
MEMBER = (400, "User is already a member of the workspace")


def told(answer):
    return answer.status_code, answer.json()["detail"]


def code(answer):
    """The status and the code of a refusal that clients branch on."""
    return answer.status_code, answer.json()["detail"]["error"]


def invite_path(account, suffix=""):
    return f"/organizations/{account.organization}/workspaces/{account.workspace}/invite{suffix}"


def invite(account, email, **more):
    return account.post(invite_path(account), [{"email": email, **more}])


def invited(account, person, role="admin"):
    """The token of an invitation to the account's organization."""
    return client.invite(account, account.organization, account.workspace, person.email, role)["token"]


def accept(account, person, token, **more):
    return client.accept(person, token, account.organization, account.workspace, **more)


def waiting(account):
    return account.ok("GET", f"/organizations/{account.organization}/invitations")


def expire(sql, token):
    sql("UPDATE project_invitations SET expiration_date = now() - interval '1 second' WHERE token = %s", token)


def roles(sql, account, person):
    """What a person is in the account's organization, workspace and projects."""
    return sql("""SELECT (SELECT role FROM organization_members WHERE user_id = %s AND organization_id = %s),
                         (SELECT role FROM workspace_members WHERE user_id = %s AND workspace_id = %s),
                         (SELECT array_agg(m.role) FROM project_members m JOIN projects p ON p.id = m.project_id
                          WHERE m.user_id = %s AND p.workspace_id = %s)""",
               person.user, account.organization, person.user, account.workspace, person.user, account.workspace)[0]


@pytest.fixture
def alice_and_bob(people):
    return people("alice", "bob")


@pytest.fixture
def address(alice):
    return f"new-{alice.suffix}@example.com"


def test_the_link(alice):
    email = f"o'neil+tag-{alice.suffix}@example.com"
    url = invite(alice, email).json()["url"]
    encoded = urllib.parse.quote(email, safe="")
    assert re.fullmatch(rf"http://localhost/auth\?token=[A-Za-z0-9_-]{{22}}&email={re.escape(encoded)}"
                        rf"&organization_id={alice.organization}&workspace_id={alice.workspace}&project_id={alice.project}", url)
    assert client.link(url)["email"] == email


def test_what_is_stored(alice, address, sql):
    """Seven days, the requested role, the default project, and who invited."""
    token = client.link(invite(alice, f"  {address.upper()} ", roles=["viewer"]).json()["url"])["token"]
    assert sql("""SELECT email, used, role, project_id::text, user_id, created_by_id::text,
                         expiration_date BETWEEN now() + interval '6 days 23 hours' AND now() + interval '7 days'
                  FROM project_invitations WHERE token = %s""", token) == [
                      (address, False, "viewer", alice.project, None, alice.user, True)]


@pytest.mark.parametrize("asked,stored", [
    ({}, "admin"), ({"roles": None}, "admin"), ({"roles": []}, "admin"), ({"roles": ["viewer", "admin"]}, "viewer"),
    ({"roles": ["admin"]}, "admin"), ({"roles": ["owner"]}, "admin"), ({"roles": ["editor"]}, "admin")])
def test_roles_of_one_invitation(asked, stored, alice, address, sql):
    """C13: words that consoles of the past send still make the usual member; nobody is made owner."""
    invite(alice, address, **asked)
    assert sql("SELECT role FROM project_invitations WHERE email = %s", address) == [(stored,)]


@pytest.mark.parametrize("email", ["", "bob", "bob@", "@example.com", "a@b@example.com", "bob@example", "b\u043eb@example.com",
                                   "bob@example.com\r\nBcc: x@example.com", "bob@ex ample.com", "x" * 250 + "@example.com"])
def test_addresses_that_nobody_can_sign_in_with(email, alice):
    answer = invite(alice, email)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", 0]
    assert waiting(alice) == []


def test_who_may_invite(people, sql):
    """S1: members of the organization who manage the workspace; nobody learns whether there is such a place."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, bob, "viewer")
    for person in (bob, carol):
        for path, body in ((invite_path(alice), [{"email": "x@example.com"}]), (invite_path(alice, "/resend"), {"email": "x@example.com"}),
                           (f"/organizations/{alice.organization}/invitations", {"invitations": [{"email": "x@example.com"}]})):
            assert told(person.post(path, body)) == (403, NOT_ALLOWED)
        assert told(person.get(f"/organizations/{alice.organization}/invitations")) == (403, NOT_ALLOWED)
    sql("UPDATE workspace_members SET role = 'admin' WHERE user_id = %s AND workspace_id = %s", bob.user, alice.workspace)
    assert bob.post(invite_path(alice), [{"email": "x@example.com"}]).status_code == 200
    sql("DELETE FROM organization_members WHERE user_id = %s AND organization_id = %s", bob.user, alice.organization)
    assert told(bob.post(invite_path(alice), [{"email": "y@example.com"}])) == (403, NOT_ALLOWED)


def test_the_workspace_must_lie_in_the_organization(alice_and_bob):
    alice, bob = alice_and_bob
    mixed = f"/organizations/{alice.organization}/workspaces/{bob.workspace}/invite"
    assert told(alice.post(mixed, [{"email": "x@example.com"}])) == (403, NOT_ALLOWED)
    assert told(alice.post(f"/organizations/{client.NOBODY}/workspaces/{alice.workspace}/invite", [{"email": "x@example.com"}])) == (
        403, NOT_ALLOWED)


@pytest.mark.parametrize("organization,workspace", [("nope", None), (None, "nope")])
def test_malformed_ids(organization, workspace, alice):
    path = f"/organizations/{organization or alice.organization}/workspaces/{workspace or alice.workspace}/invite"
    for end, body in (("", [{"email": "x@example.com"}]), ("/resend", {"email": "x@example.com"})):
        assert told(alice.post(path + end, body)) == (400, "badly formed hexadecimal UUID string")


def test_inviting_oneself(alice):
    assert told(invite(alice, f" {alice.email.upper()}")) == (400, "You cannot invite yourself to a workspace")


def test_somebody_who_is_a_member(alice_and_bob):
    """C12, C10"""
    alice, bob = alice_and_bob
    client.join(alice, bob)
    assert told(invite(alice, bob.email.title())) == MEMBER
    assert waiting(alice) == []


def test_a_second_invitation(alice, address):
    assert invite(alice, address).status_code == 200
    assert told(invite(alice, address.upper())) == MEMBER


def test_an_expired_invitation_is_replaced(alice, address, sql):
    """C11"""
    first = client.link(invite(alice, address).json()["url"])["token"]
    expire(sql, first)
    assert [each["status"] for each in waiting(alice)] == ["expired"]
    second = client.link(invite(alice, address, roles=["viewer"]).json()["url"])["token"]
    assert second != first
    assert [(each["email"], each["status"], each["role"]) for each in waiting(alice)] == [(address, "pending", "viewer")]
    assert sql("SELECT token FROM project_invitations WHERE email = %s", address) == [(second,)]


def test_an_old_invitation_in_mixed_case_is_found(alice, address, sql):
    """C10: rows of the original have the address as it was typed."""
    sql("INSERT INTO project_invitations (id, token, email, used, role, project_id, expiration_date)"
        " VALUES (gen_random_uuid(), %s, %s, false, 'admin', %s, now() + interval '1 day')", address, address.title(), alice.project)
    assert told(invite(alice, address)) == MEMBER
    assert client.link(alice.ok("POST", invite_path(alice, "/resend"), {"email": address})["url"])["email"] == address.title()


def test_without_a_default_project(alice, sql):
    sql("UPDATE projects SET is_default = false WHERE id = %s", alice.project)
    assert told(invite(alice, "x@example.com")) == (400, "Default project not found for organization invitation.")


def test_sending_again(alice, address, sql):
    """The same link while it is good; a new one, with the same role, when it has expired."""
    first = invite(alice, address, roles=["viewer"]).json()
    ends = waiting(alice)[0]["expires_at"]
    assert alice.ok("POST", invite_path(alice, "/resend"), {"email": f" {address.upper()} "}) == first
    assert waiting(alice)[0]["expires_at"] == ends
    expire(sql, client.link(first["url"])["token"])
    second = alice.ok("POST", invite_path(alice, "/resend"), {"email": address})
    assert client.link(second["url"])["token"] != client.link(first["url"])["token"]
    assert [(each["email"], each["status"], each["role"]) for each in waiting(alice)] == [(address, "pending", "viewer")]


def test_nothing_to_send_again(alice_and_bob):
    alice, bob = alice_and_bob
    none = (404, "No existing invitation found for the user")
    assert told(alice.post(invite_path(alice, "/resend"), {"email": bob.email})) == none
    client.join(alice, bob)
    assert told(alice.post(invite_path(alice, "/resend"), {"email": bob.email})) == none


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
    """API-ACCOUNTS.md 5.6, in its order."""
    alice, bob, carol = people("alice", "bob", "carol")
    token = invited(alice, bob)
    assert told(accept(alice, bob, token, email=f"nobody-{alice.suffix}@example.com")) == (400, "User does not exist")
    assert code(accept(alice, bob, "x" * 22)) == (400, "INVITE_NOT_FOUND")
    assert code(accept(alice, bob, token, email=carol.email)) == (400, "INVITE_NOT_FOUND")
    assert code(accept(carol, bob, token)) == (400, "INVITE_NOT_FOUND")  # in another organization
    assert code(accept(alice, carol, token, email=bob.email)) == (400, "INVITE_EMAIL_MISMATCH")
    assert told(bob.post(f"/organizations/nope/workspaces/{alice.workspace}/invite/accept?project_id=x",
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
    """C10: as databases of the original have them."""
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    sql("UPDATE users SET email = initcap(email) WHERE id = %s", bob.user)
    sql("UPDATE project_invitations SET email = upper(email) WHERE token = %s", token)
    assert accept(alice, bob, token).status_code == 200


def test_what_a_mail_scanner_does_consumes_nothing(alice_and_bob):
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    path = invite_path(alice, f"/accept?project_id={alice.project}&token={token}&email={bob.email}")
    for method in ("GET", "HEAD", "OPTIONS"):
        assert bob.call(method, path).status_code in (401, 405)
        assert bob.using(None).call(method, path).status_code in (401, 405)
    assert accept(alice, bob, token).status_code == 200


def test_who_is_a_member_in_part(alice_and_bob, sql):
    """C12: what is there stays, what is missing is added."""
    alice, bob = alice_and_bob
    sql("INSERT INTO organization_members (id, user_id, organization_id, role) VALUES (gen_random_uuid(), %s, %s, 'viewer')",
        bob.user, alice.organization)
    sql("INSERT INTO project_members (id, user_id, project_id) VALUES (gen_random_uuid(), %s, %s)", bob.user, alice.project)
    assert accept(alice, bob, invited(alice, bob)).status_code == 200
    assert roles(sql, alice, bob) == ("viewer", "admin", [None])


def test_nobody_becomes_owner_by_invitation(alice_and_bob, sql):
    """Rows of other programs may ask for it."""
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    sql("UPDATE project_invitations SET role = 'owner' WHERE token = %s", token)
    assert accept(alice, bob, token).status_code == 200
    assert roles(sql, alice, bob) == ("admin", "admin", ["admin"])


def test_an_invitation_goes_with_its_project(alice_and_bob, sql):
    alice, bob = alice_and_bob
    second = alice.ok("POST", "/projects/", {"name": "second"})["project_id"]
    token = invited(alice, bob)
    sql("UPDATE project_invitations SET project_id = %s WHERE token = %s", second, token)
    alice.ok("DELETE", f"/projects/{second}")
    assert code(accept(alice, bob, token)) == (400, "INVITE_NOT_FOUND")


def test_somebody_without_an_organization(alice_and_bob, sql, key):
    """C9: they accept with what they have, and belong somewhere at once."""
    alice, bob = alice_and_bob
    sql("DELETE FROM organizations WHERE id = %s", bob.organization)
    homeless = client.without_scope(bob, key)
    assert homeless.ok("GET", "/organizations/") == []
    answer = homeless.post(invite_path(alice, f"/accept?project_id={alice.project}"),
                           {"token": invited(alice, bob), "email": bob.email})
    assert answer.status_code == 200
    assert [each["id"] for each in homeless.ok("GET", "/organizations/")] == [alice.organization]


# ---- mine ----


def test_mine_without_proof(alice_and_bob, address):
    """Who made a key or typed a password has not shown that the address is theirs: there is an invitation, says the list, and no more."""
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
    assert told(bob.post(f"/invitations/{mine['id']}/decline", {"token": token})) == (200, "Invitation declined")
    assert (bob.ok("GET", "/invitations"), waiting(alice)) == ([], [])
    assert code(accept(alice, bob, token)) == (400, "INVITE_NOT_FOUND")
    assert invite(alice, bob.email).status_code == 200


def test_what_is_not_mine_any_more(alice_and_bob, sql):
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


def test_somebody_elses_invitation(people, sql):
    """Even with its token."""
    alice, bob, carol = people("alice", "bob", "carol")
    token = invited(alice, bob)
    (mine,) = bob.ok("GET", "/invitations")
    assert carol.ok("GET", "/invitations") == []
    for act in ("accept", "decline"):
        assert code(carol.post(f"/invitations/{mine['id']}/{act}", {"token": token})) == (400, "INVITE_NOT_FOUND")
        assert told(carol.post(f"/invitations/nope/{act}")) == (400, "badly formed hexadecimal UUID string")
    assert len(waiting(alice)) == 1


# ---- with sessions ----


def proven(session, sql, by="email:otp"):
    """The session, as if its sign-in had proven the address."""
    sql("UPDATE orgd.sessions SET session_identities = ARRAY[%s] WHERE handle = %s", by, session.handle)
    return session


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_mine_with_proof(act, alice_and_bob, sql):
    """Who signed in with a mailed code or at a provider needs no link: the list says what there is."""
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


def test_what_a_session_has_proven_is_how_it_began(alice_and_bob, sql):
    """Not what else is known of the account, or was added to the session."""
    alice, bob = alice_and_bob
    invited(alice, bob)
    session = sessions.session_of(bob, sql)
    sql("INSERT INTO user_identities (id, user_id, method, subject) VALUES (gen_random_uuid(), %s, 'social:google', %s)",
        bob.user, bob.user)
    sql("UPDATE orgd.sessions SET session_identities = session_identities || '{social:google}' WHERE handle = %s", session.handle)
    (mine,) = session.ok("GET", "/invitations")
    assert mine["needs_token"] is True
    assert code(session.post(f"/invitations/{mine['id']}/accept")) == (403, "INVITE_TOKEN_NEEDED")


@pytest.mark.parametrize("may_own", [True, False])
def test_from_the_link_to_the_place(may_own, make_server):
    """Invited without an account: sign-up, acceptance with what the link says, and at once a member."""
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
    """While the invitation is there and good; and who has signed up stays, whatever becomes of it."""
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
    """A server that sends mail, and so lets people sign in with codes."""
    made = serving.Server(**mails.settings).start()
    yield made
    made.close()


def test_from_the_mail_to_the_place(mailing, mails):
    """Invited by mail; signed in with a mailed code, which proves the address; accepted without the link."""
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
    """Each gets one, and who invites no link; where nobody is invited nothing is mailed."""
    alice, = client.make_accounts(client.Api(mailing.url, f"Access {mailing.auth_key}"), "alice")
    emails = [f"many{number}-{alice.suffix}@acme.example" for number in range(3)]
    assert create(alice, *({"email": email} for email in emails), {"email": alice.email}).status_code == 400
    assert [each["url"] for each in create(alice, *({"email": email} for email in emails)).json()] == [None] * 3
    assert {mails.taken.get(timeout=20)["to"][0] for _ in emails} == set(emails)
    assert mails.is_empty()


def test_a_mail_server_that_is_down(make_server):
    """The invitation stands, and its mail waits."""
    server = make_server(SMTP_HOST="127.0.0.1", SMTP_PORT="9", SMTP_FROM_EMAIL="orgd@acme.example", SMTP_USE_TLS="false").start()
    alice, = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "alice")
    assert invite(alice, "dave@acme.example").text == "true"
    assert [each["status"] for each in waiting(alice)] == ["pending"]
    assert server.sql("SELECT recipient, template FROM orgd.outbox") == [("dave@acme.example", "invitation")]


# ---- many, listed, revoked ----


def create(account, *invitations, **more):
    return account.post(f"/organizations/{account.organization}/invitations", {"invitations": list(invitations), **more})


def test_many(alice, sql):
    names = [f"many{number}-{alice.suffix}@example.com" for number in range(20)]
    answer = create(alice, {"email": names[0].upper(), "role": "viewer"}, *({"email": name} for name in names[1:]))
    assert answer.status_code == 201
    made = answer.json()
    assert [(each["email"], each["role"]) for each in made] == [
        (name, "viewer" if name == names[0] else "admin") for name in names]
    assert all(client.link(each["url"])["workspace_id"] == alice.workspace for each in made)
    listed = waiting(alice)
    assert [(each["id"], each["email"], each["expires_at"]) for each in listed] == [
        (each["id"], each["email"], each["expires_at"]) for each in made]
    assert {(each["status"], each["workspace_id"], each["project_id"], each["invited_by_id"]) for each in listed} == {
        ("pending", alice.workspace, alice.project, alice.user)}
    assert "token" not in str(listed)


def test_all_or_none(alice_and_bob):
    alice, bob = alice_and_bob
    client.join(alice, bob)
    waits, fresh = (f"{name}-{alice.suffix}@example.com" for name in ("waits", "fresh"))
    invite(alice, waits)
    answer = create(alice, *({"email": email} for email in (fresh, bob.email, waits, alice.email, fresh.upper())))
    assert answer.status_code == 400
    detail = answer.json()["detail"]
    assert detail["error"] == "INVITATIONS_REFUSED"
    assert [(each["index"], each["email"], each["error"]) for each in detail["invitations"]] == [
        (1, bob.email, "INVITATION_MEMBER"), (2, waits, "INVITATION_WAITS"), (3, alice.email, "INVITATION_SELF"),
        (4, fresh, "INVITATION_REPEATED")]
    assert all(each["message"] for each in detail["invitations"])
    assert [each["email"] for each in waiting(alice)] == [waits]


@pytest.mark.parametrize("invitations", [[], [{"email": "x"}], [{"email": "x@example.com", "role": "owner"}],
                                         [{"email": "x@example.com", "role": "nope"}], [{"email": f"x{number}@example.com"} for number in range(101)]])
def test_lists_that_cannot_be_meant(invitations, alice):
    assert create(alice, *invitations).status_code == 422
    assert waiting(alice) == []


def test_the_workspace_of_many(alice_and_bob, sql):
    """The oldest one when none is named; none of somebody else's."""
    alice, bob = alice_and_bob
    second = sql("INSERT INTO workspaces (id, name, organization_id) VALUES (gen_random_uuid(), 'w', %s) RETURNING id::text",
                 alice.organization)[0][0]
    project = sql("INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id)"
                  " VALUES (gen_random_uuid(), 'p', true, %s, %s) RETURNING id::text", alice.organization, second)[0][0]
    assert create(alice, {"email": "a@example.com"}, workspace_id=second).status_code == 403
    sql("INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), %s, %s, 'owner')",
        alice.user, second)
    (made,) = create(alice, {"email": bob.email}, workspace_id=second).json()
    assert (client.link(made["url"])["workspace_id"], client.link(made["url"])["project_id"]) == (second, project)
    assert told(create(alice, {"email": "b@example.com"}, workspace_id=bob.workspace)) == (403, NOT_ALLOWED)
    assert create(alice, {"email": "b@example.com"}).status_code == 201
    assert {each["workspace_id"] for each in waiting(alice)} == {alice.workspace, second}
    assert told(invite(alice, bob.email)) == MEMBER  # one live invitation per organization
    assert accept(alice, bob, client.link(made["url"])["token"]).status_code == 200
    assert roles(sql, alice, bob) == ("admin", None, None)


def test_revoking(alice_and_bob):
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    path = f"/organizations/{alice.organization}/invitations/{waiting(alice)[0]['id']}"
    assert told(bob.delete(path)) == (403, NOT_ALLOWED)
    assert told(bob.delete(path.replace(alice.organization, bob.organization))) == (404, "Invitation not found")
    assert told(alice.delete(path)) == (200, "Invitation revoked")
    assert told(alice.delete(path)) == (404, "Invitation not found")
    assert code(accept(alice, bob, token)) == (400, "INVITE_NOT_FOUND")
    assert told(alice.delete(f"/organizations/{alice.organization}/invitations/nope"))[0] == 400


def test_what_was_accepted_is_not_revoked(alice_and_bob, sql):
    alice, bob = alice_and_bob
    client.join(alice, bob)
    used = sql("SELECT id::text FROM project_invitations WHERE email = %s", bob.email)[0][0]
    assert told(alice.delete(f"/organizations/{alice.organization}/invitations/{used}")) == (404, "Invitation not found")


def test_the_token_is_told_to_nobody(people, sql):
    """S13: it stands in links only, which go to those who invite and to the address."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, carol)
    token = invited(alice, bob)
    for person in people("other") + [alice, bob, carol]:
        for path in ("/invitations", "/organizations/", f"/organizations/{alice.organization}",
                     f"/organizations/{alice.organization}/invitations", "/profile", "/projects/"):
            assert token not in person.get(path).text


def test_how_many(make_server):
    """Counted for each person: what is handed over, and tries of accepting. What was refused costs nothing."""
    server = make_server(ORGD_RATE_LIMITS="on").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    alice, bob = client.make_accounts(admin, "alice", "bob")
    emails = [{"email": f"m{number}@example.com"} for number in range(99)]
    assert create(alice, *emails[1:], {"email": alice.email}).status_code == 400
    assert create(alice, *emails).status_code == 201
    assert create(alice, {"email": "n1@example.com"}, {"email": "n2@example.com"}).status_code == 429
    assert invite(alice, "n1@example.com").status_code == 200
    answer = invite(alice, "n2@example.com")
    assert (answer.status_code, answer.json()) == (429, {"detail": "Too Many Requests"})
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert invite(bob, "n2@example.com").status_code == 200
    tries = [accept(alice, bob, "x" * 22).status_code for _ in range(70)]
    assert tries[:60] == [400] * 60 and 429 in tries


def test_an_address_that_the_rules_keep_out(make_server):
    server = make_server(AGENTA_ACCESS_BLOCKED_EMAILS="blocked@example.com").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    alice, = client.make_accounts(admin, "alice")
    denied = "The access rules of this deployment do not let this address sign in; ask its administrator"
    assert told(invite(alice, "Blocked@example.com")) == (400, denied)
    assert create(alice, {"email": "blocked@example.com"}).json()["detail"]["invitations"][0]["error"] == "INVITATION_DENIED"
    assert invite(alice, "other@example.com").status_code == 200
