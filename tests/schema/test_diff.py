"""The commands `schema diff` and `schema parity`: what they say, in every form, and what they leave out when told so."""
import html.parser
import json
import re

import pytest
import scratch

DUMPS = scratch.REFERENCE


@pytest.fixture(scope="module")
def run(shared):
    return shared.run


def dump(name):
    return str(DUMPS / f"{name}.txt")


def altered(tmp_path, name, *changes):
    """A dump with replaced texts."""
    text = (DUMPS / f"{name}.txt").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "altered.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


# ---- parity ----

@pytest.mark.parametrize("database", ["core", "tracing"])
def test_the_open_edition_is_a_subset(run, database):
    out, err = run("schema", "parity", dump(f"oss_{database}.v0.104.0"), dump(f"ee_{database}.v0.104.0"))
    sentence = out.strip().splitlines()[-1]
    assert "is a strict subset of" in sentence and err == ""
    if database == "core":
        assert "adds 5 schema objects and 1 version table: " in sentence
        for name in ("enum type public.meters_type", "version table public.alembic_version_ee", "table public.meters",
                     "table public.organization_domains", "table public.organization_providers", "table public.subscriptions"):
            assert name in sentence
    assert run("schema", "parity", dump(f"ee_{database}.v0.104.0"), dump(f"oss_{database}.v0.104.0"), status=1)


def test_a_switched_database_is_equal_but_for_the_order(run):
    out, _ = run("schema", "parity", dump("switched_core.v0.104.0"), dump("ee_core.v0.104.0"))
    assert out.strip().endswith("are equal except for the physical order of columns in 3 tables.")
    found = json.loads(run("schema", "parity", dump("switched_core.v0.104.0"), dump("ee_core.v0.104.0"), "--json")[0])
    assert (found["subset"], found["equal"], found["reordered_tables"], found["added_objects"]) == (True, True, 3, 0)
    out, _ = run("schema", "parity", dump("switched_tracing.v0.104.0"), dump("ee_tracing.v0.104.0"))
    assert out.strip().endswith("are equal.")


def test_what_is_missing_or_other_is_no_subset(run, tmp_path):
    for old, new in (("COLUMN prefix character varying\n", "COLUMN prefix text\n"), ("TABLE public.api_keys COLUMN prefix", "TABLE public.api_keys COLUMN praefix")):
        other = altered(tmp_path, "ee_core.v0.104.0", (old, new))
        out, _ = run("schema", "parity", dump("oss_core.v0.104.0"), other, status=1)
        assert "is not a subset" in out


# ---- diff ----

def test_equal_and_different(run):
    assert run("schema", "diff", dump("oss_core.v0.104.0"), dump("oss_core.v0.104.0"))[0] == "They are equal.\n"
    out, _ = run("schema", "diff", dump("oss_core.v0.103.5"), dump("oss_core.v0.104.0"), status=1)
    lines = out.splitlines()
    assert "119 differences, of which 119 touch the parity of the editions." == lines[-1]
    assert len(lines) == 120 and len([line for line in lines if line.startswith("removed    table ")]) == 20
    assert not [line for line in lines if "app_db." in line], "what belongs to a dropped table is not told again"


def test_forms_say_the_same(run, tmp_path):
    a, b = dump("oss_core.v0.104.0"), dump("ee_core.v0.104.0")
    lines = run("schema", "diff", a, b, status=1)[0].splitlines()
    found = json.loads(run("schema", "diff", a, b, "--json", status=1)[0])
    assert len(found["differences"]) == len(lines) - 1 and found["equal"] is False
    page = tmp_path / "diff.html"
    run("schema", "diff", a, b, "--html", "-o", str(page), status=1)
    text = page.read_text(encoding="utf-8")

    class Reader(html.parser.HTMLParser):
        rows = -1

        def handle_starttag(self, tag, attributes):
            assert tag not in ("script", "link", "img", "iframe")
            assert not {name for name, _ in attributes} & {"src", "href", "onclick"}
            self.rows += tag == "tr"

    reader = Reader()
    reader.feed(text)
    assert reader.rows + 1 - text.count("<h2>") == len(found["differences"])


