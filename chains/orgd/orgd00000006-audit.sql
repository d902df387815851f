-- revision: orgd00000006
-- revises: orgd00000005
-- Keeps who changed what, and the answers of requests that may be sent twice.

-- up
-- One row per row that was added, altered or removed, whoever did it: before and after as JSON, without what is secret.
CREATE TABLE orgd.audit (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text        NOT NULL CHECK (actor IN ('admin', 'user', 'key', 'token', 'anonymous', 'command', 'database')),
    actor_id   text,
    operation  text,
    reason     text,
    request_id text,
    action     text        NOT NULL CHECK (action IN ('create', 'update', 'delete')),
    object     text        NOT NULL,
    object_id  uuid        NOT NULL,
    before     jsonb,
    after      jsonb
);
CREATE INDEX orgd_audit_object ON orgd.audit (object_id, id);
CREATE INDEX orgd_audit_at ON orgd.audit (at);

-- Who acts is said in the setting orgd.audit, as a JSON object with the names of the columns; a writer that says nothing is
-- named by its role. Runs with the rights of its owner: whoever may write the tables needs no right on this schema.
CREATE FUNCTION orgd.record_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    said   jsonb  := nullif(current_setting('orgd.audit', true), '')::jsonb;
    secret text[] := ARRAY['hashed_key', 'password_hash', 'token'];
BEGIN
    IF said IS NULL THEN
        said := jsonb_build_object('actor', 'database', 'actor_id', session_user);
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, action, object, object_id, after)
        SELECT said->>'actor', said->>'actor_id', said->>'operation', said->>'reason', said->>'request_id',
               'create', TG_TABLE_NAME, added.id, jsonb_strip_nulls(to_jsonb(added) - secret)
          FROM added;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, action, object, object_id, before)
        SELECT said->>'actor', said->>'actor_id', said->>'operation', said->>'reason', said->>'request_id',
               'delete', TG_TABLE_NAME, gone.id, jsonb_strip_nulls(to_jsonb(gone) - secret)
          FROM gone;
    ELSE
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, action, object, object_id, before, after)
        SELECT said->>'actor', said->>'actor_id', said->>'operation', said->>'reason', said->>'request_id',
               'update', TG_TABLE_NAME, gone.id,
               jsonb_strip_nulls(to_jsonb(gone) - secret), jsonb_strip_nulls(to_jsonb(added) - secret)
          FROM gone JOIN added USING (id)
         WHERE to_jsonb(gone) - 'updated_at' <> to_jsonb(added) - 'updated_at';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON users
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON users
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON users
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON user_identities
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON user_identities
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON user_identities
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON organizations
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON organizations
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON organizations
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON workspaces
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON workspaces
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON workspaces
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON projects
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON projects
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON projects
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON organization_members
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON organization_members
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON organization_members
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON workspace_members
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON workspace_members
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON workspace_members
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON project_members
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON project_members
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON project_members
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON project_invitations
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON project_invitations
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON project_invitations
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON api_keys
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON api_keys
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON api_keys
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

CREATE TRIGGER orgd_audit_insert AFTER INSERT ON orgd.logins
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_update AFTER UPDATE ON orgd.logins
    REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON orgd.logins
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_changes();

-- The answer of a request that named a key, encrypted, for those who send it again; without an answer while it is under way.
CREATE TABLE orgd.idempotency (
    key          text        PRIMARY KEY,
    request_hash text        NOT NULL,
    status       integer,
    answer       text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX orgd_idempotency_expires ON orgd.idempotency (expires_at);

-- down
-- What was recorded goes with it.
DROP TABLE orgd.idempotency;
DROP TRIGGER orgd_audit_delete ON orgd.logins;
DROP TRIGGER orgd_audit_update ON orgd.logins;
DROP TRIGGER orgd_audit_insert ON orgd.logins;
DROP TRIGGER orgd_audit_delete ON api_keys;
DROP TRIGGER orgd_audit_update ON api_keys;
DROP TRIGGER orgd_audit_insert ON api_keys;
DROP TRIGGER orgd_audit_delete ON project_invitations;
DROP TRIGGER orgd_audit_update ON project_invitations;
DROP TRIGGER orgd_audit_insert ON project_invitations;
DROP TRIGGER orgd_audit_delete ON project_members;
DROP TRIGGER orgd_audit_update ON project_members;
DROP TRIGGER orgd_audit_insert ON project_members;
DROP TRIGGER orgd_audit_delete ON workspace_members;
DROP TRIGGER orgd_audit_update ON workspace_members;
DROP TRIGGER orgd_audit_insert ON workspace_members;
DROP TRIGGER orgd_audit_delete ON organization_members;
DROP TRIGGER orgd_audit_update ON organization_members;
DROP TRIGGER orgd_audit_insert ON organization_members;
DROP TRIGGER orgd_audit_delete ON projects;
DROP TRIGGER orgd_audit_update ON projects;
DROP TRIGGER orgd_audit_insert ON projects;
DROP TRIGGER orgd_audit_delete ON workspaces;
DROP TRIGGER orgd_audit_update ON workspaces;
DROP TRIGGER orgd_audit_insert ON workspaces;
DROP TRIGGER orgd_audit_delete ON organizations;
DROP TRIGGER orgd_audit_update ON organizations;
DROP TRIGGER orgd_audit_insert ON organizations;
DROP TRIGGER orgd_audit_delete ON user_identities;
DROP TRIGGER orgd_audit_update ON user_identities;
DROP TRIGGER orgd_audit_insert ON user_identities;
DROP TRIGGER orgd_audit_delete ON users;
DROP TRIGGER orgd_audit_update ON users;
DROP TRIGGER orgd_audit_insert ON users;
DROP FUNCTION orgd.record_changes();
DROP TABLE orgd.audit;
