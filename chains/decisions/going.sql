-- kind: part
-- needs: legacy_tables
-- What v0.104.0 has no more, and what hangs on it. In the archive a table keeps its rows, indexes, grants and everything
-- that points at it; only its foreign keys to what stays are taken off.
WITH RECURSIVE tables AS (
    SELECT l.place, c.oid, c.relname
      FROM decided_legacy_tables l
      JOIN pg_class c ON c.oid = to_regclass(format('public.%I', l.name))
), types AS (
    SELECT t.oid, t.typarray, t.typname
      FROM pg_type t
     WHERE t.typnamespace = 'public'::regnamespace
       AND t.typname IN ('app_type_enum', 'templatetype', 'nodetype', 'treetype')
), hanging AS (
    -- views, also on views, by the rules that hold what they read
    SELECT r.ev_class AS oid
      FROM tables t
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.classid = 'pg_rewrite'::regclass
      JOIN pg_rewrite r ON r.oid = d.objid
     WHERE r.ev_class <> t.oid
    UNION
    SELECT r.ev_class
      FROM hanging h
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = h.oid AND d.classid = 'pg_rewrite'::regclass
      JOIN pg_rewrite r ON r.oid = d.objid
     WHERE r.ev_class <> h.oid
), mode AS (
    SELECT current_setting('orgd.legacy') = 'archive' AS archive
)
SELECT 'table' AS kind,
       format('public.%I', t.relname) AS name,
       t.place,
       NULL::text AS definition,
       CASE WHEN m.archive THEN 'archived' ELSE 'dropped' END AS outcome,
       CASE WHEN m.archive THEN 'Nothing reads it any more; it goes to the schema orgd_archive with all its rows.'
            ELSE 'Nothing reads it any more; it is dropped with all its rows.'
       END AS reason
  FROM tables t CROSS JOIN mode m
UNION ALL
SELECT CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END,
       c.oid::regclass::text,
       100,
       pg_get_viewdef(c.oid),
       CASE WHEN m.archive THEN 'kept' ELSE 'dropped' END,
       CASE WHEN m.archive THEN 'It reads a table that goes to the archive, and goes on reading it there until the archive is'
                                ' emptied.'
            ELSE 'It reads a table that is dropped.'
       END
  FROM hanging h
  JOIN pg_class c ON c.oid = h.oid
 CROSS JOIN mode m
UNION ALL
SELECT 'foreign key',
       format('%s.%I', k.conrelid::regclass, k.conname),
       101,
       pg_get_constraintdef(k.oid),
       CASE WHEN m.archive THEN 'kept' ELSE 'dropped' END,
       CASE WHEN m.archive THEN 'It points at a table that goes to the archive, and goes on pointing at it there until the'
                                ' archive is emptied.'
            ELSE 'It points at a table that is dropped.'
       END
  FROM pg_constraint k
  JOIN tables t ON t.oid = k.confrelid
 CROSS JOIN mode m
 WHERE k.contype = 'f' AND k.conrelid NOT IN (SELECT o.oid FROM tables o)
UNION ALL
SELECT 'type',
       format('public.%I', y.typname),
       200,
       NULL,
       CASE WHEN used.by IS NOT NULL THEN 'kept' WHEN m.archive THEN 'archived' ELSE 'dropped' END,
       CASE WHEN used.by IS NOT NULL THEN format('It stays, because it is used by %s.', used.by)
            WHEN m.archive THEN 'Nothing that stays uses it; it goes to the schema orgd_archive.'
            ELSE 'Nothing that stays uses it.'
       END
  FROM types y
 CROSS JOIN mode m
  LEFT JOIN LATERAL (
           SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid), ', ') AS by
             FROM pg_depend d
            WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (y.oid, y.typarray) AND d.deptype <> 'i'
              AND NOT (d.classid = 'pg_class'::regclass
                       AND d.objid IN (SELECT o.oid FROM tables o UNION ALL SELECT h.oid FROM hanging h))
              AND NOT (d.classid = 'pg_rewrite'::regclass
                       AND d.objid IN (SELECT r.oid FROM pg_rewrite r JOIN hanging h ON h.oid = r.ev_class))
              -- the default of a column of such a table
              AND NOT (d.classid = 'pg_attrdef'::regclass
                       AND EXISTS (SELECT
                                     FROM pg_attrdef f
                                    WHERE f.oid = d.objid AND f.adrelid IN (SELECT o.oid FROM tables o)))
       ) used ON true;
