#!/usr/bin/python3
"""Turns the modules' .sql files into C: a header for each module, and one table of all statements.

A statement begins with a line `-- name: what it does`, may have further comment lines (one of them `-- revokes`),
and ends with a semicolon at the end of a line. The header has for each statement `parameters_of_name`, the number of its
parameters, which the macros of db/db.h compare at compile time, and a constant NAME_COLUMN for each column that has a
name of its own.

usage: sql2c.py source|header OUTPUT FILE.sql...
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "check"))
import pg_query  # noqa: E402  (in the folder of the checks)

HEAD = re.compile(r"^-- ([a-z][a-z0-9_]*): (.+)$")
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def parse(path):
    """Yields (name, comment, sql, revokes) of each statement of a file."""
    name = comment = None
    revokes = False
    lines = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip()
            head = HEAD.match(line)
            if head and not lines:
                if name:
                    sys.exit(f"{path}:{number}: statement {name} has no SQL")
                name, comment = head.groups()
                revokes = False
            elif line.startswith("--") and not lines:
                revokes = revokes or line == "-- revokes"
            elif line:
                if not name:
                    sys.exit(f"{path}:{number}: SQL without a line `-- name: what it does` before it")
                lines.append(line)
                if line.endswith(";"):
                    lines[-1] = line[:-1]
                    yield name, comment, "\n".join(lines), revokes
                    name, lines = None, []
    if name:
        sys.exit(f"{path}: statement {name} does not end with a semicolon")


def tree_of(path, name, sql):
    try:
        return pg_query.parse(sql)[0][0]
    except pg_query.Malformed as reason:
        sys.exit(f"{path}: statement {name} does not parse: {reason}")


def parameters(tree):
    return max((node.get("number", 0) for kind, node in pg_query.nodes(tree) if kind == "ParamRef"), default=0)


def column_name(target):
    """The name of a result column as PostgreSQL derives it from AS or a plain column; None for other expressions."""
    if "name" in target:
        return target["name"]
    value = target["val"]
    while "TypeCast" in value:
        value = value["TypeCast"]["arg"]
    last = value.get("ColumnRef", {}).get("fields", [{}])[-1]
    return last.get("String", {}).get("sval")


def columns(tree):
    """(name, place) of each result column whose name is unique in its statement."""
    kind, node = next(iter(tree.items()))
    while "larg" in node:
        node = node["larg"]
    targets = node.get("targetList" if kind == "SelectStmt" else "returningList", [])
    names = [column_name(target["ResTarget"]) for target in targets]
    return [(name, place) for place, name in enumerate(names) if name and names.count(name) == 1]


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n    ".join(f'"{part}\\n"' for part in escaped.split("\n"))


def write_header(out, path, found):
    guard = f"ORGD_{pathlib.Path(path).parent.name.upper()}_STATEMENTS_H"
    out.write(f"/* The statements of this folder's .sql files; generated. */\n#ifndef {guard}\n#define {guard}\n\n")
    out.write('#include "db/db.h"\n')
    constants = set()
    for name, (comment, sql, _) in found.items():
        tree = tree_of(path, name, sql)
        rows = [(f"parameters_of_{name}", parameters(tree))]
        rows += [(f"{name}_{column}".upper(), place) for column, place in columns(tree)]
        for constant, _ in rows:
            if constant in constants:
                sys.exit(f"{path}: two statements make a constant {constant}; rename one or a column")
            constants.add(constant)
        out.write(f"\n/* {comment.replace('*/', '* /')} */\nextern const struct statement {name};\n")
        out.write("enum { " + ", ".join(f"{constant} = {value}" for constant, value in rows) + " };\n")
    out.write("\n#endif\n")


def main():
    kind, output, *paths = sys.argv[1:]
    found = {}
    for path in sorted(paths):
        for name, comment, sql, revokes in parse(path):
            if name in found:
                sys.exit(f"{path}: statement {name} exists twice")
            found[name] = (comment, sql, revokes)
    with open(output, "w", encoding="utf-8") as out:
        if kind == "header":
            write_header(out, paths[0], found)
            return
        out.write('/* The statements of the .sql files; generated. */\n#include "db/db.h"\n\n')
        for index, (name, (comment, sql, revokes)) in enumerate(found.items()):
            writes = "true" if WRITES.search(re.sub(r"FOR (NO KEY )?UPDATE", "", sql)) else "false"
            out.write(f'const struct statement {name} = {{\n    "{name}",\n    {quoted(comment)[:-3]}",\n    {quoted(sql)},\n')
            out.write(f"    {index}, {writes}, {'true' if revokes else 'false'},\n}};\n\n")
        out.write("const struct statement *const statements[] = {\n")
        for name in found:
            out.write(f"    &{name},\n")
        if not found:
            out.write("    0,\n")
        out.write(f"}};\nconst size_t statement_count = {len(found)};\n")


if __name__ == "__main__":
    main()
