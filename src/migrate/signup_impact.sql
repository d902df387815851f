-- signup_people: how many there are
SELECT count(*) FROM users;

-- signup_domains: how many have an address of which domain
SELECT coalesce(lower(substring(btrim(email) FROM '@([^@]*)$') COLLATE "C"), ''), count(*)
  FROM users
 GROUP BY 1
 ORDER BY 2 DESC, 1;

-- signup_owners: addresses of those who own an organization
SELECT DISTINCT lower(btrim(u.email) COLLATE "C")
  FROM organizations o
  JOIN users u ON u.id = o.owner_id
 ORDER BY 1;

-- signup_inactive: addresses of people who are not active
SELECT lower(btrim(email) COLLATE "C")
  FROM users
 WHERE NOT is_active
 ORDER BY 1;
