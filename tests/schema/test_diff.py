"""The command `schema diff`: its output in every format, and the options that leave something out."""
import html.parser
import json
import os
import re
import threading
import time

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


# ---- diff ----

def test_equal_and_different(run):
    assert run("schema", "diff", dump("oss_core.v0.104.0"), dump("oss_core.v0.104.0"))[0] == "They are equal.\n"
    out, _ = run("schema", "diff", dump("oss_core.v0.103.5"), dump("oss_core.v0.104.0"), status=1)
    lines = out.splitlines()
    assert "119 differences, of which 119 touch the parity of the editions." == lines[-1]
    assert len(lines) == 120 and len([line for line in lines if line.startswith("removed    table ")]) == 20
    assert not [line for line in lines if "app_db." in line], "parts of a dropped table are not reported again"


def test_all_formats_have_the_same_content(run, tmp_path):
    a, b = dump("oss_core.v0.104.0"), dump("ee_core.v0.104.0")
    lines = run("schema", "diff", a, b, status=1)[0].splitlines()
    found = json.loads(run("schema", "diff", a, b, "--json", status=1)[0])
    assert len(found["differences"]) == len(lines) - 1 and found["equal"] is False
    assert (found["a"]["database"], found["b"]["database"]) == ("agenta_oss_core", "agenta_ee_core")
    enum = found["differences"][0]
    assert enum.pop("to").startswith("(USERS, ")
    assert enum == {"change": "added", "kind": "enum type", "object": "public.meters_type", "what": "", "from": None, "parity": True, "with": []}
    meters = next(one for one in found["differences"] if one["object"] == "public.meters")
    assert [one["object"] for one in meters["with"] if one["kind"] == "constraint"] == ["public.meters.meters_organization_id_fkey", "public.meters.meters_pkey"]
    assert [line for line in lines if line.startswith("added      table public.meters: ") and line.endswith("  [with 17 columns, 2 constraints, 3 indexes]")]
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
    assert "prefers-color-scheme:dark" in text and "url(" not in text and "@import" not in text


def test_a_page_escapes_its_content(run, tmp_path):
    evil = altered(tmp_path, "oss_core.v0.104.0", ("TABLE public.api_keys COLUMN prefix character varying",
                                                   'TABLE public.api_keys COLUMN "<script>&" character varying'))
    out, _ = run("schema", "diff", dump("oss_core.v0.104.0"), evil, "--html", status=1)
    assert "<script>" not in out and "&lt;script&gt;&amp;" in out


def test_renames_are_reported_as_renames(run, tmp_path):
    other = altered(tmp_path, "oss_core.v0.104.0", ("projects_organization_id_fkey", "fk_of_projects"), ("ix_projects_organization_id", "by_organization"))
    found = json.loads(run("schema", "diff", dump("oss_core.v0.104.0"), other, "--json", status=1)[0])["differences"]
    assert [(one["kind"], one["change"], one["from"], one["to"]) for one in found] == [
        ("constraint", "renamed", "projects_organization_id_fkey", "fk_of_projects"),
        ("index", "renamed", "ix_projects_organization_id", "by_organization")]


# ---- ignoring ----

def test_kinds_and_ignore_files_exclude_differences(run, tmp_path):
    a, b = dump("switched_core.v0.104.0"), dump("ee_core.v0.104.0")
    assert run("schema", "diff", a, b, "--ignore", "column order")[0] == "They are equal.\n"
    file = tmp_path / "ignored"
    file.write_text("# rebuilt by hand\ncolumn order | public.api_keys | the table was rebuilt\n\ncolumn order | public.m* | likewise\n"
                    "comment | * | nobody reads them\n", encoding="utf-8")
    out, err = run("schema", "diff", a, b, "--ignore-file", str(file), status=1)
    assert "subscriptions" in out and "api_keys" not in out and "meters" not in out
    assert err == "orgd: ignore file, line 5: matched nothing\n"


@pytest.mark.parametrize("line", ["column order | public.api_keys", "column order | public.api_keys | ", "column order", "colum order | * | x"])
def test_an_ignore_file_gives_its_reasons(run, tmp_path, line):
    file = tmp_path / "ignored"
    file.write_text(line + "\n", encoding="utf-8")
    _, err = run("schema", "diff", dump("oss_core.v0.104.0"), dump("ee_core.v0.104.0"), "--ignore-file", str(file), status=2)
    assert "ignore file, line 1" in err


# ---- invalid input ----

@pytest.mark.parametrize("content, words", [
    ("", "not a schema dump"), ("garbage\n" * 9, "not the heading"), ("\0", "NUL"),
    ("{dump}## EXTENSIONS\n", "out of its order"), ("{dump}## SCHEMAS\nSCHEMA\n", "is not one that its section has"),
    ("{dump}## SCHEMAS\nSCHEMA a\nSCHEMA a\n", "the same object"), ("{dump}## COMMENTS\nCOMMENT ON x NAMED y IS \\\\u0041\n", "escape")])
