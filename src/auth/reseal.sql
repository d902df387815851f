-- reseal_list: every text that is encrypted with AGENTA_CRYPT_KEY: purpose and label
SELECT 'orgd signing key' AS purpose, kid FROM orgd.signing_keys
UNION ALL
SELECT 'outbox', id::text FROM orgd.outbox WHERE fields <> ''
UNION ALL
SELECT 'idempotency', key FROM orgd.idempotency WHERE answer IS NOT NULL
 ORDER BY 1, 2;

-- reseal_text: one of these texts
SELECT private_key FROM orgd.signing_keys WHERE $1::text = 'orgd signing key' AND kid = $2::text
UNION ALL
SELECT fields FROM orgd.outbox WHERE $1::text = 'outbox' AND id::text = $2::text
UNION ALL
SELECT answer FROM orgd.idempotency WHERE $1::text = 'idempotency' AND key = $2::text AND answer IS NOT NULL;

-- reseal_write: replaces text $3 by text $4, unless it was changed meanwhile
-- revokes
WITH keys AS (
    UPDATE orgd.signing_keys SET private_key = $4::text
     WHERE $1::text = 'orgd signing key' AND kid = $2::text AND private_key = $3::text
), mails AS (
    UPDATE orgd.outbox SET fields = $4::text, sealed_with = NULL WHERE $1::text = 'outbox' AND id::text = $2::text AND fields = $3::text
)
UPDATE orgd.idempotency SET answer = $4::text WHERE $1::text = 'idempotency' AND key = $2::text AND answer = $3::text;

-- reseal_may_ask: whether Agenta's table of secrets exists and the role may count its rows
SELECT to_regclass('public.secrets') IS NOT NULL AS exists,
       coalesce(has_table_privilege(to_regclass('public.secrets'), 'SELECT'), false) AS may;

-- reseal_secrets: how many secrets Agenta stores
SELECT count(*) AS secrets FROM public.secrets;

-- signing_keys_retire: stops all keys from signing, so that the next token makes a new key; issued tokens stay valid
-- revokes
UPDATE orgd.signing_keys SET signs_until = now(), valid_until = least(valid_until, now() + interval '1 day')
 WHERE signs_until > now();
