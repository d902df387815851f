"""Members: removed by users who manage, leaving by themselves, and changes of role."""
import concurrent.futures
import contextlib

import client
import pytest
import sessions

NOT_ALLOWED = {"message": "You do not have permission to perform this action. Please contact your Organization Owner"}


def remove(person, account, email):
    return person.delete(f"/workspaces/{account.workspace}/users/?email={email.replace('+', '%2B')}"
                         f"&organization_id={account.organization}&project_id={account.project}")


def result_of(answer):
    return answer.status_code, answer.json()["detail"]


def set_role(person, account, member, role):
    return person.patch(f"/organizations/{account.organization}/members/{member.user}", {"role": role})


def traces(sql, account, person):
    """The number of rows of each kind that remain of a membership."""
    return sql("""SELECT (SELECT count(*) FROM organization_members WHERE user_id = %s AND organization_id = %s),
                         (SELECT count(*) FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
                          WHERE m.user_id = %s AND w.organization_id = %s),
                         (SELECT count(*) FROM project_members m JOIN projects p ON p.id = m.project_id
                          WHERE m.user_id = %s AND p.organization_id = %s),
                         (SELECT count(*) FROM api_keys k JOIN projects p ON p.id = k.project_id
                          WHERE k.created_by_id = %s AND p.organization_id = %s),
                         (SELECT count(*) FROM project_invitations i JOIN projects p ON p.id = i.project_id
                          WHERE lower(i.email) = lower(%s) AND p.organization_id = %s)""",
               *[person.user, account.organization] * 4, person.email, account.organization)[0]


@pytest.fixture
def joined(people, key):
    """Alice, the owner; Bob, who joined her organization; and Bob's client in her project, with a key made there."""
    alice, bob = people("alice", "bob")
    client.join(alice, bob)
    token = bob.using("Secret " + client.sign(key, client.claims_of(bob, project_id=alice.project)))
    return alice, bob, bob.using("ApiKey " + token.ok("POST", "/keys/"))


def test_removal(joined, sql):
    """Memberships, keys made there and invitations are deleted; the account and its own objects stay."""
    alice, bob, inside = joined
    assert traces(sql, alice, bob) == (1, 1, 1, 1, 1)
    answer = remove(alice, alice, bob.email)
    assert (answer.status_code, answer.text) == (200, "true")
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)
    assert inside.get("/projects/current").status_code == 401
    assert [each["id"] for each in bob.ok("GET", "/organizations/")] == [bob.organization]
    assert bob.get(f"/organizations/{alice.organization}").status_code == 403
    assert bob.ok("GET", "/projects/current")["project_id"] == bob.project


def test_a_removed_member_is_refused_on_the_next_request(joined, key):
    """Whatever was cached about the key and the token."""
    alice, bob, inside = joined
    token = bob.using("Secret " + client.sign(key, client.claims_of(bob, project_id=alice.project)))
    check = "/access/permissions/check?action=view_secret"
    for api in (inside, token):
        for _ in range(3):
            assert api.get(check).status_code == 200
    assert remove(alice, alice, bob.email).status_code == 200
    for api in (inside, token):
        assert api.get(check).status_code == 401
        assert api.get("/projects/current").status_code == 401


def test_a_session_is_refused_on_the_next_request(joined, sql, second):
    """In the removed scope, on all servers; in their own organization it works."""
    alice, bob, _ = joined
    session = sessions.session_of(bob, sql)
    elsewhere = client.Api(second.url, session.authorization)
    for api in (session, elsewhere):
        for scope in (f"project_id={alice.project}", f"workspace_id={alice.workspace}"):
            assert api.get(f"/projects/current?{scope}").status_code == 200
    assert remove(alice, alice, bob.email).status_code == 200
    for scope in (f"project_id={alice.project}", f"workspace_id={alice.workspace}"):
        answer = session.get(f"/projects/current?{scope}")
        assert (answer.status_code, answer.json()) == (401, {"detail": "Unauthorized"})
        assert elsewhere.get(f"/projects/current?{scope}").status_code == 401
    assert session.get(f"/projects/current?project_id={bob.project}").status_code == 200


