-- signing_keys_list: the valid keys, the one that signs longest first
SELECT kid, private_key, (extract(epoch FROM signs_until) * 1000000)::bigint AS signs_until_us
FROM orgd.signing_keys
WHERE valid_until > now()
ORDER BY signs_until DESC, kid
LIMIT 16;

-- signing_key_lock: lets one transaction at a time make a key
SELECT name FROM orgd.locks WHERE name = 'signing_keys' FOR UPDATE;

-- signing_key_try_lock: the same without waiting; no row: another transaction makes one
SELECT name FROM orgd.locks WHERE name = 'signing_keys' FOR UPDATE SKIP LOCKED;

-- signing_key_create: adds a key that signs until the given time, and is valid for the longest lifetime of a token after that
INSERT INTO orgd.signing_keys (kid, private_key, signs_until, valid_until)
SELECT $1::text, $2::text, moment, moment + interval '1 day'
FROM (SELECT to_timestamp($3::bigint / 1000000.0) AS moment) AS ends
ON CONFLICT DO NOTHING
RETURNING kid;

-- signing_keys_sweep: deletes the keys whose last token has expired
-- revokes
DELETE FROM orgd.signing_keys WHERE valid_until < now() - interval '1 day';