def test_a_malformed_dump_is_refused_with_its_line(run, tmp_path, content, words):
    file = tmp_path / "dump.txt"
    file.write_text(content.replace("{dump}", (DUMPS / "oss_tracing.v0.104.0.txt").read_text(encoding="utf-8")), encoding="utf-8")
    _, err = run("schema", "diff", str(file), dump("oss_core.v0.104.0"), status=3)
    assert words in err and re.match(r"orgd: .*dump\.txt: ", err), err


def test_missing_files_and_databases(run):
    assert "cannot read" in run("schema", "diff", "/nonexistent", dump("oss_core.v0.104.0"), status=3)[1]
    run("schema", "diff", "postgresql://postgres@/nobody?host=/nonexistent", dump("oss_core.v0.104.0"), status=3)
    assert "exclude each other" in run("schema", "diff", dump("oss_core.v0.104.0"), dump("oss_core.v0.104.0"), "--json", "--html", status=2)[1]
    run("schema", "diff", dump("oss_core.v0.104.0"), status=2)


def test_a_truncated_dump_is_refused(run, tmp_path):
    whole = (DUMPS / "oss_tracing.v0.104.0.txt").read_text(encoding="utf-8")
    file = tmp_path / "dump.txt"
    for end in (whole.index("## COLUMN ORDER"), whole.index("## ALEMBIC"), whole.index("\nserver")):
        file.write_text(whole[:end], encoding="utf-8")
        assert re.search(r"dump\.txt: line \d+ of the dump is the last one", run("schema", "diff", str(file), str(file), status=3)[1])


@pytest.mark.parametrize("end, words", [
    ("ent)\n\n", "breaks off"), ("\n\n", "breaks off"), ("ALEMBIC_VERSION_EE (absent)\n\n", "a line of the section ALEMBIC is missing"),
    ("ALEMBIC_VERSION_OSS oss000000001\nALEMBIC_VERSION_EE (absent)\n\n", "a line of the section ALEMBIC is missing")])
def test_a_dump_without_its_last_lines_is_refused(run, tmp_path, end, words):
    whole = (DUMPS / "oss_tracing.v0.104.0.txt").read_text(encoding="utf-8")
    assert whole.endswith(end)
    file = tmp_path / "dump.txt"
    file.write_text(whole[:-len(end)], encoding="utf-8")
    for command in ("diff", "parity"):
        _, err = run("schema", command, str(file), dump("oss_tracing.v0.104.0"), status=3)
        assert words in err and err.endswith(": it is not complete.\n"), err
    file.write_text(whole[:-1], encoding="utf-8")  # as editors save it
    run("schema", "diff", str(file), dump("oss_tracing.v0.104.0"))


def test_a_full_dump_ends_with_a_completeness_mark(pair, tmp_path):
    pair.sql("CREATE TABLE t (id integer PRIMARY KEY); CREATE POLICY p ON t; COMMENT ON TABLE t IS 't'; GRANT SELECT ON t TO PUBLIC;"
             " GRANT UPDATE (id) ON t TO PUBLIC")
    uri = pair.cluster.uri(pair.core)
    whole = pair.dump(pair.core, "--full")
    assert whole.endswith("\n\n## END\n") and whole.count("## END") == 1
    assert "END" not in pair.dump() and "## END" not in pair.dump(pair.core, "--full", "--json")
    file = tmp_path / "dump.txt"

    def refused(text, words="it is not complete"):
        file.write_text(text, encoding="utf-8")
        for command in ("diff", "parity"):
            _, err = pair.run("schema", command, str(file), uri, status=3)
            assert words in err and "dump.txt: " in err, (text[-80:], err)

    lines = whole.splitlines(keepends=True)
    for i in range(lines.index("## SCHEMAS\n") + 1, len(lines)):
        refused("".join(lines[:i]))
    for end in (whole.index("## POLICIES"), whole.index("GRANT ON"), whole.index("GRANT ON") + 5, len(whole) - 2):
        refused(whole[:end])
    refused(whole.replace("## POLICIES\n", "").replace("TABLE public.t POLICY p AS PERMISSIVE FOR ALL TO (public)\n", ""), "the section POLICIES is missing")
    refused(pair.dump() + "## END\n", "the section SCHEMAS is missing")
    refused(whole + "## SCHEMAS\n", "behind the end")
    refused(whole + whole, "behind the end")
    refused("".join(lines[5:]), "not the heading of a schema dump")
    file.write_text(whole, encoding="utf-8")
    assert pair.run("schema", "diff", str(file), uri) == ("They are equal.\n", "")


