"""Invitations of the inviting user: who may invite, whom, and the states until acceptance."""
import re
import urllib.parse

import client
import pytest
from inviting import (MEMBER, NOT_ALLOWED, accept, code, create, expire, invite, invite_path, invited, roles, result_of,
                      waiting)


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


def test_stored_columns(alice, address, sql):
    """Seven days, the requested role, the default project, and the inviter."""
    token = client.link(invite(alice, f"  {address.upper()} ", roles=["viewer"]).json()["url"])["token"]
    assert sql("""SELECT email, used, role, project_id::text, user_id, created_by_id::text,
                         expiration_date BETWEEN now() + interval '6 days 23 hours' AND now() + interval '7 days'
                  FROM project_invitations WHERE token = %s""", token) == [
                      (address, False, "viewer", alice.project, None, alice.user, True)]


@pytest.mark.parametrize("asked,stored", [
    ({}, "admin"), ({"roles": None}, "admin"), ({"roles": []}, "admin"), ({"roles": ["viewer", "admin"]}, "viewer"),
    ({"roles": ["admin"]}, "admin"), ({"roles": ["owner"]}, "admin"), ({"roles": ["editor"]}, "admin")])
def test_roles_of_one_invitation(asked, stored, alice, address, sql):
    """C13: words of older consoles give the default role; nobody becomes owner."""
    invite(alice, address, **asked)
    assert sql("SELECT role FROM project_invitations WHERE email = %s", address) == [(stored,)]


@pytest.mark.parametrize("email", ["", "bob", "bob@", "@example.com", "a@b@example.com", "bob@example", "b\u043eb@example.com",
                                   "bob@example.com\r\nBcc: x@example.com", "bob@ex ample.com", "x" * 250 + "@example.com"])
def test_addresses_that_cannot_sign_in(email, alice):
    answer = invite(alice, email)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", 0]
    assert waiting(alice) == []


