"""`orgd import logins`: imported users sign in with their old password; other logins are reported."""
import base64
import hashlib
import json
import os
import uuid

import argon2
import bcrypt
import pytest
import serving

PASSWORD = "Old!Passw0rd"
OUTCOMES = ["taken", "known", "refreshed", "conflict", "no_hash", "unusable", "without_account", "mixed_case", "ambiguous"]


def bcrypt_of(password, variant="2a", cost=11):
    salt = bcrypt.gensalt(cost, b"2b")
    return bcrypt.hashpw(password.encode(), salt).decode().replace("$2b$", f"${variant}$")


def argon2_of(password, kind=argon2.Type.ID, memory=8192, passes=1, lanes=1, version=19):
    return argon2.low_level.hash_secret(password.encode(), os.urandom(16), passes, memory, lanes, 32, kind, version).decode()


HASHES = {
    "bcrypt 2a, as it comes": lambda password: bcrypt_of(password),
    "bcrypt 2b": lambda password: bcrypt_of(password, "2b", 4),
    "bcrypt 2y": lambda password: bcrypt_of(password, "2y", 4),
    "argon2id": lambda password: argon2_of(password),
    "argon2id of several lanes": lambda password: argon2_of(password, memory=87795, passes=1, lanes=2),
    "argon2i": lambda password: argon2_of(password, argon2.Type.I, 512, 3, 4),
    "argon2d": lambda password: argon2_of(password, argon2.Type.D, 512, 3),
    "argon2id of the old version": lambda password: argon2_of(password, version=16),
}
FIREBASE = "$f_scrypt$" + base64.b64encode(hashlib.sha256(b"x").digest()).decode() + "$salt$m=14$r=8$s=Bw=="


def run(pair, logins, *more, **settings):
    return json.loads(pair.run("import", "logins", "--from", logins.uri, "--json", *more, **settings)[0])


def counts(report):
    assert list(report) == ["dry_run", *OUTCOMES, "notes"]
    return {name: report[name] for name in OUTCOMES if report[name]}


@pytest.fixture
def core(pair):
    """A core database of this version."""
    pair.run("migrate", "up")
    return pair


@pytest.fixture
def serve(core, make_server):
    """Starts a server over the core database."""
    def start(**settings):
        environment = {name: value for name, value in core.environment().items() if name.startswith(("AGENTA_", "POSTGRES_"))}
        return make_server(**environment, **settings).start()
    return start


