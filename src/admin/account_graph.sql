-- users_add: creates the users of a request whose address is unused; $1 [{place, id, uid, email, username}]
WITH wanted AS (
    SELECT place, id, uid, email, username FROM json_to_recordset($1::json) AS w(place integer, id uuid, uid text, email text, username text)
), known AS (
    SELECT lower(email COLLATE "C") AS email FROM users WHERE lower(email COLLATE "C") = ANY (ARRAY(SELECT lower(email COLLATE "C") FROM wanted))
), fresh AS (
    SELECT DISTINCT ON (lower(w.email COLLATE "C")) w.place, w.id, w.uid, w.email, w.username
    FROM wanted AS w
    WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.email = lower(w.email COLLATE "C"))
    ORDER BY lower(w.email COLLATE "C"), w.place
)
INSERT INTO users (id, uid, email, username, updated_at)
SELECT id, uid, email, username, now() FROM fresh ORDER BY email
ON CONFLICT (email) DO NOTHING;

-- users_read: the users with the addresses of a request, ignoring case; $1 [{place, email}]
SELECT w.place, u.id, json_build_object(
    'id', u.id, 'uid', u.uid, 'email', u.email, 'username', u.username, 'name', u.username,
    'created_at', orgd.iso(u.created_at), 'updated_at', orgd.iso(u.updated_at)) AS json
FROM json_to_recordset($1::json) AS w(place integer, email text)
JOIN LATERAL (
    SELECT u.id, u.uid, u.email, u.username, u.created_at, u.updated_at FROM users AS u WHERE lower(u.email COLLATE "C") = lower(w.email COLLATE "C")
    ORDER BY u.email = w.email DESC, u.created_at, u.id LIMIT 1
) AS u ON true;

-- users_look_up: the users that references name; $1 [{place, id, email}]
WITH wanted AS MATERIALIZED (
    SELECT w.place, coalesce(w.id, (
        SELECT a.id FROM users AS a WHERE lower(a.email COLLATE "C") = lower(w.email COLLATE "C")
        ORDER BY a.email = w.email DESC, a.created_at, a.id LIMIT 1)) AS id
    FROM json_to_recordset($1::json) AS w(place integer, id uuid, email text)
)
SELECT w.place, u.id
FROM users AS u JOIN wanted AS w USING (id)
WHERE u.id = ANY (ARRAY(SELECT id FROM wanted))
ORDER BY u.id
FOR KEY SHARE OF u;

-- organizations_look_up: the organizations that references name; $1 [{place, id, slug}]
WITH wanted AS MATERIALIZED (
    SELECT w.place, coalesce(w.id, (SELECT s.id FROM organizations AS s WHERE s.slug = w.slug)) AS id
    FROM json_to_recordset($1::json) AS w(place integer, id uuid, slug text)
)
SELECT w.place, o.id
FROM organizations AS o JOIN wanted AS w USING (id)
WHERE o.id = ANY (ARRAY(SELECT id FROM wanted))
ORDER BY o.id
FOR NO KEY UPDATE OF o;

-- workspaces_look_up: the workspaces that references name, locked, so that one request at a time chooses a default project; $1 [{place, id}]
WITH wanted AS MATERIALIZED (
    SELECT place, id FROM json_to_recordset($1::json) AS w(place integer, id uuid)
)
SELECT w.place, s.id
FROM workspaces AS s JOIN wanted AS w USING (id)
WHERE s.id = ANY (ARRAY(SELECT id FROM wanted))
ORDER BY s.id
FOR NO KEY UPDATE OF s;

-- projects_look_up: the projects that references name; $1 [{place, id}]
WITH wanted AS MATERIALIZED (
    SELECT place, id FROM json_to_recordset($1::json) AS w(place integer, id uuid)
)
SELECT w.place, p.id
FROM projects AS p JOIN wanted AS w USING (id)
WHERE p.id = ANY (ARRAY(SELECT id FROM wanted))
ORDER BY p.id
FOR KEY SHARE OF p;

-- organizations_add: creates organizations; no row for a used slug; $1 [{place, id, name, slug, owner}], $2 flags
WITH wanted AS (
    SELECT place, id, name, coalesce(slug, orgd.slug(name, id)) AS slug, owner
    FROM json_to_recordset($1::json) AS w(place integer, id uuid, name text, slug text, owner uuid)
), made AS (
    INSERT INTO organizations (id, name, slug, flags, owner_id, created_by_id, updated_at)
    SELECT id, name, slug, $2::jsonb, owner, owner, now() FROM wanted ORDER BY slug
    ON CONFLICT (slug) DO NOTHING
    RETURNING id, name, slug, owner_id, created_at, updated_at
)
SELECT w.place, json_build_object(
    'id', o.id, 'name', o.name, 'slug', o.slug, 'owner_user_id', o.owner_id,
    'created_at', orgd.iso(o.created_at), 'updated_at', orgd.iso(o.updated_at)) AS json
