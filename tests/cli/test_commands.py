"""The command line: help, version, man page, completion, and a clear message for every mistake."""
import json
import os
import shutil
import subprocess

import pytest

COMMANDS = ["serve", "migrate status", "migrate plan", "migrate up", "migrate down", "migrate verify", "migrate purge", "migrate history",
            "schema dump", "schema lint", "access explain", "access report", "mail test", "import logins", "config", "openapi", "version", "help",
            "completion bash", "account create", "account end-sessions", "organization list", "key create"]


def test_help_lists_every_command(orgd):
    done = orgd("--help")
    assert (done.status, done.err) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in done.out
    assert " man " not in done.out
    assert max(map(len, done.out.splitlines())) <= 100
    assert orgd("help").out == done.out == orgd("-h").out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(orgd, command):
    done = orgd(*command.split(), "--help")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"Usage: orgd {command} ")
    assert "--config FILE" in done.out
    assert max(map(len, done.out.splitlines())) <= 100
    assert orgd("help", *command.split()).out == done.out


def test_version(orgd):
    first = orgd("--version").out.split()
    assert first[0] == "orgd"
    assert orgd("version").out.splitlines()[0].split() == first
    assert json.loads(orgd("version", "--json").out)["version"] == first[1]


@pytest.mark.parametrize("arguments, sentence", [
    ([], "orgd: A command is missing; `orgd --help` lists them."),
    (["sevre"], "orgd: There is no command sevre; did you mean serve?"),
    (["migrate"], "orgd: migrate needs one of its commands; `orgd migrate --help` lists them."),
    (["migrate", "dwon"], "orgd: There is no command migrate dwon; did you mean migrate down?"),
    (["help", "nothing"], "orgd: There is no command nothing; `orgd help` lists what there is."),
    (["config", "--jsn"], "orgd: There is no option --jsn; did you mean --json?"),
    (["config", "--reveal"], "orgd: --reveal needs a value: --reveal NAME."),
    (["config", "--json=yes"], "orgd: --json takes no value."),
    (["config", "--json", "--json"], "orgd: --json is given twice."),
    (["config", "extra"], "orgd: config takes no argument, but was given extra."),
    (["serve", "--listen", "here"], "orgd: --listen is \"here\", which is not an address and port like 127.0.0.1:8000 or [::1]:8000."),
    (["config", "--config", "nowhere.conf"],
     "orgd: The configuration file nowhere.conf cannot be read: No such file or directory."),
    (["\x1b[2J\nforged"], "orgd: There is no command ?[2J?forged; `orgd --help` lists what there is."),
    ([b"\xff\xfe"], "orgd: There is no command ??; `orgd --help` lists what there is."),
    (["x" * 100000], f"orgd: There is no command {'x' * 64}; `orgd --help` lists what there is."),
])
def test_mistakes_get_one_sentence_and_status_2(orgd, arguments, sentence):
    done = orgd(*arguments)
    assert (done.status, done.out, done.err) == (2, "", sentence + "\n")


def test_a_full_disk_is_reported(orgd):
    with open("/dev/full", "wb") as full:
        done = orgd("version", stdout=full)
    assert (done.status, done.err) == (3, "orgd: The output cannot be written: No space left on device.\n")


def test_openapi_is_json(orgd):
    assert "/organizations/{organization_id}" in json.loads(orgd("openapi").out)["paths"]


def test_manual_is_clean_troff(orgd, tmp_path):
    done = orgd("man")
    for command in COMMANDS:
        assert ".SS orgd " + command.replace("-", "\\-") in done.out
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    (tmp_path / "orgd.1").write_text(done.out)
    rendered = subprocess.run(["groff", "-man", "-Tutf8", "-P-cbu", "-ww", "orgd.1"], cwd=tmp_path, capture_output=True, check=True)
    assert rendered.stderr == b""
    assert b"EXIT STATUS" in rendered.stdout


@pytest.mark.parametrize("line, words", [
    (["orgd", "mig"], {"migrate"}),
    (["orgd", "migrate", ""], {"status", "plan", "up", "down", "verify", "purge", "history", "--config", "--help"}),
    (["orgd", "--config", "x", "migrate", "st"], {"status"}),
    (["orgd", "migrate", "up", "--to", ""], {"head", "agenta"}),
    (["orgd", "migrate", "up", "--to", "=", "h"], {"head"}),
    (["orgd", "migrate", "up", "--to", "="], {"head", "agenta"}),
    (["orgd", "migrate", "down", "--to", ""], set()),
    (["orgd", "config", "--re"], {"--reveal"}),
    (["orgd", "serve", "--li"], {"--listen"}),
    (["orgd", "config", "--config", "so"], {"some.conf"}),
    (["orgd", "help", "ser"], {"serve"}),
])
def test_completion(orgd, tmp_path, line, words):
    (tmp_path / "completion").write_text(orgd("completion", "bash").out)
    (tmp_path / "some.conf").touch()
    script = ('. ./completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _orgd; '
              '[ ${#COMPREPLY[@]} = 0 ] || printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-euc", script, "bash", *line], cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert done.stderr == ""
    assert set(done.stdout.split()) == words


def test_completion_is_clean_shell(orgd, tmp_path):
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    (tmp_path / "completion").write_text(orgd("completion", "bash").out)
    done = subprocess.run(["shellcheck", "-s", "bash", "completion"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == ""
