"""The command `schema parity`: whether one schema is a strict subset of another, as for the editions."""
import json

import pytest
import scratch


@pytest.fixture(scope="module")
def run(shared):
    return shared.run


def dump(name):
    return str(scratch.REFERENCE / f"{name}.v0.104.0.txt")


ADDED = ["enum type public.meters_type", "table public.meters", "table public.organization_domains", "table public.organization_providers",
         "table public.subscriptions", "version table public.alembic_version_ee"]


def test_the_open_edition_is_a_subset(run):
    out, err = run("schema", "parity", dump("oss_core"), dump("ee_core"))
    assert out.splitlines()[-1] == (
        "The schema of agenta_oss_core is a strict subset of that of agenta_ee_core, equal except for the physical order of columns in 1 table;"
        " the latter adds 5 schema objects and 1 version table: " + ", ".join(ADDED) + ".")
    assert out.count("\n") == len(ADDED) + 2 and err == ""
    out, _ = run("schema", "parity", dump("oss_tracing"), dump("ee_tracing"))
    assert out.endswith("; the latter adds 1 version table: version table public.alembic_version_ee.\n")


def test_the_subset_is_strict(run):
    for name in ("core", "tracing"):
        out, _ = run("schema", "parity", dump(f"ee_{name}"), dump(f"oss_{name}"), status=1)
        assert "is not a subset of that of" in out.splitlines()[-1]
    assert run("schema", "parity", dump("oss_core"), dump("oss_core"))[0] == "The schemas of agenta_oss_core and agenta_oss_core are equal.\n"


def test_a_switched_database_is_equal_but_for_the_order(run):
    out, _ = run("schema", "parity", dump("switched_core"), dump("ee_core"))
    assert out.endswith(" are equal except for the physical order of columns in 3 tables.\n")
    found = json.loads(run("schema", "parity", dump("switched_core"), dump("ee_core"), "--json")[0])
    assert [one["kind"] for one in found.pop("differences")] == ["column order"] * 3
    assert found.pop("sentence") == out.splitlines()[-1] and found.pop("a") == found.pop("b")
    assert found == {"subset": True, "equal": True, "reordered_tables": 3, "added_objects": 0, "added_version_tables": 0, "unequal": 0}
    assert run("schema", "parity", dump("switched_tracing"), dump("ee_tracing"))[0].endswith(" are equal.\n")


@pytest.mark.parametrize("old, new", [
    ("TABLE public.api_keys COLUMN prefix character varying\n", "TABLE public.api_keys COLUMN prefix text\n"),
    ("TABLE public.api_keys COLUMN prefix", "TABLE public.api_keys COLUMN praefix"),
    ("TABLE public.api_keys COLUMN prefix", "TABLE public.api_keys COLUMN more text\nTABLE public.api_keys COLUMN prefix"),
    ("## TRIGGERS\n", "## TRIGGERS\nTABLE public.api_keys TRIGGER t CREATE TRIGGER t BEFORE INSERT ON public.api_keys FOR EACH ROW EXECUTE FUNCTION f()\n"),
    ("EXTENSION pgcrypto 1.3", "EXTENSION pgcrypto 1.4"),
    ("ALEMBIC_VERSION park00000000", "ALEMBIC_VERSION park00000001"),
])
def test_any_missing_changed_or_added_part_makes_an_object_unequal(run, tmp_path, old, new):
    text = (scratch.REFERENCE / "ee_core.v0.104.0.txt").read_text(encoding="utf-8")
    assert old in text
    other = tmp_path / "other.txt"
    other.write_text(text.replace(old, new), encoding="utf-8")
    out, _ = run("schema", "parity", dump("oss_core"), str(other), status=1)
    assert out.splitlines()[-1].startswith("The schema of agenta_oss_core is not a subset of that of agenta_ee_core: ")


def test_live_databases_of_both_editions(make_pair):
    """Everything in a full dump, not only what the reference has."""
    oss, ee = make_pair("oss"), make_pair("ee")
    for pair in (oss, ee):
        pair.run("migrate", "up")
    out, err = oss.run("schema", "parity", oss.cluster.uri(oss.core), ee.cluster.uri(ee.core))
    assert out.splitlines()[-1].endswith("; the latter adds 5 schema objects and 1 version table: " + ", ".join(ADDED) + "."), out
    assert err == ""
    assert oss.run("schema", "parity", oss.cluster.uri(oss.tracing), ee.cluster.uri(ee.tracing))[0].endswith(
        "; the latter adds 1 version table: version table public.alembic_version_ee.\n")
