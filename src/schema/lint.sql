-- lint_foreign_key_conflict: foreign keys on the same columns with different rules; the one that destroys least stays
WITH key AS (
    SELECT f.oid, f.conname, f.conrelid, f.confrelid, f.conkey, f.conparentid, r.enforced, r.destroys, r.updates,
           r.full, r.deferral, r.columns, f.convalidated, s.rule,
           row_number() OVER same AS number, first_value(f.oid) OVER same AS kept
      FROM pg_constraint f
     CROSS JOIN LATERAL (SELECT coalesce((to_jsonb(f) ->> 'conenforced')::boolean, true)
                                AND NOT EXISTS (SELECT FROM pg_trigger g
                                                 WHERE g.tgconstraint = f.oid AND g.tgenabled IN ('D', 'R')),
                                position(f.confdeltype::text IN 'randc'), position(f.confupdtype::text IN 'randc'),
                                f.confmatchtype = 'f' AND cardinality(f.conkey) > 1,
                                f.condeferrable::integer + f.condeferred::integer,
                                nullif(to_jsonb(f) -> 'confdelsetcols', 'null')
                        ) r (enforced, destroys, updates, "full", deferral, columns)
     CROSS JOIN LATERAL (SELECT ROW (NOT r.enforced, r.destroys, r.updates, NOT r.full, r.deferral, r.columns::text)
                        ) s (rule)
     WHERE f.contype = 'f'
       AND NOT EXISTS (SELECT FROM pg_constraint o -- what a foreign key to a partitioned table has for its partitions
                        WHERE o.oid = f.conparentid AND o.conrelid = f.conrelid)
    WINDOW same AS (PARTITION BY f.conrelid, f.confrelid,
                                 ARRAY(SELECT c || ' ' || r FROM unnest(f.conkey, f.confkey) u (c, r) ORDER BY c, r)
                    ORDER BY f.conparentid = 0, s.rule, NOT f.convalidated, f.conname COLLATE "C")
)
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('%I and %I are foreign keys on (%s) to %I.%I; ', o.conname, k.conname,
              (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.number)
                 FROM unnest(k.conkey) WITH ORDINALITY u (attnum, number)
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
              q.nspname, t.relname)
       || CASE WHEN k.destroys = o.destroys
               THEN format('the first is %s, the second %s', pg_get_constraintdef(o.oid), pg_get_constraintdef(k.oid))
               ELSE format('the first deletes by %s, the second by %s', w.words[o.destroys], w.words[k.destroys]) END
       || CASE WHEN o.enforced > k.enforced THEN '; only the first is enforced' ELSE '' END
       || CASE WHEN l.laxer IS NULL THEN '' ELSE
               concat('; ', CASE WHEN o.conparentid <> 0
                                 THEN 'it has the first from the table it is a partition of, and ' END, l.laxer) END AS what,
       CASE WHEN l.laxer IS NULL THEN
           format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
       END AS fix
  FROM key k
  JOIN key o ON o.oid = k.kept
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid
  JOIN pg_namespace q ON q.oid = t.relnamespace
 CROSS JOIN (VALUES (ARRAY['RESTRICT', 'NO ACTION', 'SET NULL', 'SET DEFAULT', 'CASCADE'])) w (words)
 -- what would be lost with the second: then neither is dropped
 CROSS JOIN LATERAL (SELECT nullif(concat_ws(', ',
                                CASE WHEN k.enforced > o.enforced THEN 'only the second is enforced' END,
                                CASE WHEN k.destroys < o.destroys THEN 'the second destroys less' END,
                                CASE WHEN k.updates < o.updates
                                     THEN 'the second changes less when a key is updated' END,
                                CASE WHEN k.full > o.full THEN 'only the second refuses a key that is null in part' END,
                                CASE WHEN k.deferral < o.deferral THEN 'the second is checked sooner' END,
                                CASE WHEN k.convalidated > o.convalidated THEN 'only the second is validated' END,
                                CASE WHEN k.destroys = o.destroys AND k.columns IS NOT NULL
                                          AND (k.columns @> o.columns) IS NOT TRUE
                                     THEN 'the second sets other columns' END), '')) l (laxer)
 WHERE k.number > 1 AND k.conparentid = 0
   AND k.rule IS DISTINCT FROM o.rule
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, k.conname;

