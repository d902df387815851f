-- revision: orgd00000014
-- revises: orgd00000012
-- Lets a removal wait until every process has heard of it: the processes that hold a lease on their decision cache, and how far each has emptied it.

-- up
-- What is in these tables holds for one server only: a dump that is loaded elsewhere, a copy of the database and a
-- server that took over after a failure are other ones.
CREATE FUNCTION orgd.server_identity() RETURNS text
    LANGUAGE sql VOLATILE
    RETURN (SELECT system_identifier FROM pg_control_system()) || ' '
           || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ' '
           || (SELECT oid FROM pg_database WHERE datname = current_database());

-- One row per process with a decision cache. `renewals` counts what it has renewed its lease; `confirmed` is the newest
-- generation for which it has emptied its cache. Crash recovery empties both tables, which are not in the log.
CREATE UNLOGGED TABLE orgd.leases (
    process   uuid   PRIMARY KEY,
    renewals  bigint NOT NULL,
    confirmed bigint NOT NULL
) WITH (fillfactor = 50);

-- One row. Each removal takes the next generation after its commit. `complete`: every process that may still use its
-- cache has a row in orgd.leases; known once this row is older than any lease from before it can be.
CREATE UNLOGGED TABLE orgd.lease_state (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id         uuid    NOT NULL DEFAULT gen_random_uuid(),
    server     text    NOT NULL,
    generation bigint  NOT NULL,
    complete   boolean NOT NULL
) WITH (fillfactor = 50);

-- Where there are no users there is nothing in anybody's cache. Elsewhere the first process makes the row.
INSERT INTO orgd.lease_state (id, server, generation, complete)
SELECT '00000000-0000-0000-0000-000000000000', orgd.server_identity(), 1, true
 WHERE NOT EXISTS (SELECT FROM users);

-- down
-- hazards: NONE
DROP TABLE orgd.lease_state;
-- hazards: NONE
DROP TABLE orgd.leases;
DROP FUNCTION orgd.server_identity();
