-- Testsets: artifact, variants, revisions, and the test cases.

-- A testset.
CREATE TABLE testset_artifacts (
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
    folder_id     uuid        CONSTRAINT fk_testset_artifacts_folder_id_folders
        REFERENCES folders (id) ON DELETE SET NULL,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, slug)
);

CREATE INDEX ix_testset_artifacts_folder_id ON testset_artifacts (folder_id);
CREATE INDEX ix_testset_artifacts_project_id_slug ON testset_artifacts (project_id, slug);

-- A line of development of a testset.
CREATE TABLE testset_variants (
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
        REFERENCES testset_artifacts (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_testset_variants_project_id_artifact_id ON testset_variants (project_id, artifact_id);
CREATE INDEX ix_testset_variants_project_id_slug ON testset_variants (project_id, slug);

-- A committed state of a variant.
CREATE TABLE testset_revisions (
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
        REFERENCES testset_artifacts (project_id, id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, variant_id)
        REFERENCES testset_variants (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_testset_revisions_project_id_artifact_id ON testset_revisions (project_id, artifact_id);
CREATE INDEX ix_testset_revisions_project_id_slug ON testset_revisions (project_id, slug);
CREATE INDEX ix_testset_revisions_project_id_variant_id ON testset_revisions (project_id, variant_id);

-- The content of a test case, stored once per testset.
CREATE TABLE testcase_blobs (
    project_id    uuid        REFERENCES projects ON DELETE CASCADE,
    set_id        uuid,
    id            uuid,
    data          json,
    tags          jsonb,
    flags         jsonb,
    meta          json,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    PRIMARY KEY (project_id, id),
    UNIQUE (project_id, set_id, id),
    FOREIGN KEY (project_id, set_id)
        REFERENCES testset_artifacts (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_testcase_blobs_project_id_set_id ON testcase_blobs (project_id, set_id);
CREATE INDEX ix_testcase_blobs_project_id_set_id_id ON testcase_blobs (project_id, set_id, id);
