"""The console when the server requires a recent sign-in, and the deletion of all keys."""
import pytest

SCENARIOS = ["a change asks for the password and then continues", "cancelling changes nothing, and a new sign-in allows the change",
             "all keys are deleted at once"]
AGE = "6"


@pytest.fixture(scope="module")
def found(run_scenarios):
    return run_scenarios("console_reauthentication.mjs", environment={"AGE": AGE}, ORGD_REAUTHENTICATION_AGE=AGE, SMTP_HOST=None,
                         SMTP_PORT=None, SMTP_FROM_EMAIL=None).outcomes()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name, found):
    assert found[name] is None, found[name]


def test_nothing_is_left_out(found):
    assert list(found) == SCENARIOS
