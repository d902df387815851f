-- kind: obstacle
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- for: up core_legacy_ee/2c3d4e5f6a7b
-- Tables of somebody else's whose rows are seen as rows of the tables that the upgrade changes, but which it cannot keep.
SELECT count(*) AS tables,
       'in_the_way' AS outcome,
       format('%s of a table that the upgrade changes, and its rows would be taken for that one''s: %s. Run `ALTER TABLE … NO INHERIT …`'
              ' for the time of the upgrade and run this again',
              CASE count(*) WHEN 1 THEN 'a table inherits' ELSE count(*) || ' tables inherit' END,
              string_agg(format('%s inherits from %s', i.inhrelid::regclass, i.inhparent::regclass), ', '
                         ORDER BY i.inhrelid::regclass::text)) AS reason
  FROM pg_inherits i
  JOIN pg_class c ON c.oid = i.inhparent
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
   AND c.relname IN ('users', 'organizations', 'workspaces', 'projects', 'api_keys', 'project_invitations', 'secrets',
                     'webhook_deliveries', 'organization_members', 'workspace_members', 'project_members', 'meters', 'subscriptions')
   AND (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', i.inhrelid::regclass), false, true, '')))[1]::text
       <> '0'
HAVING count(*) > 0;
