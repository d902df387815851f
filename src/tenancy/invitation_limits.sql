-- inviter_proven: whether a user has proven their address
-- The administrator makes accounts without logins and vouches for their addresses.
SELECT NOT EXISTS (SELECT FROM orgd.logins l WHERE l.user_id = $1::uuid)
    OR EXISTS (SELECT FROM orgd.logins l JOIN users u ON u.id = l.user_id
               WHERE l.user_id = $1::uuid AND lower(u.email COLLATE "C") = ANY (l.proven_emails)) AS proven;
