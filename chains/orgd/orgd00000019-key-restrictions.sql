-- revision: orgd00000019
-- revises: orgd00000016
-- Says which API keys are restricted to their project.

-- up
-- A key with a row here reaches its project, with the workspace and the organization of it, and nothing else of its person. The row is
-- made together with the key, and goes with it.
CREATE TABLE orgd.api_key_restrictions (
    api_key_id uuid PRIMARY KEY REFERENCES api_keys ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- down
-- A key that was restricted must not become one that acts for its person everywhere.
DELETE FROM api_keys k USING orgd.api_key_restrictions r WHERE r.api_key_id = k.id;
DROP TABLE orgd.api_key_restrictions;
