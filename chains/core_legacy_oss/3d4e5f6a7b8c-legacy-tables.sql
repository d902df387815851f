-- revision: 3d4e5f6a7b8c
-- revises: 1b2c3d4e5f6a
-- Takes away the twenty tables of applications and evaluations that nothing reads any more.

-- up
-- include: legacy_tables

-- down
-- include: archive
SELECT pg_temp.archive_undo('3d4e5f6a7b8c');
