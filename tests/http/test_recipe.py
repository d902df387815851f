"""The files of packaging/alongside-agenta agree with each other: they send the same prefixes to orgd."""
import re

import yaml
from proxies import FILES

PREFIXES = {"/api/auth", "/api/organizations", "/api/workspaces", "/api/projects", "/api/profile", "/api/keys", "/api/access/permissions",
            "/api/admin/accounts", "/api/admin/simple"}


def read(name):
    return (FILES / name).read_text(encoding="utf-8")


def test_nginx_and_caddy():
    for name in ("nginx.conf", "Caddyfile"):
        (pattern,) = re.findall(r"\^\(\?:/api\)\+/\(([^)]*)\)\(/\|\$\)", read(name))
        assert {f"/api/{each}" for each in pattern.split("|")} == PREFIXES, name


def test_traefik():
    service = yaml.safe_load(read("compose.yaml"))["services"]["orgd"]
    labels = service["labels"]
    assert set(re.findall(r"PathPrefix\(`([^`]*)`\)", labels["traefik.http.routers.orgd.rule"])) == PREFIXES | {"/api/api"}
    assert labels["traefik.http.middlewares.orgd.forwardauth.address"].endswith("/auth/forward")
    assert labels["traefik.http.services.orgd.loadbalancer.server.port"] == service["environment"]["ORGD_LISTEN"].lstrip(":")


def test_ingress():
    (ingress,) = yaml.safe_load(read("helm-values.yaml"))["extraObjects"]
    (rule,) = ingress["spec"]["rules"]
    assert {(path["path"], path["pathType"]) for path in rule["http"]["paths"]} == {(prefix, "Prefix") for prefix in PREFIXES | {"/api/api"}}
    assert {path["backend"]["service"]["name"] for path in rule["http"]["paths"]} == {"orgd"}
