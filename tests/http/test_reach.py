"""The reach of an API key: everything that its user may do, or only its project."""
import re

import client
import pytest
import sessions

RESTRICTED = (403, {"detail": "This API key is restricted to its project"})
MAY_NOT_OWN = (403, {"detail": "API keys may not delete or transfer organizations on this deployment; sign in to do it"})

# Routes that a restricted key may call, with the ids of its own project; all others are closed to it.
WITHIN = {
    "GET /organizations", "GET /organizations/{organization_id}", "PUT /organizations/{organization_id}",
    "PATCH /organizations/{organization_id}", "DELETE /organizations/{organization_id}",
    "POST /organizations/{organization_id}/transfer/{new_owner_id}", "GET /organizations/{organization_id}/contents",
    "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite",
    "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite/resend",
    "GET /organizations/{organization_id}/invitations", "POST /organizations/{organization_id}/invitations",
    "DELETE /organizations/{organization_id}/invitations/{invitation_id}",
    "PATCH /organizations/{organization_id}/members/{user_id}",
    "GET /workspaces", "GET /workspaces/roles", "DELETE /workspaces/{workspace_id}/users",
    "GET /projects", "POST /projects", "GET /projects/{project_id}", "PATCH /projects/{project_id}", "DELETE /projects/{project_id}",
    "GET /keys", "POST /keys", "DELETE /keys/{key_prefix}", "GET /profile", "GET /access/permissions/check",
}
# Valid bodies and queries, so that only the reach can be the reason of a refusal.
BODIES = {
    "POST /organizations": {"name": "x"}, "PUT /organizations/{organization_id}": {"name": "x"},
    "PATCH /organizations/{organization_id}": {"name": "x"},
    "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite": [{"email": "x@example.com"}],
    "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite/resend": {"email": "x@example.com"},
    "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite/accept": {"token": "x", "email": "x@example.com"},
    "POST /organizations/{organization_id}/invitations": {"invitations": [{"email": "x@example.com"}]},
    "PATCH /organizations/{organization_id}/members/{user_id}": {"role": "viewer"},
    "POST /projects": {"name": "x"}, "PATCH /projects/{project_id}": {"name": "x"}, "PUT /profile/username": {"username": "x"},
}
QUERIES = {
    "DELETE /workspaces/{workspace_id}/users": "email=x@example.com",
    "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite/accept": "project_id={project_id}",
    "POST /profile/reset-password": "user_id={user_id}",
}


def outcome(answer):
    return answer.status_code, answer.json()


def operations(server):
    """Every operation that takes a key."""
    document = client.Api(server.url).get("/openapi.json").json()
    return [f"{method.upper()} {path}" for path, item in document["paths"].items() for method, described in item.items()
            if {"credentials": []} in described.get("security", [])]


def call(api, name, ids):
    method, path = name.split(" ")
    query = QUERIES.get(name)
    fill = lambda text: re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], client.NOBODY), text)  # noqa: E731
    return api.call(method, fill(path) + (f"?{fill(query)}" if query else ""), BODIES.get(name))


@pytest.fixture
def world(people, sql):
    """Alice with a restricted key, and everything of hers that it must not reach."""
    alice, bob = people("alice", "bob")
    alice.browser = sessions.session_of(alice, sql)
    alice.second = alice.browser.ok("POST", "/organizations", {"name": "second"})["id"]
    client.add_member(sql, alice, bob.organization)
    alice.sibling = alice.browser.ok("POST", f"/projects?project_id={alice.project}", {"name": "sibling"})["project_id"]
    alice.restricted = alice.using("ApiKey " + alice.browser.ok("POST", f"/keys?project_id={alice.project}&restricted=true"))
    ((alice.second_workspace, alice.second_project),) = sql(
        "SELECT workspace_id::text, id::text FROM projects WHERE organization_id = %s", alice.second)
    ((alice.annex,),) = sql("INSERT INTO workspaces (id, name, organization_id) VALUES (gen_random_uuid(), 'annex', %s) RETURNING id::text",
                            alice.organization)
    sql("INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), %s, %s, 'owner')", alice.user, alice.annex)
    return alice, bob


def test_a_key_acts_for_its_user_unless_restricted(world):
    """Clients of Agenta rely on it."""
    alice, bob = world
    assert {each["id"] for each in alice.ok("GET", "/organizations")} == {alice.organization, alice.second, bob.organization}
    assert alice.ok("PATCH", f"/organizations/{alice.second}", {"name": "renamed"})["name"] == "renamed"
    assert alice.ok("POST", "/organizations", {"name": "third"})
    assert alice.ok("DELETE", f"/organizations/{alice.second}")


