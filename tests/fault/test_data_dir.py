"""The data directory: made for one orgd and one user; every other case is refused with one sentence."""
import os
import pathlib
import pwd
import re
import socket
import stat
import subprocess

import pytest
import serving

as_root = pytest.mark.skipif(not serving.ROOT, reason="only root can try this")


def one_sentence(said):
    """The last message of orgd: a single line."""
    lines = [line for line in said.splitlines() if line.startswith("orgd: ")]
    assert len(lines) == 1, said
    return lines[0]


@pytest.fixture
def plain(folder):
    """A server that ends before it makes a cluster, because its port is in use."""
    taken = socket.create_server(("127.0.0.1", 0))
    server = serving.Server(folder=folder, ORGD_LISTEN="127.0.0.1:%d" % taken.getsockname()[1])
    yield server
    taken.close()


def test_a_port_in_use_is_reported_before_anything_is_created(plain):
    status, said = plain.refused()
    assert status == 3
    assert plain.environment["ORGD_LISTEN"] in one_sentence(said)
    assert not (plain.data / "postgresql").exists()


def test_files_of_the_data_directory(plain):
    plain.refused()
    assert stat.S_IMODE(plain.data.stat().st_mode) == 0o700
    assert (plain.data / "orgd.id").read_text(encoding="utf-8") == "orgd data directory, format 1\n"
    for key in ("auth-key", "crypt-key"):
        assert re.fullmatch(r"[0-9a-f]{64}\n", (plain.data / key).read_text(encoding="utf-8"))
        assert stat.S_IMODE((plain.data / key).stat().st_mode) == 0o600


def test_keys_are_kept(plain):
    plain.refused()
    before = [(plain.data / key).read_bytes() for key in ("auth-key", "crypt-key")]
    plain.refused()
    assert [(plain.data / key).read_bytes() for key in ("auth-key", "crypt-key")] == before
    assert before[0] != before[1]


def test_configured_keys_are_not_written(plain):
    plain.refused(AGENTA_AUTH_KEY="a" * 16, AGENTA_CRYPT_KEY="b" * 40)
    assert not (plain.data / "auth-key").exists()
    assert not (plain.data / "crypt-key").exists()


@pytest.mark.parametrize("name", ["AGENTA_AUTH_KEY", "AGENTA_CRYPT_KEY", "ORGD_ADMIN_KEY"])
@pytest.mark.parametrize("value, why", [("replace-me", "is the well-known default"), ("fifteen-letters", "is shorter than 16")])
def test_weak_keys_are_refused(plain, name, value, why):
    status, said = plain.refused(**{name: value})
    assert status == 3
    assert f"{name} {why}" in one_sentence(said)
    assert "fifteen-letters" not in said


def test_weak_keys_in_development(plain):
    _, said = plain.refused(AGENTA_AUTH_KEY="replace-me", ORGD_DEVELOPMENT="true")
    assert "accepted because ORGD_DEVELOPMENT is on" in said
    assert plain.environment["ORGD_LISTEN"] in one_sentence(said)


def test_damaged_key(plain):
    plain.refused()
    (plain.data / "auth-key").write_text("", encoding="utf-8")
    status, said = plain.refused()
    assert status == 3
    assert "auth-key is damaged" in one_sentence(said)


def test_a_foreign_directory_is_refused(plain):
    plain.data.mkdir()
    (plain.data / "thesis.txt").write_text("years of work", encoding="utf-8")
    before = plain.data.stat()
    status, said = plain.refused()
    assert status == 3
    assert "is not empty and was not made by orgd" in one_sentence(said)
    assert [entry.name for entry in plain.data.iterdir()] == ["thesis.txt"]
    after = plain.data.stat()
    assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)


def test_an_empty_directory_is_used(plain):
    plain.data.mkdir(mode=0o755)
    plain.refused()
    assert (plain.data / "orgd.id").exists()
    assert stat.S_IMODE(plain.data.stat().st_mode) == 0o700


