-- reset_candidate: whether an address has a password login or an account
SELECT EXISTS (SELECT FROM orgd.logins WHERE method = 'emailpassword' AND email = lower($1::text COLLATE "C"))
    OR EXISTS (SELECT FROM users WHERE lower(email COLLATE "C") = lower($1::text COLLATE "C"));

-- reset_add: a token for a login, and whether it proves the address; some that nobody used are forgotten
WITH gone AS (
    DELETE FROM orgd.password_resets
    WHERE token_hash IN (SELECT token_hash FROM orgd.password_resets WHERE expires_at < now()
                         ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO orgd.password_resets (token_hash, login_id, expires_at, proves)
VALUES (decode($1::text, 'hex'), $2::uuid, now() + make_interval(secs => $3::bigint), $4::boolean);

-- reset_valid: whether a token may be used
SELECT EXISTS (
    SELECT FROM orgd.password_resets WHERE token_hash = decode($1::text, 'hex') AND expires_at > now());

-- reset_hold: holds the login that a token is for, so that several of its tokens are used one after the other
SELECT l.id
FROM orgd.password_resets r JOIN orgd.logins l ON l.id = r.login_id
WHERE r.token_hash = decode($1::text, 'hex') AND r.expires_at > now()
FOR NO KEY UPDATE OF l;

-- reset_take: uses a token up; the login that it is for, and whether it proves its address. No row: it is unknown, used or expired.
DELETE FROM orgd.password_resets
WHERE token_hash = decode($1::text, 'hex') AND expires_at > now()
RETURNING login_id, proves;

-- reset_password: sets the password of a login, after which none of its tokens is good; the account behind it, if there is one, and the address
WITH gone AS (
    DELETE FROM orgd.password_resets WHERE login_id = $1::uuid
)
UPDATE orgd.logins l SET password_hash = $2::text
WHERE l.id = $1::uuid
RETURNING coalesce(l.user_id, (SELECT u.id FROM users u WHERE lower(u.email COLLATE "C") = l.email
                               ORDER BY u.email = l.email DESC, u.created_at, u.id LIMIT 1)), l.email;

-- reset_proves: notes that a login has shown that the address is theirs
UPDATE orgd.logins SET proven_at = coalesce(proven_at, now()) WHERE id = $1::uuid;

-- reset_person: the address of a person, for whom the caller may make a link: themselves, or somebody in an organization of theirs
-- $1 person, $2 caller, $3 whether owners may, $4 whether the caller has a session. No row: they may not. Who has shown
-- that the address is theirs makes a link in their session: keys and owners may be older than that.
SELECT u.email
FROM users u
WHERE u.id = $1::uuid
  AND (u.id = $2::uuid AND $4::boolean
       OR NOT EXISTS (SELECT FROM orgd.logins l WHERE l.user_id = u.id AND l.proven_at IS NOT NULL)
          AND (u.id = $2::uuid
               OR ($3::boolean AND EXISTS (
                   SELECT FROM organizations o JOIN organization_members m ON m.organization_id = o.id
                   WHERE o.owner_id = $2::uuid AND m.user_id = u.id))));
