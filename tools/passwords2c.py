#!/usr/bin/python3
"""Turns the list of common passwords into C: sorted and front-coded in blocks, for binary search.

usage: passwords2c.py OUTPUT LIST.txt.xz

Each word of a block is two bytes and a text: the number of bytes that it shares with the word before it, the number of bytes that
follow, and these bytes. The first word of a block shares none.
"""
import lzma
import os.path
import pathlib
import sys

BLOCK = 16


def encode(words):
    data, starts, before = bytearray(), [], b""
    for number, word in enumerate(words):
        if number % BLOCK == 0:
            starts.append(len(data))
            before = b""
        shared = len(os.path.commonprefix([before, word]))
        data += bytes([shared, len(word) - shared]) + word[shared:]
        before = word
    return data, starts


def main():
    output, path = sys.argv[1:]
    words = lzma.open(path).read().splitlines()
    if words != sorted(set(words)) or any(word != word.lower() or len(word) > 127 for word in words):
        sys.exit(f"{path}: words must be sorted, different, in small letters, and have at most 127 bytes")
    data, starts = encode(words)
    lines = ['#include "policy/common_passwords.h"', "const unsigned char common_password_data[] ="]
    for at in range(0, len(data), 64):
        lines.append('    "' + "".join(f"\\{byte:03o}" for byte in data[at:at + 64]) + '"')
    lines[-1] += ";"
    lines.append("const unsigned common_password_blocks[] = {" + ",".join(map(str, starts + [len(data)])) + "};")
    lines.append(f"const size_t common_password_block_count = {len(starts)};")
    pathlib.Path(output).write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
