"""The settings of the console without mail: organizations, members, projects, keys, the account."""
import pytest

SCENARIOS = [
    "an organization is made, renamed and deleted", "two fast clicks create one organization",
    "two users at the same time: invited, role changed, removed", "a role lost while a dialog is open",
    "invitations are sent again and withdrawn, and refusals are shown",
    "ownership is transferred, and the previous owner leaves", "projects",
    "a key is shown once, works, and is refused when it is deleted", "the account: name, sessions, password",
    "the settings on a screen of 360 pixels, with members and very long names",
]


@pytest.fixture(scope="module")
def found(run_scenarios):
    return run_scenarios("console_settings.mjs", SMTP_HOST=None, SMTP_PORT=None, SMTP_FROM_EMAIL=None).outcomes()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, found):
    assert found[name] is None, found[name]


def test_nothing_is_left_out(found):
    assert list(found) == SCENARIOS
