-- api_key_resolve: the owner and scope of the key with this hash, if its creator is still a member of its project
SELECT k.hashed_key, u.id AS user_id, p.id AS project_id, p.workspace_id, p.organization_id,
       CASE WHEN isfinite(k.expiration_date) THEN (extract(epoch FROM k.expiration_date) * 1000000)::bigint END AS expires_us,
       k.id AS key_id, u.email, EXISTS (SELECT FROM orgd.api_key_restrictions r WHERE r.api_key_id = k.id) AS restricted
FROM api_keys k
JOIN projects p ON p.id = k.project_id
JOIN users u ON u.id = k.created_by_id
WHERE k.hashed_key = $1::text
  AND (k.expiration_date IS NULL OR k.expiration_date > now())
  AND EXISTS (SELECT FROM project_members m WHERE m.project_id = k.project_id AND m.user_id = k.created_by_id)
LIMIT 1;

-- secret_token_resolve: the user that a signed token names, and the scope of its project if they are still a member
-- $1 user, $2 project, $3 session or $4 API key in whose place the token was made, or NULL. The token ends with them.
SELECT u.id AS user_id, p.id AS project_id, p.workspace_id, p.organization_id, u.email,
       EXISTS (SELECT FROM orgd.api_key_restrictions r WHERE r.api_key_id = k.id) AS restricted,
       (extract(epoch FROM least(s.expires_at, CASE WHEN isfinite(k.expiration_date) THEN k.expiration_date END))
        * 1000000)::bigint AS expires_us
FROM users u
LEFT JOIN projects p ON p.id = $2::uuid
    AND EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.user_id = u.id)
LEFT JOIN orgd.sessions s ON s.handle = $3::uuid AND s.user_id = u.id AND s.expires_at > now()
    AND EXISTS (SELECT FROM orgd.accounts a WHERE a.user_id = s.user_id AND a.generation = s.generation)
LEFT JOIN api_keys k ON k.id = $4::uuid AND k.created_by_id = u.id
    AND (k.expiration_date IS NULL OR k.expiration_date > now())
WHERE u.id = $1::uuid AND ($3::uuid IS NULL OR s.handle IS NOT NULL) AND ($4::uuid IS NULL OR k.id IS NOT NULL);
