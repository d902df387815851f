"""Uses revoked credentials on several processes, from the moment when the removal was answered."""
import random
import socket
import time

import client
import serving
import sessions

CHECK = "/access/permissions/check?action=view_secret"  # answered from the decision cache where it may be


class Wire:
    """One kept-alive connection to a process; it can send a request now and read the answer later."""

    def __init__(self, port):
        self.port = port
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, authorization):
        self.socket.sendall(f"GET {CHECK} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\r\n".encode())

    def status(self):
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self.more()
        head = self.buffer[:end].decode().lower()
        total = end + 4 + int(head.split("content-length:")[1].split("\r")[0])
        while len(self.buffer) < total:
            self.more()
        self.buffer = self.buffer[total:]
        return int(head.split(" ")[1])

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the connection was closed")
        self.buffer += piece

    def ask(self, authorization):
        """Sends a request and reads its answer; replaces a connection that was idle for too long."""
        try:
            self.send(authorization)
            return self.status()
        except ConnectionError:
            self.close()
            self.connect()
            self.send(authorization)
            return self.status()

    def close(self):
        self.socket.close()


class Field:
    """Several processes over one database, with connections to each, and users whose access is removed."""

    def __init__(self, servers, wires=1):
        self.servers = servers
        self.wires = [[Wire(server.port) for _ in range(wires)] for server in servers]
        self.admin = client.Api(servers[0].url, f"Access {servers[0].auth_key}")
        self.alice, self.bob = client.make_accounts(self.admin, "alice", "bob")
        self.bob.sql = lambda text, *parameters: servers[0].sql(text, parameters or None)
        self.removals = self.tries = self.allowed = 0
        self.seconds = []

    def close(self):
        for wires in self.wires:
            for wire in wires:
                wire.close()

    def at(self, api, server):
        """The same caller on another process."""
        return client.Api(server.url, api.authorization)

    def remember(self, authorization, servers=None):
        """Makes every process cache the credential."""
        for server, wires in zip(self.servers, self.wires):
            if servers is None or server in servers:
                for wire in wires + wires[:1]:
                    serving.wait_for("it is allowed", lambda wire=wire: self.status_of(wire, authorization) == 200)

    def status_of(self, wire, authorization):
        status = wire.ask(authorization)
        assert status in (200, 503), f"{status} before the removal"  # 503: the machine is busy
        return status


    def take_away(self, request):
        """Sends a removal, and records how long it took."""
        def sent():
            begin = time.monotonic()
            answer = request()
            self.seconds.append(time.monotonic() - begin)
            if answer.status_code == 503 and "not available" in answer.text:
                return None  # nothing was done
            return answer

        answer = serving.wait_for("the database is there", sent)
        assert answer.status_code in (200, 204), f"{answer.status_code} {answer.text}"
        self.removals += 1

    def try_everywhere(self, authorization, times, servers=None):
        """Sends requests with a revoked credential to all processes at once, repeatedly."""
        wires = [wire for server, wires in zip(self.servers, self.wires) for wire in wires
                 if servers is None or server in servers]
        for _ in range(times):
            for wire in wires:
                wire.send(authorization)
            statuses = [wire.status() for wire in wires]
            self.tries += len(wires)
            self.allowed += statuses.count(200)
            assert set(statuses) <= {200, 401, 503}, statuses

    # ---- kinds of access ----

    def make_key(self):
        return self.alice.using("ApiKey " + self.alice.ok("POST", "/keys/"))

    def remove_key(self, key, server):
        self.take_away(lambda: self.at(self.alice, server).delete(f"/keys/{key.authorization[7:15]}"))

    def make_session(self):
        return sessions.session_of(self.bob, self.bob.sql)

    def end_session(self, session, server):
        self.take_away(lambda: self.at(session, server).post("/auth/signout"))

    def make_member(self):
        client.join(self.alice, self.bob)
        token = client.sign(self.servers[0].auth_key, client.claims_of(self.bob, project_id=self.alice.project))
        return self.bob.using("Secret " + token)

    def remove_member(self, _, server):
        alice = self.at(self.alice, server)
        self.take_away(lambda: alice.delete(
            f"/workspaces/{self.alice.workspace}/users/?email={self.bob.email}&organization_id={self.alice.organization}"
            f"&project_id={self.alice.project}"))

    KINDS = {"key": (make_key, remove_key), "session": (make_session, end_session), "member": (make_member, remove_member)}

    def round(self, kind, times=1):
        """Creates access of one kind, gets it cached, removes it on one process, and tries it on all."""
        make, remove = self.KINDS[kind]
        access = make(self)
        self.remember(access.authorization)
        remove(self, access, random.choice(self.servers))
        self.try_everywhere(access.authorization, times)