def test_a_file_and_a_database(shared, run, tmp_path):
    """Only the sections of both are compared, and the output says so."""
    plain, full, counts = (str(tmp_path / name) for name in ("plain.txt", "full.txt", "counts.txt"))
    uri = shared.cluster.uri(shared.core)
    run("schema", "dump", uri, "-o", plain)
    run("schema", "dump", uri, "--full", "-o", full)
    run("schema", "dump", uri, "--full", "--counts", "-o", counts)
    for a, b in ((plain, uri), (uri.replace("postgresql:", "postgresql+asyncpg:"), plain)):
        out, err = run("schema", "diff", a, b)
        assert out == "They are equal.\n" and err.startswith(f"orgd: {plain} is a dump without --full, so only ") and err.count("\n") == 1
    assert run("schema", "diff", counts, uri)[1] == f"orgd: only {counts} has row counts, which were not compared.\n"
    for a, b in ((full, uri), (uri, full), (full, full), (uri, uri)):
        assert run("schema", "diff", a, b) == ("They are equal.\n", "")


# ---- consequences ----

TREE = """
CREATE EXTENSION IF NOT EXISTS citext;
CREATE SCHEMA s;
CREATE TABLE s.parent (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE s.child (id serial PRIMARY KEY, parent integer REFERENCES s.parent, "lower" text, name text CONSTRAINT named CHECK (lower(name) <> ''));
CREATE INDEX child_name ON s.child (lower(name)) WHERE parent > 0;
CREATE INDEX "USING (name)" ON s.child (id);
CREATE STATISTICS s.st ON parent, name FROM s.child;
CREATE VIEW s.v AS SELECT id, parent FROM s.child;
CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON s.child FOR EACH ROW EXECUTE FUNCTION s.f();
COMMENT ON INDEX s.child_name IS 'by name';
COMMENT ON COLUMN s.v.parent IS 'of a view';
"""
# the statement, and the reported lines: change, kind, object, number of consequences
TOLD = {
    "DROP TABLE s.child CASCADE": [("removed", "table", "s.child", 16), ("removed", "view", "s.v", 1)],
    "DROP TABLE s.parent CASCADE": [("removed", "table", "s.parent", 6), ("removed", "constraint", "s.child.child_parent_fkey", 0)],
    "ALTER TABLE s.child DROP parent CASCADE": [("removed", "column", "s.child.parent", 4), ("removed", "view", "s.v", 1)],
    "ALTER TABLE s.child DROP name": [("removed", "column", "s.child.name", 4)],
    'ALTER TABLE s.child DROP "lower"': [("removed", "column", "s.child.lower", 0)],
    "DROP FUNCTION s.f() CASCADE": [("removed", "trigger", "s.child.t", 0), ("removed", "function", "s.f()", 0)],
    "ALTER INDEX s.child_name RENAME TO other": [("renamed", "index", "s.child.child_name", 2)],
    "ALTER INDEX s.child_name RENAME TO other; COMMENT ON INDEX s.other IS 'other'": [
        ("renamed", "index", "s.child.child_name", 0), ("removed", "comment", "index s.child_name", 0), ("added", "comment", "index s.other", 0)],
    'CREATE TABLE "order" ("user" integer); COMMENT ON COLUMN "order"."user" IS \'x\'; GRANT SELECT ON "order" TO PUBLIC': [
        ("added", "table", "public.order", 3)],
    "DROP VIEW s.v; CREATE TABLE s.v (id integer)": [("added", "table", "s.v", 1), ("removed", "view", "s.v", 1)],
    "ALTER TABLE s.child ADD x integer UNIQUE REFERENCES s.parent": [("added", "column", "s.child.x", 3)],
    "DROP INDEX s.child_name; CREATE UNIQUE INDEX other ON s.child (lower(name)) WHERE parent > 0": [
        ("removed", "index", "s.child.child_name", 1), ("added", "index", "s.child.other", 0)],
    "ALTER TABLE s.parent DROP CONSTRAINT parent_code_key; CREATE INDEX parent_code_key ON s.parent (code)": [
        ("removed", "constraint", "s.parent.parent_code_key", 0), ("changed", "index", "s.parent.parent_code_key", 0)],
    "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a')": [("added", "table", "public.alembic_version", 2)],
    "ALTER TABLE s.parent ADD a integer, ADD b integer; ALTER TABLE s.parent DROP code; ALTER TABLE s.parent ADD code text UNIQUE": [
        ("added", "column", "s.parent.a", 0), ("added", "column", "s.parent.b", 0)],
}


@pytest.fixture(scope="module")
def tree(cluster, tmp_path_factory):
    pair = cluster.pair()
    pair.sql(TREE)
    dump_file = str(tmp_path_factory.mktemp("tree") / "tree.txt")
    pair.run("schema", "dump", cluster.uri(pair.core), "--full", "-o", dump_file)
    yield pair, dump_file
    cluster.drop(pair.core, pair.tracing)


