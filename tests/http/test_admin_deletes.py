"""Removal, transfer and reset by the administration, beyond the recorded answers: what is deleted too, kept, or refused."""
import uuid

import client
import pytest
import serving
import sessions
from signing import PASSWORD, Browser, address

SIMPLE = "/admin/simple/accounts/"
TRANSFER = SIMPLE + "transfer-ownership"
RESET = SIMPLE + "reset-password"
SCOPES = ("organization", "workspace", "project")


def refusal(answer):
    """The status and the detail of a refusal."""
    return answer.status_code, answer.json()["detail"]


def count(sql, table, column, value):
    return sql(f"SELECT count(*) FROM {table} WHERE {column}::text = %s", value)[0][0]


def roles(sql, person, place):
    """The roles of a user in an organization, its workspace and its project."""
    return [next(iter(sql(f"SELECT role FROM {scope}_members WHERE {scope}_id = %s AND user_id = %s", getattr(place, scope), person.user)),
                 (None,))[0] for scope in SCOPES]


def owner_of(sql, organization):
    """The owner of the organization, and the users with the owner's role."""
    return (sql("SELECT owner_id::text FROM organizations WHERE id = %s", organization)[0][0],
            [row[0] for row in sql("SELECT user_id::text FROM organization_members WHERE organization_id = %s AND role = 'owner'",
                                   organization)])


# ---- users ----

def test_a_removed_user_is_refused_from_the_next_request_on(admin, people, server, sql):
    alice, bob = people("alice", "bob")
    client.join(alice, bob)
    session = sessions.session_of(bob, sql)
    prefix = sql("INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id)"
                 " VALUES (gen_random_uuid(), left(gen_random_uuid()::text, 8), gen_random_uuid()::text, %s, %s) RETURNING prefix",
                 alice.project, bob.user)[0][0]
    assert session.get("/profile").status_code == bob.get("/profile").status_code == 200
    login = sql("SELECT id::text FROM orgd.logins WHERE user_id = %s", bob.user)[0][0]
    assert admin.ok("DELETE", SIMPLE + f"users/{bob.user.upper()}") == {"dry_run": False, "deleted": {
        "users": [{"id": bob.user.upper()}], "user_identities": [{"id": login}], "organizations": [{"id": bob.organization}]}}
    assert session.get("/profile").status_code == bob.get("/profile").status_code == 401
    assert Browser(server.url).sign_in(bob.email) == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert not sql("SELECT id FROM api_keys WHERE prefix = %s", prefix)  # of a project that stays
    for table, column in (("users", "id"), ("orgd.logins", "user_id"), ("orgd.sessions", "user_id"), ("user_identities", "user_id"),
                          ("organization_members", "user_id"), ("project_invitations", "user_id")):
        assert count(sql, table, column, bob.user) == 0, table
    assert [each["id"] for each in alice.ok("GET", "/organizations/")] == [alice.organization]


def test_organizations_created_for_others_are_kept(admin, people, sql):
    alice, bob = people("alice", "bob")
    sql("UPDATE organizations SET created_by_id = %s WHERE id = %s", bob.user, alice.organization)
    answer = admin.ok("DELETE", SIMPLE + f"users/{bob.user}")
    assert answer["deleted"]["organizations"] == [{"id": bob.organization}]
    assert alice.get("/organizations/").status_code == 200 and count(sql, "organizations", "id", alice.organization) == 1


def test_deleting_one_of_two_addresses_that_differ_in_case(admin, alice, sql):
    other = str(uuid.uuid4())
    sql("INSERT INTO users (id, uid, email, username) VALUES (%s, %s, %s, 'x')", other, other, alice.email.upper())
    assert admin.delete("/admin/accounts/", body={"target": {"user_emails": [alice.email.title()]}, "dry_run": False}).status_code == 200
    assert (count(sql, "users", "id", alice.user), count(sql, "users", "id", other)) == (0, 1)  # the folded address
    assert admin.delete("/admin/accounts/", body={"target": {"user_emails": [alice.email]}, "dry_run": False}).status_code == 200
    assert count(sql, "users", "id", other) == 0