FROM made AS o JOIN wanted AS w USING (id);

-- workspaces_add: creates workspaces; $1 [{place, id, name, organization}]
WITH wanted AS (
    SELECT place, id, name, organization FROM json_to_recordset($1::json) AS w(place integer, id uuid, name text, organization uuid)
), made AS (
    INSERT INTO workspaces (id, name, type, description, organization_id, created_by_id, updated_at)
    SELECT w.id, w.name, 'default', '', o.id, o.owner_id, now()
    FROM wanted AS w JOIN organizations AS o ON o.id = w.organization
    WHERE o.id = ANY (ARRAY(SELECT organization FROM wanted))
    RETURNING id, name, organization_id, created_at, updated_at
)
SELECT w.place, json_build_object(
    'id', s.id, 'name', s.name, 'organization_id', s.organization_id,
    'created_at', orgd.iso(s.created_at), 'updated_at', orgd.iso(s.updated_at)) AS json
FROM made AS s JOIN wanted AS w USING (id);

-- projects_undefault: unmarks the default project, for another one; $1 [workspace]
UPDATE projects SET is_default = false, updated_at = now()
WHERE is_default AND workspace_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)));

-- projects_add: creates projects; no row for a workspace of another organization; $1 [{place, id, name, is_default, organization, workspace}]
-- Of several defaults of a workspace the last one counts.
WITH wanted AS (
    SELECT w.place, w.id, w.name, w.organization, w.workspace,
           w.is_default AND w.place = max(w.place) FILTER (WHERE w.is_default) OVER (PARTITION BY w.workspace) AS chosen
    FROM json_to_recordset($1::json)
         AS w(place integer, id uuid, name text, is_default boolean, organization uuid, workspace uuid)
), made AS (
    INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
    SELECT w.id, w.name, w.chosen, o.id, s.id, o.owner_id, now()
    FROM wanted AS w
    JOIN organizations AS o ON o.id = w.organization
    JOIN workspaces AS s ON s.id = w.workspace AND s.organization_id = o.id
    WHERE o.id = ANY (ARRAY(SELECT organization FROM wanted)) AND s.id = ANY (ARRAY(SELECT workspace FROM wanted))
    RETURNING id, project_name, organization_id, workspace_id, is_default, created_at, updated_at
)
SELECT w.place, json_build_object(
    'id', p.id, 'name', p.project_name, 'organization_id', p.organization_id, 'workspace_id', p.workspace_id,
    'is_default', p.is_default, 'created_at', orgd.iso(p.created_at), 'updated_at', orgd.iso(p.updated_at)) AS json
FROM made AS p JOIN wanted AS w USING (id);

-- organization_hand_over: transfers an organization with its workspaces and projects to another user
-- $1 organization, $2 user. The membership of the new owner is added by another statement.
-- revokes
WITH handed_over AS (
    UPDATE organizations SET owner_id = $2::uuid, updated_at = now() WHERE id = $1::uuid AND owner_id <> $2::uuid
), before AS (
    SELECT owner_id AS id FROM organizations WHERE id = $1::uuid AND owner_id <> $2::uuid
), workspace AS (
    UPDATE workspace_members m SET role = 'admin', updated_at = now()
    FROM before, workspaces w
    WHERE m.user_id = before.id AND m.role = 'owner' AND m.workspace_id = w.id AND w.organization_id = $1::uuid
), project AS (
    UPDATE project_members m SET role = 'admin', updated_at = now()
    FROM before, projects p
    WHERE m.user_id = before.id AND m.role = 'owner' AND m.project_id = p.id AND p.organization_id = $1::uuid
), workspace_owner AS (
    INSERT INTO workspace_members AS m (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $2::uuid, id, 'owner', $2::uuid, now() FROM workspaces WHERE organization_id = $1::uuid
    ON CONFLICT (user_id, workspace_id) DO UPDATE SET role = 'owner', updated_at = now() WHERE m.role <> 'owner'
), project_owner AS (
    INSERT INTO project_members AS m (id, user_id, project_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $2::uuid, id, 'owner', $2::uuid, now() FROM projects WHERE organization_id = $1::uuid
    ON CONFLICT (user_id, project_id) DO UPDATE SET role = 'owner', updated_at = now() WHERE m.role <> 'owner'
)
UPDATE organization_members SET role = 'admin', updated_at = now()
WHERE organization_id = $1::uuid AND role = 'owner' AND user_id <> $2::uuid;

-- organization_members_add: adds members; no row for existing ones; $1 [{place, id, scope, user_id, role}]
WITH wanted AS (
    SELECT place, id, scope, user_id, role FROM json_to_recordset($1::json) AS w(place integer, id uuid, scope uuid, user_id uuid, role text)
), made AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, updated_at)
    SELECT DISTINCT ON (user_id, scope) id, user_id, scope, role, now() FROM wanted ORDER BY user_id, scope, place
    ON CONFLICT (user_id, organization_id) DO NOTHING
    RETURNING id, organization_id, user_id, role
)
SELECT w.place, row_to_json(m) AS json FROM made AS m JOIN wanted AS w USING (id);

