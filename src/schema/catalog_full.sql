-- schema_schemas: lines of the kind schema
SELECT n.nspname
  FROM pg_namespace n
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND n.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_namespace'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname;

-- schema_extension_schemas: lines of the kind schema of an extension
SELECT x.extname, n.nspname
  FROM pg_extension x
  JOIN pg_namespace n ON n.oid = x.extnamespace
 ORDER BY x.extname;

-- schema_domains: lines of the kind domain
SELECT n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
       (SELECT format('%I.%I', q.nspname, l.collname)
          FROM pg_collation l
          JOIN pg_namespace q ON q.oid = l.collnamespace
         WHERE l.oid = t.typcollation AND t.typcollation <> b.typcollation),
       t.typnotnull, pg_get_expr(t.typdefaultbin, 0)
  FROM pg_type t
  JOIN pg_type b ON b.oid = t.typbasetype
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'd'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND t.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_type'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname;

-- schema_domain_constraints: lines of the kind domain constraint
SELECT n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k
  JOIN pg_type t ON t.oid = k.contypid
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE k.contype = 'c'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND t.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_type'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname, k.conname;

-- schema_composites: lines of the kind composite type
SELECT n.nspname, c.relname,
       ARRAY(SELECT a.attname FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'c'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.reltype NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_type'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_attributes: lines of the kind attribute
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       (SELECT format('%I.%I', q.nspname, l.collname)
          FROM pg_collation l
          JOIN pg_namespace q ON q.oid = l.collnamespace
         WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relkind = 'c'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.reltype NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_type'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname;

-- schema_ranges: lines of the kind range type
SELECT n.nspname, t.typname, format_type(r.rngsubtype, NULL),
       (SELECT format('%I.%I', q.nspname, o.opcname)
          FROM pg_opclass o
          JOIN pg_namespace q ON q.oid = o.opcnamespace
         WHERE o.oid = r.rngsubopc),
       (SELECT format('%I.%I', q.nspname, l.collname)
          FROM pg_collation l
          JOIN pg_namespace q ON q.oid = l.collnamespace
         WHERE l.oid = r.rngcollation AND r.rngcollation <> b.typcollation),
       nullif(r.rngcanonical::oid, 0)::regprocedure, nullif(r.rngsubdiff::oid, 0)::regprocedure,
       format_type((to_jsonb(r) ->> 'rngmultitypid')::oid, NULL)
  FROM pg_range r
  JOIN pg_type t ON t.oid = r.rngtypid
  JOIN pg_type b ON b.oid = r.rngsubtype
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND t.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_type'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, t.typname;

-- schema_collations: lines of the kind collation
SELECT n.nspname, l.collname,
       CASE l.collprovider WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'default' END,
       quote_literal(concat_ws(' ', coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale',
                                             l.collcollate),
                               nullif(l.collctype, l.collcollate))),
       NOT l.collisdeterministic, quote_literal(to_jsonb(l) ->> 'collicurules')
  FROM pg_collation l
  JOIN pg_namespace n ON n.oid = l.collnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND l.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_collation'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, l.collname;

-- schema_column_collations: lines of the kind column collation
SELECT n.nspname, c.relname, a.attname, format('%I.%I', q.nspname, l.collname)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid AND t.typcollation <> a.attcollation
  JOIN pg_collation l ON l.oid = a.attcollation
  JOIN pg_namespace q ON q.oid = l.collnamespace
 WHERE c.relkind IN ('r', 'p', 'f')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname;

-- schema_functions: lines of the kind function; without the constructors of range types
SELECT n.nspname, p.proname, oidvectortypes(p.proargtypes),
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE
           format('CREATE AGGREGATE %I.%I(%s) (%s)', n.nspname, p.proname, pg_get_function_arguments(p.oid),
                  concat_ws(', ',
                            'SFUNC = ' || g.aggtransfn::oid::regprocedure,
                            'STYPE = ' || format_type(g.aggtranstype, NULL),
                            'SSPACE = ' || nullif(g.aggtransspace, 0),
                            'FINALFUNC = ' || nullif(g.aggfinalfn::oid, 0)::regprocedure,
                            CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                            'FINALFUNC_MODIFY = ' || g.aggfinalmodify::text,
                            'COMBINEFUNC = ' || nullif(g.aggcombinefn::oid, 0)::regprocedure,
                            'SERIALFUNC = ' || nullif(g.aggserialfn::oid, 0)::regprocedure,
                            'DESERIALFUNC = ' || nullif(g.aggdeserialfn::oid, 0)::regprocedure,
                            'INITCOND = ' || quote_literal(g.agginitval),
                            'MSFUNC = ' || nullif(g.aggmtransfn::oid, 0)::regprocedure,
                            'MINVFUNC = ' || nullif(g.aggminvtransfn::oid, 0)::regprocedure,
                            'MSTYPE = ' || format_type(nullif(g.aggmtranstype, 0), NULL),
                            'MSSPACE = ' || nullif(g.aggmtransspace, 0),
                            'MFINALFUNC = ' || nullif(g.aggmfinalfn::oid, 0)::regprocedure,
                            CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
                            'MFINALFUNC_MODIFY = ' || g.aggmfinalmodify::text,
                            'MINITCOND = ' || quote_literal(g.aggminitval),
                            'SORTOP = ' || nullif(g.aggsortop, 0)::regoperator,
                            'KIND = ' || g.aggkind::text,
                            'PARALLEL = ' || p.proparallel::text))
       END
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND p.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_proc'::regclass
                        AND e.deptype = 'e')
   AND NOT EXISTS (SELECT FROM pg_depend i
                    WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
 ORDER BY n.nspname, p.proname, oidvectortypes(p.proargtypes) COLLATE "C";

-- schema_sequence_settings: lines of the kind sequence setting
SELECT n.nspname, c.relname, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_sequence_ownership: lines of the kind sequence ownership
SELECT n.nspname, c.relname, q.nspname, t.relname, a.attname, d.deptype = 'i'
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
                  AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  JOIN pg_class t ON t.oid = d.refobjid
  JOIN pg_namespace q ON q.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
 WHERE c.relkind = 'S'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_partition_keys: lines of the kind partition key
SELECT n.nspname, c.relname, pg_get_partkeydef(c.oid)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'p'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_partitions: lines of the kind partition
SELECT n.nspname, c.relname, q.nspname, t.relname,
       pg_get_expr(c.relpartbound, 0)
       || CASE WHEN (to_jsonb(i) ->> 'inhdetachpending')::boolean THEN ' DETACH PENDING' ELSE '' END
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_inherits i ON i.inhrelid = c.oid
  JOIN pg_class t ON t.oid = i.inhparent
  JOIN pg_namespace q ON q.oid = t.relnamespace
 WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_inheritance: lines of the kind inheritance
SELECT n.nspname, c.relname, q.nspname, t.relname, row_number() OVER (PARTITION BY c.oid ORDER BY i.inhseqno)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_inherits i ON i.inhrelid = c.oid
  JOIN pg_class t ON t.oid = i.inhparent
  JOIN pg_namespace q ON q.oid = t.relnamespace
 WHERE NOT c.relispartition AND c.relkind IN ('r', 'f')
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, q.nspname, t.relname;

-- schema_properties: lines of the kind property; replica identity and clustering belong to the table, as does persistence
SELECT n.nspname, coalesce(v.relation, c.relname), v.name, v.value
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_am m ON m.oid = c.relam
  LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
  LEFT JOIN pg_index x ON x.indexrelid = c.oid
  LEFT JOIN pg_class t ON t.oid = x.indrelid
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S'
                       AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_class o ON o.oid = d.refobjid
 CROSS JOIN LATERAL (VALUES
       ('access-method', CASE WHEN c.relkind IN ('r', 'm', 'p') AND m.amname <> 'heap' THEN m.amname END, NULL::name),
       ('clustered', CASE WHEN x.indisclustered THEN 'index ' || c.relname END, t.relname),
       ('constraint-triggers', CASE WHEN c.relkind IN ('r', 'p') AND c.relhastriggers THEN
            (SELECT string_agg(DISTINCT format('%I on %I.%I fires %s', k.conname, w.nspname, r.relname,
                                               CASE g.tgenabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas'
                                                                ELSE 'always' END) COLLATE "C", ', ')
               FROM pg_trigger g
               JOIN pg_constraint k ON k.oid = g.tgconstraint
               JOIN pg_class r ON r.oid = k.conrelid
               JOIN pg_namespace w ON w.oid = r.relnamespace
              WHERE g.tgrelid = c.oid AND g.tgisinternal AND g.tgenabled <> 'O'
                AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.oid = k.conparentid AND o.conrelid = k.conrelid))
                              END, NULL),
       ('of-type', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END, NULL),
       ('persistence', CASE WHEN c.relpersistence <> coalesce(t.relpersistence, o.relpersistence, 'p') THEN
                                CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END
                       END, NULL),
       ('populated', CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'no' END, NULL),
       ('replica-identity', CASE WHEN c.relkind IN ('r', 'p', 'm') THEN
                                     CASE WHEN c.relreplident = 'f' THEN 'full' WHEN c.relreplident = 'n' THEN 'nothing'
                                          WHEN c.relreplident = 'i'
                                               AND NOT EXISTS (SELECT FROM pg_index y
                                                                WHERE y.indrelid = c.oid AND y.indisreplident)
                                          THEN 'a dropped index' END -- SCHEMA_DROPPED_INDEX
                            END, NULL),
       ('replica-identity', CASE WHEN x.indisreplident THEN 'index ' || c.relname END, t.relname),
       ('row-security', CASE WHEN c.relrowsecurity THEN 'enabled' END, NULL),
       ('row-security-of-owner', CASE WHEN c.relforcerowsecurity THEN 'forced' END, NULL),
       ('tablespace', quote_ident(s.spcname), NULL),
       ('valid', CASE WHEN NOT x.indisvalid THEN
                     concat_ws(', not on ', 'no',
                               (SELECT string_agg(format('%I.%I', w.nspname, r.relname), ', '
                                                  ORDER BY w.nspname, r.relname)
                                  FROM pg_inherits h
                                  JOIN pg_class r ON r.oid = h.inhrelid
                                  JOIN pg_namespace w ON w.oid = r.relnamespace
                                 WHERE c.relkind = 'I' AND h.inhparent = x.indrelid
                                   AND NOT EXISTS (SELECT FROM pg_index y
                                                     JOIN pg_inherits g ON g.inhrelid = y.indexrelid
                                                                       AND g.inhparent = c.oid
                                                    WHERE y.indrelid = h.inhrelid)))
                 END, NULL)) v (name, value, relation)
 WHERE v.value IS NOT NULL
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, coalesce(v.relation, c.relname), v.name COLLATE "C";

