-- sessions_end_of: ends every session of an account, and the links and codes with which another could be begun
-- The new generation of the account ends those, too, whose transactions commit at this moment.
-- $1 the account, or $2 an address in any case, which may be of several accounts. How many accounts there are, and how many sessions ended.
-- revokes
WITH found_user AS MATERIALIZED (
    SELECT id
    FROM users
    WHERE id = $1::uuid OR lower(email COLLATE "C") = lower($2::text COLLATE "C")
    ORDER BY id
    FOR NO KEY UPDATE
), generation AS (
    INSERT INTO orgd.accounts (user_id, generation, reset_at)
    SELECT id, 1, now() FROM found_user
    ON CONFLICT (user_id) DO UPDATE SET generation = accounts.generation + 1, reset_at = now()
), session AS (
    DELETE FROM orgd.sessions s USING found_user p WHERE s.user_id = p.id RETURNING s.expires_at > now() AS open
)
SELECT (SELECT count(*) FROM found_user) AS users, (SELECT count(*) FILTER (WHERE open) FROM session) AS ended;
