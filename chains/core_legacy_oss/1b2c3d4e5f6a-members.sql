-- revision: 1b2c3d4e5f6a
-- revises: 0a1b2c3d4e5f
-- Makes the people of the one organization its members.

-- up

-- down
