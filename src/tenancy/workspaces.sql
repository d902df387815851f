-- workspace_list: the workspaces of a user, oldest first, as the JSON of the listing
-- $2: the only workspace; NULL for all.
SELECT coalesce(json_agg(json_build_object(
           'id', w.id, 'name', coalesce(w.name, 'None'), 'description', coalesce(w.description, ''), 'type', w.type)
           ORDER BY w.created_at, w.id), '[]')
FROM workspaces w
WHERE w.id IN (SELECT workspace_id FROM workspace_members WHERE user_id = $1::uuid)
  AND ($2::uuid IS NULL OR w.id = $2::uuid);

-- workspace_lock: locks a workspace while its projects, members and invitations change; returns its organization
-- The organization's key is locked first, because its deletion locks it first: the two cannot deadlock.
WITH organization AS MATERIALIZED (
    SELECT id FROM organizations WHERE id = (SELECT organization_id FROM workspaces WHERE id = $1::uuid)
    FOR KEY SHARE
)
SELECT w.organization_id
FROM organization
JOIN workspaces w ON w.organization_id = organization.id
WHERE w.id = $1::uuid
FOR NO KEY UPDATE OF w;

-- workspace_role: the role of a user in a workspace, and whether they are a member of its organization
-- It runs after the lock, because the lock may have waited for a transfer.
SELECT m.role, EXISTS (SELECT FROM organization_members o
                       WHERE o.organization_id = w.organization_id AND o.user_id = m.user_id) AS in_organization
FROM workspace_members m
JOIN workspaces w ON w.id = m.workspace_id
WHERE m.workspace_id = $1::uuid AND m.user_id = $2::uuid
LIMIT 1;

-- workspace_of_organization: a workspace, if it belongs to an organization; the oldest of the organization if none is named
SELECT id FROM workspaces
WHERE organization_id = $1::uuid AND ($2::uuid IS NULL OR id = $2::uuid)
ORDER BY created_at, id
LIMIT 1;
