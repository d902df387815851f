"""Fifty organizations in one request: made, read, sent again, deleted, and gone from every table."""
import client
import pytest
import serving

ORGANIZATIONS, WORKSPACES, PROJECTS, MEMBERS = 50, 3, 3, 20
# Tables that keep data on purpose.
RECORDS = {"orgd.audit", "orgd.audit_counts", "orgd.audit_seals", "orgd.idempotency"}


@pytest.fixture(scope="module")
def server():
    """A server of its own, because the test counts all tables of its database."""
    server = serving.Server().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def admin(server):
    return client.Api(server.url, f"Access {server.auth_key}")


def ref(name):
    return {"ref": name}


def make_graph():
    """Users, and for each organization twenty of them as members everywhere in it; the first one owns it."""
    graph = {name: {} for name in ("users", "organizations", "workspaces", "projects", "organization_memberships",
                                   "workspace_memberships", "project_memberships", "api_keys")}
    for o in range(ORGANIZATIONS):
        organization, people = f"o{o}", [f"o{o}u{u}" for u in range(MEMBERS)]
        graph["users"].update({person: {"email": f"{person}@graph.example"} for person in people})
        graph["organizations"][organization] = {"name": f"Organization {o}", "slug": f"graph-{o}", "owner_user_ref": ref(people[0])}
        roles = {person: "owner" if person == people[0] else "admin" if person == people[1] else "viewer" for person in people}
        for person, role in roles.items():
            graph["organization_memberships"][f"{organization}{person}"] = {
                "organization_ref": ref(organization), "user_ref": ref(person), "role": role}
        for w in range(WORKSPACES):
            workspace = f"{organization}w{w}"
            graph["workspaces"][workspace] = {"name": f"Workspace {w}", "organization_ref": ref(organization)}
            graph["workspace_memberships"].update({f"{workspace}{person}": {
                "workspace_ref": ref(workspace), "user_ref": ref(person), "role": role} for person, role in roles.items()})
            for p in range(PROJECTS):
                project = f"{workspace}p{p}"
                graph["projects"][project] = {"name": f"Project {p}", "is_default": p == 0,
                                              "organization_ref": ref(organization), "workspace_ref": ref(workspace)}
                graph["project_memberships"].update({f"{project}{person}": {
                    "project_ref": ref(project), "user_ref": ref(person), "role": role} for person, role in roles.items()})
        graph["api_keys"][organization] = {"project_ref": ref(f"{organization}w0p0"), "user_ref": ref(people[1])}
    return graph


def counts(server):
    """The number of rows of every table, except those that keep data on purpose."""
    tables = server.sql("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'orgd')")
    return {table: server.sql(f"SELECT count(*) FROM {table}")[0][0] for (table,) in tables if table not in RECORDS}


@pytest.fixture(scope="module")
def story(server, admin):
    """The results for the tests: the counts at each step, and the answers."""
    graph = make_graph()
    story = {"graph": graph, "before": counts(server)}
    options = {"create_api_keys": True, "return_api_keys": True, "seed_defaults": False}
    story["dry_run"] = admin.post("/admin/accounts/", {"options": {**options, "dry_run": True}, **graph})
    story["after_dry_run"] = counts(server)
    story["made"] = admin.post("/admin/accounts/", {"options": options, **graph})
    story["there"] = counts(server)
    return story


def test_all_of_it_is_answered(story):
    assert story["made"].status_code == 200, story["made"].text[:500]
    (account,) = story["made"].json()["accounts"]
    assert {kind: list(things) for kind, things in account.items() if kind != "user_identities"} == {
        kind: list(things) for kind, things in story["graph"].items()}


def test_a_dry_run_answers_the_same_and_stores_nothing(story):
    assert story["dry_run"].status_code == 200
    assert story["after_dry_run"] == story["before"]
    shape = [{kind: list(things) for kind, things in answer.json()["accounts"][0].items()}
             for answer in (story["dry_run"], story["made"])]
    assert shape[0] == shape[1]


def test_references_resolve_to_the_named_object(story):
    (account,) = story["made"].json()["accounts"]
    graph, ids = story["graph"], {kind: {key: thing["id"] for key, thing in things.items()} for kind, things in account.items()}
    for kind, things in graph.items():
        for key, thing in things.items():
            for scope in ("user", "organization", "workspace", "project"):
                if f"{scope}_ref" in thing:
                    assert account[kind][key][f"{scope}_id"] == ids[f"{scope}s"][thing[f"{scope}_ref"]["ref"]]
            if "role" in thing:
                assert account[kind][key]["role"] == thing["role"]
    assert {key: thing["owner_user_id"] for key, thing in account["organizations"].items()} == {
        key: ids["users"][thing["owner_user_ref"]["ref"]] for key, thing in graph["organizations"].items()}


def test_the_graph_is_stored(story):
    grown = {table: story["there"][table] - number for table, number in story["before"].items()
             if story["there"][table] != number}
    people = ORGANIZATIONS * MEMBERS
    assert grown == {
        "public.users": people, "orgd.accounts": people, "public.organizations": ORGANIZATIONS, "public.workspaces": ORGANIZATIONS * WORKSPACES,
        "public.projects": ORGANIZATIONS * WORKSPACES * PROJECTS, "public.organization_members": people,
        "public.workspace_members": people * WORKSPACES, "public.project_members": people * WORKSPACES * PROJECTS,
        "public.api_keys": ORGANIZATIONS}


def test_the_keys_of_the_graph_see_their_organizations(story, admin):
    (account,) = story["made"].json()["accounts"]
    for organization in ("o0", "o49"):
        person = admin.using(f"ApiKey {account['api_keys'][organization]['value']}")
        assert person.ok("GET", "/profile")["id"] == account["users"][f"{organization}u1"]["id"]
        (seen,) = person.ok("GET", "/organizations/")
        assert seen["id"] == account["organizations"][organization]["id"]
        assert len(person.ok("GET", "/projects/")) == WORKSPACES * PROJECTS


def test_a_repeated_graph_is_refused_whole(story, admin, server):
    """Existing users are not a conflict, but the slugs are taken."""
    again = admin.post("/admin/accounts/", story["graph"])
    assert (again.status_code, again.json()["detail"]["code"]) == (409, "organization_already_exists")
    assert counts(server) == story["there"]


def test_a_deleted_graph_leaves_no_row(story, admin, server):
    (account,) = story["made"].json()["accounts"]
    target = {"user_ids": [user["id"] for user in account["users"].values()]}
    preview = admin.ok("DELETE", "/admin/accounts/", {"target": target})
    assert (preview["dry_run"], len(preview["deleted"]["users"]), len(preview["deleted"]["organizations"])) == (
        True, ORGANIZATIONS * MEMBERS, ORGANIZATIONS)
    assert counts(server) == story["there"]
    done = admin.ok("DELETE", "/admin/accounts/", {"target": target, "dry_run": False, "confirm": "delete"})
    assert {kind: len(things) for kind, things in done["deleted"].items()} == {
        "users": ORGANIZATIONS * MEMBERS, "organizations": ORGANIZATIONS}
    assert counts(server) == story["before"]
    assert admin.using(f"ApiKey {account['api_keys']['o0']['value']}").get("/profile").status_code == 401
