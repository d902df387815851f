-- kind: obstacle
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- for: up core_legacy_ee/2c3d4e5f6a7b
-- needs: places
-- Rows that stay and whose foreign keys forbid deleting what goes: projects with all that is theirs, keys without a project.
WITH going AS (
    SELECT coalesce(array_agg(p.project_id), '{}') AS projects
      FROM decided_places p
     WHERE p.outcome IN ('archived', 'deleted')
), held AS (
    SELECT format('%s.%I', k.conrelid::regclass, k.conname) AS name,
           (xpath('/row/n/text()', query_to_xml(
               format('SELECT count(*) AS n FROM %s c JOIN %s p ON %s WHERE (%s) AND NOT (%s)',
                      k.conrelid::regclass, k.confrelid::regclass,
                      string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ' ORDER BY a.attnum),
                      CASE k.confrelid::regclass::text
                          WHEN 'projects' THEN format('p.id = ANY (%L::uuid[])', g.projects)
                          -- only the open edition has keys without a project
                          WHEN 'api_keys' THEN format('p.project_id = ANY (%L::uuid[])%s', g.projects,
                                                      CASE WHEN to_regclass('public.subscriptions') IS NULL
                                                           THEN ' OR p.project_id IS NULL' ELSE '' END)
                          ELSE format('p.project_id = ANY (%L::uuid[])', g.projects)
                      END,
                      -- what goes with the same project holds nothing
                      CASE WHEN EXISTS (SELECT
                                          FROM pg_constraint o
                                          JOIN pg_attribute s ON s.attrelid = o.conrelid AND o.conkey = ARRAY[s.attnum]
                                         WHERE o.conrelid = k.conrelid AND o.contype = 'f' AND o.confdeltype = 'c'
                                           AND o.confrelid = 'projects'::regclass AND s.attname = 'project_id')
                           THEN format('c.project_id = ANY (%L::uuid[])', g.projects)
                           ELSE 'false'
                      END),
               false, true, '')))[1]::text::bigint AS rows
      FROM pg_constraint k
     CROSS JOIN going g
     CROSS JOIN unnest(k.conkey, k.confkey) AS u (child_number, parent_number)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child_number
      JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.parent_number
     WHERE k.contype = 'f' AND k.confdeltype IN ('a', 'r') AND k.conparentid = 0
       AND (k.confrelid = 'projects'::regclass
            OR EXISTS (SELECT
                         FROM pg_attribute s
                        WHERE s.attrelid = k.confrelid AND s.attname = 'project_id' AND s.atttypid = 'uuid'::regtype))
     GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, g.projects
)
SELECT count(*) AS foreign_keys,
       'in_the_way' AS outcome,
       format('rows that stay point at projects or keys that go, or at what goes with them, by %s: %s. Delete these rows, or'
              ' empty their columns, and run this again',
              CASE count(*) WHEN 1 THEN 'a foreign key' ELSE count(*) || ' foreign keys' END,
              string_agg(format('%s (rows: %s)', h.name, h.rows), ', ' ORDER BY h.name)) AS reason
  FROM held h
 WHERE h.rows > 0
HAVING count(*) > 0;
