"""Fixtures for the command line: run the program with an empty environment."""
import os
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("ORGD", str(TREE / "build" / "orgd"))


class Done:
    """The result of a run."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err


@pytest.fixture
def orgd(tmp_path):
    """Runs the program in an empty folder, with only the given variables in its environment."""
    def run(*arguments, variables=None, stdout=subprocess.PIPE):
        # The options of sanitizers are passed on; they are not variables of the program.
        environment = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        environment.update(variables or {})
        done = subprocess.run([PROGRAM, *arguments], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, timeout=60)
        return Done(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())
    return run