def sign_in(server, email, password=PASSWORD):
    answer = server.request("POST", "/auth/signin", {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": password}]})
    assert answer.status == 200, answer
    return answer.json


def test_imported_users_sign_in_with_their_old_password(core, logins, serve):
    people = {f"person{number}@acme.io": (kind, logins.password(f"person{number}@acme.io", make(PASSWORD)))
              for number, (kind, make) in enumerate(HASHES.items())}
    account = str(uuid.uuid4())
    core.sql("INSERT INTO users (id, uid, email, username) VALUES (%s, %s, 'person0@acme.io', 'person0')",
             (account, people["person0@acme.io"][1]))
    assert counts(run(core, logins)) == {"taken": len(HASHES), "without_account": len(HASHES) - 1}
    server = serve()
    for email, (kind, login) in people.items():
        assert sign_in(server, email, "Wrong!Passw0rd") == {"status": "WRONG_CREDENTIALS_ERROR"}, kind
        for _ in range(2):  # with the old hash, then with the new one
            answer = sign_in(server, email.upper())
            assert answer["status"] == "OK" and answer["user"]["id"] == login, kind
            assert answer["user"]["timeJoined"] == 1781269865123
    assert core.sql("SELECT count(*) FROM orgd.logins WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%%'") == [(len(HASHES),)]
    assert core.sql("SELECT id::text, uid FROM users WHERE email = 'person0@acme.io'") == [(account, people["person0@acme.io"][1])]
    assert core.sql("SELECT count(*) FROM users") == [(len(HASHES),)]


def test_imported_proofs_of_addresses(core, logins):
    """Codes and providers prove; a password only if it was in use together with one of them, so that both stay in use."""
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.social("ann@acme.io", "google", "1234")
    logins.password("bob@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.code("carol@acme.io")
    run(core, logins)
    assert core.sql("SELECT email, method FROM orgd.logins WHERE proven_at = created_at ORDER BY 1, 2") == [
        ("ann@acme.io", "emailpassword"), ("ann@acme.io", "thirdparty"), ("carol@acme.io", "passwordless")]
    assert core.sql("SELECT email FROM orgd.logins WHERE proven_at IS NULL") == [("bob@acme.io",)]


def test_an_import_can_be_repeated(core, logins):
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.code("ann@acme.io")
    logins.social("ann@acme.io", "google", "1234")
    before = core.sql("SELECT count(*) FROM orgd.logins")
    dry = run(core, logins, "--dry-run")
    assert dry["dry_run"] is True and counts(dry) == {"taken": 3, "without_account": 1}
    assert core.sql("SELECT count(*) FROM orgd.logins") == before == [(0,)]
    assert counts(run(core, logins)) == counts(dry)
    stored = core.sql("SELECT * FROM orgd.logins ORDER BY id")
    assert counts(run(core, logins)) == {"known": 3, "without_account": 1}
    assert core.sql("SELECT * FROM orgd.logins ORDER BY id") == stored
    assert [row[1:5] for row in sorted(stored, key=lambda row: row[1])] == [
        ("emailpassword", "ann@acme.io", None, None), ("passwordless", "ann@acme.io", None, None),
        ("thirdparty", "ann@acme.io", "google", "1234")]


def test_a_password_changed_on_the_other_server_is_updated(core, logins, serve):
    """Until the first sign-in here, the other server's password counts; after that ours."""
    logins.password("ann@acme.io", bcrypt_of("First!Passw0rd", cost=4))
    logins.password("bob@acme.io", bcrypt_of(PASSWORD, cost=4))
    run(core, logins)
    server = serve()
    assert sign_in(server, "bob@acme.io")["status"] == "OK"
    logins.sql("UPDATE emailpassword_users SET password_hash = %s", (bcrypt_of("Second!Passw0rd", cost=4),))
    assert counts(run(core, logins)) == {"refreshed": 1, "known": 1, "without_account": 1}
    assert sign_in(server, "ann@acme.io", "Second!Passw0rd")["status"] == "OK"
    assert sign_in(server, "bob@acme.io")["status"] == "OK"


def test_logins_that_cannot_be_imported_unchanged(core, logins):
    taken = logins.password("taken@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.password("fire@acme.io", FIREBASE)
    logins.password("costly@acme.io", "$2a$31$" + "a" * 53)
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.password("odd@acme.io", bcrypt_of(PASSWORD, cost=4), user_id="not-a-uuid")
    logins.password("a user name", bcrypt_of(PASSWORD, cost=4))
    logins.code(None, phone_number="+4912345")
    logins.social("bob@acme.io", "github", "1")
    core.sql("INSERT INTO orgd.logins (id, method, email) VALUES (gen_random_uuid(), 'emailpassword', 'ann@acme.io')")
    core.sql("INSERT INTO orgd.logins (id, method, email, provider, subject)"
             " VALUES (gen_random_uuid(), 'thirdparty', 'eve@acme.io', 'github', '1')")
    core.sql("INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'Taken@Acme.io'), (gen_random_uuid(), 'Ann@acme.io'),"
             " (gen_random_uuid(), 'ann@acme.io'), (gen_random_uuid(), 'Nobody@acme.io')")
    report = run(core, logins)
    assert counts(report) == {"taken": 1, "no_hash": 2, "conflict": 2, "unusable": 3, "without_account": 3, "mixed_case": 1,
                              "ambiguous": 1}
    told = {(note["outcome"], note["email"]) for note in report["notes"]}
    assert told >= {("no_hash", "fire@acme.io"), ("no_hash", "costly@acme.io"), ("conflict", "ann@acme.io"),
                    ("conflict", "bob@acme.io"), ("unusable", "odd@acme.io"), ("unusable", "a user name"),
                    ("without_account", "fire@acme.io"), ("mixed_case", "Taken@Acme.io"), ("ambiguous", "Ann@acme.io")}
    assert core.sql("SELECT id::text FROM orgd.logins WHERE password_hash IS NOT NULL") == [(taken,)]
    out, _ = core.run("import", "logins", "--from", logins.uri)
    assert "fire@acme.io" in out and "       1  here already\n" not in out


def test_a_hash_that_cannot_be_checked_is_reset(core, logins, serve):
    logins.password("fire@acme.io", FIREBASE)
    run(core, logins)
    server = serve()
    assert sign_in(server, "fire@acme.io") == {"status": "WRONG_CREDENTIALS_ERROR"}
    answer = server.request("POST", "/auth/signup", {"formFields": [
        {"id": "email", "value": "fire@acme.io"}, {"id": "password", "value": PASSWORD}]})
    assert answer.json["status"] == "SIGN_UP_NOT_ALLOWED"  # the request does not prove that the address is theirs


def test_older_versions(core, logins):
    """Without columns and tables that were added later."""
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.social("ann@acme.io", "google", "1234")
    for table in ("emailpassword_users", "thirdparty_users"):
        logins.sql(f"ALTER TABLE {table} DROP COLUMN app_id")
    logins.sql("DROP TABLE passwordless_users, userid_mapping")
    assert counts(run(core, logins)) == {"taken": 2, "without_account": 1}


def test_other_apps_are_left_alone(core, logins):
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4), app_id="other")
    assert counts(run(core, logins)) == {"taken": 1, "without_account": 1}


def test_mapped_ids(core, logins):
    login = logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    mapped = str(uuid.uuid4())
    logins.sql("INSERT INTO userid_mapping (supertokens_user_id, external_user_id) VALUES (%s, %s)", (login, mapped))
    run(core, logins)
    assert core.sql("SELECT id::text FROM orgd.logins") == [(mapped,)]


def test_many(core, logins):
    """More than are fetched at once."""
    logins.sql("INSERT INTO passwordless_users (user_id, email, time_joined)"
               " SELECT gen_random_uuid(), 'person' || n || '@acme.io', n FROM generate_series(1, 1501) AS n")
    assert counts(run(core, logins)) == {"taken": 1501, "without_account": 1501}


def test_refusals(core, logins, cluster, make_pair):
    def refused(status, *arguments, pair=core, **settings):
        return pair.run("import", "logins", *arguments, status=status, **settings)[1]
    assert "--from" in refused(2)
    assert "has no logins" in refused(3, "--from", cluster.uri("postgres"))
    said = refused(3, "--from", "postgresql://u:s3cret@127.0.0.1:1/logins")
    assert "login database" in said and "s3cret" not in said
    assert "bring it up to date" in refused(3, "--from", logins.uri, pair=make_pair())
    assert "0  imported" in core.run("import", "logins", POSTGRES_URI_SUPERTOKENS=logins.uri)[0]


def test_a_failure_changes_nothing(core, logins):
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    logins.social("bob@acme.io", "google", "1")
    core.sql("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$")
    core.sql("CREATE TRIGGER fail BEFORE INSERT ON orgd.logins FOR EACH ROW WHEN (NEW.method = 'thirdparty') EXECUTE FUNCTION fail()")
    _, said = core.run("import", "logins", "--from", logins.uri, status=3)
    assert "the disk is full" in said
    assert core.sql("SELECT count(*) FROM orgd.logins") == [(0,)]


def test_import_with_a_running_server(make_server, logins):
    """With the private cluster of a running server."""
    server = make_server().start()
    logins.password("ann@acme.io", bcrypt_of(PASSWORD, cost=4))
    done = serving.subprocess.run([serving.PROGRAM, "import", "logins", "--from", logins.uri], cwd=server.folder, check=False,
                                  env=serving.clean_environment(ORGD_DATA_DIR=str(server.data)), capture_output=True, text=True)
    assert done.returncode == 0 and "1  imported" in done.stdout, done.stderr
    assert sign_in(server, "ann@acme.io")["status"] == "OK"
