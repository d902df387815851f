"""Sign-up and sign-in like a browser, for tests."""
import itertools
import json

import client

PASSWORD = "Str0ng!pass1"
numbers = itertools.count()


def address(name="ann", domain="acme.example"):
    """An unused address."""
    return f"{name}-{next(numbers)}@{domain}"


def form(**fields):
    return {"formFields": [{"id": name, "value": value} for name, value in fields.items()]}


class Browser:
    """The browser interface at a URL; keeps the access token of its session."""

    def __init__(self, url):
        self.api = client.Api(url)

    def post(self, path, body, **more):
        """The answer, which must be one of this interface; results of the operation are 200."""
        answer = self.api.post(path, body, **more)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8", answer.text
        if "st-access-token" in answer.headers:
            self.api.authorization = "Bearer " + answer.headers["st-access-token"]
        return answer

    def outcome(self, path, body, **more):
        answer = self.post(path, body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sign_up(self, email, password=PASSWORD, **more):
        return self.outcome("/auth/signup", form(email=email, password=password, **more))

    def sign_in(self, email, password=PASSWORD):
        return self.outcome("/auth/signin", form(email=email, password=password))

    @property
    def claims(self):
        part = self.api.authorization.removeprefix("Bearer ").split(".")[1]
        return json.loads(client.base64url_read(part))
