"""Improvements over Agenta that no recorded example shows, and a check that docs/compatibility.md lists all of them."""
import re

import client
import pytest
import serving

DOCUMENT = serving.TREE / "docs" / "compatibility.md"


def test_projects_are_listed_in_order_of_creation(alice):
    """C14: also those of other organizations, whatever workspace is named."""
    names = [f"p{number}" for number in range(5)]
    for name in names:
        alice.ok("POST", "/projects/", {"name": name})
    alice.ok("POST", "/organizations/", {"name": "Later"})
    listed = alice.ok("GET", f"/projects/?workspace_id={alice.workspace}")
    assert [each["project_name"] for each in listed] == ["Default", *names, "Default"]
    assert listed[-1]["organization_name"] == "Later"


def test_organizations_are_listed_in_order_of_creation(alice):
    """C33"""
    made = [alice.ok("POST", "/organizations/", {"name": "n"})["id"] for _ in range(5)]
    assert [each["id"] for each in alice.ok("GET", "/organizations/")] == [alice.organization, *made]


@pytest.mark.parametrize("name,slug", [
    ("Acme", "acme"), ("  Über  &  Söhne - GmbH ", "uber-sohne-gmbh"), ("--a_b  c--", "a_b-c"), ("漢字", "org"), ("ﬁne ①", "fine-1"),
    ("\u202e!", "org"), ("A" * 255, "a" * 255), ("İstanbul", "istanbul"), ("a\tb", "ab"), ("Don't; DROP", "dont-drop")])
def test_slugs(name, slug, alice):
    """C5: from the name, and unique because it ends in the id."""
    made = alice.ok("POST", "/organizations/", {"name": name})["id"]
    assert alice.ok("GET", f"/organizations/{made}")["slug"] == f"{slug}-{made[-12:]}"


def test_names_are_trimmed_and_never_blank(alice):
    """C16"""
    made = alice.ok("POST", "/organizations/", {"name": " \u3000 "})
    assert made["name"] == alice.username
    path = f"/organizations/{made['id']}"
    assert alice.ok("PUT", path, {"name": "  New ", "description": ""}) == {"id": made["id"], "name": "New", "description": ""}
    assert alice.ok("PUT", path, {"name": "", "description": "d"}) == {"id": made["id"], "name": "New", "description": "d"}
    assert alice.ok("PUT", path, {"name": None, "description": "e"})["name"] == "New"
    assert alice.ok("PUT", path, {"name": "x" * 255})["name"] == "x" * 255
    assert alice.put(path, {"name": "x" * 256}).status_code == 422


def test_changes_are_dated_and_signed(alice, sql):
    """C16, S16"""
    alice.ok("PUT", f"/organizations/{alice.organization}", {"name": "n"})
    alice.ok("PATCH", f"/projects/{alice.project}", {"name": "n"})
    alice.ok("PUT", "/profile/username", {"username": "n"})
    for table, changed in (("organizations", alice.organization), ("projects", alice.project), ("users", alice.user)):
        assert sql(f"SELECT updated_by_id::text, updated_at > created_at FROM {table} WHERE id = %s", changed) == [
            (alice.user, True)]


def test_an_organization_without_a_workspace(alice, sql):
    """C17"""
    sql("DELETE FROM workspaces WHERE organization_id = %s",
        made := alice.ok("POST", "/organizations/", {"name": "empty"})["id"])
    details = alice.ok("GET", f"/organizations/{made}")
    assert (details["workspaces"], details["default_workspace"]) == ([], None)
    assert {each["id"]: each["workspaces"] for each in alice.ok("GET", "/organizations/")}[made] == []


