-- lint_foreign_key_conflict: foreign keys on the same columns with different rules; the one that destroys least stays
WITH key AS (
    SELECT k.oid, k.conname, k.conrelid, k.confrelid, k.conkey, k.confdeltype, k.confupdtype,
           row_number() OVER same AS number, first_value(k.oid) OVER same AS kept
      FROM pg_constraint k
     WHERE k.contype = 'f' AND k.conparentid = 0
    WINDOW same AS (PARTITION BY k.conrelid, k.conkey, k.confrelid
                    ORDER BY position(k.confdeltype::text IN 'randc'), k.conname)
)
SELECT format('%I.%I', n.nspname, c.relname),
       format('%I and %I are foreign keys on (%s) to %I.%I; the first deletes by %s, the second by %s', o.conname,
              k.conname,
              (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.number)
                 FROM unnest(k.conkey) WITH ORDINALITY u (attnum, number)
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
              q.nspname, t.relname,
              CASE o.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT'
                                 WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END,
              CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT'
                                 WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END),
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
  FROM key k
  JOIN pg_constraint o ON o.oid = k.kept
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid
  JOIN pg_namespace q ON q.oid = t.relnamespace
 WHERE k.number > 1 AND (k.confdeltype <> o.confdeltype OR k.confupdtype <> o.confupdtype)
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, k.conname;

-- lint_foreign_key_duplicate: foreign keys that say what another one says
SELECT format('%I.%I', n.nspname, c.relname),
       format('the foreign key %I says the same as %I', k.conname, o.conname),
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (SELECT o.conname FROM pg_constraint o
                      WHERE o.conrelid = k.conrelid AND o.contype = 'f' AND o.conkey = k.conkey
                        AND o.confkey = k.confkey AND o.confrelid = k.confrelid AND o.confdeltype = k.confdeltype
                        AND o.confupdtype = k.confupdtype AND o.conname < k.conname
                      ORDER BY o.conname LIMIT 1) o
 WHERE k.contype = 'f' AND k.conparentid = 0
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, k.conname;

-- lint_unique_repeats_primary_key: unique ones on the columns of the primary key; what leans on one leans on that then
SELECT format('%I.%I', n.nspname, c.relname),
       format('the unique %s %I repeats the primary key %I', CASE WHEN u.oid IS NULL THEN 'index' ELSE 'constraint' END,
              i.relname, p.conname),
       concat_ws('; ', f.before, y.before,
                 CASE WHEN u.oid IS NULL THEN format('DROP INDEX %I.%I', n.nspname, i.relname)
                      ELSE format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, u.conname) END, f.after)
  FROM pg_constraint p
  JOIN pg_class c ON c.oid = p.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_index x ON x.indrelid = c.oid AND x.indisunique AND NOT x.indisprimary AND x.indpred IS NULL
                 AND x.indexprs IS NULL AND x.indnkeyatts = cardinality(p.conkey)
                 AND p.conkey @> (x.indkey::smallint[])[0:x.indnkeyatts - 1]
                 AND NOT (x.indimmediate AND p.condeferrable)
  JOIN pg_class i ON i.oid = x.indexrelid AND NOT i.relispartition
  LEFT JOIN pg_constraint u ON u.conindid = i.oid AND u.contype = 'u' AND u.conrelid = c.oid
 CROSS JOIN LATERAL (SELECT string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
                                       '; ' ORDER BY k.conname),
                            string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname,
                                              pg_get_constraintdef(k.oid)), '; ' ORDER BY k.conname)
                       FROM pg_constraint k
                      WHERE k.contype = 'f' AND k.conindid = i.oid AND k.conparentid = 0) f (before, after)
 CROSS JOIN LATERAL (SELECT string_agg(format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', r.indrelid::regclass), '; '
                                       ORDER BY r.indrelid::regclass::text COLLATE "C")
                       FROM pg_index r
                      WHERE r.indisreplident
                        AND (r.indexrelid = i.oid
                             OR r.indexrelid IN (SELECT h.relid FROM pg_partition_tree(i.oid) h))) y (before)
 WHERE p.contype = 'p'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, i.relname;

