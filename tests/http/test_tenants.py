"""One tenant attacks another: every endpoint with ids of another user."""
import json
import pathlib
import re

import client
import pytest
import serving
import sessions
import test_openapi

NOT_MEMBER = (403, "Not a member of this organization.")
NOT_OWNER = (403, "You do not have permission to perform this action")
NO_TRANSFER = (403, "Only the organization owner can transfer ownership")
NO_PROJECT = (404, "Project not found")
NO_INVITING = (403, "You do not have permission to perform this action. Please contact your Organization Owner")
NO_REMOVAL = (403, {"message": NO_INVITING[1]})
NO_INVITATION = (400, {"error": "INVITE_NOT_FOUND", "message": "Invitation does not exist."})
NO_PROOF = (403, {"error": "INVITE_TOKEN_NEEDED",
                  "message": "This sign-in does not prove the address; open the link in the invitation instead."})
NO_KEY = (404, "API key not found or does not belong to the user.")

# Every operation that takes an id, with an id of another user. {} is the victim.
ATTACKS = [
    ("GET", "/organizations/{0.organization}", None, NOT_MEMBER),
    ("PUT", "/organizations/{0.organization}", {"name": "taken"}, NOT_OWNER),
    ("PATCH", "/organizations/{0.organization}", {"name": "taken"}, NOT_OWNER),
    ("DELETE", "/organizations/{0.organization}", None, NOT_OWNER),
    ("GET", "/organizations/{0.organization}/contents", None, NOT_OWNER),
    ("POST", "/organizations/{0.organization}/transfer/{1.user}", None, NO_TRANSFER),
    ("POST", "/organizations/{1.organization}/transfer/{0.user}", None,
     (400, "Invalid organization or new owner for ownership transfer")),
    ("GET", "/projects/{0.project}", None, NO_PROJECT),
    ("PATCH", "/projects/{0.project}", {"name": "taken"}, NO_PROJECT),
    ("PATCH", "/projects/{0.project}", {"make_default": True}, NO_PROJECT),
    ("DELETE", "/projects/{0.project}", None, NO_PROJECT),
    ("DELETE", "/projects/{0.project}?project_id={0.project}", None, NO_PROJECT),
    ("DELETE", "/keys/{0.prefix}", None, NO_KEY),
    ("POST", "/organizations/{0.organization}/workspaces/{0.workspace}/invite", [{"email": "friend@example.com"}], NO_INVITING),
    ("POST", "/organizations/{1.organization}/workspaces/{0.workspace}/invite", [{"email": "friend@example.com"}], NO_INVITING),
    ("POST", "/organizations/{0.organization}/workspaces/{1.workspace}/invite", [{"email": "friend@example.com"}], NO_INVITING),
    ("POST", "/organizations/{0.organization}/workspaces/{0.workspace}/invite/resend", {"email": "guest@example.com"}, NO_INVITING),
    ("POST", "/organizations/{1.organization}/workspaces/{0.workspace}/invite/resend", {"email": "guest@example.com"}, NO_INVITING),
    ("POST", "/organizations/{0.organization}/workspaces/{0.workspace}/invite/accept?project_id={0.project}",
     {"token": "{0.token}", "email": "guest-{0.suffix}@example.com"}, (400, "User does not exist")),
    ("POST", "/organizations/{0.organization}/workspaces/{0.workspace}/invite/accept?project_id={0.project}",
     {"token": "{0.token}", "email": "{1.email}"}, NO_INVITATION),
    ("POST", "/organizations/{1.organization}/workspaces/{1.workspace}/invite/accept?project_id={1.project}",
     {"token": "{0.token}", "email": "{1.email}"}, NO_INVITATION),
    ("DELETE", "/workspaces/{0.workspace}/users?email={0.email}", None, NO_REMOVAL),
    ("DELETE", "/workspaces/{0.workspace}/users?email={1.email}", None, NO_REMOVAL),
    ("GET", "/organizations/{0.organization}/invitations", None, NO_INVITING),
    ("POST", "/organizations/{0.organization}/invitations", {"invitations": [{"email": "friend@example.com"}]}, NO_INVITING),
    ("POST", "/organizations/{1.organization}/invitations",
     {"invitations": [{"email": "friend@example.com"}], "workspace_id": "{0.workspace}"}, NO_INVITING),
    ("DELETE", "/organizations/{0.organization}/invitations/{0.invitation}", None, NO_INVITING),
    ("DELETE", "/organizations/{1.organization}/invitations/{0.invitation}", None, (404, "Invitation not found")),
    ("PATCH", "/organizations/{0.organization}/members/{0.user}", {"role": "viewer"}, NO_REMOVAL),
    ("PATCH", "/organizations/{0.organization}/members/{1.user}", {"role": "admin"}, NO_REMOVAL),
    ("PATCH", "/organizations/{1.organization}/members/{0.user}", {"role": "viewer"}, (404, "Member not found")),
    ("POST", "/invitations/{0.invitation}/accept", None, NO_PROOF),
    ("POST", "/invitations/{0.invitation}/accept", {"token": "{0.token}"}, NO_INVITATION),
    ("POST", "/invitations/{0.invitation}/decline", None, NO_PROOF),
    ("POST", "/invitations/{0.invitation}/decline", {"token": "{0.token}"}, NO_INVITATION),
]
# The caller sees only their own objects, whatever scope is named.
LISTS = ["/invitations", "/organizations/", "/workspaces/", "/projects/", "/projects/current", "/keys/", "/profile",
         "/access/permissions/check"]


