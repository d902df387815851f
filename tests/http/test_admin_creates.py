"""The creating endpoints of the administration, beyond the recorded answers: references, members, logins, keys."""
import itertools
import uuid

import client
import pytest
import sessions
from signing import PASSWORD

GRAPH = "/admin/accounts/"
SIMPLE = "/admin/simple/accounts/"
EMPTY = {kind: {} for kind in ("users", "user_identities", "organizations", "workspaces", "projects", "organization_memberships",
                               "workspace_memberships", "project_memberships")}
numbers = itertools.count()


def ref(name):
    return {"ref": name}


def by(**how):
    return how


@pytest.fixture
def suffix():
    return f"{next(numbers)}-{uuid.uuid4().hex[:6]}"


@pytest.fixture
def create(admin):
    """The one account of an answer that must be successful."""
    def create(path, body):
        answer = admin.ok("POST", SIMPLE + path if path != GRAPH else path, body)
        assert "errors" not in answer, answer["errors"]
        return answer["accounts"][0]
    return create


def refusal(answer):
    """The status and the detail of a refusal."""
    return answer.status_code, answer.json()["detail"]


def member_of(sql, scope, place):
    return dict(sql(f"SELECT user_id::text, role FROM {scope}_members WHERE {scope}_id = %s", place))


# ---- references ----

@pytest.mark.parametrize("kind,member,target", [
    ("organizations", "owner_user_ref", "users"), ("workspaces", "organization_ref", "organizations"),
    ("projects", "organization_ref", "organizations"), ("projects", "workspace_ref", "workspaces"),
    ("organization_memberships", "organization_ref", "organizations"), ("organization_memberships", "user_ref", "users"),
    ("workspace_memberships", "workspace_ref", "workspaces"), ("workspace_memberships", "user_ref", "users"),
    ("project_memberships", "project_ref", "projects"), ("project_memberships", "user_ref", "users"),
    ("api_keys", "user_ref", "users"), ("api_keys", "project_ref", "projects")])
@pytest.mark.parametrize("how,value", [("ref", "nobody"), ("id", "nonsense"), ("slug", "x"), ("email", "x@y"), ("id", client.NOBODY)])
def test_dangling_references(kind, member, target, how, value, admin, alice, sql):
    """Each kind of reference in each place: unknown, malformed, or of a kind that the place does not support."""
    known = {"owner_user_ref": alice.user, "user_ref": alice.user, "organization_ref": alice.organization,
             "workspace_ref": alice.workspace, "project_ref": alice.project}
    members = {"organizations": ["owner_user_ref"], "workspaces": ["organization_ref"], "projects": ["organization_ref", "workspace_ref"],
               "organization_memberships": ["organization_ref", "user_ref"], "workspace_memberships": ["workspace_ref", "user_ref"],
               "project_memberships": ["project_ref", "user_ref"], "api_keys": ["user_ref", "project_ref"]}[kind]
    thing = {name: by(id=known[name]) for name in members}
    thing[member] = {how: value}
    email = f"first-{uuid.uuid4().hex}@example.com"
    status, detail = refusal(admin.post(GRAPH, {
        "options": {"create_api_keys": True}, "users": {"first": {"email": email}}, kind: {"it": {"name": "n", "role": "viewer", **thing}}}))
    path = f"{kind}.it.{member}"
    reasons = {("ref", "nobody"): f"request-local ref 'nobody' not found in {target}", ("id", "nonsense"): "'nonsense' is not a valid UUID",
               ("slug", "x"): None if target == "organizations" else f"slug-based references are not supported for {target}",
               ("email", "x@y"): None if target == "users" else "empty reference", ("id", client.NOBODY): None}
    reason = reasons[how, value]
    if reason:
        assert (status, detail) == (400, {"message": f"Invalid reference at '{path}': {reason}", "path": path, "reason": reason,
                                          "code": "invalid_reference"})
    else:
        title = target[:-1].capitalize()
        assert (status, detail) == (404, {"message": f"{title} not found: {value}.", "ref": value, "code": f"{target[:-1]}_not_found"})
    assert sql("SELECT count(*) FROM users WHERE email = %s", email) == [(0,)]


