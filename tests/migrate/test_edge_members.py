"""Who becomes a member of what: the ambiguous cases of v0.103.5, one by one."""
import old
import psycopg2.errors
import pytest

PROJECTS = ("Default", "Staging", "Legacy imports")


@pytest.fixture(scope="module")
def members(lived_in):
    return old.members(lived_in)


def roles(members, email):
    """(organization, workspace, {project: role}) of one user."""
    return (members.get(("organization", "Organization", email)), members.get(("workspace", "Default", email)),
            {name: members[("project", name, email)] for name in PROJECTS if ("project", name, email) in members})


@pytest.mark.parametrize("email, role", [
    ("dup-old-first@example.com", "admin"),
    ("dup-new-first@example.com", "admin"),
    ("dup-moved@example.com", "developer"),
])
def test_of_two_invitations_to_one_project_the_stronger_role_wins(members, email, role):
    assert roles(members, email) == (role, role, dict.fromkeys(PROJECTS, role))


def test_a_project_keeps_the_role_of_the_invitation_to_it(members):
    # viewer in one project and admin in another: admin in the workspace and organization, and in projects without a role
    assert roles(members, "twoprojects@example.com") == (
        "admin", "admin", {"Default": "viewer", "Staging": "admin", "Legacy imports": "admin"})


@pytest.mark.parametrize("email, role", [
    ("nulluser@example.com", "editor"),
    ("mixedcase-null@example.com", "developer"),
    ("Grace.Upper@Example.com", "developer"),
])
def test_an_invitation_without_a_user_is_matched_by_its_address(members, email, role):
    assert roles(members, email) == (role, role, dict.fromkeys(PROJECTS, role))


