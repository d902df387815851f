-- users_find: users by ids and addresses; $1 [{place, id, email}]
WITH wanted AS MATERIALIZED (
    SELECT w.place, coalesce(w.id, (
        SELECT a.id FROM users AS a WHERE lower(a.email COLLATE "C") = lower(w.email COLLATE "C")
        ORDER BY a.email = w.email DESC, a.created_at, a.id LIMIT 1)) AS id
    FROM json_to_recordset($1::json) AS w(place integer, id uuid, email text)
)
SELECT w.place, u.id
FROM users AS u JOIN wanted AS w USING (id)
WHERE u.id = ANY (ARRAY(SELECT id FROM wanted))
ORDER BY u.id;

-- owned_lock: locks the organizations of users in a fixed order; $1 [user]
SELECT id FROM organizations
WHERE owner_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
ORDER BY id
FOR UPDATE;

-- users_lock_logins: locks the logins of users before the users, as signing in does; $1 [user]
SELECT l.id
FROM orgd.logins AS l
WHERE l.user_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
   OR l.email = ANY (ARRAY(
       SELECT lower(email COLLATE "C") FROM users WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))))
ORDER BY l.id
FOR UPDATE OF l;

-- users_lock: locks users in a fixed order, so that nothing new is assigned to them; $1 [user]
SELECT id FROM users WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) ORDER BY id FOR UPDATE;

-- organizations_lock: locks organizations in a fixed order; $1 [organization]
SELECT id FROM organizations WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) ORDER BY id FOR UPDATE;

-- workspaces_lock: locks workspaces; $1 [workspace]
SELECT id FROM workspaces WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) ORDER BY id FOR UPDATE;

-- projects_lock: locks projects; $1 [project]
SELECT id FROM projects WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) ORDER BY id FOR UPDATE;

-- users_keys_delete: deletes all API keys of users; $1 [user]
-- revokes
DELETE FROM api_keys WHERE created_by_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)));

-- users_invitations_delete: deletes the invitations that users accepted, and the open ones that they sent; $1 [user]
WITH found_user AS (SELECT value::uuid AS id FROM json_array_elements_text($1::json))
DELETE FROM project_invitations
WHERE user_id = ANY (ARRAY(SELECT id FROM found_user))
   OR (used IS NOT TRUE AND created_by_id = ANY (ARRAY(SELECT id FROM found_user)));

-- users_webhooks_delete: deletes the webhook subscriptions that users created; $1 [user]
DELETE FROM webhook_subscriptions WHERE created_by_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)));

-- users_logins_delete: deletes the logins of users and of their addresses, with their sessions; $1 [user]
-- revokes
WITH found_user AS (
    SELECT id, lower(email COLLATE "C") AS email FROM users
    WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
), session AS (
    DELETE FROM orgd.sessions WHERE user_id = ANY (ARRAY(SELECT id FROM found_user))
)
DELETE FROM orgd.logins AS l
USING found_user AS p
WHERE l.user_id = p.id OR (l.user_id IS NULL AND l.email = p.email)
RETURNING l.id;

-- users_delete: deletes users; $1 [user]
-- revokes
DELETE FROM users WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) RETURNING id;

-- users_still_owning: an organization that one of the users owns; $1 [user]
SELECT owner_id, id FROM organizations
WHERE owner_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
ORDER BY id
LIMIT 1;

-- organizations_of: the organizations that users own; $1 [user]
SELECT id FROM organizations
WHERE owner_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
ORDER BY created_at, id;

-- organizations_remove: removes organizations with everything in them; $1 [organization]
-- revokes
DELETE FROM organizations WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) RETURNING id;

-- workspaces_remove: removes workspaces with everything in them; $1 [workspace]
-- revokes
DELETE FROM workspaces WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) RETURNING id;

-- projects_remove: removes projects with everything in them; $1 [project]
-- revokes
DELETE FROM projects WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) RETURNING id;

-- api_keys_remove: removes API keys; $1 [key]
-- revokes
DELETE FROM api_keys WHERE id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) RETURNING id;

-- login_remove: removes a login of a user, with its sessions; $1 login, $2 user
-- revokes
WITH session AS (
    DELETE FROM orgd.sessions WHERE login_id = $1::uuid AND user_id = $2::uuid
)
DELETE FROM orgd.logins l
WHERE l.id = $1::uuid
  AND (l.user_id = $2::uuid
       OR (l.user_id IS NULL AND l.email = (SELECT lower(email COLLATE "C") FROM users WHERE id = $2::uuid)))
RETURNING l.id;

-- organization_member_remove: removes a membership; $1 membership, $2 organization
-- revokes
DELETE FROM organization_members WHERE id = $1::uuid AND organization_id = $2::uuid RETURNING id;

-- organization_member_owns: whether a membership is the owner's
SELECT EXISTS (
    SELECT FROM organization_members AS m JOIN organizations AS o ON o.id = m.organization_id
    WHERE m.id = $1::uuid AND m.organization_id = $2::uuid AND (m.role = 'owner' OR m.user_id = o.owner_id)) AS owns;

-- workspace_member_remove: removes a membership; $1 membership, $2 workspace
-- revokes
DELETE FROM workspace_members WHERE id = $1::uuid AND workspace_id = $2::uuid RETURNING id;

-- project_member_remove: removes a membership; $1 membership, $2 project
-- revokes
DELETE FROM project_members WHERE id = $1::uuid AND project_id = $2::uuid RETURNING id;
