"""Invalid input: each problem is reported in the documented form, all of them at once."""
import gzip
import json

import client
import pytest

OBJECT = "Input should be a valid dictionary or object to extract fields from"
NOT_TEXT = "Input should be a valid string"
ACCOUNTS = "/admin/simple/accounts/"


def problem(kind, loc, msg, value, **ctx):
    return {"type": kind, "loc": loc, "msg": msg, "input": value, **({"ctx": ctx} if ctx else {})}


def missing(loc, value):
    return problem("missing", loc, "Field required", value)


def bad_uuid(loc, value, reason):
    return problem("uuid_parsing", loc, f"Input should be a valid UUID, {reason}", value, error=reason)


def found(character, place):
    return ("invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], "
            f"found `{character}` at {place}")


def entry(**members):
    """A body with one account with a valid address."""
    return {"accounts": {"a": {"user": {"email": "a@example.com"}, **members}}}


PROJECT = f"/projects/{client.NOBODY}"
CASES = [
    # method, path, body, problems
    ("POST", "/projects/", {}, [missing(["body", "name"], {})]),
    ("POST", "/projects/", {"name": None}, [problem("string_type", ["body", "name"], NOT_TEXT, None)]),
    ("POST", "/projects/", {"name": ["x"], "make_default": "maybe"}, [
        problem("string_type", ["body", "name"], NOT_TEXT, ["x"]),
        problem("bool_parsing", ["body", "make_default"],
                "Input should be a valid boolean, unable to interpret input", "maybe")]),
    ("POST", "/projects/", {"name": "x", "make_default": []},
     [problem("bool_type", ["body", "make_default"], "Input should be a valid boolean", [])]),
    ("POST", "/projects/", {"name": "x" * 256}, [problem(
        "string_too_long", ["body", "name"], "String should have at most 255 characters", "x" * 256, max_length=255)]),
    ("POST", "/projects/", [], [problem("model_attributes_type", ["body"], OBJECT, [])]),
    ("POST", "/projects/", "text", [problem("model_attributes_type", ["body"], OBJECT, "text")]),
    ("POST", "/projects/", 1.5, [problem("model_attributes_type", ["body"], OBJECT, 1.5)]),
    ("PATCH", "/projects/xyz", {"name": 1, "make_default": 2}, [
        bad_uuid(["path", "project_id"], "xyz", found("x", 1)),
        problem("string_type", ["body", "name"], NOT_TEXT, 1),
        problem("bool_parsing", ["body", "make_default"],
                "Input should be a valid boolean, unable to interpret input", 2)]),
    ("PATCH", "/projects/12%C3%A9", {"name": "x"}, [bad_uuid(["path", "project_id"], "12é", found("é", 3))]),
    ("DELETE", "/projects/not-a-uuid", None, [bad_uuid(["path", "project_id"], "not-a-uuid", found("n", 1))]),
    ("POST", "/organizations/", {"name": 1, "description": False}, [
        problem("string_type", ["body", "name"], NOT_TEXT, 1),
        problem("string_type", ["body", "description"], NOT_TEXT, False)]),
    ("PUT", f"/organizations/{client.NOBODY}", {"name": {}},
     [problem("string_type", ["body", "name"], NOT_TEXT, {})]),
    ("PUT", "/profile/username", {"username": 1}, [problem("string_type", ["body", "username"], NOT_TEXT, 1)]),
    ("GET", "/access/permissions/check?scope_id=xyz&resource_id=%20", None, [
        bad_uuid(["query", "scope_id"], "xyz", found("x", 1)),
        bad_uuid(["query", "resource_id"], " ", found(" ", 1))]),
    ("POST", ACCOUNTS, {"accounts": []},
     [problem("dict_type", ["body", "accounts"], "Input should be a valid dictionary", [])]),
    ("POST", ACCOUNTS, {"accounts": {"a": 1, "b": {}}}, [
        problem("model_attributes_type", ["body", "accounts", "a"], OBJECT, 1),
        missing(["body", "accounts", "b", "user"], {})]),
    ("POST", ACCOUNTS, {"options": 1, "accounts": {"a": {"user": {}}}}, [
        problem("model_attributes_type", ["body", "options"], OBJECT, 1),
        missing(["body", "accounts", "a", "user", "email"], {})]),
    ("POST", ACCOUNTS, entry(user_identities={}),
     [problem("list_type", ["body", "accounts", "a", "user_identities"], "Input should be a valid list", {})]),
    ("POST", ACCOUNTS, entry(user_identities=[{"method": "m", "subject": "s"}, {}]), [
        missing(["body", "accounts", "a", "user_identities", 1, "method"], {}),
        missing(["body", "accounts", "a", "user_identities", 1, "subject"], {})]),
    ("POST", ACCOUNTS, entry(organization={"name": "n", "owner_user_ref": {}}), [problem(
        "value_error", ["body", "accounts", "a", "organization", "owner_user_ref"],
        "Value error, Exactly one of 'ref', 'id', 'slug', or 'email' must be provided.", {}, error={})]),
]


