-- usage_of_keys: stores when API keys ($1) were last used ($2, microseconds since 1970), unless a later time is stored
-- Rows are updated in the order of their ids, so that two servers cannot deadlock.
WITH used AS MATERIALIZED (
    SELECT k.id, to_timestamp(u.us / 1000000.0) AS at
    FROM unnest($1::uuid[], $2::bigint[]) AS u (id, us)
    JOIN api_keys k ON k.id = u.id
    ORDER BY k.id
    FOR NO KEY UPDATE OF k
)
UPDATE api_keys k SET updated_at = used.at
FROM used
WHERE k.id = used.id AND (k.updated_at IS NULL OR k.updated_at < used.at);

-- usage_of_sessions: the same for sessions
WITH used AS MATERIALIZED (
    SELECT s.handle, to_timestamp(u.us / 1000000.0) AS at
    FROM unnest($1::uuid[], $2::bigint[]) AS u (id, us)
    JOIN orgd.sessions s ON s.handle = u.id
    ORDER BY s.handle
    FOR NO KEY UPDATE OF s
)
UPDATE orgd.sessions s SET seen_at = used.at
FROM used
WHERE s.handle = used.handle AND s.seen_at < used.at;
