"""Limits that cannot be used to lock a user out: whose attempts are refused, shared counters, and the fallback without the database."""
import contextlib
import re
import time
import urllib.request

import client
import pytest
import serving
import sessions
from signing import PASSWORD, address, form

WRONG = "0ther!Password"
BEHIND = {"ORGD_RATE_LIMITS": "on", "ORGD_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="module")
def limited(sibling):
    """A server with limits, behind a proxy: tests choose the client address."""
    made = sibling(**BEHIND, ORGD_METRICS_LISTEN=f"127.0.0.1:{serving.unused_port()}").start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def other(sibling):
    """A second one over the same databases."""
    made = sibling(**BEHIND).start()
    yield made
    made.close()


@pytest.fixture
def email(limited, sql):
    """The address of a new user with a password, whose hash is cheap: attempts are refilled while tests run."""
    email = address("owner")
    assert sign(limited, email, PASSWORD, f"203.0.113.{len(email)}", "/auth/signup") == "OK"
    sql("UPDATE orgd.logins SET password_hash = %s WHERE email = %s", sessions.HASH, email)
    return email


def ask(server, path, body, origin):
    return client.Api(server.url).post(path, body, headers={"X-Forwarded-For": origin})


def sign(server, email, password, origin, path="/auth/signin"):
    """OK, WRONG, or the seconds to wait."""
    answer = ask(server, path, form(email=email, password=password), origin)
    if "Retry-After" in answer.headers:
        return int(answer.headers["Retry-After"])
    return {"OK": "OK", "WRONG_CREDENTIALS_ERROR": "WRONG"}[answer.json()["status"]]


def guess(server, email, origin, times):
    """The number of guesses that were processed."""
    return sum(sign(server, email, WRONG, origin) == "WRONG" for _ in range(times))


def metric(server, name):
    url = f"http://{server.environment['ORGD_METRICS_LISTEN']}/metrics"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return float(re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.M).group(1))


def pass_time(sql, seconds):
    """Moves the counters back by the given seconds; refusals are cached for half a second."""
    sql("UPDATE orgd.rate_limits SET full_at = full_at - make_interval(secs => %s)", seconds)
    time.sleep(0.6)


def test_a_network_that_guesses_keeps_only_itself_out(limited, email):
    refused = metric(limited, 'orgd_limits_refused_total{limit="SIGN_IN_NETWORK"}')
    for minute in range(3):
        assert guess(limited, email, f"192.0.2.{minute}", 15) == (10 if minute == 0 else 0)
        assert sign(limited, email, PASSWORD, "192.0.2.77") in range(1, 31)  # of the same network
        assert sign(limited, email, PASSWORD, "198.51.100.1") == "OK"
    assert metric(limited, 'orgd_limits_refused_total{limit="SIGN_IN_NETWORK"}') >= refused + 35


def test_attempts_are_refilled_one_by_one(limited, email, sql):
    assert guess(limited, email, "192.0.2.1", 12) == 10
    pass_time(sql, 31)
    assert guess(limited, email, "192.0.2.1", 5) == 1
    pass_time(sql, 300)
    assert guess(limited, email, "192.0.2.1", 12) == 10


def test_many_networks_together_do_not_lock_the_owner_out(limited, email, sql):
    """However many guess, each network has one attempt in five minutes; the owner's network too."""
    looked_at = [guess(limited, email, f"10.{number}.0.1", 5) for number in range(12)]
    assert sum(looked_at) <= 30 + 2 + 12 and looked_at[-4:] == [1, 1, 1, 1]
    assert sign(limited, email, PASSWORD, "198.51.100.1") == "OK"
    assert sign(limited, email, PASSWORD, "198.51.100.1") == "OK"  # a success does not count
    assert sign(limited, email, WRONG, "198.51.100.1") == "WRONG"
    assert sign(limited, email, PASSWORD, "198.51.100.1") in range(1, 301)
    pass_time(sql, 30)  # and then the address has one attempt again, which somebody uses
    assert guess(limited, email, "10.13.0.1", 3) == 2
    sql("UPDATE orgd.rate_limits SET full_at = full_at - interval '270 s' WHERE limited = 'SIGN_IN_SPARE'")
    time.sleep(0.6)
    assert sign(limited, email, PASSWORD, "198.51.100.1") == "OK"


def test_servers_share_their_counters(limited, other, email):
    assert guess(limited, email, "192.0.2.1", 5) == 5
    assert guess(other, email, "192.0.2.1", 8) == 5
    assert sign(limited, email, PASSWORD, "192.0.2.1") in range(1, 31)