-- lint_foreign_key_duplicate: foreign keys that repeat another one and do not conflict with it
WITH key AS (
    SELECT f.oid, f.conname, f.conrelid, f.conparentid, s.rule,
           row_number() OVER same AS number, first_value(f.oid) OVER same AS kept
      FROM pg_constraint f
     CROSS JOIN LATERAL (SELECT coalesce((to_jsonb(f) ->> 'conenforced')::boolean, true)
                                AND NOT EXISTS (SELECT FROM pg_trigger g
                                                 WHERE g.tgconstraint = f.oid AND g.tgenabled IN ('D', 'R')),
                                position(f.confdeltype::text IN 'randc'), position(f.confupdtype::text IN 'randc'),
                                f.confmatchtype = 'f' AND cardinality(f.conkey) > 1,
                                f.condeferrable::integer + f.condeferred::integer,
                                nullif(to_jsonb(f) -> 'confdelsetcols', 'null')
                        ) r (enforced, destroys, updates, "full", deferral, columns)
     CROSS JOIN LATERAL (SELECT ROW (NOT r.enforced, r.destroys, r.updates, NOT r.full, r.deferral, r.columns::text)
                        ) s (rule)
     WHERE f.contype = 'f'
       AND NOT EXISTS (SELECT FROM pg_constraint o -- what a foreign key to a partitioned table has for its partitions
                        WHERE o.oid = f.conparentid AND o.conrelid = f.conrelid)
    WINDOW same AS (PARTITION BY f.conrelid, f.confrelid,
                                 ARRAY(SELECT c || ' ' || r FROM unnest(f.conkey, f.confkey) u (c, r) ORDER BY c, r)
                    ORDER BY f.conparentid = 0, s.rule, NOT f.convalidated, f.conname COLLATE "C")
)
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('the foreign key %I says the same as %I', k.conname, o.conname) AS what,
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname) AS fix
  FROM key k
  JOIN key o ON o.oid = k.kept
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.number > 1 AND k.conparentid = 0
   AND k.rule IS NOT DISTINCT FROM o.rule
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, k.conname;

