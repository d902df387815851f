"""The settings of the console, where no mail is sent: organizations, members, projects, keys, the account."""
import pytest

SCENARIOS = [
    "an organization is made, renamed and deleted", "two clicks of one moment make one",
    "two people at once: invited, given another role, removed", "a role that is taken away while a dialog is open",
    "invitations are sent again and withdrawn, and the server's words are shown",
    "ownership is transferred, and the one who was owner leaves", "projects",
    "a key is shown once, works, and is refused when it is deleted", "the account: name, sessions, password",
    "the settings on a screen of 360 pixels, with people in them and names without an end",
]


@pytest.fixture(scope="module")
def found(run_scenarios):
    return run_scenarios("console_settings.mjs", SMTP_HOST=None, SMTP_PORT=None, SMTP_FROM_EMAIL=None).outcomes()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, found):
    assert found[name] is None, found[name]


def test_nothing_is_left_out(found):
    assert list(found) == SCENARIOS