def test_a_page_escapes_what_it_shows(run, tmp_path):
    evil = altered(tmp_path, "oss_core.v0.104.0", ("TABLE public.api_keys COLUMN prefix character varying",
                                                   'TABLE public.api_keys COLUMN "<script>&" character varying'))
    out, _ = run("schema", "diff", dump("oss_core.v0.104.0"), evil, "--html", status=1)
    assert "<script>" not in out and "&lt;script&gt;&amp;" in out


def test_renames_are_renames(run, tmp_path):
    other = altered(tmp_path, "oss_core.v0.104.0", ("projects_organization_id_fkey", "fk_of_projects"), ("ix_projects_organization_id", "by_organization"))
    found = json.loads(run("schema", "diff", dump("oss_core.v0.104.0"), other, "--json", status=1)[0])["differences"]
    assert [(one["kind"], one["change"], one["from"], one["to"]) for one in found] == [
        ("constraint", "renamed", "projects_organization_id_fkey", "fk_of_projects"),
        ("index", "renamed", "ix_projects_organization_id", "by_organization")]


# ---- leaving out ----

def test_kinds_and_files_leave_out(run, tmp_path):
    a, b = dump("switched_core.v0.104.0"), dump("ee_core.v0.104.0")
    assert run("schema", "diff", a, b, "--ignore", "column order")[0] == "They are equal.\n"
    file = tmp_path / "ignored"
    file.write_text("# rebuilt by hand\ncolumn order | public.api_keys | the table was rebuilt\n\ncolumn order | public.m* | likewise\n"
                    "comment | * | nobody reads them\n", encoding="utf-8")
    out, err = run("schema", "diff", a, b, "--ignore-file", str(file), status=1)
    assert "subscriptions" in out and "api_keys" not in out and "meters" not in out
    assert err == "orgd: line 5 of the ignore file is of no use: nothing it names differs.\n"


@pytest.mark.parametrize("line", ["column order | public.api_keys", "column order | public.api_keys | ", "column order", "colum order | * | x"])
def test_an_ignore_file_gives_its_reasons(run, tmp_path, line):
    file = tmp_path / "ignored"
    file.write_text(line + "\n", encoding="utf-8")
    _, err = run("schema", "diff", dump("oss_core.v0.104.0"), dump("ee_core.v0.104.0"), "--ignore-file", str(file), status=2)
    assert "line 1 of the ignore file" in err


# ---- what cannot be compared ----

@pytest.mark.parametrize("content, words", [
    ("", "no schema dump"), ("garbage\n" * 9, "not the heading"), ("\0", "NUL"),
    ("{dump}## EXTENSIONS\n", "out of its order"), ("{dump}## SCHEMAS\nSCHEMA\n", "is not one that its section has"),
    ("{dump}## SCHEMAS\nSCHEMA a\nSCHEMA a\n", "the same object"), ("{dump}## COMMENTS\nCOMMENT ON x NAMED y IS \\\\u0041\n", "escape")])
def test_what_is_no_dump_is_refused_with_its_line(run, tmp_path, content, words):
    file = tmp_path / "dump.txt"
    file.write_text(content.replace("{dump}", (DUMPS / "oss_tracing.v0.104.0.txt").read_text(encoding="utf-8")), encoding="utf-8")
    _, err = run("schema", "diff", str(file), dump("oss_core.v0.104.0"), status=3)
    assert words in err and re.match(r"orgd: .*dump\.txt: ", err), err


def test_what_is_not_there(run):
    assert "cannot read" in run("schema", "diff", "/nonexistent", dump("oss_core.v0.104.0"), status=3)[1]
    run("schema", "diff", "postgresql://postgres@/nobody?host=/nonexistent", dump("oss_core.v0.104.0"), status=3)
    assert "choose one" in run("schema", "diff", dump("oss_core.v0.104.0"), dump("oss_core.v0.104.0"), "--json", "--html", status=2)[1]
    run("schema", "diff", dump("oss_core.v0.104.0"), status=2)


def test_a_file_and_a_database(shared, run, tmp_path):
    """Only what both have is compared, and said so."""
    plain = tmp_path / "plain.txt"
    run("schema", "dump", shared.cluster.uri(shared.core), "-o", str(plain))
    out, err = run("schema", "diff", str(plain), shared.cluster.uri(shared.core))
    assert out == "They are equal.\n" and "is a dump without --full, so only" in err
