"""Real reverse proxies with the configuration files of packaging/alongside-agenta, and servers that show what arrives."""
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import threading

import serving

FILES = serving.TREE / "packaging" / "alongside-agenta"


class Echo:
    """Answers each request with a JSON description of it, under its own name."""

    def __init__(self, name):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.dumps({"server": name, "method": self.command, "path": self.path, "body": self.rfile.read(length).decode(),
                                   "headers": {key.lower(): value for key, value in self.headers.items()}}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Proxy:
    """A proxy on a free port, with the shipped configuration; `upstreams` are the addresses of orgd, api, services and web."""

    def __init__(self, upstreams):
        self.folder = serving.make_folder()
        self.port = serving.unused_port()
        self.upstreams = upstreams
        self.log = open(self.folder / "log", "wb")  # noqa: SIM115  (lives as long as the proxy)
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env={**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
                                             "XDG_CONFIG_HOME": str(self.folder)})
        serving.wait_for("the proxy listens", self.listens, 20)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def listens(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def configuration(self, name):
        text = (FILES / name).read_text(encoding="utf-8")
        for container, address in self.upstreams.items():
            text, found = re.subn(rf"\b{container}:\d+", address, text)
            assert found, f"{name} does not name {container}"
        return text

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Proxy):
    name = "nginx"

    def command(self):
        server = self.configuration("nginx.conf").replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        (self.folder / "server.conf").write_text(server, encoding="utf-8")
        kept = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\npid {self.folder}/pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{kept}include {self.folder}/server.conf;\n}}\n", encoding="utf-8")
        return ["/usr/sbin/nginx", "-e", "stderr", "-p", self.folder, "-c", self.folder / "nginx.conf"]


class Caddy(Proxy):
    name = "caddy"

    def command(self):
        server = self.configuration("Caddyfile").replace(":80 {", f":{self.port} {{\n\tbind 127.0.0.1")
        (self.folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n\n" + server, encoding="utf-8")
        return ["caddy", "run", "--adapter", "caddyfile", "--config", self.folder / "Caddyfile"]


