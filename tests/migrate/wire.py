"""A proxy between a program and PostgreSQL that calls back before the n-th request."""
import contextlib
import os
import pathlib
import shutil
import socket
import struct
import tempfile
import threading


class Proxy:
    """
    Forwards connections on a Unix socket of its own. `before(number, pid)` is called before each request (simple query or sync)
    is forwarded, with its number over all connections and the process behind it. If it returns True, nothing is forwarded any
    more.
    """

    def __init__(self, cluster, before=lambda number, pid: False):
        self.target = str(cluster.folder / ".s.PGSQL.5432")
        self.before = before
        self.requests = 0
        self.lock = threading.Lock()
        self.stopped = False
        self.connections = []
        self.threads = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="orgd-test-"))
        self.folder.chmod(0o755)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        os.chmod(self.folder / ".s.PGSQL.5432", 0o777)
        self.listener.listen(16)
        self._start(self._accept)

    def uri(self, database):
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            self.connections += [client, server]
            process = {}
            for source, sink, requests in ((client, server, True), (server, client, False)):
                self._start(self._pump, source, sink, requests, process)

    def _start(self, what, *arguments):
        thread = threading.Thread(target=what, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _pump(self, source, sink, requests, process):
        with contextlib.suppress(OSError, EOFError):
            if requests:  # the first message has no type
                head = self._read(source, 4)
                sink.sendall(head + self._read(source, struct.unpack("!I", head)[0] - 4))
            while True:
                head = self._read(source, 5)
                body = self._read(source, struct.unpack("!I", head[1:])[0] - 4)
                if requests and head[:1] in b"QS" and self._stop(process):
                    break
                if not requests and head[:1] == b"K":
                    process["pid"] = struct.unpack("!I", body[:4])[0]
                sink.sendall(head + body)
        self._shut(source, sink)

    @staticmethod
    def _shut(*ends):
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _stop(self, process):
        with self.lock:
            if not self.stopped:
                self.requests += 1
                self.stopped = bool(self.before(self.requests, process.get("pid")))
            return self.stopped

    @staticmethod
    def _read(source, size):
        data = b""
        while len(data) < size:
            more = source.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def close(self):
        """
        Ends all connections, and returns when nothing is forwarded any more. A socket that a thread reads stays open until it is
        shut down, even if it is closed.
        """
        self._shut(self.listener)
        self.threads[0].join()
        self._shut(*self.connections)
        for thread in self.threads:
            thread.join()
        for end in (self.listener, *self.connections):
            end.close()
        shutil.rmtree(self.folder)
