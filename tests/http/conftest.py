"""Fixtures for tests of the API, in addition to the server: its database, its administrator, and users."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import client  # noqa: E402  (in this folder)
import serving  # noqa: E402


@pytest.fixture(scope="session")
def sql(server):
    """Runs SQL in the core database and answers its rows: `sql("SELECT ... WHERE id = %s", id)`."""
    return lambda text, *parameters: server.sql(text, parameters or None)


@pytest.fixture(scope="session")
def key(server):
    """The administration key, which also signs secret tokens."""
    return server.auth_key


@pytest.fixture(scope="session")
def admin(server, key):
    return client.Api(server.url, f"Access {key}")


@pytest.fixture(scope="session")
def nobody(server):
    """The API without credentials."""
    return client.Api(server.url)


@pytest.fixture
def people(admin):
    """Makes new users, each with an organization of their own: `alice, bob = people("alice", "bob")`."""
    return lambda *names: client.make_accounts(admin, *names)


@pytest.fixture
def alice(people):
    return people("alice")[0]


@pytest.fixture(scope="session")
def program_role(server):
    """A role with the privileges that docs/operations.md grants to the program if another role owns the databases."""
    server.superuser_sql("CREATE ROLE program LOGIN")
    grants = subprocess.run([serving.PROGRAM, "schema", "grants", "--program", "program"], env=serving.clean_environment(),
                            check=True, capture_output=True, text=True).stdout
    for name in ("core", "tracing"):
        server.sql(grants, database=f"agenta_oss_{name}")
    with open(server.data / "postgresql" / "pg_ident.conf", "a", encoding="utf-8") as ident:
        ident.write("orgd /^.*$ program\n")
    server.superuser_sql("SELECT pg_reload_conf()")
    serving.wait_for("PostgreSQL lets it in", lambda: connects(server, "program"))
    return "program"


def connects(server, role):
    try:
        serving.psycopg2.connect(host=str(server.data), user=role, dbname="agenta_oss_core").close()
    except serving.psycopg2.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def sibling(server, program_role):
    """Makes servers over the same databases, with the same keys and other settings, and only the privileges that they need."""
    uris = {f"POSTGRES_URI_{name.upper()}": f"postgresql://{program_role}@/agenta_oss_{name}?host={server.data}"
            for name in ("core", "tracing")}
    return lambda **settings: serving.Server(AGENTA_AUTH_KEY=server.auth_key, AGENTA_CRYPT_KEY=server.crypt_key, **uris, **settings)


@pytest.fixture(scope="session")
def second(sibling):
    second = sibling().start()
    yield second
    second.close()


@pytest.fixture
def another(sibling):
    """The same, for one test: `another(AGENTA_API_URL=...)`."""
    made = []

    def make(**settings):
        made.append(sibling(**settings).start())
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture(scope="session")
def enterprise():
    """A server of the enterprise edition, as far as it is implemented."""
    server = serving.Server(AGENTA_LICENSE="ee", ORGD_ENTERPRISE_PREVIEW="on").start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def ee_admin(enterprise):
    return client.Api(enterprise.url, f"Access {enterprise.auth_key}")


@pytest.fixture(scope="session")
def ee_sql(enterprise):
    return lambda text, *parameters: enterprise.sql(text, parameters or None, "agenta_ee_core")
