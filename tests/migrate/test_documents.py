"""The commands in the documents about upgrading and editions give the documented results."""
import contextlib
import os
import subprocess

import old
import pytest
import scratch
import tour

URI = "postgresql://agenta:secret@db:5432/agenta_oss_"


def follow(document, folder, pair, replace, **environment):
    """Runs all commands of a document in order, as one shell does."""
    commands = tour.blocks((scratch.TREE / "docs" / document).read_text(encoding="utf-8"))
    script = tour.script(commands)
    for old_text, new_text in replace.items():
        assert old_text in script
        script = script.replace(old_text, new_text)
    (folder / "bin").mkdir()
    (folder / "bin" / "orgd").symlink_to(scratch.PROGRAM)
    path = f"{folder / 'bin'}:{scratch.postgres_programs()}:{os.environ['PATH']}"
    done = subprocess.run(["sh"], input=script, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                          env={**pair.environment(), "PATH": path, "AGENTA_LICENSE": "oss", **environment})
    tour.compare(commands, done)
    assert done.stderr == ""


def test_upgrading(make_old, tmp_path):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    follow("upgrading.md", tmp_path, pair, {URI + "core": pair.cluster.uri(pair.core), URI + "tracing": pair.cluster.uri(pair.tracing)})
    assert old.rows(pair) == before[0][1] and old.state(pair)[1] == before[1]


@pytest.fixture
def agenta_cluster():
    """A server of its own, with the host name `postgres` and the default port, a user `agenta` and the databases of the open edition."""
    address = "127.61.2.7"
    cluster = scratch.Cluster(address)
    with contextlib.closing(cluster.connect("postgres")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE ROLE agenta SUPERUSER LOGIN")
    yield cluster, address
    cluster.stop()


def test_editions(agenta_cluster, tmp_path):
    cluster, address = agenta_cluster
    pair = cluster.pair()
    pair.core, pair.tracing = "agenta_oss_core", "agenta_oss_tracing"
    cluster.create(pair.core, pair.tracing)
    pair.run("migrate", "up")
    databases = pair.sql("SELECT datname FROM pg_database ORDER BY 1")
    follow("editions.md", tmp_path, pair, {URI + "core": cluster.uri(pair.core), URI + "tracing": cluster.uri(pair.tracing)},
           PGHOSTADDR=address)
    assert pair.sql("SELECT datname FROM pg_database ORDER BY 1") == databases
