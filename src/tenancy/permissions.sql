-- permission_grant: what a token on behalf of a person tells services beside the ids
SELECT u.email, o.name
FROM users u
LEFT JOIN organizations o ON o.id = $2::uuid
WHERE u.id = $1::uuid;