def test_a_batch_is_all_or_nothing(admin, people, sql):
    alice, bob = people("alice", "bob")
    body = {"accounts": {"a": {"user": {"id": alice.user}}, "x": {"user": {"id": client.NOBODY}}, "b": {"user": {"email": bob.email}}}}
    answer = admin.delete(SIMPLE, body=body)
    assert refusal(answer) == (404, {"message": f"User not found: {client.NOBODY}.", "ref": client.NOBODY, "account": "x",
                                     "code": "user_not_found"})
    assert count(sql, "users", "id", alice.user) == 1
    body["accounts"]["x"] = {"user": {"email": "nobody@example.com"}}  # which is ignored
    preview = admin.delete(SIMPLE, body={**body, "dry_run": True})
    assert (preview.status_code, preview.text, count(sql, "users", "id", alice.user)) == (204, "", 1)
    assert admin.delete(SIMPLE, body=body).status_code == 204
    assert count(sql, "users", "id", alice.user) == count(sql, "users", "id", bob.user) == 0
    assert admin.delete(SIMPLE, body={"accounts": {}}).status_code == 204


@pytest.mark.parametrize("named", [{"id": "x"}, {"ref": "a"}, {"slug": "a"}])
def test_references_to_no_user(named, admin, alice, sql):
    answer = admin.delete(SIMPLE, body={"accounts": {"a": {"user": {"id": alice.user}}, "b": {"user": named}}})
    status, detail = refusal(answer)
    assert (status, detail["code"], detail["account"]) == (400, "invalid_reference", "b")
    assert count(sql, "users", "id", alice.user) == 1


# ---- lists of targets ----

def bulk(admin, dry_run=False, **target):
    return admin.delete("/admin/accounts/", body={"target": target, "dry_run": dry_run})


def test_unknown_targets_are_reported_as_skipped(admin, people):
    alice, bob = people("alice", "bob")
    answer = bulk(admin, project_ids=[alice.project.upper(), client.NOBODY, bob.project], user_emails=["nobody@example.com"],
                  user_ids=["nonsense"]).json()
    assert {each["id"] for each in answer["deleted"].pop("projects")} == {alice.project, bob.project}
    assert answer == {"dry_run": False, "deleted": {}, "skipped": {"users": [{"id": "nonsense"}, {"id": "nobody@example.com"}],
                                                                   "projects": [{"id": client.NOBODY}]}}


@pytest.mark.parametrize("kind", ["organization_ids", "workspace_ids", "project_ids"])
def test_targets_that_are_no_ids(kind, admin, alice, sql):
    answer = bulk(admin, user_ids=[alice.user], **{kind: ["x"]})
    status, detail = refusal(answer)
    assert (status, detail["code"], detail["path"]) == (400, "invalid_reference", f"target.{kind}")
    assert count(sql, "users", "id", alice.user) == 1


def test_deleting_an_owner_is_refused(admin, people, sql):
    alice, bob = people("alice", "bob")
    answer = bulk(admin, user_ids=[alice.user], project_ids=[bob.project])
    status, detail = refusal(answer)
    assert (status, detail["code"], detail["organization_id"]) == (409, "user_owns_organization", alice.organization)
    assert count(sql, "projects", "id", bob.project) == 1  # nothing was changed
    assert bulk(admin, user_ids=[alice.user], organization_ids=[alice.organization]).status_code == 200
    assert count(sql, "users", "id", alice.user) == 0


def test_the_default_is_a_dry_run_but_null_is_not(admin, alice, sql):
    body = {"target": {"user_ids": [alice.user]}}
    assert admin.ok("DELETE", "/admin/accounts/", body) == {"dry_run": True, "deleted": {
        "users": [{"id": alice.user}], "organizations": [{"id": alice.organization}], "workspaces": [], "projects": []}}
    assert count(sql, "users", "id", alice.user) == 1
    assert admin.ok("DELETE", "/admin/accounts/", {**body, "dry_run": None})["dry_run"] is False
    assert count(sql, "users", "id", alice.user) == 0


def test_concurrent_removals_of_the_same_users(admin, people, sql):
    everybody = people(*(f"p{i}" for i in range(6)))
    ids = [person.user for person in everybody]
    answers = serving.in_parallel(6, lambda i: bulk(client.Api(admin.url, admin.authorization), user_ids=ids[i:] + ids[:i]).status_code)
    assert answers == [200] * 6
    assert sql("SELECT count(*) FROM users WHERE id = ANY (%s::uuid[])", ids) == [(0,)]


# ---- single objects ----

