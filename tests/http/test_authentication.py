"""Authentication: keys, raw keys, secret tokens, the administration key, and how each of them ends."""
import contextlib
import hashlib
import json
import time

import client
import pytest

NO_WORKSPACE = {"detail": "No workspace membership"}


def refused(answer):
    return (answer.status_code, answer.json()) == (401, client.UNAUTHORIZED)


def works(api):
    return api.get("/profile").status_code == 200


@pytest.fixture
def token(key):
    """A secret token for a user: `token(alice, project_id=None)`; `...` omits a claim."""
    return lambda account, signed_with=key, header=None, **claims: account.using(
        "Secret " + client.sign(signed_with, client.claims_of(account, **claims), header))


# ---- keys ----

def test_a_key_with_and_without_its_scheme(alice):
    assert alice.get("/projects/current").json()["project_id"] == alice.project
    assert alice.using(alice.key).get("/projects/current").json()["project_id"] == alice.project


@pytest.mark.parametrize("spell", [
    "", "ApiKey", "ApiKey ", "apikey {key}", "APIKEY {key}", "ApiKey  {key}", "ApiKey\t{key}", "ApiKey {key}x", "ApiKey x{key}",
    "ApiKey {prefix}", "ApiKey {prefix}.", "ApiKey .", "ApiKey {prefix}.{hash}", "Bearer {key}", "bearer {key}", "Secret {key}",
    "Access {key}", "Basic {key}", "ApiKey {upper}", "ApiKey ' OR 1=1 --", "ApiKey {prefix}.%", "{prefix}",
    "ApiKey \xff.x", "\xff.x", "ApiKey {prefix}\xc3.x"])  # sent as these bytes, which are not UTF-8
def test_a_key_spelled_otherwise(spell, alice):
    prefix, secret = alice.key.split(".")
    header = spell.format(key=alice.key, prefix=prefix, upper=f"{prefix}.{secret.upper()}",
                          hash=hashlib.sha256(secret.encode()).hexdigest())
    assert refused(alice.using(header).get("/profile")), header