-- lint_unique_repeats_primary_key: unique ones on the columns of the primary key; what leans on one leans on that then
WITH RECURSIVE again AS (
    SELECT p.conrelid AS relid, p.conname AS key, i.oid, i.relname, u.oid AS unique, u.conname,
           x.indkey::text <> y.indkey::text OR x.indoption::text <> y.indoption::text AS other_order
      FROM pg_constraint p
      JOIN pg_index y ON y.indexrelid = p.conindid AND y.indisvalid
      JOIN pg_index x ON x.indrelid = p.conrelid AND x.indisunique AND x.indisvalid AND NOT x.indisprimary
                     AND x.indpred IS NULL AND x.indexprs IS NULL AND x.indnatts = x.indnkeyatts
                     AND ARRAY(SELECT format('%s %s %s', x.indkey[o], x.indcollation[o], x.indclass[o])
                                 FROM generate_series(0, x.indnkeyatts - 1) o ORDER BY 1)
                         = ARRAY(SELECT format('%s %s %s', y.indkey[o], y.indcollation[o], y.indclass[o])
                                   FROM generate_series(0, y.indnkeyatts - 1) o ORDER BY 1)
      JOIN pg_class i ON i.oid = x.indexrelid AND NOT i.relispartition
      LEFT JOIN pg_constraint u ON u.conindid = i.oid AND u.contype = 'u' AND u.conrelid = p.conrelid
     WHERE p.contype = 'p' -- and is checked no later
       AND p.condeferrable::integer + p.condeferred::integer
           <= coalesce(u.condeferrable::integer + u.condeferred::integer, 0)
), part (oid, indexrelid) AS ( -- with the indexes of partitions
    SELECT oid, oid FROM again
    UNION
    SELECT part.oid, i.inhrelid FROM part JOIN pg_inherits i ON i.inhparent = part.indexrelid
), key AS MATERIALIZED (
    SELECT b.relid, b.relname, k.conname,
           format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS before,
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
           || coalesce(format('; COMMENT ON CONSTRAINT %I ON %s IS ', k.conname, k.conrelid::regclass)
                       || quote_literal(obj_description(k.oid, 'pg_constraint')), '') AS after
      FROM again b
      JOIN part ON part.oid = b.oid
      JOIN pg_constraint k ON k.conindid = part.indexrelid AND k.contype = 'f' AND k.conparentid = 0
), referencing AS ( -- one made anew may lean on the next that repeats the primary key: it is made anew with that as well
    SELECT a.oid, string_agg(k.before, '; ' ORDER BY k.conname) AS before,
           string_agg(k.after, '; ' ORDER BY k.conname) AS after
      FROM again a
      JOIN key k ON k.relid = a.relid AND k.relname <= a.relname
     GROUP BY a.oid
), identity AS (
    SELECT part.oid, string_agg(format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', r.indrelid::regclass), '; '
                                ORDER BY r.indrelid::regclass::text COLLATE "C") AS before
      FROM part
      JOIN pg_index r ON r.indexrelid = part.indexrelid AND r.indisreplident
     GROUP BY part.oid
), naming AS MATERIALIZED (
    SELECT q.oid, q.prosrc
      FROM pg_proc q
      JOIN pg_language g ON g.oid = q.prolang AND g.lanname NOT IN ('internal', 'c')
     WHERE q.prosrc ~* '\mon\s+constraint\M'
)
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('the unique %s %I repeats the primary key %I',
              CASE WHEN a.unique IS NULL THEN 'index' ELSE 'constraint' END, a.relname, a.key)
       || CASE WHEN a.other_order THEN ', except that it finds rows in another order' ELSE '' END
       || coalesce('; it cannot be dropped before what names it: ' || l.leaning, '') AS what,
       CASE WHEN l.leaning IS NULL THEN
           concat_ws('; ', CASE WHEN concat(f.before, y.before) <> '' THEN 'BEGIN' END, f.before, y.before,
                     CASE WHEN a.unique IS NULL THEN format('DROP INDEX %I.%I', n.nspname, a.relname)
                          ELSE format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, a.conname) END,
                     f.after, CASE WHEN concat(f.before, y.before) <> '' THEN 'COMMIT' END)
       END AS fix
  FROM again a
  JOIN pg_class c ON c.oid = a.relid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN referencing f ON f.oid = a.oid
  LEFT JOIN identity y ON y.oid = a.oid
 CROSS JOIN LATERAL (SELECT string_agg(pg_describe_object(d.classid, d.objid, 0), ', '
                                       ORDER BY pg_describe_object(d.classid, d.objid, 0) COLLATE "C")
                       FROM (SELECT d.classid, d.objid
                               FROM pg_depend d
                              WHERE d.deptype = 'n' AND d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass)
                                AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = a.oid
                                     OR d.refclassid = 'pg_constraint'::regclass AND d.refobjid = a.unique)
                             UNION
                             SELECT 'pg_proc'::regclass, m.oid
                               FROM naming m
                              WHERE m.prosrc ~* concat('\mon\s+constraint\s+"?',
                                                       regexp_replace(a.conname, '([^[:alnum:]_])', '\\\1', 'g'),
                                                       '"?(?![[:alnum:]_$])')) d
                    ) l (leaning)
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, a.relname;

