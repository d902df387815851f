"""An OSS database becomes an EE database: tables, plans, seats."""
import random

import old
import pytest
import scratch

PEOPLE = """
INSERT INTO users (id, email) SELECT gen_random_uuid(), n || '@acme.io' FROM generate_series(1, 3) n;
INSERT INTO organizations (id, name, owner_id)
SELECT gen_random_uuid(), name, (SELECT id FROM users WHERE email = '1@acme.io') FROM (VALUES ('Acme'), ('Empty')) o (name);
INSERT INTO organization_members (id, user_id, organization_id, role)
SELECT gen_random_uuid(), u.id, o.id, 'viewer' FROM users u, organizations o WHERE o.name = 'Acme';
"""


def ordered(dump):
    """The dump, and separately its physical orders."""
    lines = dump.split("\n")
    return [line for line in lines if not (line.startswith("TABLE ") and " COLUMN-ORDER " in line)], {
        line.split(" COLUMN-ORDER ")[0].removeprefix("TABLE public."): line.split(" COLUMN-ORDER ")[1] for line in lines if line.startswith("TABLE public.") and " COLUMN-ORDER " in line
    }


def test_a_switched_database_equals_ee_except_physical_order(pair):
    pair.run("migrate", "up", "--to", "agenta")
    pair.edition = "ee"
    pair.run("migrate", "up", "--to", "agenta")
    got, got_order = ordered(scratch.without_header(pair.dump()))
    want, want_order = ordered(scratch.reference("ee_core"))
    assert got == want
    different = {table for table in want_order if got_order[table] != want_order[table]}
    assert different == {"api_keys", "meters", "subscriptions"}
    assert got_order["api_keys"] == ordered(scratch.reference("oss_core"))[1]["api_keys"]
    assert scratch.without_header(pair.dump(pair.tracing)) == scratch.reference("ee_tracing")


def test_adoption_assigns_plans_and_counts_users(pair):
    pair.run("migrate", "up")
    pair.sql(PEOPLE)
    pair.edition = "ee"
    pair.run("migrate", "up", AGENTA_ACCESS_DEFAULT_PLAN="it's a plan; DROP TABLE users")
    assert pair.sql("SELECT DISTINCT plan, active, anchor = extract(day FROM now() AT TIME ZONE 'UTC'), customer_id"
                    " FROM subscriptions") == [("it's a plan; DROP TABLE users", True, True, None)]
    assert pair.sql("SELECT o.name, m.value, m.synced, m.year, m.month, m.day FROM meters m"
                    " JOIN organizations o ON o.id = m.organization_id WHERE m.key = 'USERS' ORDER BY 1, 4 NULLS LAST") == [
        ("Acme", 3, 0, 0, 0, None), ("Acme", 3, 0, None, None, None),
        ("Empty", 0, 0, 0, 0, None), ("Empty", 0, 0, None, None, None)]
    pair.run("migrate", "up")
    assert pair.sql("SELECT count(*) FROM subscriptions") == [(2,)]


def test_a_membership_written_twice_is_one_seat(pair):
    pair.run("migrate", "up", "--to", "agenta")
    pair.sql(PEOPLE + "INSERT INTO organization_members (id, user_id, organization_id, role)"
                      " SELECT gen_random_uuid(), user_id, organization_id, role FROM organization_members LIMIT 1")
    pair.edition = "ee"
    pair.run("migrate", "up", "--to", "agenta")
    assert pair.sql("SELECT max(value) FROM meters") == [(3,)]
    assert pair.sql("SELECT DISTINCT plan FROM subscriptions") == [("self_hosted_enterprise",)]


def test_an_ee_organization_keeps_its_plan(make_pair):
    pair = make_pair("ee")
    pair.run("migrate", "up")
    pair.sql(PEOPLE + "INSERT INTO subscriptions (organization_id, plan, active) SELECT id, 'own', true FROM organizations")
    pair.run("migrate", "down", "--to", "ee0000000001", "--allow", "DELETES_DATA")
    pair.run("migrate", "up")
    assert pair.sql("SELECT DISTINCT plan FROM subscriptions") == [("own",)]


def test_the_oss_program_accepts_an_ee_database(make_pair):
    pair = make_pair("ee")
    pair.run("migrate", "up")
    before = pair.dump()
    pair.edition = "oss"
    pair.run("migrate", "status", "--exit-code")
    pair.run("migrate", "up")
    assert pair.dump() == before


