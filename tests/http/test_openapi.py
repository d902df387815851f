"""The OpenAPI document compared with Agenta's: paths, methods, parameters, fields, required members, types."""
import gzip
import json
import subprocess

import pytest
import serving

REFERENCE = json.loads((serving.TREE / "tests/reference/openapi.json").read_text(encoding="utf-8"))

# Where the document differs on purpose: the difference in the form of this test, and the reason.
DIFFERENCES = {
    ("POST /organizations", "status"): (201, "Agenta answers 201 too, its document says otherwise"),
    ("DiscoverResponse", "methods"): ({"map": "any"}, "providers of organizations are for another edition"),
    ("POST /keys", "parameters"): ([{"name": "restricted", "in": "query", "required": False, "type": "boolean"}],
                                   "a key can be restricted to its project"),
    ("POST /keys", "problems"): (True, "the same"),
    ("ListAPIKeysResponse", "restricted"): ("boolean", "the same"),
    ("AdminApiKeyCreate", "restricted"): ({"any": ["boolean", "null"]}, "the same"),
    ("UserUpdate", "updated_at"): ({"any": ["string", "null"]}, "null is accepted as well"),
}
OURS = {"DELETE /keys", "POST /auth/session/reauthenticate", "GET /health/ready", "GET /organizations/{organization_id}/contents",
        "GET /organizations/{organization_id}/invitations", "POST /organizations/{organization_id}/invitations",
        "DELETE /organizations/{organization_id}/invitations/{invitation_id}",
        "PATCH /organizations/{organization_id}/members/{user_id}", "GET /invitations",
        "POST /invitations/{invitation_id}/accept", "POST /invitations/{invitation_id}/decline",
        "GET /auth/sessions", "DELETE /auth/sessions", "DELETE /auth/sessions/{session_id}",
        "DELETE /admin/simple/accounts/users/{user_id}/sessions", "GET /admin/access/report", "GET /admin/access/explain",
        "GET /admin/audit", "GET /admin/migrations", "GET /admin/migrations/plan", "GET /admin/schema/dump", "POST /admin/schema/diff"}


@pytest.fixture(scope="module")
def document():
    """The output of `orgd openapi`, which needs no running server."""
    done = subprocess.run([serving.PROGRAM, "openapi"], capture_output=True, check=True, timeout=30,
                          env=serving.clean_environment())
    return json.loads(done.stdout)


def reduced(schema):
    """A schema in the form of the reference: the name of a model, a type, or its members."""
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[1]
    if "anyOf" in schema:
        return {"any": [reduced(choice) for choice in schema["anyOf"]]}
    kind = schema.get("type", "any")
    if kind == "array":
        return {"list": reduced(schema["items"])}
    if kind == "object":
        of = schema.get("additionalProperties", True)
        return {"map": "any" if of is True else reduced(of)}
    return schema.get("format", kind)


def operation(described):
    """An operation in the form of the reference."""
    found = {}
    if "parameters" in described:
        found["parameters"] = [{"name": parameter["name"], "in": parameter["in"], "required": parameter["required"],
                                "type": reduced(parameter["schema"])} for parameter in described["parameters"]]
    if "requestBody" in described:
        assert described["requestBody"]["required"]
        found["body"] = reduced(described["requestBody"]["content"]["application/json"]["schema"])
    statuses = sorted(status for status in described["responses"] if status.startswith("2"))
    found["status"] = int(statuses[-1])
    for status in statuses:  # a 204 has no content; there may also be a 200 with content
        if status != "204":
            found["answer"] = reduced(described["responses"][status]["content"]["application/json"]["schema"])
    found["problems"] = "422" in described["responses"]
    return found


def operations(document):
    return {f"{method.upper()} {path}": described
            for path, methods in document["paths"].items() for method, described in methods.items()}


def test_the_same_operations(document):
    assert set(operations(document)) == set(REFERENCE["operations"]) | OURS


@pytest.mark.parametrize("name", REFERENCE["operations"])
def test_operation(name, document):
    expected = dict(REFERENCE["operations"][name])
    for (where, what), (value, _) in DIFFERENCES.items():
        if where == name:
            assert expected.get(what) != value
            expected[what] = value
    assert operation(operations(document)[name]) == expected


@pytest.mark.parametrize("name", REFERENCE["models"])
def test_model(name, document):
    expected = REFERENCE["models"][name]
    fields = dict(expected["fields"])
    for (where, what), (value, _) in DIFFERENCES.items():
        if where == name:
            assert fields.get(what) != value
            fields[what] = value
    model = document["components"]["schemas"][name]
    assert {field: reduced(schema) for field, schema in model["properties"].items()} == fields
    assert model["required"] == expected["required"]


def test_every_reference_is_defined(document):
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


def test_operation_ids_are_unique(document):
    ids = [described["operationId"] for described in operations(document).values()]
    assert len(ids) == len(set(ids))


def test_the_server_gives_the_same_document(document, nobody):
    answer = nobody.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == document


def test_the_openapi_document_is_written_once(server):
    first = server.request("GET", "/openapi.json")
    tag = first.headers["ETag"]
    again = server.request("GET", "/openapi.json", headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    packed = server.request("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["ETag"] != tag
    assert gzip.decompress(packed.body) == first.body
    assert server.request("GET", "/openapi.json", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}).status == 200
    assert server.request("HEAD", "/openapi.json").status == 405
