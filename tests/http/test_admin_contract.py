"""Recorded answers of Agenta's administration API, both editions: each is the same here, or differs on purpose."""
import json
import pathlib
import re
import uuid

import client
import pytest
import serving

REFERENCE = pathlib.Path(__file__).resolve().parent.parent / "reference" / "admin_examples.json"
EXAMPLES = {f"{edition}: {example['name']}": example for example in json.loads(REFERENCE.read_text(encoding="utf-8"))
            for edition in example["editions"]}
PASSWORD = "Str0ng!pass5"


# ---- differences on purpose: number in docs/compatibility.md, what changes, in which examples ----

def named(*starts, edition=("oss", "ee")):
    """The examples whose names begin with the text."""
    return [name for name in EXAMPLES if name.split(": ", 1)[0] in edition and name.split(": ", 1)[1].startswith(starts)]


def recorded(test):
    """The examples whose status and answer pass a test."""
    return [name for name, example in EXAMPLES.items() if test(example["status"], example["answer"])]


def walk(value, change):
    """Applies a change to every object of an answer, from the inside out."""
    if isinstance(value, list):
        return [walk(element, change) for element in value]
    if isinstance(value, dict):
        return change({name: walk(member, change) for name, member in value.items()})
    return value


def refused(status, code, message, **details):
    return lambda *_: (status, {"detail": {"message": message, **details, "code": code}})


def unknown(kind, code):
    return refused(404, code, f"{kind} not found: {client.NOBODY}.", ref=client.NOBODY)


def unknown_role(scope):
    reason = "'nope' is not a role; roles are owner, admin, viewer"
    path = f"{scope}_memberships.mem.role"
    return refused(400, "invalid_reference", f"Invalid reference at '{path}': {reason}", path=path, reason=reason)


CODES = [("User with email", "user_already_exists"), ("User not found", "user_not_found"),
         ("Organization not found", "organization_not_found"), ("Workspace not found", "workspace_not_found"),
         ("Project not found", "project_not_found"), ("API key not found", "api_key_not_found"),
         ("Membership not found", "membership_not_found"), ("Invalid reference", "invalid_reference"),
         ("An email identity for", "identity_already_exists"), ("email:password identity requires", "invalid_identity"),
         ("'", "not_implemented"), ("", "validation_error")]


def with_code(status, answer):
    code = next(code for start, code in CODES if answer["detail"]["message"].startswith(start))
    return status, {"detail": {**answer["detail"], "code": code}}


def has_code(status, answer):
    return (status in (400, 404, 409, 501) and isinstance(answer["detail"], dict) and answer["detail"].get("email") != "nope")


def slug(status, answer):
    def change(found):
        if "owner_user_id" in found and "slug" not in found:
            return {name: value for pair in found.items()
                    for name, value in ([pair, ("slug", "<slug>")] if pair[0] == "name" else [pair])}
        return found
    return status, walk(answer, change)


def existing_membership(scope, number="<id 1>"):
    return lambda status, answer: (status, walk(answer, lambda found: {
        name: f"{{{scope}_membership}}" if value == number else value for name, value in found.items()}))


def owner_memberships(status, answer):
    places = (("organization", "org", "<id 2>", 5), ("workspace", "wrk", "<id 3>", 6), ("project", "prj", "<id 4>", 7))
    made = {f"{scope}_memberships": {f"{key}_owner": {"id": f"<id {number}>", f"{scope}_id": place, "user_id": "{su}", "role": "owner"}}
            for scope, key, place, number in places}
    return status, {"accounts": [{**answer["accounts"][0], **made}]}


def no_second_organization(status, answer):
    account = {name: {} if name not in ("users",) else member for name, member in answer["accounts"][0].items()
               if name != "subscriptions"}
    return status, {"accounts": [account], "errors": [{
        "code": "organization_exists", "message": "The user has an organization already; no other one was made (ref: user).",
        "details": {"ref": "user"}}]}


def skipped(status, answer):
    return status, {"dry_run": False, "deleted": {}, "skipped": {"users": answer["deleted"].get(
        "users", [{"id": "g1-{suffix}@example.com"}])}}


