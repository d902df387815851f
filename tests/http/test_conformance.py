"""The conformance checklist of Agenta's API, item by item, in the order in which a client uses it."""
import re

import client
import sessions
import signing

NOT_OWNER = {"detail": "You do not have permission to perform this action"}


def result_of(answer):
    return answer.status_code, answer.json()


def code(answer):
    return answer.status_code, answer.json()["detail"]["error"]


def invite_path(account, suffix=""):
    return f"/organizations/{account.organization}/workspaces/{account.workspace}/invite{suffix}"


def sign_up(server, email):
    """The answer to a sign-up with a password."""
    return client.Api(server.url).post("/auth/signup", signing.form(email=email, password=signing.PASSWORD)).json()


def test_1_anonymous(nobody):
    assert result_of(nobody.get("/profile")) == (401, client.UNAUTHORIZED)
    assert nobody.get("/health").status_code == 200


def test_2_keys_of_the_administration(alice):
    expected = {"organization_id": alice.organization, "workspace_id": alice.workspace, "project_id": alice.project}
    for authorization in (f"ApiKey {alice.key}", alice.key):
        current = alice.using(authorization).ok("GET", "/projects/current")
        assert {name: current[name] for name in expected} == expected
    assert alice.using(f"Bearer {alice.key}").get("/projects/current").status_code == 401


def test_3_sign_up_with_cookies(server):
    session = sessions.sign_up(server.url, signing.address("local.part"), mode="cookie")
    assert {sessions.ACCESS, sessions.REFRESH} <= set(session.cookies)
    assert {"front-token", "st-access-token"} <= {name.lower() for name in session.answer.headers}
    assert sessions.read(session.answer.headers["st-access-token"])[1]["is_new_user"] is True
    (organization,) = session.ok("GET", "/organizations/")
    assert organization["name"].startswith("local.part")
    (project,) = session.ok("GET", "/projects/")
    assert (project["is_default_project"], project["user_role"]) == (True, "owner")


def test_4_sign_in(server, nobody):
    email = signing.address()
    sessions.sign_up(server.url, email)
    assert sessions.sign_in(server.url, email).claims["is_new_user"] is False
    wrong = nobody.post("/auth/signin", signing.form(email=email, password=signing.PASSWORD + "x"))
    assert result_of(wrong) == (200, {"status": "WRONG_CREDENTIALS_ERROR"})
    weak = nobody.post("/auth/signup", signing.form(email=signing.address(), password="weak"))
    assert (weak.status_code, weak.json()["status"]) == (200, "FIELD_ERROR")


def test_5_refresh_and_sign_out(server):
    session = sessions.sign_up(server.url, mode="cookie")
    first = dict(session.cookies)
    for _ in range(2):  # the second refresh uses the token of the first
        answer = session.post("/auth/session/refresh")
        assert result_of(answer) == (200, {})
        session.take(answer)
    old = client.Api(server.url).post("/auth/session/refresh", headers={"Cookie": f"{sessions.REFRESH}={first[sessions.REFRESH]}"})
    assert old.status_code == 401
    another = sessions.sign_up(server.url, mode="cookie")
    answer = another.post("/auth/signout")
    assert result_of(answer) == (200, {"status": "OK"})
    assert answer.headers["front-token"] == "remove"


def test_6_access_rules(make_server):
    """The malformed address is judged on an endpoint without a form, by the same function."""
    denied = {"status": "GENERAL_ERROR", "message": "Access Denied."}
    allowed = make_server(AGENTA_ACCESS_ALLOWED_DOMAINS="acme.io", AGENTA_ACCESS_BLOCKED_EMAILS="blocked@acme.io").start()
    for email in ("a@acme.io", "a@x.acme.io"):
        assert sign_up(allowed, email)["status"] == "OK"
    for email in ("a@notacme.io", "blocked@acme.io"):
        assert sign_up(allowed, email) == denied
    assert sign_up(allowed, "a@b@acme.io")["status"] == "FIELD_ERROR"
    blocked = make_server(AGENTA_ACCESS_BLOCKED_DOMAINS="acme.io").start()
    assert sign_up(blocked, "a@x.acme.io") == denied
    assert sign_up(blocked, "a@notacme.io")["status"] == "OK"


def test_7_permission_to_own(make_server):
    server = make_server(AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="boss@acme.io").start()
    boss, other = (sessions.sign_up(server.url, f"{name}@acme.io") for name in ("boss", "other"))
    (organization,) = boss.ok("GET", "/organizations/")
    (project,) = boss.ok("GET", "/projects/")
    assert other.ok("GET", "/organizations/") == []
    assert result_of(other.post("/organizations/", {"name": "mine"})) == (403, {
        "detail": "You are not allowed to create organizations. Please ask your administrator for an invitation."})
    link = client.invite(boss, organization["id"], project["workspace_id"], "other@acme.io")
    answer = other.post(f"/organizations/{organization['id']}/workspaces/{project['workspace_id']}/invite/accept"
                        f"?project_id={link['project_id']}", {"token": link["token"], "email": "other@acme.io"})
    assert answer.status_code == 200
    assert other.ok("GET", "/profile")["email"] == "other@acme.io"


