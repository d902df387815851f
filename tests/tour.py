"""The commands of a document, and their documented output."""
import re

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
MARK = "---- end of a block of the tour ----"


def blocks(text):
    """[(commands, their output)] of a part of a document."""
    found = []
    for language, body in FENCED.findall(text):
        if language == "sh":
            found.append((body, ""))
        else:
            assert found and not found[-1][1], "an answer follows no commands"
            found[-1] = (found[-1][0], body)
    return found


def script(commands):
    """All of it as one script that marks where each block ends."""
    return "set -eu\n" + "".join(f"{block}\necho '{MARK}'\n" for block, _ in commands)


def as_pattern(line):
    """`…` stands for some text, and on a line of its own for any lines."""
    return r"(?:[^\n]*\n)*?" if line == "…\n" else re.escape(line).replace(re.escape("…"), r"[^\n]+?")


def compare(commands, done):
    """Checks that each block of the script that `done` ran printed the documented output."""
    printed = done.stdout.split(MARK + "\n")
    for (block, expected), got in zip(commands, printed):
        pattern = "".join(as_pattern(line) for line in expected.splitlines(keepends=True))
        assert re.fullmatch(pattern, got), f"{block}\nprints\n{got}\nand not\n{expected}\n{done.stderr}"
    assert done.returncode == 0, done.stderr
