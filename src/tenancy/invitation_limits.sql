-- inviter_proven: whether a person has shown that their address is theirs
-- Who has no login is vouched for by the administrator, who made the account.
SELECT NOT EXISTS (SELECT FROM orgd.logins l WHERE l.user_id = $1::uuid)
    OR EXISTS (SELECT FROM orgd.logins l JOIN users u ON u.id = l.user_id
               WHERE l.user_id = $1::uuid AND lower(u.email COLLATE "C") = ANY (l.proven_emails));
