"""How many sign-in attempts are answered, and the answers after that."""
import client
import pytest
import serving
from signing import PASSWORD, Browser, form

SLOW_DOWN = {"status": "GENERAL_ERROR", "message": "Too many attempts. Please wait before you try again."}


@pytest.fixture(scope="module")
def server():
    made = serving.Server(ORGD_RATE_LIMITS="on").start()
    yield made
    made.close()


@pytest.fixture
def browser(server):
    return Browser(server.url)


def until_refused(call, most):
    """How often a call succeeds before it is refused, with a time to wait."""
    for number in range(most + 1):
        answer = call()
        if "Retry-After" in answer.headers:
            assert 0 < int(answer.headers["Retry-After"]) <= 3600
            return number, answer
    raise AssertionError(f"not refused after {most}")


def test_guessing_a_password(browser, server):
    browser.sign_up("ann@acme.io")
    for _ in range(15):  # the right password does not count
        assert browser.sign_in("ann@acme.io")["status"] == "OK"
    wrong = form(email="Ann@acme.io", password="0ther!Password")
    tries, answer = until_refused(lambda: browser.post("/auth/signin", wrong), 20)
    assert tries == 10 and answer.status_code == 200 and answer.json() == SLOW_DOWN
    assert browser.sign_in("ann@acme.io") == SLOW_DOWN  # now the answer does not reveal whether it was right
    assert browser.sign_up("ann@acme.io", "0ther!Password") == SLOW_DOWN  # the same question on another endpoint
    assert browser.sign_in("bob@acme.io")["status"] == "WRONG_CREDENTIALS_ERROR"


def test_unknown_addresses_are_limited_alike(browser):
    wrong = form(email="nobody@acme.io", password="0ther!Password")
    assert until_refused(lambda: browser.post("/auth/signin", wrong), 20)[0] == 10


def test_asking_for_links(browser):
    tries, answer = until_refused(lambda: browser.post("/auth/user/password/reset/token", form(email="ann@acme.io")), 10)
    assert tries == 5 and answer.json() == SLOW_DOWN


def test_guessing_links(browser):
    body = {"token": "x", **form(password=PASSWORD)}
    tries, answer = until_refused(lambda: browser.post("/auth/user/password/reset", body), 40)
    assert tries == 30 and answer.json() == SLOW_DOWN


def test_signing_up_without_end(browser):
    tries, answer = until_refused(lambda: browser.post("/auth/signup", form(email="ab", password="x")), 60)
    assert 40 < tries <= 50 and answer.json() == SLOW_DOWN


def test_probing_for_existing_addresses(server):
    nobody = client.Api(server.url)
    tries, answer = until_refused(lambda: nobody.post("/auth/discover", {"email": "ann@acme.io"}), 130)
    assert 100 < tries <= 125 and answer.status_code == 429 and answer.json() == {"detail": "Too Many Requests"}
    assert nobody.get("/auth/signup/email/exists?email=ann@acme.io").json() == SLOW_DOWN