def test_lists_of_a_restricted_key(world):
    alice, _ = world
    key = alice.restricted
    (organization,) = key.ok("GET", "/organizations")
    assert (organization["id"], organization["workspaces"]) == (alice.organization, [alice.workspace])
    assert [each["id"] for each in key.ok("GET", "/workspaces")] == [alice.workspace]
    assert [each["project_id"] for each in key.ok("GET", "/projects")] == [alice.project]
    assert key.ok("GET", "/projects/current")["project_id"] == key.ok("GET", f"/projects/{alice.project}")["project_id"] == alice.project


def test_every_route_is_closed_to_a_restricted_key_unless_it_is_listed(server, world):
    """With its own ids. A new route is closed until it is listed."""
    alice, _ = world
    own = {"organization_id": alice.organization, "workspace_id": alice.workspace, "project_id": alice.project, "user_id": alice.user}
    found = operations(server)
    assert WITHIN < set(found)
    for name in set(found) - WITHIN:
        assert outcome(call(alice.restricted, name, own)) == RESTRICTED, name


def test_a_restricted_key_reaches_nothing_else(server, world, sql):
    """Each id of a path, query or body is that of another project, workspace or organization of the same user."""
    alice, bob = world
    own = {"organization_id": alice.organization, "workspace_id": alice.workspace, "project_id": alice.project, "user_id": alice.user}
    others = {"organization_id": (alice.second, bob.organization, client.NOBODY), "project_id": (alice.sibling, alice.second_project, bob.project),
              "workspace_id": (alice.annex, alice.second_workspace, bob.workspace)}
    before = sql("SELECT count(*) FROM projects"), sql("SELECT count(*) FROM organizations"), sql("SELECT count(*) FROM project_invitations")
    tried = 0
    for name in sorted(WITHIN):
        for place in set(re.findall(r"\{(\w+)\}", name)) & set(others):
            for other in others[place]:
                for spelled in (other, other.upper(), f"{{{other}}}", other.replace("-", "")):
                    assert outcome(call(alice.restricted, name, {**own, place: spelled})) == RESTRICTED, (name, place)
                    tried += 1
    assert tried > 100
    path = f"/organizations/{alice.organization}/invitations"
    for workspace in others["workspace_id"]:
        assert outcome(alice.restricted.post(path, {"invitations": [{"email": "x@example.com"}], "workspace_id": workspace})) == RESTRICTED
    for scope in ("project", "workspace", "organization"):
        for other in others[f"{scope}_id"]:
            assert alice.restricted.get(f"/access/permissions/check?scope_type={scope}&scope_id={other}").status_code == 403
    assert before == (sql("SELECT count(*) FROM projects"), sql("SELECT count(*) FROM organizations"), sql("SELECT count(*) FROM project_invitations"))


def test_a_restricted_key_works_within_its_project(world, sql):
    """Its project, with workspace and organization, by the role of its user."""
    alice, _ = world
    key = alice.restricted
    for _ in range(2):
        assert key.ok("GET", "/access/permissions/check")["effect"] == "allow"
        assert key.ok("GET", f"/access/permissions/check?scope_type=project&scope_id={alice.project}")["effect"] == "allow"
    assert key.ok("PATCH", f"/projects/{alice.project}", {"name": "named by a key"})["project_name"] == "named by a key"
    assert key.ok("PATCH", f"/organizations/{alice.organization}", {"name": "mine"})["name"] == "mine"
    assert key.ok("GET", f"/organizations/{alice.organization}")["id"] == alice.organization
    (made,) = key.ok("POST", f"/organizations/{alice.organization}/invitations", {"invitations": [{"email": "guest@example.com"}]})
    ((workspace,),) = sql("SELECT p.workspace_id::text FROM project_invitations i JOIN projects p ON p.id = i.project_id WHERE i.id = %s", made["id"])
    assert workspace == alice.workspace
    assert [each["id"] for each in key.ok("GET", f"/organizations/{alice.organization}/invitations")] == [made["id"]]
    assert key.ok("DELETE", f"/organizations/{alice.organization}/invitations/{made['id']}")
    assert key.ok("GET", "/profile")["id"] == alice.user


def test_invitations_of_another_workspace(world, sql):
    """It neither lists nor revokes them, and does not invite to the other workspace if none is named."""
    alice, _ = world
    sql("INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id) VALUES (gen_random_uuid(), 'p', true, %s, %s)",
        alice.organization, alice.annex)
    path = f"/organizations/{alice.organization}/invitations"
    (there,) = alice.browser.ok("POST", path, {"invitations": [{"email": "annex@example.com"}], "workspace_id": alice.annex})
    sql("UPDATE workspaces SET created_at = created_at - interval '1 year' WHERE id = %s", alice.annex)  # the oldest
    assert alice.restricted.ok("GET", path) == []
    assert alice.restricted.delete(f"{path}/{there['id']}").status_code == 404
    (made,) = alice.restricted.ok("POST", path, {"invitations": [{"email": "here@example.com"}]})
    assert [each["id"] for each in alice.restricted.ok("GET", path)] == [made["id"]]
    assert len(alice.browser.ok("GET", path)) == 2