def ids_of(*people):
    return {value for person in people for value in
            (person.user, person.organization, person.workspace, person.project, person.key, person.prefix, person.email)}


def state(sql, person):
    """All rows of a tenant, except the time of a key's last use, which is written up to a minute later."""
    tables = {"users": "id = %(user)s", "organizations": "id = %(organization)s", "workspaces": "organization_id = %(organization)s",
              "projects": "organization_id = %(organization)s", "organization_members": "organization_id = %(organization)s",
              "workspace_members": "workspace_id = %(workspace)s", "project_members": "project_id = %(project)s",
              "project_invitations": "project_id = %(project)s",
              "api_keys": "created_by_id = %(user)s OR project_id = %(project)s"}
    row = {"api_keys": "(to_jsonb(t) - 'updated_at')::text"}
    return {table: sql(f"SELECT {row.get(table, 't::text')} FROM {table} t WHERE {which} ORDER BY id" % {
        name: f"'{getattr(person, name)}'" for name in ("user", "organization", "workspace", "project")})
        for table, which in tables.items()}


def filled(body, victim, attacker):
    """A body with the names in braces replaced."""
    if isinstance(body, dict):
        return {name: filled(value, victim, attacker) for name, value in body.items()}
    return body.format(victim, attacker) if isinstance(body, str) else body


@pytest.fixture
def pair(people):
    return people("victim", "attacker")


@pytest.fixture
def callers(pair, key):
    """The attacker with a key, with the bare key, and with a secret token of their own project."""
    _, attacker = pair
    token = client.sign(key, client.claims_of(attacker))
    return [attacker, attacker.using(attacker.key), attacker.using(f"Secret {token}")]


@pytest.mark.parametrize("method,path,body,expected", ATTACKS, ids=lambda value: str(value)[:50])
def test_another_users_objects(method, path, body, expected, pair, callers, sql):
    victim, attacker = pair
    guest = client.invite(victim, victim.organization, victim.workspace, f"guest-{victim.suffix}@example.com")
    victim.token = guest["token"]
    victim.invitation = sql("SELECT id::text FROM project_invitations WHERE token = %s", victim.token)[0][0]
    before = state(sql, victim)
    if "project_id={0" not in path or "/invite/accept" in path:  # a session that names another user's scope is refused there
        callers.append(sessions.session_of(attacker, sql))
    for caller in callers:
        answer = caller.call(method, path.format(victim, attacker), filled(body, victim, attacker))
        assert (answer.status_code, answer.json()["detail"]) == expected
        assert not [value for value in ids_of(victim) if value in answer.text]
    assert state(sql, victim) == before


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("scope", ["", "?project_id={0.project}", "?workspace_id={0.workspace}",
                                   "?project_id={0.project}&workspace_id={0.workspace}&organization_id={0.organization}"])
def test_lists_show_only_objects_of_the_caller(path, scope, pair, callers):
    victim, attacker = pair
    for caller in callers:
        answer = caller.get(path + scope.format(victim))
        assert answer.status_code == 200
        assert not [value for value in ids_of(victim) if value in answer.text]


@pytest.mark.parametrize("method,path,body", [("POST", "/projects/", {"name": "planted"}), ("POST", "/keys/", None)])
def test_new_objects_belong_to_the_callers_scope(method, path, body, pair, callers, sql):
    victim, attacker = pair
    before = state(sql, victim)
    for caller in callers:
        answer = caller.call(method, f"{path}?project_id={victim.project}&workspace_id={victim.workspace}", body)
        assert answer.status_code in (200, 201)
    assert state(sql, victim) == before
    assert sql("SELECT count(*) FROM projects WHERE workspace_id = %s", attacker.workspace)[0][0] + sql(
        "SELECT count(*) FROM api_keys WHERE project_id = %s", attacker.project)[0][0] == 2 + len(callers)


def test_sessions_of_others(pair, sql):
    victim, attacker = (sessions.session_of(person, sql) for person in pair)
    assert attacker.delete(f"/auth/sessions/{victim.handle}").status_code == 404
    assert victim.get("/profile").status_code == 200


def test_additional_claims_of_a_token_are_ignored(pair, key, sql):
    """The claims other than user and project are not trusted."""
    victim, attacker = pair
    mixed = attacker.using("Secret " + client.sign(key, client.claims_of(
        attacker, workspace_id=victim.workspace, organization_id=victim.organization, user_email=victim.email)))
    current = mixed.get("/projects/current").json()
    assert (current["workspace_id"], current["organization_id"]) == (attacker.workspace, attacker.organization)
    assert mixed.get("/profile").json()["email"] == attacker.email
    foreign = attacker.using("Secret " + client.sign(key, client.claims_of(attacker, project_id=victim.project)))
    assert foreign.get("/projects/current").status_code == 401