def test_every_object_of_a_path_must_exist(admin, people):
    alice, bob = people("alice", "bob")
    login = {"user_ref": {"id": alice.user}, "user_identity": {"method": "email:password", "subject": alice.email, "password": PASSWORD}}
    made = admin.ok("POST", SIMPLE + "users/identities/", login)["accounts"][0]["user_identities"]["identity_0"]["id"]
    answer = admin.delete(SIMPLE + f"users/{bob.user}/identities/{made}")  # of another user
    assert refusal(answer) == (404, {"message": f"User not found: {made}.", "ref": made, "code": "user_not_found"})
    assert admin.ok("DELETE", SIMPLE + f"users/{alice.user}/identities/{made}")["deleted"] == {"user_identities": [{"id": made}]}
    assert admin.delete(SIMPLE + f"users/{alice.user}/identities/{made}").status_code == 404
    for kind in ("users", "organizations", "workspaces", "projects", "api-keys"):
        assert admin.delete(SIMPLE + f"{kind}/{client.NOBODY}").status_code == 404, kind
        assert admin.delete(SIMPLE + f"{kind}/nothing").status_code == 400, kind


@pytest.mark.parametrize("scope", SCOPES)
def test_memberships_are_removed_in_the_enterprise_edition(scope, ee_admin, ee_sql, admin):
    alice, bob = client.make_accounts(ee_admin, "alice", "bob")
    client.add_member(ee_sql, bob, alice.organization, "viewer")
    place, elsewhere = getattr(alice, scope), getattr(bob, scope)
    (member,) = ee_sql(f"SELECT id::text FROM {scope}_members WHERE {scope}_id = %s AND user_id = %s", place, bob.user)[0]
    path = SIMPLE + f"{scope}s/{{}}/memberships/{{}}"
    assert refusal(ee_admin.delete(path.format(elsewhere, member)))[1]["code"] == "membership_not_found"
    assert bob.get(f"/organizations/{alice.organization}").status_code == 200
    assert ee_admin.ok("DELETE", path.format(place, member))["deleted"] == {f"{scope}_memberships": [{"id": member}]}
    assert count(ee_sql, f"{scope}_members", "id", member) == 0
    assert bob.get(f"/organizations/{alice.organization}").status_code == (403 if scope == "organization" else 200)
    answer = admin.delete(path.format(place, "whatever"))
    assert refusal(answer) == (501, {"message": f"'delete_{scope}_membership' is not yet implemented in this edition.",
                                     "feature": f"delete_{scope}_membership", "code": "not_implemented"})


def test_the_membership_of_an_owner_is_kept(ee_admin, ee_sql):
    (alice,) = client.make_accounts(ee_admin, "alice")
    (member,) = ee_sql("SELECT id::text FROM organization_members WHERE organization_id = %s", alice.organization)[0]
    answer = ee_admin.delete(SIMPLE + f"organizations/{alice.organization}/memberships/{member}")
    assert (answer.status_code, answer.json()["detail"]["code"]) == (409, "owner_membership")
    assert alice.get(f"/organizations/{alice.organization}").status_code == 200


# ---- ownership ----

def transfer(admin, source, target, **more):
    return admin.post(TRANSFER, {"users": {"source": {"id": source.user}, "target": {"email": target.email.upper()}}, **more})


def test_a_transfer_of_all_organizations(admin, people, sql):
    alice, bob = people("alice", "bob")
    client.join(alice, bob, "viewer")
    second = alice.ok("POST", "/organizations/", {"name": "Second"})["id"]
    answer = transfer(admin, alice, bob)
    assert (answer.status_code, answer.text) == (204, "")
    assert roles(sql, bob, alice) == ["owner"] * 3 and roles(sql, alice, alice) == ["viewer"] * 3  # each has the other's roles
    for organization in (alice.organization, second):
        assert owner_of(sql, organization) == (bob.user, [bob.user])
    assert {alice.organization, second, bob.organization} <= {each["id"] for each in bob.ok("GET", "/organizations/")}
    assert bob.call("PATCH", f"/organizations/{second}", {"name": "Mine"}).status_code == 200
    assert admin.ok("DELETE", SIMPLE + f"users/{alice.user}")["deleted"].get("organizations") is None
    assert count(sql, "organizations", "id", second) == 1


