-- account_create: a person with an organization, a workspace, a default project, owner memberships and maybe a key
-- $1..$8 ids of user, organization, workspace, project, three memberships and key; $9 uid, $10 e-mail, $11 user name; $12 organization name,
-- $13 slug (NULL: made from the name), $14 flags, $15 workspace name, $16 project name; $17 key prefix (NULL: no key), $18 hashed key
WITH person AS (
    INSERT INTO users (id, uid, email, username, updated_at)
    VALUES ($1::uuid, $9::text, $10::text, $11::text, now())
    RETURNING id, uid, email, username, created_at, updated_at
), organization AS (
    INSERT INTO organizations (id, name, slug, flags, owner_id, created_by_id, updated_at)
    SELECT $2::uuid, $12::text, coalesce($13::text, orgd.slug($12::text, $2::uuid)),
           $14::jsonb, id, id, now()
    FROM person
    RETURNING id, name, slug, owner_id, created_at, updated_at
), organization_member AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, created_by_id, updated_at)
    SELECT $5::uuid, owner_id, id, 'owner', owner_id, now() FROM organization
    RETURNING id, organization_id, user_id, role
), workspace AS (
    INSERT INTO workspaces (id, name, type, description, organization_id, created_by_id, updated_at)
    SELECT $3::uuid, $15::text, 'default', '', id, owner_id, now() FROM organization
    RETURNING id, name, organization_id, created_at, updated_at
), workspace_member AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT $6::uuid, owner_id, workspace.id, 'owner', owner_id, now() FROM organization, workspace
    RETURNING id, workspace_id, user_id, role
), project AS (
    INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
    SELECT $4::uuid, $16::text, true, organization.id, workspace.id, owner_id, now() FROM organization, workspace
    RETURNING id, project_name, organization_id, workspace_id, is_default, created_at, updated_at
), project_member AS (
    INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
    SELECT $7::uuid, owner_id, project.id, 'owner', owner_id, now() FROM organization, project
    RETURNING id, project_id, user_id, role
), api_key AS (
    INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, rate_limit, hidden, updated_at)
    SELECT $8::uuid, $17::text, $18::text, project.id, owner_id, 0, false, now() FROM organization, project
    WHERE $17::text IS NOT NULL
)
SELECT json_build_object(
    'id', person.id, 'uid', person.uid, 'email', person.email, 'username', person.username, 'name', person.username,
    'created_at', orgd.iso(person.created_at),
    'updated_at', orgd.iso(person.updated_at)),
    json_build_object('org', json_build_object(
    'id', organization.id, 'name', organization.name, 'slug', organization.slug, 'owner_user_id', organization.owner_id,
    'created_at', orgd.iso(organization.created_at),
    'updated_at', orgd.iso(organization.updated_at))),
    json_build_object('wrk', json_build_object(
    'id', workspace.id, 'name', workspace.name, 'organization_id', workspace.organization_id,
    'created_at', orgd.iso(workspace.created_at),
    'updated_at', orgd.iso(workspace.updated_at))),
    json_build_object('prj', json_build_object(
    'id', project.id, 'name', project.project_name, 'organization_id', project.organization_id,
    'workspace_id', project.workspace_id, 'is_default', project.is_default,
    'created_at', orgd.iso(project.created_at),
    'updated_at', orgd.iso(project.updated_at))),
    (SELECT json_agg(organization_member) FROM organization_member),
    (SELECT json_agg(workspace_member) FROM workspace_member),
    (SELECT json_agg(project_member) FROM project_member)
FROM person, organization, workspace, project;
