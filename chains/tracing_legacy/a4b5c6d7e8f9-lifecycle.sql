-- revision: a4b5c6d7e8f9
-- revises: f3a4b5c6d7e8
-- Lets the columns of a row's life be empty.

-- up
-- include: relax
SELECT pg_temp.archive_open('a4b5c6d7e8f9', 'tracing_legacy');
SELECT pg_temp.relax('a4b5c6d7e8f9', 'spans', false);
SELECT pg_temp.relax('a4b5c6d7e8f9', 'events', false);

-- down
-- include: archive
SELECT pg_temp.archive_undo('a4b5c6d7e8f9');
