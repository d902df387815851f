-- limits_take: takes attempts from counters; returns a row for each in their order: 0, or the microseconds to wait
-- $1 keys in hex, $2 keys of shared counters for new subjects of a limit with too many counters ('': not shared),
-- $3 names of the limits, $4 microseconds in which the attempts come back, $5 seconds in which an empty counter is full again.
-- A counter without a row is full. Rows are locked in the order of the limits, so that there is no deadlock.
WITH wanted AS MATERIALIZED (
    SELECT CASE WHEN w.shared = '' OR EXISTS (SELECT FROM orgd.rate_limits l WHERE l.key = decode(w.own, 'hex'))
                THEN decode(w.own, 'hex') ELSE decode(w.shared, 'hex') END AS key,
           w.limited, make_interval(secs => w.cost_us / 1e6) AS cost, w.seconds, w.place
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[])
         WITH ORDINALITY AS w (own, shared, limited, cost_us, seconds, place)
), taken AS (
    INSERT INTO orgd.rate_limits AS l (key, limited, seconds, full_at)
    SELECT key, limited, seconds, statement_timestamp() + sum(cost) FROM wanted
    GROUP BY key, limited, seconds
    HAVING sum(cost) <= make_interval(secs => seconds)
    ORDER BY limited, key
    ON CONFLICT (key) DO UPDATE
    SET full_at = greatest(l.full_at, statement_timestamp()) + (excluded.full_at - statement_timestamp())
    WHERE greatest(l.full_at, statement_timestamp()) + (excluded.full_at - statement_timestamp())
          <= statement_timestamp() + make_interval(secs => excluded.seconds)
    RETURNING l.key
)
SELECT t.key IS NOT NULL AS taken,
       greatest(1, ceil(extract(epoch FROM coalesce(l.full_at, statement_timestamp()) + w.cost
                                           - statement_timestamp() - make_interval(secs => w.seconds)) * 1e6))::bigint AS wait_us
FROM wanted w
LEFT JOIN taken t ON t.key = w.key
LEFT JOIN orgd.rate_limits l ON l.key = w.key
ORDER BY w.place;

-- limits_give: refunds attempts to counters; the parameters are those of limits_take
WITH given AS MATERIALIZED (
    SELECT CASE WHEN w.shared = '' OR EXISTS (SELECT FROM orgd.rate_limits l WHERE l.key = decode(w.own, 'hex'))
                THEN decode(w.own, 'hex') ELSE decode(w.shared, 'hex') END AS key,
           sum(make_interval(secs => w.cost_us / 1e6)) AS cost
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[]) AS w (own, shared, limited, cost_us, seconds)
    GROUP BY 1
), held AS MATERIALIZED (
    SELECT l.key, g.cost FROM given g JOIN orgd.rate_limits l ON l.key = g.key
    ORDER BY l.limited, l.key
    FOR UPDATE OF l
)
UPDATE orgd.rate_limits l SET full_at = l.full_at - held.cost FROM held WHERE l.key = held.key;

-- limits_sweep: removes full counters, and returns the number of counters of each limit
WITH gone AS (
    DELETE FROM orgd.rate_limits
    WHERE key IN (SELECT key FROM orgd.rate_limits WHERE full_at < statement_timestamp() FOR UPDATE SKIP LOCKED)
    RETURNING key
)
SELECT limited, count(*) AS taken FROM orgd.rate_limits WHERE full_at >= statement_timestamp() GROUP BY limited;
