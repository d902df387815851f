-- Spans.

-- A span of a trace. A trace has at most one root. The storage parameters keep statistics fresh on a table
-- that only grows.
CREATE TABLE spans (
    project_id     uuid,
    created_at     timestamptz    DEFAULT CURRENT_TIMESTAMP,
    updated_at     timestamptz,
    deleted_at     timestamptz,
    created_by_id  uuid,
    updated_by_id  uuid,
    deleted_by_id  uuid,
    trace_id       uuid,
    span_id        uuid,
    parent_id      uuid,
    span_kind      otelspankind   NOT NULL,
    span_name      varchar        NOT NULL,
    start_time     timestamptz    NOT NULL,
    end_time       timestamptz    NOT NULL,
    status_code    otelstatuscode NOT NULL,
    status_message varchar,
    attributes     jsonb,
    events         jsonb,
    links          jsonb,
    "references"   jsonb,
    trace_type     tracetype,
    span_type      spantype,
    hashes         jsonb,
    exception      jsonb,
    PRIMARY KEY (project_id, trace_id, span_id)
)
WITH (
    autovacuum_vacuum_scale_factor = '0.02',
    autovacuum_analyze_scale_factor = '0.01',
    autovacuum_vacuum_cost_delay = '5',
    autovacuum_vacuum_cost_limit = '4000'
);

CREATE INDEX ix_attributes_gin ON spans USING gin (attributes);
CREATE INDEX ix_events_gin ON spans USING gin (events jsonb_path_ops);
CREATE INDEX ix_hashes_gin ON spans USING gin (hashes jsonb_path_ops);
CREATE INDEX ix_links_gin ON spans USING gin (links);
CREATE INDEX ix_project_id ON spans (project_id);
CREATE INDEX ix_project_id_span_id ON spans (project_id, span_id);
CREATE INDEX ix_project_id_start_time ON spans (project_id, start_time);
CREATE INDEX ix_project_id_trace_id ON spans (project_id, trace_id);
CREATE INDEX ix_references_gin ON spans USING gin ("references");
CREATE INDEX ix_spans_fts_attributes_gin
    ON spans USING gin (to_tsvector('simple'::regconfig, attributes));
CREATE INDEX ix_spans_fts_events_gin ON spans USING gin (to_tsvector('simple'::regconfig, events));
CREATE INDEX ix_spans_project_id_span_type ON spans (project_id, span_type);
CREATE INDEX ix_spans_project_id_trace_id_created_at ON spans (project_id, trace_id, created_at DESC);
CREATE INDEX ix_spans_project_id_trace_id_start_time ON spans (project_id, trace_id, start_time DESC);
CREATE INDEX ix_spans_project_id_trace_type ON spans (project_id, trace_type);
CREATE INDEX ix_spans_root_project_created_trace ON spans (project_id, created_at, trace_id)
    WHERE parent_id IS NULL;
CREATE UNIQUE INDEX ux_spans_root_per_trace ON spans (project_id, trace_id)
    WHERE parent_id IS NULL;
