"""Whose attempts are counted behind a reverse proxy: the client's if the proxy is trusted, else the proxy's own."""
import client
import pytest
import serving

TRIES = 30  # RESET_ATTEMPT_CLIENT of src/policy/limits.def


@pytest.fixture(scope="module")
def server():
    made = serving.Server(ORGD_RATE_LIMITS="on", ORGD_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8").start()
    yield made
    made.close()


def is_refused(server, forwarded):
    """Whether one more attempt of a client behind a proxy is refused."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    body = {"token": "x", "formFields": [{"id": "password", "value": "Str0ng!pass1"}]}
    answer = client.Api(server.url).post("/auth/user/password/reset", body, headers=headers)
    assert answer.status_code == 200, answer.text
    return "Retry-After" in answer.headers


def use_up(server, forwarded):
    for _ in range(TRIES + 1):
        if is_refused(server, forwarded):
            return
    raise AssertionError("there is no limit")


def test_each_client_has_its_own_attempts(server):
    use_up(server, "192.0.2.1")
    assert is_refused(server, "192.0.2.1")
    assert not is_refused(server, "192.0.2.2")
    # the client's own claims do not count, nor do trusted proxies on the way
    assert is_refused(server, "203.0.113.9, 192.0.2.1")
    assert is_refused(server, "203.0.113.9, 192.0.2.1, 10.1.2.3")
    assert not is_refused(server, "192.0.2.1, 192.0.2.3")


def test_without_the_field_the_proxy_is_the_client(server):
    use_up(server, None)
    assert is_refused(server, "nonsense")
    assert not is_refused(server, "192.0.2.4")


def test_an_untrusted_proxy_is_ignored(make_server):
    server = make_server(ORGD_RATE_LIMITS="on").start()
    use_up(server, "192.0.2.1")
    assert is_refused(server, "192.0.2.2") and is_refused(server, None)


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "proxy.acme.io"])
def test_a_malformed_network_refuses_the_start(make_server, entry):
    status, said = make_server(ORGD_TRUSTED_PROXIES=f"127.0.0.1,{entry}").refused()
    assert status == 2
    assert f"ORGD_TRUSTED_PROXIES: {entry} is neither an address nor a network like 10.0.0.0/8" in said
