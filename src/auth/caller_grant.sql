-- caller_grant_texts: the claims of a token on behalf of a user, in addition to the ids
SELECT u.email AS user_email, o.name AS organization_name
FROM users u
LEFT JOIN organizations o ON o.id = $2::uuid
WHERE u.id = $1::uuid;
