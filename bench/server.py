"""Starts and stops one server with its own data directory, and reads its memory and CPU."""
import http.client
import os
import signal
import socket
import subprocess
import time

HOST = "127.0.0.1"


def port_is_free(port):
    """Whether a port is free: a server left over from another run would be measured too."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def require_port(port):
    if not port_is_free(port):
        raise SystemExit(f"bench: port {port} is in use; end what listens there, or choose another one with --port.")


class Server:
    """`orgd serve` on 127.0.0.1, with its metrics on the next port."""

    def __init__(self, binary, data, port, log, settings=None):
        self.binary, self.data, self.port, self.log = binary, data, port, log
        self.settings = settings or {}
        self.process = None
        self.started = 0.0

    def start(self):
        require_port(self.port)
        require_port(self.port + 1)
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("ORGD_", "AGENTA_", "POSTGRES_", "ALEMBIC_", "PG"))}
        environment.update(ORGD_DATA_DIR=self.data, ORGD_LISTEN=f"{HOST}:{self.port}",
                           ORGD_METRICS_LISTEN=f"{HOST}:{self.port + 1}", **self.settings)
        with open(self.log, "ab") as log:
            self.started = time.monotonic()
            self.process = subprocess.Popen([self.binary, "serve"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment, cwd=os.path.dirname(self.data))
        return self

    def until_ok(self, path, headers=None, seconds=60):
        """Seconds from the start of the process to its first 200 for a path."""
        deadline = self.started + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"bench: the server ended with status {self.process.returncode}; "
                                 f"its last words: {self.last_words()}")
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            try:
                connection.request("GET", path, headers=headers or {})
                if connection.getresponse().status == 200:
                    return time.monotonic() - self.started
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.001)
        raise SystemExit(f"bench: no 200 for {path} within {seconds} s; the server's last words: {self.last_words()}")

    def last_words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "; ".join(log.read().splitlines()[-3:]) or "none"

    def stop(self):
        """Ends this process only, with SIGKILL after half a minute."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                print(f"bench: the server (process {self.process.pid}) did not stop within 30 s and is killed.")
                self.process.kill()
                self.process.wait()
        self.process = None

    def resident(self):
        """MiB of resident memory: (the server, its PostgreSQL processes with shared pages counted once)."""
        pid = self.process.pid
        return memory(pid, "Rss"), sum(memory(child, "Pss") for child in descendants(pid))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))


def memory(pid, kind):
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith(kind + ":")) / 1024
    except OSError:
        return 0.0


def descendants(pid):
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                    parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                pass
    found, look = [], [pid]
    while look:
        above = look.pop()
        below = [child for child, parent in parents.items() if parent == above]
        found += below
        look += below
    return found


def idle_connections(port, count):
    """Opens connections, waits for one answer on each, and keeps them open. Returns the sockets."""
    request = b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n"
    sockets = []
    for _ in range(count):
        client = socket.create_connection((HOST, port), timeout=10)
        sockets.append(client)
        client.sendall(request)
        if not client.recv(4096).startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"bench: connection {len(sockets)} of {count} was not answered 200.")
    return sockets
