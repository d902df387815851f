-- Organizations, their workspaces, and who belongs to them.

-- The owner cannot be deleted while the organization exists. The slug is unique, and may be missing.
CREATE TABLE organizations (
    id            uuid        PRIMARY KEY,
    name          varchar,
    description   varchar,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    slug          varchar     CONSTRAINT uq_organizations_slug UNIQUE,
    flags         jsonb,
    tags          jsonb,
    meta          jsonb,
    owner_id      uuid        NOT NULL CONSTRAINT fk_organizations_owner_id_users
        REFERENCES users ON DELETE RESTRICT,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_at    timestamptz,
    deleted_by_id uuid
);

CREATE INDEX ix_organizations_slug ON organizations (slug);

-- A person in an organization. Nothing here keeps a pair from being written twice; the orgd chain does.
CREATE TABLE organization_members (
    id              uuid        PRIMARY KEY,
    user_id         uuid        REFERENCES users ON DELETE CASCADE,
    organization_id uuid        REFERENCES organizations ON DELETE CASCADE,
    role            varchar     NOT NULL DEFAULT 'viewer',
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    updated_by_id   uuid,
    deleted_at      timestamptz,
    created_by_id   uuid,
    deleted_by_id   uuid
);

-- A division of an organization. Its projects and members go with it.
CREATE TABLE workspaces (
    id              uuid        PRIMARY KEY,
    name            varchar,
    type            varchar,
    description     varchar,
    organization_id uuid        REFERENCES organizations ON DELETE CASCADE,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid
);

-- A person in a workspace.
CREATE TABLE workspace_members (
    id            uuid        PRIMARY KEY,
    user_id       uuid        REFERENCES users ON DELETE CASCADE,
    workspace_id  uuid        REFERENCES workspaces ON DELETE CASCADE,
    role          varchar,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    updated_by_id uuid,
    deleted_at    timestamptz,
    created_by_id uuid,
    deleted_by_id uuid
);
