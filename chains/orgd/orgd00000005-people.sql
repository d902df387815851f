-- revision: orgd00000005
-- revises: orgd00000004
-- Keeps what signing in needs: logins, sessions and the keys that sign them, one-time codes, password resets, and the mail that is on its way.

-- up
-- One row per person and way of signing in, named by a version 4 UUID. One address may have several; they are one account,
-- found by the address. An imported login has no account before its first sign-in. Proven: somebody has shown by it that
-- the address is theirs; otherwise they have only named it.
CREATE TABLE orgd.logins (
    id            uuid PRIMARY KEY,
    method        text NOT NULL CHECK (method IN ('emailpassword', 'passwordless', 'thirdparty')),
    email         text COLLATE "C" NOT NULL CHECK (email = lower(email)),
    provider      text,
    subject       text,
    password_hash text,
    user_id       uuid REFERENCES users ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    proven_at     timestamptz,
    CHECK ((method = 'thirdparty') = (provider IS NOT NULL AND subject IS NOT NULL)),
    CHECK (method = 'emailpassword' OR password_hash IS NULL)
);
CREATE UNIQUE INDEX orgd_logins_email_once ON orgd.logins (method, email) WHERE method <> 'thirdparty';
CREATE UNIQUE INDEX orgd_logins_subject_once ON orgd.logins (provider, subject) WHERE method = 'thirdparty';
CREATE INDEX orgd_logins_email ON orgd.logins (email);
CREATE INDEX orgd_logins_user ON orgd.logins (user_id);
-- Where there is no login, another one's hash is checked in its place.
CREATE INDEX orgd_logins_password ON orgd.logins (id) WHERE password_hash IS NOT NULL;

-- People are found whatever the case of their address; older writers kept it as it came.
CREATE INDEX orgd_users_email_folded ON users (lower(email COLLATE "C"));

-- The private halves sign access tokens; a retired key stays until the last token that it signed has expired.
CREATE TABLE orgd.signing_keys (
    kid         text PRIMARY KEY,
    private_key text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    signs_until timestamptz NOT NULL,
    valid_until timestamptz NOT NULL
);

CREATE TRIGGER orgd_notify_delete AFTER DELETE ON orgd.signing_keys
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON orgd.signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON orgd.signing_keys
    FOR EACH ROW
    WHEN ((OLD.kid, OLD.private_key, OLD.signs_until, OLD.valid_until)
          IS DISTINCT FROM
          (NEW.kid, NEW.private_key, NEW.signs_until, NEW.valid_until))
    EXECUTE FUNCTION orgd.notify_access();

-- Refresh tokens are kept as the SHA-256 of their SHA-256.
CREATE TABLE orgd.sessions (
    handle             uuid PRIMARY KEY,
    login_id           uuid NOT NULL REFERENCES orgd.logins ON DELETE CASCADE,
    user_id            uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    user_identities    text[] NOT NULL,
    session_identities text[] NOT NULL,
    is_new_user        boolean NOT NULL,
    refresh_hash       bytea NOT NULL,
    previous_hash      bytea,
    rotated_at         timestamptz,
    client             text,
    address            text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    seen_at            timestamptz NOT NULL DEFAULT now(),
    expires_at         timestamptz NOT NULL
);
CREATE INDEX orgd_sessions_login ON orgd.sessions (login_id);
CREATE INDEX orgd_sessions_user ON orgd.sessions (user_id);
CREATE INDEX orgd_sessions_expires ON orgd.sessions (expires_at);

CREATE TRIGGER orgd_notify_delete AFTER DELETE ON orgd.sessions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access_if_gone();
CREATE TRIGGER orgd_notify_truncate AFTER TRUNCATE ON orgd.sessions
    FOR EACH STATEMENT EXECUTE FUNCTION orgd.notify_access();
CREATE TRIGGER orgd_notify_update AFTER UPDATE ON orgd.sessions
    FOR EACH ROW
    WHEN ((OLD.handle, OLD.login_id, OLD.user_id) IS DISTINCT FROM (NEW.handle, NEW.login_id, NEW.user_id)
          OR NEW.expires_at < OLD.expires_at)
    EXECUTE FUNCTION orgd.notify_access();

-- A device is a browser that waits for a code; codes are kept as their HMAC.
CREATE TABLE orgd.code_devices (
    device_hash bytea PRIMARY KEY,
    email       text NOT NULL,
    failures    integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX orgd_code_devices_email ON orgd.code_devices (email);
CREATE INDEX orgd_code_devices_expires ON orgd.code_devices (expires_at);
CREATE TABLE orgd.codes (
    device_hash bytea NOT NULL REFERENCES orgd.code_devices ON DELETE CASCADE,
    code_hash   bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (device_hash, code_hash)
);

-- Tokens of reset links are kept as their SHA-256. One proves the address when it was mailed there, or made by who had proven it.
CREATE TABLE orgd.password_resets (
    token_hash bytea PRIMARY KEY,
    login_id   uuid NOT NULL REFERENCES orgd.logins ON DELETE CASCADE,
    proves     boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX orgd_password_resets_login ON orgd.password_resets (login_id);
CREATE INDEX orgd_password_resets_expires ON orgd.password_resets (expires_at);

-- Written in the transaction that wants the mail sent; a row goes when the server has taken the mail, or is kept as given up.
CREATE TABLE orgd.outbox (
    id          uuid PRIMARY KEY,
    recipient   text NOT NULL,
    template    text NOT NULL,
    fields      text NOT NULL,
    attempts    integer NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL DEFAULT now(),
    given_up_at timestamptz,
    last_error  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX orgd_outbox_next ON orgd.outbox (next_at) WHERE given_up_at IS NULL;

-- Which memberships were made on the way from v0.103.5, and from what. There already where a database came that way.
CREATE TABLE IF NOT EXISTS orgd.backfilled_members (
    member_id     uuid        NOT NULL,
    place         text        NOT NULL,
    outcome       text        NOT NULL,
    invitation_id uuid,
    backfilled_at timestamptz NOT NULL DEFAULT now()
);

-- down
-- With rows it belongs to the memberships, and goes with them.
-- hazards: NONE
-- locks: ACCESS EXCLUSIVE orgd.backfilled_members
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM orgd.backfilled_members) THEN
        DROP TABLE orgd.backfilled_members;
    END IF;
END
$$;
DROP INDEX orgd_users_email_folded;
DROP TABLE orgd.outbox;
DROP TABLE orgd.password_resets;
DROP TABLE orgd.codes;
DROP TABLE orgd.code_devices;
DROP TABLE orgd.sessions;
DROP TABLE orgd.signing_keys;
DROP TABLE orgd.logins;
