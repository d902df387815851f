-- schema_graph_columns: schema, table, column (null without one), type, whether it is not null, in the PK, in an FK
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)) AS primary_key,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)) AS foreign_key
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attnum;

-- schema_graph_references: table, referenced table, columns, delete rule, whether one may be null, whether unique
SELECT n.nspname, c.relname, q.nspname AS target_schema, t.relname AS target_table,
       (SELECT string_agg(a.attname, ', ' ORDER BY u.number)
          FROM unnest(k.conkey) WITH ORDINALITY u (attnum, number)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) AS columns,
       CASE k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default'
                          WHEN 'r' THEN 'restrict' ELSE 'no action' END AS action,
       EXISTS (SELECT FROM pg_attribute a
                WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull) AS optional,
       EXISTS (SELECT FROM pg_index x
                WHERE x.indrelid = k.conrelid AND x.indisunique AND x.indpred IS NULL
                  AND k.conkey @> (x.indkey::smallint[])[0:x.indnkeyatts - 1]) AS single
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid AND NOT t.relispartition
  JOIN pg_namespace q ON q.oid = t.relnamespace
 WHERE k.contype = 'f'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, k.conname;