-- organization_members_change: changes roles of members; $1 as above
-- revokes
WITH wanted AS (
    SELECT place, scope, user_id, role FROM json_to_recordset($1::json) AS w(place integer, scope uuid, user_id uuid, role text)
), changed AS (
    UPDATE organization_members m SET role = w.role, updated_at = now()
    FROM (SELECT DISTINCT ON (user_id, scope) user_id, scope, role FROM wanted ORDER BY user_id, scope, place DESC) AS w
    WHERE m.user_id = w.user_id AND m.organization_id = w.scope
    RETURNING m.id, m.organization_id, m.user_id, m.role
)
SELECT w.place, row_to_json(m) AS json FROM changed AS m JOIN wanted AS w ON w.user_id = m.user_id AND w.scope = m.organization_id;

-- workspace_members_add: adds members; no row for existing ones; $1 [{place, id, scope, user_id, role}]
WITH wanted AS (
    SELECT place, id, scope, user_id, role FROM json_to_recordset($1::json) AS w(place integer, id uuid, scope uuid, user_id uuid, role text)
), made AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, updated_at)
    SELECT DISTINCT ON (user_id, scope) id, user_id, scope, role, now() FROM wanted ORDER BY user_id, scope, place
    ON CONFLICT (user_id, workspace_id) DO NOTHING
    RETURNING id, workspace_id, user_id, role
)
SELECT w.place, row_to_json(m) AS json FROM made AS m JOIN wanted AS w USING (id);

-- workspace_members_change: changes roles of members; $1 as above
-- revokes
WITH wanted AS (
    SELECT place, scope, user_id, role FROM json_to_recordset($1::json) AS w(place integer, scope uuid, user_id uuid, role text)
), changed AS (
    UPDATE workspace_members m SET role = w.role, updated_at = now()
    FROM (SELECT DISTINCT ON (user_id, scope) user_id, scope, role FROM wanted ORDER BY user_id, scope, place DESC) AS w
    WHERE m.user_id = w.user_id AND m.workspace_id = w.scope
    RETURNING m.id, m.workspace_id, m.user_id, m.role
)
SELECT w.place, row_to_json(m) AS json FROM changed AS m JOIN wanted AS w ON w.user_id = m.user_id AND w.scope = m.workspace_id;

-- project_members_add: adds members; no row for existing ones; $1 [{place, id, scope, user_id, role}]
WITH wanted AS (
    SELECT place, id, scope, user_id, role FROM json_to_recordset($1::json) AS w(place integer, id uuid, scope uuid, user_id uuid, role text)
), made AS (
    INSERT INTO project_members (id, user_id, project_id, role, updated_at)
    SELECT DISTINCT ON (user_id, scope) id, user_id, scope, role, now() FROM wanted ORDER BY user_id, scope, place
    ON CONFLICT (user_id, project_id) DO NOTHING
    RETURNING id, project_id, user_id, role
)
SELECT w.place, row_to_json(m) AS json FROM made AS m JOIN wanted AS w USING (id);

-- project_members_change: changes roles of members; $1 as above
-- revokes
WITH wanted AS (
    SELECT place, scope, user_id, role FROM json_to_recordset($1::json) AS w(place integer, scope uuid, user_id uuid, role text)
), changed AS (
    UPDATE project_members m SET role = w.role, updated_at = now()
    FROM (SELECT DISTINCT ON (user_id, scope) user_id, scope, role FROM wanted ORDER BY user_id, scope, place DESC) AS w
    WHERE m.user_id = w.user_id AND m.project_id = w.scope
    RETURNING m.id, m.project_id, m.user_id, m.role
)
SELECT w.place, row_to_json(m) AS json FROM changed AS m JOIN wanted AS w ON w.user_id = m.user_id AND w.scope = m.project_id;

