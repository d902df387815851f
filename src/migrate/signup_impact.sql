-- signup_users: number of users
SELECT count(*) AS users FROM users;

-- signup_domains: number of users for each domain of their addresses
SELECT coalesce(lower(substring(btrim(email) FROM '@([^@]*)$') COLLATE "C"), '') AS domain, count(*) AS users
  FROM users
 GROUP BY 1
 ORDER BY 2 DESC, 1;

-- signup_owners: addresses of users who own an organization
SELECT DISTINCT lower(btrim(u.email) COLLATE "C") AS address
  FROM organizations o
  JOIN users u ON u.id = o.owner_id
 ORDER BY 1;

-- signup_inactive: addresses of inactive users
SELECT lower(btrim(email) COLLATE "C") AS address
  FROM users
 WHERE NOT is_active
 ORDER BY 1;