@pytest.mark.parametrize("method,path,body,problems", CASES, ids=lambda value: str(value)[:40])
def test_problems(method, path, body, problems, alice, admin):
    answer = (admin if path == ACCOUNTS else alice).call(method, path, body)
    assert answer.status_code == 422, answer.text
    assert json.dumps(answer.json()) == json.dumps({"detail": problems})


@pytest.mark.parametrize("value,good", [("true", 1), ("T", 1), ("on", 1), ("YES", 1), (1, 1), (1.0, 1), ("2", 0), ("", 0), (2, 0)])
def test_spellings_of_true(value, good, alice):
    answer = alice.post("/projects/", {"name": "x", "make_default": value})
    assert answer.status_code == (201 if good else 422)
    if good:
        assert answer.json()["is_default_project"] is True


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_other_content_types_are_not_json(content_type, alice):
    answer = alice.post("/projects/", data=b'{"name":"x"}', headers={"Content-Type": content_type})
    assert answer.status_code == 422
    assert answer.json() == {"detail": [problem("model_attributes_type", ["body"], OBJECT, '{"name":"x"}')]}


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"])
def test_spellings_of_json(content_type, alice):
    assert alice.post("/projects/", data=b'{"name":"x"}', headers={"Content-Type": content_type}).status_code == 201


@pytest.mark.parametrize("data,place", [
    (b"{", None), (b"{'name':1}", 1), (b'{"name":}', 8), (b'{"name":"x"} x', 13), (b"nope", None), (b'{"name":"\xff\xfe"}', None),
    (b'{"name":"a\x00b"}', None), (b'{"name":"\\u0000"}', None), (b'{"name":"\\ud800"}', None), (b"[" * 60, None),
    (b'{"name":' + b"[" * 60 + b"]" * 59 + b"}", None), (b'{"name":1e999}', None),
    (b'{"name":' + b"9" * 1000 + b"}", None), (b"\xef\xbb\xbf{}", None), (b"\x00", None)], ids=lambda value: str(value)[:30])