-- schema_column_properties: lines of the kind column property
SELECT n.nspname, c.relname, a.attname, v.name, v.value
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
 CROSS JOIN LATERAL (VALUES
       ('compression', CASE WHEN c.relkind NOT IN ('i', 'I') THEN
                           CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END
                       END),
       ('default', CASE WHEN c.relkind = 'v' THEN (SELECT pg_get_expr(d.adbin, 0) FROM pg_attrdef d
                                                    WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)
                   END),
       ('statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END),
       ('storage', CASE WHEN a.attstorage <> t.typstorage AND c.relkind NOT IN ('i', 'I') THEN
                            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                                              ELSE 'extended' END
                   END)) v (name, value)
 WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v', 'i', 'I') AND v.value IS NOT NULL
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname, v.name COLLATE "C";

-- schema_column_properties_13: lines of the kind column property, before version 14
SELECT n.nspname, c.relname, a.attname, v.name, v.value
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
 CROSS JOIN LATERAL (VALUES
       ('default', CASE WHEN c.relkind = 'v' THEN (SELECT pg_get_expr(d.adbin, 0) FROM pg_attrdef d
                                                    WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)
                   END),
       ('statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END),
       ('storage', CASE WHEN a.attstorage <> t.typstorage AND c.relkind NOT IN ('i', 'I') THEN
                            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                                              ELSE 'extended' END
                   END)) v (name, value)
 WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v', 'i', 'I') AND v.value IS NOT NULL
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname, v.name COLLATE "C";

-- schema_parameters: lines of the kind storage parameter; those of a table's TOAST table begin with toast
SELECT n.nspname, c.relname, o.name, o.value
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class h ON h.oid = c.reltoastrelid
 CROSS JOIN LATERAL (SELECT option_name, option_value FROM pg_options_to_table(c.reloptions)
                     UNION ALL
                     SELECT 'toast.' || option_name, option_value
                       FROM pg_options_to_table(h.reloptions)) o (name, value)
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, o.name COLLATE "C";

-- schema_column_parameters: lines of the kind column parameter; the server's own bookkeeping begins with pg_
SELECT n.nspname, c.relname, a.attname, o.option_name, o.option_value
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.attoptions IS NOT NULL
 CROSS JOIN LATERAL pg_options_to_table(a.attoptions) o
 WHERE o.option_name !~ '^pg_'
   AND c.relkind NOT IN ('i', 'I') -- which has them in its definition
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname, o.option_name COLLATE "C";

-- schema_rules: lines of the kind rule; without the rule of a view
SELECT n.nspname, c.relname, r.rulename, pg_get_ruledef(r.oid)
  FROM pg_rewrite r
  JOIN pg_class c ON c.oid = r.ev_class
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE r.rulename <> '_RETURN'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, r.rulename;

-- schema_trigger_firing: lines of the kind firing of a trigger
SELECT n.nspname, c.relname, t.tgname,
       CASE t.tgenabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END
  FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND t.tgenabled <> 'O'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, t.tgname;

-- schema_rule_firing: lines of the kind firing of a rule
SELECT n.nspname, c.relname, r.rulename,
       CASE r.ev_enabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END
  FROM pg_rewrite r
  JOIN pg_class c ON c.oid = r.ev_class
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE r.ev_enabled <> 'O'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, r.rulename;

-- schema_event_triggers: lines of the kind event trigger
SELECT t.evtname, t.evtevent, (SELECT array_agg(g ORDER BY g COLLATE "C") FROM unnest(t.evttags) g), t.evtfoid::regprocedure,
       CASE t.evtenabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END
  FROM pg_event_trigger t
 WHERE t.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_event_trigger'::regclass
                        AND e.deptype = 'e')
 ORDER BY t.evtname;

-- schema_policies: lines of the kind policy
SELECT n.nspname, c.relname, p.polname, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
       CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                     ELSE 'ALL' END,
       ARRAY(SELECT CASE WHEN r.role = 0 THEN 'public' ELSE pg_get_userbyid(r.role) END
               FROM unnest(p.polroles) r (role) ORDER BY 1),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  FROM pg_policy p
  JOIN pg_class c ON c.oid = p.polrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, p.polname;

-- schema_foreign_wrappers: lines of the kind foreign data wrapper
SELECT w.fdwname, nullif(w.fdwhandler, 0)::regprocedure, nullif(w.fdwvalidator, 0)::regprocedure,
       (SELECT array_agg(o ORDER BY o COLLATE "C") FROM unnest(w.fdwoptions) o)
  FROM pg_foreign_data_wrapper w
 WHERE w.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_foreign_data_wrapper'::regclass
                        AND e.deptype = 'e')
 ORDER BY w.fdwname;