def test_a_viewer_may_look_but_not_touch(pair, sql, key):
    victim, viewer = pair
    client.add_member(sql, viewer, victim.organization, "viewer")
    spare = victim.ok("POST", "/projects/", {"name": "spare"})["project_id"]
    inside = viewer.using("Secret " + client.sign(key, client.claims_of(viewer, project_id=victim.project)))
    assert inside.get(f"/organizations/{victim.organization}").status_code == 200
    assert inside.get(f"/projects/{spare}").json()["user_role"] == "viewer"
    before = state(sql, victim)
    refusal = {"detail": "Only the organization owner can perform this action"}
    for method, path, body in (("POST", "/projects/", {"name": "x"}), ("PATCH", f"/projects/{spare}", {"name": "x"}),
                               ("PATCH", f"/projects/{spare}", {"make_default": True}), ("DELETE", f"/projects/{spare}", None)):
        answer = inside.call(method, path, body)
        assert (answer.status_code, answer.json()) == (403, refusal), f"{method} {path}"
    assert state(sql, victim) == before


def test_an_administrator_of_an_organization_may_not_delete_projects(pair, sql, key):
    victim, helper = pair
    client.add_member(sql, helper, victim.organization, "admin")
    inside = helper.using("Secret " + client.sign(key, client.claims_of(helper, project_id=victim.project)))
    made = inside.ok("POST", "/projects/", {"name": "by the helper"})
    assert (made["workspace_id"], made["user_role"]) == (victim.workspace, "admin")
    assert victim.ok("GET", f"/projects/{made['project_id']}")["user_role"] == "owner"
    assert inside.ok("PATCH", f"/projects/{made['project_id']}", {"name": "renamed"})["project_name"] == "renamed"
    assert inside.delete(f"/projects/{made['project_id']}").status_code == 403
    assert helper.delete(f"/projects/{made['project_id']}").status_code == 404  # from another workspace
    assert victim.delete(f"/projects/{made['project_id']}").status_code == 200
    for method, body in (("PUT", {"name": "x"}), ("DELETE", None)):
        assert inside.call(method, f"/organizations/{victim.organization}", body).status_code == 403


def test_an_invitation_of_another_organization_makes_no_owner(people, sql):
    """A used invitation identifies its user in its own organization only."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.add_member(sql, bob, alice.organization)
    client.add_member(sql, bob, carol.organization)

    def invitation(project, used, user):
        return sql("INSERT INTO project_invitations (id, token, email, used, role, project_id, user_id, expiration_date)"
                   " VALUES (gen_random_uuid(), gen_random_uuid()::text, %s, %s, 'admin', %s, %s, now()) RETURNING id::text",
                   f"{user}@example.com", used, project, user)[0][0]

    path = f"/organizations/{alice.organization}/transfer/"
    assert alice.post(path + invitation(carol.project, True, bob.user)).status_code == 400
    assert alice.post(path + invitation(alice.project, False, bob.user)).status_code == 400
    assert alice.ok("POST", path + invitation(alice.project, True, bob.user))["owner_id"] == bob.user


@pytest.mark.parametrize("named", ["the next owner", "a third person"])
def test_a_transfer_when_another_user_has_the_owner_role(named, people, sql):
    """The organization names the owner. A database of another program may give the role to another user."""
    alice, bob, carol = people("alice", "bob", "carol")
    sql("UPDATE organization_members SET role = 'viewer' WHERE organization_id = %s", alice.organization)
    client.add_member(sql, bob, alice.organization, "owner")
    client.add_member(sql, carol, alice.organization, "viewer")
    after = bob if named == "the next owner" else carol
    assert alice.ok("POST", f"/organizations/{alice.organization}/transfer/{after.user}")["owner_id"] == after.user
    assert sql("SELECT user_id::text FROM organization_members WHERE organization_id = %s AND role = 'owner'",
               alice.organization) == [(after.user,)]
    for scope in ("workspace", "project"):
        assert (alice.user,) not in sql(f"SELECT user_id::text FROM {scope}_members WHERE {scope}_id = %s AND role = 'owner'",
                                        getattr(alice, scope))


def test_every_operation_with_an_id_is_attacked():
    """A new endpoint needs an attack here."""
    reference = serving.TREE / "tests/reference/openapi.json"
    recorded = json.loads(pathlib.Path(reference).read_text(encoding="utf-8"))["operations"]
    operations = {name for name in [*recorded, *test_openapi.OURS] if "{" in name and " /admin/" not in name}  # which takes the key
    attacked = {f"{method} {re.sub(r'{[^}]*}', '{}', path.split('?')[0])}" for method, path, _, _ in ATTACKS}
    attacked.add("DELETE /auth/sessions/{}")  # test_sessions_of_others
    assert {re.sub(r"{[^}]*}", "{}", name) for name in operations} == attacked
