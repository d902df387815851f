"""A thief holds all that can be stolen from an account, and goes on using it while its owner acts: nothing survives, on two servers."""
import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "http"))
import client  # noqa: E402  (the tests of the API)
import mailbox  # noqa: E402
import serving  # noqa: E402
import sessions  # noqa: E402
from signing import PASSWORD, Browser, address, form  # noqa: E402

NEW = "New!Passw0rd"
RESET = "/auth/user/password/reset"
NOTICED_S = 2  # what another server may take to hear of it


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def first(box):
    """The server that its owner uses: it sends mail."""
    server = serving.Server(ORGD_EMAIL_METHOD="password", **box.settings).start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def other(first):
    """The server that the thief uses, over the same databases: without mail, so that links come back in answers."""
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={first.data}" for name in ("core", "tracing")}
    server = serving.Server(AGENTA_AUTH_KEY=first.auth_key, AGENTA_CRYPT_KEY=first.crypt_key, **uris).start()
    yield server
    server.close()


def use_link(url, link, password):
    token = link.split("token=")[1].split("&")[0]
    return Browser(url).outcome(RESET, {"method": "token", "token": token, **form(password=password)})["status"] == "OK"


class Thief:
    """Who signed up with somebody else's address and waits; everything that was ever got is kept, and tried at the end."""

    def __init__(self, first, other):
        self.first, self.other = first, other
        self.email = address("owner")
        self.session = sessions.sign_up(other.url, self.email)
        self.user = self.session.ok("GET", "/profile/")["id"]
        self.renewing = sessions.sign_in(other.url, self.email)
        self.got = {"session": [self.session.authorization, self.renewing.authorization], "refresh": [self.renewing.refresh],
                    "token": [], "key": [], "link": []}
        self.derive()
        self.over = threading.Event()
        self.rounds = 0

    def apis(self):
        """Each credential that opens the API, on the server that the thief uses."""
        for authorization in self.got["session"][-3:] + self.got["token"][-3:] + self.got["key"][-3:]:
            yield client.Api(self.other.url, authorization)

    def keep(self, kind, answer, read=lambda answer: answer.json()):
        if answer.status_code == 200:
            self.got[kind].append(read(answer))

    def derive(self):
        """Makes of each credential what can be made of it."""
        for api in list(self.apis()):
            self.keep("link", api.post(f"/profile/reset-password?user_id={self.user}"))
            self.keep("key", api.post("/keys/"), lambda answer: "ApiKey " + answer.json())
            self.keep("token", api.get("/access/permissions/check"), lambda answer: answer.json()["credentials"])
        self.keep("token", self.session.get("/access/permissions/check"), lambda answer: answer.json()["credentials"])
        renewed = self.renewing.renew()
        if renewed.status_code == 200:
            self.renewing.take(renewed)
            self.got["session"].append(self.renewing.authorization)
            self.got["refresh"].append(self.renewing.refresh)

    def go_on(self):
        while not self.over.is_set():
            self.derive()
            self.rounds += 1

    def working(self, password=True):
        """What still opens the account, on either server."""
        found = []
        for server in (self.first, self.other):
            for kind in ("session", "token", "key"):
                found += [(kind, server.port) for authorization in self.got[kind]
                          if client.Api(server.url, authorization).get("/profile/").status_code == 200]
            found += [("refresh", server.port) for refresh in self.got["refresh"]
                      if self.session.using(f"Bearer {refresh}").call("POST", "/auth/session/refresh").status_code == 200]
            found += [("link", server.port) for link in self.got["link"] if use_link(server.url, link, "Thief!Passw0rd1")]
            for known in (PASSWORD, "Thief!Passw0rd1") if password else ():
                if Browser(server.url).sign_in(self.email, known)["status"] == "OK":
                    found.append(("password", server.port))
        return found


def end_keys(first, email):
    """The one action that the mail names."""
    session = sessions.begin(first.url, "/auth/signin", email, "header", password=NEW)
    assert session.delete("/keys/").status_code == 200


def link_in(mail):
    return next(line for line in mailbox.text_of(mail).splitlines() if "token=" in line)


def reset_by_mail(thief, box, signed_in):
    assert Browser(thief.first.url).outcome(RESET + "/token", form(email=thief.email)) == {"status": "OK"}
    mail = box.take()  # others tell of what the thief did
    while mail["to"] != [thief.email] or "token=" not in mailbox.text_of(mail["message"]):
        mail = box.take()
    assert use_link(thief.first.url, link_in(mail["message"]), NEW)


def reset_by_administrator(thief, box, signed_in):
    assert thief.first.admin("POST", "/admin/simple/accounts/reset-password", {"user_identities": [
        {"method": "email:password", "subject": thief.email, "email": thief.email, "password": NEW}]}).status == 204
    end_keys(thief.first, thief.email)


def change_password(thief, box, signed_in):
    """In a session of their own, where links come back in answers; then the keys."""
    mine = client.Api(thief.other.url, signed_in.authorization)
    assert use_link(thief.other.url, mine.ok("POST", f"/profile/reset-password?user_id={thief.user}"), NEW)
    end_keys(thief.first, thief.email)


def end_sessions(thief, box, signed_in):
    """Whoever knows the password or has a key is not kept out by it: those are ended first."""
    assert signed_in.delete("/auth/sessions").status_code == 200
    assert signed_in.delete("/keys/").status_code == 200


def remove(thief, box, signed_in):
    answer = thief.first.admin("DELETE", "/admin/accounts/", {"target": {"user_emails": [thief.email]}, "dry_run": False})
    assert answer.status == 200, answer


REMEDIES = {"reset by mail": reset_by_mail, "reset by administrator": reset_by_administrator, "password change": change_password,
            "ending sessions": end_sessions, "removal": remove}


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("remedy", REMEDIES)
def test_nothing_survives(remedy, number, first, other, box):
    thief = Thief(first, other)
    assert all(thief.got.values()), thief.got
    signed_in = sessions.sign_in(first.url, thief.email)
    working = threading.Thread(target=thief.go_on)
    working.start()
    try:
        serving.wait_for("the thief is at work", lambda: thief.rounds > 0)
        REMEDIES[remedy](thief, box, signed_in)
    finally:
        thief.over.set()
        working.join()
    with_password = remedy != "ending sessions"
    client.eventually(lambda: not thief.working(False), NOTICED_S)
    assert thief.working(with_password) == [], (remedy, {kind: len(list_) for kind, list_ in thief.got.items()})
