"""A thief has everything that can be stolen from an account and uses it while its owner reacts: nothing survives, on two servers."""
import pathlib
import subprocess
import sys
import threading

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "http"))
import client  # noqa: E402  (the tests of the API)
import mailbox  # noqa: E402
import serving  # noqa: E402
import sessions  # noqa: E402
import test_social as social  # noqa: E402
from identity_providers import Provider  # noqa: E402
from signing import PASSWORD, Browser, address, form  # noqa: E402

NEW = "New!Passw0rd"
THIEFS = "Thief!Passw0rd1"
RESET = "/auth/user/password/reset"


@pytest.fixture(scope="module")
def box():
    box = mailbox.Mailbox()
    yield box
    box.close()


@pytest.fixture(scope="module")
def provider():
    """An identity provider that lets anybody claim any address, and does not vouch for it."""
    provider = Provider(social.CALLBACK, VERIFIED="absent")
    yield provider
    provider.close()


def signs_in(provider):
    """The settings of a server with sign-in by password and at the provider."""
    return {"ORGD_EMAIL_METHOD": "password", "ORGD_OIDC_ISSUER": provider.issuer, "ORGD_OIDC_CLIENT_ID": provider.client_id,
            "ORGD_OIDC_CLIENT_SECRET": provider.secret}


@pytest.fixture(scope="module")
def first(box, provider):
    """The owner's server, which sends mail."""
    server = serving.Server(**signs_in(provider), **box.settings).start()
    yield server
    server.close()


def uris(first):
    return {f"POSTGRES_URI_{name.upper()}": f"postgresql://orgd@/agenta_oss_{name}?host={first.data}" for name in ("core", "tracing")}


def sibling(first, provider):
    """Another server over the same databases, without mail, so that links come back in answers."""
    return serving.Server(AGENTA_AUTH_KEY=first.auth_key, AGENTA_CRYPT_KEY=first.crypt_key, **signs_in(provider), **uris(first)).start()


@pytest.fixture(scope="module")
def other(first, provider):
    """The thief's server."""
    server = sibling(first, provider)
    yield server
    server.close()


@pytest.fixture
def pair(remedy, first, other, provider):
    """The two servers: the owner's and the thief's. If the remedy restarts them, they are made for it."""
    if remedy != "blocking":
        yield first, other
        return
    made = [sibling(first, provider) for _ in range(2)]
    yield made
    for server in made:
        server.close()


def use_link(url, link, password):
    token = link.split("token=")[1].split("&")[0]
    return Browser(url).outcome(RESET, {"method": "token", "token": token, **form(password=password)})["status"] == "OK"


class Thief:
    """
    An attacker signs up with a stranger's address and waits: at a provider that vouches for nothing, and then with a password
    too, which is set by a link made in the attacker's session. Every credential is kept, and tried at the end.
    """

    def __init__(self, first, other, provider):
        self.first, self.other, self.provider = first, other, provider
        self.email = address("owner")
        self.got = {kind: [] for kind in ("session", "refresh", "token", "key", "link")}
        self.user = None
        assert self.at_provider(other)
        at_provider = client.Api(other.url, self.got["session"][0])
        self.user = at_provider.ok("GET", "/profile/")["id"]
        assert use_link(other.url, at_provider.ok("POST", f"/profile/reset-password?user_id={self.user}"), PASSWORD)
        assert self.at_provider(other)  # setting the password ended the session, and kept the login that set it
        self.session, self.renewing = (sessions.sign_in(other.url, self.email) for _ in range(2))
        self.got["session"] += [self.session.authorization, self.renewing.authorization]
        self.got["refresh"].append(self.renewing.refresh)
        self.derive()
        self.over = threading.Event()
        self.rounds = 0
        self.keeps_out = True  # whether the remedy stops an attacker who knows the password, or can sign in at the provider

    def apis(self):
        """Each credential that opens the API, on the thief's server."""
        for authorization in self.got["session"][-3:] + self.got["token"][-3:] + self.got["key"][-3:]:
            yield client.Api(self.other.url, authorization)

    def keep(self, kind, answer, read=lambda answer: answer.json()):
        if answer.status_code == 200:
            self.got[kind].append(read(answer))

    def at_provider(self, server):
        """Whether sign-in at the provider opens the owner's account; another account would do the owner no harm."""
        answer = social.sign_in(server, self.provider, self.email)
        if answer.status != 200 or answer.json["status"] != "OK":
            return False
        authorization = "Bearer " + answer.headers["st-access-token"]
        profile = client.Api(server.url, authorization).get("/profile/")
        if profile.status_code != 200 or self.user not in (None, profile.json()["id"]):
            return False
        self.got["session"].append(authorization)
        self.got["refresh"].append(answer.headers["st-refresh-token"])
        return True

    def derive(self):
        """Derives from each credential everything that can be derived."""
        for api in list(self.apis()):
            self.keep("link", api.post(f"/profile/reset-password?user_id={self.user}"))
            self.keep("key", api.post("/keys/"), lambda answer: "ApiKey " + answer.json())
            self.keep("token", api.get("/access/permissions/check"), lambda answer: answer.json()["credentials"])
        renewed = self.renewing.renew()
        if renewed.status_code == 200:
            self.renewing.take(renewed)
            self.got["session"].append(self.renewing.authorization)
            self.got["refresh"].append(self.renewing.refresh)

    def go_on(self):
        while not self.over.is_set():
            try:
                self.derive()
                if self.keeps_out:
                    self.at_provider(self.other)
            except (requests.ConnectionError, OSError):  # the server is restarted
                self.over.wait(0.05)
            self.rounds += 1

    def working(self):
        """What still opens the account, on either server."""
        found = []
        for server in (self.other, self.first):
            for kind in ("session", "token", "key"):
                found += [(kind, server.port) for authorization in list(self.got[kind])
                          if client.Api(server.url, authorization).get("/profile/").status_code == 200]
            found += [("refresh", server.port) for refresh in list(self.got["refresh"])
                      if client.Api(server.url, f"Bearer {refresh}").post("/auth/session/refresh").status_code == 200]
            found += [("link", server.port) for link in list(self.got["link"]) if use_link(server.url, link, THIEFS)]
            if self.keeps_out:
                found += [("password", server.port) for known in (PASSWORD, THIEFS)
                          if Browser(server.url).sign_in(self.email, known)["status"] == "OK"]
                found += [("provider", server.port)] if self.at_provider(server) else []
        return found


