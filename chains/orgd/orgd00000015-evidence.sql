-- revision: orgd00000015
-- revises: orgd00000014
-- Makes the audit evidence: sessions, failures and refusals are on it, its rows cannot be altered, and a hash chain shows whether they were.

-- up
-- Where a request came from, how often the same thing happened in a minute, and the transaction that wrote the row. Older
-- rows know none of it.
ALTER TABLE orgd.audit ADD COLUMN address text;
ALTER TABLE orgd.audit ADD COLUMN times bigint;
ALTER TABLE orgd.audit ADD COLUMN transaction xid8;
ALTER TABLE orgd.audit ALTER COLUMN transaction SET DEFAULT pg_current_xact_id();
ALTER TABLE orgd.audit ALTER COLUMN object_id DROP NOT NULL;
ALTER TABLE orgd.audit DROP CONSTRAINT audit_action_check;
ALTER TABLE orgd.audit ADD CONSTRAINT audit_action_check CHECK (action IN (
    'create', 'update', 'delete', 'session_begin', 'session_end', 'sign_in_failed', 'refused', 'request', 'prune'));
CREATE INDEX orgd_audit_transaction ON orgd.audit (transaction, id);

-- Events of the current minute, one row for equal ones, which servers add to. They become rows of the audit when the minute is over.
CREATE TABLE orgd.audit_counts (
    minute timestamptz NOT NULL,
    key    bytea       NOT NULL,
    event  jsonb       NOT NULL,
    times  bigint      NOT NULL,
    PRIMARY KEY (minute, key)
);

-- The hash chain: each hash is made of the one before it and of a row of the audit. `oldest` and `next` are the bounds of the
-- snapshot in which the row was found: transactions before `oldest` had ended, those from `next` on had not begun.
CREATE TABLE orgd.audit_seals (
    seal_no  bigint PRIMARY KEY CHECK (seal_no > 0),
    audit_id bigint NOT NULL CONSTRAINT orgd_audit_seals_once UNIQUE,
    oldest   xid8   NOT NULL,
    next     xid8   NOT NULL,
    hash     bytea  NOT NULL CHECK (length(hash) = 32)
);

-- Where the chain begins after rows have been removed by the retention: the last seal that was removed.
CREATE TABLE orgd.audit_anchors (
    seal_no bigint      PRIMARY KEY,
    hash    bytea       NOT NULL CHECK (length(hash) = 32),
    removed bigint      NOT NULL,
    at      timestamptz NOT NULL DEFAULT now()
);

CREATE OR REPLACE FUNCTION orgd.record_changes() RETURNS trigger
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
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, address, action, object, object_id, after)
        SELECT said->>'actor', said->>'actor_id', said->>'operation', said->>'reason', said->>'request_id', said->>'address',
               'create', TG_TABLE_NAME, added.id, jsonb_strip_nulls(to_jsonb(added) - secret)
          FROM added;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, address, action, object, object_id, before)
        SELECT said->>'actor', said->>'actor_id', said->>'operation', said->>'reason', said->>'request_id', said->>'address',
               'delete', TG_TABLE_NAME, gone.id, jsonb_strip_nulls(to_jsonb(gone) - secret)
          FROM gone;
    ELSE
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, address, action, object, object_id, before, after)
        SELECT said->>'actor', said->>'actor_id', said->>'operation', said->>'reason', said->>'request_id', said->>'address',
               'update', TG_TABLE_NAME, gone.id,
               jsonb_strip_nulls(to_jsonb(gone) - secret), jsonb_strip_nulls(to_jsonb(added) - secret)
          FROM gone JOIN added USING (id)
         WHERE to_jsonb(gone) - 'updated_at' <> to_jsonb(added) - 'updated_at';
    END IF;
    RETURN NULL;
END
$$;

-- Sessions, whatever begins or ends them. Requests that begin or end a session of one's own have no other proof of who asks.
CREATE FUNCTION orgd.record_sessions() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    said  jsonb   := coalesce(nullif(current_setting('orgd.audit', true), '')::jsonb,
                              jsonb_build_object('actor', 'database', 'actor_id', session_user));
    own   boolean := said->>'actor' = 'anonymous' AND said->>'operation' IN ('sign_out', 'end_session', 'end_other_sessions');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, address, action, object, object_id, after)
        SELECT CASE WHEN said->>'actor' = 'anonymous' THEN 'user' ELSE said->>'actor' END,
               CASE WHEN said->>'actor' = 'anonymous' THEN s.user_id::text ELSE said->>'actor_id' END,
               said->>'operation', said->>'reason', said->>'request_id', coalesce(said->>'address', s.address),
               'session_begin', 'sessions', s.handle,
               jsonb_strip_nulls(jsonb_build_object('user_id', s.user_id, 'login_id', s.login_id, 'client', s.client,
                                                    'identities', s.session_identities, 'is_new_user', s.is_new_user))
          FROM added s;
    ELSE
        INSERT INTO orgd.audit (actor, actor_id, operation, reason, request_id, address, action, object, object_id, before)
        SELECT CASE WHEN own THEN 'user' ELSE said->>'actor' END, CASE WHEN own THEN s.user_id::text ELSE said->>'actor_id' END,
               said->>'operation', CASE WHEN s.expires_at <= now() THEN 'expired' ELSE said->>'reason' END,
               said->>'request_id', said->>'address', 'session_end', 'sessions', s.handle,
               jsonb_strip_nulls(jsonb_build_object('user_id', s.user_id, 'login_id', s.login_id, 'client', s.client,
                                                    'address', s.address, 'seen_at', s.seen_at))
          FROM gone s;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER orgd_audit_insert AFTER INSERT ON orgd.sessions
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_sessions();
CREATE TRIGGER orgd_audit_delete AFTER DELETE ON orgd.sessions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.record_sessions();

