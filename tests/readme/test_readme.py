"""The commands of the README's tour print the documented output, and everything that the documents link to exists."""
import pathlib
import re
import subprocess

import pytest
import serving
import tour

TREE = serving.TREE
README = TREE / "README.md"


def test_the_tour_prints_the_output_of_the_readme(folder, make_server):
    server = make_server(folder=folder, ORGD_DATA_DIR=str(folder / "orgd-data")).start()
    (folder / "build").mkdir()
    (folder / "build" / "orgd").symlink_to(serving.PROGRAM)
    commands = tour.blocks(README.read_text(encoding="utf-8").split("\n## A tour\n")[1].split("\n## ")[0])
    assert len(commands) >= 6, "the tour has lost its blocks"
    script = tour.script(commands)
    assert "127.0.0.1:8000" in script
    done = subprocess.run(["sh"], input=script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}"), cwd=folder,
                          env=serving.clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=120)
    tour.compare(commands, done)
    assert done.stderr == ""


def test_make_has_the_commands_of_the_documents():
    targets = set(re.findall(r"^([a-z-]+):", (TREE / "Makefile").read_text(encoding="utf-8"), re.M))
    for document in documents():
        named = re.findall(r"(?:^    |`)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.M)
        assert set(named) <= targets, f"{document.name} names a target that the Makefile does not have"


def test_the_modules_of_the_readme_exist():
    table = README.read_text(encoding="utf-8").split("\n## The tree\n")[1]
    places = [place for line in table.splitlines() if line.startswith("| `")
              for place in re.findall(r"`([^`]+)`", line.split("|")[1])]
    assert len(places) > 5
    assert [place for place in places if not (TREE / place).is_dir()] == []
    missing = [path.name for path in sorted((TREE / "src").iterdir())
               if path.is_dir() and f"src/{path.name}/" not in places]
    assert missing == [], "modules that the README does not place"


def documents():
    return [TREE / name for name in subprocess.run(
        ["git", "ls-files", "*.md"], cwd=TREE, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()]


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(pathlib.Path(path).relative_to(TREE)))
def test_links_have_targets(document):
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []
