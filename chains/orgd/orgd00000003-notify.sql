-- revision: orgd00000003
-- revises: orgd00000002
-- Tells every listener on the channel orgd_access when something that an access decision rests on is taken away or altered.

-- up
-- Servers keep positive decisions in memory and drop them on this message. It carries no payload: dropping all
-- of them is cheap, and these changes are rare. Inserts say nothing, because they cannot make a positive
-- decision wrong, and because NOTIFY serializes the commits of those who use it.
CREATE FUNCTION orgd.notify_access() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('orgd_access', '');
    RETURN NULL;
END
$$;

-- For deletions, once per statement, if any row was hit: cascades run one statement per table and parent, and most
-- of them find nothing.
CREATE FUNCTION orgd.notify_access_if_gone() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM gone) THEN
        PERFORM pg_notify('orgd_access', '');
    END IF;
    RETURN NULL;
END
$$;

-- Deleted.
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON users
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON organizations
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON workspaces
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON projects
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON organization_members
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON workspace_members
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON project_members
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_delete AFTER DELETE ON api_keys
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();

-- Emptied.
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON users
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON organizations
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON workspaces
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON projects
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON organization_members
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON workspace_members
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON project_members
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();

-- Altered. Per row, because only a row trigger can look at chosen columns; it runs for rows in which one of them really
-- changed, and the messages of one transaction are one message.
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON users
    FOR EACH ROW
    WHEN ((OLD.id, OLD.email, OLD.uid, OLD.is_active, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.email, NEW.uid, NEW.is_active, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON organizations
    FOR EACH ROW
    WHEN ((OLD.id, OLD.owner_id, OLD.flags, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.owner_id, NEW.flags, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON workspaces
    FOR EACH ROW
    WHEN ((OLD.id, OLD.organization_id, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.organization_id, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON projects
    FOR EACH ROW
    WHEN ((OLD.id, OLD.workspace_id, OLD.organization_id, OLD.is_default, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.workspace_id, NEW.organization_id, NEW.is_default, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON organization_members
    FOR EACH ROW
    WHEN ((OLD.id, OLD.user_id, OLD.organization_id, OLD.role, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.user_id, NEW.organization_id, NEW.role, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON workspace_members
    FOR EACH ROW
    WHEN ((OLD.id, OLD.user_id, OLD.workspace_id, OLD.role, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.user_id, NEW.workspace_id, NEW.role, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON project_members
    FOR EACH ROW
    WHEN ((OLD.id, OLD.user_id, OLD.project_id, OLD.role, OLD.is_demo, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.user_id, NEW.project_id, NEW.role, NEW.is_demo, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON api_keys
    FOR EACH ROW
    WHEN ((OLD.id, OLD.hashed_key, OLD.prefix, OLD.project_id, OLD.created_by_id, OLD.expiration_date, OLD.hidden, OLD.deleted_at)
          IS DISTINCT FROM
          (NEW.id, NEW.hashed_key, NEW.prefix, NEW.project_id, NEW.created_by_id, NEW.expiration_date, NEW.hidden, NEW.deleted_at))
    EXECUTE FUNCTION orgd.notify_access();

-- down
DROP TRIGGER orgd_notify_update ON api_keys;
DROP TRIGGER orgd_notify_truncate ON api_keys;
DROP TRIGGER orgd_notify_delete ON api_keys;
DROP TRIGGER orgd_notify_update ON project_members;
DROP TRIGGER orgd_notify_truncate ON project_members;
DROP TRIGGER orgd_notify_delete ON project_members;
DROP TRIGGER orgd_notify_update ON workspace_members;
DROP TRIGGER orgd_notify_truncate ON workspace_members;
DROP TRIGGER orgd_notify_delete ON workspace_members;
DROP TRIGGER orgd_notify_update ON organization_members;
DROP TRIGGER orgd_notify_truncate ON organization_members;
DROP TRIGGER orgd_notify_delete ON organization_members;
DROP TRIGGER orgd_notify_update ON projects;
DROP TRIGGER orgd_notify_truncate ON projects;
DROP TRIGGER orgd_notify_delete ON projects;
DROP TRIGGER orgd_notify_update ON workspaces;
DROP TRIGGER orgd_notify_truncate ON workspaces;
DROP TRIGGER orgd_notify_delete ON workspaces;
DROP TRIGGER orgd_notify_update ON organizations;
DROP TRIGGER orgd_notify_truncate ON organizations;
DROP TRIGGER orgd_notify_delete ON organizations;
DROP TRIGGER orgd_notify_update ON users;
DROP TRIGGER orgd_notify_truncate ON users;
DROP TRIGGER orgd_notify_delete ON users;
DROP FUNCTION orgd.notify_access_if_gone();
DROP FUNCTION orgd.notify_access();
