"""The scope of a session, named by the request or chosen by default, and the credentials that services get for it."""
import time

import client
import pytest
import sessions

NO_WORKSPACE = {"detail": "No workspace membership"}
ZERO = "00000000-0000-0000-0000-000000000000"


def outcome(answer):
    return answer.status_code, answer.json()


def refused(answer):
    return outcome(answer) == (401, client.UNAUTHORIZED)


def works(api):
    return api.get("/profile").status_code == 200


@pytest.fixture
def session(server):
    return sessions.sign_up(server.url)


def test_the_default_scope(session):
    (project,) = session.ok("GET", "/projects/")
    here = session.ok("GET", "/projects/current")
    assert here["project_id"] == project["project_id"] and here["user_role"] == "owner"


@pytest.fixture
def world(people, sql):
    """Alice, in whose organization bob is a member too; both with a session."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.add_member(sql, bob, alice.organization)
    for account in (alice, bob, carol):
        account.browser = sessions.session_of(account, sql)
    return alice, bob, carol


def test_named_scopes(world):
    alice, bob, carol = world
    second = alice.ok("POST", "/projects/", {"name": "second"})["project_id"]
    for query, project in ((f"project_id={alice.project}", alice.project), (f"workspace_id={alice.workspace}", alice.project),
                           (f"project_id={second}&workspace_id={alice.workspace}", second), (f"project_id={second.upper()}", second),
                           ("project_id=&workspace_id=", None), (f"project_id={alice.project}&project_id={second}", second)):
        for _ in range(2):
            assert alice.browser.ok("GET", f"/projects/current?{query}")["project_id"] == (project or alice.project)
    assert bob.browser.ok("GET", f"/projects/current?project_id={alice.project}")["project_id"] == alice.project
    assert bob.browser.ok("GET", "/projects/current")["project_id"] == bob.project  # the one that they joined first


def test_scopes_that_are_refused(world):
    alice, bob, carol = world
    missing = "01a203fc-4c18-7000-8fbf-6932d8bc8d1e"
    for query in (f"project_id={missing}", f"workspace_id={missing}", f"project_id={alice.project}&workspace_id={missing}",
                  f"project_id={alice.project}&workspace_id={bob.workspace}", "project_id=x", "workspace_id=x", "project_id=null",
                  f"project_id={ZERO}", "workspace_id=null", f"workspace_id={ZERO}", f"project_id={missing}&workspace_id={alice.workspace}"):
        for _ in range(2):
            assert refused(alice.browser.get(f"/profile?{query}")), query
    for query in (f"project_id={alice.project}", f"workspace_id={alice.workspace}",
                  f"project_id={alice.project}&workspace_id={alice.workspace}"):
        assert outcome(carol.browser.get(f"/profile?{query}")) == (401, {"detail": "Unauthorized"})
    assert works(carol.browser)


def test_a_removed_member(world, sql):
    """The session stays valid; the scope is closed on the next request."""
    alice, bob, _ = world
    path = f"/profile?project_id={alice.project}"
    assert bob.browser.get(path).status_code == 200 and bob.browser.get(path).status_code == 200
    sql("DELETE FROM project_members WHERE user_id = %s AND project_id = %s", bob.user, alice.project)
    assert client.eventually(lambda: outcome(bob.browser.get(path)) == (401, {"detail": "Unauthorized"}))
    # nor through its workspace, of which they are still a member
    assert outcome(bob.browser.get(f"/profile?workspace_id={alice.workspace}")) == (401, {"detail": "Unauthorized"})
    assert works(bob.browser)


def test_a_workspace_selects_a_project_of_the_users_memberships(world, sql):
    """The default project first; never one that they have been removed from."""
    alice, bob, _ = world
    other = alice.ok("POST", "/projects/", {"name": "other"})["project_id"]  # members of the workspace are its members
    query = f"workspace_id={alice.workspace}"
    assert bob.browser.ok("GET", f"/projects/current?{query}")["project_id"] == alice.project
    sql("DELETE FROM project_members WHERE user_id = %s AND project_id = %s", bob.user, alice.project)
    assert client.eventually(lambda: bob.browser.get(f"/projects/current?{query}").json().get("project_id") == other)
    check = bob.browser.ok("GET", f"/access/permissions/check?{query}")
    assert sessions.read(check["credentials"][len("Secret "):])[1]["project_id"] == other
    # without a name, the first of their workspaces with a project of theirs
    sql("DELETE FROM project_members WHERE user_id = %s AND project_id = %s", bob.user, bob.project)
    assert client.eventually(lambda: bob.browser.get("/projects/current").json().get("project_id") == other)
    sql("DELETE FROM project_members WHERE user_id = %s", bob.user)
    assert client.eventually(lambda: outcome(bob.browser.get("/keys/")) == (403, NO_WORKSPACE))


def test_an_invitation_may_name_a_scope_without_membership(world):
    """An invited user is not a member yet, but the scope must exist."""
    alice, _, carol = world
    path = f"/organizations/{alice.organization}/workspaces/{alice.workspace}/invite/accept"
    for spelled in (path, path + "/", "/api" + path):
        answer = carol.browser.post(f"{spelled}?project_id={alice.project}", {"token": "x", "email": carol.email})
        assert answer.status_code != 401 and answer.json() != NO_WORKSPACE
    assert refused(carol.browser.post(f"{path}?project_id={ZERO[:-1]}1", {"token": "x"}))
    assert outcome(carol.browser.get(f"/profile?project_id={alice.project}")) == (401, {"detail": "Unauthorized"})  # and not cached


def test_a_user_without_memberships(session, sql):
    """C9: they are authenticated without a scope until they join."""
    user = session.get("/profile").json()["id"]
    sql("DELETE FROM organizations WHERE owner_id = %s", user)
    assert client.eventually(lambda: session.get("/keys/").status_code == 403)
    assert session.ok("GET", "/profile")["id"] == user
    assert session.ok("GET", "/organizations/") == [] and session.ok("GET", "/workspaces/") == []
    assert outcome(session.get("/projects/")) == (404, {"message": "No projects found."})
    for path in ("/keys/", "/access/permissions/check"):
        assert outcome(session.get(path)) == (403, NO_WORKSPACE)
    session.ok("POST", "/organizations/", {"name": "A start"})
    assert session.ok("GET", "/keys/") == []  # at once


# ---- credentials for services ----

def test_credentials_for_services(session):
    """A token of 15 minutes, made for each answer, valid for the scope of the request."""
    check = session.ok("GET", "/access/permissions/check?action=run_service&resource_type=service")
    assert check["effect"] == "allow" and check["credentials"].startswith("Secret ")
    token = check["credentials"][len("Secret "):]
    header, claims = sessions.read(token)
    profile, (project,) = session.ok("GET", "/profile"), session.ok("GET", "/projects/")
    assert header == {"alg": "HS256", "typ": "JWT"}
    assert list(claims) == ["user_id", "user_email", "project_id", "workspace_id", "organization_id", "organization_name", "session", "exp"]
    assert abs(claims.pop("exp") - time.time() - 900) < 30 and claims.pop("session") == session.handle
    assert claims == {"user_id": profile["id"], "user_email": profile["email"], **{name: project[name] for name in (
        "project_id", "workspace_id", "organization_id", "organization_name")}}
    service = session.using(check["credentials"])
    assert service.ok("GET", "/projects/current")["project_id"] == project["project_id"]
    assert service.ok("GET", "/access/permissions/check")["credentials"] == check["credentials"]


def test_credentials_of_a_named_scope(world):
    alice, bob, _ = world
    check = bob.browser.ok("GET", f"/access/permissions/check?project_id={alice.project}")
    assert sessions.read(check["credentials"][len("Secret "):])[1]["project_id"] == alice.project
    assert bob.browser.get("/access/permissions/check?scope_id=x").status_code == 422


def test_credentials_are_never_nearly_over(session):
    first = session.ok("GET", "/access/permissions/check")["credentials"]
    time.sleep(1.1)
    later = session.ok("GET", "/access/permissions/check")["credentials"]
    ends = [sessions.read(each[len("Secret "):])[1]["exp"] for each in (first, later)]
    assert ends[1] > ends[0]


def test_a_name_in_other_scripts(session):
    organization = session.ok("GET", "/organizations/")[0]["id"]
    session.ok("PATCH", f"/organizations/{organization}", {"name": 'Zürich "東京"'})
    token = session.ok("GET", "/access/permissions/check")["credentials"][len("Secret "):]
    assert sessions.read(token)[1]["organization_name"] == 'Zürich "東京"'