@pytest.mark.parametrize("header", [b"ApiKey \xff.%s", b"\xff.%s", b"ApiKey Bearer\xff %s", b"x\xc3Bearer %s", b"ApiKey %s\xff"])
def test_a_key_in_bytes_that_are_no_text(header, alice):
    answer = client.raw(alice.url, b"GET /access/permissions/check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                        + header % alice.key.encode() + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == client.UNAUTHORIZED


def test_only_a_hash_is_stored(alice, sql):
    prefix, secret = alice.key.split(".")
    assert sql("SELECT prefix, hashed_key, rate_limit, hidden FROM api_keys WHERE created_by_id = %s", alice.user) == [
        (prefix, f"{prefix}.{hashlib.sha256(secret.encode()).hexdigest()}", 0, False)]


def test_a_key_decides_the_scope_alone(people):
    alice, bob = people("alice", "bob")
    for scope in (f"project_id={bob.project}", f"workspace_id={bob.workspace}", "project_id=", "project_id=nonsense"):
        assert alice.get(f"/projects/current?{scope}").json()["project_id"] == alice.project


@pytest.mark.parametrize("name", ["project_id", "workspace_id"])
@pytest.mark.parametrize("value", ["null", "00000000-0000-0000-0000-000000000000"])
def test_an_id_that_a_browser_lost(name, value, alice, token, admin):
    for api in (alice, alice.using(alice.key), token(alice)):
        for path in ("/profile", "/access/permissions/check", "/nope"):
            assert refused(api.get(f"{path}?{name}={value}"))
            assert refused(api.get(f"{path}?{name}=x&{name}={value}"))
        assert works(api)
        assert api.get(f"/profile?{name}={value}&{name}=x").status_code == 200  # the last one counts
    assert admin.post(f"/admin/simple/accounts/?{name}={value}", {"accounts": {}}).status_code == 200


def test_a_key_with_an_end(alice, sql):
    sql("UPDATE api_keys SET expiration_date = now() + interval '1 second' WHERE created_by_id = %s", alice.user)
    assert works(alice)
    (listed,) = alice.ok("GET", "/keys/")
    assert listed["expiration_date"][10] == " " and listed["expiration_date"].endswith("+00:00")
    assert client.eventually(lambda: refused(alice.get("/profile")), 3)
    assert sql("SELECT expiration_date <= now() FROM api_keys WHERE created_by_id = %s", alice.user) == [(True,)]


def test_a_key_whose_end_is_infinity(alice, sql):
    """PostgreSQL allows this value too, and it is not a number."""
    sql("UPDATE api_keys SET expiration_date = 'infinity' WHERE created_by_id = %s", alice.user)
    assert client.eventually(lambda: works(alice))
    assert [key["expiration_date"] for key in alice.ok("GET", "/keys/")] == [None]


# ---- end of a key ----

def test_a_deleted_key_ends_at_once(alice):
    keys = [alice.using("ApiKey " + alice.ok("POST", "/keys/")) for _ in range(5)]
    for key in keys:
        assert works(key) and works(key)  # the second answer may come from the cache
        prefix = key.authorization[7:15]
        assert alice.ok("DELETE", f"/keys/{prefix}") == {"message": "API key deleted successfully"}
        assert refused(key.get("/profile"))
        assert refused(key.get("/access/permissions/check"))
        assert alice.delete(f"/keys/{prefix}").status_code == 404


def test_a_key_may_delete_itself(alice):
    key = alice.using("ApiKey " + alice.ok("POST", "/keys/"))
    assert key.delete(f"/keys/{key.authorization[7:15]}").status_code == 200
    assert refused(key.get("/profile"))


def test_keys_of_other_users_are_not_found(people):
    alice, bob = people("alice", "bob")
    assert bob.delete(f"/keys/{alice.prefix}").status_code == 404
    assert works(alice)


def test_a_key_ends_with_its_organization(alice):
    second = alice.ok("POST", "/organizations/", {"name": "second"})["id"]
    assert works(alice)
    assert alice.ok("DELETE", f"/organizations/{alice.organization}") == {"detail": "Organization deleted successfully"}
    for path in ("/profile", "/access/permissions/check", "/keys/"):
        assert refused(alice.get(path))
    assert second


def test_a_key_ends_with_its_project(alice, token):
    project = alice.ok("POST", "/projects/", {"name": "short-lived"})["project_id"]
    inside = token(alice, project_id=project)
    key = alice.using("ApiKey " + inside.ok("POST", "/keys/"))
    assert key.get("/projects/current").json()["project_id"] == project
    assert alice.delete(f"/projects/{project}").status_code == 200
    assert refused(key.get("/profile"))
    assert refused(inside.get("/profile"))


ENDS = {
    "membership": "DELETE FROM project_members WHERE user_id = %(user)s",
    "key": "DELETE FROM api_keys WHERE created_by_id = %(user)s",
    "date of the key": "UPDATE api_keys SET expiration_date = now() - interval '1 second' WHERE created_by_id = %(user)s",
    "hash of the key": "UPDATE api_keys SET hashed_key = 'gone' || id WHERE created_by_id = %(user)s",
    "project": "DELETE FROM projects WHERE id = %(project)s",
    "organization": "DELETE FROM organizations WHERE id = %(organization)s",
    "person": "DELETE FROM organizations WHERE owner_id = %(user)s; DELETE FROM users WHERE id = %(user)s",
}


@pytest.mark.parametrize("what", ENDS)
def test_access_removed_by_another_process(what, alice, server):
    assert works(alice) and alice.get("/access/permissions/check").status_code == 200  # cached by now
    names = {"user": alice.user, "project": alice.project, "organization": alice.organization}
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for statement in ENDS[what].split("; "):
            cursor.execute(statement, names)
        assert works(alice)  # not before it is true
        cursor.execute("COMMIT")
    assert client.eventually(lambda: refused(alice.get("/access/permissions/check")))
    assert refused(alice.get("/profile"))


def test_a_membership_that_comes_back(alice, sql):
    sql("DELETE FROM project_members WHERE user_id = %s", alice.user)
    assert client.eventually(lambda: refused(alice.get("/profile")))
    sql("INSERT INTO project_members (id, user_id, project_id, role) VALUES (gen_random_uuid(), %s, %s, 'owner')",
        alice.user, alice.project)
    assert works(alice)  # a refusal is not cached


def test_access_removed_by_a_second_server(alice, second):
    key = alice.using("ApiKey " + alice.ok("POST", "/keys/"))
    assert works(key) and works(key)
    there = client.Api(second.url, alice.authorization)
    assert there.delete(f"/keys/{key.authorization[7:15]}").status_code == 200
    assert refused(key.get("/profile"))


# ---- secret tokens ----

def test_a_token_opens_its_project(alice, token):
    api = token(alice)
    assert api.get("/projects/current").json()["project_id"] == alice.project
    assert api.get("/profile").json()["email"] == alice.email
    assert api.get("/access/permissions/check").json() == {"effect": "allow", "credentials": api.authorization}


@pytest.mark.parametrize("claims", [
    {"exp": ...}, {"exp": None}, {"exp": "soon"}, {"exp": 0}, {"exp": -1}, {"exp": 2**62}, {"exp": 1e300}, {"user_id": ...},
    {"user_id": None}, {"user_id": "nope"}, {"user_id": client.NOBODY}, {"project_id": "nope"}, {"project_id": client.NOBODY},
    {"aud": "others"}, {"nbf": 2**40}], ids=str)
def test_unacceptable_claims(claims, alice, token):
    assert refused(token(alice, **claims).get("/profile"))


def test_the_end_of_a_token(alice, token):
    now = int(time.time())
    assert refused(token(alice, exp=now - 1).get("/profile"))
    assert refused(token(alice, exp=now + 3600).get("/profile"))
    assert refused(token(alice, exp=now + 15 * 60 + 120).get("/profile"))
    assert works(token(alice, exp=now + 15 * 60))
    short = token(alice, exp=now + 2)
    assert works(short)
    assert client.eventually(lambda: refused(short.get("/profile")), 4)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "None"}, {"alg": "HS512"}, {"alg": "RS256"}, {}, {"alg": ["HS256"]},
                                    {"alg": "HS256", "crit": ["exp"]}], ids=str)