def test_references_resolve_to_earlier_objects_of_their_kind(admin, suffix):
    users = {"same": {"email": f"a-{suffix}@example.com"}}
    status, detail = refusal(admin.post(GRAPH, {"users": users, "workspaces": {"w": {"name": "w", "organization_ref": ref("same")}}}))
    assert (status, detail["reason"]) == (400, "request-local ref 'same' not found in organizations")
    circle = {"users": users, "organizations": {"o": {"name": "o", "owner_user_ref": ref("o")}}}
    status, detail = refusal(admin.post(GRAPH, circle))
    assert (status, detail["path"]) == (400, "organizations.o.owner_user_ref")


def test_names_of_two_accounts_of_a_batch_are_apart(admin, suffix):
    """Objects of another entry cannot be referred to, because each has its own `org`."""
    body = {"accounts": {"a": {"user": {"email": f"a-{suffix}@example.com"}}, "b": {
        "user": {"email": f"b-{suffix}@example.com"},
        "organization_memberships": [{"organization_ref": ref("a"), "user_ref": ref("user"), "role": "owner"}]}}}
    status, detail = refusal(admin.post(SIMPLE, body))
    assert (status, detail["account"], detail["path"]) == (400, "b", "organization_memberships.org_mem_0.organization_ref")


@pytest.mark.parametrize("spell", ["{id}", "urn:uuid:{id}", "{{{id}}}", "{upper}", "{plain}"])
def test_ids_in_other_spellings(spell, create, people):
    alice, bob = people("alice", "bob")
    text = spell.format(id=alice.organization, upper=alice.organization.upper(), plain=alice.organization.replace("-", ""))
    made = create("organizations/memberships/", {"membership": {
        "organization_ref": by(id=text), "user_ref": by(id=bob.user), "role": "viewer"}})
    assert made["organization_memberships"]["mem"]["organization_id"] == alice.organization


def test_references_by_address_and_slug(create, people, sql):
    alice, bob = people("alice", "bob")
    slug, = sql("SELECT slug FROM organizations WHERE id = %s", alice.organization)[0]
    made = create("organizations/memberships/", {"membership": {
        "organization_ref": by(slug=slug), "user_ref": by(email=f" {bob.email.upper()}"), "role": "admin"}})
    assert made == {**EMPTY, "organization_memberships": {"mem": {
        "id": made["organization_memberships"]["mem"]["id"], "organization_id": alice.organization, "user_id": bob.user, "role": "admin"}}}
    made = create("api-keys/", {"api_key": {"project_ref": by(id=alice.project), "user_ref": by(email=bob.email)}})
    assert made["api_keys"]["key"]["user_id"] == bob.user


def test_a_slug_of_the_same_request(create, suffix):
    made = create(GRAPH, {"users": {"u": {"email": f"u-{suffix}@example.com"}}, "organizations": {"o": {"name": "o", "slug": f"o-{suffix}"}},
                          "workspaces": {"w": {"name": "w", "organization_ref": by(slug=f"o-{suffix}")}}})
    assert made["workspaces"]["w"]["organization_id"] == made["organizations"]["o"]["id"]


@pytest.mark.parametrize("body", [{}, {"ref": "a", "id": "b"}, {"ref": None}, {"slug": "a", "email": "b"}])
def test_a_reference_is_one(body, admin):
    answer = admin.post(GRAPH, {"workspaces": {"w": {"name": "w", "organization_ref": body}}})
    (problem,) = answer.json()["detail"]
    assert (answer.status_code, problem["type"], problem["loc"]) == (
        422, "value_error", ["body", "workspaces", "w", "organization_ref"])
    assert problem["msg"] == "Value error, Exactly one of 'ref', 'id', 'slug', or 'email' must be provided."


def test_all_problems_at_once(admin):
    answer = admin.post(GRAPH, {
        "options": {"dry_run": "perhaps"}, "users": {"a": {}, "b": {"email": 7}, "c": "d"}, "organizations": [],
        "workspaces": {"w": {"organization_ref": {"ref": "x", "id": "y"}}}, "api_keys": {"k": {"project_ref": None}}})
    assert answer.status_code == 422
    assert [(problem["type"], problem["loc"][1:]) for problem in answer.json()["detail"]] == [
        ("bool_parsing", ["options", "dry_run"]), ("missing", ["users", "a", "email"]), ("string_type", ["users", "b", "email"]),
        ("model_attributes_type", ["users", "c"]), ("dict_type", ["organizations"]), ("missing", ["workspaces", "w", "name"]),
        ("value_error", ["workspaces", "w", "organization_ref"]), ("model_attributes_type", ["api_keys", "k", "project_ref"]),
        ("missing", ["api_keys", "k", "user_ref"])]


