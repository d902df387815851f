-- purge_archive: what the archive holds, counted, and what hangs on it from outside
WITH archived AS (
    SELECT c.oid, c.relname
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'orgd_archive' AND c.relkind IN ('r', 'p')
)
SELECT 'table' AS kind, format('orgd_archive.%I', a.relname) AS name,
       (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM orgd_archive.%I', a.relname),
                                            false, true, '')))[1]::text::bigint AS rows
  FROM archived a
UNION ALL
SELECT 'type', format('orgd_archive.%I', t.typname), NULL
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname = 'orgd_archive' AND t.typtype = 'e'
UNION ALL
SELECT DISTINCT 'view', r.ev_class::regclass::text, NULL::bigint
  FROM archived a
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid
 WHERE r.ev_class <> a.oid
UNION ALL
SELECT 'foreign key', format('%s.%I', k.conrelid::regclass, k.conname), NULL
  FROM archived a
  JOIN pg_constraint k ON k.confrelid = a.oid AND k.contype = 'f'
 WHERE k.conrelid NOT IN (SELECT oid FROM archived)
 ORDER BY 1, 2;

-- purge_drop: empties the archive, with what hangs on it
DROP SCHEMA IF EXISTS orgd_archive CASCADE;
