-- Events.

-- Something that happened in a project, other than a span.
CREATE TABLE events (
    project_id     uuid,
    request_id     uuid,
    event_id       uuid,
    request_type   varchar     NOT NULL,
    event_type     varchar     NOT NULL,
    "timestamp"    timestamptz NOT NULL,
    status_code    varchar,
    status_message varchar,
    attributes     jsonb,
    created_at     timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz,
    deleted_at     timestamptz,
    created_by_id  uuid,
    updated_by_id  uuid,
    deleted_by_id  uuid,
    PRIMARY KEY (project_id, request_id, event_id)
);

CREATE INDEX ix_events_attributes_gin ON events USING gin (attributes);
CREATE INDEX ix_events_fts_attributes_gin
    ON events USING gin (to_tsvector('simple'::regconfig, attributes));
CREATE INDEX ix_events_project_id ON events (project_id);
CREATE INDEX ix_events_project_id_event_id ON events (project_id, event_id);
CREATE INDEX ix_events_project_id_event_type ON events (project_id, event_type);
CREATE INDEX ix_events_project_id_request_id ON events (project_id, request_id);
CREATE INDEX ix_events_project_id_request_id_created_at
    ON events (project_id, request_id, created_at DESC);
CREATE INDEX ix_events_project_id_request_type ON events (project_id, request_type);
CREATE INDEX ix_events_project_id_timestamp ON events (project_id, "timestamp");
