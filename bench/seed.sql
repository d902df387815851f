-- People with an organization each, who are members of the next person's too; a key per person.
--
-- The setting bench.accounts says how many. Ids and keys are made from the number of the person, so that the load knows
-- them: an id ends in 12 decimal digits, which pgbench can choose at random.
BEGIN;

CREATE FUNCTION pg_temp.bench_id(kind integer, number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN format('be0c0000-0000-7000-800%s-%s', kind, 100000000000 + number)::uuid;

INSERT INTO users (id, uid, username, email, updated_at)
SELECT pg_temp.bench_id(0, n), format('bench-%s', n), format('person%s', n), format('person%s@bench.example', n), now()
FROM generate_series(1, current_setting('bench.accounts')::integer) AS n;

INSERT INTO organizations (id, name, description, slug, flags, owner_id, created_by_id, updated_at)
SELECT pg_temp.bench_id(1, n), format('Organization %s', n), 'Made to be measured', format('organization-%s', n),
       '{"is_demo": false, "allow_email": true, "allow_social": false, "allow_sso": false, "allow_root": false,
         "domains_only": false, "auto_join": false}',
       pg_temp.bench_id(0, n), pg_temp.bench_id(0, n), now()
FROM generate_series(1, current_setting('bench.accounts')::integer) AS n;

INSERT INTO workspaces (id, name, type, description, organization_id, created_by_id, updated_at)
SELECT pg_temp.bench_id(2, n), 'Default', 'default', '', pg_temp.bench_id(1, n), pg_temp.bench_id(0, n), now()
FROM generate_series(1, current_setting('bench.accounts')::integer) AS n;

INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
SELECT pg_temp.bench_id(3, n), 'Default', true, pg_temp.bench_id(1, n), pg_temp.bench_id(2, n),
       pg_temp.bench_id(0, n), now()
FROM generate_series(1, current_setting('bench.accounts')::integer) AS n;

-- place 0: the person's own, place 1: the next person's
CREATE TEMPORARY TABLE bench_memberships AS
SELECT gen_random_uuid() AS id, n AS person, (n + place - 1) % current_setting('bench.accounts')::integer + 1 AS at,
       CASE place WHEN 0 THEN 'owner' ELSE 'admin' END AS role
FROM generate_series(1, current_setting('bench.accounts')::integer) AS n, generate_series(0, 1) AS place;

INSERT INTO organization_members (id, user_id, organization_id, role, updated_at)
SELECT id, pg_temp.bench_id(0, person), pg_temp.bench_id(1, at), role, now() FROM bench_memberships;
INSERT INTO workspace_members (id, user_id, workspace_id, role, updated_at)
SELECT id, pg_temp.bench_id(0, person), pg_temp.bench_id(2, at), role, now() FROM bench_memberships;
INSERT INTO project_members (id, user_id, project_id, role, updated_at)
SELECT id, pg_temp.bench_id(0, person), pg_temp.bench_id(3, at), role, now() FROM bench_memberships;

INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, rate_limit, hidden, updated_at)
SELECT pg_temp.bench_id(4, n), 'b' || lpad(n::text, 7, '0'),
       'b' || lpad(n::text, 7, '0') || '.' || encode(sha256(lpad(to_hex(n), 64, '0')::bytea), 'hex'),
       pg_temp.bench_id(3, n), pg_temp.bench_id(0, n), 0, false, now()
FROM generate_series(1, current_setting('bench.accounts')::integer) AS n;

COMMIT;
VACUUM (ANALYZE);
