-- kind: obstacle
-- for: up core_legacy_oss/3d4e5f6a7b8c
-- for: up core_legacy_ee/4e5f6a7b8c9d
-- needs: going
-- Tables of the archive under the names of those that are to go there.
SELECT count(*) AS tables,
       'in_the_way' AS outcome,
       format('the archive holds %s of the same name as one that is to go there: %s. Purge the archive and run this again',
              CASE count(*) WHEN 1 THEN 'a table' ELSE count(*) || ' tables' END,
              string_agg(c.relname, ', ' ORDER BY c.relname)) AS reason
  FROM decided_going g
  JOIN pg_class c ON c.oid = to_regclass(replace(g.name, 'public.', 'orgd_archive.'))
 WHERE g.kind = 'table' AND g.outcome = 'archived'
HAVING count(*) > 0;