def test_other_algorithms(header, alice, token):
    api = token(alice, header=header)
    assert refused(api.get("/profile"))
    assert refused(alice.using(api.authorization.rsplit(".", 1)[0] + ".").get("/profile"))


def test_tokens_of_others(alice, token, key):
    assert refused(token(alice, signed_with="another key").get("/profile"))
    assert refused(token(alice, signed_with=key + " ").get("/profile"))
    assert refused(token(alice, signed_with="").get("/profile"))


def test_tampered_tokens(people, token):
    alice, bob = people("alice", "bob")
    good, other = token(alice).authorization, token(bob).authorization
    header, payload, signature = good.split(".")
    for header in (f"{header}.{other.split('.')[1]}.{signature}", f"{header}.{payload}", f"{header}.{payload}.", f"{good}=", f"{good}.x",
                   good[:-1] + ("A" if good[-1] != "A" else "B"), "Secret ", "Secret ..", "secret " + good[7:], good[7:],
                   good.replace("Secret ", "Secret  "), good.replace("Secret", "Bearer")):
        assert refused(alice.using(header).get("/profile")), header


def test_a_token_is_not_believed_beyond_the_membership(people, sql, token):
    alice, bob = people("alice", "bob")
    into_alices = token(bob, project_id=alice.project, workspace_id=alice.workspace, organization_id=alice.organization)
    assert refused(into_alices.get("/projects/current"))
    client.add_member(sql, bob, alice.organization)
    assert into_alices.get("/projects/current").json()["project_id"] == alice.project
    sql("DELETE FROM project_members WHERE user_id = %s AND project_id = %s", bob.user, alice.project)
    assert client.eventually(lambda: refused(into_alices.get("/projects/current")))


