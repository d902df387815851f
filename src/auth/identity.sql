-- api_key_resolve: whose key a hash is and what it opens, while its creator is a member of its project
SELECT k.hashed_key, u.id, p.id, p.workspace_id, p.organization_id,
       CASE WHEN isfinite(k.expiration_date) THEN (extract(epoch FROM k.expiration_date) * 1000000)::bigint END,
       k.id, u.email, EXISTS (SELECT FROM orgd.api_key_restrictions r WHERE r.api_key_id = k.id)
FROM api_keys k
JOIN projects p ON p.id = k.project_id
JOIN users u ON u.id = k.created_by_id
WHERE k.hashed_key = $1::text
  AND (k.expiration_date IS NULL OR k.expiration_date > now())
  AND EXISTS (SELECT FROM project_members m WHERE m.project_id = k.project_id AND m.user_id = k.created_by_id)
LIMIT 1;

-- secret_token_resolve: the person a signed token names, and the scope of its project while they are a member of it
-- $1 person, $2 project, $3 session that the token was made in; NULL: none. With the session, the token ends.
SELECT u.id, p.id, p.workspace_id, p.organization_id, u.email
FROM users u
LEFT JOIN projects p ON p.id = $2::uuid
    AND EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.user_id = u.id)
WHERE u.id = $1::uuid
  AND ($3::uuid IS NULL
       OR EXISTS (SELECT FROM orgd.sessions s JOIN orgd.accounts a ON a.user_id = s.user_id AND a.generation = s.generation
                  WHERE s.handle = $3::uuid AND s.user_id = u.id AND s.expires_at > now()));
