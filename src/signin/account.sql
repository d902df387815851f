-- account_question: the account of an address or login, whether it needs repair, whether the address is invited, and whether the login
-- has proven it before
-- $1 address, $2 login, which may have an account already, or NULL. The address as written takes precedence over other cases.
-- Repair is checked only with a login: before a password was verified, the response time would reveal that an account exists.
SELECT found_user.id,
       EXISTS (
           SELECT FROM project_invitations i
           WHERE lower(i.email COLLATE "C") = lower($1::text COLLATE "C") AND i.used IS NOT TRUE AND i.deleted_at IS NULL
             AND (i.expiration_date IS NULL OR i.expiration_date > now())) AS invited,
       CASE WHEN $2::uuid IS NOT NULL THEN EXISTS (
           SELECT FROM organizations o
           WHERE o.owner_id = found_user.id
             AND (NOT EXISTS (SELECT FROM organization_members m
                              WHERE m.organization_id = o.id AND m.user_id = found_user.id)
                  OR NOT EXISTS (SELECT FROM workspaces w WHERE w.organization_id = o.id)
                  OR EXISTS (SELECT FROM workspaces w
                             WHERE w.organization_id = o.id
                               AND (NOT EXISTS (SELECT FROM workspace_members m
                                                WHERE m.workspace_id = w.id AND m.user_id = found_user.id)
                                    OR NOT EXISTS (SELECT FROM projects p WHERE p.workspace_id = w.id)
                                    OR EXISTS (SELECT FROM projects p
                                               WHERE p.workspace_id = w.id
                                                 AND NOT EXISTS (SELECT FROM project_members m
                                                                 WHERE m.project_id = p.id
                                                                   AND m.user_id = found_user.id)))))) ELSE false END AS broken,
       EXISTS (SELECT FROM orgd.logins l WHERE l.id = $2::uuid AND lower($1::text COLLATE "C") = ANY (l.proven_emails)) AS proven
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    SELECT id
    FROM (
        SELECT l.user_id AS id, 0 AS place, NULL::timestamptz AS created_at
        FROM orgd.logins l WHERE l.id = $2::uuid AND l.user_id IS NOT NULL
        UNION ALL
        SELECT u.id, CASE WHEN u.email = $1::text THEN 1 ELSE 2 END, u.created_at
        FROM users u WHERE lower(u.email COLLATE "C") = lower($1::text COLLATE "C")
    ) AS candidate
    ORDER BY place, created_at, id
    LIMIT 1
) AS found_user ON true;

-- account_add: adds a user; no row if the address or the login's id is taken already
INSERT INTO users (id, uid, email, username, updated_at)
VALUES ($1::uuid, $2::text, $3::text, $4::text, now())
ON CONFLICT DO NOTHING
RETURNING id;

-- account_link: records that a login belongs to a user, and what it has proven; what other logins have proven stays theirs
-- $1 login, $2 user, $3 its id, $4 method, $5 subject, $6 domain, $7 the address that is proven now or NULL. A uid that belongs to no
-- login is replaced by this one.
WITH login AS (
    UPDATE orgd.logins
    SET user_id = $2::uuid,
        proven_at = CASE WHEN $7::text IS NOT NULL THEN coalesce(proven_at, now()) ELSE proven_at END,
        proven_emails = CASE WHEN $7::text IS NOT NULL AND lower($7::text COLLATE "C") <> ALL (proven_emails)
                             THEN array_append(proven_emails, lower($7::text COLLATE "C")) ELSE proven_emails END
    WHERE id = $1::uuid
      AND (user_id IS DISTINCT FROM $2::uuid
           OR ($7::text IS NOT NULL AND lower($7::text COLLATE "C") <> ALL (proven_emails)))
), found_user AS (
    UPDATE users u SET uid = $1::uuid::text, updated_at = now()
    WHERE u.id = $2::uuid
      AND NOT EXISTS (
          SELECT FROM orgd.logins l
          WHERE l.id = CASE WHEN u.uid ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.uid::uuid END)
      AND NOT EXISTS (SELECT FROM users other WHERE other.uid = $1::uuid::text)
)
INSERT INTO user_identities (id, user_id, method, subject, domain, created_by_id, updated_at)
VALUES ($3::uuid, $2::uuid, $4::text, $5::text, $6::text, $2::uuid, now())
ON CONFLICT (method, subject) DO NOTHING;

