"""Recorded answers of Agenta's API, replayed: each is the same here, or differs on purpose."""
import json
import pathlib
import re

import client
import pytest
import sessions

REFERENCE = pathlib.Path(__file__).resolve().parent.parent / "reference" / "examples.json"
EXAMPLES = {example["name"]: example for example in json.loads(REFERENCE.read_text(encoding="utf-8"))}

# Recorded, but not part of this version. Each is listed by name, so that nothing is left out silently.
LEFT_OUT = {}

# ---- differences on purpose: number in docs/compatibility.md, what changes, in which examples ----

FLAGS = {"is_demo": False, "allow_sso": False, "auto_join": False, "allow_root": False, "allow_email": True,
         "allow_social": False, "domains_only": False}


NOT_ALLOWED = "You do not have permission to perform this action. Please contact your Organization Owner"


def walk(value, change):
    """Applies a change to every object of an answer, from the inside out."""
    if isinstance(value, list):
        return [walk(element, change) for element in value]
    if isinstance(value, dict):
        return change({name: walk(member, change) for name, member in value.items()})
    return value


def member(name, before, after):
    """A change of one member wherever it has a value."""
    return lambda status, answer: (status, walk(answer, lambda found: {
        key: after if key == name and value == before else value for key, value in found.items()}))


def slug_in_accounts(status, answer):
    def change(found):
        if "owner_user_id" in found and "slug" not in found:
            return {name: value for pair in found.items()
                    for name, value in ([pair, ("slug", "<slug>")] if pair[0] == "name" else [pair])}
        return found
    return status, walk(answer, change)


def real_members(status, answer):
    """An invited user who joined is a member with times and the id of a user, like every member."""
    def change(found):
        if found.get("status") == "member" and "updated_at" not in found:
            return {"created_at": "<moment>", "updated_at": "<moment>", "id": "<id>", "email": "<text>",
                    "username": "<text>", "status": "member"}
        return found
    return status, walk(answer, change)


def refused(status, answer):
    return lambda *_: (status, answer)


DIFFERENCES = [
    ("C5", "a slug from the start", member("slug", "None", "<slug>"),
     [name for name in EXAMPLES if name.startswith("GET /organizations") and ": 200" in name]),
    ("C5", "a slug in the administration's answers too", slug_in_accounts,
     ["POST /admin/simple/accounts/: 200 two accounts with keys", "POST /admin/simple/accounts/: dry run"]),
    ("C5", "a missing description is null", member("description", "None", ""),
     [name for name in EXAMPLES if name.startswith(("GET /organizations", "GET /workspaces")) and ": 200" in name
      and name not in ("GET /organizations/{organization_id}: 200 organization created through POST",
                       "GET /workspaces/roles: 200")]),
    ("C6", "an unknown key is not found",
     refused(404, {"detail": "API key not found or does not belong to the user."}),
     ["DELETE /keys/{key_prefix}: 404", "DELETE /keys/{key_prefix}: of another user"]),
    ("C7", "a refused transfer is an error",
     refused(400, {"detail": "Invalid organization or new owner for ownership transfer"}),
     ["POST /organizations/{organization_id}/transfer/{new_owner_id}: target not a member"]),
    ("C8", "members are listed from the memberships", real_members,
     ["GET /organizations/{organization_id}: 200 with two members and pending invitations"]),
    ("S1", "a user who is not a member invites nobody", refused(403, {"detail": NOT_ALLOWED}),
     ["POST /organizations/{organization_id}/workspaces/{workspace_id}/invite: of another user's workspace"]),
    ("S32", "a scope of others is refused", refused(403, {"detail": "Forbidden"}),
     ["GET /access/permissions/check: other project"]),
    ("C16", "an organization without a name is named after its owner", member("name", None, "<text>"),
     ["POST /organizations: no name"]),
    ("C16", "an organization without a name is named after its owner", member("organization_name", "None", "<text>"),
     ["GET /projects: 200", "GET /projects: 200 session"]),
    ("C18", "organizations made by the administration have all flags", member("flags", {"is_demo": False}, FLAGS),
     [name for name in EXAMPLES if name.startswith("GET /organizations") and ": 200" in name
      and name != "GET /organizations/{organization_id}: 200 organization created through POST"]),
    ("C18", "workspaces made by the administration are like all others", member("type", None, "default"),
     [name for name in EXAMPLES if name.startswith("GET /organizations/{organization_id}: 200")
      and "through POST" not in name] + ["GET /workspaces: 200"]),
    ("A13", "an address needs one @-sign", refused(422, {"detail": [{
        "type": "value_error", "loc": ["body", "accounts", "a", "user"],
        "msg": "Value error, An email address must have exactly one @-sign, with text on both sides.",
        "input": {"email": "nope"}, "ctx": {"error": {}}}]}),
     ["POST /admin/simple/accounts/: bad e-mail"]),
    ("A27", "errors of a batch name the account, and errors their code",
     lambda status, answer: (status, {"detail": {**answer["detail"], "account": "a", "code": "user_already_exists"}}),
     ["POST /admin/simple/accounts/: existing e-mail"]),
]


