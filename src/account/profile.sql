-- profile_get: a user's profile
SELECT json_build_object(
    'created_at', orgd.spaced(created_at),
    'updated_at', orgd.spaced(coalesce(updated_at, created_at)),
    'id', id, 'uid', uid, 'email', email, 'username', username, 'profile_picture', NULL)
FROM users
WHERE id = $1::uuid;

-- profile_set_username: renames a user, and returns the profile
UPDATE users SET username = $2::text, updated_at = now(), updated_by_id = id
WHERE id = $1::uuid
RETURNING json_build_object(
    'created_at', orgd.spaced(created_at),
    'updated_at', orgd.spaced(updated_at),
    'id', id, 'uid', uid, 'email', email, 'username', username, 'profile_picture', NULL);
