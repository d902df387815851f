"""What the tests of the command line share: running the program with a bare environment."""
import os
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("ORGD", str(TREE / "build" / "orgd"))


class Done:
    """What a run left behind."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err


@pytest.fixture
def orgd(tmp_path):
    """Runs the program in an empty folder; variables are those given, and nothing else is in the environment."""
    def run(*arguments, variables=None, stdout=subprocess.PIPE):
        # What a sanitizer is told comes along; it is none of the program's variables.
        environment = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        environment.update(variables or {})
        done = subprocess.run([PROGRAM, *arguments], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, timeout=60)
        return Done(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())
    return run
