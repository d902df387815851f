-- social_login: the login of a provider's subject, made when it is new; an address that changed counts until there is an account
INSERT INTO orgd.logins (id, method, email, provider, subject)
VALUES ($1::uuid, 'thirdparty', $2::text, $3::text, $4::text)
ON CONFLICT (provider, subject) WHERE method = 'thirdparty' DO UPDATE
SET email = CASE WHEN orgd.logins.user_id IS NULL THEN excluded.email ELSE orgd.logins.email END
RETURNING id, email, (extract(epoch FROM created_at) * 1000)::bigint, xmax = 0;
