-- forward_texts: the texts of a secret token: the user's address, and the organization's name
SELECT u.email, o.name AS organization_name
FROM users u
JOIN organizations o ON o.id = $2::uuid
WHERE u.id = $1::uuid;