# ---- users ----

def test_an_existing_user_is_left_unchanged(create, alice, sql):
    made = create(GRAPH, {"users": {"u": {"email": alice.email.upper(), "username": "other", "name": "Other"}}})
    assert made["users"]["u"]["id"] == alice.user and made["users"]["u"]["username"] == alice.username
    assert sql("SELECT username FROM users WHERE id = %s", alice.user) == [(alice.username,)]


def test_one_address_under_two_keys_is_one_user(create, suffix, sql):
    made = create(GRAPH, {"users": {"a": {"email": f"a-{suffix}@example.com"}, "b": {"email": f"A-{suffix}@Example.com"}}})
    assert made["users"]["a"] == made["users"]["b"]
    assert sql("SELECT count(*) FROM users WHERE email = %s", f"a-{suffix}@example.com") == [(1,)]


@pytest.mark.parametrize("seed", [False, None])
def test_a_user_by_themselves(seed, create, suffix, sql):
    made = create("users/", {"user": {"email": f"u-{suffix}@example.com", "name": "N"}, "options": {"seed_defaults": seed}})
    assert made == {**EMPTY, "users": {"user": made["users"]["user"]}}
    assert sql("SELECT count(*) FROM organization_members WHERE user_id = %s", made["users"]["user"]["id"]) == [(0,)]


@pytest.mark.parametrize("options,made_one,value", [({}, False, False), ({"create_api_keys": True}, True, False),
                                               ({"create_api_keys": True, "return_api_keys": True}, True, True)], ids=str)
def test_the_key_of_a_user(options, made_one, value, create, suffix, admin):
    made = create("users/", {"user": {"email": f"u-{suffix}@example.com"}, "options": options})
    assert ("api_keys" in made) == made_one
    assert ("value" in made.get("api_keys", {}).get("key", {})) == value
    assert [list(made[f"{scope}_memberships"]) for scope in ("organization", "workspace", "project")] == [
        ["org_owner"], ["wrk_owner"], ["prj_owner"]]
    if value:
        assert admin.using(f"ApiKey {made['api_keys']['key']['value']}").ok("GET", "/profile")["id"] == made["users"]["user"]["id"]


def test_a_user_without_an_organization_gets_one_later(create, suffix, admin):
    email = f"u-{suffix}@example.com"
    alone = create("users/", {"user": {"email": email}, "options": {"seed_defaults": False}})
    later = create("users/", {"user": {"email": email}})
    assert later["users"] == alone["users"] and later["organizations"]["org"]["owner_user_id"] == alone["users"]["user"]["id"]
    again = admin.ok("POST", SIMPLE + "users/", {"user": {"email": email}})
    assert again["accounts"] == [{**EMPTY, "users": alone["users"]}]
    assert [error["code"] for error in again["errors"]] == ["organization_exists"]


# ---- organizations, workspaces, projects ----

def test_the_owner_of_an_organization(create, admin, people, suffix, sql):
    alice, bob = people("alice", "bob")
    users = {"first": {"email": f"f-{suffix}@example.com"}, "second": {"email": f"s-{suffix}@example.com"}}
    made = create(GRAPH, {"users": users, "organizations": {
        "of first": {"name": "a"}, "of second": {"name": "b", "owner_user_ref": ref("second")},
        "of alice": {"name": "c", "owner_user_ref": by(id=alice.user)}, "of bob": {"name": "d", "owner_user_ref": by(email=bob.email)}}})
    owners = {"of first": made["users"]["first"]["id"], "of second": made["users"]["second"]["id"], "of alice": alice.user, "of bob": bob.user}
    for key, organization in made["organizations"].items():
        assert organization["owner_user_id"] == owners[key]
        assert member_of(sql, "organization", organization["id"]) == {owners[key]: "owner"}
        assert sql("SELECT owner_id::text, created_by_id::text, (flags->>'allow_email') FROM organizations WHERE id = %s",
                   organization["id"]) == [(owners[key], owners[key], "true")]
    assert refusal(admin.post(GRAPH, {"organizations": {"o": {"name": "n"}}})) == (400, {
        "message": "Organization 'o' requires a valid owner user.", "code": "validation_error"})


