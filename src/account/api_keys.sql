-- api_key_list: the visible keys a person made in a project, newest first, as the listing's JSON
SELECT coalesce(json_agg(json_build_object(
           'prefix', k.prefix,
           'created_at', orgd.spaced(k.created_at),
           'last_used_at', orgd.spaced(k.updated_at),
           'expiration_date', orgd.spaced(k.expiration_date))
           ORDER BY k.created_at DESC, k.id DESC), '[]')
FROM api_keys k
WHERE k.created_by_id = $1::uuid AND k.project_id = $2::uuid AND k.hidden IS NOT TRUE;

-- api_key_create: a new visible key without expiry, if its maker is a member of the project
-- The membership is held, so that who removes the maker meanwhile waits, and then removes the key as well. The project is held
-- first, as who deletes it does: the other way round the two would wait for each other.
WITH place AS MATERIALIZED (
    SELECT id FROM projects WHERE id = $4::uuid FOR KEY SHARE
)
INSERT INTO api_keys (id, prefix, hashed_key, project_id, created_by_id, rate_limit, hidden, updated_at)
SELECT $1::uuid, $2::text, $3::text, place.id, m.user_id, 0, false, now()
FROM place, project_members m
WHERE m.project_id = place.id AND m.user_id = $5::uuid
LIMIT 1
FOR KEY SHARE OF m
RETURNING id;

-- api_key_delete: removes one key that a person made, by its prefix
-- revokes
DELETE FROM api_keys
WHERE id = (SELECT id FROM api_keys WHERE prefix = $1::text AND created_by_id = $2::uuid ORDER BY created_at LIMIT 1)
RETURNING id;
