-- access_known: whether an address has an account, and whether it has an invitation that is neither used nor expired
SELECT EXISTS (SELECT FROM users u WHERE lower(u.email COLLATE "C") = lower($1::text COLLATE "C")) AS account,
       EXISTS (
           SELECT FROM project_invitations i
           WHERE lower(i.email COLLATE "C") = lower($1::text COLLATE "C") AND i.used IS NOT TRUE AND i.deleted_at IS NULL
             AND (i.expiration_date IS NULL OR i.expiration_date > now())) AS invited;
