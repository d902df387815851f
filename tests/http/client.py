"""A client of the API for tests: requests with a given identity, accounts, signed tokens, and raw bytes."""
import base64
import hashlib
import hmac
import itertools
import json
import socket
import time
import urllib.parse
import uuid

import requests

ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NOBODY = "00000000-0000-0000-0000-000000000001"
UNAUTHORIZED = {"detail": {"message": "Unauthorized"}}
numbers = itertools.count()


class Api:
    """The API at a URL, called with one Authorization header or none."""

    def __init__(self, url, authorization=None):
        self.url = url.rstrip("/")
        self.authorization = authorization
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method, path, body=None, headers=None, data=None):
        """The answer to a request. `body` is sent as JSON, `data` unchanged."""
        headers = dict(headers or {})
        if self.authorization is not None:
            headers.setdefault("Authorization", self.authorization)
        if body is not None:
            data = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        return self.session.request(method, self.url + path, data=data, headers=headers, allow_redirects=False, timeout=30)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.call("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.call("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)

    def ok(self, method, path, body=None):
        """The JSON of an answer that must be successful."""
        answer = self.call(method, path, body)
        assert answer.status_code in (200, 201), f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def using(self, authorization):
        """The same API with another Authorization header."""
        return Api(self.url, authorization)


class Account(Api):
    """A user made by the administration API: ids, key, and the API with that key."""

    def __init__(self, url, entry):
        self.key = entry["api_keys"]["key"]
        super().__init__(url, f"ApiKey {self.key}")
        self.prefix = self.key[:8]
        self.user = entry["user"]["id"]
        self.email = entry["user"]["email"]
        self.username = entry["user"]["username"]
        self.organization = entry["organizations"]["org"]["id"]
        self.workspace = entry["workspaces"]["wrk"]["id"]
        self.project = entry["projects"]["prj"]["id"]


def make_accounts(admin, *names):
    """New accounts, each with a unique name that begins with the given text."""
    suffix = f"{next(numbers)}-{uuid.uuid4().hex[:6]}"
    body = {"accounts": {name: {"user": {"email": f"{name}-{suffix}@example.com"}} for name in names}}
    accounts = admin.ok("POST", "/admin/simple/accounts/", body)["accounts"]
    made = [Account(admin.url, accounts[name]) for name in names]
    for account in made:
        account.suffix = suffix
    return made


def add_member(sql, account, organization, role="admin"):
    """Makes a user a member of an organization, its workspaces and its projects, as accepting an invitation does."""
    sql("INSERT INTO organization_members (id, user_id, organization_id, role) VALUES (gen_random_uuid(), %s, %s, %s)",
        account.user, organization, role)
    sql("INSERT INTO workspace_members (id, user_id, workspace_id, role)"
        " SELECT gen_random_uuid(), %s, id, %s FROM workspaces WHERE organization_id = %s", account.user, role, organization)
    sql("INSERT INTO project_members (id, user_id, project_id, role)"
        " SELECT gen_random_uuid(), %s, id, %s FROM projects WHERE organization_id = %s", account.user, role, organization)


def link(url):
    """The parameters of an invitation's link, by name."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, strict_parsing=True))


def invite(person, organization, workspace, email, role="admin"):
    """Invites an address as the given user, and returns the parameters of the link."""
    return link(person.ok("POST", f"/organizations/{organization}/workspaces/{workspace}/invite",
                          [{"email": email, "roles": [role]}])["url"])


def accept(person, token, organization, workspace, project=NOBODY, email=None):
    """The answer to accepting an invitation by its token."""
    return person.post(f"/organizations/{organization}/workspaces/{workspace}/invite/accept?project_id={project}",
                       {"token": token, "email": email or person.email})


def join(owner, person, role="admin"):
    """Makes a user a member of the owner's first workspace, by invitation."""
    token = invite(owner, owner.organization, owner.workspace, person.email, role)["token"]
    answer = accept(person, token, owner.organization, owner.workspace)
    assert answer.status_code == 200, answer.text


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base64url_read(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(key, claims, header=None):
    """A JWT over claims; `header` replaces the one of HS256."""
    parts = [{"alg": "HS256", "typ": "JWT"} if header is None else header, claims]
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{base64url(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"


def claims_of(account, **changes):
    """The claims of a secret token for a user, valid for five minutes."""
    claims = {"user_id": account.user, "user_email": account.email, "project_id": account.project,
              "workspace_id": account.workspace, "organization_id": account.organization, "organization_name": None,
              "exp": int(time.time()) + 300}
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not Ellipsis}


def without_scope(account, key):
    """The API with the token of a user, without a project."""
    return account.using("Secret " + sign(key, {"user_id": account.user, "exp": int(time.time()) + 300}))


def raw(url, request):
    """Sends bytes and returns everything until the server closes: send `Connection: close`."""
    address = urllib.parse.urlsplit(url)
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(request)
        while part := connection.recv(65536):
            received += part
    return received


def eventually(check, seconds=1.0):
    """Whether a condition becomes true in time."""
    until = time.monotonic() + seconds
    while not (done := check()) and time.monotonic() < until:
        time.sleep(0.01)
    return done
