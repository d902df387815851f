-- api_key_list: the visible keys that a user made in a project, newest first, as the JSON of the listing
-- $3: whether all keys are restricted to their project. The member `restricted` is present where it is true.
SELECT coalesce(json_agg(
           CASE WHEN $3::boolean OR EXISTS (SELECT FROM orgd.api_key_restrictions r WHERE r.api_key_id = k.id)
                THEN json_build_object(
                         'prefix', k.prefix, 'created_at', orgd.spaced(k.created_at), 'last_used_at', orgd.spaced(k.updated_at),
                         'expiration_date', orgd.spaced(k.expiration_date), 'restricted', true)
                ELSE json_build_object(
                         'prefix', k.prefix, 'created_at', orgd.spaced(k.created_at), 'last_used_at', orgd.spaced(k.updated_at),
                         'expiration_date', orgd.spaced(k.expiration_date)) END
           ORDER BY k.created_at DESC, k.id DESC), '[]')
FROM api_keys k
WHERE k.created_by_id = $1::uuid AND k.project_id = $2::uuid AND k.hidden IS NOT TRUE;

-- api_key_create: adds a visible key without expiry, if its maker is a member of the project
-- $1 id, $2 prefix, $3 hash, $4 project, $5 maker, $6 session or NULL, $7 key with which it is made or NULL,
-- $8 whether it is restricted to the project, $9 whether a service makes it for the maker, with a token of no session.
-- Lock order, the same as that of every deletion of one of these: user, account, project, then the session or key that makes the key,
-- then the membership. A concurrent deletion waits and then finds the new key, or was first and leaves nothing to make a key with. A
-- key made with a key has the same origin.
WITH found_user AS MATERIALIZED (
    SELECT id FROM users WHERE id = $5::uuid FOR KEY SHARE
), account AS MATERIALIZED (
    SELECT a.user_id, a.generation
    FROM found_user, orgd.accounts a
    WHERE a.user_id = found_user.id
    FOR SHARE OF a
), session AS MATERIALIZED (
    SELECT s.handle
    FROM account, orgd.sessions s
    WHERE s.handle = $6::uuid AND s.user_id = account.user_id AND s.generation = account.generation AND s.expires_at > now()
    FOR KEY SHARE OF s
), place AS MATERIALIZED (
    SELECT p.id FROM account, projects p WHERE p.id = $4::uuid FOR KEY SHARE OF p
), maker AS MATERIALIZED (
    SELECT k.id
    FROM place, account, api_keys k
    WHERE k.id = $7::uuid AND k.created_by_id = account.user_id
    FOR KEY SHARE OF k
), member AS MATERIALIZED (
    SELECT m.project_id, m.user_id
    FROM place, project_members m
    WHERE m.project_id = place.id AND m.user_id = $5::uuid
      AND ($6::uuid IS NULL OR EXISTS (SELECT FROM session)) AND ($7::uuid IS NULL OR EXISTS (SELECT FROM maker))
    LIMIT 1
    FOR KEY SHARE OF m
), made AS (
    INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, rate_limit, hidden, updated_at)
    SELECT $1::uuid, $2::text, $3::text, member.project_id, member.user_id, 0, false, now()
    FROM member
    RETURNING id
), origin AS (
    INSERT INTO orgd.key_origins (key_id, session)
    SELECT made.id, session
    FROM made, (SELECT coalesce($6::uuid, (SELECT o.session FROM orgd.key_origins o WHERE o.key_id = $7::uuid),
                                CASE WHEN $9::boolean THEN '00000000-0000-0000-0000-000000000000'::uuid END)) AS origin_of (session)
    WHERE session IS NOT NULL
), restriction AS (
    INSERT INTO orgd.api_key_restrictions (api_key_id) SELECT id FROM made WHERE $8::boolean
)
SELECT id FROM made;

-- api_key_delete: deletes one key that a user made, by its prefix
-- $3: the only project; NULL for any.
-- revokes
DELETE FROM api_keys
WHERE id = (SELECT id FROM api_keys WHERE prefix = $1::text AND created_by_id = $2::uuid
            AND ($3::uuid IS NULL OR project_id = $3::uuid) ORDER BY created_at LIMIT 1)
RETURNING id;

-- api_keys_of_delete: deletes every key that a user made, in all projects; a row for each
-- revokes
DELETE FROM api_keys WHERE created_by_id = $1::uuid RETURNING id;
