-- audit_page: changes, newest first; NULL parameters ask for everything
-- $1 before this number, $2 how many, $3 object, $4 object's id, $5 actor, $6 operation, $7 request id, $8 action
WITH page AS (
    SELECT id, at, actor, actor_id, operation, reason, request_id, address, action, object, object_id,
           times, before, after
    FROM orgd.audit
    WHERE ($1::bigint IS NULL OR id < $1::bigint)
      AND ($3::text IS NULL OR object = $3::text)
      AND ($4::uuid IS NULL OR object_id = $4::uuid)
      AND ($5::text IS NULL OR actor = $5::text OR actor_id = $5::text)
      AND ($6::text IS NULL OR operation = $6::text)
      AND ($7::text IS NULL OR request_id = $7::text)
      AND ($8::text IS NULL OR action = $8::text)
    ORDER BY id DESC
    LIMIT $2::integer
),
sized AS ( -- a page has as many changes as fit into 4 MiB, and at least one
    SELECT id, row_number() OVER newest AS place,
           sum(octet_length(concat(before, after, reason)) + 500) OVER newest AS bytes
    FROM page
    WINDOW newest AS (ORDER BY id DESC)
),
kept AS (
    SELECT id, at, actor, actor_id, operation, reason, request_id, address, action, object, object_id,
           times, before, after
    FROM page
    JOIN sized USING (id)
    WHERE place = 1 OR bytes <= 4194304
)
SELECT json_build_object(
    'changes', coalesce(json_agg(json_strip_nulls(json_build_object(
        'id', id::text, 'at', orgd.iso(at), 'actor', actor, 'actor_id', actor_id, 'operation', operation, 'reason', reason,
        'request_id', request_id, 'address', address, 'action', action, 'object', object, 'object_id', object_id, 'times', times::text,
        'before', before, 'after', after)) ORDER BY id DESC), '[]'::json),
    'cursor', CASE WHEN count(*) = $2::integer OR count(*) < (SELECT count(*) FROM page) THEN min(id)::text END)
FROM kept;
