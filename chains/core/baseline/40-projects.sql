-- Projects, who works in them, and who is invited to.

-- Everything of the data plane belongs to a project and is deleted with it. The organization is kept beside
-- the workspace, so it can be read without a join.
CREATE TABLE projects (
    id              uuid        PRIMARY KEY,
    project_name    varchar     NOT NULL,
    is_default      boolean,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    workspace_id    uuid        NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    organization_id uuid        NOT NULL REFERENCES organizations ON DELETE CASCADE,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

CREATE INDEX ix_projects_organization_id ON projects (organization_id);

-- A person in a project.
CREATE TABLE project_members (
    id            uuid        PRIMARY KEY,
    user_id       uuid        REFERENCES users ON DELETE CASCADE,
    project_id    uuid        NOT NULL REFERENCES projects ON DELETE CASCADE,
    role          varchar,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    is_demo       boolean,
    updated_by_id uuid,
    deleted_at    timestamptz,
    created_by_id uuid,
    deleted_by_id uuid
);

-- An invitation by email. It is addressed to a project and means its workspace and organization too. The
-- person is filled in when the invitation is used.
CREATE TABLE project_invitations (
    id              uuid        PRIMARY KEY,
    token           varchar     NOT NULL UNIQUE,
    email           varchar     NOT NULL,
    used            boolean,
    role            varchar     NOT NULL,
    user_id         uuid        REFERENCES users ON DELETE SET NULL,
    project_id      uuid        NOT NULL REFERENCES projects ON DELETE CASCADE,
    expiration_date timestamptz,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);
