"""Sign-up opens only if the operator has accepted it."""
import old
import pytest

VARIABLES = ["AGENTA_ACCESS_ALLOWED_OWNER_EMAILS", "AGENTA_ACCESS_ALLOWED_DOMAINS", "AGENTA_ACCESS_BLOCKED_DOMAINS",
             "AGENTA_ACCESS_BLOCKED_EMAILS"]
VALUES = dict(zip(VARIABLES, ["ada@example.com", "example.com", "x.org", "inactive@example.com"]))
ALLOW = ("--allow", "DELETES_DATA")


def refused(pair, *options, status=3, **more):
    """`up` refuses, changes nothing, and ends with one sentence; returns the output before it."""
    before = old.state(pair)
    out, err = pair.run("migrate", "up", *options, status=status, **more)
    assert out == "" and old.state(pair) == before
    *advice, sentence, end = err.split("\n")
    assert sentence.startswith("orgd: the core database") and end == ""
    return sentence, advice


def test_open_sign_up_without_acceptance_is_refused(make_old):
    pair = make_old("oss", "livedin")
    sentence, advice = refused(pair, *ALLOW)
    assert "40 users" in sentence and all(name in sentence for name in VARIABLES)
    assert "`orgd migrate up --allow DELETES_DATA --accept-open-signup`" in sentence
    assert [line.split(":")[0] for line in advice] == VARIABLES
    assert "ada@example.com" in advice[0] and "40 of the 40 users" in advice[1]
    assert "example.com 40" in advice[2] and "inactive@example.com" in advice[3]


def test_users_are_counted_by_domain(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("UPDATE users SET email = replace(email, 'example.com', 'X.org') WHERE id IN (SELECT id FROM users ORDER BY id LIMIT 9)")
    _, advice = refused(pair, *ALLOW)
    assert "set to example.com it lets in 31 of the 40 users and shuts out 9 (x.org 9)" in advice[1]
    assert "example.com 31, x.org 9" in advice[2]


@pytest.mark.parametrize("name", VARIABLES)
def test_any_of_the_four_variables_replaces_acceptance(make_old, name):
    pair = make_old("oss", "livedin")
    pair.run("migrate", "up", *ALLOW, **{name: VALUES[name]})


def test_acceptance_opens_sign_up(make_old):
    old.up(make_old("oss", "livedin"))


def test_an_empty_list_counts_as_unset(make_old):
    refused(make_old("oss", "livedin"), *ALLOW, AGENTA_ACCESS_ALLOWED_DOMAINS=" , ")


def test_losses_have_to_be_accepted_by_name(make_old):
    pair = make_old("oss", "livedin")
    sentence, advice = refused(pair, "--accept-open-signup")
    assert advice == [] and "keys: 6" in sentence and "deliveries: 4" in sentence and "14 tables with 56 rows" in sentence
    assert "to the archive" in sentence and "`orgd migrate up --allow DELETES_DATA --accept-open-signup`" in sentence
    sentence, _ = refused(pair, "--accept-open-signup", "--to", "agenta", "--legacy", "drop", "--everyone", "viewer")
    assert "for good" in sentence and "`orgd migrate up --to agenta --legacy drop --everyone viewer --allow DELETES_DATA" in sentence


def test_sign_up_and_losses_are_asked_for_together(make_old):
    sentence, advice = refused(make_old("oss", "livedin"))
    assert "keys: 6" in sentence and "40 users" in sentence and len(advice) == 4
    assert sentence.endswith("`orgd migrate up --allow DELETES_DATA --accept-open-signup`.")


def test_only_known_hazards_can_be_allowed(make_old):
    pair = make_old("oss", "livedin")
    _, err = pair.run("migrate", "up", "--allow", "EVERYTHING", status=2)
    assert "EVERYTHING" in err and err.count("\n") == 1
    sentence, _ = refused(pair, "--accept-open-signup", "--allow", "INDEX_BUILD")
    assert "DELETES_DATA" in sentence


@pytest.mark.parametrize("edition", ["oss", "ee"])
def test_an_unused_instance_needs_no_acceptance(make_old, edition):
    make_old(edition, "empty").run("migrate", "up")


def test_a_run_from_another_release_needs_no_acceptance(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair, "--to", "agenta")
    pair.run("migrate", "up")
    pair.edition = "ee"
    pair.run("migrate", "up")


def test_a_resumed_run_asks_only_for_remaining_losses(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair, "--to", "3d4e5f6a7b8c")
    sentence, _ = refused(pair)
    assert "deliveries: 4" in sentence and "keys" not in sentence and "tables" not in sentence
    old.up(pair)


def test_serve_asks_for_the_same_acceptance(make_old, folder):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    _, err = pair.run("serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off", status=3, ALEMBIC_AUTO_MIGRATIONS="true",
                      ORGD_DATA_DIR=str(folder / "data"))
    sentence = err.rstrip("\n").split("\n")[-1]
    assert sentence.startswith("orgd: ") and "`orgd migrate up --allow DELETES_DATA --accept-open-signup`" in sentence
    assert old.state(pair) == before