def test_killed_between_lock_and_mark(plain):
    plain.data.mkdir(mode=0o700)
    (plain.data / "orgd.lock").write_text("1\n", encoding="utf-8")
    plain.refused()
    assert (plain.data / "orgd.id").exists()


def test_a_directory_of_a_newer_program_is_refused(plain):
    plain.refused()
    (plain.data / "orgd.id").write_text("orgd data directory, format 2\n", encoding="utf-8")
    status, said = plain.refused()
    assert status == 3
    assert "was made by a newer orgd (format 2, this one knows 1)" in one_sentence(said)


def test_a_file(plain):
    plain.data.write_text("", encoding="utf-8")
    status, said = plain.refused()
    assert status == 3
    assert "it is not a directory" in one_sentence(said)


def test_folder_missing(plain):
    status, said = plain.refused(ORGD_DATA_DIR=str(plain.folder / "no" / "such" / "place"))
    assert status == 3
    assert "cannot be made because its folder cannot be used" in one_sentence(said)


def test_a_second_server_on_the_directory_is_refused(make_server):
    first = make_server().start()
    second = serving.Server(folder=first.folder)
    status, said = second.refused()
    assert status == 3
    assert f"Another orgd (process {first.pid}) uses the data directory {first.data}" in one_sentence(said)
    assert first.is_ready()


@as_root
def test_root_becomes_an_ordinary_user(make_server):
    server = make_server().start()
    owner = serving.POSTGRES
    for pid in (server.pid, server.postmaster):
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        assert re.search(rf"^Uid:\s+{owner.pw_uid}\s+{owner.pw_uid}\s+{owner.pw_uid}\s+{owner.pw_uid}$", status, re.M)
        assert re.search(rf"^Gid:\s+{owner.pw_gid}\s+{owner.pw_gid}\s+{owner.pw_gid}\s+{owner.pw_gid}$", status, re.M)
        assert re.search(r"^Groups:\s*$", status, re.M)
        assert re.search(r"^CapPrm:\s+0+$", status, re.M)
    assert {entry.stat().st_uid for entry in server.data.iterdir()} == {owner.pw_uid}


@pytest.fixture
def divided(make_server):
    """A server as one user, and its PostgreSQL as another."""
    return make_server(ORGD_RUN_AS="nobody", AGENTA_AUTH_KEY="the-key-in-the-environment").start()


