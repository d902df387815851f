-- outbox_insert: a mail to be sent after the commit
-- $1 id, $2 recipient, $3 template, $4 sealed fields, $5 seconds until it expires, $6 the key they are sealed with
WITH mail AS (
    INSERT INTO orgd.outbox (id, recipient, template, fields, expires_at, sealed_with)
    VALUES ($1::uuid, $2::text, $3::text, $4::text, now() + make_interval(secs => $5::bigint), $6::text)
)
SELECT pg_notify('orgd_outbox', '');

-- outbox_take: takes the mail that has waited longest, and leases it to this process for one attempt
-- $1 seconds until another process may try, in case this one ends; $2 and $3 the keys of this process
UPDATE orgd.outbox
SET attempts = attempts + 1, next_at = now() + make_interval(secs => $1::bigint)
WHERE id = (
    SELECT id FROM orgd.outbox
    WHERE given_up_at IS NULL AND next_at <= now() AND expires_at > now()
      AND (sealed_with IS NULL OR sealed_with IN ($2::text, $3::text))
    ORDER BY next_at, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING id, recipient, template, fields, attempts, extract(epoch FROM created_at)::bigint AS created_s;

-- outbox_done: removes an accepted mail
DELETE FROM orgd.outbox WHERE id = $1::uuid;

-- outbox_later: schedules the next attempt of a mail that was not accepted
UPDATE orgd.outbox SET next_at = now() + make_interval(secs => $2::bigint), last_error = $3::text WHERE id = $1::uuid;

-- outbox_never: gives up a mail that will never be accepted; the row is kept for a week, without its content
UPDATE orgd.outbox
SET given_up_at = now(), last_error = $2::text, fields = '', expires_at = now() + interval '7 days'
WHERE id = $1::uuid;

-- outbox_sweep: removes expired mail; returns a row for each mail that was never sent
WITH gone AS (
    DELETE FROM orgd.outbox WHERE expires_at <= now() RETURNING id, template, attempts, given_up_at, last_error
)
SELECT id, template, attempts, coalesce(last_error, '') AS last_error FROM gone WHERE given_up_at IS NULL;

-- outbox_state: the number of waiting mails, of those given up, and the seconds until one is due that this process can read
-- $1 and $2 the keys of this process
SELECT count(*) FILTER (WHERE given_up_at IS NULL) AS waiting, count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up,
       coalesce(ceil(extract(epoch FROM min(next_at) FILTER (
           WHERE given_up_at IS NULL AND (sealed_with IS NULL OR sealed_with IN ($1::text, $2::text))) - now()))::bigint, 3600) AS next_s
FROM orgd.outbox;
