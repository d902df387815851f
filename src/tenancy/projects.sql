-- project_list: the projects of a user in all organizations, oldest first; NULL if there is none
-- $2: the only project; NULL for all.
SELECT json_agg(json_build_object(
           'organization_id', p.organization_id, 'organization_name', coalesce(o.name, 'None'),
           'workspace_id', p.workspace_id, 'workspace_name', coalesce(w.name, 'None'),
           'project_id', p.id, 'project_name', coalesce(p.project_name, 'None'), 'is_default_project', p.is_default,
           'user_role', m.role, 'is_demo', m.is_demo)
           ORDER BY p.created_at, p.id)
FROM (SELECT DISTINCT ON (project_id) project_id, role, is_demo FROM project_members
      WHERE user_id = $1::uuid AND ($2::uuid IS NULL OR project_id = $2::uuid) ORDER BY project_id, created_at, id) AS m
JOIN projects p ON p.id = m.project_id
JOIN workspaces w ON w.id = p.workspace_id
JOIN organizations o ON o.id = p.organization_id;

-- project_get: one project as a member of it sees it; no row: not a member, or no such project
SELECT json_build_object(
           'organization_id', p.organization_id, 'organization_name', coalesce(o.name, 'None'),
           'workspace_id', p.workspace_id, 'workspace_name', coalesce(w.name, 'None'),
           'project_id', p.id, 'project_name', coalesce(p.project_name, 'None'), 'is_default_project', p.is_default,
           'user_role', m.role, 'is_demo', m.is_demo)
FROM projects p
JOIN project_members m ON m.project_id = p.id
JOIN workspaces w ON w.id = p.workspace_id
JOIN organizations o ON o.id = p.organization_id
WHERE p.id = $1::uuid AND m.user_id = $2::uuid
ORDER BY m.created_at, m.id
LIMIT 1;

-- project_default_exists: whether a workspace has a default project
SELECT EXISTS (SELECT FROM projects WHERE workspace_id = $1::uuid AND is_default) AS has;

-- project_default_clear: removes the default mark from all projects of a workspace but one
UPDATE projects SET is_default = false, updated_at = now(), updated_by_id = $3::uuid
WHERE workspace_id = $1::uuid AND is_default AND id IS DISTINCT FROM $2::uuid;

-- project_create: adds a project to a workspace; every member of the workspace becomes a member of it with the same role
WITH project AS (
    INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
    VALUES ($1::uuid, $2::text, $3::boolean, $4::uuid, $5::uuid, $6::uuid, now())
    RETURNING id
)
INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
SELECT orgd.uuid_v7(), m.user_id, project.id, min(m.role), $6::uuid, now()
FROM workspace_members m, project
WHERE m.workspace_id = $5::uuid AND m.user_id IS NOT NULL
GROUP BY m.user_id, project.id;

-- project_access: the workspace and organization of a project, and the roles of a user in the three
SELECT p.workspace_id, p.is_default, m.role, o.owner_id = $2::uuid AS owns_organization,
       EXISTS (SELECT FROM workspace_members w
               WHERE w.workspace_id = p.workspace_id AND w.user_id = $2::uuid AND w.role = 'owner') AS owns_workspace
FROM projects p
JOIN project_members m ON m.project_id = p.id AND m.user_id = $2::uuid
JOIN organizations o ON o.id = p.organization_id
WHERE p.id = $1::uuid
ORDER BY m.created_at, m.id
LIMIT 1;

-- project_update: sets the name of a project ($2, NULL keeps it) and makes it the default ($3)
UPDATE projects
SET project_name = coalesce($2::text, project_name), is_default = is_default OR $3::boolean,
    updated_at = now(), updated_by_id = $4::uuid
WHERE id = $1::uuid
RETURNING id;

-- project_delete: deletes a project with everything in it, unless it is the default; returns its name
-- revokes
DELETE FROM projects WHERE id = $1::uuid AND NOT is_default RETURNING coalesce(project_name, '') AS name;
