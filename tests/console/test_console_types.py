"""The console compiles against the API that the built program describes, not only against the copy in the tree."""
import os
import shutil
import subprocess

import serving

CONSOLE = serving.TREE / "console"


def test_the_console_fits_the_api(console, tmp_path):
    shutil.copytree(CONSOLE / "src", tmp_path / "src")
    shutil.copy(CONSOLE / "tsconfig.json", tmp_path)
    os.symlink(CONSOLE / "node_modules", tmp_path / "node_modules")
    description = subprocess.run([serving.PROGRAM, "openapi"], capture_output=True, check=True, env=serving.clean_environment()).stdout
    (tmp_path / "openapi.json").write_bytes(description)
    for command in (["openapi-typescript/bin/cli.js", "openapi.json", "-o", "src/api/schema.ts"], ["typescript/bin/tsc", "--noEmit", "--pretty", "false"]):
        done = subprocess.run(["node", f"node_modules/{command[0]}", *command[1:]], cwd=tmp_path, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "/projects" in (tmp_path / "src" / "api" / "schema.ts").read_text(encoding="utf-8")
