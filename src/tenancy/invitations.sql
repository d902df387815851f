-- invitation_place: the target of an invitation to a workspace (its default project), and the data for its mail
SELECT p.id, coalesce(o.name, '') AS organization_name, u.username, u.email
FROM workspaces w
JOIN organizations o ON o.id = w.organization_id
JOIN users u ON u.id = $2::uuid
LEFT JOIN projects p ON p.workspace_id = w.id AND p.is_default
WHERE w.id = $1::uuid;

-- invitation_obstacles: whether an address belongs to a member of a workspace, is invited to its organization, has an account
SELECT EXISTS (SELECT FROM workspace_members m JOIN users u ON u.id = m.user_id
               WHERE m.workspace_id = $2::uuid AND lower(u.email COLLATE "C") = lower($3::text COLLATE "C")) AS member,
       EXISTS (SELECT FROM project_invitations i JOIN projects p ON p.id = i.project_id
               WHERE p.organization_id = $1::uuid AND lower(i.email COLLATE "C") = lower($3::text COLLATE "C") AND i.used IS NOT TRUE
                 AND (i.expiration_date IS NULL OR i.expiration_date > now())) AS invited,
       EXISTS (SELECT FROM users WHERE lower(email COLLATE "C") = lower($3::text COLLATE "C")) AS account;

-- invitation_forget_expired: deletes the expired invitations of an address to an organization
-- It must run before the statement that invites again: the table of live invitations is updated at the end of each statement.
DELETE FROM project_invitations i
USING projects p
WHERE p.id = i.project_id AND p.organization_id = $1::uuid AND lower(i.email COLLATE "C") = lower($2::text COLLATE "C")
  AND i.used IS NOT TRUE AND i.expiration_date <= now();

-- invitation_create: adds an invitation for seven days; returns its end in the form that clients read
INSERT INTO project_invitations (id, token, email, used, role, project_id, expiration_date, created_by_id, updated_at)
VALUES ($1::uuid, $2::text, $3::text, false, $4::text, $5::uuid, now() + interval '7 days', $6::uuid, now())
RETURNING orgd.spaced(expiration_date) AS expires;

-- invitation_last: the newest unused invitation of an address to a workspace, to be sent again
SELECT i.id, i.token, i.email, i.role, i.project_id, orgd.spaced(i.expiration_date) AS expires,
       i.used IS TRUE AS used, coalesce(i.expiration_date <= now(), false) AS expired
FROM project_invitations i
JOIN projects p ON p.id = i.project_id
WHERE p.workspace_id = $1::uuid AND lower(i.email COLLATE "C") = lower($2::text COLLATE "C")
ORDER BY i.used IS TRUE, i.created_at DESC, i.id DESC
LIMIT 1;

-- invitation_adopt: makes a user the sender of an invitation, because they sent it again
UPDATE project_invitations SET created_by_id = $2::uuid, updated_at = now(), updated_by_id = $2::uuid
WHERE id = $1::uuid AND created_by_id IS DISTINCT FROM $2::uuid;

-- invitation_list: the pending invitations to an organization, in the workspaces that a user manages; no row: the user manages none
-- $3: the roles that manage; $4: the only workspace, NULL for all. The answer does not contain the token.
SELECT coalesce(json_agg(json_build_object(
           'id', i.id, 'email', i.email, 'role', i.role,
           'status', CASE WHEN i.expiration_date <= now() THEN 'expired' ELSE 'pending' END,
           'created_at', orgd.spaced(i.created_at), 'expires_at', orgd.spaced(i.expiration_date),
           'workspace_id', w.id, 'project_id', p.id, 'invited_by_id', i.created_by_id)
           ORDER BY i.created_at, i.id) FILTER (WHERE i.id IS NOT NULL), '[]')
FROM workspaces w
JOIN workspace_members m ON m.workspace_id = w.id AND m.user_id = $2::uuid AND m.role = ANY ($3::text[])
JOIN organization_members o ON o.organization_id = w.organization_id AND o.user_id = m.user_id
LEFT JOIN projects p ON p.workspace_id = w.id
LEFT JOIN project_invitations i ON i.project_id = p.id AND i.used IS NOT TRUE
WHERE w.organization_id = $1::uuid AND ($4::uuid IS NULL OR w.id = $4::uuid)
HAVING count(*) > 0;

-- invitation_workspace: the workspace of an invitation to an organization
-- $3: the only workspace; NULL for any.
SELECT p.workspace_id
FROM project_invitations i
JOIN projects p ON p.id = i.project_id
WHERE i.id = $1::uuid AND p.organization_id = $2::uuid AND ($3::uuid IS NULL OR p.workspace_id = $3::uuid);

-- invitation_revoke: deletes an unused invitation
DELETE FROM project_invitations WHERE id = $1::uuid AND used IS NOT TRUE RETURNING id;