-- lint_nullable_membership_key: who, and of what, in tables named *_members
SELECT format('%I.%I', n.nspname, c.relname),
       format('%I is part of what makes a membership and may be null', a.attname),
       format('ALTER TABLE %I.%I ALTER COLUMN %I SET NOT NULL', n.nspname, c.relname, a.attname)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND NOT a.attnotnull
                     AND a.attname IN ('user_id', regexp_replace(c.relname, '_members$', '_id'))
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname ~ '._members$'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, a.attname;

-- lint_membership_not_unique: tables named *_members in which a user can be a member of the same thing twice
SELECT format('%I.%I', n.nspname, c.relname),
       format('nothing keeps (user_id, %I) unique%s', s.attname,
              ', and no constraint can, as it would have to hold what partitions the rows: ' || p.keys),
       CASE WHEN p.keys IS NULL THEN
           format('ALTER TABLE %I.%I ADD UNIQUE (user_id, %I)', n.nspname, c.relname, s.attname)
       END
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute u ON u.attrelid = c.oid AND NOT u.attisdropped AND u.attname = 'user_id'
  JOIN pg_attribute s ON s.attrelid = c.oid AND NOT s.attisdropped AND s.attnum <> u.attnum
                     AND s.attname = regexp_replace(c.relname, '_members$', '_id')
 CROSS JOIN LATERAL (SELECT string_agg(DISTINCT format('%s by %s', h.relid, pg_get_partkeydef(h.relid)) COLLATE "C",
                                       ', ')
                       FROM pg_partition_tree(c.oid) h
                       JOIN pg_partitioned_table k ON k.partrelid = h.relid
                      CROSS JOIN unnest(k.partattrs::smallint[]) o (attnum)
                       LEFT JOIN pg_attribute a ON a.attrelid = h.relid AND a.attnum = o.attnum
                                               AND a.attname IN (u.attname, s.attname)
                      WHERE a.attname IS NULL) p (keys)
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname ~ '._members$'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_index x
                    WHERE x.indrelid = c.oid AND x.indisunique AND x.indisvalid AND x.indpred IS NULL
                      AND x.indexprs IS NULL
                      AND ARRAY[u.attnum, s.attnum] @> (x.indkey::smallint[])[0:x.indnkeyatts - 1])
 ORDER BY n.nspname, c.relname;

-- lint_cascade_without_index: foreign keys that cascade and have to read the whole table for it
SELECT format('%I.%I', n.nspname, c.relname),
       format('a deletion in %I.%I cascades here by the foreign key %I, and no index has (%s) first', q.nspname,
              t.relname, k.conname, l.columns),
       format('CREATE INDEX %sON %I.%I (%s)', CASE WHEN c.relkind = 'r' THEN 'CONCURRENTLY ' END, n.nspname, c.relname,
              l.columns)
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid
  JOIN pg_namespace q ON q.oid = t.relnamespace
 CROSS JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.number),
                            string_agg(format('(%I IS NOT NULL)', a.attname), ' AND ' ORDER BY u.number)
                       FROM unnest(k.conkey) WITH ORDINALITY u (attnum, number)
                       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) l (columns, present)
 WHERE k.contype = 'f' AND k.confdeltype = 'c' AND k.conparentid = 0
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_index x
                    WHERE x.indrelid = k.conrelid AND x.indisvalid
                      AND (x.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
                      AND (x.indpred IS NULL OR pg_get_expr(x.indpred, x.indrelid) = l.present))
 ORDER BY n.nspname, c.relname, k.conname;