def test_both_servers_together_allow_no_extra_attempt(limited, other, email):
    results = serving.in_parallel(24, lambda index: sign((limited, other)[index % 2], email, WRONG, "192.0.2.1"))
    assert results.count("WRONG") == 10, results


def test_unknown_addresses_are_limited_alike(limited):
    unknown = address("nobody")
    assert guess(limited, unknown, "192.0.2.1", 12) == 10
    assert sign(limited, unknown, WRONG, "198.51.100.1") == "WRONG"


def test_wrong_links_do_not_block_the_right_one(limited, email, sql):
    """The limit is checked after the link was looked up."""
    for _ in range(35):
        ask(limited, "/auth/user/password/reset", {"token": "x", **form(password=PASSWORD)}, "192.0.2.1")
    wrong = ask(limited, "/auth/user/password/reset", {"token": "x", **form(password=PASSWORD)}, "192.0.2.1")
    assert "Retry-After" in wrong.headers
    (login,), = sql("SELECT id FROM orgd.logins WHERE email = %s", email)
    sql("INSERT INTO orgd.password_resets (token_hash, login_id, proves, expires_at)"
        " VALUES (sha256('right'), %s, false, now() + interval '1 hour')", login)
    right = ask(limited, "/auth/user/password/reset", {"token": "right", **form(password="An0ther!pass")}, "192.0.2.1")
    assert right.json() == {"status": "OK"}


def test_link_requests_from_other_networks(limited):
    """One network does not use up the links of an address."""
    unknown = address("nobody")

    def link(origin):
        return "Retry-After" not in ask(limited, "/auth/user/password/reset/token", form(email=unknown), origin).headers

    assert [link("192.0.2.1") for _ in range(7)] == [True] * 5 + [False] * 2
    assert link("198.51.100.1")


def test_a_full_table_frees_no_limited_subject(sibling, email, sql):
    """More subjects than slots share counters, and a limited subject stays limited."""
    with contextlib.closing(sibling(**BEHIND)) as crowded:
        crowded.start()
        assert guess(crowded, email, "192.0.2.1", 12) == 10
        sql("INSERT INTO orgd.rate_limits SELECT sha256(i::text::bytea), 'SIGN_IN_NETWORK', 300, now() + interval '300 s'"
            " FROM generate_series(1, 66000) AS i")
        try:
            time.sleep(5.1)  # until it is swept again
            strangers = [address("stranger") for _ in range(60)]
            for stranger in strangers:
                assert sign(crowded, stranger, WRONG, "192.0.2.200") in ("WRONG", *range(1, 301))
            (own,), = sql("SELECT count(*) FROM orgd.rate_limits WHERE limited = 'SIGN_IN_NETWORK' AND length(key) = 16")
            (shared,), = sql("SELECT count(*) FROM orgd.rate_limits WHERE limited = 'SIGN_IN_NETWORK' AND get_byte(key, 0) = 255"
                             " AND get_byte(key, 1) = 255 AND get_byte(key, 2) = 255 AND length(key) > 16")
            assert 1 <= shared <= 256 and own < 300
            assert guess(crowded, email, "192.0.2.1", 12) < 10
        finally:
            sql("DELETE FROM orgd.rate_limits")


def test_without_the_table_each_server_counts_by_itself(limited, email, sql):
    before = metric(limited, "orgd_limits_fallback_total")
    sql("ALTER TABLE orgd.rate_limits RENAME TO away")
    try:
        assert guess(limited, email, "192.0.2.1", 12) == 10
        assert sign(limited, email, PASSWORD, "198.51.100.1") == "OK"
        assert metric(limited, "orgd_limits_fallback_total") >= before + 13
        assert metric(limited, "orgd_limits_in_memory") == 1
    finally:
        sql("ALTER TABLE orgd.away RENAME TO rate_limits")
    assert guess(limited, email, "192.0.2.1", 1) == 1  # starts again
    assert metric(limited, "orgd_limits_in_memory") == 0
    assert "the database counts attempts again" in limited.messages()


def test_counters_that_are_full_are_removed(limited, sql):
    guess(limited, address("nobody"), "192.0.2.1", 2)
    pass_time(sql, 7200)
    time.sleep(5.1)
    guess(limited, address("nobody"), "192.0.2.1", 1)
    assert len(sql("SELECT FROM orgd.rate_limits")) <= 6
