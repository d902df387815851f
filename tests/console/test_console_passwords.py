"""The console with sign-in by password: sign-up, sign-in, invitations, the frame around every page."""
import pytest

SCENARIOS = [
    "signing up opens the user's own organization", "signing out and in again", "the return path stays within the console",
    "a password is reset by a mailed link", "the switchers by keyboard alone",
    "another organization by mouse, and the same page of another project", "an invitation makes a new account a member",
    "an invited user with an account joins only after confirming",
    "an invitation for another address, a withdrawn one, and an incomplete link", "a removed user is taken to another organization",
    "everything on a screen of 360 pixels", "light and dark", "a sidebar of 236 pixels, or 80", "back, forward and reload anywhere",
    "a server that is slow, and one that fails", "the first load is small and comes from this server only",
]


@pytest.fixture(scope="module")
def found(run_scenarios):
    return run_scenarios("console_passwords.mjs", ORGD_EMAIL_METHOD="password").outcomes()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, found):
    assert found[name] is None, found[name]


def test_nothing_is_left_out(found):
    assert list(found) == SCENARIOS
