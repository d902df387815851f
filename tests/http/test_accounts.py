"""Accounts made by the administration: the whole request or nothing, and the stored rows."""
import client
import pytest

PATH = "/admin/simple/accounts/"


def entry(email, **more):
    return {"user": {"email": email}, **more}


@pytest.fixture
def suffix(alice):
    return alice.suffix


def count(sql, pattern):
    return sql("SELECT count(*) FROM users WHERE email LIKE %s", pattern)[0][0]


def test_stored_columns(people, sql):
    alice, = people("alice")
    assert sql("SELECT username, email, length(uid) FROM users WHERE id = %s", alice.user) == [
        (alice.username, alice.email, 36)]
    (name, slug, flags, tags, owner, creator), = sql(
        "SELECT name, slug, flags, tags, owner_id::text, created_by_id::text FROM organizations WHERE id = %s", alice.organization)
    assert (name, owner, creator, tags) == (f"{alice.username}'s Organization", alice.user, alice.user, None)
    assert slug.endswith("-" + alice.organization[-12:])
    assert flags == {"is_demo": False, "allow_email": True, "allow_social": False, "allow_sso": False, "allow_root": False,
                     "domains_only": False, "auto_join": False}
    for scope in ("organization", "workspace", "project"):
        assert sql(f"SELECT user_id::text, role FROM {scope}_members WHERE {scope}_id = %s", getattr(alice, scope)) == [
            (alice.user, "owner")]


def test_names_fall_back_on_each_other(admin, suffix):
    made = admin.ok("POST", PATH, {"accounts": {
        "all": {"user": {"email": f"A-{suffix}@Example.COM ", "username": "user", "name": "Name"}},
        "name": {"user": {"email": f"b-{suffix}@example.com", "name": "Name"}},
        "none": entry(f"c-{suffix}@example.com"),
        "given": entry(f"d-{suffix}@example.com", organization={"name": "Org", "slug": f"org-{suffix}"},
                       workspace={"name": "Work", "organization_ref": {"ref": "org"}},
                       project={"name": "Proj", "organization_ref": {"ref": "org"}, "workspace_ref": {"ref": "wrk"},
                                "is_default": False}),
    }})["accounts"]
    assert list(made) == ["all", "name", "none", "given"]
    found = {name: (account["user"]["email"], account["user"]["username"], account["organizations"]["org"]["name"])
             for name, account in made.items()}
    assert found == {"all": (f"a-{suffix}@example.com", "user", "Name's Organization"),
                     "name": (f"b-{suffix}@example.com", "Name", "Name's Organization"),
                     "none": (f"c-{suffix}@example.com", f"c-{suffix}", f"c-{suffix}'s Organization"),
                     "given": (f"d-{suffix}@example.com", f"d-{suffix}", "Org")}
    given = made["given"]
    assert (given["organizations"]["org"]["slug"], given["workspaces"]["wrk"]["name"]) == (f"org-{suffix}", "Work")
    assert (given["projects"]["prj"]["name"], given["projects"]["prj"]["is_default"]) == ("Proj", True)


def test_names_are_trimmed_and_blank_ones_count_as_absent(admin, suffix):
    made = admin.ok("POST", PATH, {"accounts": {"a": entry(
        f"t-{suffix}@example.com", organization={"name": " \u00a0Org "}, workspace={"name": "  ", "organization_ref": {"ref": "org"}},
    )}})["accounts"]["a"]
    assert (made["organizations"]["org"]["name"], made["workspaces"]["wrk"]["name"]) == ("Org", "Default")


@pytest.mark.parametrize("email", [" @b.example", "a@ ", "a @b.example", "a@b c", "a\nb@c.example", "a@b\u202e.example", "a@b\u00a0c", "@", " ",
                                   "a@b@c"])
def test_malformed_addresses(email, admin):
    answer = admin.post(PATH, {"accounts": {"a": {"user": {"email": email}}}})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "value_error")