def end_keys(first, email, password=NEW):
    """The one action that the mail describes."""
    session = sessions.begin(first.url, "/auth/signin", email, "header", password=password)
    assert session.delete("/keys/").status_code == 200


def link_in(mail):
    return next(line for line in mailbox.text_of(mail).splitlines() if "token=" in line)


def reset_by_mail(thief, box, signed_in):
    assert Browser(thief.first.url).outcome(RESET + "/token", form(email=thief.email)) == {"status": "OK"}
    mail = box.take()  # other mails report what the thief did
    while mail["to"] != [thief.email] or "token=" not in mailbox.text_of(mail["message"]):
        mail = box.take()
    assert use_link(thief.first.url, link_in(mail["message"]), NEW)


def reset_by_administrator(thief, box, signed_in):
    assert thief.first.admin("POST", "/admin/simple/accounts/reset-password", {"user_identities": [
        {"method": "email:password", "subject": thief.email, "email": thief.email, "password": NEW}]}).status == 204
    end_keys(thief.first, thief.email)


def change_password(thief, box, signed_in):
    """In a session of their own, where links come back in answers; then deletes the keys."""
    mine = client.Api(thief.other.url, signed_in.authorization)
    assert use_link(thief.other.url, mine.ok("POST", f"/profile/reset-password?user_id={thief.user}"), NEW)
    end_keys(thief.first, thief.email)


def end_sessions(thief, box, signed_in):
    assert signed_in.delete("/auth/sessions").status_code == 200
    assert signed_in.delete("/keys/").status_code == 200


def end_sessions_by_command(thief, box, signed_in):
    """By the operator; then the owner signs in and deletes the keys."""
    done = subprocess.run([serving.PROGRAM, "account", "end-sessions", thief.email], env=serving.clean_environment(**uris(thief.first)),
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done
    end_keys(thief.first, thief.email, PASSWORD)


def end_sessions_by_administration(thief, box, signed_in):
    assert thief.first.admin("DELETE", f"/admin/simple/accounts/users/{thief.user}/sessions").status == 200
    end_keys(thief.first, thief.email, PASSWORD)


def remove(thief, box, signed_in):
    answer = thief.first.admin("DELETE", "/admin/accounts/", {"target": {"user_emails": [thief.email]}, "dry_run": False})
    assert answer.status == 200, answer


def block(thief, box, signed_in):
    """The operator restarts both servers at the same place, with the address blocked."""
    for server in (thief.first, thief.other):
        server.stop()
        server.start(ORGD_LISTEN=f"127.0.0.1:{server.port}", AGENTA_ACCESS_BLOCKED_EMAILS=thief.email)


ENDING = {"ending sessions": end_sessions, "ending sessions by command": end_sessions_by_command,
          "ending sessions by the administration": end_sessions_by_administration}
REMEDIES = {"reset by mail": reset_by_mail, "reset by administrator": reset_by_administrator, "password change": change_password,
            "removal": remove, "blocking": block, **ENDING}


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("remedy", REMEDIES)
def test_nothing_survives(remedy, number, pair, provider, box):
    """Neither what the thief had when the remedy was answered, nor what requests in progress at that moment created later."""
    thief = Thief(*pair, provider)
    assert all(thief.got.values()), thief.got
    thief.keeps_out = remedy not in ENDING
    signed_in = sessions.sign_in(pair[0].url, thief.email)
    working = threading.Thread(target=thief.go_on)
    working.start()
    try:
        serving.wait_for("the thief is at work", lambda: thief.rounds > 0)
        REMEDIES[remedy](thief, box, signed_in)
        at_once = thief.working()
    finally:
        thief.over.set()
        working.join()
    counts = {kind: len(list_) for kind, list_ in thief.got.items()}
    assert (at_once, thief.working()) == ([], []), (remedy, counts)