# ---- users without a workspace ----

def test_without_a_project_there_is_no_scope(alice, token):
    for api in (token(alice, project_id=None), token(alice, project_id=..., workspace_id=..., organization_id=...)):
        assert api.get("/profile").json()["id"] == alice.user
        assert [each["id"] for each in api.get("/organizations/").json()] == [alice.organization]
        for method, path in (("GET", "/keys/"), ("POST", "/keys/"), ("GET", "/access/permissions/check")):
            answer = api.call(method, path)
            assert (answer.status_code, answer.json()) == (403, NO_WORKSPACE)
        assert api.post("/projects/", {"name": "x"}).json() == {"detail": "Workspace and organization context are required"}
        assert api.delete(f"/projects/{alice.project}").json() == {"detail": "Workspace context is required"}
        assert api.get("/projects/current").json() == {"detail": "Project not found"}


def test_a_user_without_memberships(alice, sql, token):
    sql("DELETE FROM organizations WHERE owner_id = %s", alice.user)
    api = token(alice, project_id=None)
    assert api.get("/profile").json()["email"] == alice.email
    assert api.get("/organizations/").json() == []
    assert api.get("/workspaces/").json() == []
    answer = api.get("/projects/")
    assert (answer.status_code, answer.json()) == (404, {"message": "No projects found."})
    assert api.put("/profile/username", {"username": "still here"}).json()["username"] == "still here"
    made = api.ok("POST", "/organizations/", {"name": "A start"})["id"]
    (project,) = api.ok("GET", "/projects/")
    assert (project["organization_id"], project["is_default_project"], project["user_role"]) == (made, True, "owner")
    assert works(token(alice, project_id=project["project_id"]))


# ---- administration ----

@pytest.mark.parametrize("spell", ["Access", "Access ", "Access {key}x", "Access  {key}", "access {key}", "{key}", "Bearer {key}",
                                   "ApiKey {key}", "Access {short}", "Access {upper}"])
def test_the_administration_key_spelled_otherwise(spell, nobody, key):
    api = nobody.using(spell.format(key=key, short=key[:-1], upper=key.upper()))
    for path in ("/admin/simple/accounts/", "/admin/nope", "/admin", "/api/admin/simple/accounts"):
        assert refused(api.post(path, {"accounts": {}}))
        assert refused(api.call("DELETE", path))
    assert refused(api.post("/admin/simple/accounts/", data=b"{", headers={"Content-Type": "application/json"}))


def test_user_credentials_do_not_open_the_administration(alice, token, nobody):
    for api in (alice, alice.using(alice.key), token(alice), nobody):
        assert refused(api.post("/admin/simple/accounts/", {"accounts": {}}))


def test_the_administration_key_opens_nothing_else(admin):
    for path in ("/profile", "/organizations/", "/keys/", "/nope", "/keys/admin/"):
        assert refused(admin.get(path))
    assert admin.get("/admin/nope").json() == {"detail": "Not Found"}
    assert admin.get("/admin/simple/accounts/").status_code == 405


def test_a_key_named_admin_is_a_key(alice):
    assert alice.delete("/keys/admin/").status_code == 404


def test_unknown_callers_learn_nothing(nobody):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for path in ("/organizations/", "/projects/current", "/keys/x", "/nope", "/access/permissions/check", "/api/"):
            answer = nobody.call(method, path, {"name": 1} if method == "POST" else None)
            assert refused(answer), f"{method} {path}"
            assert "Allow" not in answer.headers


def test_cookies_alone_are_no_credentials(nobody):
    assert refused(nobody.get("/profile", headers={"Cookie": "sAccessToken=a.b.c"}))
