-- kind: change
-- for: up core_legacy_oss/3d4e5f6a7b8c
-- for: up core_legacy_ee/4e5f6a7b8c9d
-- needs: hanging
-- needs: going
-- needs: places
-- The tables and types that v0.104.0 has no more, and what hangs on them.
WITH listed AS (
    SELECT g.kind, g.name, g.place, NULL AS definition, g.outcome, g.reason, g.kind = 'table' AS legacy FROM decided_going g
    UNION ALL
    SELECT h.kind, h.name, 100, h.definition,
           CASE current_setting('orgd.legacy') WHEN 'archive' THEN 'kept' ELSE 'dropped' END,
           CASE
               WHEN current_setting('orgd.legacy') <> 'archive' THEN 'It depends on a table that is dropped.'
               ELSE 'It depends on a table that goes to the archive, and goes on working with it there until the archive is'
                    ' emptied.'
           END,
           false
      FROM decided_hanging h
     WHERE h.shown AND NOT h.archived
)
SELECT l.kind,
       l.name,
       -- what belongs to a project that goes is gone before
       CASE l.kind WHEN 'table' THEN
           (xpath('/row/n/text()', query_to_xml(
               format('SELECT count(*) AS n FROM ONLY %s t', l.name)
               || CASE WHEN l.legacy AND EXISTS (SELECT
                                                   FROM pg_attribute a
                                                  WHERE a.attrelid = to_regclass(l.name) AND a.attname = 'project_id')
                       THEN format(' WHERE t.project_id = ANY (%L::uuid[]) IS NOT TRUE',
                                   ARRAY(SELECT p.project_id FROM decided_places p WHERE p.outcome IN ('archived', 'deleted')))
                       ELSE ''
                  END,
               false, true, '')))[1]::text::bigint
       END AS rows,
       l.definition,
       l.outcome,
       l.reason
  FROM listed l
 ORDER BY l.place, l.kind, l.name;