def test_an_organization_with_an_owner(create, alice, suffix, sql):
    made = create("organizations/", {"organization": {"name": "O", "slug": f"o-{suffix}", "owner_user_ref": ref("ignored")},
                                     "owner": {"email": alice.email.upper()}})
    assert list(made["users"]) == ["owner"] and made["users"]["owner"]["id"] == alice.user
    assert (made["workspaces"]["wrk"]["name"], made["projects"]["prj"]["name"], made["projects"]["prj"]["is_default"]) == (
        "Default", "Default", True)
    for scope, key in (("organization", "org"), ("workspace", "wrk"), ("project", "prj")):
        assert member_of(sql, scope, made[f"{scope}s"][key]["id"]) == {alice.user: "owner"}
    assert len(alice.ok("GET", "/organizations/")) == 2


def test_an_organization_of_an_unknown_owner(admin, suffix):
    status, detail = refusal(admin.post(SIMPLE + "organizations/", {
        "organization": {"name": "O"}, "owner": {"email": f"Nobody-{suffix}@example.com"}}))
    assert (status, detail) == (404, {"message": f"User not found: Nobody-{suffix}@example.com.", "ref": f"Nobody-{suffix}@example.com",
                                      "code": "user_not_found"})


def test_slugs_are_taken_once(admin, create, alice, suffix):
    two = {"a": {"name": "a", "slug": f"two-{suffix}"}, "b": {"name": "b", "slug": f"two-{suffix}"}}
    status, detail = refusal(admin.post(GRAPH, {"users": {"u": {"email": alice.email}}, "organizations": two}))
    assert (status, detail["slug"], detail["code"]) == (409, f"two-{suffix}", "organization_already_exists")
    create(GRAPH, {"users": {"u": {"email": alice.email}}, "organizations": {"a": two["a"]}})
    status, detail = refusal(admin.post(GRAPH, {"users": {"u": {"email": alice.email}}, "organizations": {"b": two["b"]}}))
    assert (status, detail["message"]) == (409, f"Organization with slug 'two-{suffix}' already exists.")


def test_a_workspace_request_makes_a_workspace(create, alice, sql):
    made = create("workspaces/", {"workspace": {"name": "Second", "organization_ref": by(id=alice.organization)}})
    workspace, project = made["workspaces"]["wrk"], made["projects"]["prj"]
    assert workspace["id"] != alice.workspace and workspace["name"] == "Second"
    assert (project["workspace_id"], project["name"], project["is_default"]) == (workspace["id"], "Default", True)
    assert sql("SELECT count(*) FROM projects WHERE workspace_id = %s AND is_default", alice.workspace) == [(1,)]
    for scope, place in (("workspace", workspace["id"]), ("project", project["id"])):
        assert member_of(sql, scope, place) == {alice.user: "owner"}


def test_a_workspace_has_one_default_project(create, alice, suffix, sql):
    def project(name):
        return {"name": name, "is_default": True, "organization_ref": by(id=alice.organization), "workspace_ref": by(id=alice.workspace)}
    made = create("projects/", {"project": project("new")})["projects"]["prj"]
    assert made["is_default"]
    two = create(GRAPH, {"projects": {"a": project("a"), "b": project("b")}})["projects"]
    assert [two["a"]["is_default"], two["b"]["is_default"]] == [False, True]
    assert sql("SELECT id::text FROM projects WHERE workspace_id = %s AND is_default", alice.workspace) == [(two["b"]["id"],)]


def test_a_project_lies_in_one_organization(admin, people):
    alice, bob = people("alice", "bob")
    status, detail = refusal(admin.post(SIMPLE + "projects/", {"project": {
        "name": "p", "organization_ref": by(id=alice.organization), "workspace_ref": by(id=bob.workspace)}}))
    assert (status, detail["path"], detail["reason"]) == (
        400, "projects.prj.workspace_ref", "the workspace belongs to another organization")


# ---- members ----

