"""`orgd config`: every variable with its value and origin; each problem with a value or file is reported in one sentence."""
import json
import os
import pathlib
import re

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent.parent


def variables(done):
    assert done.status == 0, done.err
    return {row["name"]: row for row in json.loads(done.out)["variables"]}


def test_defaults(orgd):
    rows = variables(orgd("config", "--json"))
    assert rows["ORGD_LISTEN"]["value"] == "127.0.0.1:8000"
    assert rows["ORGD_LISTEN"]["where"] == "default"
    assert rows["ORGD_WORKERS"]["value"] == 4
    assert rows["AGENTA_AUTH_KEY"]["value"] is None
    assert rows["AGENTA_API_CACHING_ENABLED"]["value"] is True
    assert rows["AGENTA_API_CACHING_ENABLED"]["aliases"] == ["AGENTA_CACHING_ENABLED", "AGENTA_CACHE_ENABLED"]
    assert rows["AGENTA_ACCESS_BLOCKED_EMAILS"]["value"] == []


def test_origins(orgd, tmp_path):
    (tmp_path / "orgd.conf").write_text("# ours\nORGD_WORKERS=8\nORGD_QUEUE=9\nexport AGENTA_WEB_URL='https://a.io/'\n")
    rows = variables(orgd("config", "--json", "--config", "orgd.conf",
                          variables={"ORGD_QUEUE": "10", "AGENTA_ALLOWED_DOMAINS": "A.io, b.io"}))
    assert (rows["ORGD_WORKERS"]["value"], rows["ORGD_WORKERS"]["where"]) == (8, "orgd.conf:2")
    assert (rows["ORGD_QUEUE"]["value"], rows["ORGD_QUEUE"]["where"]) == (10, "environment")
    assert (rows["AGENTA_WEB_URL"]["value"], rows["AGENTA_WEB_URL"]["where"]) == ("https://a.io", "orgd.conf:4")
    domains = rows["AGENTA_ACCESS_ALLOWED_DOMAINS"]
    assert (domains["value"], domains["where"], domains["set_as"]) == (["a.io", "b.io"], "environment", "AGENTA_ALLOWED_DOMAINS")


def test_text_is_aligned_and_narrow(orgd):
    done = orgd("config")
    rows = [line for line in done.out.splitlines() if re.match(r"[A-Z_]+ ", line)]
    assert len(rows) == len(variables(orgd("config", "--json")))
    assert max(map(len, done.out.splitlines())) <= 100
    assert {line.index(line.split()[1]) for line in rows} == {40}
    assert {line.rindex("default") for line in rows} == {76}


SECRET = "hunter2-hunter2-hunter2"


def test_secrets_are_masked_unless_asked_for(orgd):
    set_ones = {"AGENTA_AUTH_KEY": SECRET, "POSTGRES_URI_CORE": f"postgresql://u:{SECRET}@h/d", "POSTGRES_PASSWORD": SECRET}
    for arguments in (["config"], ["config", "--json"]):
        done = orgd(*arguments, variables=set_ones)
        assert done.status == 0
        assert SECRET not in done.out + done.err
        assert "***" in done.out
    assert orgd("config", "--reveal", "AGENTA_AUTH_KEY", variables=set_ones).out == SECRET + "\n"


def test_reveal_finds_a_kept_key(orgd, folder):
    named = {"ORGD_DATA_DIR": str(folder / "data"), "POSTGRES_DB_PREFIX": "x"}
    done = orgd("config", "--reveal", "AGENTA_AUTH_KEY", variables=named)
    assert (done.status, done.out) == (1, "")
    assert done.err == ("orgd: AGENTA_AUTH_KEY has no value yet: `orgd serve` makes one and keeps it in the data directory.\n")
    (folder / "data").mkdir(mode=0o700)
    (folder / "data" / "auth-key").write_text("0123456789abcdef\n")
    done = orgd("config", "--reveal", "AGENTA_AUTH_KEY", variables=named)
    assert (done.status, done.out, done.err) == (0, "0123456789abcdef\n", "")
    done = orgd("config", variables=named)
    assert "0123456789abcdef" not in done.out
    assert str(folder / "data" / "auth-key") in done.out