def test_8_invitations(people, sql):
    alice, bob, carol = people("alice", "bob", "carol")
    two = [{"email": "a@example.com"}, {"email": "b@example.com"}]
    for body in ([], two):
        assert result_of(alice.post(invite_path(alice), body)) == (400, {"detail": "Only one user can be invited at a time."})
    assert result_of(alice.post(invite_path(alice), [{"email": alice.email}])) == (
        400, {"detail": "You cannot invite yourself to a workspace"})
    made = alice.post(invite_path(alice), [{"email": bob.email}])
    assert set(made.json()) == {"url"}
    link = client.link(made.json()["url"])
    assert link == {"token": link["token"], "email": bob.email, "organization_id": alice.organization,
                    "workspace_id": alice.workspace, "project_id": alice.project}
    assert result_of(alice.post(invite_path(alice), [{"email": bob.email}])) == (
        400, {"detail": "User is already a member of the workspace"})
    assert alice.ok("POST", invite_path(alice, "/resend"), {"email": bob.email}) == made.json()

    def accept(person, token):
        return person.post(invite_path(alice, f"/accept?project_id={alice.project}"), {"token": token, "email": bob.email})

    assert code(accept(carol, link["token"])) == (400, "INVITE_EMAIL_MISMATCH")
    assert result_of(accept(bob, link["token"])) == (200, {"message": "Added user to workspace"})
    assert code(accept(bob, link["token"])) == (409, "INVITE_ALREADY_ACCEPTED")
    assert code(accept(bob, "nope")) == (400, "INVITE_NOT_FOUND")
    old = client.invite(alice, alice.organization, alice.workspace, carol.email)["token"]
    sql("UPDATE project_invitations SET expiration_date = now() - interval '1 minute' WHERE token = %s", old)
    assert code(client.accept(carol, old, alice.organization, alice.workspace)) == (410, "INVITE_EXPIRED")


def test_9_details(people):
    alice, bob, carol = people("alice", "bob", "carol")
    client.join(alice, bob)
    path = f"/organizations/{alice.organization}"
    assert result_of(carol.get(path)) == (403, {"detail": "Not a member of this organization."})
    members = bob.ok("GET", path)["default_workspace"]["members"]
    assert [each["user"]["email"] for each in members] == [bob.email, alice.email]


def test_10_changes_of_an_organization(people, sql):
    alice, bob = people("alice", "bob")
    client.join(alice, bob)
    path = f"/organizations/{alice.organization}"
    assert result_of(alice.patch(path, {})) == (400, {"detail": "Please provide a field to update"})
    assert result_of(bob.patch(path, {"name": "x"})) == (403, NOT_OWNER)
    assert result_of(alice.delete(path)) == (
        400, {"detail": "Cannot delete your last organization. You must have at least one organization."})
    assert result_of(alice.post(f"{path}/transfer/{bob.user}")) == (
        200, {"organization_id": alice.organization, "owner_id": bob.user})
    for scope in ("organization", "workspace", "project"):
        assert dict(sql(f"SELECT user_id::text, role FROM {scope}_members WHERE {scope}_id = %s", getattr(alice, scope))) == {
            bob.user: "owner", alice.user: "admin"}
    assert result_of(alice.patch(path, {"name": "x"})) == (403, NOT_OWNER)


def test_11_changes_of_projects(people):
    alice, bob = people("alice", "bob")
    path = f"/projects/{alice.ok('POST', '/projects/', {'name': 'second'})['project_id']}"
    for body, text in (({}, "Provide a new name and/or set default flag"), ({"name": " "}, "Project name cannot be empty"),
                       ({"name": "x", "make_default": False}, "make_default can only be set to true")):
        assert result_of(alice.patch(path, body)) == (400, {"detail": text})
    assert result_of(bob.patch(path, {"name": "x"})) == (404, {"detail": "Project not found"})
    assert alice.ok("PATCH", path, {"name": "third"})["project_name"] == "third"
    assert result_of(alice.delete(f"/projects/{alice.project}")) == (400, {"detail": "Default project cannot be deleted"})
    answer = alice.delete("/projects/not-a-uuid")
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["path", "project_id"])


def test_12_keys(alice):
    key = alice.ok("POST", "/keys/")
    assert re.fullmatch(r"[A-Za-z0-9]{8}\.[0-9a-f]{64}", key)
    assert key[:8] in [each["prefix"] for each in alice.ok("GET", "/keys/")]
    assert key[9:] not in alice.get("/keys/").text
    assert alice.using(f"ApiKey {key}").get("/profile").status_code == 200
    assert result_of(alice.delete(f"/keys/{key[:8]}")) == (200, {"message": "API key deleted successfully"})
    assert alice.using(f"ApiKey {key}").get("/profile").status_code == 401


def test_13_credentials_derived_from_a_session(server):
    session = sessions.sign_up(server.url)
    credentials = session.ok("GET", "/access/permissions/check?action=view_secret")["credentials"]
    assert credentials.startswith("Secret ")
    assert session.using(credentials).ok("GET", "/projects/current") == session.ok("GET", "/projects/current")


def test_14_scopes(alice, server, sql):
    session = sessions.session_of(alice, sql)
    secret = session.ok("GET", "/access/permissions/check")["credentials"]
    for api in (session, alice, alice.using(secret), alice.using(alice.key)):
        assert api.get("/profile").status_code == 200
        for nothing in ("null", "00000000-0000-0000-0000-000000000000"):
            assert result_of(api.get(f"/profile?project_id={nothing}")) == (401, client.UNAUTHORIZED)
    (foreign,) = sessions.sign_up(server.url).ok("GET", "/projects/")
    assert result_of(session.get(f"/profile?project_id={foreign['project_id']}")) == (401, {"detail": "Unauthorized"})


def test_15_administration(admin, alice):
    """The endpoints of this version; docs/compatibility.md lists the others."""
    body = {"accounts": {"a": {"user": {"email": alice.email}}}}
    assert admin.using(admin.authorization.replace("Access", "Bearer")).post("/admin/simple/accounts/", body).status_code == 401
    answer = admin.post("/admin/simple/accounts/", body)
    assert (answer.status_code, answer.json()["detail"]["email"]) == (409, alice.email)