-- lint_lifecycle_missing: some of the columns that tell who changed a row and when; children get them with the parent
SELECT format('%I.%I', n.nspname, c.relname),
       format('it has %s and lacks %s', string_agg(w.name, ', ' ORDER BY w.number) FILTER (WHERE a.attname IS NOT NULL),
              string_agg(w.name, ', ' ORDER BY w.number) FILTER (WHERE a.attname IS NULL)),
       format('ALTER TABLE %I.%I %s', n.nspname, c.relname,
              string_agg(format('ADD COLUMN %s %s', w.name, w.type), ', ' ORDER BY w.number)
                  FILTER (WHERE a.attname IS NULL))
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN (VALUES (1, 'created_at', 'timestamp with time zone'), (2, 'updated_at', 'timestamp with time zone'),
                    (3, 'deleted_at', 'timestamp with time zone'), (4, 'created_by_id', 'uuid'),
                    (5, 'updated_by_id', 'uuid'), (6, 'deleted_by_id', 'uuid')) w (number, name, type)
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.name AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 GROUP BY n.nspname, c.relname
HAVING count(a.attname) BETWEEN 1 AND 5 AND NOT bool_or(a.attinhcount > 0)
 ORDER BY n.nspname, c.relname;

-- lint_lifecycle_foreign_key: foreign keys on the columns that only tell who made, changed or deleted a row
SELECT format('%I.%I', n.nspname, c.relname),
       format('the foreign key %I ties %I to %I.%I, so that who did something cannot be deleted on its own', k.conname,
              a.attname, q.nspname, t.relname),
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid
  JOIN pg_namespace q ON q.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
 WHERE k.contype = 'f' AND k.conparentid = 0 AND cardinality(k.conkey) = 1
   AND a.attname IN ('created_by_id', 'updated_by_id', 'deleted_by_id')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, k.conname;

-- lint_sequence_near_end: sequences that have used four fifths of what they, or the column they belong to, can hold
SELECT format('%I.%I', n.nspname, c.relname),
       format('it has got to %s of %s%s', v.last, v.bound,
              CASE WHEN l.used_up THEN '; no sequence goes further, so what it numbers needs keys of another kind'
                   WHEN b.keys IS NOT NULL
                   THEN format('; %I can be bigint only in a table made anew, as it partitions the rows: %s', a.attname,
                               b.keys)
                   WHEN b.users IS NOT NULL
                   THEN format('; before %I can be bigint, what uses it has to be dropped, and made again after: %s',
                               a.attname, b.users)
              END),
       CASE WHEN NOT l.used_up AND b.keys IS NULL AND b.users IS NULL THEN
           concat_ws('; ', CASE WHEN a.attname IS NOT NULL THEN
                               format('ALTER TABLE %I.%I ALTER COLUMN %I TYPE bigint', q.nspname, t.relname, a.attname)
                           END,
                     format('ALTER SEQUENCE %I.%I AS bigint %s', n.nspname, c.relname,
                            CASE WHEN s.seqincrement > 0 THEN 'NO MAXVALUE' ELSE 'NO MINVALUE' END))
       END
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                       AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                          AND a.atttypid IN ('smallint'::regtype, 'integer'::regtype)
  LEFT JOIN pg_class t ON t.oid = a.attrelid
  LEFT JOIN pg_namespace q ON q.oid = t.relnamespace
 CROSS JOIN LATERAL (
       SELECT CASE WHEN has_sequence_privilege(s.seqrelid, 'USAGE, SELECT') THEN pg_sequence_last_value(s.seqrelid) END,
              CASE WHEN s.seqincrement > 0
                   THEN least(s.seqmax, CASE a.atttypid WHEN 'smallint'::regtype THEN 32767
                                                        WHEN 'integer'::regtype THEN 2147483647 END)
                   ELSE greatest(s.seqmin, CASE a.atttypid WHEN 'smallint'::regtype THEN -32768
                                                           WHEN 'integer'::regtype THEN -2147483648 END)
              END) v (last, bound)
 CROSS JOIN LATERAL (
       SELECT abs(v.last - e.first) >= abs(v.bound - e.first) * 4 / 5,
              abs(v.last - e.first) >= abs(e.furthest - e.first) * 4 / 5
         FROM (SELECT CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END::numeric,
                      CASE WHEN s.seqincrement > 0 THEN 9223372036854775807 ELSE -9223372036854775808 END::numeric
              ) e (first, furthest)) l (near, used_up)
 CROSS JOIN LATERAL (
       WITH RECURSIVE tree (oid) AS (
           SELECT a.attrelid
           UNION
           SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
       ), used AS (
           SELECT m.attrelid, m.attnum, d.classid, d.objid, d.objsubid
             FROM tree
             JOIN pg_attribute m ON m.attrelid = tree.oid AND m.attname = a.attname AND NOT m.attisdropped
             JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = m.attrelid
                             AND d.refobjsubid = m.attnum
       )
       SELECT (SELECT string_agg(DISTINCT format('%s by %s', m.attrelid::regclass, pg_get_partkeydef(m.attrelid))
                                 COLLATE "C", ', ')
                 FROM tree
                 JOIN pg_attribute m ON m.attrelid = tree.oid AND m.attname = a.attname
                 JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = m.attrelid AND d.objsubid = m.attnum
                                 AND d.refclassid = d.classid AND d.refobjid = d.objid AND d.refobjsubid = 0
                                 AND d.deptype = 'i'),
              (SELECT string_agg(DISTINCT format('%s %s', o.type, o.identity) COLLATE "C", ', ')
                 FROM used
                 LEFT JOIN pg_rewrite r ON used.classid = 'pg_rewrite'::regclass AND r.oid = used.objid
                                       AND r.rulename = '_RETURN'
                 LEFT JOIN pg_attrdef g ON used.classid = 'pg_attrdef'::regclass AND g.oid = used.objid
                CROSS JOIN LATERAL pg_identify_object(
                      CASE WHEN r.oid IS NULL THEN used.classid ELSE 'pg_class'::regclass END,
                      coalesce(r.ev_class, used.objid), used.objsubid) o
                WHERE used.classid IN ('pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass,
                                       'pg_proc'::regclass, 'pg_publication_rel'::regclass)
                   OR g.adnum <> used.attnum
                   OR (used.classid = 'pg_class'::regclass AND used.objid = used.attrelid AND used.objsubid > 0))
       ) b (keys, users)
 WHERE NOT s.seqcycle AND l.near
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname;

