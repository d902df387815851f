-- idempotency_take: keeps a key for a request, unless it is in use; no row: it is
-- $1 key, $2 hash of the request. What is older than its day goes.
WITH stale AS (
    SELECT key FROM orgd.idempotency WHERE expires_at < now() AND key <> $1::text
    ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
), cleaned AS (
    DELETE FROM orgd.idempotency WHERE key IN (SELECT key FROM stale)
)
INSERT INTO orgd.idempotency AS known (key, request_hash, expires_at)
VALUES ($1::text, $2::text, now() + interval '1 day')
ON CONFLICT (key) DO UPDATE SET request_hash = excluded.request_hash, status = NULL, answer = NULL,
                                created_at = now(), expires_at = excluded.expires_at
    WHERE known.expires_at < now()
RETURNING key;

-- idempotency_find: the request that has a key, and its answer
-- The answer may be that of a removal which is still waited for: who is given it again waits as well.
-- revokes
SELECT request_hash, status, answer FROM orgd.idempotency WHERE key = $1::text;

-- idempotency_keep: keeps the answer to the request that has a key
UPDATE orgd.idempotency SET status = $2::integer, answer = $3::text WHERE key = $1::text;
