-- revision: 4f5a6b7c8d9e
-- revises: 3d4e5f6a7b8c
-- Gives every table the same six columns of its rows' lives, and one policy to the foreign keys.

-- up
-- include: lifecycle

-- down
-- include: archive
SELECT pg_temp.archive_undo('4f5a6b7c8d9e');