@pytest.mark.parametrize("scope", ["organization", "workspace", "project"])
@pytest.mark.parametrize("role", ["admin", "viewer"])
def test_the_role_that_is_asked_for_is_stored(scope, role, create, people, sql):
    alice, bob = people("alice", "bob")
    path, place = f"{scope}s/memberships/", getattr(alice, scope)
    body = {"membership": {f"{scope}_ref": by(id=place), "user_ref": by(id=bob.user), "role": role}}
    first = create(path, body)[f"{scope}_memberships"]["mem"]
    assert (first["role"], first["user_id"], first[f"{scope}_id"]) == (role, bob.user, place)
    assert member_of(sql, scope, place) == {alice.user: "owner", bob.user: role}
    body["membership"]["role"] = {"admin": "viewer", "viewer": "admin"}[role]
    assert create(path, body)[f"{scope}_memberships"]["mem"] == {**first, "role": body["membership"]["role"]}
    assert member_of(sql, scope, place) == {alice.user: "owner", bob.user: body["membership"]["role"]}


@pytest.mark.parametrize("scope", ["organization", "workspace", "project"])
@pytest.mark.parametrize("role", ["nope", "", "Owner", "editor"])
def test_unknown_roles(scope, role, admin, people, sql):
    alice, bob = people("alice", "bob")
    status, detail = refusal(admin.post(f"{SIMPLE}{scope}s/memberships/", {"membership": {
        f"{scope}_ref": by(id=getattr(alice, scope)), "user_ref": by(id=bob.user), "role": role}}))
    assert (status, detail["code"], detail["path"]) == (400, "invalid_reference", f"{scope}_memberships.mem.role")
    assert member_of(sql, scope, getattr(alice, scope)) == {alice.user: "owner"}


def test_a_new_owner_takes_the_place_of_the_old_one(create, people, sql):
    alice, bob = people("alice", "bob")
    body = {"membership": {"organization_ref": by(id=alice.organization), "user_ref": by(id=bob.user), "role": "owner"}}
    assert create("organizations/memberships/", body)["organization_memberships"]["mem"]["role"] == "owner"
    assert sql("SELECT owner_id::text FROM organizations WHERE id = %s", alice.organization) == [(bob.user,)]
    assert member_of(sql, "organization", alice.organization) == {alice.user: "admin", bob.user: "owner"}
    for scope in ("workspace", "project"):  # in all of it, where they were no member as well
        assert member_of(sql, scope, getattr(alice, scope)) == {alice.user: "admin", bob.user: "owner"}
    assert alice.get(f"/organizations/{alice.organization}").status_code == 200


def test_a_new_organization_has_one_owner_who_is_in_the_answer(admin, create, alice, suffix, sql):
    """The user whose membership says owner; without memberships, the user for whom it is made."""
    def owners(organization):
        found = [place for (place,) in sql("SELECT id::text FROM workspaces WHERE organization_id = %s UNION ALL"
                                           " SELECT id::text FROM projects WHERE organization_id = %s", *[organization["id"]] * 2)]
        scopes = ["organization", "workspace", "project"][:len(found) + 1]
        assert sql("SELECT owner_id::text FROM organizations WHERE id = %s", organization["id"]) == [(organization["owner_user_id"],)]
        return {tuple(sorted(member_of(sql, scope, place).items())) for scope, place in zip(scopes, [organization["id"], *found])}

    made = admin.ok("POST", SIMPLE, {"accounts": {"a": {"user": {"email": f"new-{suffix}@example.com"}, "organization": {
        "name": "O", "owner_user_ref": by(id=alice.user)}}}})["accounts"]["a"]
    new, organization = made["user"]["id"], made["organizations"]["org"]
    assert organization["owner_user_id"] == alice.user
    assert owners(organization) == {tuple(sorted({alice.user: "owner", new: "admin"}.items()))}

    made = create(GRAPH, {
        "users": {name: {"email": f"{name}-{suffix}@example.com"} for name in "ab"},
        "organizations": {"o": {"name": "o", "owner_user_ref": ref("a")}},
        "organization_memberships": {"m": {"organization_ref": ref("o"), "user_ref": ref("b"), "role": "owner"}}})
    assert made["organizations"]["o"]["owner_user_id"] == made["users"]["b"]["id"]
    assert owners(made["organizations"]["o"]) == {((made["users"]["b"]["id"], "owner"),)}


