"""The access report over HTTP and at the start of the server."""
import re

import client
import pytest


@pytest.fixture
def explain(admin):
    return lambda email: admin.call("GET", "/admin/access/explain?email=" + email)


def test_report(admin, nobody, alice):
    report = admin.ok("GET", "/admin/access/report")
    assert (report["domains"], report["invite_only"], report["owners"], report["mail"]) == ("any", False, "everybody", False)
    assert {line["code"] for line in report["facts"]} == {"sign-in", "sign-up", "methods", "owners", "mail"}
    for other in (nobody, alice):
        assert other.get("/admin/access/report").status_code == 401
        assert other.get("/admin/access/explain?email=a@acme.io").status_code == 401


def test_explain_knows_accounts_and_invitations(explain, people, sql):
    ann, bob = people("ann", "bob")
    answer = explain(ann.email.upper()).json()
    assert (answer["email"], answer["may_sign_in"], answer["rule"]) == (ann.email, True, "open")
    assert (answer["has_account"], answer["invited"]) == (True, False)
    invited = f"carol-{ann.suffix}@example.com"
    sql("INSERT INTO project_invitations (id, token, email, used, role, project_id, expiration_date)"
        " VALUES (gen_random_uuid(), %s, %s, false, 'admin', %s, now() + interval '1 day')", invited, invited.title(), bob.project)
    answer = explain(invited).json()
    assert (answer["has_account"], answer["invited"]) == (False, True)
    sql("UPDATE project_invitations SET expiration_date = now() - interval '1 second' WHERE token = %s", invited)
    assert explain(invited).json()["invited"] is False


@pytest.mark.parametrize("email", ["a@b@c.io", "", "%0a@acme.io", "a" * 4096])
def test_explaining_a_malformed_address(explain, email):
    answer = explain(email).json()
    assert (answer["is_address"], answer["may_sign_in"], answer["may_own"], answer["rule"]) == (False, False, False, None)
    assert len(answer["sentences"]) == 1


def test_the_address_is_needed(admin):
    answer = admin.get("/admin/access/explain")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "email"]


def test_the_server_logs_the_report_at_start(make_server):
    server = make_server(ORGD_RATE_LIMITS="on", AGENTA_ALLOWED_DOMAINS="acme.io, *.b.io", AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="boss@x.io").start()
    said = re.findall(r'level=(\w+) message="access: ([^"]*)"', server.messages())
    assert ("info", "Only addresses of these domains, and of what is below them, may sign in: acme.io, *.b.io (AGENTA_ALLOWED_DOMAINS).") in said
    assert [text for level, text in said if level == "warning"] == [
        "A password does not prove an address: anybody can be the first to sign up with an allowed address, even with a stranger's. "
        "Configure mail, so that users sign in by code, or sign in through identity providers alone.",
        "entry 1 in AGENTA_ACCESS_ALLOWED_OWNER_EMAILS may own organizations, but not sign in: its domain is not allowed.",
        "No address in AGENTA_ACCESS_ALLOWED_OWNER_EMAILS can sign in, so nobody can create an organization.",
        "*.b.io in AGENTA_ALLOWED_DOMAINS is not a domain and matches no address, so it lets nobody in; write b.io, which includes "
        "its subdomains."]
    assert "boss" not in server.messages()
    report = client.Api(server.url, f"Access {server.auth_key}").ok("GET", "/admin/access/report")
    assert (report["domains"], report["owners"]) == ("allowed", "listed")
    assert "boss@x.io" in "".join(line["text"] for line in report["warnings"])
