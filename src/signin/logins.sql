-- login_with_password: the password login of an address, or instead another login, whose hash costs as much to verify as any
-- $1 address, $2 where to look for the other login
SELECT id, (extract(epoch FROM created_at) * 1000)::bigint AS joined_ms, password_hash, place = 0 AS found
FROM (
    SELECT id, password_hash, created_at, 0 AS place
    FROM orgd.logins
    WHERE method = 'emailpassword' AND email = lower($1::text COLLATE "C") AND password_hash IS NOT NULL
    UNION ALL
    (SELECT id, password_hash, created_at, 1
     FROM orgd.logins WHERE password_hash IS NOT NULL AND id >= $2::uuid ORDER BY id LIMIT 1)
    UNION ALL
    (SELECT id, password_hash, created_at, 2
     FROM orgd.logins WHERE password_hash IS NOT NULL ORDER BY id LIMIT 1)
) AS found
ORDER BY place
LIMIT 1;

-- login_has_password: whether an address has a password login with a password
SELECT EXISTS (
    SELECT FROM orgd.logins
    WHERE method = 'emailpassword' AND email = lower($1::text COLLATE "C") AND password_hash IS NOT NULL) AS yes;

-- login_has_code: whether an address has signed in by code
SELECT EXISTS (SELECT FROM orgd.logins WHERE method = 'passwordless' AND email = lower($1::text COLLATE "C")) AS yes;

-- login_insert: adds a login; no row if there is one with the same method and address, or provider and subject
-- $1 id, $2 method, $3 address, $4 provider, $5 subject, $6 password hash
INSERT INTO orgd.logins (id, method, email, provider, subject, password_hash)
VALUES ($1::uuid, $2::text, lower($3::text COLLATE "C"), $4::text, $5::text, $6::text)
ON CONFLICT DO NOTHING
RETURNING id, (extract(epoch FROM created_at) * 1000)::bigint AS joined_ms;

-- login_of_email: the login of an address
SELECT id, (extract(epoch FROM created_at) * 1000)::bigint AS joined_ms
FROM orgd.logins
WHERE method = $1::text AND email = lower($2::text COLLATE "C");

-- login_of_subject: the login of a provider's subject
SELECT id, (extract(epoch FROM created_at) * 1000)::bigint AS joined_ms
FROM orgd.logins
WHERE method = 'thirdparty' AND provider = $1::text AND subject = $2::text;

-- login_lock: locks a password login during a sign-in; no row: the password has changed since it was verified
SELECT id FROM orgd.logins WHERE id = $1::uuid AND password_hash = $2::text FOR NO KEY UPDATE;

-- login_rehash: locks it and stores a better hash of the verified password; no row: the password has changed meanwhile
UPDATE orgd.logins SET password_hash = $3::text WHERE id = $1::uuid AND password_hash = $2::text
RETURNING id;
