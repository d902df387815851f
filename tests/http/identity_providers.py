"""Identity providers for tests: a real OpenID Connect provider, and one that misbehaves on demand."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import select
import subprocess
import threading
import time
import urllib.parse

import requests

NODE = pathlib.Path(__file__).resolve().parent.parent / "node"


class Provider:
    """tests/node/identity_provider.mjs, on a free port."""

    def __init__(self, redirect, client_id="orgd", secret="a secret of the client", **environment):
        self.client_id, self.secret, self.redirect = client_id, secret, redirect
        self.process = subprocess.Popen(
            ["node", "identity_provider.mjs"], cwd=NODE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, "CLIENT_ID": client_id, "CLIENT_SECRET": secret, "REDIRECT": redirect,
                                            **environment})
        readable, _, _ = select.select([self.process.stdout], [], [], 30)
        assert readable, "the identity provider does not start"
        self.issuer = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def sign_in(self, url, person):
        """Clicks through the provider's pages like a user; returns the parameters that it sends back."""
        browser = requests.Session()
        browser.trust_env = False
        answer = browser.get(url, allow_redirects=False)
        for _ in range(20):
            location = answer.headers.get("Location")
            if location and location.startswith(self.redirect):
                return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
            if location:
                answer = browser.get(urllib.parse.urljoin(answer.url, location), allow_redirects=False)
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form, answer.text[:500]
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text).group(1)
            fields = {"prompt": prompt, "login": person, "password": "any"}
            answer = browser.post(urllib.parse.urljoin(answer.url, form.group(1)), data=fields, allow_redirects=False)
        raise AssertionError("the provider's pages do not end")

    def close(self):
        self.process.terminate()
        self.process.wait(10)


class Misbehaving:
    """An issuer that answers from `pages`: {path: (status, headers, body)} or a function of the handler."""

    def __init__(self):
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(self.path)
                page = provider.pages.get(urllib.parse.urlsplit(self.path).path, (404, {}, b"{}"))
                if callable(page):
                    page = page(self)
                if page is None:
                    return
                status, headers, body = page
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.pages, self.asked = {}, []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self, **changes):
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/auth", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks", **changes}

    def serve(self, document, **pages):
        self.pages = {"/.well-known/openid-configuration": (200, {}, document), "/jwks": (200, {}, {"keys": []}),
                      **{f"/{name}": page for name, page in pages.items()}}
        self.asked.clear()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def hang(seconds):
    """A page that sends nothing for the given time."""
    def page(_handler):
        time.sleep(seconds)
    return page