def test_unreadable_json(data, place, alice):
    answer = alice.post("/projects/", data=data, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    (problem,) = json.loads(answer.content.decode("utf-8"))["detail"]
    assert (problem["type"], problem["msg"], problem["input"]) == ("json_invalid", "JSON decode error", {})
    assert problem["loc"][0] == "body" and isinstance(problem["loc"][1], int) and problem["ctx"]["error"]
    if place is not None:
        assert problem["loc"][1] == place


def test_of_repeated_members_the_last_counts(alice):
    answer = alice.post("/projects/", data=b'{"name":1,"name":"last"}', headers={"Content-Type": "application/json"})
    assert answer.json()["project_name"] == "last"


def test_unknown_members_and_parameters_are_ignored(alice):
    answer = alice.post("/projects/?x=y&project_id=", {"name": "n", "owner": {"deep": [1]}})
    assert answer.status_code == 201


def test_text_comes_back_as_it_was_sent(alice):
    name = 'é漢字 "quoted" \\ / <b> \t \u2028 😀'
    assert alice.ok("POST", "/projects/", {"name": name})["project_name"] == name
    assert name in [project["project_name"] for project in alice.ok("GET", "/projects/")]
    assert "é漢字" in alice.get("/projects/").content.decode("utf-8")  # not escaped


@pytest.mark.parametrize("method,path,status", [
    ("GET", "/organizations/{}", 403), ("PUT", "/organizations/{}", 400), ("PATCH", "/organizations/{}", 400),
    ("DELETE", "/organizations/{}", 400), ("POST", "/organizations/{}/transfer/" + client.NOBODY, 400),
    ("GET", "/projects/{}", 404), ("PATCH", "/projects/{}", 422), ("DELETE", "/projects/{}", 422),
    ("DELETE", "/keys/{}", 404)])
@pytest.mark.parametrize("bad", ["nope", "1", "%20", "%7B%7D", "é", "0" * 33, "x" * 5000, "'; --",
                                 "01a203fc-4c18-7000-8fbf-6932d8bc8d1"])
def test_bad_ids(method, path, status, bad, alice):
    answer = alice.call(method, path.format(bad), {"name": "x"} if method in ("PUT", "PATCH") else None)
    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.json() == {"detail": "badly formed hexadecimal UUID string"}


def test_a_bad_new_owner(alice):
    answer = alice.post(f"/organizations/{alice.organization}/transfer/nope")
    assert (answer.status_code, answer.json()["detail"]) == (
        400, "Invalid organization or new owner for ownership transfer")


def test_other_spellings_of_an_id(alice):
    plain = alice.project.replace("-", "")
    for spelling in (alice.project.upper(), plain, f"%7B{alice.project}%7D", f"urn:uuid:{alice.project}"):
        assert alice.patch(f"/projects/{spelling}", {"name": "x"}).status_code == 200
        assert alice.get(f"/projects/{spelling}").status_code == 404  # compared as text


@pytest.mark.parametrize("path", ["/%00", "/keys/a%00b", "/keys/%ff", "/keys/%c3%28", "/keys/%4", "/keys/%zz",
                                  "/keys/..%2fprofile", "/keys/?project_id=%00", "/keys/?project_id=%ff", "/keys/?x=%"])
def test_bad_escapes(path, server, alice):
    answer = client.raw(server.url, f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {alice.authorization}\r\n"
                        "Connection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert isinstance(json.loads(answer.split(b"\r\n\r\n")[1])["detail"], str)


@pytest.mark.parametrize("path", ["/organizations", "/workspaces", "/workspaces/roles", "/projects", "/projects/current", "/keys",
                                  "/profile", "/access/permissions/check", "/health"])
def test_both_spellings_of_the_slash_and_the_prefix(path, alice):
    answers = [alice.get(spelling) for spelling in (path, path + "/", "/api" + path, "/api" + path + "/")]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1


def test_the_slash_of_the_administration(admin):
    for path in ("/admin/simple/accounts", "/admin/simple/accounts/", "/api/admin/simple/accounts"):
        assert admin.post(path, {"accounts": {}}).json() == {"accounts": {}}


def test_paths_that_are_only_similar(alice, nobody):
    for path in ("/apifoo", "/apiorganizations", "/api/api/health", "/api", "/api/", "/organizations/a/b", "/healthz", "/authors"):
        assert alice.get(path).status_code == 404, path
    for path in ("/apifoo", "/apihealth", "/api/api/health", "/admin", "/admin/x", "/nope"):
        answer = nobody.get(path)
        assert (answer.status_code, answer.json()) == (401, client.UNAUTHORIZED), path
    assert nobody.get("/healthz").json() == {"detail": "Not Found"}


@pytest.mark.parametrize("method,path,allowed", [
    ("DELETE", "/organizations", "GET, POST"), ("PUT", "/profile", "DELETE, GET"), ("HEAD", "/projects/", "GET, POST"),
    ("POST", "/health", "GET"), ("PATCH", "/keys/", "DELETE, GET, POST"), ("OPTIONS", "/keys", "DELETE, GET, POST")])
def test_wrong_methods(method, path, allowed, alice, nobody):
    answer = alice.call(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json() == {"detail": "Method Not Allowed"}
    if path != "/health":
        answer = nobody.call(method, path)
        assert answer.status_code == 401
        assert "Allow" not in answer.headers


def test_a_method_that_does_not_exist(alice, nobody):
    for caller in (alice, nobody):
        assert caller.call("BREW", "/keys").status_code in (401, 405, 501)


# ---- compression ----

def test_long_answers_are_compressed_when_asked(server, alice):
    def answer(encoding):
        request = (f"GET /openapi.json HTTP/1.1\r\nHost: x\r\n{encoding}Connection: close\r\n\r\n").encode()
        head, body = client.raw(server.url, request).split(b"\r\n\r\n", 1)
        return head.lower(), body

    head, plain = answer("")
    assert b"content-encoding" not in head and b"vary: accept-encoding" in head
    head, packed = answer("Accept-Encoding: deflate, gzip\r\n")
    assert b"content-encoding: gzip" in head and b"vary: accept-encoding" in head
    assert gzip.decompress(packed) == plain
    head, body = answer("Accept-Encoding: identity\r\n")
    assert b"content-encoding" not in head and body == plain
    short = alice.get("/profile", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short.headers


def test_answers_are_compact_json(alice):
    text = alice.get("/projects/").text
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


# ---- sizes ----

def test_large_bodies(alice):
    answer = alice.post("/projects/", data=b"x" * (10 << 20), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (413, {"detail": "The request body is larger than this path allows."})
    assert alice.get("/profile").status_code == 200


def test_large_values(admin, alice):
    long = "x" * 100000
    assert alice.put("/profile/username", {"username": long}).status_code == 422
    assert alice.post("/organizations/", {"name": long}).status_code == 422
    assert alice.post("/organizations/", {"name": "long", "description": long}).status_code == 422
    description = alice.ok("POST", "/organizations/", {"name": "long", "description": long[:4096]})["description"]
    assert description == long[:4096]
    for body in ({"accounts": {"a": {"user": {"email": f"{long}@example.com"}}}},
                 {"accounts": {"a": {"user": {"email": f"{alice.suffix}a@example.com", "username": long}}}},
                 {"accounts": {"a": {"user": {"email": f"{alice.suffix}b@example.com"}, "organization": {"name": long}}}},
                 {"accounts": {"a": {"user": {"email": f"{alice.suffix}c@example.com"},
                                     "organization": {"name": "n", "slug": long}}}}):
        answer = admin.post("/admin/simple/accounts/", body)
        assert answer.status_code == 422, answer.text[:300]
        assert answer.json()["detail"][0]["type"] == "string_too_long"
    answer = admin.post("/admin/simple/accounts/", {"accounts": {long: {"user": {"email": alice.email}}}})
    assert answer.status_code == 409 and answer.json()["detail"]["account"] == long
