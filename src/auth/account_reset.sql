-- account_next_generation: starts a new generation of an account, which ends every session, link and code of the one before
-- revokes
-- The account is locked before its sessions, in the same order as when a key is made.
WITH account AS (
    INSERT INTO orgd.accounts (user_id, generation, reset_at) VALUES ($1::uuid, 1, now())
    ON CONFLICT (user_id) DO UPDATE SET generation = accounts.generation + 1, reset_at = now()
    RETURNING user_id
)
DELETE FROM orgd.sessions s USING account a WHERE s.user_id = a.user_id;

-- account_lock: locks an account, so that transactions that make a key for it wait
SELECT user_id FROM orgd.accounts WHERE user_id = $1::uuid FOR NO KEY UPDATE;

-- account_session_keys_end: deletes the API keys of an account that its user made, in sessions or by a service; a row for each
-- revokes
DELETE FROM api_keys k USING orgd.key_origins o WHERE o.key_id = k.id AND k.created_by_id = $1::uuid RETURNING k.prefix;

-- account_planted_end: deletes logins at providers that do not vouch for the address of an account, while nobody has proven it
-- $1 account, $2 login that stays or NULL. A row for each.
-- revokes
WITH planted AS MATERIALIZED (
    SELECT l.id, l.provider, l.subject
    FROM orgd.logins l
    WHERE l.user_id = $1::uuid AND l.method = 'thirdparty' AND l.id IS DISTINCT FROM $2::uuid
      AND NOT EXISTS (SELECT FROM orgd.logins p JOIN users u ON lower(u.email COLLATE "C") = ANY (p.proven_emails)
                      WHERE p.user_id = $1::uuid AND u.id = $1::uuid)
    ORDER BY l.id
    FOR UPDATE OF l
), identity AS (
    DELETE FROM user_identities i USING planted p
    WHERE i.user_id = $1::uuid AND i.method = 'social:' || p.provider AND i.subject = p.subject
)
DELETE FROM orgd.logins WHERE id IN (SELECT id FROM planted) RETURNING id;

-- account_contact: the address of an account, the number and a list of its API keys, whether the address is proven, and
-- how many others are members of its organizations or invited to them
-- The administrator makes accounts without logins and vouches for their addresses.
SELECT u.email,
       (SELECT count(*) FROM api_keys k WHERE k.created_by_id = u.id) AS keys,
       (SELECT string_agg(format('%s (project %s, made on %s)', k.prefix, left(k.project_name, 60),
                                 to_char(k.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')), ', ' ORDER BY k.created_at, k.prefix)
        FROM (SELECT k.prefix, p.project_name, k.created_at
              FROM api_keys k LEFT JOIN projects p ON p.id = k.project_id
              WHERE k.created_by_id = u.id
              ORDER BY k.created_at, k.prefix LIMIT 50) AS k) AS key_list,
       NOT EXISTS (SELECT FROM orgd.logins l WHERE l.user_id = u.id)
       OR EXISTS (SELECT FROM orgd.logins l WHERE l.user_id = u.id AND lower(u.email COLLATE "C") = ANY (l.proven_emails)) AS proven,
       (SELECT count(DISTINCT m.user_id) FROM organizations o JOIN organization_members m ON m.organization_id = o.id
        WHERE o.owner_id = u.id AND m.user_id <> u.id)
       + (SELECT count(*) FROM organizations o JOIN projects p ON p.organization_id = o.id
          JOIN project_invitations i ON i.project_id = p.id
          WHERE o.owner_id = u.id AND i.used IS NOT TRUE AND (i.expiration_date IS NULL OR i.expiration_date > now())) AS others
FROM users u
WHERE u.id = $1::uuid;
