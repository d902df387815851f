"""Rotation of the installation's keys with one command each, without ending a session."""
import os
import subprocess
import time

import client
import pytest
import roles
import serving
import sessions

OLD, NEW, ADMIN = "o" * 40, "n" * 40, "a" * 40


def rotate(server, *arguments, status=0, **variables):
    """Runs `orgd key rotate` for the installation of a server, and returns its output."""
    environment = serving.clean_environment(**{**server.environment, **variables})
    done = subprocess.run([serving.PROGRAM, "key", "rotate", *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def restart(server, **variables):
    assert server.stop() == 0
    server.environment.update(variables)
    return server.start()


@pytest.fixture(scope="module")
def installation():
    """A server with generated keys and a private cluster. Mail stays queued, because no mail server accepts it."""
    server = serving.Server(SMTP_HOST="127.0.0.1", SMTP_PORT="1", SMTP_FROM_EMAIL="orgd@example.com", SMTP_USE_TLS="false",
                            ORGD_EMAIL_METHOD="password").start()
    yield server
    server.close()


def sealed(server):
    """Everything that is stored encrypted."""
    return server.sql("SELECT private_key FROM orgd.signing_keys UNION ALL SELECT fields FROM orgd.outbox WHERE fields <> ''"
                      " UNION ALL SELECT answer FROM orgd.idempotency WHERE answer IS NOT NULL ORDER BY 1")


def test_the_administration_key(installation):
    assert installation.admin("GET", "/admin/access/report").status == 200
    assert "There is a new ORGD_ADMIN_KEY" in rotate(installation, "admin")
    first = (installation.data / "admin-key").read_text(encoding="utf-8").strip()
    restart(installation)
    for key, status in ((first, 200), (installation.auth_key, 401)):
        assert installation.request("GET", "/admin/access/report", headers={"Authorization": f"Access {key}"}).status == status
    rotate(installation, "admin")
    restart(installation)
    second = (installation.data / "admin-key").read_text(encoding="utf-8").strip()
    assert (installation.data / "admin-key").stat().st_mode & 0o777 == 0o600
    for key, status in ((first, 401), (second, 200)):
        assert installation.request("GET", "/admin/access/report", headers={"Authorization": f"Access {key}"}).status == status


def admin_of(server):
    kept = server.data / "admin-key"
    return client.Api(server.url, f"Access {kept.read_text(encoding='utf-8').strip() if kept.exists() else server.auth_key}")


def test_the_key_of_secret_tokens(installation):
    """Tokens signed with the old key work for their remaining 15 minutes; then the key is deleted."""
    person = client.make_accounts(admin_of(installation), "ann")[0]
    old = installation.auth_key
    assert "There is a new AGENTA_AUTH_KEY" in rotate(installation, "auth")
    restart(installation)
    assert installation.auth_key != old

    def status(key):
        api = client.Api(installation.url, f"Secret {client.sign(key, client.claims_of(person))}")
        return api.get("/profile").status_code

    assert (status(old), status(installation.auth_key), status("x" * 64)) == (200, 200, 401)
    assert client.Api(installation.url, f"Access {old}").get("/admin/access/report").status_code == 401
    previous = installation.data / "auth-key.previous"
    os.utime(previous, (time.time() - 17 * 60 + 3, time.time() - 17 * 60 + 3))
    restart(installation)
    serving.wait_for("the old key is refused while the server runs", lambda: status(old) == 401, 10)
    assert status(installation.auth_key) == 200
    restart(installation)
    assert not previous.exists()


def test_rotating_the_key_of_stored_secrets(installation):
    session = sessions.sign_up(installation.url)
    idle = sessions.sign_up(installation.url)
    again = {"Authorization": admin_of(installation).authorization}
    body = {"options": {"idempotency_key": "once"}, "accounts": {"bob": {"user": {"email": "bob-once@example.com"}}}}
    made = installation.request("POST", "/admin/accounts/", body, again)
    assert made.status == 200
    assert client.Api(installation.url).post("/auth/user/password/reset/token", sessions.form(
        email=session.get("/profile").json()["email"])).json()["status"] == "OK"
    serving.wait_for("a mail waits", lambda: installation.sql("SELECT id FROM orgd.outbox WHERE fields <> ''"))
    old, before = installation.crypt_key, sealed(installation)
    assert len(before) >= 3
    assert "There is a new AGENTA_CRYPT_KEY" in rotate(installation, "crypt")
    assert session.get("/profile").status_code == 200
    restart(installation)
    session.url = idle.url = installation.url
    assert installation.crypt_key != old
    assert not set(before) & set(sealed(installation))
    assert "stored secrets were encrypted again" in installation.messages()
    assert session.get("/profile").status_code == 200  # the access token from before
    stale = session.refresh
    assert session.renewed().renewed().get("/profile").status_code == 200
    assert session.renew(stale).status_code == 401  # a replayed token is still detected
    answer = installation.request("POST", "/admin/accounts/", body, again)
    assert (answer.status, answer.body) == (200, made.body)
    # The signing key is encrypted with the new key only, and the old one is kept for sessions that have not refreshed.
    ((kid,),) = installation.sql("SELECT kid FROM orgd.signing_keys")
    sessions.signing_key(lambda text, *parameters: installation.sql(text, parameters), installation.crypt_key, kid)
    assert "is still needed by sessions" in rotate(installation, "crypt", status=3)
    (installation.data / "crypt-key.previous").unlink()
    restart(installation)
    idle.url = installation.url
    assert idle.renew().status_code == 401
    assert installation.messages().count("cannot be opened") == 0


def test_the_keys_that_sign_sessions(installation):
    session = sessions.sign_up(installation.url)
    assert "A new key signs sessions" in rotate(installation, "signing")
    other = sessions.sign_up(installation.url)
    assert other.header["kid"] != session.header["kid"]
    assert session.get("/profile").status_code == 200
    assert session.renewed().header["kid"] == other.header["kid"]
    published = {key["kid"] for key in client.Api(installation.url).get("/auth/jwt/jwks.json").json()["keys"]}
    assert other.header["kid"] in published


def test_secrets_of_agenta_block_the_rotation(installation):
    installation.sql("INSERT INTO secrets (id, kind, data) SELECT gen_random_uuid(), (enum_range(NULL::secretkind_enum))[1], '\\x00'"
                     if installation.sql("SELECT to_regtype('secretkind_enum') IS NOT NULL") == [(True,)] else "SELECT 1")
    if installation.sql("SELECT count(*) FROM secrets") == [(0,)]:
        pytest.skip("this release has another table")
    said = rotate(installation, "crypt", status=3)
    assert "Agenta keeps 1 secrets" in said and "--leave-agenta-secrets" in said
    assert not (installation.data / "crypt-key.previous").exists()
    rotate(installation, "crypt", "--leave-agenta-secrets")
    assert (installation.data / "crypt-key.previous").exists()


@pytest.mark.parametrize("name, said", [("other", "unknown key other; the keys are admin, auth, crypt and signing")])
def test_names(installation, name, said):
    assert said in rotate(installation, name, status=2)


def test_keys_set_by_variables_are_not_rotated(installation):
    said = rotate(installation, "auth", status=3, AGENTA_AUTH_KEY=OLD)
    assert "AGENTA_AUTH_KEY is set by a variable" in said and OLD not in said


# ---- two servers ----

@pytest.fixture(scope="module")
def setup(cluster):
    return roles.maker(cluster)("oss")


@pytest.fixture
def two(setup, make_server):
    """Two servers over named databases, with the old keys."""
    made = [make_server(**setup.variables(AGENTA_AUTH_KEY=OLD, AGENTA_CRYPT_KEY=OLD, ORGD_ADMIN_KEY=ADMIN)).start() for _ in range(2)]
    yield made
    with setup.connect("core", "owner") as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM orgd.signing_keys")


STEPS = [{"ORGD_AUTH_KEY_ACCEPTED": NEW, "ORGD_CRYPT_KEY_ACCEPTED": NEW},
         {"AGENTA_AUTH_KEY": NEW, "AGENTA_CRYPT_KEY": NEW, "ORGD_AUTH_KEY_ACCEPTED": OLD, "ORGD_CRYPT_KEY_ACCEPTED": OLD}]


def at(server, session):
    session.url = server.url
    return session


def test_two_servers_are_rotated_one_after_the_other(setup, two):
    """At each step both serve, whichever keys each of them has, and no session ends."""
    person = client.make_accounts(client.Api(two[0].url, f"Access {ADMIN}"), "ann")[0]
    kept = [sessions.sign_up(server.url) for server in two]
    idle = sessions.sign_up(two[0].url)
    signed_with = OLD
    for step in STEPS:
        for server in two:
            restart(server, **step)
            kept.append(sessions.sign_up(server.url))
            for session in kept:
                for other in two:
                    assert at(other, session).get("/profile").status_code == 200
                # Tabs that refresh one token at both servers at the same time are not thieves.
                first = at(two[0], session).renew()
                second = at(two[1], session).renew()
                assert (first.status_code, second.status_code) == (200, 200)
                assert first.headers["st-refresh-token"] == second.headers["st-refresh-token"]
                session.take(first)
            for key in {signed_with, server.environment["AGENTA_AUTH_KEY"]}:
                token = client.sign(key, client.claims_of(person))
                for other in two:
                    if step is STEPS[1] or key == OLD:
                        assert client.Api(other.url, f"Secret {token}").get("/profile").status_code == 200
    assert "stored secrets were encrypted again" in rotate(two[0], "crypt", "--leave-agenta-secrets")
    for server in two:
        restart(server, ORGD_AUTH_KEY_ACCEPTED=None, ORGD_CRYPT_KEY_ACCEPTED=None)
        assert "cannot be opened" not in server.messages()
    for session in kept:
        assert at(two[1], session).renewed().get("/profile").status_code == 200
    assert at(two[0], idle).renew().status_code == 401
    token = client.sign(OLD, client.claims_of(person))
    assert client.Api(two[0].url, f"Secret {token}").get("/profile").status_code == 401
