-- kind: part
-- needs: legacy_tables
-- What PostgreSQL takes along when the legacy tables, or the schema that is the archive, are dropped with CASCADE, by its own
-- record of what depends on what. Shown is what is no part of something else: tables, views, foreign keys, columns, functions.
WITH RECURSIVE seeds AS (
    SELECT 'pg_class'::regclass::oid AS class, c.oid AS object, false AS archived
      FROM decided_legacy_tables l
      JOIN pg_class c ON c.oid = to_regclass(format('public.%I', l.name))
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, true FROM pg_namespace n WHERE n.nspname = 'orgd_archive'
), going AS (
    SELECT s.class, s.object, 0 AS part, s.archived FROM seeds s
    UNION
    SELECT step.class, step.object, step.part, g.archived
      FROM going g
     CROSS JOIN LATERAL (
               SELECT d.classid, d.objid, d.objsubid
                 FROM pg_depend d
                WHERE d.refclassid = g.class AND d.refobjid = g.object AND (g.part = 0 OR d.refobjsubid = g.part)
                UNION ALL
               -- a rule takes its view along
               SELECT d.refclassid, d.refobjid, d.refobjsubid
                 FROM pg_depend d
                WHERE d.classid = g.class AND d.objid = g.object AND d.objsubid = g.part AND d.deptype = 'i'
           ) AS step (class, object, part)
), judged AS (
    SELECT g.*,
           NOT EXISTS (SELECT FROM seeds s WHERE s.class = g.class AND s.object = g.object)
           AND NOT EXISTS (SELECT
                             FROM going w
                            WHERE w.archived = g.archived AND w.class = g.class AND w.object = g.object
                              AND w.part = 0 AND g.part <> 0)
           -- a part of something else that goes
           AND NOT EXISTS (SELECT
                             FROM pg_depend d
                             JOIN going w ON w.archived = g.archived AND w.class = d.refclassid AND w.object = d.refobjid
                              AND (w.part = 0 OR w.part = d.refobjsubid)
                            WHERE d.classid = g.class AND d.objid = g.object AND d.objsubid = g.part
                              AND d.deptype IN ('a', 'i', 'P', 'S')) AS shown
      FROM going g
)
SELECT j.archived, j.class, j.object, j.part, j.shown,
       CASE WHEN k.oid IS NOT NULL THEN 'foreign key'
            ELSE regexp_replace(i.type, '^table (column|constraint)$', '\1')
       END AS kind,
       CASE WHEN k.oid IS NOT NULL THEN format('%s.%I', k.conrelid::regclass, k.conname)
            WHEN j.class = 'pg_class'::regclass THEN concat_ws('.', j.object::regclass, quote_ident(a.attname))
            ELSE i.identity
       END AS name,
       CASE WHEN k.oid IS NOT NULL THEN pg_get_constraintdef(k.oid)
            WHEN i.type IN ('view', 'materialized view') THEN pg_get_viewdef(j.object)
       END AS definition
  FROM judged j
  LEFT JOIN LATERAL pg_identify_object(j.class, j.object, j.part) i ON j.shown
  LEFT JOIN pg_constraint k ON j.shown AND j.class = 'pg_constraint'::regclass AND k.oid = j.object AND k.contype = 'f'
  LEFT JOIN pg_attribute a ON j.shown AND j.part > 0 AND j.class = 'pg_class'::regclass AND a.attrelid = j.object
   AND a.attnum = j.part;
