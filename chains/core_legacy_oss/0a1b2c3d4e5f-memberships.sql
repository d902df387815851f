-- revision: 0a1b2c3d4e5f
-- revises: b3c4d5e6f7a9
-- Creates the tables of members, and gives each project an organization and a workspace.

-- up
-- include: archive
-- Nobody adds a key, a project or anything that belongs to one while it is decided what becomes of them. The order is
-- that of the application, which writes a user before an organization, and a project before its keys.
LOCK TABLE users, organizations, workspaces IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE projects, api_keys IN ACCESS EXCLUSIVE MODE;

SELECT pg_temp.archive_open('0a1b2c3d4e5f', 'core_legacy_oss');

CREATE TABLE organization_members (
    id              uuid        PRIMARY KEY,
    user_id         uuid        REFERENCES users,
    organization_id uuid        REFERENCES organizations ON DELETE CASCADE,
    role            varchar     NOT NULL DEFAULT 'viewer',
    created_at      timestamptz,
    updated_at      timestamptz,
    updated_by_id   uuid
);

CREATE TABLE workspace_members (
    id            uuid        PRIMARY KEY,
    user_id       uuid        REFERENCES users,
    workspace_id  uuid        REFERENCES workspaces ON DELETE CASCADE,
    role          varchar,
    created_at    timestamptz,
    updated_at    timestamptz,
    updated_by_id uuid
);

CREATE TABLE project_members (
    id            uuid        PRIMARY KEY,
    user_id       uuid        REFERENCES users,
    project_id    uuid        NOT NULL REFERENCES projects ON DELETE CASCADE,
    role          varchar,
    created_at    timestamptz,
    updated_at    timestamptz,
    is_demo       boolean,
    updated_by_id uuid
);

-- decide: keys
-- decide: workspaces
-- decide: projects

-- hazards: NONE
SELECT pg_temp.keep_rows_and_what_hangs_on_them('0a1b2c3d4e5f', 'api_keys', 't.id IN (SELECT d.key_id FROM decided_keys d)');
DELETE FROM api_keys k USING decided_keys d WHERE k.id = d.key_id;
SELECT pg_temp.change('0a1b2c3d4e5f',
                      'ALTER TABLE api_keys ALTER COLUMN project_id SET NOT NULL',
                      'ALTER TABLE api_keys ALTER COLUMN project_id DROP NOT NULL');

-- The foreign keys that emptied a scope, and the second unique constraint on the id.
-- hazards: CORRECTNESS
-- locks: ACCESS EXCLUSIVE projects, organizations, workspaces
SELECT pg_temp.change('0a1b2c3d4e5f',
                      format('ALTER TABLE projects DROP CONSTRAINT %I', k.conname),
                      format('ALTER TABLE projects ADD CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)))
  FROM (SELECT k.oid, k.conname
          FROM pg_constraint k
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
         WHERE k.conrelid = 'projects'::regclass
           AND (k.contype = 'f' AND (a.attname = 'workspace_id' OR a.attname = 'organization_id' AND k.confdeltype <> 'c')
                OR k.contype = 'u' AND a.attname = 'id')
         ORDER BY k.conname DESC OFFSET 0) k;

SELECT pg_temp.keep_rows('0a1b2c3d4e5f', 'workspaces', 't.id IN (SELECT d.workspace_id FROM decided_workspaces d)',
                         'organization_id');
UPDATE workspaces w SET organization_id = d.organization_id FROM decided_workspaces d WHERE w.id = d.workspace_id;

-- include: scopes

SELECT pg_temp.add_constraint('0a1b2c3d4e5f', 'projects', 'projects_workspace_id_fkey',
                              'FOREIGN KEY (workspace_id) REFERENCES workspaces ON DELETE CASCADE');

-- down
-- include: archive
-- locks: ACCESS EXCLUSIVE users, organizations, workspaces, projects
DROP TABLE project_members, workspace_members, organization_members;
DROP TABLE IF EXISTS orgd.backfilled_members;
-- hazards: CORRECTNESS, IMPACTS_DATABASE_PERFORMANCE, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE api_keys, projects, organizations, workspaces
DO $$
BEGIN
    IF NOT pg_temp.archive_undo('0a1b2c3d4e5f') THEN
        ALTER TABLE projects DROP CONSTRAINT projects_workspace_id_fkey;
        ALTER TABLE projects ALTER COLUMN organization_id DROP NOT NULL, ALTER COLUMN workspace_id DROP NOT NULL;
        ALTER TABLE projects
            ADD CONSTRAINT fk_projects_organization_id
                FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE SET NULL,
            ADD CONSTRAINT fk_projects_workspace_id
                FOREIGN KEY (workspace_id) REFERENCES workspaces ON DELETE SET NULL,
            ADD CONSTRAINT uq_projects_id UNIQUE (id);
        ALTER TABLE api_keys ALTER COLUMN project_id DROP NOT NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'orgd') THEN
        DROP SCHEMA IF EXISTS orgd;
    END IF;
END
$$;