def parent_of(pid):
    return int(re.search(r"^PPid:\s+(\d+)$", pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8"), re.M).group(1))


def users_of(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    assert re.search(r"^Groups:\s*$", status, re.M) and re.search(r"^CapPrm:\s+0+$", status, re.M)
    return set(re.search(r"^Uid:\s+(.*)$", status, re.M).group(1).split())


@as_root
def test_postgresql_as_another_user(divided):
    keeper = parent_of(divided.postmaster)
    assert users_of(divided.pid) == {str(pwd.getpwnam("nobody").pw_uid)}
    assert users_of(divided.postmaster) == users_of(keeper) == {str(serving.POSTGRES.pw_uid)}
    assert parent_of(keeper) == divided.pid
    assert divided.sql("select current_user") == [("orgd",)]
    assert "so its superuser can read the keys" not in divided.messages()


@as_root
def test_the_superuser_of_postgresql_reads_no_keys(divided):
    """Neither in a file nor in a process: full control of the database gives no access to the installation's keys."""
    keeper = parent_of(divided.postmaster)
    assert "PG_VERSION" in divided.superuser_sql("select string_agg(f, ' ') from pg_ls_dir('.') f")[0][0]
    for path in (divided.data / "crypt-key", f"/proc/{divided.pid}/environ", f"/proc/{keeper}/environ", f"/proc/{keeper}/mem"):
        with pytest.raises(serving.psycopg2.Error, match="Permission denied"):
            divided.superuser_sql(f"select pg_read_file('{path}')")
    for command in (f"cat {divided.data}/crypt-key", f"ls {divided.data}", f"touch {divided.data}/x", f"mv {divided.data}/crypt-key /tmp",
                    f"kill -9 {divided.pid}"):
        with pytest.raises(serving.psycopg2.Error, match="failed"):
            divided.superuser_sql(f"copy (select 1) to program '{command}'")
    assert divided.is_ready()


@as_root
def test_orgd_reads_no_files_of_postgresql(divided):
    with serving.acting_as(pwd.getpwnam("nobody").pw_uid), pytest.raises(PermissionError):
        list((divided.data / "cluster" / "postgresql").iterdir())


@as_root
def test_orgd_ends_when_the_process_that_runs_postgresql_is_killed(divided):
    """orgd cannot start that process again, so it ends, and its supervisor restarts it."""
    postmaster = divided.postmaster
    os.kill(parent_of(postmaster), 9)
    assert divided.process.wait(10) == 3
    assert "the process that runs PostgreSQL" in divided.messages()
    divided.start()
    assert serving.gone(postmaster)
    assert divided.is_ready()


@as_root
def test_a_directory_of_one_user_is_divided(make_server):
    """As earlier versions made it, with its data."""
    server = make_server(ORGD_RUN_AS="postgres").start()
    assert "so its superuser can read the keys" in server.messages()
    server.sql("create table kept as select 1 as x")
    key = server.auth_key
    assert server.stop() == 0
    server.start(ORGD_RUN_AS="nobody")
    assert server.sql("select x from kept") == [(1,)]
    assert server.auth_key == key
    nobody, postgres = pwd.getpwnam("nobody").pw_uid, serving.POSTGRES.pw_uid
    assert {entry.name: entry.lstat().st_uid for entry in server.data.iterdir()} == {
        "orgd.id": nobody, "orgd.lock": nobody, "auth-key": nobody, "crypt-key": nobody, "cluster": postgres,
        "postgresql": nobody, "postgresql.log": nobody, ".s.PGSQL.5432": nobody}
    assert {entry.stat().st_uid for entry in (server.data / "cluster").rglob("*")} == {postgres}
    assert not stat.S_IMODE(server.data.stat().st_mode) & 0o067
    status = [serving.PROGRAM, "migrate", "status", "--exit-code"]
    environment = serving.clean_environment(ORGD_DATA_DIR=str(server.data), ORGD_RUN_AS="nobody")
    for _ in ("next to it", "without it"):
        done = subprocess.run(status, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        if server.process.poll() is None:
            assert server.stop() == 0
    assert not server.postmaster


@as_root
def test_a_directory_used_without_root_stays_undivided(folder, make_server):
    """As under a unit with User=: root runs a command, and the unit starts as before."""
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    server = make_server(folder=folder, user=nobody, ORGD_RUN_AS="nobody").start()
    assert server.stop() == 0
    done = subprocess.run([serving.PROGRAM, "migrate", "status", "--exit-code"], env=serving.clean_environment(
        ORGD_DATA_DIR=str(server.data), ORGD_RUN_AS="nobody"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (server.data / "cluster").exists()
    assert server.start().is_ready()


@as_root
def test_a_divided_directory_needs_root(divided):
    assert divided.stop() == 0
    divided.user = pwd.getpwnam("nobody")
    os.chown(divided.folder, divided.user.pw_uid, divided.user.pw_gid)
    status, said = divided.refused()
    assert status == 3
    assert "belongs to postgres: start orgd as root" in one_sentence(said)


@as_root
def test_a_second_one_leaves_a_divided_directory_alone(divided):
    second = serving.Server(folder=divided.folder, ORGD_RUN_AS="nobody")
    status, said = second.refused()
    assert status == 3
    assert f"Another orgd (process {divided.pid}) uses the data directory" in one_sentence(said)
    assert divided.is_ready()


@as_root
def test_another_user_by_name(make_server):
    server = make_server(ORGD_RUN_AS="nobody").start()
    assert server.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert server.is_ready()


@as_root
def test_an_ordinary_user(folder, make_server):
    os.chown(folder, serving.POSTGRES.pw_uid, serving.POSTGRES.pw_gid)
    server = make_server(folder=folder, user=serving.POSTGRES).start()
    assert server.is_ready()


@as_root
def test_root_is_given_up_with_named_databases_too(folder, make_server):
    named = {"POSTGRES_URI_CORE": "postgresql://127.0.0.1:1/core", "POSTGRES_URI_TRACING": "postgresql://127.0.0.1:1/tracing"}
    server = make_server(folder=folder, **named).start()
    users = pathlib.Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    assert re.search(r"^Uid:(\t%d){4}$" % serving.POSTGRES.pw_uid, users, re.M)
    assert server.data.stat().st_uid == serving.POSTGRES.pw_uid


@as_root
def test_unknown_user(plain):
    status, said = plain.refused(ORGD_RUN_AS="no-such-user")
    assert status == 3
    assert "There is no user `no-such-user` to run as" in one_sentence(said)
    assert not plain.data.exists()


@as_root
def test_root_is_no_ordinary_user(plain):
    status, said = plain.refused(ORGD_RUN_AS="root")
    assert status == 3
    assert "PostgreSQL does not run as root" in one_sentence(said)


@as_root
def test_of_another_user(plain):
    plain.data.mkdir(mode=0o700)
    os.chown(plain.data, 65534, 65534)
    status, said = plain.refused()
    assert status == 3
    assert "belongs to nobody" in one_sentence(said)


@as_root
def test_explicit_and_out_of_reach(plain):
    plain.folder.chmod(0o700)
    status, said = plain.refused()
    assert status == 3
    assert f"The user postgres, as whom orgd runs, may not enter {plain.folder}" in one_sentence(said)
    assert not plain.data.exists()


@as_root
def test_default_and_out_of_reach(plain):
    """As in a checkout under /root: the default place for such data is used instead, and reported."""
    elsewhere = pathlib.Path("/var/lib/orgd")
    if elsewhere.exists():
        pytest.skip("/var/lib/orgd is in use on this machine")
    plain.folder.chmod(0o700)
    try:
        _, said = plain.refused(ORGD_DATA_DIR=None)
        assert "so the data directory is /var/lib/orgd" in said
        assert elsewhere.stat().st_uid == serving.POSTGRES.pw_uid
    finally:
        serving.shutil.rmtree(elsewhere, ignore_errors=True)


@as_root
def test_not_writable(folder):
    owner = serving.POSTGRES
    os.chown(folder, 0, 0)
    server = serving.Server(folder=folder, user=owner)
    status, said = server.refused()
    assert status == 3
    assert "cannot be made (Permission denied): choose another one with ORGD_DATA_DIR" in one_sentence(said)


@as_root
def test_read_only_file_system(plain):
    """An existing directory is mounted read-only, if mounting is allowed."""
    plain.refused()
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", str(plain.data), str(plain.data)], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(plain.data)], check=True)
        status, said = plain.refused()
        assert status == 3
        assert re.search(r"cannot be (written to|used).*Read-only file system", one_sentence(said))
    finally:
        subprocess.run(["umount", str(plain.data)], check=True)


@as_root
@pytest.mark.parametrize("size", ["12m", "24m"])
def test_full_disk(folder, size):
    """During the creation: the message names the reason, and an incomplete directory does not count as complete."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    logs = serving.make_folder()
    try:
        server = serving.Server(folder=logs, ORGD_DATA_DIR=str(folder / "data"))
        status, said = server.refused()
        assert status == 3
        assert "No space left on device" in one_sentence(said)
        assert not (folder / "data" / "postgresql").exists()
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        serving.shutil.rmtree(logs)


@as_root
def test_directory_of_root_is_handed_over(plain):
    """As after root has restored a backup."""
    plain.refused()
    key = (plain.data / "auth-key").read_bytes()
    for entry in [plain.data, *plain.data.iterdir()]:
        os.chown(entry, 0, 0)
    plain.refused()
    assert {entry.stat().st_uid for entry in [plain.data, *plain.data.iterdir()]} == {serving.POSTGRES.pw_uid}
    assert (plain.data / "auth-key").read_bytes() == key


# ---- on the way to it ----

STRANGER = 65534


@as_root
@pytest.mark.skipif("address" in os.environ.get("SANITIZE", ""), reason="the sanitizer reads memory")
def test_memory_is_private(folder):
    """Another process of orgd's user sees neither the environment, where keys may be, nor the memory."""
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    server = serving.Server(folder, user=user).start()
    try:
        limits = pathlib.Path(f"/proc/{server.pid}/limits").read_text(encoding="utf-8")
        assert re.search(r"^Max core file size +0 ", limits, re.M)
        for name in ("environ", "mem"):
            with serving.acting_as(user.pw_uid), pytest.raises(PermissionError):
                open(f"/proc/{server.pid}/{name}", "rb")  # noqa: SIM115
    finally:
        server.close()


@pytest.fixture
def shared(folder):
    """A folder like /tmp."""
    folder.chmod(0o1777)
    return folder


@as_root
def test_a_data_directory_behind_another_users_link(shared, plain):
    """A user who can write to the folder must not decide where the keys and the database are."""
    elsewhere = shared / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, plain.data)
    os.lchown(plain.data, STRANGER, STRANGER)
    assert re.search(f"data on the way to it belongs to another user \\({STRANGER}\\)", one_sentence(plain.refused()[1]))
    assert not list(elsewhere.iterdir())
    os.lchown(plain.data, 0, 0)
    assert "cannot be trusted" not in plain.refused()[1] and (elsewhere / "orgd.id").exists()


@as_root
def test_a_link_of_another_user_in_the_path(shared, plain):
    there = shared / "there"
    there.mkdir()
    os.symlink(there, shared / "way")
    os.lchown(shared / "way", STRANGER, STRANGER)
    for path in (shared / "way" / "data", shared / "there" / ".." / "way" / "data", shared / "in" / "data"):
        if path.parent.name == "in":
            os.symlink("way", shared / "in")
        assert "cannot be trusted" in one_sentence(plain.refused(ORGD_DATA_DIR=str(path))[1]), path
    assert not list(there.iterdir())


@as_root
def test_a_link_in_a_folder_of_another_user(folder, plain):
    """Started by root, orgd would give an empty directory of root to its own user."""
    home, elsewhere = folder / "home", folder / "elsewhere"
    for made in (home, home / "real", elsewhere):
        made.mkdir()
    os.chown(home, STRANGER, STRANGER)
    os.symlink(elsewhere, home / "link")  # a link of root, too, could be another one in a moment
    for path in (home / "link", home / "link" / "data"):
        assert f"is a link in a folder of another user ({STRANGER})" in one_sentence(plain.refused(ORGD_DATA_DIR=str(path))[1])
    assert elsewhere.stat().st_uid == 0 and not list(elsewhere.iterdir())
    os.symlink(home / "real", folder / "own")  # a link of root in a folder of root
    assert "cannot be trusted" not in plain.refused(ORGD_DATA_DIR=str(folder / "own" / "data"))[1]


@as_root
def test_a_folder_of_another_user_in_the_path(shared, plain):
    (shared / "theirs").mkdir()
    os.chown(shared / "theirs", STRANGER, STRANGER)
    assert "theirs on the way to it belongs to another user" in one_sentence(plain.refused(ORGD_DATA_DIR=str(shared / "theirs" / "data"))[1])


@as_root
def test_a_folder_in_which_everybody_may_replace_it(folder, plain):
    plain.refused()
    folder.chmod(0o777)
    assert "everybody may replace data in its folder" in one_sentence(plain.refused()[1])
    folder.chmod(0o755)
    assert "cannot be trusted" not in plain.refused()[1]
