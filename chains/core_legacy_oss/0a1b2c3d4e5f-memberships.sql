-- revision: 0a1b2c3d4e5f
-- revises: b3c4d5e6f7a9
-- Creates the tables of members, and gives each project an organization and a workspace.

-- up

-- down
