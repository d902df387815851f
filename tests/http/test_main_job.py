"""The main job, from nothing to three users with organizations, projects and keys. Read it as a tour of the API."""
import client
import pytest


@pytest.fixture(scope="module")
def story(server, key):
    """Values that the steps of the story pass on."""
    return {"admin": client.Api(server.url, f"Access {key}")}


def organizations(person):
    return {each["name"]: each for each in person.ok("GET", "/organizations/")}


def projects(person, organization):
    return {each["project_name"]: each for each in person.ok("GET", "/projects/") if each["organization_id"] == organization}


def refusal(answer):
    return answer.status_code, answer.json()["detail"]


def test_1_three_accounts(story):
    alice, bob, carol = client.make_accounts(story["admin"], "alice", "bob", "carol")
    for person in (alice, bob, carol):
        profile = person.ok("GET", "/profile")
        assert (profile["id"], profile["email"], profile["username"]) == (person.user, person.email, person.username)
        (organization,) = person.ok("GET", "/organizations/")
        assert (organization["id"], organization["owner_id"]) == (person.organization, person.user)
        assert organization["name"] == f"{person.username}'s Organization"
        (project,) = person.ok("GET", "/projects/")
        assert (project["project_id"], project["is_default_project"], project["user_role"]) == (person.project, True, "owner")
    story.update(alice=alice, bob=bob, carol=carol)


def test_2_a_second_organization_each(story):
    for person in (story["alice"], story["bob"], story["carol"]):
        made = person.ok("POST", "/organizations/", {"name": "  Über & Söhne  ", "description": "the second"})
        person.second = made["id"]
        assert made == {"id": person.second, "name": "Über & Söhne", "description": "the second"}
        listed = organizations(person)["Über & Söhne"]
        assert listed["slug"] == f"uber-sohne-{person.second[-12:]}"
        assert (listed["owner_id"], len(listed["workspaces"])) == (person.user, 1)
        details = person.ok("GET", f"/organizations/{person.second}")
        (member,) = details["default_workspace"]["members"]
        assert (member["user"]["id"], member["roles"][0]["role_name"]) == (person.user, "owner")
        assert projects(person, person.second)["Default"]["is_default_project"] is True
        assert [each["id"] for each in person.ok("GET", "/workspaces/")] == [person.workspace, listed["workspaces"][0]]


def test_3_renaming(story):
    alice = story["alice"]
    before = organizations(alice)["Über & Söhne"]
    assert alice.ok("PATCH", f"/organizations/{alice.second}", {"name": "Acme"}) == {
        "id": alice.second, "name": "Acme", "description": "the second"}
    assert alice.ok("PUT", f"/organizations/{alice.second}", {"name": "Acme", "description": None})["description"] is None
    after = organizations(alice)["Acme"]
    assert after == {**before, "name": "Acme", "description": ""}  # the slug stays
    assert refusal(alice.patch(f"/organizations/{alice.second}", {"name": "  "})) == (400, "Please provide a field to update")
    assert refusal(story["bob"].patch(f"/organizations/{alice.second}", {"name": "mine"})) == (
        403, "You do not have permission to perform this action")


def test_4_projects(story):
    carol = story["carol"]
    made = carol.ok("POST", "/projects/", {"name": " Research "})
    assert (made["project_name"], made["is_default_project"], made["workspace_id"]) == ("Research", False, carol.workspace)
    made = carol.ok("PATCH", f"/projects/{made['project_id']}", {"name": "Lab", "make_default": True})
    assert (made["project_name"], made["is_default_project"]) == ("Lab", True)
    assert projects(carol, carol.organization)["Default"]["is_default_project"] is False
    assert refusal(carol.delete(f"/projects/{made['project_id']}")) == (400, "Default project cannot be deleted")
    extra = carol.ok("POST", "/projects/", {"name": "Extra"})["project_id"]
    assert carol.ok("DELETE", f"/projects/{extra}") == {"detail": "Project deleted"}
    assert refusal(carol.get(f"/projects/{extra}")) == (404, "Project not found")
    nothing_saved = carol.patch(f"/projects/{made['project_id']}", {"name": "Half", "make_default": False})
    assert refusal(nothing_saved) == (400, "make_default can only be set to true")
    assert set(projects(carol, carol.organization)) == {"Default", "Lab"}


def test_5_keys(story):
    bob = story["bob"]
    key = bob.ok("POST", "/keys/")
    assert len(key) == 73 and key[8] == "."
    other = bob.using(f"ApiKey {key}")
    listed = other.ok("GET", "/keys/")
    assert [each["prefix"] for each in listed] == [key[:8], bob.prefix]  # newest first
    assert key[9:] not in str(listed)
    assert other.ok("DELETE", f"/keys/{key[:8]}") == {"message": "API key deleted successfully"}
    assert other.get("/keys/").json() == client.UNAUTHORIZED
    assert [each["prefix"] for each in bob.ok("GET", "/keys/")] == [bob.prefix]