-- lint_not_valid: constraints that were added without looking at the rows that were there
SELECT format('%I.%I', n.nspname, coalesce(c.relname, t.typname)),
       format('the constraint %I is NOT VALID: rows from before it may break it', k.conname),
       format('ALTER %s %I.%I VALIDATE CONSTRAINT %I', CASE WHEN k.contypid = 0 THEN 'TABLE' ELSE 'DOMAIN' END,
              n.nspname, coalesce(c.relname, t.typname), k.conname)
  FROM pg_constraint k
  LEFT JOIN pg_class c ON c.oid = k.conrelid
  LEFT JOIN pg_type t ON t.oid = k.contypid
  JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE NOT k.convalidated AND k.contype IN ('c', 'f', 'n') AND k.conparentid = 0
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, coalesce(c.relname, t.typname), k.conname;

-- lint_index_invalid: indexes that are kept up to date and not used, as a failed CREATE INDEX CONCURRENTLY leaves them
SELECT format('%I.%I', n.nspname, c.relname),
       format('the index %I is not valid: it costs writes and serves no query%s', i.relname, CASE
                  WHEN l.left_over THEN ', and a REINDEX CONCURRENTLY that did not end has left it behind'
                  WHEN x.indisunique THEN '; it is unique, so rows that are equal have to go before it can be made'
              END),
       format('%s INDEX CONCURRENTLY %I.%I', CASE WHEN l.left_over THEN 'DROP' ELSE 'REINDEX' END, n.nspname, i.relname)
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid AND i.relkind = 'i'
  JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = i.relnamespace
 CROSS JOIN LATERAL (SELECT i.relname ~ '_cc(new|old)[0-9]*$'
                            AND NOT EXISTS (SELECT FROM pg_constraint k
                                             WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))) l (left_over)
 WHERE NOT x.indisvalid
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, i.relname;

-- lint_hidden: sequences whose state the reader has no right to
SELECT format('%I.%I', n.nspname, c.relname)
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname;
