"""A hundred of the same write at once: no error of the server's own, and afterwards the databases are as they must be."""
import collections

import client
import pytest
import serving

MANY = 100

# What must find nothing, ever.
INVARIANTS = {
    "an organization without exactly one owner among its members":
        """SELECT o.id FROM organizations o
           WHERE (SELECT count(*) FROM organization_members m WHERE m.organization_id = o.id AND m.role = 'owner') <> 1""",
    "an owner who is not the member with that role":
        """SELECT o.id FROM organizations o WHERE NOT EXISTS (
               SELECT FROM organization_members m
               WHERE m.organization_id = o.id AND m.user_id = o.owner_id AND m.role = 'owner')""",
    "a workspace without exactly one owner, the organization's":
        """SELECT w.id FROM workspaces w JOIN organizations o ON o.id = w.organization_id
           WHERE (SELECT array_agg(m.user_id) FROM workspace_members m
                  WHERE m.workspace_id = w.id AND m.role = 'owner') IS DISTINCT FROM ARRAY[o.owner_id]""",
    "a project without exactly one owner, the organization's":
        """SELECT p.id FROM projects p JOIN organizations o ON o.id = p.organization_id
           WHERE (SELECT array_agg(m.user_id) FROM project_members m
                  WHERE m.project_id = p.id AND m.role = 'owner') IS DISTINCT FROM ARRAY[o.owner_id]""",
    "a workspace without exactly one default project":
        """SELECT w.id FROM workspaces w
           WHERE (SELECT count(*) FROM projects p WHERE p.workspace_id = w.id AND p.is_default) <> 1""",
    "an organization without a workspace":
        "SELECT id FROM organizations o WHERE NOT EXISTS (SELECT FROM workspaces w WHERE w.organization_id = o.id)",
    "a project in a workspace of another organization":
        """SELECT p.id FROM projects p JOIN workspaces w ON w.id = p.workspace_id
           WHERE w.organization_id <> p.organization_id""",
    "a member of a project but not of its organization":
        """SELECT m.id FROM project_members m JOIN projects p ON p.id = m.project_id WHERE NOT EXISTS (
               SELECT FROM organization_members o
               WHERE o.organization_id = p.organization_id AND o.user_id = m.user_id)""",
    "a member of a workspace but not of a project of it":
        """SELECT m.id FROM workspace_members m JOIN projects p ON p.workspace_id = m.workspace_id WHERE NOT EXISTS (
               SELECT FROM project_members j WHERE j.project_id = p.id AND j.user_id = m.user_id)""",
    "somebody twice in an organization":
        "SELECT user_id FROM organization_members GROUP BY user_id, organization_id HAVING count(*) > 1",
    "somebody twice in a workspace":
        "SELECT user_id FROM workspace_members GROUP BY user_id, workspace_id HAVING count(*) > 1",
    "somebody twice in a project":
        "SELECT user_id FROM project_members GROUP BY user_id, project_id HAVING count(*) > 1",
    "one slug twice":
        "SELECT slug FROM organizations GROUP BY slug HAVING count(*) > 1 OR slug IS NULL",
    "a row that hangs in the air":
        """SELECT id FROM organization_members WHERE user_id IS NULL OR organization_id IS NULL
           UNION ALL SELECT id FROM workspace_members WHERE user_id IS NULL OR workspace_id IS NULL
           UNION ALL SELECT id FROM project_members WHERE user_id IS NULL OR project_id IS NULL
           UNION ALL SELECT id FROM projects WHERE organization_id IS NULL OR workspace_id IS NULL
           UNION ALL SELECT id FROM workspaces WHERE organization_id IS NULL
           UNION ALL SELECT id FROM api_keys k WHERE NOT EXISTS (SELECT FROM projects p WHERE p.id = k.project_id)""",
}


# A server of its own: other tests take memberships away behind the server's back.
@pytest.fixture(scope="module")
def admin():
    server = serving.Server().start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    admin.sql = lambda text, *parameters: server.sql(text, parameters or None)
    yield admin
    server.close()