# ---- making restricted keys ----

def test_keys_made_by_a_restricted_key_are_restricted(world):
    alice, _ = world
    for query in ("", "?restricted=false"):
        child = alice.using("ApiKey " + alice.restricted.ok("POST", f"/keys{query}"))
        assert outcome(child.post("/organizations", {"name": "x"})) == RESTRICTED
    listed = {each["prefix"]: each.get("restricted") for each in alice.ok("GET", "/keys")}
    assert listed.pop(alice.prefix) is None and set(listed.values()) == {True} and len(listed) == 3
    assert "restricted" not in [each for each in alice.ok("GET", "/keys") if each["prefix"] == alice.prefix][0]


def test_a_restricted_key_deletes_keys_of_its_project_only(world):
    alice, _ = world
    elsewhere = alice.browser.ok("POST", f"/keys?project_id={alice.sibling}")
    assert alice.restricted.delete(f"/keys/{elsewhere[:8]}").status_code == 404
    assert alice.restricted.ok("DELETE", f"/keys/{alice.prefix}")
    assert alice.using("ApiKey " + elsewhere).get("/profile").status_code == 200


@pytest.mark.parametrize("value", ["maybe", "2", "null"])
def test_a_malformed_restriction_is_refused(value, alice, sql):
    assert alice.post(f"/keys?restricted={value}").status_code == 422
    assert sql("SELECT count(*) FROM api_keys WHERE created_by_id = %s", alice.user) == [(1,)]


def test_restricted_keys_of_the_administration(admin, alice):
    def make(**more):
        body = {"options": {"return_api_keys": True},
                "api_key": {"project_ref": {"id": alice.project}, "user_ref": {"id": alice.user}, **more}}
        return alice.using("ApiKey " + admin.ok("POST", "/admin/simple/accounts/api-keys/", body)["accounts"][0]["api_keys"]["key"]["value"])

    assert outcome(make(restricted=True).put("/profile/username", {"username": "x"})) == RESTRICTED
    for more in ({}, {"restricted": False}, {"restricted": None}):
        assert make(**more).put("/profile/username", {"username": "x"}).status_code == 200


def test_a_variable_restricts_all_keys(world, another):
    alice, _ = world
    strict = another(ORGD_API_KEYS_RESTRICTED="on")
    key, browser = client.Api(strict.url, alice.authorization), client.Api(strict.url, alice.browser.authorization)
    for _ in range(2):
        assert outcome(key.post("/organizations", {"name": "x"})) == RESTRICTED
        assert [each["id"] for each in key.ok("GET", "/organizations")] == [alice.organization]
        assert outcome(key.get(f"/organizations/{alice.second}")) == RESTRICTED
    assert {each["restricted"] for each in key.ok("GET", "/keys")} == {True}
    assert len(browser.ok("GET", "/organizations")) == 3  # sessions are not keys
    assert len(alice.ok("GET", "/organizations")) == 3


def test_owning_by_key_can_be_switched_off(world, another, sql, key):
    """Deleting and transferring an organization; sessions may still do it."""
    alice, bob = world
    server = another(ORGD_API_KEYS_OWN_ORGANIZATIONS="off")
    client.add_member(sql, bob, alice.second)
    claims = client.claims_of(alice, key=sql("SELECT id::text FROM api_keys WHERE prefix = %s", alice.key.split(".")[0])[0][0])
    derived = alice.using("Secret " + client.sign(key, claims))
    for key in (alice, alice.restricted, derived):
        key = client.Api(server.url, key.authorization)
        assert outcome(key.delete(f"/organizations/{alice.organization}")) == MAY_NOT_OWN
        assert outcome(key.post(f"/organizations/{alice.organization}/transfer/{bob.user}")) == MAY_NOT_OWN
    key, browser = client.Api(server.url, alice.authorization), client.Api(server.url, alice.browser.authorization)
    assert key.ok("PATCH", f"/organizations/{alice.second}", {"name": "still"})["name"] == "still"
    assert browser.ok("POST", f"/organizations/{alice.second}/transfer/{bob.user}")["owner_id"] == bob.user
    bob_browser = client.Api(server.url, sessions.session_of(bob, sql).authorization)
    assert bob_browser.ok("DELETE", f"/organizations/{alice.second}")