-- lint_nullable_membership_key: who, and of what, in tables named *_members
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('%I is part of what makes a membership and may be null', a.attname) AS what,
       format('ALTER TABLE %I.%I ALTER COLUMN %I SET NOT NULL', n.nspname, c.relname, a.attname) AS fix
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND NOT a.attnotnull
                     AND a.attname IN ('user_id', regexp_replace(c.relname, '_members$', '_id'))
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname ~ '._members$'
   AND NOT EXISTS (WITH RECURSIVE type (oid) AS ( -- a domain may forbid it
                       SELECT a.atttypid
                       UNION
                       SELECT t.typbasetype FROM type JOIN pg_type t ON t.oid = type.oid AND t.typtype = 'd'
                   )
                   SELECT FROM type JOIN pg_type t ON t.oid = type.oid AND t.typnotnull)
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, a.attname;

-- lint_membership_not_unique: tables named *_members in which a user can be a member of the same thing twice
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('nothing keeps (user_id, %I) unique', s.attname)
       || coalesce(', and no constraint can, as ' || r.reason, '') AS what,
       CASE WHEN r.reason IS NULL THEN
           format('ALTER TABLE %I.%I ADD UNIQUE (user_id, %I)', n.nspname, c.relname, s.attname)
       END AS fix
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute u ON u.attrelid = c.oid AND NOT u.attisdropped AND u.attname = 'user_id'
  JOIN pg_attribute s ON s.attrelid = c.oid AND NOT s.attisdropped AND s.attnum <> u.attnum
                     AND s.attname = regexp_replace(c.relname, '_members$', '_id')
 CROSS JOIN LATERAL (
       WITH RECURSIVE tree (oid) AS (
           SELECT c.oid
           UNION
           SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
       )
       SELECT (SELECT string_agg(DISTINCT format('%s by %s', k.partrelid::regclass, pg_get_partkeydef(k.partrelid))
                                 COLLATE "C", ', ')
                 FROM tree
                 JOIN pg_partitioned_table k ON k.partrelid = tree.oid
                CROSS JOIN unnest(k.partattrs::smallint[]) o (attnum)
                 LEFT JOIN pg_attribute a ON a.attrelid = k.partrelid AND a.attnum = o.attnum
                                         AND a.attname IN (u.attname, s.attname)
                WHERE a.attname IS NULL),
              (SELECT string_agg(t.oid::regclass::text, ', ' ORDER BY t.oid::regclass::text COLLATE "C")
                 FROM tree
                 JOIN pg_class t ON t.oid = tree.oid AND t.relkind = 'f' AND t.relispartition)) p (keys, "foreign")
 CROSS JOIN LATERAL (
       -- what is compared in the end: the elements of arrays, the attributes of composite types
       WITH RECURSIVE type (oid) AS (
           SELECT t.oid FROM (VALUES (u.atttypid), (s.atttypid)) t (oid)
           UNION
           SELECT m.oid
             FROM type
             JOIN pg_type t ON t.oid = type.oid
            CROSS JOIN LATERAL (SELECT t.typbasetype WHERE t.typtype = 'd'
                                UNION ALL
                                SELECT t.typelem WHERE t.typcategory = 'A' AND t.typlen = -1 AND t.typelem <> 0
                                UNION ALL
                                SELECT a.atttypid FROM pg_attribute a
                                 WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0
                                   AND NOT a.attisdropped) m (oid)
       )
       SELECT string_agg(DISTINCT format_type(t.oid, NULL) COLLATE "C", ', ')
         FROM type
         JOIN pg_type t ON t.oid = type.oid AND t.typtype = 'b'
                       AND NOT (t.typcategory = 'A' AND t.typlen = -1 AND t.typelem <> 0)
        WHERE NOT EXISTS (SELECT FROM pg_opclass q
                            JOIN pg_am m ON m.oid = q.opcmethod AND m.amname = 'btree'
                           WHERE q.opcdefault
                             AND (q.opcintype = t.oid
                                  OR EXISTS (SELECT FROM pg_cast b
                                              WHERE b.castsource = t.oid AND b.casttarget = q.opcintype
                                                AND b.castmethod = 'b' AND b.castcontext = 'i')))) o (types)
 CROSS JOIN LATERAL (
       SELECT CASE WHEN p.keys IS NOT NULL THEN 'it would have to hold what partitions the rows: ' || p.keys
                   WHEN p.foreign IS NOT NULL THEN 'these partitions are foreign tables: ' || p.foreign
                   WHEN o.types IS NOT NULL THEN 'these types have no order: ' || o.types END) r (reason)
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname ~ '._members$'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_index x
                     LEFT JOIN pg_constraint e ON e.conindid = x.indexrelid AND e.contype = 'x'
                    WHERE x.indrelid = c.oid AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
                      AND (x.indisunique
                           OR NOT EXISTS (SELECT FROM unnest(e.conexclop) o (oid)
                                            JOIN pg_operator t ON t.oid = o.oid AND t.oprname <> '=')
                              AND e.oid IS NOT NULL)
                      AND ARRAY[u.attnum, s.attnum] @> (x.indkey::smallint[])[0:x.indnkeyatts - 1])
 ORDER BY n.nspname, c.relname;

