-- id_token_use: uses up an identity token that a client brought; no row: it was used before. Also deletes some expired tokens
WITH gone AS (
    DELETE FROM orgd.used_id_tokens
    WHERE token_hash IN (SELECT token_hash FROM orgd.used_id_tokens WHERE expires_at < now() - interval '1 day'
                         ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)
)
INSERT INTO orgd.used_id_tokens (token_hash, expires_at) VALUES (decode($1::text, 'hex'), to_timestamp($2::bigint))
ON CONFLICT (token_hash) DO NOTHING
RETURNING true;
