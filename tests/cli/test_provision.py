"""Accounts, organizations and keys on the command line, with the same results as the administration API."""
import json
import subprocess

import pytest
import scratch

PASSWORD = "Str0ng!pass9"


@pytest.fixture(scope="module")
def core(cluster):
    pair = cluster.pair()
    pair.run("migrate", "up")
    return pair


def with_input(pair, text, *arguments, status=0):
    done = subprocess.run([scratch.PROGRAM, *arguments], input=text, env=pair.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stderr
    return done.stdout, done.stderr


def test_an_account_with_all_its_objects(core):
    out, err = core.run("account", "create", " Ann@Acme.io", "--name", "Ann", "--organization", "Acme", "--key")
    first, second = out.splitlines()
    assert (first, err) == ("Created the account ann@acme.io, owner of Acme.", "")
    prefix = second.removeprefix("API key: ").split(".")[0]
    assert core.sql("SELECT o.name, m.role FROM api_keys k JOIN projects p ON p.id = k.project_id JOIN organizations o ON o.id = p.organization_id"
                    " JOIN organization_members m ON m.organization_id = o.id WHERE k.prefix = %s", (prefix,)) == [("Acme", "owner")]
    assert core.sql("SELECT DISTINCT actor, operation FROM orgd.audit WHERE after->>'name' = 'Acme'") == [("command", "account create")]


def test_a_login_from_standard_input(core):
    out, _ = with_input(core, PASSWORD + "\nmore\n", "account", "create", "bob@acme.io", "--password-stdin", "--json")
    login, = json.loads(out)["user_identities"]
    assert core.sql("SELECT method, email, password_hash LIKE '$argon2id$%%', user_id::text FROM orgd.logins WHERE id = %s", (login["id"],)) == [
        ("emailpassword", "bob@acme.io", True, json.loads(out)["user"]["id"])]
    assert PASSWORD not in out


@pytest.mark.parametrize("text,sentence", [("short\n", "Password must be at least 8 characters long (ref: identity_0)."),
                                           ("", "there is no password on standard input.")])
def test_without_its_login_no_account_is_made(text, sentence, core):
    status = 3 if text else 2
    _, err = with_input(core, text, "account", "create", "weak@acme.io", "--password-stdin", status=status)
    assert err == f"orgd: {sentence}\n"
    assert core.sql("SELECT count(*) FROM users WHERE email = 'weak@acme.io'") == [(0,)]


def test_a_dry_run_stores_nothing(core):
    out, _ = core.run("account", "create", "dry@acme.io", "--dry-run")
    assert out == "Would create the account dry@acme.io, owner of dry's Organization.\n"
    assert core.sql("SELECT count(*) FROM users WHERE email = 'dry@acme.io'") == [(0,)]


def test_refusals_are_one_sentence(core):
    core.run("account", "create", "eve@acme.io")
    for arguments, status, sentence in (
            (["account", "create", "eve@acme.io"], 3, "User with email 'eve@acme.io' already exists."),
            (["account", "create", "eve"], 2, "An email address must have exactly one @-sign, with text on both sides."),
            (["account", "end-sessions", "nobody@acme.io"], 3, "User not found: nobody@acme.io."),
            (["key", "create", "nobody@acme.io"], 3, "there is no account nobody@acme.io with a project; `orgd account create` makes one."),
            (["key", "create", "eve@acme.io", "--project", "7"], 2, "7 is not the id of a project."),
            (["key", "create", "eve@acme.io", "--project", "00000000-0000-0000-0000-000000000001"], 3,
             "Project not found: 00000000-0000-0000-0000-000000000001."),
            (["key", "create", "eve@acme.io", "--expires", "soon"], 3,
             "Invalid reference at 'api_keys.key.expires_at': 'soon' is not a timestamp like 2027-01-31T12:00:00Z.")):
        assert core.run(*arguments, status=status) == ("", f"orgd: {sentence}\n")


def test_a_database_that_is_not_up_to_date_is_left_alone(make_pair):
    pair = make_pair()
    for arguments in (["account", "create", "ann@acme.io"], ["account", "end-sessions", "ann@acme.io"], ["organization", "list"],
                      ["key", "create", "ann@acme.io"]):
        _, err = pair.run(*arguments, status=3)
        assert "is empty; bring it up to date first, with `orgd migrate up`" in err


def test_keys(core):
    core.run("account", "create", "kay@acme.io")
    out, _ = core.run("key", "create", "kay@acme.io", "--expires", "2027-01-31T12:00:00Z", "--json")
    key = json.loads(out)
    assert core.sql("SELECT expiration_date = '2027-01-31 12:00+00', project_id::text FROM api_keys WHERE prefix = %s", (key["prefix"],)) == [
        (True, key["project_id"])]
    plain, _ = core.run("key", "create", "KAY@acme.io")
    assert len(plain) == 74 and plain.endswith("\n")
    restricted, _ = core.run("key", "create", "kay@acme.io", "--restricted")
    assert core.sql("SELECT k.prefix FROM orgd.api_key_restrictions r JOIN api_keys k ON k.id = r.api_key_id"
                    " JOIN users u ON u.id = k.created_by_id WHERE u.email = 'kay@acme.io'") == [(restricted[:8],)]


def test_the_list(make_pair):
    pair = make_pair()
    pair.run("migrate", "up")
    assert pair.run("organization", "list")[0] == "There is no organization yet.\n"
    pair.run("account", "create", "ann@acme.io", "--organization", "A\x1b[31mcme")
    listed, = json.loads(pair.run("organization", "list", "--json")[0])
    assert (listed["name"], listed["owner"], listed["members"]) == ("A\x1b[31mcme", "ann@acme.io", 1)
    text, _ = pair.run("organization", "list")
    assert text.startswith(listed["id"]) and text.endswith(", of ann@acme.io, 1 member\n") and "\x1b" not in text
