-- organization_list: the organizations of a user, oldest first, as the JSON of the listing
-- $2 and $3: the only organization and workspace; NULL for all.
SELECT coalesce(json_agg(json_build_object(
           'id', o.id, 'slug', coalesce(o.slug, 'None'), 'name', coalesce(o.name, 'None'),
           'description', coalesce(o.description, ''), 'flags', o.flags, 'tags', o.tags, 'meta', o.meta,
           'owner_id', o.owner_id, 'members', '[]'::json, 'invitations', '[]'::json,
           'workspaces', (
               SELECT coalesce(json_agg(w.id ORDER BY w.created_at, w.id), '[]')
               FROM workspaces w
               WHERE w.organization_id = o.id
                 AND ($3::uuid IS NULL OR w.id = $3::uuid)
                 AND EXISTS (SELECT FROM workspace_members m WHERE m.workspace_id = w.id AND m.user_id = $1::uuid)))
           ORDER BY o.created_at, o.id), '[]')
FROM organizations o
WHERE o.id IN (SELECT organization_id FROM organization_members WHERE user_id = $1::uuid)
  AND ($2::uuid IS NULL OR o.id = $2::uuid);

-- organization_get: one organization with the members of its first workspace, for a member of it
-- Invitations come first, then members, the owner last. No row: not a member, or no such organization.
SELECT json_build_object(
    'id', o.id, 'slug', coalesce(o.slug, 'None'), 'name', coalesce(o.name, 'None'),
    'description', coalesce(o.description, ''), 'flags', o.flags, 'tags', o.tags, 'meta', o.meta,
    'owner_id', o.owner_id, 'members', '[]'::json, 'invitations', '[]'::json,
    'workspaces', (SELECT coalesce(json_agg(id ORDER BY created_at, id), '[]')
                   FROM workspaces WHERE organization_id = o.id),
    'default_workspace', CASE WHEN w.id IS NOT NULL THEN json_build_object(
        'id', w.id, 'name', coalesce(w.name, 'None'), 'description', coalesce(w.description, ''), 'type', w.type,
        'members', (
            SELECT coalesce(json_agg(entries.entry ORDER BY entries.place, entries.since, entries.id), '[]')
            FROM (
                SELECT 1 AS place, i.created_at AS since, i.id, json_build_object(
                    'user', json_build_object(
                        'id', i.id, 'email', i.email, 'username', split_part(i.email, '@', 1),
                        'status', CASE WHEN i.expiration_date < now() THEN 'expired' ELSE 'pending' END,
                        'created_at', orgd.spaced(i.created_at)),
                    'roles', json_build_array(json_build_object(
                        'role_name', coalesce(i.role, 'viewer'), 'role_description', ''))) AS entry
                FROM project_invitations i
                JOIN projects p ON p.id = i.project_id
                WHERE p.workspace_id = w.id AND i.used IS NOT TRUE
                UNION ALL
                SELECT CASE WHEN u.id = o.owner_id THEN 3 ELSE 2 END, min(m.created_at), u.id, json_build_object(
                    'user', json_build_object(
                        'created_at', orgd.spaced(u.created_at),
                        'updated_at', orgd.spaced(coalesce(u.updated_at, u.created_at)),
                        'id', u.id, 'email', u.email, 'username', u.username, 'status', 'member'),
                    'roles', json_build_array(CASE WHEN u.id = o.owner_id THEN json_build_object(
                        'role_name', 'owner', 'role_description',
                        'Can fully manage the workspace, including adding and removing members.')
                    ELSE json_build_object(
                        'role_name', coalesce(min(m.role), 'viewer'), 'role_description', '') END))
                FROM users u
                LEFT JOIN workspace_members m ON m.user_id = u.id AND m.workspace_id = w.id
                WHERE u.id = o.owner_id
                   OR u.id IN (SELECT user_id FROM workspace_members WHERE workspace_id = w.id)
                GROUP BY u.id
            ) AS entries)) END)
FROM organizations o
LEFT JOIN LATERAL (SELECT id, name, description, type FROM workspaces WHERE organization_id = o.id ORDER BY created_at, id LIMIT 1) AS w ON true
WHERE o.id = $1::uuid
  AND EXISTS (SELECT FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = $2::uuid);

