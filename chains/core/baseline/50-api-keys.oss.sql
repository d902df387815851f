-- API keys, with the columns in the physical order of the OSS edition.

-- A key that acts for its creator in one project. Only the hash of the key is kept; the prefix is what
-- listings show.
CREATE TABLE api_keys (
    id              uuid        PRIMARY KEY,
    prefix          varchar,
    hashed_key      varchar,
    project_id      uuid        NOT NULL REFERENCES projects ON DELETE CASCADE,
    created_by_id   uuid,
    rate_limit      integer,
    hidden          boolean,
    expiration_date timestamptz,
    created_at      timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at      timestamptz,
    deleted_at      timestamptz,
    updated_by_id   uuid,
    deleted_by_id   uuid
);
