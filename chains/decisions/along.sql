-- kind: part
-- needs: places
-- Rows that foreign keys delete or empty together with rows that the upgrade deletes, by what these are.
WITH RECURSIVE edition AS (
    SELECT to_regclass('public.subscriptions') IS NOT NULL AS enterprise
), going AS (
    SELECT coalesce(array_agg(p.project_id), '{}') AS projects
      FROM decided_places p
     WHERE p.outcome IN ('archived', 'deleted')
), reached (origin, relation, condition, path, emptied) AS (
    SELECT o.origin, o.relation::regclass, o.condition, ARRAY[o.relation::regclass], false
      FROM edition e
     CROSS JOIN going g
     CROSS JOIN LATERAL (
               -- only the open edition has keys without a project
               VALUES (false, 'keys', 'public.api_keys', 't.project_id IS NULL'),
                      (NULL, 'deliveries', 'public.webhook_deliveries',
                       format('t.project_id = ANY (%L::uuid[]) OR NOT EXISTS (SELECT FROM projects p WHERE p.id = t.project_id)'
                              ' OR NOT EXISTS (SELECT FROM webhook_subscriptions s'
                              ' WHERE s.project_id = t.project_id AND s.id = t.subscription_id)', g.projects)),
                      (true, 'billing', 'public.meters',
                       't.organization_id IS NOT NULL'
                       ' AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = t.organization_id)'),
                      (true, 'billing', 'public.subscriptions',
                       'NOT EXISTS (SELECT FROM organizations o WHERE o.id = t.organization_id)')
           ) o (enterprise, origin, relation, condition)
     WHERE o.enterprise IS NULL OR o.enterprise = e.enterprise
    UNION ALL
    SELECT r.origin, k.child,
           format('(%s) IN (SELECT %s FROM %s t WHERE %s)', k.child_columns, k.parent_columns, r.relation, r.condition)
               COLLATE "default",
           r.path || k.child,
           k.action <> 'c'
      FROM reached r
      JOIN (SELECT c.conrelid::regclass AS child,
                   c.confrelid AS parent,
                   c.confdeltype AS action,
                   string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum) AS child_columns,
                   string_agg(format('t.%I', b.attname), ', ' ORDER BY a.attnum) AS parent_columns
              FROM pg_constraint c
             CROSS JOIN unnest(c.conkey, c.confkey) AS u (child_number, parent_number)
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = u.child_number
              JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = u.parent_number
             WHERE c.contype = 'f' AND c.confdeltype IN ('c', 'n', 'd') AND c.conparentid = 0
             GROUP BY c.oid, c.conrelid, c.confrelid, c.confdeltype) k
        ON k.parent = r.relation AND NOT r.emptied AND k.child <> ALL (r.path)
), gathered AS (
    SELECT r.origin, r.relation, r.emptied, string_agg(format('(%s)', r.condition), ' OR ') AS condition
      FROM reached r
     WHERE cardinality(r.path) > 1
     GROUP BY r.origin, r.relation, r.emptied
), counted AS (
    SELECT g.origin, g.relation, g.emptied,
           (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s t WHERE %s', g.relation, g.condition),
                                                false, true, '')))[1]::text::bigint AS rows
      FROM gathered g
)
SELECT c.origin,
       'table' AS kind,
       c.relation::text AS name,
       c.rows,
       CASE WHEN c.emptied THEN 'emptied'
            WHEN current_setting('orgd.legacy') = 'archive' THEN 'archived'
            ELSE 'deleted'
       END AS outcome,
       CASE WHEN c.emptied THEN 'A foreign key empties the columns that point there.'
            ELSE 'A foreign key deletes them as well.'
       END AS reason
  FROM counted c
 WHERE c.rows > 0;
