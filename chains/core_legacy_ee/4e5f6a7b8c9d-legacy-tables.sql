-- revision: 4e5f6a7b8c9d
-- revises: 2c3d4e5f6a7b
-- Takes away the twenty tables of applications and evaluations that nothing reads any more.

-- up
-- include: legacy_tables

-- down
-- include: archive
SELECT pg_temp.archive_undo('4e5f6a7b8c9d');