def expected(example):
    """The expected status and answer of an example."""
    status, answer = example["status"], example["answer"]
    for _, _, change, names in DIFFERENCES:
        if example["name"] in names:
            status, answer = change(status, answer)
    return status, unrepeated(answer)


# ---- comparison ----

PATTERNS = [
    (client.ID, "<id>"),
    (r"[A-Za-z0-9]{8}\.[0-9a-f]{64}", "<key>"),
    (r"http://localhost/auth\?token=[A-Za-z0-9_-]{22}&email=[A-Za-z0-9._-]+%40example\.com"
     rf"&organization_id={client.ID}&workspace_id={client.ID}&project_id={client.ID}", "<invitation link>"),
    (r"Secret [A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", "Secret <token>"),
    (r"ApiKey [A-Za-z0-9]{8}\.[0-9a-f]{64}", "ApiKey <key>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?\+00:00", "<moment>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00", "<iso moment>"),
]


def generalized(value, world, name=None):
    """An answer in which values that differ from run to run are replaced by their kind."""
    if isinstance(value, dict):
        return {key: generalized(member, world, key) for key, member in value.items()}
    if isinstance(value, list):
        return unrepeated([generalized(element, world, name) for element in value])
    if not isinstance(value, str):
        return value
    for pattern, kind in PATTERNS:
        if re.fullmatch(pattern, value):
            return kind
    if name == "prefix":
        assert re.fullmatch(r"[A-Za-z0-9]{8}", value)
        return "<prefix>"
    if name == "slug" and re.fullmatch(r"[a-z0-9_]+(-[a-z0-9_]+)*-[0-9a-f]{12}", value):
        return "<slug>"
    if name == "description" and value not in ("", "None"):
        return "<text>"
    suffix = world["suffix"]
    if suffix in value and name in ("name", "username", "email", "subject", "slug", "organization_name", "project_name"):
        return "<text>"
    return value.replace(suffix, "{suffix}")


def unrepeated(value):
    """Lists of rows in any order and number: each kind of row once."""
    if isinstance(value, dict):
        return {name: unrepeated(member) for name, member in value.items()}
    if not isinstance(value, list):
        return value
    elements = [unrepeated(element) for element in value]
    if not all(isinstance(element, dict) for element in elements):
        return elements
    return sorted({json.dumps(element): element for element in elements}.values(), key=json.dumps)


@pytest.fixture
def world(people, sql):
    """The objects that the recorded paths name."""
    alice, bob, carol = people("alice", "bob", "carol")
    second = alice.ok("POST", "/organizations/", {"name": f"Second {alice.suffix}", "description": "d"})["id"]
    alice.ok("POST", "/organizations/", {})
    spare = alice.ok("POST", "/projects/", {"name": f"P {alice.suffix}"})["project_id"]
    prefix = alice.ok("POST", "/keys/")[:8]
    client.add_member(sql, bob, alice.organization)
    names = {"suffix": alice.suffix, "admin_key": "no key of a person", "alice.second": second, "alice.spare": spare,
             "alice.key": alice.key, "alice.prefix": prefix, "bob.prefix": bob.prefix}
    for who, account in (("alice", alice), ("bob", bob), ("carol", carol)):
        for what in ("user", "organization", "workspace", "project"):
            names[f"{who}.{what}"] = getattr(account, what)
        names[f"{who}.email"] = account.email
    return {"alice": alice, "bob": bob, "carol": carol, "names": names, "suffix": alice.suffix}


def nothing(world, sql):
    pass


def only_one(world, sql):
    world["alice"].ok("DELETE", f"/organizations/{world['names']['alice.second']}")
    sql("DELETE FROM organizations WHERE owner_id = %s AND id <> %s", world["alice"].user, world["alice"].organization)


