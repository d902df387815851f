-- Folders.

-- A tree of folders per project. The path repeats what the parents say, for searching below a folder.
CREATE TABLE folders (
    project_id    uuid             REFERENCES projects ON DELETE CASCADE,
    id            uuid             CONSTRAINT uq_folders_id UNIQUE,
    name          varchar,
    description   varchar,
    slug          varchar          NOT NULL,
    created_at    timestamptz      DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    tags          jsonb,
    flags         jsonb,
    meta          json,
    kind          folder_kind_enum,
    path          ltree            NOT NULL,
    parent_id     uuid,
    PRIMARY KEY (project_id, id),
    CONSTRAINT uq_folders_project_parent_slug UNIQUE (project_id, parent_id, slug),
    CONSTRAINT uq_folders_project_path UNIQUE (project_id, path),
    FOREIGN KEY (project_id, parent_id)
        REFERENCES folders (project_id, id) ON DELETE CASCADE
);

CREATE INDEX ix_folders_project_kind ON folders (project_id, kind);
CREATE INDEX ix_folders_project_path ON folders (project_id, path);