@pytest.mark.parametrize("options,made,returned", [
    ({}, 1, True), ({"create_api_keys": None, "return_api_keys": None}, 1, True), ({"return_api_keys": False}, 1, False),
    ({"create_api_keys": False}, 0, False), ({"create_api_keys": "no", "return_api_keys": "yes"}, 0, False),
    ({"seed_defaults": False, "reason": "a test", "idempotency_key": "1"}, 1, True)], ids=str)
def test_keys(options, made, returned, admin, suffix, sql):
    account = admin.ok("POST", PATH, {"options": options, "accounts": {"a": entry(f"k-{suffix}@example.com")}})["accounts"]["a"]
    assert ("api_keys" in account) == returned
    assert sql("SELECT count(*) FROM api_keys WHERE created_by_id = %s", account["user"]["id"]) == [(made,)]


def test_options_of_an_account_replace_those_of_the_request(admin, suffix):
    made = admin.ok("POST", PATH, {"options": {"create_api_keys": False}, "accounts": {
        "a": entry(f"a-{suffix}@example.com"), "b": entry(f"b-{suffix}@example.com", options={"seed_defaults": False})}})
    assert ["api_keys" in account for account in made["accounts"].values()] == [False, True]


def test_a_dry_run_leaves_nothing(admin, suffix, sql):
    body = {"options": {"dry_run": True}, "accounts": {"a": entry(f"dry-{suffix}@example.com")}}
    for _ in range(2):
        account = admin.ok("POST", PATH, body)["accounts"]["a"]
        assert count(sql, f"dry-{suffix}%") == 0
    api = admin.using(f"ApiKey {account['api_keys']['key']}")
    assert api.get("/profile").json() == client.UNAUTHORIZED


@pytest.mark.parametrize("last,status", [
    ({"user": {"email": "{taken}"}}, 409), ({"user": {"email": " {TAKEN} "}}, 409), ({"user": {"email": "x-{suffix}@example.com"}}, 409),
    ({"user": {"email": "z-{suffix}@example.com"}, "organization_memberships": [
        {"organization_ref": {"ref": "nowhere"}, "user_ref": {"ref": "user"}, "role": "viewer"}]}, 400),
    ({"user": {"email": "two@at@signs"}}, 422), ({"user": {"email": "@example.com"}}, 422), ({"user": {}}, 422)], ids=str)
def test_all_or_nothing(last, status, admin, alice, suffix, sql):
    email = last["user"].get("email", "").replace("{suffix}", suffix).replace("{taken}", alice.email).replace(
        "{TAKEN}", alice.email.upper())
    last = {**last, "user": {**last["user"], **({"email": email} if email else {})}}
    body = {"accounts": {"x": entry(f"x-{suffix}@example.com"), "y": entry(f"y-{suffix}@example.com"), "last": last}}
    answer = admin.post(PATH, body)
    assert answer.status_code == status, answer.text
    if status != 422:
        assert answer.json()["detail"]["account"] == "last"
    assert count(sql, f"%-{suffix}@example.com") == 1  # Alice
    assert alice.get("/profile").status_code == 200


def test_a_slug_that_is_taken(admin, suffix, sql):
    account = entry(f"s-{suffix}@example.com", organization={"name": "n", "slug": f"slug-{suffix}"})
    admin.ok("POST", PATH, {"accounts": {"a": account}})
    account["user"]["email"] = f"t-{suffix}@example.com"
    answer = admin.post(PATH, {"accounts": {"again": account}})
    assert (answer.status_code, answer.json()["detail"]) == (409, {
        "message": f"Organization with slug 'slug-{suffix}' already exists.", "slug": f"slug-{suffix}", "account": "again",
        "code": "organization_already_exists"})
    assert count(sql, f"t-{suffix}%") == 0


def test_two_hundred_at_once(admin, suffix, sql):
    accounts = {f"n{number}": entry(f"{number}-many-{suffix}@example.com") for number in range(200)}
    assert list(admin.ok("POST", PATH, {"accounts": accounts})["accounts"]) == list(accounts)
    assert count(sql, f"%-many-{suffix}%") == 200