def test_a_second_server_knows_of_a_removal(joined, second):
    alice, bob, inside = joined
    elsewhere = client.Api(second.url, inside.authorization)
    check = "/access/permissions/check?action=view_secret"
    for _ in range(3):
        assert elsewhere.get(check).status_code == 200
    assert remove(alice, alice, bob.email).status_code == 200
    assert elsewhere.get(check).status_code == 401


def test_a_removed_key_is_not_revived(joined):
    """A user who is invited again starts without keys."""
    alice, bob, inside = joined
    remove(alice, alice, bob.email)
    client.join(alice, bob)
    assert inside.get("/projects/current").status_code == 401


def test_case_does_not_matter(joined, sql):
    """C10"""
    alice, bob, _ = joined
    assert remove(alice, alice, f"%20{bob.email.title()}").text == "true"
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)


def test_roles_in_projects_that_others_left_behind(joined, sql):
    """C30: rows without a role, and those of a former owner."""
    alice, bob, _ = joined
    alice.ok("POST", "/projects/", {"name": "second"})
    sql("UPDATE project_members SET role = NULL WHERE user_id = %s AND project_id = %s", bob.user, alice.project)
    sql("UPDATE project_members SET role = 'owner' WHERE user_id = %s AND project_id IN"
        " (SELECT id FROM projects WHERE workspace_id = %s AND NOT is_default)", bob.user, alice.workspace)
    assert remove(alice, alice, bob.email).status_code == 200
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)


def test_a_second_workspace_keeps_the_organization(joined, sql):
    """C30"""
    alice, bob, _ = joined
    second = sql("INSERT INTO workspaces (id, name, organization_id) VALUES (gen_random_uuid(), 'w', %s) RETURNING id::text",
                 alice.organization)[0][0]
    sql("INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), %s, %s, 'viewer')",
        bob.user, second)
    assert remove(alice, alice, bob.email).status_code == 200
    assert traces(sql, alice, bob)[:3] == (1, 1, 0)
    assert bob.get(f"/organizations/{alice.organization}").status_code == 200
    assert bob.delete(f"/workspaces/{second}/users/?email={bob.email}").status_code == 200
    assert traces(sql, alice, bob)[:3] == (0, 0, 0)


def test_an_incomplete_membership_is_removed_too(people, sql):
    """The state after a failure of Agenta."""
    alice, bob = people("alice", "bob")
    sql("INSERT INTO organization_members (id, user_id, organization_id, role) VALUES (gen_random_uuid(), %s, %s, 'viewer')",
        bob.user, alice.organization)
    sql("INSERT INTO project_members (id, user_id, project_id, role) VALUES (gen_random_uuid(), %s, %s, 'admin')",
        bob.user, alice.project)
    assert remove(alice, alice, bob.email).status_code == 200
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)


def test_an_invitation_is_removed(people, sql):
    alice, bob = people("alice", "bob")
    token = client.invite(alice, alice.organization, alice.workspace, bob.email)["token"]
    assert remove(alice, alice, bob.email.upper()).text == "true"
    assert client.accept(bob, token, alice.organization, alice.workspace).json()["detail"]["error"] == "INVITE_NOT_FOUND"


@pytest.mark.parametrize("email", ["nobody@example.com", "nobody", ""])
def test_an_unknown_member(email, alice):
    assert (remove(alice, alice, email).status_code, remove(alice, alice, email).text) == (200, "true")


def test_roles_that_may_remove(people, sql):
    """S2: users who manage the workspace as a member of its organization; a stranger learns nothing about it."""
    alice, bob, carol, dave = people("alice", "bob", "carol", "dave")
    client.join(alice, bob, "viewer")
    client.join(alice, carol, "admin")
    for person in (bob, dave):
        for email in (carol.email, alice.email, "nobody@example.com"):
            assert result_of(remove(person, alice, email)) == (403, NOT_ALLOWED)
    assert result_of(dave.delete(f"/workspaces/{client.NOBODY}/users/?email={dave.email}")) == (403, NOT_ALLOWED)
    assert result_of(dave.delete(f"/workspaces/nope/users/?email={dave.email}")) == (400, "badly formed hexadecimal UUID string")
    assert result_of(remove(dave, alice, dave.email)) == (403, NOT_ALLOWED)  # leaving a workspace without being a member
    assert remove(carol, alice, bob.email).status_code == 200
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)


