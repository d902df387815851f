"""`orgd access`: who may sign in and who may own organizations, as text and as exit status."""
import json
import re

import pytest
import serving

DOMAINS = "AGENTA_ACCESS_ALLOWED_DOMAINS"
INVITE_ONLY = {"ORGD_ACCESS_INVITE_ONLY": "on"}


@pytest.fixture
def explain(orgd):
    """Explains an address without account or invitation: (exit status, first line)."""
    def run(email, **variables):
        done = orgd("access", "explain", email, "--stranger", variables=variables)
        assert done.err == ""
        return done.status, done.out.splitlines()[0]
    return run


# The conformance checklist for addresses, and typical input at a terminal.
@pytest.mark.parametrize("variables, email, status, words", [
    ({}, "Ann@Acme.io", 0, "ann@acme.io may sign in: no rule refuses it."),
    ({DOMAINS: "acme.io"}, "a@acme.io", 0, "an allowed one (acme.io in AGENTA_ACCESS_ALLOWED_DOMAINS)."),
    ({DOMAINS: "acme.io"}, "a@x.acme.io", 0, "an allowed one (acme.io in "),
    ({DOMAINS: "acme.io"}, "a@notacme.io", 1, "a@notacme.io may not sign in: its domain is neither one of the allowed ones nor below one"),
    ({DOMAINS: "acme.io"}, "a@b@acme.io", 1, "a@b@acme.io is not an e-mail address: it is refused before any rule is applied."),
    ({DOMAINS: "acme.io", "AGENTA_ACCESS_BLOCKED_EMAILS": "a@acme.io"}, "a@acme.io", 1,
     "the address is blocked (a@acme.io in AGENTA_ACCESS_BLOCKED_EMAILS)."),
    ({"AGENTA_BLOCKED_DOMAINS": "acme.io"}, "a@x.acme.io", 1, "a blocked one (acme.io in AGENTA_BLOCKED_DOMAINS)."),
    ({"AGENTA_BLOCKED_DOMAINS": "münchen.de"}, "a@xn--mnchen-3ya.de", 1, "a blocked one (münchen.de in "),
    ({"AGENTA_BLOCKED_DOMAINS": "xn--mnchen-3ya.de"}, "a@München.de", 1, "a blocked one (xn--mnchen-3ya.de in "),
    ({DOMAINS: "acme.io"}, "a@аcme.io", 1, "a@xn--cme-5cd.io may not sign in"),  # its first letter is Cyrillic
    ({"AGENTA_ACCESS_BLOCKED_EMAILS": "ann@acme.io"}, '"ann"@acme.io', 1, "ann@acme.io may not sign in: the address is blocked"),
    (INVITE_ONLY, "a@acme.io", 1, "signing up requires an invitation, and it has none (ORGD_ACCESS_INVITE_ONLY)."),
    ({}, "", 1, "is not an e-mail address"),
    ({}, "a\x1b[2J@\nacme.io", 1, "a?[2j@?acme.io is not an e-mail address"),
    ({}, b"\xff@acme.io", 1, "?@acme.io is not an e-mail address"),
    ({}, "a" * 100000 + "@acme.io", 1, "… is not an e-mail address"),
])
def test_explain(explain, variables, email, status, words):
    answered, line = explain(email, **variables)
    assert answered == status
    assert words in line


def test_assumptions_of_options_replace_the_database(orgd):
    for option, rule in (("--invited", "invited"), ("--account", "has-account")):
        done = orgd("access", "explain", "a@acme.io", option, "--json", variables=INVITE_ONLY)
        answer = json.loads(done.out)
        assert (done.status, answer["may_sign_in"], answer["rule"]) == (0, True, rule)
        assert (answer["invited"], answer["has_account"]) == (option == "--invited", option == "--account")


def test_owning_is_decided_separately_from_signing_in(orgd):
    variables = {"AGENTA_ORG_CREATION_ALLOWLIST": "boss@acme.io", DOMAINS: "acme.io"}

    def lines(email):
        return orgd("access", "explain", email, "--stranger", variables=variables).out.splitlines()

    assert lines("boss@acme.io")[1] == "It may own organizations: AGENTA_ORG_CREATION_ALLOWLIST lists it."
    assert lines("ann@acme.io")[1].startswith("It may not own organizations: AGENTA_ORG_CREATION_ALLOWLIST lists others.")
    answer = json.loads(orgd("access", "explain", "ann@acme.io", "--stranger", "--json", variables=variables).out)
    assert answer["may_sign_in"] and not answer["may_own"]
    assert (answer["entry"], answer["variable"], answer["sentences"][0]) == ("acme.io", DOMAINS, lines("ann@acme.io")[0])