-- schema_foreign_servers: lines of the kind foreign server
SELECT s.srvname, w.fdwname, quote_literal(s.srvtype), quote_literal(s.srvversion),
       (SELECT array_agg(o ORDER BY o COLLATE "C") FROM unnest(s.srvoptions) o)
  FROM pg_foreign_server s
  JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
 WHERE s.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_foreign_server'::regclass
                        AND e.deptype = 'e')
 ORDER BY s.srvname;

-- schema_foreign_tables: lines of the kind foreign table
SELECT n.nspname, c.relname, s.srvname,
       (SELECT array_agg(o ORDER BY o COLLATE "C") FROM unnest(f.ftoptions) o),
       ARRAY(SELECT a.attname FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
  FROM pg_foreign_table f
  JOIN pg_foreign_server s ON s.oid = f.ftserver
  JOIN pg_class c ON c.oid = f.ftrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname;

-- schema_foreign_columns: lines of the kind foreign column
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       CASE WHEN a.attgenerated = '' AND a.attidentity = '' THEN pg_get_expr(d.adbin, 0) END,
       CASE
           WHEN a.attgenerated = 's' THEN 'ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
           WHEN a.attgenerated = 'v' THEN 'ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
           WHEN a.attidentity = 'a' THEN 'ALWAYS AS IDENTITY'
           WHEN a.attidentity = 'd' THEN 'BY DEFAULT AS IDENTITY'
       END,
       (SELECT array_agg(o ORDER BY o COLLATE "C") FROM unnest(a.attfdwoptions) o)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind = 'f'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND c.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, c.relname, a.attname;

-- schema_publications: lines of the kind publication
SELECT p.pubname,
       ARRAY(SELECT v.name FROM (VALUES (p.pubinsert, 'insert'), (p.pubupdate, 'update'), (p.pubdelete, 'delete'),
                                        (p.pubtruncate, 'truncate')) v (published, name) WHERE v.published),
       p.puballtables, to_jsonb(p) ->> 'pubviaroot' = 'true'
  FROM pg_publication p
 ORDER BY p.pubname;

-- schema_published_tables: lines of the kind published table
SELECT p.pubname, n.nspname, c.relname,
       (SELECT array_agg(a.attname ORDER BY a.attname) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)),
       pg_get_expr(r.prqual, r.prrelid)
  FROM pg_publication_rel r
  JOIN pg_publication p ON p.oid = r.prpubid
  JOIN pg_class c ON c.oid = r.prrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 ORDER BY p.pubname, n.nspname, c.relname;

