"""The database backend is killed at each statement of an administration request: the whole request is stored, or nothing."""
import contextlib
import os
import pathlib
import sys

import pytest
from serving import wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "migrate"))
import wire  # noqa: E402  (from tests/migrate)

PASSWORD = "Str0ng!pass1"


class Killer:
    """Kills the backend of a worker before its n-th request to the database is forwarded."""

    def __init__(self, pair):
        self.pair = pair
        self.at = self.count = None
        self.workers = {}

    def is_worker(self, pid):
        if pid not in self.workers:
            ((name,),) = self.pair.sql("SELECT application_name FROM pg_stat_activity WHERE pid = %s", (pid,)) or [("",)]
            self.workers[pid] = name == "orgd"
        return self.workers[pid]

    def before(self, _, pid):
        if self.at is None or pid is None or not self.is_worker(pid):
            return False
        self.count += 1
        if self.count == self.at:
            self.pair.sql("SELECT pg_terminate_backend(%s)", (pid,))
            wait_for("it has gone", lambda: not self.pair.sql("SELECT pid FROM pg_stat_activity WHERE pid = %s", (pid,)), 10)
        return False

    @contextlib.contextmanager
    def armed(self, at):
        self.at, self.count = at, 0
        yield
        self.at = None


@pytest.fixture
def killer(pair):
    return Killer(pair)


@pytest.fixture
def server(pair, killer, make_server):
    """One worker in each pool, behind the proxy."""
    proxy = wire.Proxy(pair.cluster, killer.before)
    yield make_server(POSTGRES_URI_CORE=proxy.uri(pair.core), POSTGRES_URI_TRACING=proxy.uri(pair.tracing), ORGD_WORKERS="1",
                      ORGD_SLOW_WORKERS="1").start()
    proxy.close()


def contents(pair):
    """Every row of every table, except those that running servers change."""
    return dict(pair.sql("""
        SELECT format('%I.%I', schemaname, tablename),
               query_to_xml(format('SELECT t::text AS t FROM %I.%I AS t ORDER BY 1', schemaname, tablename), false, false, '')::text
        FROM pg_tables WHERE schemaname IN ('public', 'orgd')
             AND tablename NOT IN ('leases', 'lease_state', 'rate_limits',  -- of running servers
                                   'audit_counts', 'audit_seals', 'audit_anchors')  -- evidence of the failed request"""))


def make_people(server):
    """Ann with an organization in which Bob is a member, both with logins."""
    body = {"accounts": {name: {"user": {"email": f"{name}@acme.example"}, "user_identities": [
        {"method": "email:password", "subject": f"{name}@acme.example", "password": PASSWORD}]} for name in ("ann", "bob")}}
    made = server.admin("POST", "/admin/simple/accounts/", body).json["accounts"]
    ids = {f"{name}.{place}": made[name][f"{place}s"][key]["id"] for name in made
           for place, key in (("organization", "org"), ("workspace", "wrk"), ("project", "prj"))}
    ids.update({name: made[name]["user"]["id"] for name in made})
    for scope in ("organization", "workspace", "project"):
        done = server.admin("POST", f"/admin/simple/accounts/{scope}s/memberships/", {"membership": {
            f"{scope}_ref": {"id": ids[f"ann.{scope}"]}, "user_ref": {"id": ids["bob"]}, "role": "viewer"}})
        assert done.status == 200, done
    return ids


def graph(ids):
    def ref(name):
        return {"ref": name}
    return "POST", "/admin/accounts/", {
        "options": {"create_identities": True, "create_api_keys": True, "idempotency_key": "k", "reason": "r"},
        "users": {"eve": {"email": "eve@acme.example"}},
        "user_identities": {"i": {"user_ref": ref("eve"), "method": "email:password", "subject": "eve@acme.example", "password": PASSWORD}},
        "organizations": {"o": {"name": "o", "owner_user_ref": {"email": "bob@acme.example"}}},
        "workspaces": {"w": {"name": "w", "organization_ref": ref("o")}, "x": {"name": "x", "organization_ref": {"id": ids["ann.organization"]}}},
        "projects": {"p": {"name": "p", "organization_ref": ref("o"), "workspace_ref": ref("w"), "is_default": True},
                     "q": {"name": "q", "organization_ref": {"id": ids["ann.organization"]}, "workspace_ref": {"id": ids["ann.workspace"]},
                           "is_default": True}},
        "organization_memberships": {"m": {"organization_ref": ref("o"), "user_ref": ref("eve"), "role": "owner"},
                                     "n": {"organization_ref": {"id": ids["ann.organization"]}, "user_ref": {"id": ids["bob"]}, "role": "admin"}},
        "workspace_memberships": {"m": {"workspace_ref": ref("w"), "user_ref": ref("eve"), "role": "admin"}},
        "project_memberships": {"m": {"project_ref": ref("p"), "user_ref": ref("eve"), "role": "viewer"}},
        "api_keys": {"k": {"project_ref": ref("p"), "user_ref": ref("eve")}}}


def batch(_):
    return "POST", "/admin/simple/accounts/", {"accounts": {name: {"user": {"email": f"{name}@acme.example"}} for name in ("x", "y", "z")}}


def user(_):
    return "POST", "/admin/simple/accounts/users/", {"user": {"email": "new@acme.example"}}


def delete_everybody(ids):
    return "DELETE", "/admin/accounts/", {"target": {"user_ids": [ids["ann"], ids["bob"]]}, "dry_run": False}


def delete_simply(_):
    return "DELETE", "/admin/simple/accounts/", {"accounts": {name: {"user": {"email": f"{name}@acme.example"}} for name in ("ann", "bob")}}


def delete_one(ids):
    return "DELETE", f"/admin/simple/accounts/users/{ids['ann']}", None


def transfer(ids):
    return "POST", "/admin/simple/accounts/transfer-ownership", {"users": {"source": {"id": ids["ann"]}, "target": {"id": ids["bob"]}}}


def reset(_):
    return "POST", "/admin/simple/accounts/reset-password", {"user_identities": [
        {"method": "email:password", "subject": f"{name}@acme.example", "password": "0ther!Password"} for name in ("ann", "bob")]}


# These have all kinds of statements; the others are for the sweep.
REQUESTS = [graph, delete_everybody] + ([batch, user, delete_simply, delete_one, transfer, reset] if os.environ.get("KILL_SWEEP") == "all" else [])


@pytest.mark.parametrize("request_of", REQUESTS, ids=lambda function: function.__name__)
def test_killed_at_each_statement(request_of, server, killer, pair):
    method, path, body = request_of(make_people(server))
    before = contents(pair)
    for at in range(1, 100):
        with killer.armed(at):
            answer = server.admin(method, path, body)
        if killer.count < at:
            break
        if answer.status in (200, 204):  # nothing had begun, so it could be repeated
            assert contents(pair) != before
            break
        assert answer.status == 503, f"at statement {at}: {answer}"
        assert contents(pair) == before, f"killed at statement {at} of {path}"
        wait_for("the database is back", server.is_ready, 10)
    assert answer.status in (200, 204), answer
    assert at > 5
    assert contents(pair) != before
