-- revision: orgd00000020
-- revises: orgd00000019
-- Closes what a role could do that may only connect and read: run code as the owner of the tables, and hold locks that servers wait for.

-- up
-- These trigger functions run with the privileges of their owner. A role that may execute one can attach it to a temporary table of
-- its own, whose types and casts then run as the owner, and whose rows go into the audit. Triggers that exist need no such privilege.
REVOKE ALL ON FUNCTION orgd.record_changes() FROM PUBLIC;
REVOKE ALL ON FUNCTION orgd.record_sessions() FROM PUBLIC;
REVOKE ALL ON FUNCTION orgd.follow_user() FROM PUBLIC;
REVOKE ALL ON FUNCTION orgd.follow_invitation() FROM PUBLIC;
REVOKE ALL ON FUNCTION orgd.follow_project() FROM PUBLIC;
-- This one moves rows that it locks: the program may execute it (orgd schema grants).
REVOKE ALL ON FUNCTION orgd.audit_fold() FROM PUBLIC;

-- Servers lock these rows for work that only one of them may do at a time. Every role may take an advisory lock; a row can be locked
-- only by a role that may update it.
CREATE TABLE orgd.locks (
    name text COLLATE "C" PRIMARY KEY
);
INSERT INTO orgd.locks (name) VALUES ('audit_seals'), ('signing_keys'), ('default_rows');
INSERT INTO orgd.locks (name) SELECT 'account ' || number FROM generate_series(0, 63) AS number;

CREATE OR REPLACE FUNCTION orgd.audit_prune(days integer, most bigint) RETURNS bigint
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
    PERFORM FROM orgd.locks WHERE name = 'audit_seals' FOR UPDATE;
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

-- Which AGENTA_CRYPT_KEY the content of a mail is encrypted with, as a MAC under that key: a server takes no mail that it cannot read.
-- NULL: an earlier version wrote the mail.
ALTER TABLE orgd.outbox ADD COLUMN sealed_with text;

-- down
ALTER TABLE orgd.outbox DROP COLUMN sealed_with;
CREATE OR REPLACE FUNCTION orgd.audit_prune(days integer, most bigint) RETURNS bigint
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
-- hazards: NONE
DROP TABLE orgd.locks;
GRANT EXECUTE ON FUNCTION orgd.audit_fold() TO PUBLIC;
GRANT EXECUTE ON FUNCTION orgd.follow_project() TO PUBLIC;
GRANT EXECUTE ON FUNCTION orgd.follow_invitation() TO PUBLIC;
GRANT EXECUTE ON FUNCTION orgd.follow_user() TO PUBLIC;
GRANT EXECUTE ON FUNCTION orgd.record_sessions() TO PUBLIC;
GRANT EXECUTE ON FUNCTION orgd.record_changes() TO PUBLIC;
