"""Mail, from the request that queues it to a real mail server."""
import concurrent.futures
import contextlib
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from serving import PROGRAM, Server, clean_environment, wait_for  # noqa: E402


def ask_for_code(server, address):
    answer = server.request("POST", "/auth/signinup/code", {"email": address})
    assert answer.status == 200, answer
    return answer.json


def enter_code(server, device, code):
    return server.request("POST", "/auth/signinup/code/consume", {
        "deviceId": device["deviceId"], "preAuthSessionId": device["preAuthSessionId"], "userInputCode": code}).json


def code_in(mail):
    return re.search(r"^(\d{6})$", mail["message"].get_body(("plain",)).get_content(), re.M).group(1)


def waiting(server, columns="attempts, given_up_at IS NOT NULL, last_error"):
    with server.connect() as core, core.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM orgd.outbox ORDER BY created_at")
        return cursor.fetchall()


def test_signing_in_by_a_mailed_code(sending, shared_mail):
    device = ask_for_code(sending, "Ann@acme.io")
    mail = shared_mail.take()
    assert mail["from"] == "orgd@acme.io" and mail["to"] == ["ann@acme.io"]
    message, code = mail["message"], code_in(mail)
    assert message["Subject"] == f"{code} is your code for app.acme.io"
    assert message["From"] == "orgd@acme.io" and message["To"] == "ann@acme.io" and message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f-]{36}@acme\.io>", message["Message-ID"]) and message["Date"].datetime
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert code in message.get_body(("html",)).get_content()
    assert enter_code(sending, device, code)["status"] == "OK"
    wait_for("the mail is forgotten", lambda: waiting(sending) == [], 5)


def test_queued_mails_are_encrypted(start, mail_server):
    gone = mail_server()
    gone.close()
    server = start(**gone.settings)
    ask_for_code(server, "ann@acme.io")
    rows = waiting(server, "fields")
    assert len(rows) == 1 and "code" not in rows[0][0] and not re.search(r"\d{6}\D", rows[0][0])


def test_a_hundred_mails_go_out_once_each(sending, shared_mail):
    addresses = {f"many{i}@acme.io" for i in range(100)}
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda address: ask_for_code(sending, address), addresses))
    assert {shared_mail.take()["to"][0] for _ in addresses} == addresses
    assert shared_mail.stays_empty()


def test_two_processes_share_an_outbox(mail_server, sending, shared_mail):
    other = Server(**shared_mail.settings, POSTGRES_URI_CORE=f"postgresql://orgd@/agenta_oss_core?host={sending.data}",
                   POSTGRES_URI_TRACING=f"postgresql://orgd@/agenta_oss_tracing?host={sending.data}",
                   AGENTA_CRYPT_KEY=(sending.data / "crypt-key").read_text(encoding="utf-8").strip(),
                   AGENTA_AUTH_KEY=sending.auth_key, ORGD_RATE_LIMITS="false", AGENTA_WEB_URL="https://app.acme.io").start()
    try:
        addresses = {f"shared{i}@acme.io" for i in range(60)}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda pair: ask_for_code(pair[0], pair[1]),
                          ((sending if i % 2 else other, address) for i, address in enumerate(addresses))))
        assert sorted(shared_mail.take()["to"][0] for _ in addresses) == sorted(addresses)
        assert shared_mail.stays_empty()
    finally:
        other.close()


def test_a_server_with_another_key_leaves_the_mail_to_the_others(sending, shared_mail):
    """It cannot read the mail, and does not take it."""
    other = Server(**shared_mail.settings, POSTGRES_URI_CORE=f"postgresql://orgd@/agenta_oss_core?host={sending.data}",
                   POSTGRES_URI_TRACING=f"postgresql://orgd@/agenta_oss_tracing?host={sending.data}", AGENTA_CRYPT_KEY="another" * 5,
                   AGENTA_AUTH_KEY=sending.auth_key, ORGD_RATE_LIMITS="false", AGENTA_WEB_URL="https://app.acme.io").start()
    try:
        addresses = {f"other-key{i}@acme.io" for i in range(30)}
        for address in addresses:
            ask_for_code(sending, address)
        assert {shared_mail.take(5)["to"][0] for _ in addresses} == addresses
        sending.sql("INSERT INTO orgd.outbox (id, recipient, template, fields, expires_at) VALUES"
                    " (gen_random_uuid(), 'earlier@acme.io', 'code', 'AAAA', now() + interval '1 hour'); NOTIFY orgd_outbox")  # of an earlier version
        wait_for("it was tried", lambda: waiting(sending), 10)
        wait_for("it was tried", lambda: waiting(sending)[0][0], 10)
        attempts, gave_up, error = waiting(sending)[0]
        assert not gave_up and "another AGENTA_CRYPT_KEY" in error
    finally:
        sending.sql("DELETE FROM orgd.outbox")
        other.close()