-- Moves the events of minutes that are over into the audit, one row for equal ones. Answers how many rows.
CREATE FUNCTION orgd.audit_fold() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH over AS (
        DELETE FROM orgd.audit_counts WHERE minute < date_trunc('minute', clock_timestamp() - interval '5 seconds')
        RETURNING minute, event, times
    ), moved AS (
        INSERT INTO orgd.audit (at, actor, actor_id, operation, reason, request_id, address, action, object, object_id, after, times)
        SELECT minute, event->>'actor', event->>'actor_id', event->>'operation', event->>'reason', event->>'request_id',
               event->>'address', event->>'action', event->>'object', (event->>'object_id')::uuid, event->'after', times
          FROM over
         ORDER BY minute, event
        RETURNING 1
    )
    SELECT count(*) FROM moved
$$;

-- Removes the sealed rows that are older than so many days from the beginning of the chain, `most` of them at a time, and keeps
-- the last hash. Answers how many. For the owner of the tables alone.
CREATE FUNCTION orgd.audit_prune(days integer, most bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    start  bigint;
    newer  bigint;
    last   record;
    number bigint;
BEGIN
    IF days < 1 OR most < 1 THEN
        RAISE EXCEPTION 'the audit keeps at least one day';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('orgd.audit_seals', 0));
    SELECT min(seal_no) INTO start FROM orgd.audit_seals;
    SELECT min(s.seal_no) INTO newer
      FROM orgd.audit_seals s LEFT JOIN orgd.audit a ON a.id = s.audit_id
     WHERE s.seal_no BETWEEN start AND start + most - 1 AND (a.id IS NULL OR a.at >= now() - make_interval(days => days));
    SELECT seal_no, hash INTO last FROM orgd.audit_seals
     WHERE seal_no BETWEEN start AND least(coalesce(newer - 1, start + most - 1), start + most - 1)
     ORDER BY seal_no DESC LIMIT 1;
    IF last.seal_no IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM set_config('orgd.audit_prune', 'on', true);
    DELETE FROM orgd.audit WHERE id IN (SELECT audit_id FROM orgd.audit_seals WHERE seal_no <= last.seal_no);
    GET DIAGNOSTICS number = ROW_COUNT;
    DELETE FROM orgd.audit_seals WHERE seal_no <= last.seal_no;
    PERFORM set_config('orgd.audit_prune', '', true);
    INSERT INTO orgd.audit_anchors (seal_no, hash, removed) VALUES (last.seal_no, last.hash, number);
    INSERT INTO orgd.audit (actor, actor_id, operation, action, object, after)
    VALUES ('command', session_user, 'audit prune', 'prune', 'audit',
            jsonb_build_object('rows', number, 'older_than_days', days, 'seal_no', last.seal_no,
                               'hash', encode(last.hash, 'hex')));
    RETURN number;
END
$$;
REVOKE ALL ON FUNCTION orgd.audit_prune(integer, bigint) FROM PUBLIC;

-- What is on the audit stays as it is. Rights hold for roles that do not own the tables; this holds for the owner as well, until
-- somebody means to get around it.
CREATE FUNCTION orgd.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('orgd.audit_prune', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'rows of % can be added only', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Old rows are removed by `orgd audit prune`.';
END
$$;
CREATE TRIGGER orgd_audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON orgd.audit
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.refuse_audit_change();
CREATE TRIGGER orgd_audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON orgd.audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.refuse_audit_change();
CREATE TRIGGER orgd_audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON orgd.audit_anchors
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.refuse_audit_change();

-- down
-- The chain goes, and with it the events that the table had no place for before.
DROP TRIGGER orgd_audit_keep ON orgd.audit;
DROP FUNCTION orgd.audit_prune(integer, bigint);
DROP FUNCTION orgd.audit_fold();
DROP TRIGGER orgd_audit_delete ON orgd.sessions;
DROP TRIGGER orgd_audit_insert ON orgd.sessions;
DROP FUNCTION orgd.record_sessions();
DROP TABLE orgd.audit_anchors;
DROP TABLE orgd.audit_seals;
DROP TABLE orgd.audit_counts;
DROP FUNCTION orgd.refuse_audit_change();
DELETE FROM orgd.audit WHERE action NOT IN ('create', 'update', 'delete');
DROP INDEX orgd.orgd_audit_transaction;
ALTER TABLE orgd.audit DROP CONSTRAINT audit_action_check;
ALTER TABLE orgd.audit ADD CONSTRAINT audit_action_check CHECK (action IN ('create', 'update', 'delete'));
ALTER TABLE orgd.audit ALTER COLUMN object_id SET NOT NULL;
ALTER TABLE orgd.audit DROP COLUMN transaction;
ALTER TABLE orgd.audit DROP COLUMN times;
ALTER TABLE orgd.audit DROP COLUMN address;
CREATE OR REPLACE FUNCTION orgd.record_changes() RETURNS trigger
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
