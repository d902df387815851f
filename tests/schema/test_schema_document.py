"""The commands about diff and parity in docs/schema.md print the documented output."""
import os
import re
import shutil
import subprocess

import scratch
import tour

DOCUMENT = scratch.TREE / "docs" / "schema.md"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)

BEFORE = """
CREATE TABLE animals (id integer PRIMARY KEY, name text, weight numeric(8, 2));
CREATE INDEX animals_by_name ON animals (name);
CREATE TABLE visits (animal_id integer CONSTRAINT visits_animal_fkey REFERENCES animals, day date);
CREATE TABLE keepers (id serial PRIMARY KEY, name text);
COMMENT ON TABLE keepers IS 'who feeds them';
"""


def blocks(text, language):
    return [body for found, body in FENCED.findall(text) if found == language]


def test_commands_print_the_documented_output(pair, tmp_path):
    text = DOCUMENT.read_text(encoding="utf-8").split("\n## Diff\n")[1].split("\n## Lint\n")[0]
    change, = blocks(text, "sql")
    examples = re.findall(r"^```sh\n(.*?)^```\n```\n(.*?)^```$", text, re.M | re.S)
    assert len(examples) == text.count("```sh\n") == 4
    kinds = text.split("### Ignore files")[1]
    ignored = next(body for language, body in FENCED.findall(kinds) if not language)
    (tmp_path / "ignored").write_text(ignored, encoding="utf-8")
    for name in ("oss_core", "ee_core", "switched_core"):
        shutil.copy(scratch.REFERENCE / f"{name}.v0.104.0.txt", tmp_path)
    pair.cluster.create(pair.core, pair.tracing)
    # roles belong to the cluster, and other tests may have made this one
    own_role = not pair.sql("SELECT 1 FROM pg_roles WHERE rolname = 'reader'", database="postgres")
    if own_role:
        pair.sql("CREATE ROLE reader", database="postgres")
    try:
        for database in (pair.core, pair.tracing):
            pair.sql(BEFORE, database=database)
        pair.sql(change, database=pair.tracing)
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "orgd").symlink_to(os.path.abspath(scratch.PROGRAM))
        environment = pair.environment(OLD=pair.cluster.uri(pair.core), NEW=pair.cluster.uri(pair.tracing))
        environment["PATH"] = f"{tmp_path / 'bin'}:{environment['PATH']}"
        for commands, expected in examples:
            done = subprocess.run(["sh"], input=commands, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False)
            pattern = "".join(tour.as_pattern(line) for line in expected.splitlines(keepends=True))
            assert re.fullmatch(pattern, done.stdout + done.stderr), f"{commands}\nprints\n{done.stdout}{done.stderr}"
    finally:
        pair.cluster.create(pair.core, pair.tracing)
        if own_role:
            pair.sql("DROP ROLE reader", database="postgres")
