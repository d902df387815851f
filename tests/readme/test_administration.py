"""The commands in the document on administration print the documented output."""
import subprocess

import serving
import tour


def test_the_commands_of_the_document(folder, make_server):
    server = make_server(folder=folder, ORGD_DATA_DIR=str(folder / "orgd-data")).start()
    (folder / "build").mkdir()
    (folder / "build" / "orgd").symlink_to(serving.PROGRAM)
    commands = tour.blocks((serving.TREE / "docs" / "administration.md").read_text(encoding="utf-8"))
    script = tour.script(commands)
    assert len(commands) >= 10 and "127.0.0.1:8000" in script
    done = subprocess.run(["sh"], input=script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}"), cwd=folder,
                          env=serving.clean_environment(ORGD_DATA_DIR=str(folder / "orgd-data")), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)
    tour.compare(commands, done)
    assert done.stderr == ""
