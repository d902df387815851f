-- revision: 1b2c3d4e5f6a
-- revises: 0a1b2c3d4e5f
-- Makes the people of the one organization its members.

-- up
-- What others write meanwhile waits, and the last revision of this chain sees to it.
LOCK TABLE users, organizations, workspaces, projects, project_invitations, organization_members, workspace_members,
           project_members IN SHARE ROW EXCLUSIVE MODE;

-- A database that was just restored has no statistics, and the new tables have none.
ANALYZE users, organizations, workspaces, projects, project_invitations;

-- include: members

ANALYZE organization_members, workspace_members, project_members;

-- down
