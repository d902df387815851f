-- revision: a4b5c6d7e8f9
-- revises: f3a4b5c6d7e8
-- Lets the columns of a row's life be empty.

-- up
-- include: relax
-- hazards: NONE
SELECT pg_temp.archive_open('a4b5c6d7e8f9', 'tracing_legacy');
-- hazards: CORRECTNESS
-- locks: ACCESS EXCLUSIVE spans
SELECT pg_temp.relax('a4b5c6d7e8f9', 'spans', false);
-- hazards: CORRECTNESS
-- locks: ACCESS EXCLUSIVE events
SELECT pg_temp.relax('a4b5c6d7e8f9', 'events', false);

-- down
-- include: archive
-- hazards: IS_USER_GENERATED, IMPACTS_DATABASE_PERFORMANCE
-- locks: ACCESS EXCLUSIVE spans, events
SELECT pg_temp.archive_undo('a4b5c6d7e8f9');
