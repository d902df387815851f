"""Forward authentication: real proxies ask orgd about each request to the data plane, and pass on what it answers."""
import json

import client
import pytest
import sessions
from proxies import Caddy, Echo, Nginx

ACCOUNT_PLANE = [  # method, path, body: each prefix, in both spellings of the final slash where there are two
    ("GET", "/api/auth/loginmethods", None), ("GET", "/api/organizations", None), ("GET", "/api/organizations/", None),
    ("POST", "/api/organizations/", {"name": "by proxy"}), ("POST", "/api/organizations", {"name": "by proxy"}),
    ("GET", "/api/workspaces", None), ("GET", "/api/workspaces/", None), ("GET", "/api/projects", None),
    ("GET", "/api/projects/", None), ("GET", "/api/projects/current", None), ("POST", "/api/projects", {"name": "by proxy"}),
    ("POST", "/api/projects/", {"name": "by proxy"}), ("GET", "/api/profile", None), ("GET", "/api/profile/", None),
    ("PUT", "/api/profile/username", {"username": "proxied"}), ("GET", "/api/keys", None), ("GET", "/api/keys/", None),
    ("GET", "/api/access/permissions/check", None), ("POST", "/api/admin/accounts", {"accounts": {}}),
    ("POST", "/api/admin/simple/accounts/", {"accounts": {}})]


@pytest.fixture(scope="module")
def orgd(sibling):
    orgd = sibling(ORGD_TRUSTED_PROXIES="127.0.0.1").start()
    yield orgd
    orgd.close()


@pytest.fixture(scope="module")
def upstreams(orgd):
    """The addresses behind the proxies: orgd, and a server for each of Agenta's containers that shows what arrives."""
    echoes = {name: Echo(name) for name in ("api", "services", "web")}
    yield {"orgd": f"127.0.0.1:{orgd.port}", **{name: echo.address for name, echo in echoes.items()}}
    for echo in echoes.values():
        echo.close()


@pytest.fixture(scope="module", params=[Nginx, Caddy], ids=["nginx", "caddy"])
def proxy(request, upstreams):
    proxy = request.param(upstreams)
    yield proxy
    proxy.close()


def by(proxy, authorization):
    return client.Api(proxy.url, authorization)


