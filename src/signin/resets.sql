-- reset_candidate: whether an address has a password login or an account
SELECT EXISTS (SELECT FROM orgd.logins WHERE method = 'emailpassword' AND email = lower($1::text COLLATE "C"))
    OR EXISTS (SELECT FROM users WHERE lower(email COLLATE "C") = lower($1::text COLLATE "C")) AS known;

-- reset_lock_login: locks the password login of a link; no row: it belongs to another account than the link
-- $1 login, $2 account, or NULL for any user who reads mail to the address of the login
SELECT l.id
FROM orgd.logins l
WHERE l.id = $1::uuid
  AND (l.user_id IS NULL OR l.user_id = $2::uuid
       OR ($2::uuid IS NULL AND EXISTS (SELECT FROM users u WHERE u.id = l.user_id AND lower(u.email COLLATE "C") = l.email)))
FOR NO KEY UPDATE;

-- reset_add: adds a token for a login; deletes some expired tokens
-- $1 token, $2 login, $3 seconds, $4 whether it proves the address, $5 generation of the account or NULL for the current one, $6 session
-- in which it is made
WITH gone AS (
    DELETE FROM orgd.password_resets
    WHERE token_hash IN (SELECT token_hash FROM orgd.password_resets WHERE expires_at < now()
                         ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO orgd.password_resets (token_hash, login_id, expires_at, proves, generation, session)
SELECT decode($1::text, 'hex'), l.id, now() + make_interval(secs => $3::bigint), $4::boolean,
       coalesce($5::bigint, orgd.generation_of(l.user_id, l.email)), $6::uuid
FROM orgd.logins l
WHERE l.id = $2::uuid;

-- reset_valid: whether a token may be used
SELECT EXISTS (
    SELECT FROM orgd.password_resets r JOIN orgd.logins l ON l.id = r.login_id
    WHERE r.token_hash = decode($1::text, 'hex') AND r.expires_at > now()
      AND r.generation = orgd.generation_of(l.user_id, l.email)
      AND (r.session IS NULL OR EXISTS (SELECT FROM orgd.sessions s WHERE s.handle = r.session))) AS valid;

-- reset_lock: locks the login of a token, so that several of its tokens are used one after the other
SELECT l.id
FROM orgd.password_resets r JOIN orgd.logins l ON l.id = r.login_id
WHERE r.token_hash = decode($1::text, 'hex') AND r.expires_at > now()
FOR NO KEY UPDATE OF l;

-- reset_take: uses a token up; returns its login, whether it proves the address, and the login of the session in which it was
-- made. No row: it is unknown, used or expired, or its session has ended, or its account was reset after it was made.
DELETE FROM orgd.password_resets r USING orgd.logins l
WHERE r.token_hash = decode($1::text, 'hex') AND r.expires_at > now() AND l.id = r.login_id
  AND r.generation = orgd.generation_of(l.user_id, l.email)
  AND (r.session IS NULL OR EXISTS (SELECT FROM orgd.sessions s WHERE s.handle = r.session))
RETURNING r.login_id, r.proves, (SELECT s.login_id FROM orgd.sessions s WHERE s.handle = r.session) AS maker;

-- reset_password: sets the password of a login and invalidates all of its tokens; returns its account, if there is one, the
-- address, and that of the account
WITH gone AS (
    DELETE FROM orgd.password_resets WHERE login_id = $1::uuid
)
UPDATE orgd.logins l SET password_hash = $2::text
WHERE l.id = $1::uuid
RETURNING coalesce(l.user_id, (SELECT u.id FROM users u WHERE lower(u.email COLLATE "C") = l.email
                               ORDER BY u.email = l.email DESC, u.created_at, u.id LIMIT 1)) AS user_id, l.email,
          coalesce((SELECT u.email FROM users u WHERE u.id = l.user_id), l.email) AS address;

-- reset_proves: records that a login has proven its address, and so belongs to the account of the address, if there is one
UPDATE orgd.logins
SET user_id = coalesce(user_id, $2::uuid), proven_at = coalesce(proven_at, now()),
    proven_emails = array_append(array_remove(proven_emails, email), email)
WHERE id = $1::uuid;

-- reset_user: the address of a user for whom the caller may make a link, and the generation of the account in which it is valid
-- $1 user, $2 caller, $3 whether owners may, $4 session of the caller or NULL. No row: the caller may not. A link has the
-- generation of the session in which it is made, so it ends with the session, whenever it is committed. A user who has proven
-- the address makes a link in their session. API keys and owners make none: a key may be older than the proof or a reset.
-- Without a session there are only links for first passwords, of users who cannot sign in yet: a key must not become an account.
WITH session AS (
    SELECT s.generation
    FROM orgd.sessions s JOIN orgd.accounts a ON a.user_id = s.user_id AND a.generation = s.generation
    WHERE s.handle = $4::uuid AND s.user_id = $2::uuid AND s.expires_at > now()
), found_user AS (
    SELECT u.id, u.email, a.generation,
           EXISTS (SELECT FROM orgd.logins l
                   WHERE (l.user_id = u.id OR (l.user_id IS NULL AND l.email = lower(u.email COLLATE "C")))
                     AND lower(u.email COLLATE "C") = ANY (l.proven_emails)) AS proven,
           EXISTS (SELECT FROM orgd.logins l
                   WHERE (l.user_id = u.id OR (l.user_id IS NULL AND l.email = lower(u.email COLLATE "C")))
                     AND (l.method <> 'emailpassword' OR l.password_hash IS NOT NULL)) AS signs_in
    FROM users u JOIN orgd.accounts a ON a.user_id = u.id
    WHERE u.id = $1::uuid
)
SELECT p.email, CASE WHEN p.id = $2::uuid THEN coalesce(s.generation, p.generation) ELSE p.generation END AS generation
FROM found_user p LEFT JOIN session s ON true
WHERE (s.generation IS NOT NULL OR ($4::uuid IS NULL AND NOT p.signs_in))
  AND CASE WHEN p.id = $2::uuid THEN s.generation IS NOT NULL OR (p.generation = 0 AND NOT p.proven)
           ELSE $3::boolean AND NOT p.proven
                AND EXISTS (SELECT FROM organizations o JOIN organization_members m ON m.organization_id = o.id
                            WHERE o.owner_id = $2::uuid AND m.user_id = p.id) END;