-- schema_published_tables_14: lines of the kind published table, before version 15
SELECT p.pubname, n.nspname, c.relname, NULL, NULL
  FROM pg_publication_rel r
  JOIN pg_publication p ON p.oid = r.prpubid
  JOIN pg_class c ON c.oid = r.prrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 ORDER BY p.pubname, n.nspname, c.relname;

-- schema_published_schemas: lines of the kind published schema
SELECT p.pubname, n.nspname
  FROM pg_publication_namespace r
  JOIN pg_publication p ON p.oid = r.pnpubid
  JOIN pg_namespace n ON n.oid = r.pnnspid
 ORDER BY p.pubname, n.nspname;

-- schema_subscriptions: lines of the kind subscription, with settings other than the defaults
SELECT s.subname, ARRAY(SELECT p FROM unnest(s.subpublications) p ORDER BY p COLLATE "C"), NOT s.subenabled,
       (SELECT array_agg(o.name || '=' || o.value ORDER BY o.name)
          FROM (VALUES ('binary', CASE WHEN s.subbinary THEN 'true' END),
                       ('disable_on_error', CASE WHEN s.subdisableonerr THEN 'true' END),
                       ('slot_name', CASE WHEN s.subslotname IS DISTINCT FROM s.subname
                                          THEN coalesce(s.subslotname, 'NONE') END),
                       ('streaming', nullif(substr(s.substream::text, 1, 1), 'f')),
                       ('synchronous_commit', nullif(s.subsynccommit, 'off')),
                       ('two_phase', CASE WHEN s.subtwophasestate <> 'd' THEN 'true' END)) o (name, value)
         WHERE o.value IS NOT NULL)
  FROM pg_subscription s
  JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database()
 ORDER BY s.subname;

-- schema_subscriptions_14: lines of the kind subscription; before version 15
SELECT s.subname, ARRAY(SELECT p FROM unnest(s.subpublications) p ORDER BY p COLLATE "C"), NOT s.subenabled,
       (SELECT array_agg(o.name || '=' || o.value ORDER BY o.name)
          FROM (VALUES ('slot_name', CASE WHEN s.subslotname IS DISTINCT FROM s.subname
                                          THEN coalesce(s.subslotname, 'NONE') END)) o (name, value)
         WHERE o.value IS NOT NULL)
  FROM pg_subscription s
  JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database()
 ORDER BY s.subname;

-- schema_statistics: lines of the kind statistics object
SELECT n.nspname, s.stxname,
       concat_ws(' STATISTICS ', pg_get_statisticsobjdef(s.oid), nullif(to_jsonb(s) ->> 'stxstattarget', '-1'))
  FROM pg_statistic_ext s
  JOIN pg_namespace n ON n.oid = s.stxnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   AND s.oid NOT IN (SELECT e.objid FROM pg_depend e
                      WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_statistic_ext'::regclass
                        AND e.deptype = 'e')
 ORDER BY n.nspname, s.stxname;
