"""The console with sign-in by code and at a provider, with closed sign-up, and with expiring sessions."""
import sys

import pytest
import serving

sys.path.insert(0, str(serving.TREE / "tests" / "http"))
from identity_providers import Provider  # noqa: E402

SCENARIOS = {
    "codes": ["signing up and in with a code", "after too many wrong codes a new code is needed",
              "a pending invitation is shown and accepted in the switcher", "signing in at a provider",
              "an unexpected return from a provider is refused"],
    "sessions": ["an expired token is renewed without interruption", "two tabs refresh tokens that expire at the same time",
                 "signing out in one tab ends the other", "after its session was ended elsewhere, a page leads to sign-in and back"],
    "closed": ["without an invitation, the page explains the refusal before and after an attempt",
               "without an organization, the page explains why and what to do"],
}


@pytest.fixture(scope="module")
def found(run_scenarios, free_port):
    """The results by script. The scripts run in parallel, because most of their time is waiting."""
    port = free_port()
    provider = Provider(f"http://localhost:{port}/auth/callback/oidc")
    runs = {
        "codes": run_scenarios("console_codes.mjs", port=port, ORGD_OIDC_ISSUER=provider.issuer, ORGD_OIDC_CLIENT_ID="orgd",
                               ORGD_OIDC_CLIENT_SECRET=provider.secret),
        "sessions": run_scenarios("console_sessions.mjs", ORGD_EMAIL_METHOD="password", ORGD_ACCESS_TOKEN_LIFETIME="2"),
        "closed": run_scenarios("console_closed.mjs", ORGD_EMAIL_METHOD="password", ORGD_ACCESS_INVITE_ONLY="true",
                                AGENTA_ACCESS_ALLOWED_OWNER_EMAILS="boss@acme.example"),
    }
    yield {name: run.outcomes() for name, run in runs.items()}
    provider.close()


@pytest.mark.parametrize(("script", "name"), [(script, name) for script, names in SCENARIOS.items() for name in names])
def test_scenario(script, name, found):
    assert found[script][name] is None, found[script][name]


def test_nothing_is_left_out(found):
    assert {script: list(outcomes) for script, outcomes in found.items()} == SCENARIOS
