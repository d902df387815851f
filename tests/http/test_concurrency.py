"""A hundred concurrent writes of one kind: no server error, and the databases stay consistent."""
import collections

import client
import pytest
import serving

MANY = 100

# Queries that must never find a row.
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
    "a member of a workspace but not of its organization":
        """SELECT m.id FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id WHERE NOT EXISTS (
               SELECT FROM organization_members o
               WHERE o.organization_id = w.organization_id AND o.user_id = m.user_id)""",
    "a member of an organization but of none of its workspaces":
        """SELECT m.id FROM organization_members m WHERE NOT EXISTS (
               SELECT FROM workspace_members j JOIN workspaces w ON w.id = j.workspace_id
               WHERE w.organization_id = m.organization_id AND j.user_id = m.user_id)""",
    "a key of a user who is not a member of its project":
        """SELECT k.id FROM api_keys k WHERE NOT EXISTS (
               SELECT FROM project_members m WHERE m.project_id = k.project_id AND m.user_id = k.created_by_id)""",
    "an address twice among the live invitations of an organization":
        """SELECT p.organization_id FROM project_invitations i JOIN projects p ON p.id = i.project_id
           WHERE i.used IS NOT TRUE GROUP BY p.organization_id, lower(i.email) HAVING count(*) > 1""",
    "an invitation that is used by nobody, or by a user who is not a member":
        """SELECT i.id FROM project_invitations i JOIN projects p ON p.id = i.project_id
           WHERE i.used AND NOT EXISTS (SELECT FROM workspace_members m
                                        WHERE m.workspace_id = p.workspace_id AND m.user_id = i.user_id)""",
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


# A server of its own: other tests delete memberships without the server's knowledge.
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
    """Runs work(0..) at the same time; the number of answers by status. A 500 is always an error."""
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
    assert made == 3 * counts[200] and counts[200] + counts[409] == MANY  # a batch is stored whole or not at all


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


def test_projects_made_during_deletion_of_the_organization(people):
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


def test_keys_made_during_deletion_of_the_organization(people, sql):
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


# ---- invitations and members ----

def invite_path(account):
    return f"/organizations/{account.organization}/workspaces/{account.workspace}/invite"


def invited(account, person):
    return client.invite(account, account.organization, account.workspace, person.email)["token"]


def accept(account, person, token):
    return client.accept(person.using(person.authorization), token, account.organization, account.workspace, email=person.email)


def remove(account, caller, email):
    return caller.using(caller.authorization).delete(f"/workspaces/{account.workspace}/users/?email={email}")


def add_workspace(sql, account):
    """A second workspace with a default project, owned like the first."""
    workspace = sql("INSERT INTO workspaces (id, name, organization_id) VALUES (gen_random_uuid(), 'w', %s) RETURNING id::text",
                    account.organization)[0][0]
    project = sql("INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id)"
                  " VALUES (gen_random_uuid(), 'p', true, %s, %s) RETURNING id::text", account.organization, workspace)[0][0]
    sql("INSERT INTO workspace_members (id, user_id, workspace_id, role) VALUES (gen_random_uuid(), %s, %s, 'owner')",
        account.user, workspace)
    sql("INSERT INTO project_members (id, user_id, project_id, role) VALUES (gen_random_uuid(), %s, %s, 'owner')",
        account.user, project)
    return workspace


def test_invitations_of_one_address(people):
    alice, = people("alice")
    emails = (f"one-{alice.suffix}@example.com", f"ONE-{alice.suffix}@Example.com")
    assert at_once(lambda number: alice.using(alice.authorization).post(
        invite_path(alice), [{"email": emails[number % 2]}])) == {200: 1, 400: MANY - 1}


def test_an_expired_invitation_replaced_by_many(people, sql):
    alice, bob = people("alice", "bob")
    invited(alice, bob)
    sql("UPDATE project_invitations SET expiration_date = now() - interval '1 day' WHERE email = %s", bob.email)
    assert same(alice, "POST", invite_path(alice), [{"email": bob.email}]) == {200: 1, 400: MANY - 1}


def test_invitations_to_two_workspaces_at_once(people, sql):
    """One pending invitation per organization, although different workspaces are locked."""
    alice, = people("alice")
    places = (alice.workspace, add_workspace(sql, alice))
    for number in range(10):
        assert at_once(lambda index: alice.using(alice.authorization).post(
            f"/organizations/{alice.organization}/workspaces/{places[index % 2]}/invite",
            [{"email": f"two{number}-{alice.suffix}@example.com"}]), 10) == {200: 1, 400: 9}


