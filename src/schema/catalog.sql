-- schema_server: name of the database, server version, whether the role lacks USAGE on public, whether the server sorts
-- names by another encoding than UTF-8
SELECT current_database() AS name, current_setting('server_version') AS version,
       EXISTS (SELECT FROM pg_namespace n
                WHERE n.nspname = 'public' AND NOT has_schema_privilege(n.oid, 'USAGE')) AS qualified,
       current_setting('server_encoding') NOT IN ('UTF8', 'SQL_ASCII') AS sorting;

-- schema_version_tables: Agenta's version tables: label, why it is not readable, COPY statement (null without a table)
SELECT upper(t.name COLLATE "C") AS name, CASE
           WHEN c.oid IS NULL THEN NULL
           WHEN NOT has_schema_privilege(c.relnamespace, 'USAGE') THEN 'no USAGE on the schema'
           WHEN NOT coalesce(has_column_privilege(c.oid, a.attnum, 'SELECT'), has_any_column_privilege(c.oid, 'SELECT'))
           THEN 'no SELECT on the table'
           WHEN row_security_active(c.oid) THEN 'row security'
           WHEN c.relkind = 'p' THEN 'partitioned'
           WHEN c.relpersistence = 'u' AND pg_is_in_recovery() THEN 'unlogged, and this is a standby'
           WHEN a.attname IS NULL THEN 'no version_num of a text type'
       END AS hidden,
       CASE WHEN c.oid IS NOT NULL
            THEN format('COPY public.%I (version_num) TO STDOUT (FORMAT csv, FORCE_QUOTE *)', c.relname)
       END AS copy
  FROM (VALUES (1, 'alembic_version'), (2, 'alembic_version_oss'), (3, 'alembic_version_ee')) t (number, name)
  LEFT JOIN pg_class c ON c.relname = t.name AND c.relnamespace = to_regnamespace('public')
                      AND c.relkind IN ('r', 'p')
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'version_num' AND NOT a.attisdropped
                          AND a.attgenerated = ''
                          AND a.atttypid IN ('character varying'::regtype, 'text'::regtype, 'character'::regtype)
 ORDER BY t.number;

-- schema_countable: tables whose rows are counted: schema, name, why they are not countable, counting query
SELECT n.nspname, c.relname, CASE
           WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'no USAGE on the schema'
           WHEN a.attname IS NULL AND NOT has_table_privilege(c.oid, 'SELECT') THEN 'no SELECT on the table'
           WHEN row_security_active(c.oid) THEN 'row security'
           WHEN c.relpersistence = 'u' AND pg_is_in_recovery() THEN 'unlogged, and this is a standby'
       END AS hidden,
       format('COPY %I.%I %sTO STDOUT', n.nspname, c.relname, '(' || quote_ident(a.attname) || ') ') AS copy
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (SELECT a.attname
                       FROM pg_attribute a
                       JOIN pg_type t ON t.oid = a.atttypid
                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                        AND has_column_privilege(c.oid, a.attnum, 'SELECT')
                      ORDER BY t.oid >= 16384 AND t.typtype <> 'e', a.attlen < 0, a.attlen, a.attnum
                      LIMIT 1) a ON true
 WHERE c.relkind = 'r'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_position: position of the write-ahead log
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text AS position;

