"""Shared by the checks: the files of the tree, and the form of a finding."""
import fnmatch
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def listed():
    """Every path of the tree: those that git tracks or would track, or without git all but hidden and built ones."""
    git = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                         cwd=ROOT, capture_output=True, text=True)
    if git.returncode == 0:
        return git.stdout.split("\0")
    paths = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not re.match(r"\.|build|__pycache__|node_modules|orgd-data", name)]
        paths += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return paths


def files(*patterns):
    """Paths from the root of the files that match one of the patterns, in which * also matches folders."""
    return [name for name in sorted(set(listed())) if os.path.isfile(os.path.join(ROOT, name))
            and any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8", newline="") as file:
        return file.read()


def script_language(name):
    """The interpreter that the first line names ("sh", "python3"), or ""."""
    with open(os.path.join(ROOT, name), "rb") as file:
        first = file.readline(200).decode("utf-8", "replace")
    found = re.match(r"#!\s*(?:/usr/bin/env\s+)?(\S+)", first)
    return os.path.basename(found.group(1)) if found else ""


def without_comments(text, strings=False):
    """C source with comments, and with `strings` also literals, blanked out; offsets and lines stay."""
    def blank(found):
        token = found.group(0)
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        return token[0] + " " * (len(token) - 2) + token[-1] if strings else token
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Findings:
    """Prints `file:line: sentence`, and ends the check with status 1 if there was any."""

    def __init__(self):
        self.count = 0

    def add(self, name, line, sentence):
        self.count += 1
        print(f"{name}:{line}: {sentence}")

    def end(self):
        sys.exit(1 if self.count else 0)