@pytest.mark.parametrize("line, given_up", [
    ("rcpt 550 5.1.1 <ann@acme.io>: no such user", True), ("data 554 we do not like it", True), ("rcpt 451 try later", False), ("data 452 full", False),
    ("mail 550 sender not allowed", False)])
def test_refusals_of_the_mail_server(start, mail_server, folder, line, given_up):
    """Permanent: given up and logged. Temporary, or caused by us: tried again."""
    refuse = folder / "refuse"
    refuse.write_text(line + "\n", encoding="utf-8")
    mail = mail_server(REFUSE=str(refuse))
    server = start(**mail.settings)
    device = ask_for_code(server, "ann@acme.io")
    wait_for("it was tried", lambda: [row for row in waiting(server) if row[2]], 20)
    attempts, gave_up, error = waiting(server)[0]
    assert gave_up == given_up and attempts == 1 and line.split(" ")[1] in error, error
    assert error.endswith("it said: " + line.split(" ", 1)[1].replace("<ann@acme.io>:", "**************")), error
    assert ("given up" if given_up else "next attempt") in server.messages() and "ann@acme.io" not in server.messages() + error
    if not given_up:
        refuse.unlink()
        assert enter_code(server, device, code_in(mail.take(30)))["status"] == "OK"


def test_a_server_that_comes_back_gets_the_mail(start, mail_server):
    away = mail_server()
    away.close()
    server = start(**away.settings)
    device = ask_for_code(server, "ann@acme.io")
    wait_for("it was tried", lambda: waiting(server)[0][2], 20)
    back = mail_server(PORT=str(away.port))
    assert enter_code(server, device, code_in(back.take(30)))["status"] == "OK"
    wait_for("the outbox is empty", lambda: waiting(server) == [], 10)


def test_a_mail_accepted_during_a_database_outage_is_sent_once(start, mail_server):
    mail = mail_server(DELAY="1500")
    server = start(**mail.settings, SMTP_TIMEOUT="10")
    ask_for_code(server, "ann@acme.io")
    mail.take()
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orgd mail'")
    assert len(waiting(server)) == 1  # it was not accepted before the connection ended
    wait_for("the mail is forgotten", lambda: waiting(server) == [], 20)
    assert mail.stays_empty(0.2)


def test_a_hanging_mail_server_does_not_delay_shutdown(start):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = start(SMTP_HOST="127.0.0.1", SMTP_PORT=str(listening.getsockname()[1]), SMTP_FROM_EMAIL="orgd@acme.io",
                       SMTP_USE_TLS="false", SMTP_TIMEOUT="300")
        ask_for_code(server, "ann@acme.io")
        connection, _ = listening.accept()
        with connection:
            assert server.stop(seconds=20) == 0


@pytest.mark.parametrize("behaviour", ["hangs", "closes", "babbles", "closes in the middle"])
def test_a_faulty_mail_server_gets_nothing_and_delays_nobody(start, behaviour):
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def talk(connection):
        with connection, contextlib.suppress(OSError):
            if behaviour == "babbles":
                connection.sendall(b"x" * 100000 + b"\r\n\0\xff")
            if behaviour == "closes in the middle":
                for answer in (b"220 a\r\n", b"250 a\r\n", b"250 a\r\n", b"250 a\r\n", b"354 a\r\n"):
                    connection.sendall(answer)
                    connection.recv(65536)
            if behaviour == "hangs":
                stop.wait(30)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    server = start(SMTP_HOST="127.0.0.1", SMTP_PORT=str(listening.getsockname()[1]), SMTP_FROM_EMAIL="orgd@acme.io",
                   SMTP_USE_TLS="false", SMTP_TIMEOUT="2")
    try:
        begun = time.monotonic()
        ask_for_code(server, "ann@acme.io")
        assert time.monotonic() - begun < 2  # the request does not wait for the mail server
        wait_for("it was tried", lambda: waiting(server)[0][2], 20)
        assert waiting(server)[0][1] is False
        assert server.stop() == 0
    finally:
        stop.set()
        listening.close()


# ---- encryption and authentication ----

def test_starttls_with_a_trusted_certificate(start, mail_server, certificates):
    mail = mail_server(KEY=str(certificates / "server.key"), CERT=str(certificates / "server.pem"), LOGIN="orgd:secret word")
    server = start(**mail.settings, ORGD_SMTP_CA_FILE=str(certificates / "ca.pem"), SMTP_USERNAME="orgd",
                   SMTP_PASSWORD="secret word")
    ask_for_code(server, "ann@acme.io")
    got = mail.take()
    assert got["secure"] is True and got["user"] == "orgd"
    assert "secret word" not in server.messages()


def test_tls_from_the_first_byte(start, mail_server, certificates):
    mail = mail_server(KEY=str(certificates / "server.key"), CERT=str(certificates / "server.pem"), SSL="1")
    server = start(**mail.settings, ORGD_SMTP_CA_FILE=str(certificates / "ca.pem"))
    ask_for_code(server, "ann@acme.io")
    assert mail.take()["secure"] is True


