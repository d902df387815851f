-- kind: obstacle
-- for: up core_legacy_oss/1b2c3d4e5f6a
-- Organizations whose owner is not among the users.
SELECT count(*) AS organizations,
       'ownerless' AS outcome,
       format('the owner of %s is not among the users: %s. Set organizations.owner_id to the id of a user and run this'
              ' again',
              CASE count(*) WHEN 1 THEN 'an organization' ELSE count(*) || ' organizations' END,
              string_agg(format('organization %s, owner %s', o.id, o.owner_id), ', ' ORDER BY o.id)) AS reason
  FROM organizations o
 WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = o.owner_id)
HAVING count(*) > 0;