-- account_generation_lock: the generation of an account, which no reset changes before the end of the transaction
SELECT generation FROM orgd.accounts WHERE user_id = $1::uuid FOR SHARE;

-- account_unproven: whether an account has an address that none of its logins has proven yet
-- $1 account, $2 address. No row: the account has another address, or it is proven already.
SELECT u.id
FROM users u
WHERE u.id = $1::uuid AND lower(u.email COLLATE "C") = lower($2::text COLLATE "C")
  AND NOT EXISTS (SELECT FROM orgd.logins l
                  WHERE l.user_id = u.id AND lower(u.email COLLATE "C") = ANY (l.proven_emails));

-- account_end_unproven: takes away from an address, and from its account, everything that only claimed the address
-- $1 the login that proves it, $2 its account or NULL, $3 the address. A row for each login that ended.
WITH unproven AS MATERIALIZED (
    SELECT l.id, l.method, l.provider, l.subject
    FROM orgd.logins l
    WHERE (l.user_id = $2::uuid OR (l.user_id IS NULL AND l.email = lower($3::text COLLATE "C")))
      AND l.id <> $1::uuid AND lower($3::text COLLATE "C") <> ALL (l.proven_emails)
    ORDER BY l.id
    FOR UPDATE OF l
), link AS (
    DELETE FROM orgd.password_resets WHERE login_id IN (SELECT id FROM unproven)
), password AS (
    UPDATE orgd.logins SET password_hash = NULL
    WHERE id IN (SELECT id FROM unproven WHERE method = 'emailpassword') AND password_hash IS NOT NULL
    RETURNING id
), identity AS (
    DELETE FROM user_identities i USING unproven u
    WHERE u.method = 'thirdparty' AND i.user_id = $2::uuid AND i.method = 'social:' || u.provider AND i.subject = u.subject
), third AS (
    DELETE FROM orgd.logins WHERE id IN (SELECT id FROM unproven WHERE method = 'thirdparty')
    RETURNING id
)
SELECT id FROM password UNION ALL SELECT id FROM third;

-- account_repair: adds what a user's own organizations lack: workspace, project, and the user's memberships
WITH owned AS (
    SELECT id FROM organizations WHERE owner_id = $1::uuid
), organization_member AS (
    INSERT INTO organization_members (id, user_id, organization_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $1::uuid, o.id,
           CASE WHEN EXISTS (SELECT FROM organization_members m WHERE m.organization_id = o.id AND m.role = 'owner')
                THEN 'admin' ELSE 'owner' END, $1::uuid, now()
    FROM owned o
    WHERE NOT EXISTS (SELECT FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = $1::uuid)
    ON CONFLICT DO NOTHING
), new_workspace AS (
    INSERT INTO workspaces (id, name, type, description, organization_id, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), 'Default', 'default', '', o.id, $1::uuid, now()
    FROM owned o
    WHERE NOT EXISTS (SELECT FROM workspaces w WHERE w.organization_id = o.id)
    RETURNING id, organization_id
), workspace AS (
    SELECT w.id, w.organization_id FROM workspaces w JOIN owned o ON o.id = w.organization_id
    UNION ALL
    SELECT id, organization_id FROM new_workspace
), workspace_member AS (
    INSERT INTO workspace_members (id, user_id, workspace_id, role, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), $1::uuid, w.id, 'owner', $1::uuid, now()
    FROM workspace w
    WHERE NOT EXISTS (SELECT FROM workspace_members m WHERE m.workspace_id = w.id AND m.user_id = $1::uuid)
    ON CONFLICT DO NOTHING
), new_project AS (
    INSERT INTO projects (id, project_name, is_default, organization_id, workspace_id, created_by_id, updated_at)
    SELECT orgd.uuid_v7(), 'Default', true, w.organization_id, w.id, $1::uuid, now()
    FROM workspace w
    WHERE NOT EXISTS (SELECT FROM projects p WHERE p.workspace_id = w.id)
    RETURNING id
), project AS (
    SELECT p.id FROM projects p JOIN owned o ON o.id = p.organization_id
    UNION ALL
    SELECT id FROM new_project
)
INSERT INTO project_members (id, user_id, project_id, role, created_by_id, updated_at)
SELECT orgd.uuid_v7(), $1::uuid, p.id, 'owner', $1::uuid, now()
FROM project p
WHERE NOT EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.user_id = $1::uuid)
ON CONFLICT DO NOTHING;