def test_reveal_of_the_administration_key(orgd, folder):
    """The key in force, which is AGENTA_AUTH_KEY if there is no other."""
    variables = {"ORGD_DATA_DIR": str(folder / "data"), "AGENTA_AUTH_KEY": SECRET}
    assert orgd("config", "--reveal", "ORGD_ADMIN_KEY", variables=variables).out == SECRET + "\n"
    (folder / "data").mkdir(mode=0o700)
    (folder / "data" / "admin-key").write_text("0123456789abcdef\n")
    assert orgd("config", "--reveal", "ORGD_ADMIN_KEY", variables=variables).out == "0123456789abcdef\n"
    done = orgd("config", "--reveal", "ORGD_ADMIN_KEY", variables={**variables, "ORGD_ADMIN_KEY": "other-" * 5})
    assert done.out == "other-" * 5 + "\n"


def test_reveal_of_other_variables(orgd):
    assert orgd("config", "--reveal", "ORGD_WORKERS").out == "4\n"
    assert orgd("config", "--reveal", "AGENTA_BLOCKED_EMAILS", variables={"AGENTA_BLOCKED_EMAILS": "A@b.c,d@e.f"}).out == "a@b.c,d@e.f\n"
    done = orgd("config", "--reveal", "POSTGRES_URI_CORE")
    assert (done.status, done.err) == (1, "orgd: POSTGRES_URI_CORE has no value.\n")
    done = orgd("config", "--reveal", "AGENTA_AUT_KEY")
    assert (done.status, done.err) == (2, "orgd: There is no variable AGENTA_AUT_KEY; did you mean AGENTA_AUTH_KEY?\n")


def test_names_without_effect(orgd):
    done = orgd("config", "--json", variables={"ORGD_LISEN": "x", "REDIS_URI": "redis", "POSTHOG_HOST": "", "OTHER": "1",
                                               "AGENTA_API_INTERNAL_URL": "http://x"})
    strays = {row["name"]: row for row in json.loads(done.out)["without_effect"]}
    assert set(strays) == {"ORGD_LISEN", "REDIS_URI", "AGENTA_API_INTERNAL_URL"}
    assert strays["ORGD_LISEN"]["nearest"] == "ORGD_LISTEN"
    assert strays["REDIS_URI"]["reason"]
    warnings = done.err.splitlines()
    assert len(warnings) == 1
    assert 'level=warning message="ORGD_LISEN (environment) is not a known variable; did you mean ORGD_LISTEN?"' in warnings[0]


def test_an_alias_hides_the_other_name(orgd):
    """An empty list counts as set too."""
    done = orgd("config", "--json", variables={"AGENTA_ACCESS_ALLOWED_DOMAINS": "", "AGENTA_ALLOWED_DOMAINS": "a.io"})
    (stray,) = json.loads(done.out)["without_effect"]
    assert (stray["name"], stray["reason"]) == ("AGENTA_ALLOWED_DOMAINS", "AGENTA_ACCESS_ALLOWED_DOMAINS is set too, and wins")


def test_a_variable_name_cannot_forge_a_warning(orgd):
    done = orgd("config", variables={"ORGD_\nlevel: error": "x", os.fsdecode(b"ORGD_\xff\x1b[2J"): "x"})
    assert done.status == 0
    assert [line.split(" ")[1] for line in done.err.splitlines()] == ["level=warning"] * 2
    assert "\x1b" not in done.out + done.err