ADDRESS = {"detail": [{"type": "value_error", "loc": ["body", "accounts", "a", "user"],
                       "msg": "Value error, An email address must have exactly one @-sign, with text on both sides.",
                       "input": {"email": "nope"}, "ctx": {"error": {}}}]}
SIMPLE = "/admin/simple/accounts/"

DIFFERENCES = [
    ("A28", "refusals have a code", with_code, recorded(has_code)),
    ("A27", "errors of a batch name the account",
     lambda status, answer: (status, {"detail": {"message": answer["detail"]["message"], "email": answer["detail"]["email"],
                                                 "account": "a", "code": "user_already_exists"}}),
     named(f"POST {SIMPLE}: existing")),
    ("A13", "an address needs one @-sign", lambda *_: (422, ADDRESS), named(f"POST {SIMPLE}: bad")),
    ("A12", "what is not there is not found", unknown("User", "user_not_found"),
     named(*(f"POST {SIMPLE}{scope}s/memberships/: unknown user" for scope in ("organization", "workspace", "project")))),
    ("A12", "what is not there is not found", unknown("Organization", "organization_not_found"),
     named(f"POST {SIMPLE}workspaces/: unknown organization")),
    ("A12", "what is not there is not found", unknown("Workspace", "workspace_not_found"),
     named(f"POST {SIMPLE}projects/: unknown workspace")),
    ("A12", "what is not there is not found", unknown("Project", "project_not_found"),
     named(f"POST {SIMPLE}api-keys/: unknown project")),
    ("A12", "a slug that is taken is a conflict",
     refused(409, "organization_already_exists", "Organization with slug 'ao-{suffix}' already exists.", slug="ao-{suffix}"),
     named(f"POST {SIMPLE}organizations/: duplicate slug")),
    *(("A10", "roles are those there are", unknown_role(scope), named(f"POST {SIMPLE}{scope}s/memberships/: unknown role"))
      for scope in ("organization", "workspace", "project")),
    *(("A11", "somebody is a member once", existing_membership(scope), named(f"POST {SIMPLE}{scope}s/memberships/: again"))
      for scope in ("organization", "workspace", "project")),
    ("A17", "owners are members", owner_memberships,
     named(f"POST {SIMPLE}organizations/: 200 owner", edition=("oss",))),
    ("A18", "no second organization behind somebody's back", no_second_organization, named(f"POST {SIMPLE}users/: existing")),
    ("A19", "a login belongs to somebody", unknown("User", "user_not_found"),
     named(f"POST {SIMPLE}users/identities/: unknown user")),
    ("A21", "a key says that it is shown once",
     lambda status, answer: (status, walk(answer, lambda found: {
         name: value for pair in found.items()
         for name, value in ([("returned_once", True), pair] if pair == ("value", "<key>") else [pair])})),
     named(f"POST {SIMPLE}api-keys/: 200 with value", "POST /admin/accounts/: 200 graph")),
    ("A30", "who is not there is skipped, and said to be", skipped,
     named("DELETE /admin/accounts/: 200", "DELETE /admin/accounts/: unknown user")),
    ("A31", "a workspace request makes a workspace",
     lambda *_: (200, EXAMPLES[f"ee: POST {SIMPLE}workspaces/: 200"]["answer"]),
     named(f"POST {SIMPLE}workspaces/: 200", edition=("oss",))),
    ("A32", "the reason is in words of our own",
     lambda status, answer: (status, walk(answer, lambda found: {
         **found, "message": f"The target user is not a member of organization '{found['details']['organization_id']}'."}
         if found.get("code") == "target_not_member" else found)),
     recorded(lambda _, answer: "target_not_member" in json.dumps(answer))),
    ("C5", "a slug from the start", slug, recorded(lambda status, answer: slug(status, answer)[1] != answer)),
]


def expected(name):
    """The expected status and answer of an example."""
    status, answer = EXAMPLES[name]["status"], EXAMPLES[name]["answer"]
    for _, _, change, names in DIFFERENCES:
        if name in names:
            status, answer = change(status, answer)
    return status, renumbered(answer)


