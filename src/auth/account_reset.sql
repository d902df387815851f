-- account_next_generation: starts a new generation of an account, which ends every session, link and code that was made for it before
-- revokes
-- The account is held before its sessions, as who makes a key does.
WITH account AS (
    INSERT INTO orgd.accounts (user_id, generation, reset_at) VALUES ($1::uuid, 1, now())
    ON CONFLICT (user_id) DO UPDATE SET generation = accounts.generation + 1, reset_at = now()
    RETURNING user_id
)
DELETE FROM orgd.sessions s USING account a WHERE s.user_id = a.user_id;

-- account_hold: holds an account: who makes a key for it waits
SELECT user_id FROM orgd.accounts WHERE user_id = $1::uuid FOR NO KEY UPDATE;

-- account_session_keys_end: ends the API keys of an account that were made in sessions; a row for each
-- revokes
DELETE FROM api_keys k USING orgd.key_origins o WHERE o.key_id = k.id AND k.created_by_id = $1::uuid RETURNING k.prefix;

-- account_contact: the address of an account, and its API keys in words, of which there may be none
SELECT u.email,
       (SELECT count(*) FROM api_keys k WHERE k.created_by_id = u.id),
       (SELECT string_agg(format('%s (project %s, made on %s)', k.prefix, left(k.project_name, 60),
                                 to_char(k.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')), ', ' ORDER BY k.created_at, k.prefix)
        FROM (SELECT k.prefix, p.project_name, k.created_at
              FROM api_keys k LEFT JOIN projects p ON p.id = k.project_id
              WHERE k.created_by_id = u.id
              ORDER BY k.created_at, k.prefix LIMIT 50) AS k)
FROM users u
WHERE u.id = $1::uuid;
