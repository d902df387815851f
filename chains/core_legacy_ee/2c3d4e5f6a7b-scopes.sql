-- revision: 2c3d4e5f6a7b
-- revises: b3c4d5e6f7a9
-- Gives each project an organization and a workspace.

-- up

-- down
