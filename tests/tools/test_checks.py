"""Each rule of `make check` finds its problems, and nothing in clean files."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

CLEAN = {
    "src/base/text.c": '/* Texts. */\n#include "base/text.h"\n\n/* free(x) in a comment, */\nint one(void)\n{\n'
                       '    return puts("malloc(1)") + text_free(2) + it->free(3);\n}\n',
    "src/base/text.h": "/* Texts. */\nint one(void);\n",
    "src/policy/signin_rules.c": '/* Rules. */\n#include "errors.def"\n#include "policy/signin_rules.sql.h"\n#include "db/db.h"\n',
    "src/policy/signin_rules.sql": "-- rule_one: a rule\nSELECT count(*) FROM rules WHERE id = $1 AND name = $2;\n\n"
                            "-- rule_low: finds it\nSELECT id FROM rules WHERE lower(name COLLATE \"C\") = $1;\n\n"
                            "-- rule_off: switches it off\n-- revokes\nDELETE FROM rules WHERE id = $1;\n",
    "chains/core/10-rules.sql": "-- Rules.\nCREATE TABLE rules (id uuid PRIMARY KEY);\nSELECT * FROM rules;\n",
    "CONTRIBUTING.md": "# Contributing\n\n| The row is no" "ne. |\n",
    "docs/README.md": "| a " + 50 * "wide " + "|\n\n    " + 50 * "wide " + "end\n",
    "tools/go.sh": '#!/bin/sh\n# Goes.\necho "$1"\n',
}

# check, file, its text, and the place and text of the finding
VIOLATIONS = [
    ("includes", "src/base/bad.c", '/* Bad. */\n#include "db/db.h"\n', "src/base/bad.c:2: base may not include db"),
    ("includes", "src/main.c", '/* Main. */\n#include "enterprise/roles.h"\n', "src/main.c:2: program may not include"),
    ("includes", "src/db/bad.c", '/* Bad. */\n#include "../base/text.h"\n', "src/db/bad.c:2: include"),
    ("includes", "src/db/bad.c", '/* Bad. */\n#include "db.h"\n', 'src/db/bad.c:2: "db.h" is not a path from src'),
    ("includes", "src/admin/bad.c", '/* Bad. */\n#include "account/statements.h"\n', "src/admin/bad.c:2: admin may not include account/statements.h"),
    ("includes", "src/novel/bad.c", "/* Bad. */\n", "src/novel/bad.c:1: the module novel"),
    ("includes", "src/db/text.c", "/* Text. */\n", "src/db/text.c:1: src/base/text.c has the same name"),
    ("documents", "src/db/bad.c", "/* Bad. */\n/* As ABSENT" ".md 3.2 says. */\n", "src/db/bad.c:2: ABSENT" ".md is not in the tree"),
    ("documents", "docs/README.md", "[More](absent" ".md)\n", "docs/README.md:1: absent" ".md is not in the tree"),
    ("documents", "docs/README.md", "Good.\n" + 20 * "words " + "\n", "docs/README.md:2: has 120 columns"),
    ("banned", "src/db/bad.c", "/* Bad. */\nvoid f(char *a)\n{\n    strcpy (a, a);\n}\n", "src/db/bad.c:4: strcpy"),
    ("banned", "src/db/bad.c", "/* Bad. */\nvoid f(char *a)\n{\n    free(a);\n}\n", "src/db/bad.c:4: free"),
    ("banned", "src/http/bad.c", "/* Bad. */\nvoid *r = PQexec(c, q);\n", "src/http/bad.c:2: PQexec"),
    ("banned", "tests/unit/bad.c", "/* Bad. */\nint n = atoi(s);\n", "tests/unit/bad.c:2: atoi"),
    ("comments", "src/db/bad.c", "int one;\n/* Bad. */\n", "src/db/bad.c:1: begins without"),
    ("comments", "src/db/bad.c", "/*  */\nint one;\n", "src/db/bad.c:1: begins without"),
    ("comments", "src/db/bad.c", "/* Bad. */\n" + "\n" * 600, "src/db/bad.c:600: has 601 lines"),
    ("comments", "tools/bad", "#!/bin/sh\nset -e\n", "tools/bad:1: begins without"),
    ("comments", "tools/bad.py", "import os\n", "tools/bad.py:1: begins without"),
    ("words", "docs/README.md", "Good.\nTO" "DO: more\n", "docs/README.md:2: TO" "DO"),
    ("words", "docs/README.md", "See /ho" "me/ann/notes.\n", "docs/README.md:1: /ho" "me/ann"),
    ("words", "docs/README.md", "Good. \n", "docs/README.md:1: has blanks"),
    ("words", "docs/README.md", "Good.\nNo end", "docs/README.md:2: the last line"),
    ("words", "src/db/bad.c", "/* Bad. */\n/* The row is\n * no" "ne. */\n", "src/db/bad.c:2: is no" "ne: say what it is"),
    ("words", "tests/test_bad.py", '"""Bad."""\ndef test_who' 'ever_asks():\n    pass\n', "tests/test_bad.py:2: who" "ever"),
    ("sql", "src/policy/bad.sql", "-- bad_one: x\nSELEC 1;\n", "src/policy/bad.sql:2: does not parse"),
    ("sql", "src/policy/bad.sql", "-- bad_one:\nSELECT 1;\n", "src/policy/bad.sql:1: bad_one needs"),
    ("sql", "src/policy/bad.sql", "SELECT 1;\n", "src/policy/bad.sql:1: a statement needs"),
    ("sql", "src/policy/bad.sql", "-- bad_one: x\nSELECT 1;\nSELECT 2;\n", "src/policy/bad.sql:1: bad_one is 2"),
    ("sql", "src/policy/bad.sql", "-- bad_one: x\nSELECT t.* FROM t;\n", "src/policy/bad.sql:1: bad_one selects *"),
    ("sql", "src/policy/bad.sql", "-- bad_one: x\nDELETE FROM t;\n", "src/policy/bad.sql:1: bad_one has"),
    ("sql", "src/policy/bad.sql", "-- bad_one: x\nSELECT $2;\n", "src/policy/bad.sql:1: bad_one leaves"),
    ("sql", "src/policy/bad.sql", "-- bad_one: x\nSELECT lower($1::text);\n", "src/policy/bad.sql:1: bad_one has lower() or upper()"),
    ("sql", "src/policy/bad.sql", "-- rule_one: x\nSELECT 1;\n", "rule_one is the name of"),
    ("sql", "chains/core/20-bad.sql", "-- Bad.\nCREATE TABLE a (b int);\nCREATE TABEL c;\n",
     "chains/core/20-bad.sql:3: does not parse"),
    ("shell", "tools/bad.sh", "#!/bin/sh\n# Bad.\necho $1\n", "tools/bad.sh:3:"),
    ("shell", "tools/bad.py", '"""Bad."""\ndef one(:\n', "tools/bad.py:2: is not Python"),
    ("format", "src/db/bad.c", "/* Bad. */\nint one( void );\n", "src/db/bad.c:2: is not laid out"),
]
CHECKS = ["banned", "comments", "documents", "includes", "shell", "sql", "words"]


@pytest.fixture
def tree(tmp_path):
    """A small clean tree that contains the checks."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copytree(os.path.join(ROOT, "tools", "check"), tmp_path / "tools" / "check")
    shutil.copy(os.path.join(ROOT, "tools", "banned-words.txt"), tmp_path / "tools")
    shutil.copy(os.path.join(ROOT, ".clang-format"), tmp_path)
    write(tmp_path, CLEAN)
    return tmp_path


