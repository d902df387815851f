-- revision: orgd00000012
-- revises: orgd00000010
-- Gives each account a generation, and says what was made under which one; keeps which address a login has proven.

-- up
-- Sessions, links and codes carry the generation under which they were made, and are good while it is their account's. A
-- reset adds one to it, and so ends all of them at once, also those whose transactions commit at the same moment.
CREATE TABLE orgd.accounts (
    user_id    uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    generation bigint NOT NULL DEFAULT 0,
    reset_at   timestamptz
);
INSERT INTO orgd.accounts (user_id) SELECT id FROM users;

-- Every user has a row, whoever adds the user. Runs with the rights of its owner: whoever may write users needs no right on
-- this schema.
CREATE FUNCTION orgd.follow_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO orgd.accounts (user_id) SELECT added.id FROM added ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER orgd_follow_user AFTER INSERT ON users
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION orgd.follow_user();

-- The generation of the account of a login and its address, which is found as signing in finds it; 0 where there is none.
CREATE FUNCTION orgd.generation_of(login_user uuid, login_email text) RETURNS bigint
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(
        (SELECT a.generation FROM orgd.accounts a
          WHERE a.user_id = coalesce($1, (SELECT u.id FROM public.users u
                                           WHERE lower(u.email COLLATE "C") = lower($2 COLLATE "C")
                                           ORDER BY u.email = $2 DESC, u.created_at, u.id LIMIT 1))), 0)
$$;

CREATE TRIGGER orgd_notify_update AFTER UPDATE ON orgd.accounts
    FOR EACH ROW WHEN (OLD.generation IS DISTINCT FROM NEW.generation)
    EXECUTE FUNCTION orgd.notify_access();

-- When the person of a session last proved who they are; refreshing does not move it.
ALTER TABLE orgd.sessions
    ADD COLUMN generation bigint NOT NULL DEFAULT 0,
    ADD COLUMN authenticated_at timestamptz NOT NULL DEFAULT now();
UPDATE orgd.sessions SET authenticated_at = created_at;

-- A link that was made in a session is good while there is that session.
ALTER TABLE orgd.password_resets
    ADD COLUMN generation bigint NOT NULL DEFAULT 0,
    ADD COLUMN session uuid;

ALTER TABLE orgd.code_devices ADD COLUMN generation bigint NOT NULL DEFAULT 0;

-- The addresses, in lower case, that somebody has shown by a login to be theirs; `proven_at` is when the first one was.
ALTER TABLE orgd.logins ADD COLUMN proven_emails text[] COLLATE "C" NOT NULL DEFAULT '{}'
    CHECK (array_position(proven_emails, NULL) IS NULL);
UPDATE orgd.logins SET proven_emails = ARRAY[email] WHERE proven_at IS NOT NULL;

-- The API keys that were made in a session, and in which; no row for keys of the administration API and for older ones.
CREATE TABLE orgd.key_origins (
    key_id  uuid PRIMARY KEY REFERENCES api_keys ON DELETE CASCADE,
    session uuid NOT NULL
);

-- down
-- What a reset ended must not be good again for programs that know no generations.
DELETE FROM orgd.sessions s USING orgd.accounts a WHERE a.user_id = s.user_id AND a.generation <> s.generation;
DELETE FROM orgd.password_resets r USING orgd.logins l
 WHERE l.id = r.login_id AND r.generation <> orgd.generation_of(l.user_id, l.email);
DELETE FROM orgd.code_devices d WHERE d.generation <> orgd.generation_of(NULL, d.email);
DROP TABLE orgd.key_origins;
ALTER TABLE orgd.logins DROP COLUMN proven_emails;
ALTER TABLE orgd.code_devices DROP COLUMN generation;
ALTER TABLE orgd.password_resets DROP COLUMN session, DROP COLUMN generation;
ALTER TABLE orgd.sessions DROP COLUMN authenticated_at, DROP COLUMN generation;
DROP FUNCTION orgd.generation_of(uuid, text);
DROP TRIGGER orgd_follow_user ON users;
DROP FUNCTION orgd.follow_user();
DROP TABLE orgd.accounts;
