#!/usr/bin/python3
"""Turns the modules' .sql files into C: one table of named statements.

A statement begins with a line `-- name: what it does`, may have further comment lines (one of them `-- revokes`),
and ends with a semicolon at the end of a line.

usage: sql2c.py source|header OUTPUT FILE.sql...
"""
import re
import sys

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


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n    ".join(f'"{part}\\n"' for part in escaped.split("\n"))


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
            out.write("/* The statements of the .sql files; generated. */\n#ifndef ORGD_STATEMENTS_H\n#define ORGD_STATEMENTS_H\n\n")
            out.write('#include "db/db.h"\n\n')
            for name, (comment, _, _) in found.items():
                out.write(f"/* {comment.replace('*/', '* /')} */\nextern const struct statement {name};\n")
            out.write("\n#endif\n")
            return
        out.write('/* The statements of the .sql files; generated. */\n#include "statements.h"\n\n')
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