@pytest.mark.parametrize("case", ["no STARTTLS", "unknown certificate", "wrong password", "no password"])
def test_nothing_is_sent_unencrypted_or_to_a_wrong_server(start, mail_server, certificates, case):
    tls = {"KEY": str(certificates / "server.key"), "CERT": str(certificates / "server.pem")}
    mail = mail_server(**({} if case == "no STARTTLS" else tls), **({"LOGIN": "orgd:right"} if "password" in case else {}))
    vouched = {"ORGD_SMTP_CA_FILE": str(certificates / "ca.pem")} if "password" in case else {}
    login = {"SMTP_USERNAME": "orgd", "SMTP_PASSWORD": "wrong secret"} if case == "wrong password" else {}
    server = start(**{**mail.settings, "SMTP_USE_TLS": "true"}, **vouched, **login)
    ask_for_code(server, "ann@acme.io")
    wait_for("it was tried", lambda: waiting(server)[0][2], 20)
    assert waiting(server)[0][1] is False and mail.stays_empty(0.2)
    assert "wrong secret" not in server.messages() and "wrong secret" not in waiting(server)[0][2]


# ---- the command ----

def mail_test(address, **settings):
    done = subprocess.run([PROGRAM, "mail", "test", address], env=clean_environment(AGENTA_WEB_URL="https://app.acme.io", **settings),
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_test_mail(mail_server, folder):
    refuse = folder / "refuse"
    mail = mail_server(REFUSE=str(refuse))
    assert mail_test("ann@m\u00fcnchen.de", **mail.settings) == (0, "The mail for ann@xn--mnchen-3ya.de was accepted.\n", "")
    got = mail.take()
    assert got["message"]["To"] == "ann@xn--mnchen-3ya.de" and got["message"]["Subject"] == "Mail from app.acme.io arrives"
    refuse.write_text("rcpt 550 no such user\n", encoding="utf-8")
    status, out, err = mail_test("ann@acme.io", **mail.settings)
    assert (status, out) == (1, "") and err.endswith("RCPT failed: 550; it said: 550 no such user.\n")
    mail.close()
    assert mail_test("ann@acme.io", **mail.settings)[0] == 3
    assert mail_test("nobody", **mail.settings)[0] == 2
    assert "no mail is configured" in mail_test("ann@acme.io")[2]


# ---- configuration ----

@pytest.mark.parametrize("settings, sentence", [
    ({"SMTP_USE_SSL": "true"}, "SMTP_USE_TLS and SMTP_USE_SSL are both on"),
    ({"SMTP_USERNAME": "a"}, "SMTP_USERNAME and SMTP_PASSWORD go together"),
    ({"SMTP_PORT": "65536"}, "SMTP_PORT"),
    ({"SMTP_TIMEOUT": "0"}, "SMTP_TIMEOUT"),
    ({"SMTP_FROM_EMAIL": "a@b.io\u00a0<c@d.io>"}, "sender of mail"),
    ({"SMTP_FROM_EMAIL": "nobody"}, "sender of mail"),
])
def test_settings_that_contradict_each_other_refuse_the_start(make_server, settings, sentence):
    server = make_server(**{"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "25", "SMTP_FROM_EMAIL": "orgd@acme.io", **settings})
    status, said = server.refused()
    assert status == 2 and sentence in said, said


# ---- SendGrid ----

def test_sendgrid(start):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "http"))
    from identity_providers import Misbehaving  # noqa: E402
    import json
    got, answers = [], [500, 202]

    def page(handler):
        got.append((dict(handler.headers), json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))))
        return answers[min(len(got), 2) - 1], {}, b""

    api = Misbehaving()
    api.pages = {"/v3/mail/send": page}
    server = start(SENDGRID_API_KEY="SG.key", SENDGRID_FROM_EMAIL="orgd@acme.io", ORGD_SENDGRID_URL=api.issuer)
    try:
        device = ask_for_code(server, "ann@acme.io")
        wait_for("it was sent", lambda: len(got) == 2, 30)
        headers, mail = got[1]
        assert headers["Authorization"] == "Bearer SG.key" and headers["Content-Type"] == "application/json"
        assert mail["personalizations"] == [{"to": [{"email": "ann@acme.io"}]}] and mail["from"] == {"email": "orgd@acme.io"}
        assert [one["type"] for one in mail["content"]] == ["text/plain", "text/html"]
        code = re.search(r"^(\d{6})$", mail["content"][0]["value"], re.M).group(1)
        assert enter_code(server, device, code)["status"] == "OK"
        wait_for("the outbox is empty", lambda: waiting(server) == [], 10)
        assert "SG.key" not in server.messages()
    finally:
        api.close()
