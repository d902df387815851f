-- lint_sequence_near_end: sequences that have used four fifths of what they, or the column they belong to, can hold;
-- each that is looked at stays locked until the transaction ends, so $1 is the part of 1000 of them, from 0
WITH sequence AS MATERIALIZED (
    SELECT s.seqrelid, s.seqincrement, s.seqmin, s.seqmax, n.nspname, c.relname,
           row_number() OVER (ORDER BY n.nspname, c.relname) AS number
      FROM pg_sequence s
      JOIN pg_class c ON c.oid = s.seqrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT s.seqcycle AND has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
       AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
), near AS MATERIALIZED (
    SELECT s.seqrelid, s.seqincrement, s.nspname, s.relname, a.attrelid, a.attnum, a.attname, a.atttypid, a.base,
           a.reloftype, a.relation, v.last, v.bound,
           abs(v.last - e.first) >= abs(e.furthest - e.first) * 4 / 5 AS used_up
      FROM sequence s
      LEFT JOIN LATERAL ( -- the column it belongs to or fills, when that holds less than a bigint
           SELECT a.attrelid, a.attnum, a.attname, a.atttypid, t.reloftype, b.base,
                  format('%I.%I', q.nspname, t.relname) AS relation
             FROM (SELECT d.refobjid, d.refobjsubid
                     FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
                      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
                    UNION
                   SELECT g.adrelid, g.adnum
                     FROM pg_depend d
                     JOIN pg_attrdef g ON g.oid = d.objid
                    WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
                      AND d.refobjid = s.seqrelid
                      AND pg_get_expr(g.adbin, g.adrelid) ~ '^nextval[(][^)]*::regclass[)]$') u (relid, attnum)
             JOIN pg_attribute a ON a.attrelid = u.relid AND a.attnum = u.attnum
             JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p', 'f')
             JOIN pg_namespace q ON q.oid = t.relnamespace
            CROSS JOIN LATERAL (
                  WITH RECURSIVE type (oid) AS (
                      SELECT a.atttypid
                      UNION ALL
                      SELECT t.typbasetype FROM type JOIN pg_type t ON t.oid = type.oid AND t.typbasetype <> 0
                  )
                  SELECT type.oid FROM type WHERE type.oid IN ('smallint'::regtype, 'integer'::regtype)) b (base)
            ORDER BY b.base <> 'smallint'::regtype, q.nspname, t.relname, a.attname
            LIMIT 1) a ON true
     CROSS JOIN LATERAL (
           SELECT CASE WHEN pg_relation_filenode(s.seqrelid) IS NOT NULL -- NULL when it is gone meanwhile
                       THEN pg_sequence_last_value(s.seqrelid) END,
                  CASE WHEN s.seqincrement > 0
                       THEN least(s.seqmax, CASE a.base WHEN 'smallint'::regtype THEN 32767
                                                        WHEN 'integer'::regtype THEN 2147483647 END)
                       ELSE greatest(s.seqmin, CASE a.base WHEN 'smallint'::regtype THEN -32768
                                                           WHEN 'integer'::regtype THEN -2147483648 END)
                  END) v (last, bound)
     CROSS JOIN LATERAL (
           SELECT CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END::numeric,
                  CASE WHEN s.seqincrement > 0 THEN 9223372036854775807 ELSE -9223372036854775808 END::numeric
           ) e (first, furthest)
     WHERE (s.number - 1) / 1000 = $1::bigint AND abs(v.last - e.first) >= abs(v.bound - e.first) * 4 / 5
)
SELECT format('%I.%I', a.nspname, a.relname) AS object,
       format('it has got to %s of %s', a.last, a.bound)
       || coalesce('; ' || r.reason, '; what references it has to be bigint as well: ' || b.referencing, '') AS what,
       CASE WHEN r.reason IS NULL THEN
           concat_ws('; ', CASE WHEN a.attname IS NOT NULL THEN
                               format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint', a.relation, a.attname)
                           END,
                     format('ALTER SEQUENCE %I.%I AS bigint %s', a.nspname, a.relname,
                            CASE WHEN a.seqincrement > 0 THEN 'NO MAXVALUE' ELSE 'NO MINVALUE' END))
       END AS fix
  FROM near a
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
       ), whole (oid) AS ( -- its row type, and what is made of that
           SELECT t.reltype FROM tree JOIN pg_class t ON t.oid = tree.oid
           UNION
           SELECT t.oid
             FROM whole
             JOIN pg_type t ON t.typelem = whole.oid AND t.typlen = -1 OR t.typbasetype = whole.oid
                            OR EXISTS (SELECT FROM pg_attribute m
                                        WHERE m.attrelid = t.typrelid AND m.atttypid = whole.oid AND NOT m.attisdropped)
                            OR EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = t.oid AND r.rngsubtype = whole.oid)
            WHERE whole.oid <> 0
       )
       SELECT (SELECT string_agg(DISTINCT format('%s by %s', m.attrelid::regclass, pg_get_partkeydef(m.attrelid))
                                 COLLATE "C", ', ')
                 FROM tree
                 JOIN pg_attribute m ON m.attrelid = tree.oid AND m.attname = a.attname
                 JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = m.attrelid AND d.objsubid = m.attnum
                                 AND d.refclassid = d.classid AND d.refobjid = d.objid AND d.refobjsubid = 0
                                 AND d.deptype = 'i'),
              (SELECT string_agg(DISTINCT format('%s %s', o.type, o.identity) COLLATE "C", ', ')
                 FROM (SELECT CASE WHEN r.oid IS NULL THEN used.classid ELSE 'pg_class'::regclass END,
                              coalesce(r.ev_class, used.objid), used.objsubid
                         FROM used
                         LEFT JOIN pg_rewrite r ON used.classid = 'pg_rewrite'::regclass AND r.oid = used.objid
                                               AND r.rulename = '_RETURN'
                         LEFT JOIN pg_attrdef g ON used.classid = 'pg_attrdef'::regclass AND g.oid = used.objid
                        WHERE used.classid IN ('pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass,
                                               'pg_proc'::regclass, 'pg_publication_rel'::regclass)
                           OR g.adnum <> used.attnum
                           OR used.classid = 'pg_class'::regclass AND used.objid = used.attrelid AND used.objsubid > 0
                        UNION -- columns that hold whole rows of it
                       SELECT 'pg_class'::regclass, m.attrelid, m.attnum
                         FROM whole
                         JOIN pg_attribute m ON m.atttypid = whole.oid AND NOT m.attisdropped
                         JOIN pg_class t ON t.oid = m.attrelid AND t.relkind IN ('r', 'p', 'm')
                        UNION -- indexes by an operator class of that type
                       SELECT 'pg_class'::regclass, x.indexrelid, 0
                         FROM tree
                         JOIN pg_index x ON x.indrelid = tree.oid
                         JOIN pg_attribute m ON m.attrelid = tree.oid AND m.attname = a.attname
                        CROSS JOIN generate_series(0, x.indnkeyatts - 1) k
                         JOIN pg_opclass q ON q.oid = x.indclass[k] AND NOT q.opcdefault AND q.opcintype = a.base
                        WHERE x.indkey[k] = m.attnum) w (classid, objid, objsubid)
                CROSS JOIN LATERAL pg_identify_object(w.classid, w.objid, w.objsubid) o),
              (SELECT string_agg(DISTINCT i.inhparent::regclass::text COLLATE "C", ', ')
                 FROM tree
                 JOIN pg_inherits i ON i.inhrelid = tree.oid AND i.inhparent NOT IN (SELECT x.oid FROM tree x)
                 JOIN pg_attribute m ON m.attrelid = i.inhparent AND m.attname = a.attname AND NOT m.attisdropped),
              (SELECT string_agg(DISTINCT format('%s.%I', k.conrelid::regclass, m.attname) COLLATE "C", ', ')
                 FROM pg_constraint k
                CROSS JOIN unnest(k.conkey, k.confkey) u (attnum, referenced)
                 JOIN pg_attribute m ON m.attrelid = k.conrelid AND m.attnum = u.attnum
                                    AND m.atttypid IN ('smallint'::regtype, 'integer'::regtype)
                WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = a.attrelid AND u.referenced = a.attnum)
       ) b (keys, users, parents, referencing)
 CROSS JOIN LATERAL (
       SELECT CASE WHEN a.used_up THEN 'no sequence goes further, so what it numbers needs keys of another kind'
                   WHEN b.parents IS NOT NULL
                   THEN format('%I can be bigint only together with what it is inherited from: %s', a.attname,
                               b.parents)
                   WHEN a.reloftype <> 0
                   THEN format('%I can be bigint only as an attribute of the type %s', a.attname, a.reloftype::regtype)
                   WHEN a.atttypid <> a.base
                   THEN format('%I is of the domain %s, which can hold no more, so it needs another type', a.attname,
                               a.atttypid::regtype)
                   WHEN b.keys IS NOT NULL
                   THEN format('%I can be bigint only in a table made anew, as it partitions the rows: %s', a.attname,
                               b.keys)
                   WHEN b.users IS NOT NULL
                   THEN format('before %I can be bigint, what uses it has to be dropped, and made again after: %s',
                               a.attname, b.users)
              END) r (reason)
 ORDER BY a.nspname, a.relname;

-- lint_sequence_parts: the number of parts for lint_sequence_near_end
SELECT (count(*) + 999) / 1000 AS parts FROM pg_sequence;

-- lint_hidden: sequences whose state the reader has no right to
SELECT format('%I.%I', n.nspname, c.relname) AS object
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname;
