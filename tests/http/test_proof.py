"""Proofs of addresses, and the credentials that end with the first proof."""
import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import client  # noqa: E402  (in this folder)
import mailbox  # noqa: E402
import sessions  # noqa: E402
from identity_providers import Provider  # noqa: E402
from signing import Browser, address, form  # noqa: E402
from test_resets import link_for, link_in, next_mail, token_of, use, words_of  # noqa: E402
from test_social import CALLBACK, sign_in, start  # noqa: E402

NEW = "New!Passw0rd"
RESET = "/auth/user/password/reset"


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture
def mailing(box, make_server):
    """A server that sends mail, and its database."""
    return make_server(ORGD_EMAIL_METHOD="password", **box.settings).start()


def prove(server, box, email):
    """The owner of the address reads the mailed link and later mails."""
    assert Browser(server.url).outcome(RESET + "/token", form(email=email)) == {"status": "OK"}
    assert use(server.url, token_of(link_in(next_mail(box, email)))) == "OK"
    return words_of(next_mail(box, email))


def test_another_address_proves_nothing_for_the_account():
    """A provider vouches for an address that is not the account's: the account stays unproven, and its owner is not locked out."""
    provider = Provider(CALLBACK, VERIFIED="absent")
    try:
        server = start(provider.issuer, ORGD_OIDC_CLIENT_SECRET=provider.secret)
        try:
            first = sign_in(server, provider, "owner@acme.io")  # claims the address without proving it
            assert first.json["status"] == "OK"
            login = first.json["user"]["id"]
            # from now on the user at the provider has another, verified, address
            server.sql("UPDATE orgd.logins SET subject = 'thief@evil.io' WHERE id = %s", (login,))
            provider.close()
            vouching = Provider(CALLBACK)
            server.stop()
            server.start(ORGD_OIDC_ISSUER=vouching.issuer, ORGD_OIDC_CLIENT_SECRET=vouching.secret)
            try:
                thief = sign_in(server, vouching, "thief@evil.io")
                assert thief.json["user"]["id"] == login
                assert server.sql("SELECT proven_emails FROM orgd.logins WHERE id = %s", (login,)) == [(["thief@evil.io"],)]
                session = client.Api(server.url, "Bearer " + thief.headers["st-access-token"])
                assert session.ok("GET", "/profile/")["email"] == "owner@acme.io"
                owner = sign_in(server, vouching, "owner@acme.io")
                assert owner.json["status"] == "OK" and owner.json["user"]["id"] != login
                assert session.get("/profile/").status_code == 401
                assert server.sql("SELECT count(*) FROM orgd.logins WHERE id = %s", (login,)) == [(0,)]
            finally:
                vouching.close()
        finally:
            server.close()
    finally:
        provider.close()


def test_keys_that_were_planted_end_with_the_first_proof(mailing, box):
    """Keys made in sessions or with secret tokens, also through another key, end; those of the administration API stay, and the mail lists them."""
    admin = client.Api(mailing.url, f"Access {mailing.auth_key}")
    (owner,) = client.make_accounts(admin, "owner")
    thief = sessions.session_of(owner, lambda text, *values: mailing.sql(text, values or None))
    planted = client.Api(mailing.url, "ApiKey " + thief.ok("POST", "/keys/"))
    child = client.Api(mailing.url, "ApiKey " + planted.ok("POST", "/keys/"))
    service = client.Api(mailing.url, "Secret " + client.sign(mailing.auth_key, client.claims_of(owner)))
    served = client.Api(mailing.url, "ApiKey " + service.ok("POST", "/keys/"))
    grown = client.Api(mailing.url, "ApiKey " + owner.ok("POST", "/keys/"))  # by the administration's key
    claims = client.claims_of(owner, key=mailing.sql("SELECT id::text FROM api_keys WHERE prefix = %s", (planted.authorization[7:15],))[0][0])
    derived = client.Api(mailing.url, "Secret " + client.sign(mailing.auth_key, claims))
    grandchild = client.Api(mailing.url, "ApiKey " + derived.ok("POST", "/keys/"))
    said = prove(mailing, box, owner.email)
    for gone in (thief, planted, child, served, derived, grandchild):
        assert gone.get("/profile/").status_code == 401
    assert owner.get("/profile/").status_code == grown.get("/profile/").status_code == 200
    assert owner.prefix in said and "You have 2: " in said
    # one action deletes the rest
    mine = sessions.begin(mailing.url, "/auth/signin", owner.email, "header", password=NEW)
    assert owner.delete("/keys/").json()["detail"]["error"] == "SESSION_REQUIRED"
    assert mine.delete("/keys/").json() == {"ended": 2}
    for gone in (owner, grown):
        assert gone.get("/profile/").status_code == 401


