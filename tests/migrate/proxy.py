"""Stands between a runner and PostgreSQL, and does something after the n-th message of the runner was carried out."""
import contextlib
import pathlib
import shutil
import socket
import struct
import tempfile
import threading


class Proxy:
    """`act(pid)` is called once, with the backend's process, when the server is done with message number `after`."""

    def __init__(self, cluster, after, act):
        self.upstream = str(pathlib.Path(cluster.folder) / ".s.PGSQL.5432")
        self.folder = tempfile.mkdtemp(prefix="orgd-proxy-")
        self.after = after
        self.act = act
        self.count = 0
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/.s.PGSQL.5432")
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def uri(self, database):
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        shutil.rmtree(self.folder)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.upstream)
        session = {"pid": 0, "due": False}
        threading.Thread(target=self.forward, args=(client, server, session), daemon=True).start()
        with contextlib.suppress(OSError):
            for kind, message in messages(server):
                if kind == b"K":
                    session["pid"] = struct.unpack("!I", message[5:9])[0]
                if kind == b"Z" and session["due"]:
                    session["due"] = False
                    self.act(session["pid"])
                client.sendall(message)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def forward(self, client, server, session):
        with contextlib.suppress(OSError):
            head = exactly(client, 4)
            server.sendall(head + exactly(client, struct.unpack("!I", head)[0] - 4))
            for kind, message in messages(client):
                if kind in (b"Q", b"S"):  # a script, or the end of a prepared statement
                    with self.lock:
                        self.count += 1
                        session["due"] = self.count == self.after
                server.sendall(message)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def exactly(source, size):
    data = b""
    while len(data) < size:
        more = source.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def messages(source):
    while True:
        head = exactly(source, 5)
        yield head[:1], head + exactly(source, struct.unpack("!I", head[1:])[0] - 4)
