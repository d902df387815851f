-- organization_lock_with_workspaces: locks all workspaces of an organization, in one order, and waits for transactions that have locked one of them
-- The organization's key is locked first, because its deletion locks it first.
WITH organization AS MATERIALIZED (
    SELECT id FROM organizations WHERE id = $1::uuid FOR KEY SHARE
)
SELECT w.id
FROM organization
JOIN workspaces w ON w.organization_id = organization.id
ORDER BY w.id
FOR NO KEY UPDATE OF w;

-- workspace_organization: the organization of a workspace
SELECT organization_id FROM workspaces WHERE id = $1::uuid;

-- member_find: the user of an address in a workspace, and whether they own it or its organization
-- Any membership counts, also an incomplete one that another program left.
SELECT u.id, u.id = o.owner_id OR coalesce(m.role = 'owner', false) AS owns
FROM workspaces w
JOIN organizations o ON o.id = w.organization_id
JOIN users u ON lower(u.email COLLATE "C") = lower($2::text COLLATE "C")
LEFT JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = u.id
WHERE w.id = $1::uuid
  AND (m.user_id IS NOT NULL
       OR EXISTS (SELECT FROM organization_members j WHERE j.organization_id = o.id AND j.user_id = u.id)
       OR EXISTS (SELECT FROM project_members j JOIN projects p ON p.id = j.project_id
                  WHERE p.workspace_id = w.id AND j.user_id = u.id))
ORDER BY u.email = $2::text DESC, u.id
LIMIT 1;

-- member_remove: removes a user from a workspace and its projects, and from the organization after their last workspace
-- Owners of single projects lose them too: transfers by other programs left such roles.
-- revokes
WITH project AS (
    DELETE FROM project_members
    WHERE user_id = $2::uuid AND project_id IN (SELECT id FROM projects WHERE workspace_id = $1::uuid)
), workspace AS (
    DELETE FROM workspace_members WHERE user_id = $2::uuid AND workspace_id = $1::uuid
)
DELETE FROM organization_members
WHERE user_id = $2::uuid AND organization_id = $3::uuid
  AND NOT EXISTS (SELECT FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
                  WHERE m.user_id = $2::uuid AND w.organization_id = $3::uuid AND w.id <> $1::uuid);

-- member_forget_keys: deletes the API keys that a user made in a workspace, so that they do not work after another invitation
-- It runs after the statement that removes the memberships, so it sees keys made while that statement waited.
-- revokes
DELETE FROM api_keys
WHERE created_by_id = $2::uuid AND project_id IN (SELECT id FROM projects WHERE workspace_id = $1::uuid);

-- member_forget_invitations: deletes the invitations of an address to a workspace, used ones too
DELETE FROM project_invitations
WHERE lower(email COLLATE "C") = lower($2::text COLLATE "C") AND project_id IN (SELECT id FROM projects WHERE workspace_id = $1::uuid);

-- member_forget_sent: deletes the open invitations that a user sent into an organization
-- $3: the only workspace; NULL for all.
DELETE FROM project_invitations i
USING projects p
WHERE p.id = i.project_id AND p.organization_id = $1::uuid AND ($3::uuid IS NULL OR p.workspace_id = $3::uuid)
  AND i.created_by_id = $2::uuid AND i.used IS NOT TRUE;

-- member_standing: whether a user manages every workspace of another member in an organization, and whether that member owns it
-- In a workspace that the other member owns, only an owner may: of the workspace or of the organization. $4: the roles that manage.
SELECT NOT EXISTS (
           SELECT FROM workspaces w
           JOIN workspace_members theirs ON theirs.workspace_id = w.id AND theirs.user_id = $3::uuid
           WHERE w.organization_id = o.id AND NOT EXISTS (
               SELECT FROM workspace_members mine
               WHERE mine.workspace_id = w.id AND mine.user_id = $2::uuid AND mine.role = ANY ($4::text[])
                 AND (theirs.role IS DISTINCT FROM 'owner' OR mine.role = 'owner' OR o.owner_id IN ($2::uuid, $3::uuid)))) AS may,
       o.owner_id = $3::uuid AS owns,
       (SELECT m.user_id FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = $3::uuid LIMIT 1) AS user_id
FROM organizations o
WHERE o.id = $1::uuid
  AND EXISTS (SELECT FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = $2::uuid)
  AND EXISTS (SELECT FROM workspaces w JOIN workspace_members m ON m.workspace_id = w.id
              WHERE w.organization_id = o.id AND m.user_id = $2::uuid AND m.role = ANY ($4::text[]));

-- member_set_role: gives a member one role in an organization, its workspaces and its projects
-- revokes
WITH organization AS (
    UPDATE organization_members SET role = $4::text, updated_at = now(), updated_by_id = $2::uuid
    WHERE organization_id = $1::uuid AND user_id = $3::uuid
), workspace AS (
    UPDATE workspace_members SET role = $4::text, updated_at = now(), updated_by_id = $2::uuid
    WHERE user_id = $3::uuid AND workspace_id IN (SELECT id FROM workspaces WHERE organization_id = $1::uuid)
)
UPDATE project_members SET role = $4::text, updated_at = now(), updated_by_id = $2::uuid
WHERE user_id = $3::uuid AND project_id IN (SELECT id FROM projects WHERE organization_id = $1::uuid);
