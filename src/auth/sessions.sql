-- session_create: creates a session; returns the claims of its tokens, and when it ends unless it is refreshed
-- It belongs to the generation of its account that this statement sees: a reset that commits meanwhile ends it.
INSERT INTO orgd.sessions (handle, login_id, user_id, user_identities, session_identities, is_new_user, refresh_hash,
                           client, address, expires_at, generation)
SELECT $1::uuid, $2::uuid, $3::uuid,
       coalesce((SELECT array_agg(DISTINCT i.method::text ORDER BY i.method::text)
                 FROM user_identities i WHERE i.user_id = $3::uuid), ARRAY[$4::text]),
       ARRAY[$4::text], $5::boolean, decode($6::text, 'hex'), $7::text, $8::text, now() + least(interval '144000 minutes', make_interval(secs => $9::bigint)),
       coalesce((SELECT a.generation FROM orgd.accounts a WHERE a.user_id = $3::uuid), 0)
RETURNING array_to_json(user_identities) AS user_identities, array_to_json(session_identities) AS session_identities, extract(epoch FROM expires_at)::bigint AS expires_s;

-- sessions_sweep: deletes a limited number of expired sessions
-- revokes
DELETE FROM orgd.sessions
WHERE handle IN (SELECT handle FROM orgd.sessions WHERE expires_at < now() LIMIT 1000 FOR UPDATE SKIP LOCKED);

-- session_get: a session that has not ended, whose token was signed with a valid key
SELECT u.email, array_to_json(s.user_identities) AS user_identities, array_to_json(s.session_identities) AS session_identities, s.is_new_user, s.user_id
FROM orgd.sessions s
JOIN users u ON u.id = s.user_id
JOIN orgd.accounts a ON a.user_id = s.user_id AND a.generation = s.generation
WHERE s.handle = $1::uuid AND s.login_id = $2::uuid AND s.expires_at > now()
  AND EXISTS (SELECT FROM orgd.signing_keys k WHERE k.kid = $3::text AND k.valid_until > now());

-- session_lock: locks the session of a refresh token for its renewal, if its lifetime since sign-in ($2, seconds) is not over;
-- returns its two hashes, and whether the previous token is still valid for a request that came a moment late
SELECT u.email, array_to_json(s.user_identities) AS user_identities, array_to_json(s.session_identities) AS session_identities, s.is_new_user, s.user_id,
       s.login_id, encode(s.refresh_hash, 'hex') AS refresh_hash, encode(s.previous_hash, 'hex') AS previous_hash,
       coalesce(s.rotated_at > clock_timestamp() - interval '30 seconds', false) AS just_rotated, extract(epoch FROM s.expires_at)::bigint AS expires_s
FROM orgd.sessions s
JOIN users u ON u.id = s.user_id
JOIN orgd.accounts a ON a.user_id = s.user_id AND a.generation = s.generation
WHERE s.handle = $1::uuid AND s.expires_at > now() AND s.created_at + make_interval(secs => $2::bigint) > now()
FOR UPDATE OF s;

-- session_rotate_to: gives a session its next refresh token
UPDATE orgd.sessions
SET previous_hash = refresh_hash, refresh_hash = decode($2::text, 'hex'), rotated_at = clock_timestamp(), seen_at = now(),
    client = $3::text, address = $4::text,
    expires_at = least(now() + interval '144000 minutes', created_at + make_interval(secs => $5::bigint))
WHERE handle = $1::uuid
RETURNING extract(epoch FROM expires_at)::bigint AS expires_s;

-- session_merge_identities: adds the requested identities of the account, in that order, to those that the session has proven
UPDATE orgd.sessions s
SET session_identities = s.session_identities || ARRAY(
        SELECT w.method
        FROM json_array_elements_text($2::json) WITH ORDINALITY AS w (method, place)
        WHERE w.method <> ALL (s.session_identities)
          AND EXISTS (SELECT FROM user_identities i WHERE i.user_id = s.user_id AND i.method = w.method)
        GROUP BY w.method
        ORDER BY min(w.place))
WHERE s.handle = $1::uuid
RETURNING array_to_json(s.session_identities) AS session_identities, extract(epoch FROM s.expires_at)::bigint AS expires_s;

-- session_recent: whether the user of a session authenticated within so many seconds; no row: the session has ended
SELECT s.authenticated_at > now() - make_interval(secs => $2::bigint) AS recent
FROM orgd.sessions s
JOIN orgd.accounts a ON a.user_id = s.user_id AND a.generation = s.generation
WHERE s.handle = $1::uuid AND s.expires_at > now();