def test_the_owner_is_told_how_many_others_joined_before_the_proof(mailing, box):
    """Memberships stay, so an attacker in the account may have let others in: the mail tells the owner their number."""
    admin = client.Api(mailing.url, f"Access {mailing.auth_key}")
    (accomplice,) = client.make_accounts(admin, "accomplice")
    email = address()
    thief = sessions.sign_up(mailing.url, email)
    organization = thief.ok("GET", "/organizations/")[0]["id"]
    client.add_member(lambda text, *values: mailing.sql(text, values), accomplice, organization)
    said = prove(mailing, box, email)
    assert "Members and invitations of your organizations stay: 1 besides you." in said
    mailing.sql("DELETE FROM organization_members WHERE user_id = %s", (accomplice.user,))
    assert "besides you" not in prove(mailing, box, email)


def test_a_key_made_after_the_proof_is_kept(mailing, box):
    email = address()
    Browser(mailing.url).sign_up(email)
    prove(mailing, box, email)
    session = sessions.begin(mailing.url, "/auth/signin", email, "header", password=NEW)
    key = client.Api(mailing.url, "ApiKey " + session.ok("POST", "/keys/"))
    assert key.ok("GET", "/keys/")[0]["prefix"] in prove(mailing, box, email)
    assert key.get("/profile/").status_code == 200


@pytest.mark.parametrize("by", ["session", "key"])
def test_a_key_made_during_the_first_proof_ends_with_it(by, mailing, box):
    """A thief makes keys without pause while the owner proves the address: none of them works afterwards."""
    for _ in range(10):
        email = address()
        thief = sessions.sign_up(mailing.url, email)
        if by == "key":
            thief = client.Api(mailing.url, "ApiKey " + thief.ok("POST", "/keys/"))
        assert Browser(mailing.url).outcome(RESET + "/token", form(email=email)) == {"status": "OK"}
        token, keys, over, begun = token_of(link_in(next_mail(box, email))), [], threading.Event(), threading.Event()

        def plant(thief=thief, keys=keys, over=over, begun=begun):
            while not over.is_set():
                answer = thief.post("/keys/")
                if answer.status_code == 200:
                    keys.append(answer.json())
                begun.set()

        thread = threading.Thread(target=plant)
        thread.start()
        begun.wait(10)
        try:
            assert use(mailing.url, token) == "OK"
        finally:
            over.set()
            thread.join()
        assert keys and "You have no API keys." in words_of(next_mail(box, email))
        assert {client.Api(mailing.url, f"ApiKey {key}").get("/profile/").status_code for key in keys} == {401}


def test_a_proof_of_the_past_is_one_for_an_account_that_it_joins(server, sql):
    """A login was imported as proven, and an attacker made an account for its address first: the attacker loses it when the owner comes."""
    email = address()
    thief = sessions.sign_up(server.url, email)
    user = thief.ok("GET", "/profile/")["id"]
    link = link_for(thief, user)
    sql("UPDATE orgd.logins SET method = 'thirdparty', provider = 'google', subject = id::text, password_hash = NULL WHERE email = %s", email)
    sql("INSERT INTO orgd.logins (id, method, email, password_hash, proven_at, proven_emails) VALUES"
        " (gen_random_uuid(), 'emailpassword', %s, %s, now(), ARRAY[%s])", email, sessions.HASH, email)
    owner = sessions.sign_in(server.url, email)
    assert owner.ok("GET", "/profile/")["id"] == user
    assert thief.get("/auth/sessions").status_code == 401
    assert use(server.url, link) == "RESET_PASSWORD_INVALID_TOKEN_ERROR"