def test_without_a_database_only_certain_answers_are_given(orgd):
    nowhere = {"POSTGRES_URI_CORE": "postgresql://u:s3cr3t@127.0.0.1:1/core", "POSTGRES_URI_TRACING": "postgresql://127.0.0.1:1/tracing"}
    done = orgd("access", "explain", "a@acme.io", variables=nowhere)
    assert done.status == 0
    assert "It is unknown whether it has an account or an invitation: " in done.out
    assert json.loads(orgd("access", "explain", "a@acme.io", "--json", variables=nowhere).out)["invited"] is None
    assert orgd("access", "explain", "a@acme.io", variables={**nowhere, **INVITE_ONLY, "AGENTA_BLOCKED_EMAILS": "a@acme.io"}).status == 1
    unknown = orgd("access", "explain", "a@acme.io", variables={**nowhere, **INVITE_ONLY})
    assert (unknown.status, unknown.out) == (3, "")
    assert "--invited" in unknown.err
    assert "s3cr3t" not in done.out + done.err + unknown.err


def test_the_database_is_asked(pair):
    pair.run("migrate", "up")
    pair.sql("INSERT INTO users (id, uid, email, username) VALUES (gen_random_uuid(), 'x', 'Ann@acme.io', 'ann')")
    out, err = pair.run("access", "explain", "ann@acme.io", **INVITE_ONLY)
    assert err == ""
    assert out.splitlines()[0] == ("ann@acme.io may sign in: signing up requires an invitation, but it has an account already "
                                   "(ORGD_ACCESS_INVITE_ONLY).")
    assert out.splitlines()[2] == "It has an account and no open invitation."
    out, _ = pair.run("access", "explain", "bob@acme.io", status=1, **INVITE_ONLY)
    assert out.splitlines()[2] == "It has no account and no open invitation."


def test_report(orgd):
    done = orgd("access", "report", variables={"AGENTA_ALLOWED_DOMAINS": "@acme.io", "ORGD_LISTEN": "0.0.0.0:8000",
                                               "AGENTA_ACCESS_BLOCKED_EMAILS": "eve@x.io"})
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Only addresses of these domains, and of what is below them, may sign in: @acme.io (AGENTA_ALLOWED_DOMAINS).",
        "1 address may not sign in, regardless of all other rules (AGENTA_ACCESS_BLOCKED_EMAILS).",
        "Anybody who may sign in may also sign up: no invitation is needed.",
        "Users sign in with a password.",
        "Everybody gets an organization of their own when they sign up, and may create more (AGENTA_ACCESS_ALLOWED_OWNER_EMAILS is empty).",
        "No mail is sent: inviters have to pass on the link themselves, and nobody can reset a password by mail.",
        "Warning: A password does not prove an address: anybody can be the first to sign up with an allowed address, "
        "even with a stranger's. Configure mail, so that users sign in by code, or sign in through identity providers alone.",
        "Warning: @acme.io in AGENTA_ALLOWED_DOMAINS is not a domain and matches no address, so it lets nobody in; write acme.io, which "
        "includes its subdomains."]


def test_report_for_programs(orgd):
    report = json.loads(orgd("access", "report", "--json", variables={**INVITE_ONLY, "GITHUB_OAUTH_CLIENT_ID": "i",
                                                                     "GITHUB_OAUTH_CLIENT_SECRET": "s"}).out)
    assert (report["domains"], report["invite_only"], report["owners"], report["mail"]) == ("any", True, "everybody", False)
    facts = {line["code"]: line["text"] for line in report["facts"]}
    assert facts["methods"] == "Users sign in with a password, or through GitHub."
    assert facts["sign-up"].startswith("Signing up requires an invitation")
    assert [line["code"] for line in report["warnings"]] == ["unproven"]


def test_every_warning_is_documented():
    source = (serving.TREE / "src" / "policy" / "warnings.c").read_text(encoding="utf-8")
    codes = set(re.findall(r'warn\(report, "([a-z-]+)"', source))
    documented = (serving.TREE / "docs" / "security.md").read_text(encoding="utf-8")
    assert len(codes) > 10
    assert [code for code in sorted(codes) if f"| `{code}` |" not in documented] == []
