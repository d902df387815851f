-- seal_lock: takes the sealer's lock; no row: another sealer has it
SELECT name FROM orgd.locks WHERE name = 'audit_seals' FOR UPDATE SKIP LOCKED;

-- seal_last: the end of the chain (number, hash), and the first transaction whose rows may not be sealed yet
-- $1 that transaction as this process knows it. NULL: every row has to be examined, as after a restore into another cluster, whose
-- transactions have other numbers.
SELECT coalesce(l.seal_no, 0) AS seal_no, coalesce(encode(l.hash, 'hex'), repeat('0', 64)) AS hash,
       (SELECT max(x.oldest)::text FROM (VALUES (l.oldest), ($1::text::xid8)) AS x (oldest)
        WHERE x.oldest > '0'::xid8 AND x.oldest <= pg_snapshot_xmin(pg_current_snapshot())) AS floor
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    (SELECT seal_no, hash, oldest FROM orgd.audit_seals ORDER BY seal_no DESC LIMIT 1)
    UNION ALL
    (SELECT seal_no, hash, '0'::xid8 FROM orgd.audit_anchors ORDER BY seal_no DESC LIMIT 1)
    ORDER BY seal_no DESC LIMIT 1) AS l ON true;

-- seal_rows: rows without a seal, of transactions from $1 on, with the bounds of their snapshot and the text of each that is hashed
SELECT a.id, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest, pg_snapshot_xmax(pg_current_snapshot())::text AS next,
       jsonb_build_array(a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.actor, a.actor_id, a.operation, a.reason,
                         a.request_id, a.action, a.object, a.object_id, a.before, a.after, a.address, a.times,
                         a.transaction::text)::text AS text
FROM orgd.audit a
WHERE a.transaction >= $1::text::xid8 AND a.transaction < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT EXISTS (SELECT FROM orgd.audit_seals s WHERE s.audit_id = a.id)
ORDER BY a.id
LIMIT $2::integer;

-- seal_rows_all: the same for all transactions, of rows after $1
SELECT a.id, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest, pg_snapshot_xmax(pg_current_snapshot())::text AS next,
       jsonb_build_array(a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.actor, a.actor_id, a.operation, a.reason,
                         a.request_id, a.action, a.object, a.object_id, a.before, a.after, a.address, a.times,
                         a.transaction::text)::text AS text
FROM orgd.audit a
WHERE a.id > $1::bigint AND NOT EXISTS (SELECT FROM orgd.audit_seals s WHERE s.audit_id = a.id)
ORDER BY a.id
LIMIT $2::integer;

-- seal_bounds: the oldest transaction that has not ended
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest;

-- seal_add: adds seals of rows, numbered from $1; bounds $2 and $3, ids $4, hashes $5
INSERT INTO orgd.audit_seals (seal_no, audit_id, oldest, next, hash)
SELECT $1::bigint + n.place, n.id, $2::text::xid8, $3::text::xid8, decode(n.hash, 'hex')
FROM unnest($4::bigint[], $5::text[]) WITH ORDINALITY AS n (id, hash, place);

-- seal_waiting: the number of rows without a seal, of transactions from $1 on, and the age of the oldest in seconds
SELECT count(*) AS rows, coalesce(extract(epoch FROM clock_timestamp() - min(a.at)), 0)::bigint AS seconds
FROM orgd.audit a
WHERE a.transaction >= $1::text::xid8 AND a.transaction < pg_snapshot_xmax(pg_current_snapshot())
  AND NOT EXISTS (SELECT FROM orgd.audit_seals s WHERE s.audit_id = a.id);

-- seal_begin: the beginning of the chain: number and hash of the last seal that the retention removed
SELECT seal_no, encode(hash, 'hex') AS hash, (SELECT sum(removed) FROM orgd.audit_anchors)::bigint AS removed, orgd.iso(at) AS at
FROM orgd.audit_anchors
ORDER BY seal_no DESC
LIMIT 1;

-- seal_page: seals after $1, each with its row: whether it exists, and its text that is hashed
SELECT s.seal_no, s.audit_id, s.oldest::text, s.next::text, encode(s.hash, 'hex') AS hash, a.id IS NOT NULL AS present,
       jsonb_build_array(a.id, (extract(epoch FROM a.at) * 1000000)::bigint, a.actor, a.actor_id, a.operation, a.reason,
                         a.request_id, a.action, a.object, a.object_id, a.before, a.after, a.address, a.times,
                         a.transaction::text)::text AS text
FROM orgd.audit_seals s
LEFT JOIN orgd.audit a ON a.id = s.audit_id
WHERE s.seal_no > $1::bigint
ORDER BY s.seal_no
LIMIT $2::integer;

-- seal_missing: the number of rows without a seal, and the first of those with an id of at most $1
SELECT count(*) AS waiting, min(a.id) FILTER (WHERE a.id <= $1::bigint) AS inserted
FROM orgd.audit a
WHERE NOT EXISTS (SELECT FROM orgd.audit_seals s WHERE s.audit_id = a.id);

-- audit_prune: removes a batch of sealed rows that are older than a number of days
SELECT orgd.audit_prune($1::integer, $2::bigint) AS removed;

-- audit_export: sealed rows after seal $1, from $2 on and before $3 (NULL: no limit), in the order of their seals
SELECT s.seal_no::text, a.id::text, orgd.iso(a.at), a.actor, a.actor_id, a.operation, a.reason, a.request_id, a.address, a.action,
       a.object, a.object_id::text, a.times::text, a.before, a.after, encode(s.hash, 'hex')
FROM orgd.audit_seals s
JOIN orgd.audit a ON a.id = s.audit_id
WHERE s.seal_no > $1::bigint AND ($2::timestamptz IS NULL OR a.at >= $2::timestamptz)
  AND ($3::timestamptz IS NULL OR a.at < $3::timestamptz)
ORDER BY s.seal_no
LIMIT $4::integer;
