-- kind: part
-- The one organization for what has none: `oss-default`, else the oldest, else the smallest id.
SELECT id AS organization_id, name
  FROM organizations
 ORDER BY CASE WHEN current_setting('orgd.strict')::boolean THEN slug = 'oss-default'
               ELSE slug IS NOT DISTINCT FROM 'oss-default'
          END DESC NULLS LAST, created_at, id
 LIMIT 1;