def test_a_partial_transfer_explains_the_rest(admin, people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    second = alice.ok("POST", "/organizations/", {"name": "Second"})["id"]
    slug = sql("UPDATE organizations SET slug = %s WHERE id = %s RETURNING slug", f"second-{alice.suffix}", second)[0][0]
    answer = transfer(admin, alice, bob, organizations={
        "a": {"id": second}, "again": {"slug": slug}, "b": {"id": carol.organization}, "c": {"slug": "there-is-none"}})
    assert answer.status_code == 200
    assert answer.json()["transferred"] == [second]
    assert [(each["code"], each["details"]["ref"]) for each in answer.json()["errors"]] == [
        ("not_owned_by_source", "b"), ("organization_not_found", "c")]
    assert owner_of(sql, second) == (bob.user, [bob.user])
    assert owner_of(sql, alice.organization) == (alice.user, [alice.user])
    assert owner_of(sql, carol.organization) == (carol.user, [carol.user])


def test_creating_an_organization_is_not_owning_it(admin, people, sql):
    alice, bob = people("alice", "bob")
    sql("UPDATE organizations SET created_by_id = %s WHERE id = %s", bob.user, alice.organization)
    assert transfer(admin, bob, bob).status_code == 204
    answer = transfer(admin, bob, bob, organizations={"a": {"id": alice.organization}})
    assert [each["code"] for each in answer.json()["errors"]] == ["not_owned_by_source"]
    assert owner_of(sql, alice.organization) == (alice.user, [alice.user])


def test_roles_within_are_restricted_as_asked(admin, people, sql):
    alice, bob = people("alice", "bob")
    assert transfer(admin, alice, bob, include_workspaces=[], include_projects=[alice.project]).status_code == 204
    assert roles(sql, bob, alice) == ["owner", None, "owner"]
    assert roles(sql, alice, alice) == ["admin", "owner", "admin"]


@pytest.mark.parametrize("more", [{"include_workspaces": ["x"]}, {"include_projects": ["x"]}, {"organizations": {"a": {"id": "x"}}},
                                  {"organizations": {"a": {"email": "x@y.io"}}}, {"users": {"source": {"email": "x@y.io"}}}])
def test_a_transfer_that_is_refused_changes_nothing(more, admin, people, sql):
    alice, bob = people("alice", "bob")
    assert transfer(admin, alice, bob, **more).status_code == 400
    assert owner_of(sql, alice.organization) == (alice.user, [alice.user])


def test_of_two_transfers_at_once_one_comes_second(admin, people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    answers = serving.in_parallel(6, lambda i: transfer(client.Api(admin.url, admin.authorization), alice, (bob, carol)[i % 2],
                                                        organizations={"a": {"id": alice.organization}}))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [204]
    owner, having = owner_of(sql, alice.organization)
    assert owner in (bob.user, carol.user) and having == [owner]


def test_only_members_become_owners_in_the_enterprise_edition(ee_admin, ee_sql):
    alice, bob = client.make_accounts(ee_admin, "alice", "bob")
    answer = transfer(ee_admin, alice, bob)
    assert [(each["code"], each["details"]) for each in answer.json()["errors"]] == [
        ("target_not_member", {"organization_id": alice.organization, "target_user_id": bob.user})]
    client.add_member(ee_sql, bob, alice.organization)
    assert transfer(ee_admin, alice, bob).status_code == 204
    assert owner_of(ee_sql, alice.organization) == (bob.user, [bob.user])


# ---- passwords ----

def identity(email, password="An0ther!pass", method="email:password"):
    return {"method": method, "subject": email, "password": password}


def test_a_password_that_is_set_ends_the_sessions(admin, server):
    email = address()
    session = sessions.sign_up(server.url, email)
    answer = admin.post(RESET, {"user_identities": [identity(email.upper())]})
    assert (answer.status_code, answer.text) == (204, "")
    assert session.get("/profile").status_code == 401
    browser = Browser(server.url)
    assert browser.sign_in(email) == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert browser.sign_in(email, "An0ther!pass")["status"] == "OK"


@pytest.mark.parametrize("second,status", [(identity("nobody@example.com"), 404), (identity("x", "short"), 400),
                                           (identity("x", None), 400), (identity("x", method="social:google"), 400)])
def test_all_passwords_are_set_or_none(second, status, admin, server):
    email = address()
    session = sessions.sign_up(server.url, email)
    assert admin.post(RESET, {"user_identities": [identity(email), second]}).status_code == status
    assert session.get("/profile").status_code == 200
    assert Browser(server.url).sign_in(email)["status"] == "OK"
    assert admin.post(RESET, {"user_identities": []}).status_code == 204
