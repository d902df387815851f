-- kind: part
-- needs: legacy_tables
-- What projects without a scope hold in tables that stay, whoever made these: rows that name the project.
SELECT p.id AS project_id, string_agg(format('%s in %s', counted.rows, counted.name), ', ' ORDER BY counted.name) AS holds
  FROM projects p
 CROSS JOIN LATERAL (
           SELECT t.name,
                  (xpath('/row/n/text()',
                         query_to_xml(format('SELECT count(*) AS n FROM %s WHERE %I = %L', t.name, t.attname, p.id),
                                      false, true, '')))[1]::text::bigint AS rows
             FROM (SELECT c.oid::regclass::text AS name, a.attname
                     FROM pg_class c
                     JOIN pg_namespace n ON n.oid = c.relnamespace
                     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                      AND n.nspname NOT IN ('information_schema', 'orgd', 'orgd_archive') AND n.nspname !~ '^pg_'
                      AND NOT (n.nspname = 'public' AND c.relname IN (SELECT l.name FROM decided_legacy_tables l))
                      AND (a.attname = 'project_id' AND a.atttypid = 'uuid'::regtype
                           OR EXISTS (SELECT
                                        FROM pg_constraint k
                                       WHERE k.conrelid = c.oid AND k.contype = 'f'
                                         AND k.confrelid = 'projects'::regclass AND k.conkey = ARRAY[a.attnum]))) t
       ) counted
 WHERE (p.organization_id IS NULL OR p.workspace_id IS NULL) AND counted.rows > 0
 GROUP BY p.id;
