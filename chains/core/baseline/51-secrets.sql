-- Secrets of projects and organizations.

-- A secret belongs to a project or to an organization. The data is encrypted by the application.
CREATE TABLE secrets (
    id              uuid            PRIMARY KEY,
    kind            secretkind_enum,
    data            bytea,
    project_id      uuid            REFERENCES projects ON DELETE CASCADE,
    created_at      timestamptz     DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    updated_by_id   uuid,
    name            varchar,
    description     varchar,
    organization_id uuid            REFERENCES organizations ON DELETE CASCADE,
    deleted_at      timestamptz,
    created_by_id   uuid,
    deleted_by_id   uuid
);