@pytest.fixture
def people(admin):
    return lambda *names: client.make_accounts(admin, *names)


@pytest.fixture
def sql(admin):
    return admin.sql


@pytest.fixture(autouse=True)
def invariants(sql):
    yield
    broken = {what: rows for what, query in INVARIANTS.items() if (rows := sql(query))}
    assert not broken


def at_once(work, count=MANY):
    """Runs work(0..) all at once; the numbers of each status. A 500 is never right."""
    answers = serving.in_parallel(count, work)
    for answer in answers:
        assert not isinstance(answer, Exception), answer
        assert answer.status_code < 500, answer.text
    return collections.Counter(answer.status_code for answer in answers)


def same(person, method, path, body=None):
    """Sends one request from a hundred connections."""
    return at_once(lambda _: person.using(person.authorization).call(method, path, body))


def test_one_address(admin, sql):
    body = {"accounts": {"a": {"user": {"email": "Same@Example.com"}}}}
    assert same(admin, "POST", "/admin/simple/accounts/", body) == {200: 1, 409: MANY - 1}
    assert sql("SELECT count(*) FROM users WHERE email = 'same@example.com'") == [(1,)]
    assert sql("SELECT count(*) FROM organizations WHERE name = 'Same''s Organization'"
               " OR name = 'same''s Organization'") == [(1,)]


def test_batches_that_overlap(admin, sql):
    def batch(number):
        names = [f"overlap{(number + step) % 10}" for step in range(3)]
        return admin.using(admin.authorization).post("/admin/simple/accounts/", {
            "accounts": {name: {"user": {"email": f"{name}@example.com"}} for name in names}})

    counts = at_once(batch)
    made = sql("SELECT count(*) FROM users WHERE email LIKE 'overlap%'")[0][0]
    assert made == 3 * counts[200] and counts[200] + counts[409] == MANY  # all of a batch or nothing of it


def test_one_slug(admin):
    def account(number):
        return admin.using(admin.authorization).post("/admin/simple/accounts/", {"accounts": {"a": {
            "user": {"email": f"slug{number}@example.com"}, "organization": {"name": "Slug", "slug": "one-slug"}}}})

    assert at_once(account) == {200: 1, 409: MANY - 1}


def test_organizations_of_one_name(people):
    alice, = people("alice")
    assert same(alice, "POST", "/organizations/", {"name": "Same"}) == {201: MANY}
    assert len(alice.ok("GET", "/organizations/")) == MANY + 1


def test_updates_of_one_organization(people):
    alice, = people("alice")
    assert same(alice, "PATCH", f"/organizations/{alice.organization}", {"name": "Same"}) == {200: MANY}


