-- kind: part
-- needs: legacy_tables
-- needs: hanging
-- What v0.104.0 has no more. In the archive a table keeps its rows, indexes, grants and everything that points at it; only
-- its foreign keys to what stays are taken off.
WITH mode AS (
    SELECT current_setting('orgd.legacy') = 'archive' AS archive
)
SELECT 'table' AS kind,
       format('public.%I', l.name) AS name,
       l.place,
       CASE WHEN m.archive THEN 'archived' ELSE 'dropped' END AS outcome,
       CASE WHEN m.archive THEN 'Nothing reads it any more; it goes to the schema orgd_archive with all its rows.'
            ELSE 'Nothing reads it any more; it is dropped with all its rows.'
       END AS reason
  FROM decided_legacy_tables l
 CROSS JOIN mode m
 WHERE to_regclass(format('public.%I', l.name)) IS NOT NULL
UNION ALL
SELECT 'type',
       format('public.%I', t.typname),
       200,
       CASE WHEN used.by IS NOT NULL THEN 'kept' WHEN m.archive THEN 'archived' ELSE 'dropped' END,
       CASE WHEN used.by IS NOT NULL THEN format('It stays, because it is used by %s.', used.by)
            WHEN m.archive THEN 'Nothing that stays uses it; it goes to the schema orgd_archive.'
            ELSE 'Nothing that stays uses it.'
       END
  FROM pg_type t
 CROSS JOIN mode m
  LEFT JOIN LATERAL (
           SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid), ', ') AS by
             FROM pg_depend d
            WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) AND d.deptype <> 'i'
              AND NOT EXISTS (SELECT
                                FROM decided_hanging h
                               WHERE h.class = d.classid AND h.object = d.objid AND h.part IN (0, d.objsubid))
       ) used ON true
 WHERE t.typnamespace = 'public'::regnamespace
   AND t.typname IN ('app_type_enum', 'templatetype', 'nodetype', 'treetype');
