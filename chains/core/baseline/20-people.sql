-- People and the ways in which they prove who they are.

-- A person. The email is unique as written; its case is not folded here.
CREATE TABLE users (
    id            uuid        PRIMARY KEY,
    uid           varchar,
    username      varchar,
    email         varchar     UNIQUE,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    is_active     boolean     NOT NULL DEFAULT true,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid
);

CREATE UNIQUE INDEX ix_users_uid ON users (uid);

-- One proven way to sign in: a method (password, one provider) and the name it knows the person by.
CREATE TABLE user_identities (
    id            uuid        PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users ON DELETE CASCADE,
    method        varchar     NOT NULL,
    subject       varchar     NOT NULL,
    domain        varchar,
    created_at    timestamptz DEFAULT CURRENT_TIMESTAMP,
    updated_at    timestamptz,
    deleted_at    timestamptz,
    created_by_id uuid,
    updated_by_id uuid,
    deleted_by_id uuid,
    CONSTRAINT uq_user_identities_method_subject UNIQUE (method, subject)
);

CREATE INDEX ix_user_identities_domain ON user_identities (domain);
CREATE INDEX ix_user_identities_user_method ON user_identities (user_id, method);