def test_6_permission_checks(story):
    alice = story["alice"]
    asked = f"/access/permissions/check?action=run_service&resource_type=service&scope_type=project&scope_id={alice.project}"
    for _ in range(3):
        assert alice.ok("GET", asked) == {"effect": "allow", "credentials": f"ApiKey {alice.key}"}
    assert alice.using(alice.key).ok("GET", asked)["credentials"] == f"ApiKey {alice.key}"


def test_6_permission_checks_of_other_scopes(story, nobody):
    """A named scope must be the caller's own, or one that the user is a member of."""
    alice, carol = story["alice"], story["carol"]
    second = alice.ok("POST", "/projects/", {"name": "to be asked about"})["project_id"]
    asked = "/access/permissions/check?action=run_service&resource_type=service"
    for scope, own in (("project", alice.project), ("workspace", alice.workspace), ("organization", alice.organization)):
        for kind in (f"&scope_type={scope}", ""):
            assert alice.ok("GET", f"{asked}{kind}&scope_id={own}")["effect"] == "allow"
            assert refusal(carol.get(f"{asked}{kind}&scope_id={own}")) == (403, "Forbidden")
    assert alice.ok("GET", f"{asked}&scope_type=project&scope_id={second}")["effect"] == "allow"
    for wrong in (f"scope_type=workspace&scope_id={alice.project}", f"scope_type=secret&scope_id={alice.project}",
                  f"scope_id={client.NOBODY}"):
        assert refusal(alice.get(f"{asked}&{wrong}")) == (403, "Forbidden"), wrong
    assert nobody.get(f"{asked}&scope_id={alice.project}").status_code == 401
    alice.ok("DELETE", f"/projects/{second}")


def test_7_transfer(story, sql):
    alice, bob, carol = story["alice"], story["bob"], story["carol"]
    path = f"/organizations/{alice.organization}/transfer/"
    assert refusal(alice.post(path + bob.user)) == (400, "Invalid organization or new owner for ownership transfer")
    client.add_member(sql, bob, alice.organization)
    assert refusal(bob.post(path + bob.user)) == (403, "Only the organization owner can transfer ownership")
    assert alice.ok("POST", path + bob.user) == {"organization_id": alice.organization, "owner_id": bob.user}
    roles = {member["user"]["id"]: member["roles"][0]["role_name"] for member in
             bob.ok("GET", f"/organizations/{alice.organization}")["default_workspace"]["members"]}
    assert roles == {alice.user: "admin", bob.user: "owner"}
    assert projects(bob, alice.organization)["Default"]["user_role"] == "owner"
    assert projects(alice, alice.organization)["Default"]["user_role"] == "admin"
    assert alice.patch(f"/organizations/{alice.organization}", {"name": "x"}).status_code == 403
    assert bob.ok("PATCH", f"/organizations/{alice.organization}", {"name": "Bob's now"})["name"] == "Bob's now"
    assert carol.get(f"/organizations/{alice.organization}").status_code == 403
    again = bob.ok("POST", f"/organizations/{alice.organization}/transfer/{bob.user}")  # to oneself changes nothing
    assert again["owner_id"] == bob.user


def test_8_deletion_and_the_last_organization(story):
    alice, carol = story["alice"], story["carol"]
    assert carol.ok("DELETE", f"/organizations/{carol.second}") == {"detail": "Organization deleted successfully"}
    assert refusal(carol.get(f"/organizations/{carol.second}")) == (403, "Not a member of this organization.")
    assert projects(carol, carol.second) == {}
    assert refusal(carol.delete(f"/organizations/{carol.organization}")) == (
        400, "Cannot delete your last organization. You must have at least one organization.")
    assert set(organizations(carol)) == {f"{carol.username}'s Organization"}
    # Alice belongs to two, but owns one only.
    assert len(organizations(alice)) == 2
    assert refusal(alice.delete(f"/organizations/{alice.second}"))[0] == 400
    assert refusal(alice.delete(f"/organizations/{alice.organization}")) == (
        403, "You do not have permission to perform this action")


def test_9_the_profile(story):
    alice = story["alice"]
    before = alice.ok("GET", "/profile")
    after = alice.ok("PUT", "/profile/username", {"username": " Alice A. ", "email": "ignored@example.com"})
    assert after == {**before, "username": "Alice A.", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert alice.ok("GET", "/profile") == after
    assert refusal(alice.delete("/profile")) == (
        404, "Self-serve account deletion is not available on this deployment.")
