"""A small application on the real server, and raw sockets to it, for the tests of the request parser."""
import os
import select
import signal
import socket
import subprocess
import time

import pytest

PROGRAM = os.path.join(os.path.dirname(os.environ.get("ORGD", "build/orgd")), "tests", "server_fixture")
SLACK = float(os.environ.get("SLACK", "1"))  # factor for waiting times of tests, for slow builds


class Fixture:
    """One running server; `limits` are its arguments."""

    def __init__(self, tmp_path, **limits):
        self.log_path = tmp_path / "log"
        arguments = [f"{name}={value}" for name, value in limits.items()]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline().decode().split()
        assert len(line) == 2, self.log()
        self.port, self.metrics_port = (int(address.rsplit(":", 1)[1]) for address in line)

    def connect(self, port=None):
        return Client(port or self.port)

    def get(self, target, *fields):
        with self.connect() as client:
            client.request("GET", target, *fields)
            return client.answer()

    def post(self, target):
        with self.connect() as client:
            client.request("POST", target)
            return client.answer()

    def metrics(self):
        """All values, by name and labels."""
        with self.connect(self.metrics_port) as client:
            client.request("GET", "/metrics")
            text = client.answer().body.decode()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if line and line[0] != "#")}

    def log(self):
        return self.log_path.read_text()

    def log_lines(self, part, count=1, within=2):
        """Waits for lines that contain `part`; the log is written a little later than the answers."""
        end = time.monotonic() + within * SLACK
        while True:
            found = [line for line in self.log().splitlines() if part in line]
            if len(found) >= count or time.monotonic() > end:
                return found
            time.sleep(0.02)

    def stop(self, within=10):
        """Ends the server as an operator does; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(within * SLACK)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process.stdout.close()
        return status


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        import json
        return json.loads(self.body)


class Client:
    """A connection on which the test chooses every byte."""

    def __init__(self, port, source="127.0.0.1"):
        self.socket = socket.create_connection(("127.0.0.1", port), 10 * SLACK, (source, 0))
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def request(self, method, target, *fields, body=b""):
        lines = [f"{method} {target} HTTP/1.1", "Host: test", *fields]
        return self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def _more(self):
        data = self.socket.recv(65536)
        self.received += data
        return bool(data)

    def answer(self, to_head=False):
        """The next answer; AssertionError if the connection closes before it is complete."""
        while b"\r\n\r\n" not in self.received:
            assert self._more(), f"closed after {self.received!r}"
        head, rest = self.received.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        version, status = lines[0].split(" ")[:2]
        assert version == "HTTP/1.1"
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, f"{name} twice"
            headers[name.lower()] = value
        length = 0 if to_head else int(headers.get("content-length", 0))
        body = bytearray(rest)  # grows in place: copying the received data would be too slow for big answers
        while len(body) < length:
            data = self.socket.recv(1 << 20)
            assert data, f"closed in the body after {len(body)} of {length} bytes"
            body += data
        self.received = bytes(body[length:])
        return Answer(int(status), headers, bytes(body[:length]))

    def is_closed(self, within=2):
        """Whether the server closes within the given seconds, without sending anything."""
        end = time.monotonic() + within * SLACK
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return False
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return True
            if not data:
                return not self.received
            self.received += data

    def is_open(self):
        """Whether the connection still answers."""
        self.request("GET", "/health")
        return self.answer().status == 200


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Fixture(tmp_path_factory.mktemp("server"))
    yield server
    assert server.stop() == 0, server.log()


@pytest.fixture
def serve(tmp_path):
    """Starts a server with limits of its own."""
    started = []

    def start(**limits):
        server = Fixture(tmp_path, **limits)
        started.append(server)
        return server
    yield start
    for server in started:
        server.stop()


def head(*lines, end=b"\r\n\r\n"):
    return b"\r\n".join(lines) + end


GET = b"GET /health HTTP/1.1"
POST = b"POST /echo HTTP/1.1"
HOST = b"Host: test"