-- lint_cascade_without_index: foreign keys whose deletions cascade and have to read the whole table for it
WITH key AS (
    SELECT k.conrelid, o.attnums, o.operators, min(k.oid) AS first, count(*) AS count,
           string_agg(quote_ident(k.conname), ', ' ORDER BY k.conname) AS names,
           string_agg(DISTINCT k.confrelid::regclass::text COLLATE "C", ', ') AS targets
      FROM pg_constraint k
     CROSS JOIN LATERAL (SELECT array_agg(u.attnum ORDER BY u.attnum), array_agg(u.operator ORDER BY u.attnum)
                           FROM unnest(k.conkey, k.conpfeqop) u (attnum, operator)) o (attnums, operators)
     WHERE k.contype = 'f' AND k.confdeltype = 'c' AND k.conparentid = 0
     GROUP BY k.conrelid, o.attnums, o.operators
)
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('a deletion in %s cascades here by the foreign key%s %s, and no index has (%s) first', k.targets,
              CASE WHEN k.count > 1 THEN 's' END, k.names, l.columns)
       || coalesce('; none on the columns as they are can serve, as these are of other types than what they reference: '
                   || l.converted, '') AS what,
       CASE WHEN l.converted IS NULL THEN
           format('CREATE INDEX %sON %I.%I (%s)', CASE WHEN c.relkind = 'r' THEN 'CONCURRENTLY ' END, n.nspname,
                  c.relname, l.columns)
       END AS fix
  FROM key k
  JOIN pg_constraint o ON o.oid = k.first
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 -- the columns, and what an index has to have to compare them as the foreign key does
 CROSS JOIN LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.number),
                            array_agg(format('(%I IS NOT NULL)', a.attname)),
                            array_agg(u.attnum ORDER BY u.number), array_agg(p.oprcom ORDER BY u.number),
                            array_agg(a.attcollation ORDER BY u.number),
                            string_agg(quote_ident(a.attname), ', ' ORDER BY u.number)
                                FILTER (WHERE p.oprright <> t.base AND p.oprright NOT IN (
                                            SELECT to_regtype(y) FROM unnest(ARRAY['anyarray', 'anyenum', 'anyrange',
                                                                                   'anymultirange', 'record']) y
                                             WHERE to_regtype(y) IS NOT NULL)
                                        AND NOT EXISTS (SELECT FROM pg_cast b
                                                         WHERE b.castsource = t.base AND b.casttarget = p.oprright
                                                           AND b.castmethod = 'b'))
                       FROM unnest(o.conkey, o.conpfeqop) WITH ORDINALITY u (attnum, operator, number)
                       JOIN pg_operator p ON p.oid = u.operator
                       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
                      CROSS JOIN LATERAL (
                            WITH RECURSIVE type (oid) AS (
                                SELECT a.atttypid
                                UNION
                                SELECT t.typbasetype FROM type JOIN pg_type t ON t.oid = type.oid AND t.typtype = 'd'
                            )
                            SELECT type.oid FROM type JOIN pg_type t ON t.oid = type.oid AND t.typtype <> 'd') t (base)
                    ) l (columns, present, attnums, operators, collations, converted)
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_index x
                     JOIN pg_class i ON i.oid = x.indexrelid
                     JOIN pg_am m ON m.oid = i.relam AND m.amname <> 'brin'
                    WHERE x.indrelid = k.conrelid AND x.indisvalid AND x.indnkeyatts >= cardinality(k.attnums)
                      AND (x.indkey::smallint[])[0:cardinality(k.attnums) - 1] @> k.attnums
                      AND (x.indpred IS NULL
                           OR string_to_array(regexp_replace(pg_get_expr(x.indpred, x.indrelid), '^\((\(.*\))\)$',
                                                             '\1'), ' AND ') <@ l.present)
                      AND NOT EXISTS (SELECT FROM unnest(l.attnums, l.operators, l.collations) u (attnum, operator, coll)
                                       WHERE NOT EXISTS (SELECT FROM generate_series(0, cardinality(k.attnums) - 1) o
                                                           JOIN pg_opclass q ON q.oid = x.indclass[o]
                                                           JOIN pg_amop e ON e.amopfamily = q.opcfamily
                                                                         AND e.amopopr = u.operator
                                                          WHERE x.indkey[o] = u.attnum
                                                            AND x.indcollation[o] IN (0, u.coll))))
 ORDER BY n.nspname, c.relname, k.names;

