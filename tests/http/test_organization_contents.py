"""The objects that are deleted with an organization, counted for its owner."""
import client
import inviting


def contents(person, organization):
    return person.ok("GET", f"/organizations/{organization}/contents")


def test_contents(people, key):
    alice, bob = people("alice", "bob")
    before = contents(alice, alice.organization)
    assert before == {"workspaces": 1, "projects": 1, "members": 1, "invitations": 0, "api_keys": before["api_keys"]}
    client.join(alice, bob)
    inside = bob.using("Secret " + client.sign(key, client.claims_of(bob, project_id=alice.project)))
    inside.ok("POST", "/keys/")  # those of other users are deleted as well
    inviting.invite(alice, f"later-{alice.suffix}@example.com")
    alice.ok("POST", "/projects/", {"name": "Search"})
    assert contents(alice, alice.organization) == {
        "workspaces": 1, "projects": 2, "members": 2, "invitations": 1, "api_keys": before["api_keys"] + 1}
    assert contents(bob, bob.organization)["members"] == 1  # nothing of another organization is counted


def test_only_the_owner_gets_the_contents(people):
    alice, bob = people("alice", "bob")
    client.join(alice, bob)
    path = f"/organizations/{alice.organization}/contents"
    assert (bob.get(path).status_code, bob.get(path).json()["detail"]) == (403, "You do not have permission to perform this action")
    assert alice.get("/organizations/nothing/contents").status_code == 400
    assert alice.get("/organizations/00000000-0000-0000-0000-000000000001/contents").status_code == 403
