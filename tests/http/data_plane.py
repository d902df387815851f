"""The data plane of the tests: tests/node/data_plane.mjs, with the session library that Agenta's API uses."""
import os
import subprocess

import client
import serving

KEY = "a key of the tests' auth core"


class DataPlane(client.Api):
    """Answers who a session is, as its library finds out from the auth core at `core`."""

    def __init__(self, core, key=KEY, api="http://localhost", web="http://localhost"):
        self.process = subprocess.Popen(
            ["node", "data_plane.mjs"], cwd=serving.TREE / "tests" / "node", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "CORE": core, "CORE_KEY": key, "API": api, "WEB": web})
        super().__init__(f"http://127.0.0.1:{int(self.process.stdout.readline())}")

    def who(self, session, method="GET", **headers):
        """The answer to a request with the credential of a session in header transport."""
        return self.call(method, "/who", headers={"Authorization": f"Bearer {session.access}", **headers})

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
