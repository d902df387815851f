-- The rows of new accounts as the administration API makes them, in one statement; :count of them.
WITH account AS MATERIALIZED (
    SELECT gen_random_uuid() AS person, gen_random_uuid() AS organization, gen_random_uuid() AS workspace, gen_random_uuid() AS project,
           gen_random_uuid()::text AS name
    FROM generate_series(1, :count)
), users AS (
    INSERT INTO users (id, uid, email, username, updated_at)
    SELECT person, gen_random_uuid()::text, name || '@bare.example', name, now() FROM account
), organizations AS (
    INSERT INTO organizations (id, name, slug, flags, owner_id, created_by_id, updated_at)
    SELECT organization, name || '''s Organization', name,
           '{"is_demo": false, "allow_email": true, "allow_social": false, "allow_sso": false, "allow_root": false,
             "domains_only": false, "auto_join": false}', person, person, now() FROM account
), workspaces AS (
    INSERT INTO workspaces (id, name, type, description, organization_id, created_by_id, updated_at)
    SELECT workspace, 'Default', 'default', '', organization, person, now() FROM account
), projects AS (
    INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
    SELECT project, 'Default', true, organization, workspace, person, now() FROM account
), organization_members AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, updated_at)
    SELECT gen_random_uuid(), person, organization, 'owner', now() FROM account
), workspace_members AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, updated_at)
    SELECT gen_random_uuid(), person, workspace, 'owner', now() FROM account
), project_members AS (
    INSERT INTO project_members (id, user_id, project_id, role, updated_at)
    SELECT gen_random_uuid(), person, project, 'owner', now() FROM account
)
INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, rate_limit, hidden, updated_at)
SELECT gen_random_uuid(), left(name, 8), left(name, 8) || '.' || md5(name) || md5(name), project, person, 0, false, now() FROM account;