def test_an_exact_address_wins_over_one_that_differs_in_case(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("""
        INSERT INTO users (id, email, is_active, created_at) VALUES
            (gen_random_uuid(), 'TWIN@example.com', false, '2020-01-01'), (gen_random_uuid(), 'Twin@example.com', true, '2021-01-01'),
            (gen_random_uuid(), 'twin@Example.com', true, '2022-01-01');
        INSERT INTO project_invitations (id, token, email, used, role, project_id)
        SELECT gen_random_uuid(), t.email, t.email, true, t.role, p.id
          FROM (VALUES ('twin@Example.com', 'editor'), ('tWin@example.com', 'developer')) t (email, role),
               projects p WHERE p.project_name = 'Staging'""")
    old.up(pair, "--to", "agenta")
    found = old.members(pair)
    assert found["project", "Staging", "twin@Example.com"] == "editor"
    assert found["project", "Staging", "Twin@example.com"] == "developer"  # active and oldest
    assert ("project", "Staging", "TWIN@example.com") not in found


@pytest.mark.parametrize("email", ["noinvite@example.com", "pending@example.com", "expired@example.com", "used-null@example.com",
                                   "unused-linked@example.com"])
def test_users_without_a_used_invitation_become_no_members(members, email):
    assert roles(members, email) == (None, None, {})


def test_everyone_is_made_a_member_on_request(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("INSERT INTO users (id, email, is_active) VALUES (gen_random_uuid(), 'asleep@example.com', false)")
    old.up(pair, "--to", "agenta", "--everyone", "annotator")
    found = old.members(pair)
    for email in ("noinvite@example.com", "pending@example.com", "expired@example.com", "used-null@example.com"):
        assert roles(found, email) == ("annotator", "annotator", dict.fromkeys(PROJECTS, "annotator"))
    assert roles(found, "brian@example.com")[0] == "editor"
    assert roles(found, "asleep@example.com") == (None, None, {})
    assert pair.sql("SELECT count(*) FROM orgd.backfilled_members WHERE outcome = 'everyone' AND place = 'organization'") == [(5,)]


@pytest.mark.parametrize("role", ["owner", "boss", "Admin"])
def test_everyone_accepts_only_roles_of_members(make_old, role):
    pair = make_old("oss", "livedin")
    before = old.state(pair)
    _, err = old.up(pair, "--everyone", role, status=2)
    assert f'"{role}"' in err and "viewer|annotator|editor|developer|admin" in err and err.count("\n") == 1
    assert old.same(old.state(pair), before)


def test_members_keep_access_to_every_project(members):
    # v0.103.5 lets every member into all projects of the organization
    assert roles(members, "staging-only@example.com") == ("viewer", "viewer", dict.fromkeys(PROJECTS, "viewer"))
    assert roles(members, "nullscope@example.com") == ("annotator", "annotator", dict.fromkeys(PROJECTS, "annotator"))


def test_other_organizations_are_not_reached(make_old):
    pair = make_old("oss", "livedin")
    pair.sql("""
        WITH o AS (INSERT INTO organizations (id, name, slug, owner_id, created_by_id, created_at)
                   SELECT gen_random_uuid(), 'Other', 'other', id, id, now() FROM users WHERE email = 'brian@example.com' RETURNING id),
             w AS (INSERT INTO workspaces (id, name, organization_id) SELECT gen_random_uuid(), 'Theirs', id FROM o RETURNING id, organization_id)
        INSERT INTO projects (id, project_name, is_default, workspace_id, organization_id)
        SELECT gen_random_uuid(), 'Secret', true, id, organization_id FROM w""")
    old.up(pair, "--to", "agenta")
    found = old.members(pair)
    assert {key: role for key, role in found.items() if key[1] in ("Other", "Theirs", "Secret")} == {
        ("organization", "Other", "brian@example.com"): "owner", ("workspace", "Theirs", "brian@example.com"): "owner",
        ("project", "Secret", "brian@example.com"): "owner"}
    assert found["organization", "Organization", "brian@example.com"] == "editor"


def test_an_unknown_role_becomes_viewer(make_old, members):
    assert roles(members, "weirdrole@example.com")[0] == "viewer"
    pair = make_old("oss", "livedin")
    given = {"": "viewer", " Admin ": "admin", "EDITOR": "editor", "workspace_admin": "viewer", "Owner": "admin"}
    for number, role in enumerate(given):
        pair.sql("WITH u AS (INSERT INTO users (id, email) VALUES (gen_random_uuid(), %s) RETURNING id)"
                 " INSERT INTO project_invitations (id, token, email, used, role, user_id, project_id)"
                 " SELECT gen_random_uuid(), %s, 'x', true, %s, u.id, p.id FROM u, projects p WHERE p.project_name = 'Staging'",
                 [f"r{number}@example.com", f"r{number}", role])
    old.up(pair, "--to", "agenta")
    found = old.members(pair)
    assert {role: roles(found, f"r{number}@example.com")[1] for number, role in enumerate(given)} == given


def test_an_invitation_makes_no_owner(members):
    assert roles(members, "second-owner@example.com") == ("admin", "admin", dict.fromkeys(PROJECTS, "admin"))
    assert [email for (place, _, email), role in members.items() if role == "owner" and place == "organization"] == ["ada@example.com"]


def test_invitations_do_not_change_an_owner(members):
    assert roles(members, "ada@example.com") == ("owner", "owner", dict.fromkeys(PROJECTS, "owner"))


def test_a_used_invitation_counts_also_when_it_expired_or_its_user_sleeps(members):
    assert roles(members, "used-then-expired@example.com")[2]["Staging"] == "annotator"
    assert roles(members, "inactive@example.com")[0] == "developer"


def test_a_backfilled_membership_records_its_date_and_origin(lived_in):
    assert lived_in.sql("SELECT count(*) FROM project_members WHERE created_at IS NULL OR created_at < now() - interval '1 hour'") == [(0,)]
    for place in ("organization", "workspace", "project"):
        assert lived_in.sql(f"SELECT count(*), count(b.member_id) FROM {place}_members m LEFT JOIN orgd.backfilled_members b"
                            f" ON b.member_id = m.id AND b.place = '{place}'") == [(35 * (3 if place == "project" else 1),) * 2]
        # the id records it, too
        assert lived_in.sql(f"SELECT count(*) FROM {place}_members m WHERE m.id <> overlay(overlay("
                            f"md5('backfilled {place}' || m.user_id || m.{place}_id) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid") == [(0,)]


def test_a_pair_of_user_and_scope_is_unique(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair)
    for table, scope in (("organization_members", "organization_id"), ("workspace_members", "workspace_id"), ("project_members", "project_id")):
        assert pair.sql(f"SELECT count(*) FROM {table} WHERE user_id IS NULL OR {scope} IS NULL OR role IS NULL") == [(0,)]
        with pytest.raises(psycopg2.errors.UniqueViolation):
            pair.sql(f"INSERT INTO {table} (id, user_id, {scope}, role) SELECT gen_random_uuid(), user_id, {scope}, role FROM {table} LIMIT 1")


def test_a_membership_deleted_later_is_not_restored(make_old):
    pair = make_old("oss", "livedin")
    old.up(pair, "--to", "agenta")
    pair.sql("DELETE FROM project_members; DELETE FROM workspace_members; DELETE FROM organization_members")
    old.up(pair)
    assert pair.sql("SELECT count(*) FROM organization_members") == [(0,)]


def test_the_best_open_invitation_of_an_address_is_kept(lived_in):
    # three for viktor with the same expiry: the newest; the others are marked, and none is deleted
    assert lived_in.sql("SELECT role, deleted_at IS NULL FROM project_invitations WHERE lower(email) = 'viktor@example.net'"
                        " ORDER BY created_at") == [("viewer", False), ("admin", False), ("editor", True)]
    assert lived_in.sql("SELECT count(*) FROM project_invitations WHERE deleted_at IS NOT NULL") == [(2,)]
    assert lived_in.sql("SELECT count(*) FROM project_invitations") == [(52,)]