def renumbered(answer):
    """The same with the ids renumbered, because some may be gone."""
    numbers = {}
    return answer if answer is None else json.loads(re.sub(
        r"<id \d+>", lambda found: numbers.setdefault(found.group(0), f"<id {len(numbers) + 1}>"), json.dumps(answer)))


# ---- objects of the examples ----

class World:
    """The objects that the recorded requests name, each made by the API on first use."""

    def __init__(self, admin):
        self.admin = admin
        self.made = {"suffix": uuid.uuid4().hex[:6]}

    def __getitem__(self, name):
        if name not in self.made:
            getattr(self, "make_" + name.replace(".", "_"))()
        return self.made[name]

    def create(self, path, body):
        return self.admin.ok("POST", f"/admin/simple/accounts/{path}", body)["accounts"][0]

    def email(self, name):
        return f"{name}-{self['suffix']}@example.com"

    def make_alice(self):
        self.made["alice"] = self.create("users/", {"user": {"email": self.email("alice")}})["users"]["user"]["id"]

    def make_su(self):
        made = self.create("users/", {"user": {"email": self.email("su")}})
        self.made["su"] = made["users"]["user"]["id"]
        self.made["su.organization"] = made["organizations"]["org"]["id"]

    make_su_organization = make_su

    def make_identity(self):
        self.made["identity"] = self.create("users/identities/", {"user_ref": {"id": self["su"]}, "user_identity": {
            "method": "email:password", "subject": self.email("su"), "password": PASSWORD, "verified": True}})[
                "user_identities"]["identity_0"]["id"]

    def make_ao(self):
        assert self["su"]
        made = self.create("organizations/", {"organization": {"name": f"AO {self['suffix']}", "slug": f"ao-{self['suffix']}"},
                                              "owner": {"email": self.email("su")}})
        self.made["ao"] = made["organizations"]["org"]["id"]
        self.made["ao.workspace"] = made["workspaces"]["wrk"]["id"]

    def make_ao_workspace(self):
        self.make_ao()

    def make_ao_project(self):
        self.made["ao.project"] = self.create("projects/", {"project": {
            "name": "AP", "organization_ref": {"id": self["ao"]}, "workspace_ref": {"id": self["ao.workspace"]}}})[
                "projects"]["prj"]["id"]

    def make_membership(self, scope, place):
        self.made[f"{scope}_membership"] = self.create(f"{scope}s/memberships/", {"membership": {
            f"{scope}_ref": {"id": self[place]}, "user_ref": {"id": self["alice"]}, "role": "viewer"}})[
                f"{scope}_memberships"]["mem"]["id"]

    def make_organization_membership(self):
        self.make_membership("organization", "ao")

    def make_workspace_membership(self):
        self.make_membership("workspace", "ao.workspace")

    def make_project_membership(self):
        self.make_membership("project", "ao.project")

    def make_key(self):
        self.made["key"] = self.create("api-keys/", {"api_key": {
            "project_ref": {"id": self["ao.project"]}, "user_ref": {"id": self["su"]}}})["api_keys"]["key"]["id"]

    def make_account(self, name):
        account = self.admin.ok("POST", "/admin/simple/accounts/", {"accounts": {name: {"user": {"email": self.email(name)}}}})[
            "accounts"][name]
        self.made[name] = account["user"]["id"]
        if name == "source":
            self.made["source.organization"] = account["organizations"]["org"]["id"]

    def make_source(self):
        self.make_account("source")

    make_source_organization = make_source

    def make_target(self):
        self.make_account("target")


def sent(name):
    """An earlier event: another example of the same edition."""
    def prepare(world, edition):
        example = EXAMPLES[f"{edition}: {name}"]
        answer = world.admin.call(example["method"], filled(example["path"], world), filled(example["body"], world))
        assert answer.status_code == example["status"], answer.text
    return prepare


def there(*names):
    """Objects that must exist although the request names no id of them."""
    def prepare(world, _):
        for name in names:
            assert world[name]
    return prepare


