-- password_login_of: whether an address has a login, and the one with a password, held
SELECT l.id
FROM orgd.logins AS l
WHERE l.email = $1::text
ORDER BY l.method = 'emailpassword' DESC, l.id
LIMIT 1
FOR NO KEY UPDATE;

-- password_set: sets the password of a login; its reset links and sessions end; no row: it has none to set
-- revokes
WITH link AS (
    DELETE FROM orgd.password_resets WHERE login_id = $1::uuid
), session AS (
    DELETE FROM orgd.sessions WHERE login_id = $1::uuid
)
UPDATE orgd.logins SET password_hash = $2::text
WHERE id = $1::uuid AND method = 'emailpassword'
RETURNING id;
