-- transfer_users: the users of a transfer; $1 [{place, id, email}]
SELECT w.place, u.id
FROM json_to_recordset($1::json) AS w(place integer, id uuid, email text)
JOIN users AS u ON u.id = coalesce(w.id, (
    SELECT a.id FROM users AS a WHERE lower(a.email COLLATE "C") = lower(w.email COLLATE "C")
    ORDER BY a.email = w.email DESC, a.created_at, a.id LIMIT 1));

-- transfer_lock_users: locks the users of a transfer, after the organizations; $1, $2 them
SELECT id FROM users WHERE id IN ($1::uuid, $2::uuid) ORDER BY id FOR KEY SHARE;

-- transfer_owned: the organizations that a user owns, locked
SELECT id, slug FROM organizations WHERE owner_id = $1::uuid ORDER BY id FOR NO KEY UPDATE;

-- transfer_slug_known: whether there is an organization with a slug
SELECT EXISTS (SELECT FROM organizations WHERE slug = $1::text) AS known;

-- transfer_member: whether a user is a member of an organization
SELECT EXISTS (SELECT FROM organization_members WHERE organization_id = $1::uuid AND user_id = $2::uuid) AS member;

-- transfer_organizations: makes another user the owner of organizations; $1 [organization], $2 the new owner
-- revokes
UPDATE organizations SET owner_id = $2::uuid, created_by_id = $2::uuid, updated_by_id = $2::uuid, updated_at = now()
WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)));

-- transfer_demote: gives the old owner the roles that the new one has; $1 [organization], $2 old, $3 new owner, $4 [workspace] or NULL for all, $5 [project]
-- revokes
WITH organization AS (
    UPDATE organization_members m
    SET role = coalesce((SELECT nullif(role, 'owner') FROM organization_members
                         WHERE organization_id = m.organization_id AND user_id = $3::uuid), 'admin'),
        updated_at = now(), updated_by_id = $3::uuid
    WHERE m.organization_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
      AND (m.user_id = $2::uuid OR m.role = 'owner') AND m.user_id <> $3::uuid
), workspace AS (
    UPDATE workspace_members m
    SET role = coalesce((SELECT nullif(role, 'owner') FROM workspace_members
                         WHERE workspace_id = m.workspace_id AND user_id = $3::uuid), 'admin'),
        updated_at = now(), updated_by_id = $3::uuid
    WHERE m.user_id = $2::uuid
      AND m.workspace_id IN (SELECT id FROM workspaces
                             WHERE organization_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))))
      AND ($4::text IS NULL OR m.workspace_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($4::json))))
)
UPDATE project_members m
SET role = coalesce((SELECT nullif(role, 'owner') FROM project_members
                     WHERE project_id = m.project_id AND user_id = $3::uuid), 'admin'),
    updated_at = now(), updated_by_id = $3::uuid
WHERE m.user_id = $2::uuid
  AND m.project_id IN (SELECT id FROM projects
                       WHERE organization_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))))
  AND ($5::text IS NULL OR m.project_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($5::json))));

-- transfer_promote: makes the new owner a member of what they own, as its owner; $1 [organization], $2 the new owner, $3 [workspace] or NULL for all, $4 [project]
WITH organization AS (
    INSERT INTO organization_members AS m (id, user_id, organization_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $2::uuid, value::uuid, 'owner', $2::uuid, now() FROM json_array_elements_text($1::json)
    ON CONFLICT (user_id, organization_id) DO UPDATE SET role = 'owner', updated_at = now(), updated_by_id = $2::uuid
), workspace AS (
    INSERT INTO workspace_members AS m (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $2::uuid, id, 'owner', $2::uuid, now() FROM workspaces
    WHERE organization_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
      AND ($3::text IS NULL OR id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($3::json))))
    ON CONFLICT (user_id, workspace_id) DO UPDATE SET role = 'owner', updated_at = now(), updated_by_id = $2::uuid
)
INSERT INTO project_members AS m (id, user_id, project_id, role, created_by_id, updated_at)
SELECT orgd.uuid_v7(), $2::uuid, id, 'owner', $2::uuid, now() FROM projects
WHERE organization_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
  AND ($4::text IS NULL OR id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($4::json))))
ON CONFLICT (user_id, project_id) DO UPDATE SET role = 'owner', updated_at = now(), updated_by_id = $2::uuid;
