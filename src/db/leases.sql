-- lease_generation: takes the next generation for a removal, at the end of its transaction, and sends it to all processes
-- $1 this process, when it empties its own cache after the commit. The row of orgd.lease_state stays locked until then,
-- so that generations have the order of the commits.
WITH state AS (
    INSERT INTO orgd.lease_state AS known (server, generation, complete)
    VALUES (orgd.server_identity(), 1, false)
    ON CONFLICT (only_row) DO UPDATE
       SET id = CASE WHEN known.server = excluded.server THEN known.id ELSE excluded.id END,
           server = excluded.server,
           generation = known.generation + 1,
           complete = known.complete AND known.server = excluded.server
    RETURNING id, generation
)
SELECT id, generation, pg_notify('orgd_access', concat_ws(' ', generation, $1::uuid)) AS notified FROM state;

-- lease_waiting: whether a process may still use what it remembered before a generation; no row: nothing is known of that
-- $1 this process, when it has emptied its own cache, $2 the row of orgd.lease_state, $3 the generation
SELECT NOT complete
       OR EXISTS (SELECT FROM orgd.leases WHERE process IS DISTINCT FROM $1::uuid AND confirmed < $3::bigint) AS waiting
FROM orgd.lease_state
WHERE id = $2::uuid;

-- lease_state_make: makes the row that all leases of this server go with, unless it is there
INSERT INTO orgd.lease_state AS known (server, generation, complete)
VALUES (orgd.server_identity(), 1, false)
ON CONFLICT (only_row) DO UPDATE
   SET id = excluded.id, server = excluded.server, generation = known.generation + 1, complete = false
 WHERE known.server <> excluded.server;

-- lease_look: the row of orgd.lease_state, the newest generation, the leases as JSON, and whether somebody may hold another one
-- $1 this process, or NULL
SELECT id, generation,
       (SELECT coalesce(json_object_agg(process, renewals), '{}') FROM orgd.leases) AS seen,
       NOT complete OR EXISTS (SELECT FROM orgd.leases WHERE process IS DISTINCT FROM $1::uuid) AS others
FROM orgd.lease_state;

-- lease_newest: the newest generation
SELECT generation FROM orgd.lease_state;

-- lease_renew: renews the lease of a process, confirms the generation for which it has emptied its cache, and asks for a proof
-- $1 the process, $2 the number of the renewal, $3 the generation, $4 the proof. The notification that comes back with the proof
-- shows that this connection hears what was committed before. A generation that does not exist confirms nothing.
INSERT INTO orgd.leases (process, renewals, confirmed)
SELECT $1::uuid, $2::bigint, CASE WHEN $3::bigint <= generation THEN $3::bigint ELSE 0 END FROM orgd.lease_state
ON CONFLICT (process) DO UPDATE SET renewals = excluded.renewals, confirmed = excluded.confirmed
RETURNING (SELECT id FROM orgd.lease_state) AS id, (SELECT generation FROM orgd.lease_state) AS generation,
          pg_notify('orgd_lease_' || process, $4::text) AS notified;

-- lease_confirm: confirms the generation for which a process has emptied its cache; no row: it has no lease
-- $1 the process, $2 the generation
UPDATE orgd.leases SET confirmed = (SELECT CASE WHEN $2::bigint <= generation THEN $2::bigint ELSE 0 END FROM orgd.lease_state)
WHERE process = $1::uuid
RETURNING (SELECT id FROM orgd.lease_state) AS id;

-- lease_end: removes the lease of a process that has stopped using its cache
DELETE FROM orgd.leases WHERE process = $1::uuid;

-- lease_expire: removes leases that have not been renewed for longer than one lasts, and notes that all others are known
-- $1 the row of orgd.lease_state and $2 the leases as JSON, both as they were seen that long ago
WITH expired AS (
    DELETE FROM orgd.leases AS lease
    USING json_each_text($2::json) AS seen
    WHERE lease.process = seen.key::uuid AND lease.renewals = seen.value::bigint
)
UPDATE orgd.lease_state SET complete = true WHERE id = $1::uuid AND NOT complete;