-- owners_complete: adds owners as members of their new objects; $1 [organization], $2 [workspace], $3 [project]
WITH organization AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), o.owner_id, o.id, 'owner', o.owner_id, now()
    FROM organizations AS o
    WHERE o.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
      AND NOT EXISTS (SELECT FROM organization_members AS m WHERE m.organization_id = o.id AND m.user_id = o.owner_id)
), workspace AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), o.owner_id, w.id, 'owner', o.owner_id, now()
    FROM workspaces AS w JOIN organizations AS o ON o.id = w.organization_id
    WHERE w.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))
      AND NOT EXISTS (SELECT FROM workspace_members AS m WHERE m.workspace_id = w.id AND m.user_id = o.owner_id)
)
INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
SELECT orgd.uuid_v7(), o.owner_id, p.id, 'owner', o.owner_id, now()
FROM projects AS p JOIN organizations AS o ON o.id = p.organization_id
WHERE p.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($3::json)))
  AND NOT EXISTS (SELECT FROM project_members AS m WHERE m.project_id = p.id AND m.user_id = o.owner_id);

-- owner_without_role: an organization whose owner has another role than owner; $1 [organization]
SELECT o.id
FROM organizations AS o
JOIN organization_members AS m ON m.organization_id = o.id AND m.user_id = o.owner_id
WHERE o.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json))) AND m.role <> 'owner'
LIMIT 1;

-- keys_add: creates API keys; $1 [{place, id, prefix, hashed, project, user_id, expires_at, restricted}]
WITH wanted AS (
    SELECT place, id, prefix, hashed, project, user_id, expires_at, restricted FROM json_to_recordset($1::json)
        AS w(place integer, id uuid, prefix text, hashed text, project uuid, user_id uuid, expires_at timestamptz, restricted boolean)
), made AS (
    INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, rate_limit, hidden, expiration_date, updated_at)
    SELECT id, prefix, hashed, project, user_id, 0, false, expires_at, now() FROM wanted
    RETURNING id, prefix, project_id, created_by_id
), restriction AS (
    INSERT INTO orgd.api_key_restrictions (api_key_id) SELECT k.id FROM made AS k JOIN wanted AS w USING (id) WHERE w.restricted
)
SELECT w.place, json_build_object('id', k.id, 'prefix', k.prefix, 'project_id', k.project_id, 'user_id', k.created_by_id) AS json
FROM made AS k JOIN wanted AS w USING (id);

-- logins_add: creates logins of the named users, or of the users with their addresses; none if the address has a login
-- $1 [{place, id, method, email, hash, identity, identity_method, domain, user_id}]. Rows: place, made, another's address
WITH wanted AS (
    SELECT DISTINCT ON (w.email) w.place, w.id, w.method, w.email, w.hash, w.identity, w.identity_method, w.domain, w.user_id, (
        SELECT u.id FROM users AS u WHERE lower(u.email COLLATE "C") = w.email ORDER BY u.created_at, u.id LIMIT 1) AS owner
    FROM json_to_recordset($1::json)
        AS w(place integer, id uuid, method text, email text, hash text, identity uuid, identity_method text, domain text,
             user_id uuid)
    ORDER BY w.email, w.place
), known AS (
    SELECT email FROM orgd.logins WHERE email = ANY (ARRAY(SELECT email FROM wanted))
), made AS (
    INSERT INTO orgd.logins (id, method, email, password_hash, user_id)
    SELECT w.id, w.method, w.email, w.hash, coalesce(w.user_id, w.owner)
    FROM wanted AS w
    WHERE coalesce(w.user_id = w.owner, true) AND NOT EXISTS (SELECT FROM known AS k WHERE k.email = w.email)
    ORDER BY w.email
    ON CONFLICT DO NOTHING
    RETURNING id, user_id
), linked AS (
    INSERT INTO user_identities (id, user_id, method, subject, domain)
    SELECT w.identity, made.user_id, w.identity_method, w.email, w.domain
    FROM made JOIN wanted AS w USING (id)
    WHERE made.user_id IS NOT NULL
    ON CONFLICT (method, subject) DO NOTHING
)
SELECT w.place, made.id IS NOT NULL AS added, coalesce(w.user_id <> w.owner, false) AS of_another
FROM wanted AS w LEFT JOIN made USING (id);

-- user_address_lock: locks an address ($1) until the transaction ends, so that one request at a time creates its account
-- There are 64 locks: an address may have to wait for another one.
SELECT name FROM orgd.locks
WHERE name = 'account ' || (hashtextextended(lower($1::text COLLATE "C"), 0) & 63)
FOR UPDATE;

-- user_has_organization: whether the user with an address is a member of an organization
SELECT EXISTS (
    SELECT FROM users AS u JOIN organization_members AS m ON m.user_id = u.id WHERE lower(u.email COLLATE "C") = lower($1::text COLLATE "C")) AS has;
