"""Turns the dumps in chains/shapes into one C file, deflated.

usage: shapes2c.py OUTPUT FILE.txt...
"""
import pathlib
import sys
import zlib


def main():
    output, *paths = (pathlib.Path(argument) for argument in sys.argv[1:])
    out = ["/* Generated from chains/shapes by tools/shapes2c.py. */", '#include "migrate/expected_schemas.h"', ""]
    rows = []
    for path in sorted(paths):
        text = path.read_bytes()
        data = zlib.compress(text, 9)
        out.append(f"static const unsigned char {path.stem}[] = {{")
        out += ["    " + ", ".join(str(byte) for byte in data[at:at + 24]) + "," for at in range(0, len(data), 24)]
        out.append("};")
        rows.append(f'    {{"{path.stem}", {path.stem}, sizeof {path.stem}, {len(text)}}},')
    out += ["", "const struct shape shapes[] = {", *rows, "};", "const size_t shape_count = sizeof shapes / sizeof shapes[0];"]
    output.write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