-- schema_changed: whether another transaction changed catalog rows since the snapshot; only a superuser can lock such
-- rows, so their xmax is always that of a change
WITH gone (xmax, relation, schema) AS (
    SELECT a.xmax, a.attrelid, 0::oid FROM pg_attribute a
    UNION ALL SELECT d.xmax, d.adrelid, 0 FROM pg_attrdef d
    UNION ALL SELECT k.xmax, k.conrelid, k.connamespace FROM pg_constraint k
    UNION ALL SELECT x.xmax, x.indrelid, 0 FROM pg_index x
    UNION ALL SELECT i.xmax, i.inhrelid, 0 FROM pg_inherits i
    UNION ALL SELECT p.xmax, p.polrelid, 0 FROM pg_policy p
    UNION ALL SELECT r.xmax, r.ev_class, 0 FROM pg_rewrite r
    UNION ALL SELECT s.xmax, s.stxrelid, 0 FROM pg_statistic_ext s
    UNION ALL SELECT t.xmax, t.tgrelid, 0 FROM pg_trigger t
    UNION ALL SELECT c.xmax, 0, c.collnamespace FROM pg_collation c
    UNION ALL SELECT e.xmax, 0, t.typnamespace FROM pg_enum e LEFT JOIN pg_type t ON t.oid = e.enumtypid
    UNION ALL SELECT l.xmax, 0, 0 FROM pg_language l
    UNION ALL SELECT n.xmax, 0, n.oid FROM pg_namespace n
    UNION ALL SELECT o.xmax, 0, o.opcnamespace FROM pg_opclass o
    UNION ALL SELECT o.xmax, 0, o.oprnamespace FROM pg_operator o
    UNION ALL SELECT o.xmax, 0, o.opfnamespace FROM pg_opfamily o
    UNION ALL SELECT p.xmax, 0, p.pronamespace FROM pg_proc p
    UNION ALL SELECT t.xmax, 0, t.cfgnamespace FROM pg_ts_config t
    UNION ALL SELECT t.xmax, 0, t.dictnamespace FROM pg_ts_dict t
    UNION ALL SELECT t.xmax, 0, t.typnamespace FROM pg_type t
)
SELECT EXISTS (SELECT FROM gone g
                CROSS JOIN LATERAL (SELECT txid_snapshot_xmin(txid_current_snapshot()),
                                           g.xmax::text::bigint) v (xmin, xmax)
                 LEFT JOIN pg_class c ON c.oid = g.relation
                 LEFT JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, g.schema)
                WHERE g.xmax::text <> '0' AND coalesce(n.nspname, '') !~ '^pg_'
                  -- by the number of the transaction with its epoch
                  AND v.xmax + (v.xmin - v.xmax + 2147483648) / 4294967296 * 4294967296 >= v.xmin
                  AND txid_status(v.xmax + (v.xmin - v.xmax + 2147483648) / 4294967296 * 4294967296) = 'committed')
    OR EXISTS (SELECT FROM pg_class c -- rows of which change often, and only names matter
                 JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                WHERE c.xmax::text <> '0' AND c.oid::regclass::text <> format('%I.%I', n.nspname, c.relname)) AS changed;

-- schema_extensions: lines of the kind extension
SELECT extname, extversion
  FROM pg_extension
 ORDER BY extname;

-- schema_enums: lines of the kind enum type
SELECT n.nspname, t.typname,
       ARRAY(SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'e'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND t.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_type'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname;

-- schema_sequences: lines of the kind sequence
SELECT n.nspname, c.relname, format_type(s.seqtypid, NULL)
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_columns: lines of the kind column
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       CASE WHEN a.attgenerated = '' AND a.attidentity = '' THEN pg_get_expr(d.adbin, 0) END,
       CASE
           WHEN a.attgenerated = 's' THEN 'ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
           WHEN a.attgenerated = 'v' THEN 'ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
           WHEN a.attidentity = 'a' THEN 'ALWAYS AS IDENTITY'
           WHEN a.attidentity = 'd' THEN 'BY DEFAULT AS IDENTITY'
       END
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname;

-- schema_tables: lines of the kind table
SELECT n.nspname, c.relname,
       ARRAY(SELECT a.attname FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_constraints: lines of the kind constraint; without the clones of foreign keys to partitions
SELECT n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype IN ('p', 'f', 'u', 'c', 'x')
   AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.oid = k.conparentid AND o.conrelid = k.conrelid)
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, k.conname;

-- schema_indexes: lines of the kind index
SELECT n.nspname, c.relname, i.relname, pg_get_indexdef(x.indexrelid)
  FROM pg_index x
  JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, i.relname;

-- schema_triggers: lines of the kind trigger
SELECT n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid)
  FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, t.tgname;

-- schema_views: lines of the kind view, with white space outside of quotes reduced to one space
SELECT c.relkind = 'm', n.nspname, c.relname,
       btrim(regexp_replace(pg_get_viewdef(c.oid) || ' ', '((?:[^ \n''"]|''[^'']*''|"[^"]*")*)[ \n]+', '\1 ', 'g'))
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('v', 'm')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;