-- organization_contents: how much is deleted with an organization, for its owner; no row: not the owner
SELECT json_build_object(
    'workspaces', (SELECT count(*) FROM workspaces w WHERE w.organization_id = o.id),
    'projects', (SELECT count(*) FROM projects p WHERE p.organization_id = o.id),
    'members', (SELECT count(DISTINCT m.user_id) FROM organization_members m WHERE m.organization_id = o.id),
    'invitations', (SELECT count(*) FROM project_invitations i JOIN projects p ON p.id = i.project_id
                    WHERE p.organization_id = o.id AND i.used IS NOT TRUE),
    'api_keys', (SELECT count(*) FROM api_keys k JOIN projects p ON p.id = k.project_id WHERE p.organization_id = o.id))
FROM organizations o
WHERE o.id = $1::uuid AND o.owner_id = $2::uuid;

-- organization_creator: the address and name of a user, to decide whether and with which name they may create an organization
SELECT email, username FROM users WHERE id = $1::uuid;

-- organization_create: adds an organization with its first workspace and project, all owned by one user
-- $1 organization, $2 name (NULL: the user's), $3 description, $4 flags, $5 user, $6 workspace, $7 project, $8..$10 memberships
WITH organization AS (
    INSERT INTO organizations (id, name, description, slug, flags, owner_id, created_by_id, updated_at)
    SELECT $1::uuid, named.name, $3::text, orgd.slug(named.name, $1::uuid),
           $4::jsonb, named.id, named.id, now()
    FROM (SELECT id, coalesce($2::text, username) AS name FROM users WHERE id = $5::uuid) AS named
    RETURNING id, owner_id, name, description
), organization_member AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, created_by_id, updated_at)
    SELECT $8::uuid, owner_id, id, 'owner', owner_id, now() FROM organization
), workspace AS (
    INSERT INTO workspaces (id, name, type, description, organization_id, created_by_id, updated_at)
    SELECT $6::uuid, 'Default', 'default', '', id, owner_id, now() FROM organization
    RETURNING id
), workspace_member AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT $9::uuid, owner_id, workspace.id, 'owner', owner_id, now() FROM organization, workspace
), project AS (
    INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
    SELECT $7::uuid, 'Default', true, organization.id, workspace.id, owner_id, now() FROM organization, workspace
    RETURNING id
), project_member AS (
    INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
    SELECT $10::uuid, owner_id, project.id, 'owner', owner_id, now() FROM organization, project
)
SELECT json_build_object('id', id, 'name', name, 'description', description) FROM organization;

-- organization_update: sets the name and description of an organization, for its owner; no row: not the owner
-- $3, $5: whether $4 name, $6 description are given
UPDATE organizations
SET name = CASE WHEN $3::boolean THEN $4::text ELSE name END,
    description = CASE WHEN $5::boolean THEN $6::text ELSE description END,
    updated_at = now(), updated_by_id = $2::uuid
WHERE id = $1::uuid AND owner_id = $2::uuid
RETURNING json_build_object('id', id, 'name', name, 'description', description);

-- organization_lock: locks an organization against other changes, for its owner; no row: not the owner
-- A change of projects locks the organization's key, and never waits for a lock taken here.
SELECT id FROM organizations WHERE id = $1::uuid AND owner_id = $2::uuid FOR NO KEY UPDATE;

-- organization_lock_workspaces: locks the workspaces of an organization, as the creation of a project in one of them does
SELECT id FROM workspaces WHERE organization_id = $1::uuid ORDER BY id FOR NO KEY UPDATE;

-- organization_candidate: the member with an id, locked so that they stay one: the id of a user or of a used invitation
SELECT m.user_id
FROM organization_members m
WHERE m.organization_id = $1::uuid
  AND m.user_id IN (
      SELECT $2::uuid
      UNION ALL
      SELECT i.user_id FROM project_invitations i JOIN projects p ON p.id = i.project_id
      WHERE i.id = $2::uuid AND i.used AND p.organization_id = $1::uuid)
LIMIT 1
FOR NO KEY UPDATE OF m;

