-- Workflows: artifact, variants, revisions.

-- A workflow, which covers applications and evaluators too.
CREATE TABLE workflow_artifacts (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    id            uuid,
    slug          varchar     NOT NULL,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    flags         jsonb,
    meta          json,
    name          varchar,
    description   varchar,
    tags          jsonb,
    folder_id     uuid        CONSTRAINT fk_workflow_artifacts_folder_id_folders
        REFERENCES folders (id) ON DELETE SET NULL,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, slug)
);

CREATE INDEX ix_workflow_artifacts_folder_id ON workflow_artifacts (folder_id);
CREATE INDEX ix_workflow_artifacts_project_id_slug ON workflow_artifacts (project_id, slug);

-- A line of development of a workflow.
CREATE TABLE workflow_variants (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    artifact_id   uuid        NOT NULL,
    id            uuid,
    slug          varchar     NOT NULL,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    flags         jsonb,
    meta          json,
    name          varchar,
    description   varchar,
    tags          jsonb,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, slug),
    FOREIGN KEY (project_id, artifact_id)
        REFERENCES workflow_artifacts (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_workflow_variants_project_id_artifact_id ON workflow_variants (project_id, artifact_id);
CREATE INDEX ix_workflow_variants_project_id_slug ON workflow_variants (project_id, slug);

-- A committed state of a variant.
CREATE TABLE workflow_revisions (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    artifact_id   uuid        NOT NULL,
    variant_id    uuid        NOT NULL,
    id            uuid,
    slug          varchar     NOT NULL,
    version       varchar,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    flags         jsonb,
    meta          json,
    name          varchar,
    description   varchar,
    message       varchar,
    author        uuid        NOT NULL,
    date          timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    data          json,
    tags          jsonb,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, slug),
    FOREIGN KEY (project_id, artifact_id)
        REFERENCES workflow_artifacts (project_id, id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, variant_id)
        REFERENCES workflow_variants (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_workflow_revisions_project_id_artifact_id ON workflow_revisions (project_id, artifact_id);
CREATE INDEX ix_workflow_revisions_project_id_slug ON workflow_revisions (project_id, slug);
CREATE INDEX ix_workflow_revisions_project_id_variant_id ON workflow_revisions (project_id, variant_id);
