-- kind: change
-- for: up core_legacy_oss/3d4e5f6a7b8c
-- for: up core_legacy_ee/4e5f6a7b8c9d
-- needs: going
-- The tables and types that v0.104.0 has no more, and what hangs on them.
SELECT g.kind,
       g.name,
       CASE g.kind WHEN 'table' THEN
           (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', g.name), false, true, '')))[1]
               ::text::bigint
       END AS rows,
       g.definition,
       g.outcome,
       g.reason
  FROM decided_going g
 ORDER BY g.place, g.kind, g.name;
