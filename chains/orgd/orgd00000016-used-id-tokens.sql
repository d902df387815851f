-- revision: orgd00000016
-- revises: orgd00000015
-- Keeps which identity tokens clients have brought and used, so that each signs in once.

-- up
-- The hash is that of what the issuer signed. A row counts until the token would be refused for its age anyway.
CREATE TABLE orgd.used_id_tokens (
    token_hash bytea       PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX orgd_used_id_tokens_expiry ON orgd.used_id_tokens (expires_at);

-- down
-- hazards: NONE
DROP TABLE orgd.used_id_tokens;
