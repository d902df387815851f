"""Turns chains/ into one C file: the tables of chains, revisions and decisions, with their SQL.

usage: chains2c.py CHAINS_FOLDER OUTPUT DEPFILE

It refuses unknown constructs with file and line, so a mistake in a migration stops the build.
"""

import pathlib
import re
import sys

import classify

ID = re.compile(r"[a-z0-9]{1,32}")
REVISIONS_MAX = 256  # as in chains.h
BASELINE = "park00000000"
BASELINE_WHAT = "A fresh database, created in one step instead of by replaying its history."
BASELINE_STAYS = "below it lies a database of an older release"
# A schema with other contents stays: the record that the upgrade from an older release needs.
REMOVE_SCHEMA = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = '{0}'::regnamespace) THEN
        DROP SCHEMA {0};
    END IF;
END
$$"""
TRANSACTION = re.compile(r"^\s*(begin|start\s+transaction|commit|rollback|abort|savepoint)\b[^\n]*;", re.I | re.M)


class Refused(Exception):
    pass


class Revision:
    def __init__(self, id, revises, what, up, down, stays):
        self.id = id
        self.revises = revises
        self.what = what
        self.up = up  # by edition: oss, ee
        self.down = down
        self.stays = stays


class Chain:
    def __init__(self, name, database, edition, table, legacy=None):
        self.name = name
        self.database = database
        self.edition = edition
        self.table = table
        self.legacy = legacy is not None
        self.revisions = []


EDITIONS = ("oss", "ee")


class Decision:
    def __init__(self, name, kind, needs, uses, what, sql):
        self.name = name
        self.kind = kind
        self.needs = needs  # names of other decisions
        self.uses = uses  # (chain, revision, down)
        self.what = what
        self.sql = sql


def read_decision(path):
    """The file of one decision: lines `-- key: value`, the sentence, one SELECT."""
    kind, needs, uses, what = None, [], [], []
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines) and lines[number].startswith("-- "):
        field = re.fullmatch(r"-- (kind|for|needs): (.+)", lines[number])
        if not field:
            what.append(lines[number][3:])
        elif field.group(1) == "kind":
            kind = field.group(2)
        elif field.group(1) == "needs":
            needs.append(field.group(2))
        else:
            use = re.fullmatch(r"(up|down) ([a-z_]+)/([a-z0-9]+)", field.group(2))
            if not use:
                raise Refused(f"{path}:{number + 1}: expected `-- for: up|down CHAIN/REVISION`")
            uses.append((use.group(2), use.group(3), use.group(1) == "down"))
        number += 1
    if kind not in ("change", "report", "obstacle", "purge", "part") or not what:
        raise Refused(f"{path}: expected `-- kind: change|report|obstacle|purge|part` and a sentence that says what is decided")
    if (kind in ("purge", "part")) != (not uses):
        raise Refused(f"{path}: a part is for other decisions only, a purge for no revision, anything else is `-- for:` one")
    sql = check_sql(path, "\n".join(lines[number:])).strip()
    if not sql.endswith(";") or ";" in re.sub(r"'(?:[^']|'')*'|--[^\n]*", "", sql[:-1]):
        raise Refused(f"{path}: a decision is one statement")
    try:
        classify.check_read_only(sql)
    except (classify.Unclassified, classify.pg_query.Malformed) as reason:
        raise Refused(f"{path}: {reason}") from None
    return Decision(path.name.split(".")[0], kind, needs, uses, " ".join(what), sql[:-1])


def read_edition(folder, edition):
    """The decisions of one edition by name, each with the decisions that it needs written before it."""
    found = {}
    for path in sorted((folder / "decisions").glob("*.sql")):
        name, *suffixes = path.name.split(".")
        if not re.fullmatch(r"[a-z_]+", name) or suffixes[:-1] not in ([], ["oss"], ["ee"]):
            raise Refused(f"{path}: expected NAME.sql, NAME.oss.sql or NAME.ee.sql, the name of a-z and _")
        if suffixes in (["sql"], [edition, "sql"]):
            if name in found:
                raise Refused(f"{path}: there are two of this name for one edition")
            found[name] = read_decision(path)
    done = {}

    def compose(name, above):
        if name in above or name not in found:
            raise Refused(f"{folder}/decisions/{(above or [name])[-1]}.sql: {name} is not a decision that it can need")
        if name not in done:
            decision = found[name]
            parts = [f"decided_{need} AS (\n{compose(need, above + [name])}\n)" for need in decision.needs]
            done[name] = f"WITH {', '.join(parts)}\nSELECT * FROM (\n{decision.sql}\n) decided" if parts else decision.sql
        return done[name]

    for name in found:
        compose(name, [])
    for name, decision in found.items():
        decision.sql = done[name]
    return found


def read_decisions(folder):
    return {edition: read_edition(folder, edition) for edition in EDITIONS}


def check_uses(folder, decisions, chains):
    known = {(chain.name, revision.id) for chain in chains for revision in chain.revisions}
    for edition in EDITIONS:
        for decision in decisions[edition].values():
            for chain, revision, _ in decision.uses:
                if (chain, revision) not in known:
                    raise Refused(f"{folder}/decisions/{decision.name}.sql: there is no revision {chain}/{revision}")


def with_decisions(path, sql, decisions):
    """Each line `-- decide: NAME` becomes a temporary table decided_NAME with the answer."""

    def replace(line):
        name = line.group(1)
        if name not in decisions:
            raise Refused(f"{path}: there is no decision {name}")
        return (f"DROP TABLE IF EXISTS pg_temp.decided_{name};\n"
                f"CREATE TEMPORARY TABLE decided_{name} ON COMMIT DROP AS\n{decisions[name].sql};")

    return re.sub(r"^ *-- decide: (.+)$", replace, sql, flags=re.M)


def with_parts(path, sql, depth=0):
    """Each line `-- include: NAME` becomes the text of parts/NAME.sql."""

    def replace(line):
        part = path.parent.parent / "parts" / f"{line.group(1)}.sql"
        if depth > 8:
            raise Refused(f"{path}: parts that include each other")
        return with_parts(path, check_sql(part, part.read_text(encoding="utf-8")), depth + 1)

    return re.sub(r"^ *-- include: ([a-z_]+)$", replace, sql, flags=re.M)


def expand(path, id, sql, decisions):
    """The whole SQL of a revision. `@revision` and `@chain` in included text stand for the revision and its folder."""
    sql = with_decisions(path, with_parts(path, check_sql(path, sql)), decisions)
    return sql.replace("@revision", id).replace("@chain", path.parent.name)


def check_sql(path, sql):
    # plpgsql's BEGIN carries no semicolon, so only transaction commands are left
    found = TRANSACTION.search(sql)
    if found:
        raise Refused(f"{path}: transaction command in a migration: {found.group(0).strip()}")
    return sql.strip("\n") + "\n" if sql.strip() else ""


def read_revision(path, decisions):
    lines = path.read_text(encoding="utf-8").split("\n")

    def header(number, key):
        prefix = f"-- {key}: "
        if len(lines) <= number or not lines[number].startswith(prefix):
            raise Refused(f"{path}:{number + 1}: expected `{prefix}...`")
        return lines[number][len(prefix) :].strip()

    id = header(0, "revision")
    revises = header(1, "revises")
    if not ID.fullmatch(id) or not ID.fullmatch(revises):
        raise Refused(f"{path}: revision ids are 1 to 32 of a-z and 0-9")
    if not path.name.startswith(id + "-"):
        raise Refused(f"{path}: the file name has to begin with {id}-")

    what = []
    number = 2
    while number < len(lines) and lines[number].startswith("-- ") and lines[number] != "-- up":
        what.append(lines[number][3:])
        number += 1
    if not what:
        raise Refused(f"{path}: the sentence that says what it does is missing")

    marks = [(i, line) for i, line in enumerate(lines) if re.match(r"-- (up|down)\b", line)]
    marks = [(i, line) for i, line in marks if line in ("-- up", "-- down") or line.startswith("-- down: impossible")]
    if len(marks) != 2 or marks[0][1] != "-- up":
        raise Refused(f"{path}: expected one `-- up` and then one `-- down` or `-- down: impossible, because ...`")
    up = expand(path, id, "\n".join(lines[marks[0][0] + 1 : marks[1][0]]), decisions)
    below = "\n".join(lines[marks[1][0] + 1 :])
    stays = None
    down = None
    if marks[1][1] == "-- down":
        down = expand(path, id, below, decisions)
    else:
        stays = marks[1][1][len("-- down: impossible") :].lstrip(", ")
        if not stays or below.strip():
            raise Refused(f"{path}: `-- down: impossible` needs a reason and no SQL")
    return Revision(id, None if revises == "none" else revises, " ".join(what), (up, up), down, stays)


def read_baseline(folder):
    texts = []
    for edition in ("oss", "ee"):
        parts = []
        for path in sorted(folder.glob("*.sql")):
            suffixes = path.name.split(".")[1:]
            if suffixes == ["sql"] or suffixes == [edition, "sql"]:
                parts.append(check_sql(path, path.read_text(encoding="utf-8")))
            elif suffixes not in (["oss", "sql"], ["ee", "sql"]):
                raise Refused(f"{path}: expected NAME.sql, NAME.oss.sql or NAME.ee.sql")
        texts.append("\n".join(parts))
    return Revision(BASELINE, None, BASELINE_WHAT, tuple(texts), None, BASELINE_STAYS)


def link(folder, chain, revisions):
    """Appends the revisions in order, each after its predecessor."""
    while revisions:
        previous = chain.revisions[-1].id if chain.revisions else None
        following = [revision for revision in revisions if revision.revises == previous]
        if len(following) != 1:
            raise Refused(f"{folder}/{chain.name}: {len(following)} revisions come after {previous or 'none'},"
                          f" and left over are {', '.join(revision.id for revision in revisions)}")
        chain.revisions += following
        revisions.remove(following[0])
    if not chain.revisions:
        raise Refused(f"{folder}/{chain.name}: a chain without revisions")
    if len({r.id for r in chain.revisions}) != len(chain.revisions):
        raise Refused(f"{folder}/{chain.name}: a revision id occurs twice")


def read_chains(folder, decisions):
    chains = []
    for number, line in enumerate((folder / "chains.txt").read_text(encoding="utf-8").split("\n"), 1):
        fields = line.split()
        if not fields or line.startswith("#"):
            continue
        if len(fields) not in (4, 5) or fields[1] not in ("core", "tracing") or fields[2] not in ("all", "oss", "ee"):
            raise Refused(f"{folder}/chains.txt:{number}: expected directory, core or tracing, all, oss or ee, version table")
        if fields[4:] not in ([], ["legacy"]):
            raise Refused(f"{folder}/chains.txt:{number}: after the version table comes nothing or `legacy`")
        if not re.fullmatch(r"[a-z_]+\.[a-z_]+", fields[3]):
            raise Refused(f"{folder}/chains.txt:{number}: the version table needs its schema")
        chain = Chain(*fields)
        if (folder / chain.name / "baseline").is_dir():
            chain.revisions.append(read_baseline(folder / chain.name / "baseline"))
        own = decisions["ee" if chain.edition == "ee" else "oss"]
        link(folder, chain, [read_revision(path, own) for path in sorted((folder / chain.name).glob("*.sql"))])
        chains.append(chain)
    if sum(len(chain.revisions) for chain in chains) > REVISIONS_MAX:
        raise Refused(f"{folder}: more than {REVISIONS_MAX} revisions; raise REVISIONS_MAX here and in chains.h")
    return chains


def version_sql(chain, position):
    """The statements that keep the version row: before the first revision, after going up, after going down."""
    revision = chain.revisions[position]
    schema, table = chain.table.split(".")
    if position == 0:
        prepare = "" if schema == "public" else f"CREATE SCHEMA IF NOT EXISTS {schema};\n"
        prepare += (
            f"CREATE TABLE {chain.table} (version_num varchar(32) NOT NULL,"
            f" CONSTRAINT {table}_pkc PRIMARY KEY (version_num));\n"
        )
        arrive = f"INSERT INTO {chain.table} (version_num) VALUES ('{revision.id}')"
        leave = f"DELETE FROM {chain.table} WHERE version_num = '{revision.id}'"
    else:
        before = chain.revisions[position - 1].id
        prepare = ""
        arrive = f"UPDATE {chain.table} SET version_num = '{revision.id}' WHERE version_num = '{before}'"
        leave = f"UPDATE {chain.table} SET version_num = '{before}' WHERE version_num = '{revision.id}'"
    return prepare, arrive, leave


def literal(text):
    if text is None:
        return "NULL"
    if text == "":
        return '""'
    out = []
    for line in text.splitlines(keepends=True):
        escaped = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("?", "\\?")
        out.append(f'"{escaped}"')
    return out[0] if len(out) == 1 else "\n        " + "\n        ".join(out)


def write_decisions(decisions, out):
    everything = {**decisions["ee"], **decisions["oss"]}
    shown = [everything[name] for name in sorted(everything) if everything[name].kind != "part"]
    uses = {}
    for decision in shown:
        uses[decision.name] = {use for edition in EDITIONS if decision.name in decisions[edition]
                               for use in decisions[edition][decision.name].uses}
        if uses[decision.name]:
            out.append(f"static const struct decision_use {decision.name}_uses[] = {{")
            for chain, revision, down in sorted(uses[decision.name]):
                out.append(f"    {{{literal(chain)}, {literal(revision)}, {'true' if down else 'false'}}},")
            out.append("};\n")
    out.append("const struct decision decisions[] = {")
    for decision in shown:
        texts = [literal(decisions[edition][decision.name].sql if decision.name in decisions[edition] else None)
                 for edition in EDITIONS]
        out.append("    {")
        out.append(f"        .name = {literal(decision.name)},")
        out.append(f"        .what = {literal(decision.what)},")
        out.append(f"        .kind = DECISION_{decision.kind.upper()},")
        out.append(f"        .uses = {f'{decision.name}_uses' if uses[decision.name] else 'NULL'},")
        out.append(f"        .use_count = {len(uses[decision.name])},")
        out.append(f"        .sql = {{{', '.join(texts)}}},")
        out.append("    },")
    out.append("};\n")
    out.append("const size_t decision_count = sizeof decisions / sizeof decisions[0];")


def write_script(name, statements, out):
    """One script as C: its locks, then its statements."""
    for number, statement in enumerate(statements):
        if statement.locks:
            locks = ", ".join(f"{{{literal(table)}, LOCK_{classify.MODES[mode].replace(' ', '_')}}}"
                              for table, mode in sorted(statement.locks.items()))
            out.append(f"static const struct script_lock {name}_{number}_locks[] = {{{locks}}};")
    if statements:
        out.append(f"static const struct script_statement {name}_statements[] = {{")
    for number, statement in enumerate(statements):
        bits = " | ".join(f"HAZARD_BIT({code})" for code in sorted(statement.hazards)) or "0"
        out.append(f"    {{.sql = {literal(statement.sql)},")
        out.append(f"     .what = {literal(statement.what)},")
        locks = f"{name}_{number}_locks" if statement.locks else "NULL"
        out.append(f"     .hazards = {bits}, .locks = {locks}, .lock_count = {len(statement.locks)}}},")
    if statements:
        out.append("};")


def script(name, statements):
    return f"{{{name}_statements, {len(statements)}}}" if statements else "{NULL, 0}"


def classified(chains):
    """The statements of every script: {(chain, revision, "up", "up_ee" or "down"): statements}."""
    texts = {}
    for chain in chains:
        for revision in chain.revisions:
            place = (chain.name, revision.id)
            texts[(*place, "up")] = revision.up[0]
            if revision.up[1] != revision.up[0]:
                texts[(*place, "up_ee")] = revision.up[1]
            if revision.down is not None:
                texts[(*place, "down")] = revision.down
    classifier = classify.Classifier()
    place = None
    try:
        for place, text in texts.items():
            classifier.learn(text)
        found = {}
        for place, text in texts.items():
            found[place] = classifier.statements(text)
        return found
    except classify.pg_query.Malformed as reason:
        raise Refused(f"{place[0]}/{place[1]}, {place[2]}: line {reason.line + 1} does not parse: {reason}") from None
    except classify.Unclassified as reason:
        raise Refused(f"{place[0]}/{place[1]}, {place[2]}, line {reason}") from None


def write(chains, scripts, out):
    out.append("/* Generated from chains/ by tools/chains2c.py. */\n")
    out.append('#include "migrate/chains.h"\n')
    for chain in chains:
        for revision in chain.revisions:
            for part in ("up", "up_ee", "down"):
                if (chain.name, revision.id, part) in scripts:
                    write_script(f"{chain.name}_{revision.id}_{part}", scripts[(chain.name, revision.id, part)], out)
            if revision.down is not None:
                name = f"{chain.name}_{revision.id}_down"
                out.append(f"static const struct script {name} = {script(name, scripts[(chain.name, revision.id, 'down')])};")
        out.append(f"static const struct revision {chain.name}_revisions[] = {{")
        for position, revision in enumerate(chain.revisions):
            name = f"{chain.name}_{revision.id}"
            prepare, arrive, leave = version_sql(chain, position)
            ups = []
            for part in ("up", "up_ee"):
                part = part if (chain.name, revision.id, part) in scripts else "up"
                ups.append(script(f"{name}_{part}", scripts[(chain.name, revision.id, part)]))
            out.append("    {")
            out.append(f"        .id = {literal(revision.id)},")
            out.append(f"        .what = {literal(revision.what)},")
            out.append(f"        .up = {{{', '.join(ups)}}},")
            out.append(f"        .down = {'NULL' if revision.down is None else '&' + name + '_down'},")
            out.append(f"        .stays = {literal(revision.stays)},")
            out.append(f"        .prepare = {literal(prepare)},")
            out.append(f"        .arrive = {literal(arrive)},")
            out.append(f"        .leave = {literal(leave)},")
            out.append("    },")
        out.append("};\n")
    out.append("const struct chain chains[] = {")
    for chain in chains:
        schema = chain.table.split(".")[0]
        remove = f"DROP TABLE {chain.table};" + ("" if schema == "public" else REMOVE_SCHEMA.format(schema))
        out.append("    {")
        out.append(f"        .name = {literal(chain.name)},")
        out.append(f"        .database = DATABASE_{chain.database.upper()},")
        out.append(f"        .enterprise = {'true' if chain.edition == 'ee' else 'false'},")
        out.append(f"        .open = {'true' if chain.edition == 'oss' else 'false'},")
        out.append(f"        .legacy = {'true' if chain.legacy else 'false'},")
        out.append(f"        .ours = {'false' if schema == 'public' else 'true'},")
        out.append(f"        .table = {literal(chain.table)},")
        out.append(f"        .read = {literal(f'SELECT version_num FROM {chain.table} ORDER BY 1 LIMIT 2')},")
        out.append(f"        .remove = {literal(remove)},")
        out.append(f"        .revisions = {chain.name}_revisions,")
        out.append(f"        .count = sizeof {chain.name}_revisions / sizeof {chain.name}_revisions[0],")
        out.append("    },")
    out.append("};\n")
    out.append("const size_t chain_count = sizeof chains / sizeof chains[0];")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    folder, output, depfile = (pathlib.Path(a) for a in sys.argv[1:])
    try:
        decisions = read_decisions(folder)
        chains = read_chains(folder, decisions)
        check_uses(folder, decisions, chains)
        scripts = classified(chains)
    except (Refused, OSError, UnicodeDecodeError) as reason:
        sys.exit(f"chains2c: {reason}")
    out = []
    write(chains, scripts, out)
    write_decisions(decisions, out)
    output.write_text("\n".join(out) + "\n", encoding="utf-8")
    # folders too, so that a new file is noticed
    tools = pathlib.Path(__file__).resolve().parent
    used = [folder, *sorted(folder.rglob("*")), tools / "classify.py", tools / "check" / "pg_query.py",
            tools.parent / "src" / "migrate" / "hazards.def"]
    depfile.write_text(f"{output}: " + " ".join(str(p).replace(" ", "\\ ") for p in used) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
