"""Measures `orgd schema dump` against pg_dump and one psql per question, its growth with the number of tables, and `schema diff`."""
import os
import statistics
import subprocess
import time

import load

SIZES = (100, 1000, 10000)
DIFF_SIZE = 1000
# The questions of a script with sixteen psql calls: the sections, and for each version table its existence and its row.
QUESTIONS = [load.statement("src/schema/catalog.sql", f"schema_{name}") for name in (
    "server", "extensions", "enums", "sequences", "columns", "tables", "constraints", "indexes", "triggers", "views")]
QUESTIONS += [f"SELECT to_regclass('public.{table}') IS NOT NULL" for table in ("alembic_version", "alembic_version_oss",
                                                                               "alembic_version_ee")]
QUESTIONS += ["SELECT version_num FROM alembic_version", "SELECT version_num FROM alembic_version_oss", "SELECT current_user"]

# For each table eight columns, three indexes, a default, a check and a foreign key to the table before.
MAKE = """
SELECT format('CREATE TABLE table_%%1$s (id uuid PRIMARY KEY, parent_id uuid%%2$s, name varchar(100) NOT NULL,'
              ' state text NOT NULL DEFAULT ''new'', amount numeric(12, 2) DEFAULT 0 CHECK (amount >= 0), data jsonb,'
              ' created_at timestamptz DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz, UNIQUE (name, parent_id));'
              'CREATE INDEX ON table_%%1$s (parent_id) WHERE parent_id IS NOT NULL', i,
              CASE WHEN i %% 100 > 0 THEN format(' REFERENCES table_%%s ON DELETE CASCADE', i - 1) END)
  FROM generate_series(%(first)d, %(last)d) i
\\gexec
"""


def timed(command, expected=0):
    """(seconds, peak MiB of resident memory) of a command whose output is discarded and whose exit status is checked."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "ORGD_", "POSTGRES_"))}
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != expected:
        raise SystemExit(f"bench: {command[0]} ended with status {process.returncode}.")
    return seconds, usage.ru_maxrss / 1024


def by_psql(database, scratch):
    """A shell script that asks one question after the other."""
    path = os.path.join(scratch, "by-psql.sh")
    with open(path, "w", encoding="utf-8") as script:
        script.write("set -e\n")
        for number, question in enumerate(QUESTIONS):
            asked = os.path.join(scratch, f"by-psql-{number}.sql")
            with open(asked, "w", encoding="utf-8") as file:
                file.write(question + "\n")
            script.write(f"{load.programs()}/psql -XAtq -v ON_ERROR_STOP=1 -f '{asked}' '{database.uri}'\n")
    return ["sh", path]


def compare(found, binary, database, scratch, rounds):
    """The same database dumped by orgd and by other programs, alternately."""
    commands = {"schema dump": [binary, "schema", "dump", database.uri],
                "schema dump --full": [binary, "schema", "dump", "--full", database.uri],
                "pg_dump -s": [f"{load.programs()}/pg_dump", "-s", database.uri],
                "16 x psql": by_psql(database, scratch),
                "psql, SELECT 1": [f"{load.programs()}/psql", "-XAtqc", "SELECT 1", database.uri]}
    seconds = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds[name].append(timed(command)[0])
    for name, samples in seconds.items():
        found[f"dump {name}"] = {"seconds": statistics.median(samples), "samples": samples, "ratio": statistics.median(
            sample / own for sample, own in zip(samples, seconds["schema dump"]))}


def grow(found, binary, database, scratch):
    """Databases of more and more tables."""
    for size in SIZES:
        name = f"bench_{size}"
        database.query(f"CREATE DATABASE {name}")
        grown = load.Database(os.path.abspath(database.arguments[1]), name)
        for first in range(0, size, 1000):
            path = os.path.join(scratch, "make-tables.sql")
            with open(path, "w", encoding="utf-8") as file:
                file.write(MAKE % {"first": first, "last": min(first + 1000, size) - 1})
            grown.script(path, {})
        grown.query("VACUUM ANALYZE")
        samples = [timed([binary, "schema", "dump", grown.uri]) for _ in range(3)]
        found[f"dump {size} tables"] = {"seconds": statistics.median(seconds for seconds, _ in samples),
                                        "memory": max(memory for _, memory in samples), "samples": samples}
        if size == DIFF_SIZE:
            differ(found, binary, database, grown, scratch)
        database.query(f"DROP DATABASE {name}")


def differ(found, binary, database, grown, scratch):
    """Two equal databases, the files of their dumps, and the dump of one after deleting every tenth table."""
    files = [os.path.join(scratch, name) for name in ("diff-a.txt", "diff-b.txt")]
    database.query("CREATE DATABASE bench_other TEMPLATE " + grown.name)
    other = load.Database(os.path.abspath(database.arguments[1]), "bench_other")
    for file, source in zip(files, (grown, other)):
        timed([binary, "schema", "dump", "--full", "-o", file, source.uri])
    other.query("; ".join(f"DROP TABLE table_{table} CASCADE" for table in range(0, DIFF_SIZE, 10)))
    for name, sides, status in (("files", files, 0), ("files, all of it", [files[0], empty_dump(files[0])], 1),
                                ("file and database", [files[0], grown.uri], 0), ("databases", [grown.uri, other.uri], 1)):
        samples = [timed([binary, "schema", "diff", *sides], status) for _ in range(3)]
        found[f"diff {DIFF_SIZE} tables, {name}"] = {"seconds": statistics.median(seconds for seconds, _ in samples),
                                                     "memory": max(memory for _, memory in samples), "samples": samples}
    database.query("DROP DATABASE bench_other")


def empty_dump(path):
    """A file with the sections of a dump, but only the lines about versions, which every dump has."""
    with open(path, encoding="utf-8") as file:
        head, *parts = file.read().split("\n## ")[1:]
    empty = path.replace("diff-a", "diff-empty")
    with open(empty, "w", encoding="utf-8") as file:
        rule = "#" * 64
        file.write(f"{rule}\n## {head}\n" + "".join(
            "## " + (part if part.startswith("ALEMBIC\n") else part.split("\n")[0] + "\n") + "\n" for part in parts))
    return empty


def measure(binary, database, scratch, rounds):
    found = {}
    compare(found, binary, database, scratch, rounds)
    grow(found, binary, database, scratch)
    return found


def show(found):
    for name, row in found.items():
        if name.startswith(("dump ", "diff ")):
            memory = f", {row['memory']:.0f} MiB" if "memory" in row else ""
            times = f", {row['ratio']:.1f} times that of orgd" if row.get("ratio", 1) != 1 else ""
            samples = [sample[0] if isinstance(sample, tuple) else sample for sample in row["samples"]]
            print(f"{name:35}{row['seconds'] * 1000:8.0f} ms, best {min(samples) * 1000:.0f}{memory}{times}")