def only_default_projects(world, sql):
    world["alice"].ok("DELETE", f"/projects/{world['names']['alice.spare']}")


def spare_is_default(world, sql):
    world["alice"].ok("PATCH", f"/projects/{world['names']['alice.spare']}", {"make_default": True})


def renamed(world, sql):
    world["alice"].ok("PUT", f"/organizations/{world['alice'].organization}",
                      {"name": f"Renamed {world['suffix']}", "description": "new"})


def without_bob(world, sql):
    for scope in ("organization", "workspace"):
        sql(f"DELETE FROM {scope}_members WHERE user_id = %s AND {scope}_id = %s", world["bob"].user,
            getattr(world["alice"], scope))


def with_invitation(world, sql):
    renamed(world, sql)
    sql("INSERT INTO project_invitations (id, token, email, used, role, project_id, expiration_date)"
        " VALUES (gen_random_uuid(), %s, %s, false, 'admin', %s, now() + interval '1 day')",
        f"token {world['suffix']}", f"dave-{world['suffix']}@example.com", world["alice"].project)


def bob_left(world, sql):
    without_bob(world, sql)
    sql("DELETE FROM project_members WHERE user_id = %s AND project_id <> %s", world["bob"].user, world["bob"].project)


def invited(world, email):
    alice = world["alice"]
    return client.invite(alice, alice.organization, alice.workspace, email)


def bob_invited(world, sql):
    bob_left(world, sql)
    world["names"]["bob.token"] = invited(world, world["bob"].email)["token"]


def bob_accepted(world, sql):
    bob_invited(world, sql)
    client.accept(world["bob"], world["names"]["bob.token"], world["alice"].organization, world["alice"].workspace)


def dave_invited(world, sql):
    invited(world, f"dave-{world['suffix']}@example.com")


INVITE = "POST /organizations/{organization_id}/workspaces/{workspace_id}/invite"

# Earlier events, by the beginning of an example's name.
PREPARED = {
    "GET /organizations: 200 as bob": renamed,
    "GET /organizations: 200": only_one,
    "GET /organizations/{organization_id}: 200 with": with_invitation,
    "GET /organizations/{organization_id}: 200": without_bob,
    "GET /projects: 200 as bob": nothing,
    "GET /projects: 200": only_default_projects,
    "GET /projects/{project_id}: 200": spare_is_default,
    f"{INVITE}: 200 new member": bob_left,
    f"{INVITE}: again": bob_invited,
    f"{INVITE}/accept: again": bob_accepted,
    f"{INVITE}/accept": bob_invited,
    f"{INVITE}/resend": dave_invited,
    "DELETE /workspaces/{workspace_id}/users: 200 pending": dave_invited,
}


def filled(value, names):
    """A recorded request with the names in braces replaced."""
    if isinstance(value, str):
        return re.sub(r"\{([a-z_.]+)\}", lambda found: names[found.group(1)], value)
    if isinstance(value, list):
        return [filled(element, names) for element in value]
    if isinstance(value, dict):
        return {name: filled(member, names) for name, member in value.items()}
    return value


def caller(example, world, admin, nobody, sql):
    who = example.get("as")
    if who is None:
        return nobody
    if who == "administrator":
        return admin
    if who in world:
        return world[who]
    if who.endswith("'s session"):
        return sessions.session_of(world[who.split("'")[0]], sql)
    return nobody.using(filled(who, world["names"]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, world, admin, nobody, sql):
    if name in LEFT_OUT:
        pytest.skip(LEFT_OUT[name])
    example = EXAMPLES[name]
    next((prepare for start, prepare in PREPARED.items() if name.startswith(start)), nothing)(world, sql)
    answer = caller(example, world, admin, nobody, sql).call(
        example["method"], filled(example["path"], world["names"]), filled(example.get("body"), world["names"]))
    status, body = expected(example)
    assert answer.headers["Content-Type"] == "application/json"
    assert json.dumps(generalized(answer.json(), world)) == json.dumps(body)
    assert answer.status_code == status


def test_every_difference_changes_its_examples():
    for number, what, change, names in DIFFERENCES:
        assert names, f"{number} {what}: no example"
        for name in names:
            example = EXAMPLES[name]
            before = (example["status"], example["answer"])
            assert change(*before) != before, f"{number} {what}: nothing to change in {name}"


def test_omitted_examples_exist():
    assert set(LEFT_OUT) <= set(EXAMPLES)