def write(tree, files):
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(tree, check):
    return subprocess.run(["/usr/bin/python3", "-B", tree / "tools" / "check" / check], capture_output=True, text=True)


@pytest.mark.parametrize("check", CHECKS)
def test_a_clean_tree_has_no_findings(tree, check):
    done = run(tree, check)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("check,name,text,finding", VIOLATIONS)
def test_each_check_finds_its_example(tree, check, name, text, finding):
    write(tree, {name: text})
    done = run(tree, check)
    assert done.returncode == 1 and not done.stderr
    assert any(line.startswith(finding) or finding in line for line in done.stdout.splitlines()), done.stdout


@pytest.mark.skipif(not os.path.exists(os.path.join(ROOT, "console", "node_modules")), reason="the console was never built here")
def test_types(tree):
    shutil.copy(os.path.join(ROOT, "tools", "install-node"), tree / "tools")
    write(tree, {"console/src/good.ts": "// Good.\nexport const one: number = 1;\n"})
    for name in ("package-lock.json", "tsconfig.json"):
        shutil.copy(os.path.join(ROOT, "console", name), tree / "console")
    os.symlink(os.path.join(ROOT, "console", "node_modules"), tree / "console" / "node_modules")
    done = run(tree, "types")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    write(tree, {"console/src/bad.ts": "// Bad.\nexport const two: number = null;\n"})
    done = run(tree, "types")
    assert done.returncode == 1 and done.stdout.startswith("console/src/bad.ts:2: TS2322: "), done.stdout


def test_packages_are_printed_for_unprivileged_users():
    with tempfile.TemporaryDirectory() as folder:
        # Readable by the user nobody, which root becomes here, like pytest's own folders.
        os.chmod(folder, 0o755)
        tree = pathlib.Path(folder)
        (tree / "tools").mkdir()
        shutil.copy(os.path.join(ROOT, "tools", "install-packages"), tree / "tools")
        write(tree, {"packaging/packages.txt": "# list\nrun dpkg it\nrun no-such-package-here what for\n"})
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
        done = subprocess.run([*nobody, tree / "tools" / "install-packages", "run"], text=True, capture_output=True)
    assert done.returncode == 1
    assert done.stderr == ("Some packages are missing; install them as root with: "
                           "apt-get update && apt-get install --no-install-recommends no-such-package-here\n")


def test_the_quick_tests_exist():
    for line in pathlib.Path(ROOT, "tests/quick.txt").read_text(encoding="utf-8").splitlines():
        path, _, name = line.split("#")[0].strip().partition("::")
        if path:
            assert f"\ndef {name}" in pathlib.Path(ROOT, path).read_text(encoding="utf-8"), line
