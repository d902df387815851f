-- import_login: imports a login; no row: its id, its address or its subject is taken already
-- $1 id, $2 method, $3 address, $4 provider, $5 subject, $6 password hash, $7 milliseconds since 1970 when it was made
-- The other server mailed the codes and asked the providers; a password has proven nothing yet.
INSERT INTO orgd.logins (id, method, email, provider, subject, password_hash, created_at, proven_at, proven_emails)
VALUES ($1::uuid, $2::text, lower($3::text COLLATE "C"), $4::text, $5::text, $6::text, to_timestamp($7::bigint / 1000.0),
        CASE WHEN $2::text <> 'emailpassword' THEN to_timestamp($7::bigint / 1000.0) END,
        CASE WHEN $2::text <> 'emailpassword' THEN ARRAY[lower($3::text COLLATE "C")] ELSE '{}' END)
ON CONFLICT DO NOTHING
RETURNING id;

-- import_compare: whether an existing login is the same one, and whether the imported hash should replace its own
SELECT method = $2::text AND CASE WHEN method = 'thirdparty' THEN provider = $4::text AND subject = $5::text
                                  ELSE email = lower($3::text COLLATE "C") END AS same,
       user_id IS NULL AND $6::text IS NOT NULL AND password_hash IS DISTINCT FROM $6::text AS stale
FROM orgd.logins
WHERE id = $1::uuid;

-- import_refresh: stores the hash of a login that nobody has used here yet
UPDATE orgd.logins SET password_hash = $2::text WHERE id = $1::uuid AND user_id IS NULL;

-- import_settled: passwords that nobody has used here yet, of addresses with another login: both were in use there and stay in use
UPDATE orgd.logins l SET proven_at = l.created_at, proven_emails = ARRAY[l.email]
WHERE l.method = 'emailpassword' AND l.password_hash IS NOT NULL AND l.user_id IS NULL AND l.email <> ALL (l.proven_emails)
  AND EXISTS (SELECT FROM orgd.logins other WHERE other.email = l.email AND other.method <> 'emailpassword'
                AND other.user_id IS NULL AND l.email = ANY (other.proven_emails));

-- import_homeless: the addresses of logins that nobody has used and that have no account
SELECT DISTINCT l.email FROM orgd.logins l
WHERE l.user_id IS NULL AND NOT EXISTS (SELECT FROM users u WHERE lower(u.email COLLATE "C") = l.email)
ORDER BY l.email;

-- import_mixed: the addresses of accounts with logins that are not in lower case, and whether others differ in case only
SELECT u.email, EXISTS (SELECT FROM users other WHERE lower(other.email COLLATE "C") = lower(u.email COLLATE "C") AND other.id <> u.id) AS ambiguous
FROM users u
WHERE u.email <> lower(u.email COLLATE "C") AND EXISTS (SELECT FROM orgd.logins l WHERE l.email = lower(u.email COLLATE "C"))
ORDER BY u.email;