def arrived(answer):
    """The description of the request as the api container received it."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    assert answer.json()["server"] == "api", answer.text
    return answer.json()


def claims(request):
    """The claims of the secret token that the request carries."""
    scheme, token = request["headers"]["authorization"].split(" ")
    assert scheme == "Secret"
    return sessions.read(token)[1]


def scope(account):
    return {"user_id": account.user, "user_email": account.email, "project_id": account.project, "workspace_id": account.workspace,
            "organization_id": account.organization}


# ---- what passes ----

def test_a_key_passes_as_a_secret_token(proxy, alice, key):
    for value in (f"ApiKey {alice.key}", alice.key):
        request = arrived(by(proxy, value).post("/api/secrets/?a=%20b", {"x": "\u00e9"}))
        assert (request["method"], request["path"], json.loads(request["body"])) == ("POST", "/secrets/?a=%20b", {"x": "\u00e9"})
        assert {name: claims(request)[name] for name in scope(alice)} == scope(alice)
        assert claims(request)["organization_name"]
        token = request["headers"]["authorization"]
        assert token == "Secret " + client.sign(key, claims(request)) or alice.using(token).get("/profile").status_code == 200


def test_a_session_passes_in_the_scope_that_the_query_names(proxy, alice, sql):
    session = sessions.session_of(alice, sql)
    project = alice.ok("POST", "/projects", {"name": "second"})["project_id"]
    through = by(proxy, session.authorization)
    assert claims(arrived(through.get("/api/secrets")))["project_id"] == alice.project
    assert claims(arrived(through.get(f"/api/secrets?project_id={project}")))["project_id"] == project
    assert claims(arrived(through.get(f"/api/secrets?workspace_id={alice.workspace}")))["workspace_id"] == alice.workspace


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_session_in_cookies_passes(proxy, alice, sql, method):
    session = sessions.session_of(alice, sql, "cookie")
    request = arrived(by(proxy, None).call(method, "/api/secrets", headers={"Cookie": f"sAccessToken={session.cookies['sAccessToken']}"}))
    assert request["method"] == method and claims(request)["user_id"] == alice.user


def test_a_secret_token_passes_unchanged(proxy, alice, key):
    token = "Secret " + client.sign(key, client.claims_of(alice))
    assert arrived(by(proxy, token).get("/api/secrets"))["headers"]["authorization"] == token


@pytest.mark.parametrize("path", ["/api/health", "/api/docs", "/api/openapi.json", "/api/billing/stripe/events/x",
                                  "/api/tools/connections/callback", "/api/admin/evaluations/runs/refresh"])
def test_paths_that_need_no_user_pass_with_the_credential_as_it_came(proxy, path):
    assert arrived(by(proxy, "Access something").get(path))["headers"]["authorization"] == "Access something"
    assert arrived(by(proxy, None).get(path))["headers"].get("authorization", "") == ""


def test_a_preflight_passes(proxy):
    answer = by(proxy, None).call("OPTIONS", "/api/secrets", headers={"Origin": "http://x", "Access-Control-Request-Method": "GET"})
    assert arrived(answer)["method"] == "OPTIONS"


def test_a_key_is_replaced_by_a_token_of_the_same_reach(proxy, alice, sql):
    browser = sessions.session_of(alice, sql)
    restricted = browser.ok("POST", f"/keys?project_id={alice.project}&restricted=true")
    token = arrived(by(proxy, f"ApiKey {restricted}").get("/api/secrets"))["headers"]["authorization"]
    assert alice.using(token).get("/projects/current").status_code == 200
    assert alice.using(token).post("/organizations/", {"name": "further"}).status_code == 403
    assert browser.delete(f"/keys/{restricted[:8]}").status_code == 200
    assert alice.using(token).get("/projects/current").status_code == 401


def test_a_token_does_not_outlive_its_key(proxy, alice, sql):
    sql("UPDATE api_keys SET expiration_date = now() + interval '2 minutes' WHERE prefix = %s RETURNING 1", alice.prefix)
    found = claims(arrived(by(proxy, f"ApiKey {alice.key}").get("/api/secrets")))
    ((left,),) = sql("SELECT %s - extract(epoch FROM now())", found["exp"])
    assert 0 < left <= 120


# ---- what does not pass ----

@pytest.mark.parametrize("value", [None, "", "ApiKey x.y", "Bearer x", "Secret x.y.z", "Basic x", "Access x"])
def test_a_credential_that_is_not_valid_is_refused(proxy, value):
    assert by(proxy, value).get("/api/secrets").status_code == 401


@pytest.mark.parametrize("query", ["project_id=null", "workspace_id=null", "project_id=00000000-0000-0000-0000-000000000000",
                                   f"project_id={client.NOBODY}", "project_id=x"])
def test_a_scope_that_is_not_the_users_is_refused(proxy, alice, sql, query):
    assert by(proxy, sessions.session_of(alice, sql).authorization).get(f"/api/secrets?{query}").status_code == 401


def test_a_user_without_a_scope_is_refused(proxy, alice, sql):
    session = sessions.session_of(alice, sql)
    sql("DELETE FROM project_members WHERE user_id = %s RETURNING 1", alice.user)
    sql("DELETE FROM workspace_members WHERE user_id = %s RETURNING 1", alice.user)
    assert by(proxy, session.authorization).get("/api/secrets").status_code == 403


def test_a_deleted_key_is_refused_with_the_next_request(proxy, alice):
    for _ in range(20):
        new = alice.ok("POST", f"/keys?project_id={alice.project}")
        through = by(proxy, f"ApiKey {new}")
        for _ in range(2):
            arrived(through.get("/api/secrets"))
        assert alice.delete(f"/keys/{new[:8]}").status_code == 200
        assert through.get("/api/secrets").status_code == 401


def test_a_removed_member_is_refused_with_the_next_request(proxy, people, sql):
    alice, bob = people("alice", "bob")
    client.join(alice, bob)
    through = by(proxy, sessions.session_of(bob, sql).authorization)
    path = f"/api/secrets?project_id={alice.project}"
    assert claims(arrived(through.get(path)))["project_id"] == alice.project
    assert alice.delete(f"/workspaces/{alice.workspace}/users/?email={bob.email}&organization_id={alice.organization}").status_code == 200
    assert through.get(path).status_code == 401


@pytest.mark.parametrize("target", ["/api/health/../secrets", "/api/health/./../secrets", "/api/health/%2e%2e/secrets",
                                    "/api/health/..%2fsecrets", "/api//health", "/api/health//../secrets", "/api/admin/../secrets",
                                    "/api/secrets%00", "/api/x/../health/../secrets"])
def test_a_path_that_servers_read_differently_never_passes_unchecked(proxy, target):
    """It may be refused by the proxy or by orgd, or be checked as the path that it means."""
    answer = client.raw(proxy.url, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ApiKey removed.key\r\n\r\n".encode())
    status = int(answer.split(b" ")[1])
    if status == 200:
        described = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert described["server"] != "api" or described["path"].startswith(("/health", "/admin")), described
        assert ".." not in described["path"] and "%2e" not in described["path"]
    else:
        assert status in (400, 401, 403, 404), answer


@pytest.mark.parametrize("field", ["X-Original-URI", "X-Original-URL", "X-Forwarded-Uri"])
def test_a_client_cannot_name_another_path(proxy, field, alice):
    for value in ("/api/health", "http://x/api/health", "/api/health, /api/health"):
        assert by(proxy, "ApiKey removed.key").get("/api/secrets", headers={field: value}).status_code in (401, 403)


@pytest.mark.parametrize("field", ["X-Original-Method", "X-Forwarded-Method"])
def test_a_client_cannot_name_another_method(proxy, field):
    assert by(proxy, "ApiKey removed.key").get("/api/secrets", headers={field: "OPTIONS"}).status_code == 401


@pytest.mark.parametrize("prefix", ["/API", "/Api", "/api/api", "/api/api/api", "/api/API", "/API/api", "/api/./api", "/api;x"])
def test_the_account_plane_never_reaches_agentas_api(proxy, alice, prefix):
    """Agenta has the same paths, without the rules of orgd; it ignores repeated /api segments, and some proxies ignore the case."""
    for path in ("auth/signin", "organizations", "workspaces", "projects", "profile", "keys", "access/permissions/check", "admin/accounts",
                 "admin/simple/accounts", "KEYS", "keys/"):
        for authorization in (alice.authorization, None):
            fields = f"Authorization: {authorization}\r\n" if authorization else ""
            answer = client.raw(proxy.url, f"POST {prefix}/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n{fields}\r\n".encode())
            if answer.startswith(b"HTTP/1.1 200") and b'"server": "api"' in answer:
                described = json.loads(answer.partition(b"\r\n\r\n")[2])
                assert prefix == "/api;x" and not authorization, described


def test_nothing_passes_while_orgd_is_away(sibling, upstreams, alice):
    orgd = sibling(ORGD_TRUSTED_PROXIES="127.0.0.1").start()
    proxies = [kind({**upstreams, "orgd": f"127.0.0.1:{orgd.port}"}) for kind in (Nginx, Caddy)]
    try:
        for each in proxies:
            arrived(by(each, f"ApiKey {alice.key}").get("/api/secrets"))
        orgd.stop()
        for each in proxies:
            assert by(each, f"ApiKey {alice.key}").get("/api/secrets").status_code >= 500
    finally:
        for each in proxies:
            each.close()
        orgd.close()


# ---- the endpoint by itself, as other proxies ask it ----

def ask(orgd, authorization, path="/auth/forward", method="GET", **headers):
    return client.Api(orgd.url, authorization).call(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_proxy_that_appends_the_path(orgd, alice, method):
    answer = ask(orgd, f"ApiKey {alice.key}", "/auth/forward/api/secrets?project_id=x", method)
    assert answer.status_code == 200 and answer.headers["Authorization"].startswith("Secret ")
    assert ask(orgd, None, "/auth/forward/api/health", method).status_code == 200
    assert ask(orgd, None, "/auth/forward/api/secrets", method).status_code == 401
    assert ask(orgd, None, "/auth/forward/core/user/id", method).status_code == 403
    assert ask(orgd, None, "/auth/forward/", method, X_Original_URI="/docs").status_code == 403


def test_a_proxy_that_forwards_method_and_path(orgd, alice, sql):
    for headers in ({"X_Forwarded_Uri": "/api/secrets", "X_Forwarded_Method": "POST"}, {"X_Original_URL": "https://host/api/secrets"}):
        answer = ask(orgd, f"ApiKey {alice.key}", **headers)
        assert answer.status_code == 200 and answer.headers["Authorization"].startswith("Secret ") and answer.json() == {}
        assert ask(orgd, "ApiKey x.y", **headers).status_code == 401


@pytest.mark.parametrize("headers", [
    {}, {"X-Original-URI": ""}, {"X-Original-URI": "api/health"}, {"X-Original-URI": "/api/health, /api/health"},
    {"X-Original-URI": "/api/health", "X-Forwarded-Uri": "/api/health"}, {"X-Original-URI": "/api/health%2fx"},
    {"X-Original-URI": "/api/he%zzalth"}, {"X-Original-URI": "/api/health%00"}, {"X-Original-URI": "ftp://x/api/health"},
    {"X-Original-URI": "/api/health#x"}, {"X-Original-URI": "/api/secrets?project_id=%zz"}, {"X-Original-URI": "/api/" + "x" * 9000},
    {"X-Original-URI": "/api/docs/..;/keys"}, {"X-Original-URI": "/api/docs\\..\\keys"}, {"X-Original-URI": "/api/keys"},
    {"X-Original-URI": "/keys"}, {"X-Original-URI": "/api/api/auth/signin"}, {"X-Original-URI": "/API/Admin/Simple/x"},
    {"X-Original-URI": "/core/user/id"}, {"X-Original-URI": "/api/core/apiversion"}, {"X-Original-URI": "/api/../health"}],
    ids=lambda headers: ",".join(headers.values())[:30] or "none")
def test_an_original_target_that_is_missing_ambiguous_or_malformed_is_refused(orgd, alice, headers):
    answer = client.Api(orgd.url, f"ApiKey {alice.key}").get("/auth/forward", headers=headers)
    assert answer.status_code == 403 and answer.json() == {"detail": "Forbidden"}, answer.text
    assert "Authorization" not in answer.headers


def test_accepting_an_invitation_is_no_scope_of_the_data_plane(orgd, people, sql):
    """The path by which a user who is not a member yet accepts an invitation opens nothing else."""
    alice, bob = people("alice", "bob")
    session = sessions.session_of(bob, sql)
    for path in (f"/auth/forward/api/x/invite/accept?project_id={alice.project}", "/auth/forward"):
        headers = {} if "invite" in path else {"X-Original-URI": f"/api/x/invite/accept?project_id={alice.project}"}
        assert client.Api(orgd.url, session.authorization).get(path, headers=headers).status_code == 401


def test_cookies_from_another_site_are_refused_for_unsafe_methods(sibling, alice, sql):
    orgd = sibling(AGENTA_API_URL="https://api.one.example", AGENTA_WEB_URL="https://web.two.example").start()
    try:
        cookie = sessions.session_of(alice, sql, "cookie").cookies["sAccessToken"]

        def status(**headers):
            return client.Api(orgd.url).get("/auth/forward", headers={"Cookie": f"sAccessToken={cookie}", **headers}).status_code

        uri = {"X-Original-URI": "/api/secrets"}
        assert status(**uri, **{"X-Original-Method": "GET"}) == 200
        assert status(**uri, **{"X-Original-Method": "POST"}) == 401
        assert status(**uri) == 401  # the method is not known
        assert status(**uri, **{"X-Original-Method": "POST", "rid": "anti-csrf"}) == 200
    finally:
        orgd.close()


# ---- the other paths of the recipe ----

@pytest.mark.parametrize("method, path, body", ACCOUNT_PLANE, ids=[f"{method} {path}" for method, path, _ in ACCOUNT_PLANE])
def test_the_account_plane_is_orgds(proxy, orgd, alice, admin, method, path, body):
    authorization = admin.authorization if "/admin/" in path else alice.authorization
    answer = by(proxy, authorization).call(method, path, body)
    direct = client.Api(orgd.url, authorization).call(method, path, body)
    assert "server" not in (answer.json() if isinstance(answer.json(), dict) else {})
    assert answer.status_code == direct.status_code and answer.status_code < 500, answer.text
    assert not 300 <= answer.status_code < 400


@pytest.mark.parametrize("path, container", [
    ("/api/authx", "api"), ("/api/projectsx", "api"), ("/api/access/other", "api"), ("/api/admin/other", "api"), ("/services/x/y", "services"),
    ("/", "web"), ("/auth", "web"), ("/auth/callback/google", "web"), ("/workspaces/accept", "web"), ("/w/x", "web")])
def test_other_paths_are_agentas(proxy, alice, path, container):
    described = by(proxy, alice.authorization).get(path).json()
    assert described["server"] == container
    assert described["path"] == {"api": path[4:], "services": path[9:], "web": path}[container]