-- organization_demote: gives an owner the roles of the next owner, in every scope of an organization
-- Databases written by others may have users with the role owner who own nothing: nobody gets or keeps that role.
-- revokes
WITH organization AS (
    UPDATE organization_members m
    SET role = coalesce((SELECT nullif(role, 'owner') FROM organization_members
                         WHERE organization_id = $1::uuid AND user_id = $3::uuid LIMIT 1), 'admin'),
        updated_at = now(), updated_by_id = $2::uuid
    WHERE m.organization_id = $1::uuid AND (m.user_id = $2::uuid OR (m.role = 'owner' AND m.user_id <> $3::uuid))
), workspace AS (
    UPDATE workspace_members m
    SET role = coalesce((SELECT nullif(role, 'owner') FROM workspace_members
                         WHERE workspace_id = m.workspace_id AND user_id = $3::uuid LIMIT 1), 'admin'),
        updated_at = now(), updated_by_id = $2::uuid
    WHERE m.user_id = $2::uuid AND m.workspace_id IN (SELECT id FROM workspaces WHERE organization_id = $1::uuid)
)
UPDATE project_members m
SET role = coalesce((SELECT nullif(role, 'owner') FROM project_members
                     WHERE project_id = m.project_id AND user_id = $3::uuid LIMIT 1), 'admin'),
    updated_at = now(), updated_by_id = $2::uuid
WHERE m.user_id = $2::uuid AND m.project_id IN (SELECT id FROM projects WHERE organization_id = $1::uuid);

-- organization_promote: makes a member the owner of an organization in every scope of it, adding missing memberships
-- revokes
WITH organization AS (
    UPDATE organizations SET owner_id = $3::uuid, updated_at = now(), updated_by_id = $2::uuid WHERE id = $1::uuid
), organization_member AS (
    UPDATE organization_members SET role = 'owner', updated_at = now(), updated_by_id = $2::uuid
    WHERE organization_id = $1::uuid AND user_id = $3::uuid
), workspace_member AS (
    UPDATE workspace_members SET role = 'owner', updated_at = now(), updated_by_id = $2::uuid
    WHERE user_id = $3::uuid AND workspace_id IN (SELECT id FROM workspaces WHERE organization_id = $1::uuid)
    RETURNING workspace_id
), missing_workspace AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $3::uuid, id, 'owner', $2::uuid, now() FROM workspaces
    WHERE organization_id = $1::uuid AND id NOT IN (SELECT workspace_id FROM workspace_member)
), project_member AS (
    UPDATE project_members SET role = 'owner', updated_at = now(), updated_by_id = $2::uuid
    WHERE user_id = $3::uuid AND project_id IN (SELECT id FROM projects WHERE organization_id = $1::uuid)
    RETURNING project_id
)
INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
SELECT orgd.uuid_v7(), $3::uuid, id, 'owner', $2::uuid, now() FROM projects
WHERE organization_id = $1::uuid AND id NOT IN (SELECT project_id FROM project_member);

-- organization_touch: records who confirmed the ownership of an organization, and when
UPDATE organizations SET updated_at = now(), updated_by_id = $2::uuid WHERE id = $1::uuid;

-- user_lock: locks a user row while the user's organizations are counted
SELECT id FROM users WHERE id = $1::uuid FOR NO KEY UPDATE;

-- organization_owned: how many organizations a user owns
SELECT count(*) AS owned FROM organizations WHERE owner_id = $1::uuid;

-- organization_delete: deletes an organization with everything in it
-- revokes
DELETE FROM organizations WHERE id = $1::uuid AND owner_id = $2::uuid;

-- organization_name: the name of an organization, for a mail to a user with a proven address; NULL for others
-- The administrator vouches for accounts without logins, as in inviter_proven.
SELECT CASE WHEN NOT EXISTS (SELECT FROM orgd.logins l WHERE l.user_id = $2::uuid)
                 OR EXISTS (SELECT FROM orgd.logins l JOIN users u ON u.id = l.user_id
                            WHERE l.user_id = $2::uuid AND lower(u.email COLLATE "C") = ANY (l.proven_emails))
            THEN coalesce(o.name, '') END AS name
FROM organizations o
WHERE o.id = $1::uuid;
