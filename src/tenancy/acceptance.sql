-- acceptance_by_token: the invitation to an organization with this token and address, for a user who has both
-- $3, $4 the address as given and folded. Always one row: whether the address has an account; the invitation or NULL, its
-- workspace and token; whether it is addressed to the user.
SELECT EXISTS (SELECT FROM users WHERE lower(email COLLATE "C") IN (lower($3::text COLLATE "C"), lower($4::text COLLATE "C"))) AS account,
       i.id, i.workspace_id, i.token, coalesce(lower(i.email COLLATE "C") = lower(u.email COLLATE "C"), false) AS addressed
FROM users u
LEFT JOIN LATERAL (
    SELECT i.id, i.email, i.token, p.workspace_id
    FROM project_invitations i
    JOIN projects p ON p.id = i.project_id
    WHERE i.token = $2::text AND p.organization_id = $1::uuid AND lower(i.email COLLATE "C") IN (lower($3::text COLLATE "C"), lower($4::text COLLATE "C"))
) AS i ON true
WHERE u.id = $5::uuid;

-- acceptance_by_id: an invitation that is addressed to a user: its workspace and token
SELECT p.workspace_id, i.token
FROM project_invitations i
JOIN projects p ON p.id = i.project_id
JOIN users u ON lower(u.email COLLATE "C") = lower(i.email COLLATE "C")
WHERE i.id = $1::uuid AND u.id = $2::uuid;

-- acceptance_lock: locks an invitation to a locked workspace; whether it is used, and expired; whether its sender manages
-- the workspace now, and the sender's address
-- $3: the roles that manage. Programs that do not record the sender leave NULL, which counts as managing.
SELECT i.used IS TRUE AS used, coalesce(i.expiration_date <= now(), false) AS expired,
       (i.created_by_id IS NULL
        OR EXISTS (SELECT FROM workspace_members m
                   JOIN organization_members o ON o.organization_id = p.organization_id AND o.user_id = m.user_id
                   WHERE m.workspace_id = p.workspace_id AND m.user_id = i.created_by_id AND m.role = ANY ($3::text[]))) AS sender_manages,
       (SELECT u.email FROM users u WHERE u.id = i.created_by_id) AS sender_email
FROM project_invitations i
JOIN projects p ON p.id = i.project_id
WHERE i.id = $1::uuid AND p.workspace_id = $2::uuid
FOR UPDATE OF i;

-- acceptance_join: gives a user the role of an invitation, in the organization, the workspace and each of its projects
-- Existing roles stay. An invitation never gives the owner's role: the first role that can be given replaces it.
WITH invitation AS (
    UPDATE project_invitations
    SET used = true, user_id = $2::uuid, updated_at = now(), updated_by_id = $2::uuid
    WHERE id = $1::uuid
    RETURNING CASE role WHEN 'owner' THEN $3::text ELSE role END AS role
), organization_member AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $2::uuid, $4::uuid, role, $2::uuid, now() FROM invitation
    ON CONFLICT DO NOTHING
), workspace_member AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $2::uuid, $5::uuid, role, $2::uuid, now() FROM invitation
    ON CONFLICT DO NOTHING
)
INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
SELECT orgd.uuid_v7(), $2::uuid, p.id, invitation.role, $2::uuid, now()
FROM invitation, projects p
WHERE p.workspace_id = $5::uuid
ON CONFLICT DO NOTHING;

-- acceptance_mine: the pending invitations to the address of a user, oldest first
-- Without those whose sender no longer manages the workspace. $3: the roles that manage.
-- $2: whether the user has proven the address. Other users learn that there is an invitation, but not from whom:
-- they may have typed a stranger's address.
SELECT coalesce(json_agg(json_build_object(
           'id', i.id, 'email', i.email, 'role', i.role, 'created_at', orgd.spaced(i.created_at),
           'expires_at', orgd.spaced(i.expiration_date),
           'organization_id', CASE WHEN $2::boolean THEN o.id END,
           'organization_name', CASE WHEN $2::boolean THEN coalesce(o.name, '') END,
           'workspace_id', CASE WHEN $2::boolean THEN p.workspace_id END,
           'project_id', CASE WHEN $2::boolean THEN p.id END,
           'invited_by', CASE WHEN $2::boolean THEN inviter.username END,
           'needs_token', NOT $2::boolean)
           ORDER BY i.created_at, i.id), '[]')
FROM users u
JOIN project_invitations i ON lower(i.email COLLATE "C") = lower(u.email COLLATE "C")
JOIN projects p ON p.id = i.project_id
JOIN organizations o ON o.id = p.organization_id
LEFT JOIN users inviter ON inviter.id = i.created_by_id
WHERE u.id = $1::uuid AND i.used IS NOT TRUE AND (i.expiration_date IS NULL OR i.expiration_date > now())
  AND (i.created_by_id IS NULL
       OR EXISTS (SELECT FROM workspace_members m
                  JOIN organization_members om ON om.organization_id = p.organization_id AND om.user_id = m.user_id
                  WHERE m.workspace_id = p.workspace_id AND m.user_id = i.created_by_id AND m.role = ANY ($3::text[])));