def test_roles_that_may_invite(people, sql):
    """S1: members of the organization who manage the workspace; others do not learn whether it exists."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, bob, "viewer")
    for person in (bob, carol):
        for path, body in ((invite_path(alice), [{"email": "x@example.com"}]), (invite_path(alice, "/resend"), {"email": "x@example.com"}),
                           (f"/organizations/{alice.organization}/invitations", {"invitations": [{"email": "x@example.com"}]})):
            assert result_of(person.post(path, body)) == (403, NOT_ALLOWED)
        assert result_of(person.get(f"/organizations/{alice.organization}/invitations")) == (403, NOT_ALLOWED)
    sql("UPDATE workspace_members SET role = 'admin' WHERE user_id = %s AND workspace_id = %s", bob.user, alice.workspace)
    assert bob.post(invite_path(alice), [{"email": "x@example.com"}]).status_code == 200
    sql("DELETE FROM organization_members WHERE user_id = %s AND organization_id = %s", bob.user, alice.organization)
    assert result_of(bob.post(invite_path(alice), [{"email": "y@example.com"}])) == (403, NOT_ALLOWED)


def test_the_workspace_must_lie_in_the_organization(alice_and_bob):
    alice, bob = alice_and_bob
    mixed = f"/organizations/{alice.organization}/workspaces/{bob.workspace}/invite"
    assert result_of(alice.post(mixed, [{"email": "x@example.com"}])) == (403, NOT_ALLOWED)
    assert result_of(alice.post(f"/organizations/{client.NOBODY}/workspaces/{alice.workspace}/invite", [{"email": "x@example.com"}])) == (
        403, NOT_ALLOWED)


@pytest.mark.parametrize("organization,workspace", [("nope", None), (None, "nope")])
def test_malformed_ids(organization, workspace, alice):
    path = f"/organizations/{organization or alice.organization}/workspaces/{workspace or alice.workspace}/invite"
    for end, body in (("", [{"email": "x@example.com"}]), ("/resend", {"email": "x@example.com"})):
        assert result_of(alice.post(path + end, body)) == (400, "badly formed hexadecimal UUID string")


def test_inviting_oneself(alice):
    assert result_of(invite(alice, f" {alice.email.upper()}")) == (400, "You cannot invite yourself to a workspace")


def test_inviting_a_member(alice_and_bob):
    """C12, C10"""
    alice, bob = alice_and_bob
    client.join(alice, bob)
    assert result_of(invite(alice, bob.email.title())) == MEMBER
    assert waiting(alice) == []


def test_a_second_invitation(alice, address):
    assert invite(alice, address).status_code == 200
    assert result_of(invite(alice, address.upper())) == MEMBER


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
    """C10: rows of Agenta have the address as it was typed."""
    sql("INSERT INTO project_invitations (id, token, email, used, role, project_id, expiration_date)"
        " VALUES (gen_random_uuid(), %s, %s, false, 'admin', %s, now() + interval '1 day')", address, address.title(), alice.project)
    assert result_of(invite(alice, address)) == MEMBER
    assert client.link(alice.ok("POST", invite_path(alice, "/resend"), {"email": address})["url"])["email"] == address.title()


def test_without_a_default_project(alice, sql):
    sql("UPDATE projects SET is_default = false WHERE id = %s", alice.project)
    assert result_of(invite(alice, "x@example.com")) == (400, "Default project not found for organization invitation.")


def test_sending_again(alice, address, sql):
    """The same link while it is valid; a new one with the same role after it has expired."""
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
    assert result_of(alice.post(invite_path(alice, "/resend"), {"email": bob.email})) == none
    client.join(alice, bob)
    assert result_of(alice.post(invite_path(alice, "/resend"), {"email": bob.email})) == none


# ---- many, listed, revoked ----


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


def test_all_invitations_or_none(alice_and_bob):
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
def test_senseless_lists_are_refused(invitations, alice):
    assert create(alice, *invitations).status_code == 422
    assert waiting(alice) == []


def test_the_workspace_of_many(alice_and_bob, sql):
    """The oldest one if none is named; never one of another organization."""
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
    assert result_of(create(alice, {"email": "b@example.com"}, workspace_id=bob.workspace)) == (403, NOT_ALLOWED)
    assert create(alice, {"email": "b@example.com"}).status_code == 201
    assert {each["workspace_id"] for each in waiting(alice)} == {alice.workspace, second}
    assert result_of(invite(alice, bob.email)) == MEMBER  # one pending invitation per organization
    assert accept(alice, bob, client.link(made["url"])["token"]).status_code == 200
    assert roles(sql, alice, bob) == ("admin", None, None)


def test_revoking(alice_and_bob):
    alice, bob = alice_and_bob
    token = invited(alice, bob)
    path = f"/organizations/{alice.organization}/invitations/{waiting(alice)[0]['id']}"
    assert result_of(bob.delete(path)) == (403, NOT_ALLOWED)
    assert result_of(bob.delete(path.replace(alice.organization, bob.organization))) == (404, "Invitation not found")
    assert result_of(alice.delete(path)) == (200, "Invitation revoked")
    assert result_of(alice.delete(path)) == (404, "Invitation not found")
    assert code(accept(alice, bob, token)) == (400, "INVITE_NOT_FOUND")
    assert result_of(alice.delete(f"/organizations/{alice.organization}/invitations/nope"))[0] == 400


def test_an_accepted_invitation_is_not_revoked(alice_and_bob, sql):
    alice, bob = alice_and_bob
    client.join(alice, bob)
    used = sql("SELECT id::text FROM project_invitations WHERE email = %s", bob.email)[0][0]
    assert result_of(alice.delete(f"/organizations/{alice.organization}/invitations/{used}")) == (404, "Invitation not found")


def test_the_token_is_only_in_links(people, sql):
    """S13: only links contain it, which go to the inviter and to the address."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, carol)
    token = invited(alice, bob)
    for person in people("other") + [alice, bob, carol]:
        for path in ("/invitations", "/organizations/", f"/organizations/{alice.organization}",
                     f"/organizations/{alice.organization}/invitations", "/profile", "/projects/"):
            assert token not in person.get(path).text


def test_invitations_are_limited_per_user(make_server):
    """Counted per user: delivered invitations, and attempts to accept. Refused requests cost nothing."""
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


def test_the_limit_is_checked_before_the_work(make_server):
    """A user without attempts left waits for no lock, and repeated requests about a hundred addresses have a limit of their own."""
    server = make_server(ORGD_RATE_LIMITS="on").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    alice, bob = client.make_accounts(admin, "alice", "bob")
    hundred = [{"email": f"m{number}@example.com"} for number in range(100)]
    assert create(alice, *hundred).status_code == 201
    with server.connect() as connection, connection.cursor() as cursor:
        connection.autocommit = False
        cursor.execute("LOCK TABLE workspaces, project_invitations IN ACCESS EXCLUSIVE MODE")
        assert create(alice, *hundred).status_code == 429
        assert invite(alice, "m1@example.com").status_code == 429
        connection.rollback()
    refused = [create(bob, *hundred[1:], {"email": bob.email}).status_code for _ in range(11)]
    assert refused == [400] * 10 + [429]


def test_an_address_that_the_rules_refuse(make_server):
    server = make_server(AGENTA_ACCESS_BLOCKED_EMAILS="blocked@example.com").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    alice, = client.make_accounts(admin, "alice")
    denied = "The access rules of this deployment do not let this address sign in; ask its administrator"
    assert result_of(invite(alice, "Blocked@example.com")) == (400, denied)
    assert create(alice, {"email": "blocked@example.com"}).json()["detail"]["invitations"][0]["error"] == "INVITATION_DENIED"
    assert invite(alice, "other@example.com").status_code == 200
