-- revision: orgd00000010
-- revises: orgd00000006
-- Keeps how often things were tried, for all servers of the database.

-- up
-- One row per counter of which tries are used up; one that is full again is removed. Unlogged: counting writes no log, and after a
-- crash or a failover all counters are full. No index but the key, so that counting up is a change within the page.
CREATE UNLOGGED TABLE orgd.rate_limits (
    key     bytea       PRIMARY KEY,
    limited text        NOT NULL,
    seconds integer     NOT NULL,
    full_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- down
-- hazards: NONE
DROP TABLE orgd.rate_limits;