# Earlier events, by the beginning of an example's name.
PREPARED = {
    "DELETE /admin/accounts/: dry run": sent("POST /admin/accounts/: 200 graph"),
    "DELETE /admin/accounts/: no confirmation": sent("POST /admin/accounts/: 200 graph"),
    "DELETE /admin/simple/accounts/: no confirmation": sent("POST /admin/simple/accounts/: 200 two accounts with keys"),
    "DELETE /admin/simple/accounts/: dry run": sent("POST /admin/simple/accounts/: 200 two accounts with keys"),
    "DELETE /admin/simple/accounts/users/{user_id}: delete": there("su", "ao"),
    "POST /admin/simple/accounts/: existing": there("alice"),
    "POST /admin/simple/accounts/users/: existing": there("su"),
    "POST /admin/simple/accounts/users/identities/: existing": there("identity"),
    "POST /admin/simple/accounts/organizations/: 200": there("su"),
    "POST /admin/simple/accounts/organizations/: duplicate": there("ao"),
    "POST /admin/simple/accounts/organizations/memberships/: again": there("organization_membership"),
    "POST /admin/simple/accounts/workspaces/memberships/: again": there("workspace_membership"),
    "POST /admin/simple/accounts/projects/memberships/: again": there("project_membership"),
    "POST /admin/simple/accounts/reset-password: 204": there("identity"),
    "POST /admin/simple/accounts/reset-password: weak": there("identity"),
    "POST /admin/simple/accounts/transfer-ownership: not owned": sent(
        "POST /admin/simple/accounts/transfer-ownership: one organization"),
}


def filled(value, world):
    """A recorded request with the names in braces replaced."""
    if isinstance(value, str):
        return re.sub(r"\{([a-z_.]+)\}", lambda found: world[found.group(1)], value)
    if isinstance(value, list):
        return [filled(element, world) for element in value]
    if isinstance(value, dict):
        return {name: filled(member, world) for name, member in value.items()}
    return value


# ---- comparison ----

def generalized(answer, world):
    """An answer in the form of the reference: names for named objects, numbers for other ids, kinds for the rest."""
    named_ids = {value: "{%s}" % name for name, value in world.made.items() if name != "suffix"}
    numbers = {}

    def one_id(found):
        text = found.group(0)
        if text == client.NOBODY:
            return text
        return named_ids.get(text) or numbers.setdefault(text, f"<id {len(numbers) + 1}>")

    def one(value, name=None):
        if isinstance(value, dict):
            return {key: one(member, key) for key, member in value.items()}
        if isinstance(value, list):
            return [one(element, name) for element in value]
        if not isinstance(value, str):
            return value
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00", value):
            return "<moment>"
        if name == "prefix" and re.fullmatch(r"[A-Za-z0-9]{8}", value):
            return "<prefix>"
        if name == "slug" and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{12}", value):
            return "<slug>"
        value = re.sub(r"[A-Za-z0-9]{8}\.[0-9a-f]{64}", "<key>", value)
        return re.sub(client.ID, one_id, value).replace(world["suffix"], "{suffix}")
    return one(answer)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, admin, request):
    edition, title = name.split(": ", 1)
    api = admin if edition == "oss" else request.getfixturevalue("ee_admin")
    world = World(api)
    example = EXAMPLES[name]
    prepare = next((prepare for start, prepare in PREPARED.items() if title.startswith(start)), None)
    if prepare:
        prepare(world, edition)
    who = example.get("as")
    if who == "alice":
        api = client.make_accounts(api, "alice")[0]
    elif who != "administrator":
        api = client.Api(api.url, who)
    answer = api.call(example["method"], filled(example["path"], world), filled(example.get("body"), world))
    status, body = expected(name)
    if body is None:
        assert answer.content == b""
    else:
        assert answer.headers["Content-Type"] == "application/json"
        assert json.dumps(generalized(answer.json(), world)) == json.dumps(body)
    assert answer.status_code == status


def test_every_difference_changes_its_examples():
    for number, what, change, names in DIFFERENCES:
        assert names, f"{number} {what}: no example"
        for name in names:
            before = (EXAMPLES[name]["status"], EXAMPLES[name]["answer"])
            assert change(*before) != before, f"{number} {what}: nothing to change in {name}"
