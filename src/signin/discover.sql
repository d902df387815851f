-- discover_user: whether a user has an address, whatever its case
SELECT EXISTS (SELECT FROM users WHERE lower(email COLLATE "C") = lower($1::text COLLATE "C")) AS yes;
