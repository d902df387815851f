-- Evaluations: runs, their scenarios, results and metrics, and the queues of human annotators.

-- One evaluation.
CREATE TABLE evaluation_runs (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    name          varchar,
    description   varchar,
    meta          json,
    flags         jsonb,
    data          json,
    status        varchar     NOT NULL,
    tags          jsonb,
    "references"  jsonb,
    version       varchar,
    PRIMARY KEY (project_id, id)
);

CREATE INDEX ix_evaluation_runs_flags ON evaluation_runs USING gin (flags);
CREATE INDEX ix_evaluation_runs_project_id ON evaluation_runs (project_id);
CREATE INDEX ix_evaluation_runs_references ON evaluation_runs USING gin ("references" jsonb_path_ops);
CREATE INDEX ix_evaluation_runs_tags ON evaluation_runs USING gin (tags);

-- One case of a run. The primary key carries the name PostgreSQL gave it when an older table of this name
-- still existed.
CREATE TABLE evaluation_scenarios (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    meta          json,
    flags         jsonb,
    status        varchar     NOT NULL,
    run_id        uuid        NOT NULL,
    tags          jsonb,
    "timestamp"   timestamptz,
    "interval"    integer,
    version       varchar,
    CONSTRAINT evaluation_scenarios_pkey1 PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, run_id)
        REFERENCES evaluation_runs (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_evaluation_scenarios_flags ON evaluation_scenarios USING gin (flags);
CREATE INDEX ix_evaluation_scenarios_project_id ON evaluation_scenarios (project_id);
CREATE INDEX ix_evaluation_scenarios_run_id ON evaluation_scenarios (run_id);
CREATE INDEX ix_evaluation_scenarios_tags ON evaluation_scenarios USING gin (tags);
CREATE INDEX ix_evaluation_scenarios_timestamp_interval ON evaluation_scenarios ("timestamp", "interval");

-- What one step of a scenario produced. The key names come from the name the table once had.
CREATE TABLE evaluation_results (
    project_id    uuid        CONSTRAINT evaluation_steps_project_id_fkey
        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    meta          json,
    flags         jsonb,
    status        varchar     NOT NULL,
    "timestamp"   timestamptz,
    step_key      varchar     NOT NULL,
    hash_id       uuid,
    trace_id      uuid,
    testcase_id   uuid,
    error         jsonb,
    scenario_id   uuid        NOT NULL,
    run_id        uuid        NOT NULL,
    tags          jsonb,
    repeat_idx    integer,
    "interval"    integer,
    version       varchar,
    CONSTRAINT evaluation_steps_pkey PRIMARY KEY (project_id, id),
    CONSTRAINT uq_evaluation_results_project_run_scenario_step_repeat
        UNIQUE (project_id, run_id, scenario_id, step_key, repeat_idx),
    CONSTRAINT evaluation_steps_project_id_run_id_fkey FOREIGN KEY (project_id, run_id)
        REFERENCES evaluation_runs (project_id, id) ON DELETE CASCADE,
    CONSTRAINT evaluation_steps_project_id_scenario_id_fkey FOREIGN KEY (project_id, scenario_id)
        REFERENCES evaluation_scenarios (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_evaluation_results_flags ON evaluation_results USING gin (flags);
CREATE INDEX ix_evaluation_results_project_id ON evaluation_results (project_id);
CREATE INDEX ix_evaluation_results_repeat_idx ON evaluation_results (repeat_idx);
CREATE INDEX ix_evaluation_results_run_id ON evaluation_results (run_id);
CREATE INDEX ix_evaluation_results_scenario_id ON evaluation_results (scenario_id);
CREATE INDEX ix_evaluation_results_step_key ON evaluation_results (step_key);
CREATE INDEX ix_evaluation_results_tags ON evaluation_results USING gin (tags);
CREATE INDEX ix_evaluation_results_timestamp_interval ON evaluation_results ("timestamp", "interval");

-- Numbers over a run as a whole, over one scenario, or over one point in time; one row of each kind.
CREATE TABLE evaluation_metrics (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    meta          json,
    flags         jsonb,
    data          json,
    status        varchar     NOT NULL,
    scenario_id   uuid,
    run_id        uuid        NOT NULL,
    tags          jsonb,
    "timestamp"   timestamptz,
    "interval"    integer,
    version       varchar,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, run_id)
        REFERENCES evaluation_runs (project_id, id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, scenario_id)
        REFERENCES evaluation_scenarios (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_evaluation_metrics_flags ON evaluation_metrics USING gin (flags);
CREATE INDEX ix_evaluation_metrics_project_id ON evaluation_metrics (project_id);
CREATE INDEX ix_evaluation_metrics_run_id ON evaluation_metrics (run_id);
CREATE INDEX ix_evaluation_metrics_scenario_id ON evaluation_metrics (scenario_id);
CREATE INDEX ix_evaluation_metrics_tags ON evaluation_metrics USING gin (tags);
CREATE INDEX ix_evaluation_metrics_timestamp_interval ON evaluation_metrics ("timestamp", "interval");
CREATE UNIQUE INDEX ux_evaluation_metrics_global ON evaluation_metrics (project_id, run_id)
    WHERE scenario_id IS NULL AND "timestamp" IS NULL;
CREATE UNIQUE INDEX ux_evaluation_metrics_temporal ON evaluation_metrics (project_id, run_id, "timestamp")
    WHERE scenario_id IS NULL AND "timestamp" IS NOT NULL;
CREATE UNIQUE INDEX ux_evaluation_metrics_variational
    ON evaluation_metrics (project_id, run_id, scenario_id)
    WHERE "timestamp" IS NULL AND scenario_id IS NOT NULL;

-- Who is to annotate a run. A run has at most one default queue.
CREATE TABLE evaluation_queues (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    flags         jsonb,
    tags          jsonb,
    meta          json,
    data          json,
    run_id        uuid        NOT NULL,
    name          varchar,
    description   varchar,
    status        varchar     NOT NULL DEFAULT 'pending',
    version       varchar,
    user_ids      uuid[],
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, run_id)
        REFERENCES evaluation_runs (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_evaluation_queues_flags ON evaluation_queues USING gin (flags);
CREATE INDEX ix_evaluation_queues_project_id ON evaluation_queues (project_id);
CREATE INDEX ix_evaluation_queues_run_id ON evaluation_queues (run_id);
CREATE INDEX ix_evaluation_queues_tags ON evaluation_queues USING gin (tags);
CREATE INDEX ix_evaluation_queues_user_ids ON evaluation_queues USING gin (user_ids);
CREATE UNIQUE INDEX ux_evaluation_queues_default_per_run ON evaluation_queues (project_id, run_id)
    WHERE (flags ->> 'is_default')::boolean = true;
