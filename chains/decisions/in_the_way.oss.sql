-- kind: obstacle
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- Tables that somebody else made under the names of those that the upgrade makes.
SELECT count(*) AS tables,
       'in_the_way' AS outcome,
       format('the database has %s already, which the upgrade makes: %s. Rename or drop what is not of v0.103.5 and run this'
              ' again',
              CASE count(*) WHEN 1 THEN 'a table' ELSE count(*) || ' tables' END,
              string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname)) AS reason
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace
   AND c.relname IN ('organization_members', 'workspace_members', 'project_members')
HAVING count(*) > 0;
