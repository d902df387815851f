-- code_device_add: adds a browser that waits for a code; deletes some that have waited too long
WITH gone AS (
    DELETE FROM orgd.code_devices
    WHERE device_hash IN (SELECT device_hash FROM orgd.code_devices WHERE expires_at < now()
                          ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO orgd.code_devices (device_hash, email, expires_at, generation)
VALUES (decode($1::text, 'hex'), $2::text, now() + make_interval(secs => $3::bigint),
        orgd.generation_of((SELECT l.user_id FROM orgd.logins l WHERE l.method = 'passwordless' AND l.email = $2::text), $2::text));

-- code_device_email: the address of a device that waits for a code
SELECT email FROM orgd.code_devices WHERE device_hash = decode($1::text, 'hex') AND expires_at > now();

-- code_device_lock: locks a device; its address, failures and generation; no row: it is unknown, has waited too long, or its account was reset
-- All devices of the address are locked, in one order: signing in with one of them deletes the others.
WITH held AS MATERIALIZED (
    SELECT device_hash, email, failures, expires_at, generation
    FROM orgd.code_devices
    WHERE email = (SELECT email FROM orgd.code_devices WHERE device_hash = decode($1::text, 'hex'))
    ORDER BY device_hash
    FOR UPDATE
)
SELECT email, failures, generation FROM held
WHERE device_hash = decode($1::text, 'hex') AND expires_at > now()
  AND generation = orgd.generation_of((SELECT l.user_id FROM orgd.logins l WHERE l.method = 'passwordless' AND l.email = held.email),
                                      held.email);

-- code_device_extend: extends the time that a device may wait, for another code
UPDATE orgd.code_devices SET expires_at = now() + make_interval(secs => $2::bigint)
WHERE device_hash = decode($1::text, 'hex');

-- code_add: adds a code of a device
INSERT INTO orgd.codes (device_hash, code_hash, expires_at)
VALUES (decode($1::text, 'hex'), decode($2::text, 'hex'), now() + make_interval(secs => $3::bigint))
ON CONFLICT (device_hash, code_hash) DO UPDATE SET expires_at = excluded.expires_at;

-- code_check: whether a code of a device is still valid; no row: the device has no such code
SELECT expires_at > now() AS valid FROM orgd.codes
WHERE device_hash = decode($1::text, 'hex') AND code_hash = decode($2::text, 'hex');

-- code_device_fail: counts a failure of a device, and deletes the device after the last one; returns the number of failures
WITH gone AS (
    DELETE FROM orgd.code_devices
    WHERE device_hash = decode($1::text, 'hex') AND failures + 1 >= $2::bigint
)
UPDATE orgd.code_devices SET failures = failures + 1
WHERE device_hash = decode($1::text, 'hex') AND failures + 1 < $2::bigint
RETURNING failures;

-- code_devices_forget: deletes every device of an address that has signed in
DELETE FROM orgd.code_devices WHERE email = $1::text;