def test_the_gauge_has_the_id_that_the_runtime_reads(pair):
    # the id is a hash of the key and the organization, as in the vector of the enterprise API
    organization = "11111111-1111-7111-8111-111111111111"
    pair.run("migrate", "up", "--to", "agenta")
    pair.sql(PEOPLE + "INSERT INTO organizations (id, name, owner_id) SELECT %s, 'Vector', id FROM users LIMIT 1", [organization])
    pair.edition = "ee"
    pair.run("migrate", "up", "--to", "agenta")
    assert pair.sql("SELECT meter_id::text FROM meters WHERE organization_id = %s AND year IS NULL", [organization]) == [
        ("4968c574-06c5-5b35-8522-89fdd759af07",)]


def test_adopting_twice_changes_nothing(pair):
    pair.run("migrate", "up")
    pair.sql(PEOPLE)
    pair.edition = "ee"
    pair.run("migrate", "up")
    pair.sql(scratch.EMPTY_AUDIT)  # the record of this is not restored
    before = old.rows(pair)
    pair.run("migrate", "up")
    pair.run("migrate", "down", "--to", "ee0000000001")
    pair.run("migrate", "up", AGENTA_ACCESS_DEFAULT_PLAN="another")
    assert old.rows(pair) == before


def test_a_database_that_agenta_adopted_gets_the_gauge_of_the_runtime(pair):
    pair.run("migrate", "up", "--to", "agenta")
    pair.sql(PEOPLE)
    pair.edition = "ee"
    pair.run("migrate", "up", "--to", "agenta")
    pair.sql("DELETE FROM meters WHERE year IS NULL")
    pair.run("migrate", "down", "--to", "ee0000000001")
    pair.run("migrate", "up", "--to", "agenta")
    assert pair.sql("SELECT count(*), count(year) FROM meters") == [(4, 2)]


def test_only_named_databases_are_created(pair):
    # Agenta creates agenta_ee_core and others in addition to the named databases
    pair.run("migrate", "up")
    pair.edition = "ee"
    before = pair.sql("SELECT datname::text FROM pg_database ORDER BY 1")
    pair.run("migrate", "up")
    assert pair.sql("SELECT datname::text FROM pg_database ORDER BY 1") == before


def test_with_a_prefix_instead_of_addresses():
    # libpq takes the address of the host `postgres` from PGHOSTADDR, so no name has to be resolved
    address = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}"
    cluster = scratch.Cluster(address)
    try:
        cluster.create("shop_core", "shop_tracing")
        pair = scratch.Pair(cluster, "shop")
        named = {"POSTGRES_URI_CORE": "", "POSTGRES_URI_TRACING": "", "POSTGRES_DB_PREFIX": "shop", "POSTGRES_USER": "postgres",
                 "POSTGRES_PASSWORD": "any", "PGHOSTADDR": address}
        databases = pair.sql("SELECT datname::text FROM pg_database ORDER BY 1")
        pair.run("migrate", "up", **named)
        pair.sql(PEOPLE)
        pair.edition = "ee"
        pair.run("migrate", "up", **named)
        assert pair.sql("SELECT count(*) FROM subscriptions") == [(2,)]
        assert pair.sql("SELECT datname::text FROM pg_database ORDER BY 1") == databases
    finally:
        cluster.stop()


def test_adoption_does_not_begin_on_an_unfinished_open_database(make_old):
    pair = make_old("oss", "livedin")
    pair.edition = "ee"
    before = old.state(pair)
    _, err = old.up(pair, status=3)
    assert "AGENTA_LICENSE=oss first" in err
    assert old.same(old.state(pair), before)


@pytest.mark.parametrize("sql, words", [
    ("CREATE TABLE meters (meter_id uuid, key text)", "public.meters, which lacks key meters_type, value bigint"),
    ("CREATE VIEW subscriptions AS SELECT id AS organization_id FROM organizations", "public.subscriptions, which is no table"),
    ("CREATE TYPE meters_type AS ENUM ('USERS')", "public.meters_type, which is no enumeration with the label CREDITS_CONSUMED"),
    ("CREATE TABLE organization_domains (id int); CREATE DOMAIN meters_type AS text", "under 2 names"),
])
def test_conflicting_names_are_reported_first(pair, sql, words):
    pair.run("migrate", "up")
    pair.sql(sql)
    before = old.state(pair)
    assert words in pair.run("migrate", "plan", AGENTA_LICENSE="ee")[0]
    _, err = pair.run("migrate", "up", AGENTA_LICENSE="ee", status=3)
    assert words in err and err.count("\n") == 1 and old.same(old.state(pair), before)
