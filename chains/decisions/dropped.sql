-- kind: change
-- for: up core_legacy_oss/3d4e5f6a7b8c
-- for: up core_legacy_ee/4e5f6a7b8c9d
-- needs: going
-- needs: places
-- The tables and types that v0.104.0 has no more, and what hangs on them.
SELECT g.kind,
       g.name,
       -- what belongs to a project that goes is gone before
       CASE g.kind WHEN 'table' THEN
           (xpath('/row/n/text()', query_to_xml(
               format('SELECT count(*) AS n FROM %s t', g.name)
               || CASE WHEN EXISTS (SELECT
                                      FROM pg_attribute a
                                     WHERE a.attrelid = to_regclass(g.name) AND a.attname = 'project_id')
                       THEN format(' WHERE t.project_id = ANY (%L::uuid[]) IS NOT TRUE',
                                   ARRAY(SELECT p.project_id FROM decided_places p WHERE p.outcome IN ('archived', 'deleted')))
                       ELSE ''
                  END,
               false, true, '')))[1]::text::bigint
       END AS rows,
       g.definition,
       g.outcome,
       g.reason
  FROM decided_going g
 ORDER BY g.place, g.kind, g.name;
