"""The console where people sign in with codes and at a provider, where sign-up is closed, and what becomes of sessions."""
import sys

import pytest
import serving

sys.path.insert(0, str(serving.TREE / "tests" / "http"))
from identity_providers import Provider  # noqa: E402

SCENARIOS = {
    "codes": ["signing up and in with a code", "too many wrong codes start over",
              "an invitation that waits is seen in the switcher and accepted there", "signing in at a provider",
              "a return from a provider that nobody asked for"],
    "sessions": ["a token that has expired is renewed, and nobody notices", "two tabs whose tokens expire at once",
                 "signing out in one tab ends the other", "a session that was ended elsewhere leads to the sign-in page and back"],
    "closed": ["who is not invited is told so, before and after trying", "who belongs nowhere is told why, and what to do"],
}


@pytest.fixture(scope="module")
def found(run_scenarios, free_port):
    """What was found, by script: they run at once, because much of their time goes by in waiting."""
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
