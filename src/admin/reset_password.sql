-- password_login_of: whether an address has a login, and the one with a password, locked
SELECT l.id
FROM orgd.logins AS l
WHERE l.email = $1::text
ORDER BY l.method = 'emailpassword' DESC, l.id
LIMIT 1
FOR NO KEY UPDATE;

-- password_set: sets the password of a login, and invalidates its links; the account behind it, if there is one; no row: it
-- has no password to set
WITH link AS (
    DELETE FROM orgd.password_resets WHERE login_id = $1::uuid
)
UPDATE orgd.logins l SET password_hash = $2::text
WHERE l.id = $1::uuid AND l.method = 'emailpassword'
RETURNING coalesce(l.user_id, (SELECT u.id FROM users u WHERE lower(u.email COLLATE "C") = l.email
                               ORDER BY u.email = l.email DESC, u.created_at, u.id LIMIT 1)) AS user_id;