def test_members_are_listed_with_their_roles(people, sql):
    """C8: pending invitations, then members, the owner last; no duplicates."""
    alice, bob, carol = people("alice", "bob", "carol")
    client.add_member(sql, bob, alice.organization, "viewer")
    client.add_member(sql, carol, alice.organization, "admin")
    for email, used, days in ((bob.email, True, 1), (f"dave-{alice.suffix}@x.org", False, 1), (f"erin-{alice.suffix}@x.org", False, -1)):
        sql("INSERT INTO project_invitations (id, token, email, used, role, project_id, expiration_date)"
            " VALUES (gen_random_uuid(), gen_random_uuid()::text, %s, %s, 'admin', %s, now() + %s * interval '1 day')",
            email, used, alice.project, days)
    members = bob.ok("GET", f"/organizations/{alice.organization}")["default_workspace"]["members"]
    assert [(each["user"]["email"], each["user"]["status"], each["roles"][0]["role_name"]) for each in members] == [
        (f"dave-{alice.suffix}@x.org", "pending", "admin"), (f"erin-{alice.suffix}@x.org", "expired", "admin"),
        (bob.email, "member", "viewer"), (carol.email, "member", "admin"), (alice.email, "member", "owner")]
    assert {each["user"]["id"] for each in members[2:]} == {alice.user, bob.user, carol.user}


def test_a_transfer_gives_all_of_an_organization(people, sql):
    """C20: roles in projects too, and missing memberships."""
    alice, bob = people("alice", "bob")
    sql("INSERT INTO organization_members (id, user_id, organization_id, role) VALUES (gen_random_uuid(), %s, %s, 'viewer')",
        bob.user, alice.organization)
    alice.ok("POST", "/projects/", {"name": "second"})
    alice.ok("POST", f"/organizations/{alice.organization}/transfer/{bob.user}")
    mine = [each for each in bob.ok("GET", "/projects/") if each["organization_id"] == alice.organization]
    assert [each["user_role"] for each in mine] == ["owner", "owner"]
    assert sql("SELECT user_id::text, role FROM organization_members WHERE organization_id = %s ORDER BY role",
               alice.organization) == [(bob.user, "owner"), (alice.user, "viewer")]


def test_a_new_user_name_is_there_at_once(alice):
    """C22"""
    other = alice.using("ApiKey " + alice.ok("POST", "/keys/"))
    assert other.ok("GET", "/profile")["username"] == alice.username
    alice.ok("PUT", "/profile/username", {"username": "new"})
    assert other.ok("GET", "/profile")["username"] == "new"


def test_readiness_is_another_path(nobody):
    """C32"""
    assert nobody.get("/health").text == '{"status":"ok"}'
    assert nobody.get("/health/ready").status_code == 200


def test_addresses_that_may_own_organizations(make_server):
    """The list of owners is compared with the stored address, in any case, and does not limit the administration."""
    server = make_server(AGENTA_ACCESS_ALLOWED_OWNER_EMAILS=" Boss@Acme.io ,").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    accounts = admin.ok("POST", "/admin/simple/accounts/", {"accounts": {
        "boss": {"user": {"email": "BOSS@acme.io"}}, "other": {"user": {"email": "other@acme.io"}}}})["accounts"]
    boss, other = (client.Account(server.url, accounts[name]) for name in ("boss", "other"))
    assert boss.post("/organizations/", {"name": "one more"}).status_code == 201
    answer = other.post("/organizations/", {"name": "one more"})
    assert (answer.status_code, answer.json()["detail"]) == (
        403, "You are not allowed to create organizations. Please ask your administrator for an invitation.")


def test_every_difference_names_a_test_that_exists():
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]\d+) \|.*\| (`[^|]+`) \|$", text, re.M)
    assert len(rows) == len(re.findall(r"^\| [A-Z]\d+ \|", text, re.M)) > 30
    assert len({number for number, _ in rows}) == len(rows)
    for number, cell in rows:
        path = ""
        for test in re.findall(r"`([^`]+)`", cell):
            file, _, name = test.partition("::")
            path = file or path
            source = (serving.TREE / "tests" / path).read_text(encoding="utf-8")
            assert re.search(rf"^(def|static void) {name}\b", source, re.M), f"{number}: {test}"


def test_every_difference_in_an_example_is_written_down():
    import test_admin_contract
    import test_contract
    numbers = set(re.findall(r"^\| ([A-Z]\d+) \|", DOCUMENT.read_text(encoding="utf-8"), re.M))
    assert {number for module in (test_contract, test_admin_contract) for number, *_ in module.DIFFERENCES} <= numbers
