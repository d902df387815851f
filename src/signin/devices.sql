-- device_binding: the state of an account that its known devices are bound to; no row: there is no account
-- $1 the user, or NULL and $2 an address, whose account is found as sign-in finds it.
SELECT concat_ws(' ', u.id, (SELECT a.generation FROM orgd.accounts a WHERE a.user_id = u.id),
                 (SELECT string_agg(l.password_hash, ' ' ORDER BY l.id) FROM orgd.logins l
                  WHERE l.user_id = u.id AND l.password_hash IS NOT NULL)) AS binding
FROM users u
WHERE u.id = coalesce($1::uuid,
                      (SELECT l.user_id FROM orgd.logins l
                       WHERE l.method = 'emailpassword' AND l.email = lower($2::text COLLATE "C")),
                      (SELECT a.id FROM users a WHERE lower(a.email COLLATE "C") = lower($2::text COLLATE "C")
                       ORDER BY a.email <> $2::text, a.created_at, a.id LIMIT 1));