-- session_authenticated: records that the user of a session has authenticated again, by a login of the account
UPDATE orgd.sessions s SET authenticated_at = now()
WHERE s.handle = $1::uuid AND EXISTS (SELECT FROM orgd.logins l WHERE l.id = $2::uuid AND l.user_id = s.user_id)
RETURNING s.handle;

-- session_end_one: ends a session of an account
-- revokes
DELETE FROM orgd.sessions WHERE handle = $1::uuid AND user_id = $2::uuid RETURNING handle;

-- session_end_reason: sets the reason for the audit why a session ends, until the end of the transaction
SELECT set_config('orgd.audit', (coalesce(nullif(current_setting('orgd.audit', true), ''), '{"actor": "anonymous"}')::jsonb
                                 || jsonb_build_object('reason', $1::text))::text, true);

-- sessions_end_others: ends all sessions of an account but one
-- revokes
DELETE FROM orgd.sessions WHERE user_id = $1::uuid AND handle <> $2::uuid RETURNING handle;

-- sessions_list: the sessions of an account, most recently used first, as the JSON of the listing
SELECT coalesce(json_agg(json_build_object(
           'handle', s.handle,
           'client', s.client,
           'address', s.address,
           'identities', s.session_identities,
           'created_at', orgd.spaced(s.created_at),
           'seen_at', orgd.spaced(s.seen_at),
           'expires_at', orgd.spaced(s.expires_at),
           'current', s.handle = $2::uuid)
           ORDER BY s.seen_at DESC, s.handle), '[]')
FROM (SELECT handle, client, address, session_identities, created_at, seen_at, expires_at
      FROM orgd.sessions
      WHERE user_id = $1::uuid AND expires_at > now()
        AND generation = (SELECT a.generation FROM orgd.accounts a WHERE a.user_id = $1::uuid)
      ORDER BY seen_at DESC, handle LIMIT 1000) AS s;

-- session_resolve: the user of an access token's session, whether its login has proven the address of the account, and the scope
-- that a request names (project, workspace), or that of their first workspace; with whether they are a member of it
-- A scope has a project, and its members are the members of the project. A workspace alone stands for one of its projects:
-- one that the user is a member of, the default one first; else the default one, of which they are not a member.
SELECT s.user_id,
       EXISTS (SELECT FROM orgd.logins l JOIN users u ON lower(u.email COLLATE "C") = ANY (l.proven_emails)
               WHERE l.id = s.login_id AND u.id = s.user_id) AS address_proven,
       p.id IS NULL
       OR (EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.user_id = s.user_id)
           AND ($4::uuid IS NOT NULL
                OR EXISTS (SELECT FROM workspace_members m WHERE m.workspace_id = p.workspace_id AND m.user_id = s.user_id))) AS in_scope,
       p.id AS project_id, p.workspace_id, p.organization_id, (SELECT u.email FROM users u WHERE u.id = s.user_id) AS email
FROM orgd.sessions s
LEFT JOIN LATERAL (
    SELECT p.id, p.workspace_id, p.organization_id
    FROM projects p
    WHERE p.id = $4::uuid AND p.workspace_id = coalesce($5::uuid, p.workspace_id)
    UNION ALL
    (SELECT p.id, p.workspace_id, p.organization_id
     FROM projects p
     LEFT JOIN project_members m ON m.project_id = p.id AND m.user_id = s.user_id
     WHERE $4::uuid IS NULL AND p.workspace_id = $5::uuid AND (p.is_default OR m.user_id IS NOT NULL)
     ORDER BY m.user_id IS NULL, NOT p.is_default, p.created_at, p.id
     LIMIT 1)
    UNION ALL
    (SELECT p.id, p.workspace_id, p.organization_id
     FROM workspace_members w
     JOIN projects p ON p.workspace_id = w.workspace_id
     JOIN project_members m ON m.project_id = p.id AND m.user_id = w.user_id
     WHERE $4::uuid IS NULL AND $5::uuid IS NULL AND w.user_id = s.user_id
     ORDER BY w.created_at NULLS FIRST, w.workspace_id::text, NOT p.is_default, p.created_at, p.id
     LIMIT 1)) AS p ON true
WHERE s.handle = $1::uuid AND s.login_id = $2::uuid AND s.expires_at > now()
  AND EXISTS (SELECT FROM users u WHERE u.id = s.user_id)
  AND EXISTS (SELECT FROM orgd.accounts a WHERE a.user_id = s.user_id AND a.generation = s.generation)
  AND EXISTS (SELECT FROM orgd.signing_keys k WHERE k.kid = $3::text AND k.valid_until > now());
