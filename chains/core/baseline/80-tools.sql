-- Connections to outside tools.

-- A connection of a project to an integration of a tool provider.
CREATE TABLE tool_connections (
    project_id      uuid        REFERENCES projects ON DELETE CASCADE,
    id              uuid,
    slug            varchar     NOT NULL,
    name            varchar,
    description     varchar,
    provider_key    varchar     NOT NULL,
    integration_key varchar     NOT NULL,
    tags            jsonb,
    flags           jsonb,
    data            json,
    status          jsonb,
    meta            json,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    created_by_id   uuid,
    updated_by_id   uuid,
    deleted_by_id   uuid,
    PRIMARY KEY (project_id, id),
    CONSTRAINT uq_tool_connections_project_provider_integration_slug
        UNIQUE (project_id, provider_key, integration_key, slug)
);

CREATE INDEX ix_tool_connections_project_provider_integration
    ON tool_connections (project_id, provider_key, integration_key);