def test_the_owner_is_not_removed(joined, sql):
    """By nobody, also if another user has the role."""
    alice, bob, _ = joined
    for person in (alice, bob):
        assert result_of(remove(person, alice, alice.email)) == (403, NOT_ALLOWED)
    sql("UPDATE workspace_members SET role = 'viewer' WHERE user_id = %s AND workspace_id = %s", alice.user, alice.workspace)
    assert result_of(remove(bob, alice, alice.email)) == (403, NOT_ALLOWED)
    sql("UPDATE workspace_members SET role = 'owner' WHERE user_id = %s AND workspace_id = %s", bob.user, alice.workspace)
    assert result_of(remove(bob, alice, bob.email)) == (403, NOT_ALLOWED)


def test_leaving(people, sql, key):
    """Also as a viewer, and also the last organization; then the user is in none, and can be invited again."""
    alice, bob = people("alice", "bob")
    client.join(alice, bob, "viewer")
    sql("DELETE FROM organizations WHERE id = %s", bob.organization)
    bob_at_home = client.without_scope(bob, key)
    assert remove(bob_at_home, alice, bob.email).text == "true"
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)
    assert bob_at_home.ok("GET", "/organizations/") == []
    token = client.invite(alice, alice.organization, alice.workspace, bob.email)["token"]
    assert client.accept(bob_at_home, token, alice.organization, alice.workspace, email=bob.email).status_code == 200


# ---- concurrent requests ----


@pytest.fixture
def meanwhile(server):
    """Makes a change in an open transaction while a request waits for it, and returns the answer of that request."""
    def run(statements, request):
        with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor, \
                concurrent.futures.ThreadPoolExecutor(1) as pool:
            cursor.execute("BEGIN")
            for statement, *parameters in statements:
                cursor.execute(statement, parameters)
            answer = pool.submit(request)
            try:
                with pytest.raises(concurrent.futures.TimeoutError):
                    answer.result(0.5)
            finally:
                cursor.execute("COMMIT")
            return answer.result(10)
    return run


def test_a_key_made_while_its_maker_is_removed(joined, meanwhile, key, sql):
    """The request waits, and the key is not made."""
    alice, bob, _ = joined
    token = bob.using("Secret " + client.sign(key, client.claims_of(bob, project_id=alice.project)))
    assert token.get("/projects/current").status_code == 200
    answer = meanwhile([("DELETE FROM project_members WHERE user_id = %s AND project_id = %s", bob.user, alice.project)],
                       lambda: token.post("/keys/"))
    assert answer.status_code == 401
    assert traces(sql, alice, bob)[3] == 1


def test_a_removal_while_a_key_is_made(joined, meanwhile, sql):
    """The removal waits, and deletes the key too."""
    alice, bob, _ = joined
    answer = meanwhile([
        ("SELECT id FROM project_members WHERE user_id = %s AND project_id = %s FOR KEY SHARE", bob.user, alice.project),
        ("INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id) VALUES (gen_random_uuid(), 'p', 'p.h', %s, %s)",
         alice.project, bob.user)], lambda: remove(alice, alice, bob.email))
    assert answer.status_code == 200
    assert traces(sql, alice, bob) == (0, 0, 0, 0, 0)


def test_a_removal_while_the_member_joins_another_workspace(joined, meanwhile, sql):
    """The removal waits, and keeps the user in the organization."""
    alice, bob, _ = joined
    second = sql("INSERT INTO workspaces (id, name, organization_id) VALUES (gen_random_uuid(), 'w', %s) RETURNING id::text",
                 alice.organization)[0][0]
    answer = meanwhile([
        ("SELECT id FROM workspaces WHERE id = %s FOR NO KEY UPDATE", second),
        ("INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), %s, %s, 'viewer')",
         bob.user, second)], lambda: remove(alice, alice, bob.email))
    assert answer.status_code == 200
    assert traces(sql, alice, bob)[:3] == (1, 1, 0)


# ---- change of role ----


