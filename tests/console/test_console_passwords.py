"""The console where people sign in with passwords: signing up and in, invitations, the frame around every page."""
import pytest

SCENARIOS = [
    "signing up lands in one's own organization", "signing out and in again", "the way back is a way within the console",
    "a password is set anew by a link in a mail", "the switchers by keyboard alone",
    "another organization by mouse, and the same page of another project", "an invitation makes a new account a member",
    "an invitation is accepted by who has an account, when they say so",
    "an invitation for somebody else, a withdrawn one, and half a link", "who is removed while looking is taken elsewhere",
    "everything on a screen of 360 pixels", "light and dark", "a sidebar of 236 pixels, or 80", "back, forward and reload anywhere",
    "a server that is slow, and one that fails", "the first load is small, and from nowhere else",
]


@pytest.fixture(scope="module")
def found(run_scenarios):
    return run_scenarios("console_passwords.mjs", ORGD_EMAIL_METHOD="password").outcomes()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, found):
    assert found[name] is None, found[name]


def test_nothing_is_left_out(found):
    assert list(found) == SCENARIOS
