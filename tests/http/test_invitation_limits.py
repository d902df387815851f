"""Invitations are limited per user, per organization, and by whether the inviter has proven their address."""
import contextlib
import re

import client
import mailbox
import pytest
import serving
from inviting import create
from signing import PASSWORD, Browser, address, form

LURE = "Win a prize at evil.example"


@pytest.fixture(scope="module")
def mails():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def mailing(mails):
    """A server that sends mail and lets users sign up with passwords, which prove no address."""
    with contextlib.closing(serving.Server(**mails.settings, ORGD_EMAIL_METHOD="password", ORGD_RATE_LIMITS="on")) as made:
        yield made.start()


class Person:
    """A user who has signed up with a password, and whose organization has a name for others to read."""

    def __init__(self, server):
        self.email, self.browser = address("eve"), Browser(server.url)
        assert self.browser.sign_up(self.email)["status"] == "OK"
        self.organization, self.workspace = server.sql(
            "SELECT o.id, w.id FROM organizations o JOIN workspaces w ON w.organization_id = o.id JOIN users u ON u.id = o.owner_id"
            " WHERE u.email = %s", (self.email,))[0]
        server.sql("UPDATE organizations SET name = %s WHERE id = %s", (LURE, self.organization))
        server.sql("UPDATE users SET username = %s WHERE email = %s", (LURE, self.email))

    def invite(self, *emails):
        return self.browser.api.post(f"/organizations/{self.organization}/invitations", {"invitations": [{"email": email} for email in emails]})

    def prove(self, mails):
        self.browser.post("/auth/user/password/reset/token", form(email=self.email))
        token = re.search(r"token=([\w-]+)", mailbox.text_of(mail_to(mails, self.email))).group(1)
        assert self.browser.outcome("/auth/user/password/reset", {"token": token, **form(password=PASSWORD)}) == {"status": "OK"}
        assert self.browser.sign_in(self.email)["status"] == "OK"


def mail_to(mails, email):
    """The next mail to an address; others are ignored."""
    while (mail := mails.take())["to"] != [email]:
        pass
    return mail["message"]


def all_of(message):
    return message["Subject"] + "".join(message.get_body((kind,)).get_content() for kind in ("plain", "html"))


def test_mails_of_unproven_users_carry_no_text_of_theirs(mailing, mails):
    eve, invited = Person(mailing), address("invited")
    assert eve.invite(invited).status_code == 201
    message = mail_to(mails, invited)
    assert message["Subject"] == "You are invited to an organization on localhost"
    assert "evil" not in all_of(message) and eve.email not in all_of(message)
    assert re.search(r"/auth\?token=\S+", mailbox.text_of(message))
    eve.prove(mails)
    invited = address("invited")
    assert eve.invite(invited).status_code == 201
    message = mail_to(mails, invited)
    assert message["Subject"] == f"{LURE} invited you to join their organization" and LURE in mailbox.text_of(message)


def test_unproven_users_send_few_invitations(mailing, mails):
    eve, victim = Person(mailing), address("victim")
    assert eve.invite(*[address("invited") for _ in range(6)]).status_code == 429
    assert eve.invite(victim, *[address("invited") for _ in range(4)]).status_code == 201
    assert eve.invite(address("invited")).status_code == 429
    answers = [Person(mailing).invite(victim).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
    known = Person(mailing)
    known.prove(mails)
    assert known.invite(victim).status_code == 201  # other users' mails do not limit a user who has proven the address
    assert known.invite(*[address("invited") for _ in range(40)]).status_code == 201


def test_the_limit_of_invitations_per_organization(make_server):
    server = make_server(ORGD_RATE_LIMITS="on").start()
    admin = client.Api(server.url, f"Access {server.auth_key}")
    owner, *managers = client.make_accounts(admin, "owner", *[f"manager{i}" for i in range(6)])
    for manager in managers:
        client.add_member(lambda text, *values: server.sql(text, values), manager, owner.organization)

    def invite(person, count):
        emails = [{"email": address("invited")} for _ in range(count)]
        return person.post(f"/organizations/{owner.organization}/invitations", {"invitations": emails}).status_code

    stranger = client.make_accounts(admin, "stranger")[0]
    assert [invite(stranger, 100) for _ in range(6)] == [403] * 6  # does not use up attempts of others
    assert [invite(manager, 100) for manager in managers] == [201] * 5 + [429]
    assert invite(owner, 50) == 429
    assert create(managers[5], {"email": address("invited")}).status_code == 201  # to their own organization


def test_the_limit_is_checked_before_the_work(make_server):
    """Of several users who invite the same hundred at once, one does the work."""
    server = make_server(ORGD_RATE_LIMITS="on").start()
    owner, = client.make_accounts(client.Api(server.url, f"Access {server.auth_key}"), "owner")
    emails = [{"email": address("invited")} for _ in range(100)]
    answers = serving.in_parallel(16, lambda _: create(owner, *emails).status_code)
    assert sorted(answers) == [201] + [429] * 15