@pytest.mark.parametrize("role,other", [("viewer", "admin"), ("admin", "viewer")])
def test_another_role(role, other, people, sql):
    """In all three scopes, recorded, and effective at once."""
    alice, bob = people("alice", "bob")
    client.join(alice, bob, role)
    assert set_role(alice, alice, bob, other).json() == {
        "organization_id": alice.organization, "user_id": bob.user, "role": other}
    for scope in ("organization", "workspace", "project"):
        assert sql(f"SELECT role, updated_by_id::text FROM {scope}_members WHERE user_id = %s AND {scope}_id = %s",
                   bob.user, getattr(alice, scope)) == [(other, alice.user)]
    invites = bob.post(f"/organizations/{alice.organization}/workspaces/{alice.workspace}/invite", [{"email": "x@example.com"}])
    assert invites.status_code == (200 if other == "admin" else 403)


def test_roles_that_may_give_roles(people, sql):
    alice, bob, carol, dave = people("alice", "bob", "carol", "dave")
    client.join(alice, bob, "viewer")
    client.join(alice, carol, "admin")
    assert result_of(set_role(bob, alice, bob, "admin")) == (403, NOT_ALLOWED)
    assert result_of(set_role(dave, alice, bob, "admin")) == (403, NOT_ALLOWED)
    assert result_of(set_role(carol, alice, dave, "admin")) == (404, "Member not found")
    assert result_of(set_role(carol, alice, alice, "viewer")) == (400, "The owner's role changes only by transferring the organization")
    assert result_of(set_role(alice, alice, alice, "viewer")) == (400, "The owner's role changes only by transferring the organization")
    assert set_role(carol, alice, bob, "admin").status_code == 200
    assert set_role(carol, alice, carol, "viewer").status_code == 200
    assert result_of(set_role(carol, alice, carol, "admin")) == (403, NOT_ALLOWED)
    for role in ("owner", "nope", "", None):
        assert set_role(alice, alice, bob, role).status_code == 422
    assert result_of(alice.patch(f"/organizations/nope/members/{bob.user}", {"role": "admin"}))[0] == 400
    assert result_of(alice.patch(f"/organizations/{alice.organization}/members/nope", {"role": "admin"}))[0] == 400
    assert result_of(alice.patch(f"/organizations/{client.NOBODY}/members/{bob.user}", {"role": "admin"})) == (403, NOT_ALLOWED)


@pytest.mark.parametrize("scope", ["workspace", "organization"])
def test_admins_do_not_demote_an_owner_of_the_workspace(scope, people, sql):
    """Another owner of the workspace may, and the owner of the organization."""
    alice, bob, carol, dave = people("alice", "bob", "carol", "dave")
    for person, role in ((bob, "admin"), (carol, "admin"), (dave, "admin")):
        client.join(alice, person, role)
    for person in (carol, dave):
        sql("UPDATE workspace_members SET role = 'owner' WHERE user_id = %s AND workspace_id = %s", person.user, alice.workspace)
    assert result_of(set_role(bob, alice, carol, "viewer")) == (403, NOT_ALLOWED)
    assert result_of(remove(bob, alice, carol.email)) == (403, NOT_ALLOWED)
    assert sql("SELECT role FROM workspace_members WHERE user_id = %s AND workspace_id = %s", carol.user, alice.workspace) == [("owner",)]
    assert set_role(dave if scope == "workspace" else alice, alice, carol, "viewer").status_code == 200


def test_managing_one_of_two_workspaces_is_not_enough_to_give_roles(joined, sql):
    """A role applies to the whole organization, so the caller must manage every workspace of the member."""
    alice, bob, _ = joined
    carol = bob
    second = sql("INSERT INTO workspaces (id, name, organization_id) VALUES (gen_random_uuid(), 'w', %s) RETURNING id::text",
                 alice.organization)[0][0]
    for person, role in ((alice, "owner"), (carol, "viewer")):
        sql("INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), %s, %s, %s)",
            person.user, second, role)
    assert result_of(set_role(carol, alice, carol, "admin")) == (403, NOT_ALLOWED)
    assert set_role(alice, alice, carol, "admin").status_code == 200
