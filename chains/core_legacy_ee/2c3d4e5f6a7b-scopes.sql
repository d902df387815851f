-- revision: 2c3d4e5f6a7b
-- revises: b3c4d5e6f7a9
-- Gives each project an organization and a workspace.

-- up
-- include: archive
LOCK TABLE users, organizations, workspaces IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE projects, api_keys IN ACCESS EXCLUSIVE MODE;
LOCK TABLE organization_members, project_members IN SHARE ROW EXCLUSIVE MODE;

SELECT pg_temp.archive_open('2c3d4e5f6a7b', 'core_legacy_ee');

SELECT pg_temp.change('2c3d4e5f6a7b',
                      'ALTER TABLE api_keys ALTER COLUMN created_by_id DROP NOT NULL',
                      'ALTER TABLE api_keys ALTER COLUMN created_by_id SET NOT NULL');
SELECT pg_temp.change('2c3d4e5f6a7b', '', 'DELETE FROM api_keys WHERE created_by_id IS NULL');
-- locks: ACCESS EXCLUSIVE workspaces
SELECT pg_temp.drop_foreign_keys('2c3d4e5f6a7b', 'projects', 'workspace_id');

-- decide: projects
-- include: scopes

SELECT pg_temp.add_constraint('2c3d4e5f6a7b', 'projects', 'projects_workspace_id_fkey',
                              'FOREIGN KEY (workspace_id) REFERENCES workspaces ON DELETE CASCADE');

-- down
-- include: archive
-- hazards: DELETES_DATA, CORRECTNESS, IMPACTS_DATABASE_PERFORMANCE, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE api_keys, projects, workspaces
DO $$
BEGIN
    IF NOT pg_temp.archive_undo('2c3d4e5f6a7b') THEN
        ALTER TABLE projects ALTER COLUMN organization_id DROP NOT NULL, ALTER COLUMN workspace_id DROP NOT NULL;
        ALTER TABLE projects DROP CONSTRAINT projects_workspace_id_fkey;
        ALTER TABLE projects
            ADD CONSTRAINT projects_workspace_id_fkey
                FOREIGN KEY (workspace_id) REFERENCES workspaces ON DELETE SET NULL;
        DELETE FROM api_keys WHERE created_by_id IS NULL;
        ALTER TABLE api_keys ALTER COLUMN created_by_id SET NOT NULL;
    END IF;
END
$$;