def test_an_organization_keeps_an_owner(admin, alice, sql):
    status, detail = refusal(admin.post(SIMPLE + "organizations/memberships/", {"membership": {
        "organization_ref": by(id=alice.organization), "user_ref": by(id=alice.user), "role": "viewer"}}))
    assert (status, detail["path"]) == (400, "organization_memberships.mem.role")
    assert member_of(sql, "organization", alice.organization) == {alice.user: "owner"}


def test_two_owners_in_one_request(admin, people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    status, detail = refusal(admin.post(GRAPH, {"organization_memberships": {name: {
        "organization_ref": by(id=alice.organization), "user_ref": by(id=person.user), "role": "owner"}
        for name, person in (("b", bob), ("c", carol))}}))
    assert (status, detail["path"]) == (400, "organization_memberships.c.role")
    assert member_of(sql, "organization", alice.organization) == {alice.user: "owner"}


def test_a_membership_twice_in_a_request_is_one(create, people, sql):
    alice, bob = people("alice", "bob")
    made = create(GRAPH, {"workspace_memberships": {name: {
        "workspace_ref": by(id=alice.workspace), "user_ref": by(id=bob.user), "role": role}
        for name, role in (("a", "viewer"), ("b", "admin"))}})["workspace_memberships"]
    assert made["a"]["id"] == made["b"]["id"] and made["b"]["role"] == "admin"
    assert member_of(sql, "workspace", alice.workspace) == {alice.user: "owner", bob.user: "admin"}


# ---- keys ----

def test_a_key_with_a_name_and_an_end(create, alice, admin, sql):
    body = {"options": {"return_api_keys": True},
            "api_key": {"project_ref": by(id=alice.project), "user_ref": by(id=alice.user), "name": "ci", "expires_at": "2099-01-31T12:00:00Z"}}
    key = create("api-keys/", body)["api_keys"]["key"]
    assert (key["expires_at"], key["returned_once"]) == ("2099-01-31T12:00:00Z", True)
    assert sql("SELECT expiration_date, rate_limit, hidden FROM api_keys WHERE id = %s", key["id"])[0][1:] == (0, False)
    assert sql("SELECT expiration_date = '2099-01-31T12:00:00Z' FROM api_keys WHERE id = %s", key["id"]) == [(True,)]
    assert admin.using(f"ApiKey {key['value']}").ok("GET", "/profile")["id"] == alice.user
    body["api_key"]["expires_at"] = "2001-01-01T00:00:00+02:00"
    key = create("api-keys/", body)["api_keys"]["key"]
    assert admin.using(f"ApiKey {key['value']}").get("/profile").status_code == 401


@pytest.mark.parametrize("moment", ["tomorrow", "", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "infinity", "0", "-1"])
def test_an_end_that_is_no_moment(moment, admin, alice):
    status, detail = refusal(admin.post(SIMPLE + "api-keys/", {"api_key": {
        "project_ref": by(id=alice.project), "user_ref": by(id=alice.user), "expires_at": moment}}))
    assert (status, detail["path"]) == (400, "api_keys.key.expires_at")


def test_a_key_is_answered_without_its_value(create, alice):
    key = create("api-keys/", {"api_key": {"project_ref": by(id=alice.project), "user_ref": by(id=alice.user)}})["api_keys"]["key"]
    assert list(key) == ["id", "prefix", "project_id", "user_id"]


@pytest.mark.parametrize("options,made,shown", [({}, 0, 0), ({"create_api_keys": True}, 1, 0), ({"create_api_keys": False}, 0, 0),
                                                ({"create_api_keys": True, "return_api_keys": True}, 1, 1)], ids=str)
def test_keys_of_a_graph(options, made, shown, create, alice):
    graph = create(GRAPH, {"options": options, "api_keys": {"k": {"project_ref": by(id=alice.project), "user_ref": by(id=alice.user)}}})
    assert (len(graph.get("api_keys", {})), sum("value" in key for key in graph.get("api_keys", {}).values())) == (made, shown)


# ---- logins ----

def identity(email, **more):
    return {"method": "email:password", "subject": email, "password": PASSWORD, **more}


def signs_in(server, email):
    return sessions.sign_in(server.url, email)


def test_a_login_opens_the_account_it_was_made_for(create, suffix, server, sql):
    email = f"u-{suffix}@example.com"
    user = create("users/", {"user": {"email": email}})["users"]["user"]["id"]
    made = create("users/identities/", {"user_ref": by(email=email.upper()), "user_identity": identity(f" {email.upper()}", verified="yes")})
    login = made["user_identities"]["identity_0"]
    assert login == {"id": login["id"], "user_id": user, "method": "email:password", "subject": email, "email": email,
                     "status": "created", "verified": True}
    assert sql("SELECT method, subject, domain FROM user_identities WHERE user_id = %s", user) == [("email:password", email, "example.com")]
    assert signs_in(server, email).ok("GET", "/profile")["id"] == user


def test_an_alias_opens_the_same_account(create, alice, suffix, server):
    """An unused address is bound to the named user."""
    alias = f"alias-{suffix}@example.com"
    login = create("users/identities/", {"user_ref": by(id=alice.user), "user_identity": identity(alias)})["user_identities"]["identity_0"]
    assert login["user_id"] == alice.user
    assert signs_in(server, alias).ok("GET", "/profile")["id"] == alice.user


@pytest.mark.parametrize("how", ["id", "email"])
def test_a_login_with_the_address_of_another_user(how, admin, people, sql):
    alice, bob = people("alice", "bob")
    status, detail = refusal(admin.post(SIMPLE + "users/identities/", {
        "user_ref": {how: alice.user if how == "id" else alice.email}, "user_identity": identity(bob.email)}))
    assert (status, detail) == (400, {"message": f"'{bob.email}' is the address of another user.", "code": "invalid_identity"})
    assert sql("SELECT count(*) FROM orgd.logins WHERE email = %s", bob.email) == [(0,)]


def test_a_login_with_an_unknown_reference(create, suffix):
    """Unsupported kinds of reference match no user; the address does."""
    for number, user_ref in enumerate((ref("user"), by(slug="x"))):
        made = create("users/identities/", {"user_ref": user_ref, "user_identity": identity(f"{number}-{suffix}@example.com")})
        assert made["user_identities"]["identity_0"]["user_id"] == ""


@pytest.mark.parametrize("password,text", [("short1!", "8 characters"), ("nodigits!A", "digit"), ("nocapital1!", "uppercase"), ("Nospecial1", "special"),
                                           ("Welcome1!", "most common")])
def test_passwords_keep_to_the_policy(password, text, admin, alice):
    status, detail = refusal(admin.post(SIMPLE + "users/identities/", {
        "user_ref": by(id=alice.user), "user_identity": identity(alice.email, password=password)}))
    assert (status, detail["code"]) == (400, "invalid_identity") and text in detail["message"]


def test_logins_of_a_graph(admin, suffix, server, sql):
    email = [f"{n}-{suffix}@example.com" for n in range(3)]
    body = {"users": {"a": {"email": email[0]}, "b": {"email": email[1]}}, "user_identities": {
        "mine": identity(email[0], user_ref=ref("a")), "again": identity(email[0].upper()), "whose": identity(email[1], user_ref=ref("a")),
        "nobody": identity(email[2], user_ref=ref("nobody")), "google": identity("x", method="social:google"),
        "bare": identity(email[1], password=None), "empty": identity("")}}
    assert admin.ok("POST", GRAPH, body)["accounts"][0]["user_identities"] == {}
    assert sql("SELECT count(*) FROM orgd.logins WHERE email = ANY(%s)", email) == [(0,)]
    answer = admin.ok("POST", GRAPH, {**body, "options": {"create_identities": True}})
    made = answer["accounts"][0]["user_identities"]
    assert {name: login["user_id"] for name, login in made.items()} == {"mine": answer["accounts"][0]["users"]["a"]["id"], "nobody": ""}
    codes = {error["details"]["ref"]: error["code"] for error in answer["errors"]}
    assert codes == {"again": "identity_already_exists", "whose": "invalid_identity", "google": "not_implemented", "bare": "invalid_identity",
                     "empty": "invalid_identity"}
    assert all(error["message"].endswith(f"(ref: {error['details']['ref']}).") for error in answer["errors"])
    assert signs_in(server, email[0]).ok("GET", "/profile")["email"] == email[0]


def test_logins_of_a_simple_account(admin, suffix, server):
    email, alias = f"u-{suffix}@example.com", f"alias-{suffix}@example.com"
    answer = admin.ok("POST", SIMPLE, {"accounts": {"a": {
        "user": {"email": email}, "user_identities": [identity(email), identity(alias), identity(email)], "options": {"create_identities": False}}}})
    account = answer["accounts"]["a"]
    assert [(login["email"], login["user_id"]) for login in account["user_identities"]] == [
        (email, account["user"]["id"]), (alias, account["user"]["id"])]
    assert [(error["code"], error["details"]["ref"]) for error in answer["errors"]] == [("identity_already_exists", "identity_2")]
    for address in (email, alias):
        assert signs_in(server, address).ok("GET", "/profile")["id"] == account["user"]["id"]


@pytest.fixture(scope="module")
def otp(sibling):
    """A server with sign-in by code."""
    server = sibling(SMTP_HOST="127.0.0.1", SMTP_PORT="9", SMTP_FROM_EMAIL="orgd@acme.example", SMTP_USE_TLS="false").start()
    yield client.Api(server.url, f"Access {server.environment['AGENTA_AUTH_KEY']}")
    server.close()


def test_passwords_are_dropped_where_users_sign_in_by_code(otp, alice, suffix):
    """A password is dropped, and the answer has the method in force."""
    for number, method in enumerate(("email:password", "email:otp")):
        email = f"{number}-{suffix}@example.com"
        made = otp.ok("POST", SIMPLE + "users/identities/", {
            "user_ref": by(id=alice.user), "user_identity": {"method": method, "subject": email, "password": "x"}})["accounts"][0]
        assert made["user_identities"]["identity_0"]["method"] == "email:otp"


def test_users_that_the_access_rules_refuse(another, suffix):
    server = another(AGENTA_ACCESS_BLOCKED_DOMAINS="blocked.example")
    admin = client.Api(server.url, f"Access {server.environment['AGENTA_AUTH_KEY']}")
    email = f"u-{suffix}@blocked.example"
    answer = admin.post(SIMPLE, {"accounts": {"a": {"user": {"email": email}, "user_identities": [identity(email)]}}})
    assert answer.status_code == 401, answer.text
    assert (answer.json()["detail"]["message"], answer.json()["detail"]["account"]) == ("Access Denied.", "a")
    assert admin.ok("POST", SIMPLE + "users/", {"user": {"email": email}})["accounts"][0]["organizations"], "nothing was left behind"


# ---- simple accounts ----

def test_explicit_memberships_take_the_place_of_the_owners(admin, people, suffix, sql):
    bob, = people("bob")
    account = admin.ok("POST", SIMPLE, {"accounts": {"a": {"user": {"email": f"u-{suffix}@example.com"}, "organization_memberships": [
        {"organization_ref": ref("org"), "user_ref": ref("user"), "role": "owner"},
        {"organization_ref": ref("org"), "user_ref": by(id=bob.user), "role": "viewer"}]}}})["accounts"]["a"]
    user = account["user"]["id"]
    assert [(each["user_id"], each["role"]) for each in account["organization_memberships"]] == [(user, "owner"), (bob.user, "viewer")]
    assert member_of(sql, "organization", account["organizations"]["org"]["id"]) == {user: "owner", bob.user: "viewer"}
    assert [each["role"] for each in account["workspace_memberships"]] == ["owner"]


def test_an_address_twice_in_a_batch(admin, suffix, sql):
    body = {"accounts": {"a": {"user": {"email": f"u-{suffix}@example.com"}}, "b": {"user": {"email": f"U-{suffix}@example.com"}}}}
    status, detail = refusal(admin.post(SIMPLE, body))
    assert (status, detail["account"], detail["email"], detail["code"]) == (409, "b", f"u-{suffix}@example.com", "user_already_exists")
    assert sql("SELECT count(*) FROM users WHERE email = %s", f"u-{suffix}@example.com") == [(0,)]


@pytest.mark.parametrize("path", ["", "users/", "users/identities/", "organizations/", "organizations/memberships/", "workspaces/",
                                  "workspaces/memberships/", "projects/", "projects/memberships/", "api-keys/"])
def test_both_spellings_of_the_slash(path, admin):
    for prefix in ("", "/api"):
        for spelling in (path, path.rstrip("/")):
            assert admin.post(f"{prefix}{SIMPLE.rstrip('/')}/{spelling}".rstrip("/") if spelling != path else f"{prefix}{SIMPLE}{path}",
                              {}).status_code == 422