def test_transfers_to_two_members(people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    for other in (bob, carol):
        client.add_member(sql, other, alice.organization)
    counts = at_once(lambda number: alice.using(alice.authorization).post(
        f"/organizations/{alice.organization}/transfer/{(bob, carol)[number % 2].user}"))
    assert counts == {200: 1, 403: MANY - 1}


def test_transfers_in_a_circle(people, sql):
    circle = people("alice", "bob", "carol")
    organization = circle[0].organization
    for other in circle[1:]:
        client.add_member(sql, other, organization)
    at_once(lambda number: circle[number % 3].using(circle[number % 3].authorization).post(
        f"/organizations/{organization}/transfer/{circle[(number + 1) % 3].user}"))


def test_a_transfer_while_projects_are_made(people, sql):
    alice, bob = people("alice", "bob")
    client.add_member(sql, bob, alice.organization)

    def step(number):
        if number == 50:
            return alice.using(alice.authorization).post(f"/organizations/{alice.organization}/transfer/{bob.user}")
        return alice.using(alice.authorization).post("/projects/", {"name": "p", "make_default": number % 2 == 0})

    assert at_once(step) == {201: MANY - 1, 200: 1}


def test_deletions_of_the_last_two_organizations(people, sql):
    for _ in range(3):
        alice, = people("alice")
        second = alice.ok("POST", "/organizations/", {"name": "second"})["id"]
        both = (alice.organization, second)
        at_once(lambda number: alice.using(alice.authorization).delete(f"/organizations/{both[number % 2]}"))
        assert sql("SELECT count(*) FROM organizations WHERE owner_id = %s", alice.user) == [(1,)]


def test_deletions_of_one_organization(people, sql):
    alice, = people("alice")
    for _ in range(3):
        alice.ok("POST", "/organizations/", {"name": "another"})
    doomed = alice.ok("POST", "/organizations/", {"name": "doomed"})["id"]
    assert same(alice, "DELETE", f"/organizations/{doomed}") == {200: 1, 403: MANY - 1}
    assert sql("SELECT count(*) FROM organizations WHERE owner_id = %s", alice.user) == [(4,)]


def test_projects_that_all_want_to_be_the_default(people):
    alice, = people("alice")
    assert same(alice, "POST", "/projects/", {"name": "Same", "make_default": True}) == {201: MANY}
    assert [each["is_default_project"] for each in alice.ok("GET", "/projects/")].count(True) == 1


def test_promotions(people):
    alice, = people("alice")
    made = [alice.ok("POST", "/projects/", {"name": "p"})["project_id"] for _ in range(4)]
    assert at_once(lambda number: alice.using(alice.authorization).patch(
        f"/projects/{made[number % 4]}", {"make_default": True})) == {200: MANY}


def test_promotions_against_deletions(people):
    alice, = people("alice")
    made = [alice.ok("POST", "/projects/", {"name": "p"})["project_id"] for _ in range(10)]

    def step(number):
        path = f"/projects/{made[number // 10]}"
        api = alice.using(alice.authorization)
        return api.patch(path, {"make_default": True}) if number % 2 else api.delete(path)

    assert set(at_once(step)) <= {200, 400, 404}


def test_deletions_of_one_project(people):
    alice, = people("alice")
    doomed = alice.ok("POST", "/projects/", {"name": "doomed"})["project_id"]
    assert same(alice, "DELETE", f"/projects/{doomed}") == {200: 1, 404: MANY - 1}


def test_projects_made_while_their_organization_goes(people):
    alice, = people("alice")
    alice.ok("POST", "/organizations/", {"name": "second"})
    made = [alice.ok("POST", "/projects/", {"name": "p"})["project_id"] for _ in range(10)]

    def step(number):
        api = alice.using(alice.authorization)
        if number == 50:
            return api.delete(f"/organizations/{alice.organization}")
        if number % 3 == 0:
            return api.delete(f"/projects/{made[number % 10]}")
        if number % 3 == 1:
            return api.patch(f"/projects/{made[number % 10]}", {"name": "n", "make_default": True})
        return api.post("/projects/", {"name": "p", "make_default": True})

    assert set(at_once(step)) <= {200, 201, 400, 401, 404}
    assert alice.get("/organizations/").status_code == 401


def test_keys(people, sql):
    alice, = people("alice")
    assert same(alice, "POST", "/keys/") == {200: MANY}
    assert sql("SELECT count(DISTINCT hashed_key) FROM api_keys WHERE created_by_id = %s", alice.user) == [(MANY + 1,)]
    doomed = alice.ok("POST", "/keys/")[:8]
    assert same(alice, "DELETE", f"/keys/{doomed}") == {200: 1, 404: MANY - 1}


def test_keys_made_while_their_organization_goes(people, sql):
    alice, = people("alice")
    alice.ok("POST", "/organizations/", {"name": "second"})

    def step(number):
        api = alice.using(alice.authorization)
        return api.delete(f"/organizations/{alice.organization}") if number == 50 else api.post("/keys/")

    counts = at_once(step)
    assert set(counts) <= {200, 401}
    assert sql("SELECT count(*) FROM api_keys WHERE created_by_id = %s", alice.user) == [(0,)]


def test_user_names(people):
    alice, = people("alice")
    assert same(alice, "PUT", "/profile/username", {"username": "Same"}) == {200: MANY}