def test_lists_of_addresses_that_overlap(people, sql):
    alice, = people("alice")

    def step(number):
        return alice.using(alice.authorization).post(f"/organizations/{alice.organization}/invitations", {"invitations": [
            {"email": f"list{(number + step) % 10}-{alice.suffix}@example.com"} for step in range(3)]})

    counts = at_once(step)
    assert len(alice.ok("GET", f"/organizations/{alice.organization}/invitations")) == 3 * counts[201]


def test_one_invitation_accepted_by_many(people, sql):
    alice, bob = people("alice", "bob")
    alice.ok("POST", "/projects/", {"name": "second"})
    token = invited(alice, bob)
    assert at_once(lambda _: accept(alice, bob, token)) == {200: 1, 409: MANY - 1}


def test_two_invitations_of_one_user(people):
    """To two organizations, at the same time."""
    alice, bob, carol = people("alice", "bob", "carol")
    tokens = {alice: invited(alice, carol), bob: invited(bob, carol)}
    assert at_once(lambda number: accept((alice, bob)[number % 2], carol, tokens[(alice, bob)[number % 2]])) == {
        200: 2, 409: MANY - 2}


def test_two_invitations_to_one_organization(people, sql):
    """Into two workspaces, one of which removes them meanwhile: members of a workspace stay in the organization."""
    for _ in range(5):
        alice, bob = people("alice", "bob")
        second = add_workspace(sql, alice)
        client.join(alice, bob)
        token = client.invite(alice, alice.organization, second, bob.email)["token"]
        at_once(lambda number: remove(alice, alice, bob.email) if number % 2 else accept(alice, bob, token), 10)


def test_accepted_sent_again_revoked_and_declined_at_once(people, sql):
    for _ in range(3):
        alice, bob = people("alice", "bob")
        token = invited(alice, bob)
        one = sql("SELECT id::text FROM project_invitations WHERE token = %s", token)[0][0]

        def step(number):
            mine, theirs = alice.using(alice.authorization), bob.using(bob.authorization)
            return [lambda: accept(alice, bob, token),
                    lambda: mine.post(invite_path(alice) + "/resend", {"email": bob.email}),
                    lambda: mine.delete(f"/organizations/{alice.organization}/invitations/{one}"),
                    lambda: theirs.post(f"/invitations/{one}/decline", {"token": token}),
                    lambda: mine.post(invite_path(alice), [{"email": bob.email}])][number % 5]()

        counts = at_once(step)
        assert counts[200] >= 1


def test_one_member_removed_by_many(people):
    alice, bob = people("alice", "bob")
    client.join(alice, bob)
    assert at_once(lambda number: remove(alice, (alice, bob)[number % 2], bob.email))[200] >= MANY // 2


def test_a_member_makes_keys_and_projects_during_removal(people, admin):
    alice, bob = people("alice", "bob")
    for _ in range(5):
        client.join(alice, bob)
        token = bob.using("Secret " + client.sign(admin.authorization.removeprefix("Access "), client.claims_of(bob, project_id=alice.project)))

        def step(number):
            api = token.using(token.authorization)
            if number == 20:
                return remove(alice, alice, bob.email)
            return api.post("/keys/") if number % 2 else api.post("/projects/", {"name": "p"})

        assert set(at_once(step, 40)) <= {200, 201, 401, 403}


def test_roles_given_against_transfers_and_removals(people, sql):
    for _ in range(3):
        alice, bob, carol = people("alice", "bob", "carol")
        client.join(alice, bob)
        client.join(alice, carol)

        def step(number):
            api = (alice, bob, carol)[number % 3].using((alice, bob, carol)[number % 3].authorization)
            other = (alice, bob, carol)[(number + 1) % 3]
            if number % 4 == 0:
                return api.post(f"/organizations/{alice.organization}/transfer/{other.user}")
            if number % 4 == 1 and number > 60:
                return remove(alice, api, other.email)
            return api.patch(f"/organizations/{alice.organization}/members/{other.user}", {"role": ("admin", "viewer")[number % 2]})

        at_once(step)


def test_member_requests_during_deletion_of_the_organization(people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    alice.ok("POST", "/organizations/", {"name": "second"})
    client.join(alice, bob)
    token = invited(alice, carol)

    def step(number):
        mine = alice.using(alice.authorization)
        return [lambda: accept(alice, carol, token),
                lambda: mine.post(invite_path(alice), [{"email": f"x{number}@example.com"}]),
                lambda: remove(alice, alice, bob.email),
                lambda: mine.patch(f"/organizations/{alice.organization}/members/{bob.user}", {"role": "viewer"}),
                lambda: mine.post(f"/organizations/{alice.organization}/transfer/{bob.user}"),
                lambda: remove(alice, bob, bob.email)][number % 6]() if number != 50 else mine.delete(
                    f"/organizations/{alice.organization}")

    assert set(at_once(step)) <= {200, 400, 401, 403, 404, 409}