@pytest.mark.parametrize("sql", TOLD)
def test_consequences_are_listed_with_their_difference(cluster, tree, sql):
    pair, dump_file = tree
    other = f"{pair.core}_other"
    pair.sql(f"CREATE DATABASE {other} TEMPLATE {pair.core}", database="postgres")
    try:
        pair.sql(sql, database=other)
        found = json.loads(pair.run("schema", "diff", dump_file, cluster.uri(other), "--json", status=1)[0])["differences"]
        assert [(one["change"], one["kind"], one["object"], len(one["with"])) for one in found] == TOLD[sql], found
        back = json.loads(pair.run("schema", "diff", cluster.uri(other), dump_file, "--json", status=1)[0])["differences"]
        assert len(back) == len(found), back
    finally:
        cluster.drop(other)


def test_a_dump_from_a_pipe(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    text = (DUMPS / "oss_core.v0.104.0.txt").read_text(encoding="utf-8")
    writer = threading.Thread(target=lambda: (time.sleep(0.2), (tmp_path / "pipe").write_text(text, encoding="utf-8")))
    writer.start()
    assert run("schema", "diff", dump("oss_core.v0.104.0"), str(tmp_path / "pipe"))[0] == "They are equal.\n"
    writer.join()


@pytest.mark.parametrize("pattern, matches", [
    ('public."a | b[\\\\*]?"', True), ('public."a | b[\\\\*]ä"', True), ("public.*", True), ("*ä*", True), ("*b[*]?*", True), ("???lic.*", True),
    ('public."a | b[\\\\*]??"', False), ("public.[a-z]*", False), ("public", False), ("*z*", False), ('public."a | b', False), ("**", True)])
def test_patterns_of_an_ignore_file(pair, tmp_path, pattern, matches):
    pair.sql('CREATE TABLE "a | b[\\*]ä" (x integer)')
    ignored = tmp_path / "ignored"
    ignored.write_text(f"table | {pattern} | a reason | with more\n", encoding="utf-8")
    out, err = pair.run("schema", "diff", pair.cluster.uri(pair.core), pair.cluster.uri(pair.tracing), "--ignore-file", str(ignored),
                        status=0 if matches else 1)
    assert (out == "They are equal.\n") == matches and ("matched nothing" in err) != matches, out + err
    pair.cluster.drop(pair.core, pair.tracing)


def test_the_order_of_foreign_columns(pair):
    pair.sql("CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE f (a int, b int) SERVER s OPTIONS (filename 'x')")
    pair.sql("CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE f (b int, a int) SERVER s OPTIONS (filename 'x')",
             database=pair.tracing)
    uris = pair.cluster.uri(pair.core), pair.cluster.uri(pair.tracing)
    assert pair.run("schema", "diff", *uris, status=1)[0].splitlines() == [
        "reordered  column order public.f: (a, b) -> (b, a)  [not counted for parity]", "They are equal except for the physical order of columns in 1 table."]
    assert "equal except for the physical order of columns in 1 table." in pair.run("schema", "parity", *uris)[0]


def test_names_of_any_kind_stay_on_their_line(pair):
    pair.cluster.create(pair.core, pair.tracing)
    names = ['a "b"', "two\nlines", "täg", "x" * 63, " ", "a.b", "a, b", "(", "'", "a -> b", "\\", "<b>&amp;"]
    for name in names:
        quoted = '"' + name.replace('"', '""') + '"'
        pair.sql(f"CREATE TABLE {quoted} ({quoted} integer, CONSTRAINT {quoted} CHECK ({quoted} > 0)); CREATE INDEX ON {quoted} ({quoted})")
    out, _ = pair.run("schema", "diff", pair.cluster.uri(pair.core), pair.cluster.uri(pair.tracing), status=1)
    assert out.count("\n") == len(names) + 1, out
    found = json.loads(pair.run("schema", "diff", pair.cluster.uri(pair.tracing), pair.cluster.uri(pair.core), "--json", status=1)[0])
    assert [one["kind"] for one in found["differences"]] == ["table"] * len(names)
    pair.cluster.drop(pair.tracing)
    pair.sql(f"CREATE DATABASE {pair.tracing} TEMPLATE {pair.core}", database="postgres")
    pair.sql('ALTER TABLE "a.b" RENAME CONSTRAINT "a.b" TO "c\n.d"', database=pair.core)
    out, _ = pair.run("schema", "diff", pair.cluster.uri(pair.core), pair.cluster.uri(pair.tracing), status=1)
    assert out.splitlines()[0] == r'renamed    constraint public."a.b"."c\n.d": "c\n.d" -> "a.b"', out
