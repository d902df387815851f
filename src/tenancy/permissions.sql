-- permission_scope: whether a user is a member of the scope that a permission check names
-- $2 its type, NULL for any of the three; $3 its id.
SELECT (coalesce($2::text, 'project') = 'project'
        AND EXISTS (SELECT FROM project_members WHERE project_id = $3::uuid AND user_id = $1::uuid))
    OR (coalesce($2::text, 'workspace') = 'workspace'
        AND EXISTS (SELECT FROM workspace_members WHERE workspace_id = $3::uuid AND user_id = $1::uuid))
    OR (coalesce($2::text, 'organization') = 'organization'
        AND EXISTS (SELECT FROM organization_members WHERE organization_id = $3::uuid AND user_id = $1::uuid)) AS has;