-- lint_lifecycle_missing: some of the columns with the author and the time of a change; children get them with the parent
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('it has %s and lacks %s', string_agg(w.name, ', ' ORDER BY w.number) FILTER (WHERE a.attname IS NOT NULL),
              string_agg(w.name, ', ' ORDER BY w.number) FILTER (WHERE a.attname IS NULL))
       || CASE WHEN c.reloftype <> 0 THEN format(', which the type %s would have to get', c.reloftype::regtype)
               ELSE coalesce(', but a child has another one of that name: '
                             || string_agg(h.children, ', ' ORDER BY w.number) FILTER (WHERE a.attname IS NULL),
                             '') END AS what,
       CASE WHEN c.reloftype = 0 AND count(h.children) FILTER (WHERE a.attname IS NULL) = 0 THEN
           format('ALTER TABLE %I.%I %s', n.nspname, c.relname,
                  string_agg(format('ADD COLUMN %s %s', w.name, w.type), ', ' ORDER BY w.number)
                      FILTER (WHERE a.attname IS NULL))
       END AS fix
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN (VALUES (1, 'created_at', 'timestamp with time zone'), (2, 'updated_at', 'timestamp with time zone'),
                    (3, 'deleted_at', 'timestamp with time zone'), (4, 'created_by_id', 'uuid'),
                    (5, 'updated_by_id', 'uuid'), (6, 'deleted_by_id', 'uuid')) w (number, name, type)
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.name AND NOT a.attisdropped
 CROSS JOIN LATERAL (WITH RECURSIVE tree (oid) AS (
                         SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = c.oid
                         UNION
                         SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
                     )
                     SELECT string_agg(format('%s.%s', tree.oid::regclass, w.name), ', '
                                       ORDER BY tree.oid::regclass::text COLLATE "C")
                       FROM tree
                       JOIN pg_attribute b ON b.attrelid = tree.oid AND b.attname = w.name AND NOT b.attisdropped
                                          AND (b.atttypid <> w.type::regtype OR b.atttypmod <> -1)) h (children)
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 GROUP BY n.nspname, c.relname, c.reloftype
HAVING count(a.attname) BETWEEN 1 AND 5 AND NOT bool_or(a.attinhcount > 0)
 ORDER BY n.nspname, c.relname;

-- lint_lifecycle_foreign_key: foreign keys on columns that only record who made, changed or deleted a row
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       format('the foreign key %I ties %I to %I.%I, so that who did something cannot be deleted on its own', k.conname,
              a.attname, q.nspname, t.relname) AS what,
       format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname) AS fix
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

