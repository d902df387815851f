#!/usr/bin/python3
"""Turns the mail templates into C: NAME.txt (its first line is the subject, then an empty line) and NAME.html.

usage: mail2c.py OUTPUT NAME.txt NAME.html ...
"""
import pathlib
import re
import sys

FIELD = re.compile(r"\{\{([a-z]+)\}\}")


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n     ".join(f'"{line}\\n"' for line in escaped.rstrip("\n").split("\n"))


def main():
    output, *paths = sys.argv[1:]
    texts = {}
    for path in map(pathlib.Path, paths):
        text = path.read_text(encoding="utf-8")
        if re.search(r"\{\{|\}\}", FIELD.sub("", text)):
            sys.exit(f"{path}: a field is written {{{{name}}}}, in small letters")
        texts.setdefault(path.stem, {})[path.suffix] = text
    rows = []
    for name, parts in sorted(texts.items()):
        if set(parts) != {".txt", ".html"}:
            sys.exit(f"{name}: there must be a .txt and a .html")
        subject, empty, text = parts[".txt"].split("\n", 2)
        if empty or not subject:
            sys.exit(f"{name}.txt: the first line is the subject, the second one is empty")
        rows.append(f'    {{"{name}", "{subject}",\n     {quoted(text)},\n     {quoted(parts[".html"])}}},\n')
    pathlib.Path(output).write_text('/* The mail templates; generated. */\n#include "mail/template.h"\n\n'
                                    "const struct mail_template mail_templates[] = {\n" + "".join(rows) + "    {0},\n};\n",
                                    encoding="utf-8")


main()
