"""The operator's pages of an upgraded database: the key, access, the migrations, and schemas side by side."""
import pathlib
import shutil
import sys

import pytest
import scratch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "migrate"))
import old  # noqa: E402  (of the tests of the migrations)

SCENARIOS = [
    "the key opens the pages of this tab only, and can be deleted", "a refused key does not end the user's session",
    "the access page shows the rules and the warnings", "an address is explained by the rule that decides",
    "the chains are drawn with their present revision", "the archive of the last upgrade is listed",
    "the plan of another database is read from its file", "two dumps are compared side by side, and saved as a page",
    "a dump is compared with the database in use", "after a server error the page can be loaded again",
    "everything on a screen of 360 pixels, light and dark",
]


@pytest.fixture(scope="module")
def found(cluster, run_scenarios, tmp_path_factory):
    files = tmp_path_factory.mktemp("files")
    pair = old.Templates(cluster).fill(cluster.pair(), "oss", "livedin")
    (files / "plan.json").write_text(pair.run("migrate", "plan", "--json")[0], encoding="utf-8")
    old.up(pair)
    (files / "core.txt").write_text(pair.dump(None, "--full"), encoding="utf-8")
    for name, edition in (("a", "oss"), ("b", "ee")):
        shutil.copy(scratch.REFERENCE / f"{edition}_core.v0.104.0.txt", files / f"{name}.txt")
    databases = {name: value for name, value in pair.environment().items() if name.startswith("POSTGRES")}
    return run_scenarios("console_operator.mjs", environment={"FILES": str(files)}, AGENTA_ACCESS_BLOCKED_DOMAINS="spam.io",
                         AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="ann@acme.io, bob@spam.io", ORGD_EMAIL_METHOD="password", **databases).outcomes()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, found):
    assert found[name] is None, found[name]


def test_nothing_is_left_out(found):
    assert list(found) == SCENARIOS
