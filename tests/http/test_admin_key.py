"""The administration key: guesses are limited, and without a key of its own the administration is closed."""
import client
import pytest
import serving

TRIES = 20


@pytest.fixture(scope="module")
def server():
    """A server with an empty key, which trusts its proxy about client addresses."""
    server = serving.Server(AGENTA_AUTH_KEY="", ORGD_RATE_LIMITS="on", ORGD_TRUSTED_PROXIES="127.0.0.1").start()
    yield server
    server.close()


def from_client(server, address, authorization):
    """The API as a client of its own sees it."""
    api = client.Api(server.url, authorization)
    api.session.headers["X-Forwarded-For"] = address
    return api


def test_guesses_are_limited(server):
    admin = from_client(server, "192.0.2.1", f"Access {server.auth_key}")
    wrong = from_client(server, "192.0.2.1", "Access wrong")
    for _ in range(TRIES + 5):  # the right key does not count
        assert admin.get("/admin/access/report").status_code == 200
    for _ in range(TRIES):
        answer = wrong.post("/admin/accounts/", {})
        assert (answer.status_code, answer.json()) == (401, client.UNAUTHORIZED)
    answer = wrong.get("/admin/access/report")
    assert (answer.status_code, answer.json()) == (429, {"detail": "Too Many Requests"})
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    # Nobody can block the right key.
    assert admin.get("/admin/access/report").status_code == 200
    assert wrong.get("/profile").status_code == 401
    assert wrong.get("/health").status_code == 200
    assert from_client(server, "192.0.2.2", admin.authorization).get("/admin/access/report").status_code == 200


def test_requests_without_a_key_use_up_no_attempts(server):
    nobody = from_client(server, "192.0.2.3", None)
    for _ in range(TRIES + 5):
        assert nobody.post("/admin/accounts/", {}).status_code == 401
    assert from_client(server, "192.0.2.3", f"Access {server.auth_key}").post("/admin/accounts/", {}).status_code == 200


def test_without_a_key_a_random_one_is_made(server):
    assert len(server.auth_key) >= 32
    for guess in ("replace-me", "", "None", "null"):
        answer = from_client(server, "192.0.2.4", f"Access {guess}").post("/admin/accounts/", {})
        assert (answer.status_code, answer.json()) == (401, client.UNAUTHORIZED)


def test_the_key_is_in_no_log(server):
    from_client(server, "192.0.2.5", f"Access {server.auth_key}").ok("POST", "/admin/accounts/", {})
    from_client(server, "192.0.2.5", "Access a-guess-that-is-wrong").post("/admin/accounts/", {})
    assert server.auth_key not in server.messages()
    assert "a-guess-that-is-wrong" not in server.messages()


@pytest.mark.parametrize("key", ["replace-me", "s3cret"])
def test_a_well_known_key_is_refused(key, make_server):
    """A server with such a key has no administration; the log gives the reason."""
    status, said = make_server(AGENTA_AUTH_KEY=key).refused()
    assert status == 3
    assert "AGENTA_AUTH_KEY" in said and key not in said


@pytest.fixture(scope="module")
def divided():
    """A server with an administration key of its own."""
    server = serving.Server(ORGD_ADMIN_KEY="a" * 40).start()
    yield server
    server.close()


def test_a_key_of_its_own(divided):
    """AGENTA_AUTH_KEY still signs secret tokens, and no longer opens the administration."""
    admin = client.Api(divided.url, "Access " + "a" * 40)
    assert admin.get("/admin/access/report").status_code == 200
    answer = client.Api(divided.url, f"Access {divided.auth_key}").get("/admin/access/report")
    assert (answer.status_code, answer.json()) == (401, client.UNAUTHORIZED)
    person = client.make_accounts(admin, "ann")[0]
    token = client.sign(divided.auth_key, client.claims_of(person))
    assert person.using(f"Secret {token}").get("/profile").status_code == 200
    forged = client.sign("a" * 40, client.claims_of(person))
    assert person.using(f"Secret {forged}").get("/profile").status_code == 401


def test_a_kept_key_of_its_own(make_server):
    """A file with the other keys has the same effect as the variable."""
    server = make_server().start()
    assert server.admin("GET", "/admin/access/report").status == 200
    assert server.stop() == 0
    owner = (server.data / "auth-key").stat()
    (server.data / "admin-key").write_text("k" * 40 + "\n", encoding="utf-8")
    serving.os.chown(server.data / "admin-key", owner.st_uid, owner.st_gid)
    server.start()
    assert server.admin("GET", "/admin/access/report").status == 401
    answer = server.request("GET", "/admin/access/report", headers={"Authorization": "Access " + "k" * 40})
    assert answer.status == 200