@pytest.mark.parametrize("name, value, sentence", [
    ("ORGD_WORKERS", "many", 'ORGD_WORKERS is "many", which is not a whole number from 1 to 64.'),
    ("ORGD_WORKERS", "0", 'ORGD_WORKERS is "0", which is not a whole number from 1 to 64.'),
    ("ORGD_QUEUE", "9" * 40, f'ORGD_QUEUE is "{"9" * 40}", which is not a whole number from 1 to 100000.'),
    ("ORGD_WORKERS", "1" * 100000, f'ORGD_WORKERS is "{"1" * 80}…", which is not a whole number from 1 to 64.'),
    ("ORGD_DEVELOPMENT", "maybe", 'ORGD_DEVELOPMENT is "maybe", which is not true (true 1 t y yes on enable enabled) or '
                                  "false (false 0 f n no off disable disabled)."),
    ("SUPERTOKENS_EMAIL_DISABLED", "x", 'SUPERTOKENS_EMAIL_DISABLED is "x", which is not true (true 1 t y yes on enable enabled) or '
                                        "false (false 0 f n no off disable disabled)."),
    ("AGENTA_WEB_URL", "example.com", 'AGENTA_WEB_URL is "example.com", which is not an address like '
                                      "https://accounts.example.com (http or https, host, perhaps port and path)."),
    ("AGENTA_LICENSE", "EE", 'AGENTA_LICENSE is "EE", which is not oss or ee.'),
    ("ORGD_DATA_DIR", os.fsdecode(b"/a\xff"), 'ORGD_DATA_DIR is "/a?", which is not valid UTF-8.'),
    ("ORGD_DATA_DIR", "a\nb", 'ORGD_DATA_DIR is "a?b", which is not free of control characters.'),
    ("POSTGRES_URI_CORE", "mysql://u:hunter2@h/d",
     "POSTGRES_URI_CORE is not a connection URI like postgresql://user:password@host:5432/database."),
    ("AGENTA_AUTH_KEY", "k" * 9000, "AGENTA_AUTH_KEY is longer than 8192 bytes."),
])
def test_bad_values_are_named(orgd, name, value, sentence):
    done = orgd("config", variables={name: value})
    assert (done.status, done.out, done.err) == (2, "", f"orgd: {sentence}\n")


@pytest.mark.parametrize("content, sentence", [
    (b"A=1\n\nnonsense\n", "orgd.conf:3: The line is neither NAME=value nor a comment that begins with #."),
    (b"ORGD_WORKERS=x\n", 'orgd.conf:1: ORGD_WORKERS is "x", which is not a whole number from 1 to 64.'),
    (b"A=1\nA=2\n", "orgd.conf:2: A is set a second time, after line 1."),
    (b"A='x\n", "orgd.conf:1: The closing quote is missing."),
    (b"A=\xff\n", "orgd.conf:1: The line is not valid UTF-8."),
    (b"A=\0\n", "orgd.conf:1: The line holds a control character."),
    (b"#" * 1100000, "The configuration file orgd.conf is larger than 1 MiB."),
])
def test_bad_files_are_named(orgd, tmp_path, content, sentence):
    (tmp_path / "orgd.conf").write_bytes(content)
    done = orgd("config", "--config", "orgd.conf")
    assert (done.status, done.out, done.err) == (2, "", f"orgd: {sentence}\n")


def test_unreadable_files(orgd, tmp_path):
    (tmp_path / "folder").mkdir()
    done = orgd("config", "--config", "folder")
    assert (done.status, done.err) == (2, "orgd: The configuration file folder cannot be read: Is a directory.\n")
    (tmp_path / "empty").touch()
    assert orgd("config", "--config", "empty").out == orgd("config").out
    if os.geteuid() != 0:
        (tmp_path / "closed").touch(mode=0)
        done = orgd("config", "--config", "closed")
        assert done.err == "orgd: The configuration file closed cannot be read: Permission denied.\n"


def test_the_manual_has_the_table(orgd):
    text = (TREE / "docs" / "configuration.md").read_text()
    table = orgd("config", "--markdown").out
    assert table in text, "run `orgd config --markdown` and put it into docs/configuration.md"