-- lint_not_valid: constraints that were added without looking at the rows that were there
SELECT format('%I.%I', n.nspname, coalesce(c.relname, t.typname)) AS object,
       format('the constraint %I is NOT VALID: rows from before it may break it', k.conname) AS what,
       format('ALTER %s %I.%I VALIDATE CONSTRAINT %I', CASE WHEN k.contypid = 0 THEN 'TABLE' ELSE 'DOMAIN' END,
              n.nspname, coalesce(c.relname, t.typname), k.conname) AS fix
  FROM pg_constraint k
  LEFT JOIN pg_class c ON c.oid = k.conrelid
  LEFT JOIN pg_type t ON t.oid = k.contypid
  JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE NOT k.convalidated AND k.contype IN ('c', 'f', 'n') AND k.conparentid = 0
   AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
   AND NOT EXISTS (SELECT FROM pg_inherits h -- it is validated with the one of the parent
                     JOIN pg_constraint o ON o.conrelid = h.inhparent AND o.conname = k.conname
                                         AND NOT o.convalidated
                    WHERE h.inhrelid = k.conrelid AND k.coninhcount > 0)
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, coalesce(c.relname, t.typname), k.conname;

-- lint_index_invalid: indexes that serve no query, as a failed CREATE INDEX CONCURRENTLY leaves them, or ON ONLY
SELECT format('%I.%I', n.nspname, c.relname) AS object,
       CASE WHEN i.relkind = 'I'
            THEN format('the index %I is not valid: not all partitions have one attached to it; %s', i.relname,
                        CASE WHEN p.bare IS NULL THEN 'those of theirs have to be valid'
                             ELSE 'it is for these to be made and attached: ' || p.bare END)
            ELSE format('the index %I is not valid: it %sserves no query%s', i.relname,
                        CASE WHEN x.indisready THEN 'costs writes and ' END,
                        CASE WHEN l.left_over
                             THEN format(', and a %s CONCURRENTLY that did not end has left it behind',
                                         CASE WHEN x.indislive THEN 'REINDEX' ELSE 'DROP INDEX' END)
                             WHEN x.indisunique
                             THEN '; it is unique, so rows that are equal have to go before it can be made' END)
       END AS what,
       CASE WHEN i.relkind = 'i' THEN
           format('%s INDEX %s%I.%I', CASE WHEN l.left_over THEN 'DROP' ELSE 'REINDEX' END,
                  CASE WHEN l.left_over OR NOT x.indisexclusion THEN 'CONCURRENTLY ' END, n.nspname, i.relname)
       END AS fix
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = i.relnamespace
 CROSS JOIN LATERAL (SELECT NOT x.indislive
                            OR i.relname ~ '_cc(new|old)[0-9]*$'
                               AND NOT EXISTS (SELECT FROM pg_constraint k
                                                WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
                    ) l (left_over)
 CROSS JOIN LATERAL (SELECT string_agg(h.inhrelid::regclass::text, ', ' ORDER BY h.inhrelid::regclass::text COLLATE "C")
                       FROM pg_inherits h
                      WHERE h.inhparent = c.oid
                        AND NOT EXISTS (SELECT FROM pg_index y
                                          JOIN pg_inherits g ON g.inhrelid = y.indexrelid AND g.inhparent = i.oid
                                         WHERE y.indrelid = h.inhrelid)) p (bare)
 WHERE NOT x.indisvalid
   AND NOT EXISTS (SELECT FROM pg_locks h -- somebody is at work on it, or makes one of the table
                    WHERE h.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                      AND h.granted AND h.mode IN ('ShareUpdateExclusiveLock', 'AccessExclusiveLock')
                      AND (h.relation = i.oid
                           OR h.relation = c.oid AND h.pid IN (SELECT b.pid FROM pg_stat_progress_create_index b)))
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, i.relname;
