-- schema_privileges: lines of the kind privilege: beyond what an object has by default
WITH object AS (
    SELECT 'pg_class'::regclass AS class, c.oid AS object, 0 AS part,
           CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END AS type,
           c.relowner AS owner, c.relacl AS acl, c.relnamespace AS schema
      FROM pg_class c
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum, 'c', c.relowner, a.attacl, c.relnamespace
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, 'f', p.proowner, p.proacl, p.pronamespace FROM pg_proc p
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, 'T', t.typowner, t.typacl, t.typnamespace FROM pg_type t
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, 'n', n.nspowner, n.nspacl, n.oid FROM pg_namespace n
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 0, 'l', l.lanowner, l.lanacl, NULL FROM pg_language l
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0, 'F', w.fdwowner, w.fdwacl, NULL FROM pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'S', s.srvowner, s.srvacl, NULL FROM pg_foreign_server s
    UNION ALL
    SELECT 'pg_database'::regclass, d.oid, 0, 'd', d.datdba, d.datacl, NULL FROM pg_database d
     WHERE d.datname = current_database()
), changed AS (
    SELECT o.class, o.object, o.part, o.owner, o.acl, coalesce(i.initprivs, acldefault(o.type, o.owner)) AS basis
      FROM object o
      LEFT JOIN pg_namespace n ON n.oid = o.schema
      -- what an extension's script or initdb gave; but `public` is not made alike by all versions
      LEFT JOIN pg_init_privs i ON (i.classoid, i.objoid, i.objsubid) = (o.class, o.object, o.part)
                               AND o.class <> 'pg_namespace'::regclass
     WHERE o.acl IS NOT NULL AND (o.schema IS NULL OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
), entry AS (
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(c.acl) x
    EXCEPT
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(c.basis) x
)
SELECT i.type, CASE i.type WHEN 'database' THEN 'current' ELSE i.identity END, r.role,
       array_agg(DISTINCT e.privilege_type || CASE WHEN e.is_grantable THEN '-WITH-GRANT-OPTION' ELSE '' END)
  FROM entry e
 CROSS JOIN LATERAL pg_identify_object(e.class, e.object, e.part) i
 CROSS JOIN LATERAL (SELECT CASE e.grantee WHEN 0 THEN 'public' WHEN e.owner THEN '(owner)'
                                 ELSE quote_ident(pg_get_userbyid(e.grantee)) END) r (role)
 WHERE i.type IS NOT NULL
 GROUP BY i.type, i.identity, r.role
 ORDER BY i.type COLLATE "C", i.identity COLLATE "C", r.role COLLATE "C";

-- schema_revocations: lines of the kind revoked privilege: default ones that an object lacks
WITH object AS (
    SELECT 'pg_class'::regclass AS class, c.oid AS object, 0 AS part,
           CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END AS type,
           c.relowner AS owner, c.relacl AS acl, c.relnamespace AS schema
      FROM pg_class c
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum, 'c', c.relowner, a.attacl, c.relnamespace
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, 'f', p.proowner, p.proacl, p.pronamespace FROM pg_proc p
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, 'T', t.typowner, t.typacl, t.typnamespace FROM pg_type t
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, 'n', n.nspowner, n.nspacl, n.oid FROM pg_namespace n
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 0, 'l', l.lanowner, l.lanacl, NULL FROM pg_language l
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0, 'F', w.fdwowner, w.fdwacl, NULL FROM pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'S', s.srvowner, s.srvacl, NULL FROM pg_foreign_server s
    UNION ALL
    SELECT 'pg_database'::regclass, d.oid, 0, 'd', d.datdba, d.datacl, NULL FROM pg_database d
     WHERE d.datname = current_database()
), changed AS (
    SELECT o.class, o.object, o.part, o.owner, o.acl, coalesce(i.initprivs, acldefault(o.type, o.owner)) AS basis
      FROM object o
      LEFT JOIN pg_namespace n ON n.oid = o.schema
      -- what an extension's script or initdb gave; but `public` is not made alike by all versions
      LEFT JOIN pg_init_privs i ON (i.classoid, i.objoid, i.objsubid) = (o.class, o.object, o.part)
                               AND o.class <> 'pg_namespace'::regclass
     WHERE o.acl IS NOT NULL AND (o.schema IS NULL OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
), entry AS (
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(c.basis) x
    EXCEPT
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(c.acl) x
)
SELECT i.type, CASE i.type WHEN 'database' THEN 'current' ELSE i.identity END, r.role,
       array_agg(DISTINCT e.privilege_type || CASE WHEN e.is_grantable THEN '-WITH-GRANT-OPTION' ELSE '' END)
  FROM entry e
 CROSS JOIN LATERAL pg_identify_object(e.class, e.object, e.part) i
 CROSS JOIN LATERAL (SELECT CASE e.grantee WHEN 0 THEN 'public' WHEN e.owner THEN '(owner)'
                                 ELSE quote_ident(pg_get_userbyid(e.grantee)) END) r (role)
 WHERE i.type IS NOT NULL
 GROUP BY i.type, i.identity, r.role
 ORDER BY i.type COLLATE "C", i.identity COLLATE "C", r.role COLLATE "C";

-- schema_default_privileges: lines of the kind default privilege; those of the owner where they are not all there are
SELECT quote_ident(pg_get_userbyid(d.defaclrole)), v.schema, v.type,
       ARRAY(SELECT i::text FROM unnest(d.defaclacl) i CROSS JOIN LATERAL aclexplode(ARRAY[i]) x
              WHERE x.grantee <> d.defaclrole
                 OR d.defaclnamespace = 0
                    AND i::text NOT IN (SELECT o::text
                                          FROM unnest(acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's'::"char"
                                                                                      ELSE d.defaclobjtype END,
                                                                 d.defaclrole)) o)
              GROUP BY i::text
              UNION ALL
             SELECT format('%s=/%s', o.name, o.name)
               FROM (SELECT quote_ident(pg_get_userbyid(d.defaclrole))) o (name)
              WHERE d.defaclnamespace = 0
                AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) x WHERE x.grantee = d.defaclrole)
              ORDER BY 1)
  FROM pg_default_acl d
  LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
 CROSS JOIN LATERAL (SELECT coalesce(quote_ident(n.nspname), '(all schemas)'),
                            CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
                                                 WHEN 'f' THEN 'functions'
                                                 WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects'
                            END) v (schema, type)
 ORDER BY quote_ident(pg_get_userbyid(d.defaclrole)) COLLATE "C", v.schema COLLATE "C", v.type COLLATE "C";

-- schema_comments: lines of the kind comment; not those that every database is made with
SELECT i.type, CASE i.type WHEN 'database' THEN 'current' ELSE i.identity END, d.description
  FROM (SELECT classoid, objoid, objsubid, description FROM pg_description
        UNION ALL
        SELECT s.classoid, s.objoid, 0, s.description
          FROM pg_shdescription s
          JOIN pg_database d ON s.classoid = 'pg_database'::regclass AND d.oid = s.objoid
         WHERE d.datname = current_database()
        UNION ALL
        SELECT 'pg_namespace'::regclass, n.oid, 0, '' -- it was made with one
          FROM pg_namespace n
         WHERE n.nspname = 'public' AND obj_description(n.oid, 'pg_namespace') IS NULL) d
 CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
 WHERE (d.objoid >= 16384 OR d.classoid IN ('pg_extension'::regclass, 'pg_database'::regclass)
        OR d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public'))
   AND NOT (d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public')
            AND d.description = 'standard public schema')
   AND i.type IS NOT NULL AND coalesce(i.schema, '') !~ '^pg_' AND d.classoid <> 'pg_largeobject'::regclass
   AND NOT (d.classoid IN ('pg_trigger'::regclass, 'pg_rewrite'::regclass, 'pg_policy'::regclass)
            AND i.identity ~ ' on pg_temp_[0-9]+[.]("([^"]|"")*"|[^".]+)$')
   AND (d.classoid, d.objoid) NOT IN (SELECT e.classid, e.objid FROM pg_depend e
                                       WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')
 ORDER BY i.type COLLATE "C", i.identity COLLATE "C";

-- schema_others: lines of the kind other object; a family lists the members that belong to none of its classes
WITH member AS (
    SELECT 'pg_amop'::regclass AS class, m.oid AS object,
           format('OPERATOR %s %s%s', m.amopstrategy, m.amopopr::regoperator,
                  CASE WHEN m.amoppurpose = 'o' THEN
                      (SELECT format(' FOR ORDER BY %s', i.identity)
                         FROM pg_identify_object('pg_opfamily'::regclass, m.amopsortfamily, 0) i)
                  END) AS text
      FROM pg_amop m
    UNION ALL
    SELECT 'pg_amproc'::regclass, m.oid,
           format('FUNCTION %s (%s, %s) %s', m.amprocnum, format_type(m.amproclefttype, NULL),
                  format_type(m.amprocrighttype, NULL), m.amproc::regprocedure)
      FROM pg_amproc m
), owned AS (
    SELECT d.refclassid AS class, d.refobjid AS object, string_agg(m.text, ', ' ORDER BY m.text COLLATE "C") AS members
      FROM member m
      JOIN pg_depend d ON d.classid = m.class AND d.objid = m.object
                      AND (d.refclassid = 'pg_opclass'::regclass OR d.refclassid = 'pg_opfamily'::regclass AND d.deptype = 'a')
     WHERE m.object >= 16384
     GROUP BY d.refclassid, d.refobjid
), object AS (
    SELECT 'pg_operator'::regclass AS class, o.oid AS object, o.oprnamespace AS schema,
           concat_ws(' ', 'FUNCTION', o.oprcode::regprocedure,
                     CASE WHEN o.oprcom <> 0 THEN format('COMMUTATOR %s', o.oprcom::regoperator) END,
                     CASE WHEN o.oprnegate <> 0 THEN format('NEGATOR %s', o.oprnegate::regoperator) END,
                     CASE WHEN o.oprrest <> 0 THEN format('RESTRICT %s', o.oprrest) END,
                     CASE WHEN o.oprjoin <> 0 THEN format('JOIN %s', o.oprjoin) END,
                     CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END) AS definition
      FROM pg_operator o
    UNION ALL
    SELECT 'pg_opclass'::regclass, c.oid, c.opcnamespace,
           concat_ws(' ', CASE WHEN c.opcdefault THEN 'DEFAULT' END, 'FOR TYPE', format_type(c.opcintype, NULL), 'FAMILY',
                     (SELECT i.identity FROM pg_identify_object('pg_opfamily'::regclass, c.opcfamily, 0) i),
                     CASE WHEN c.opckeytype <> 0 THEN format('STORAGE %s', format_type(c.opckeytype, NULL)) END,
                     (SELECT w.members FROM owned w WHERE w.class = 'pg_opclass'::regclass AND w.object = c.oid))
      FROM pg_opclass c
    UNION ALL
    SELECT 'pg_opfamily'::regclass, f.oid, f.opfnamespace, coalesce(w.members, 'EMPTY')
      FROM pg_opfamily f
      LEFT JOIN owned w ON w.class = 'pg_opfamily'::regclass AND w.object = f.oid
    UNION ALL
    SELECT 'pg_am'::regclass, a.oid, NULL, format('TYPE %s HANDLER %s', a.amtype, a.amhandler) FROM pg_am a
    UNION ALL
    SELECT 'pg_cast'::regclass, c.oid, NULL,
           CASE c.castmethod WHEN 'f' THEN format('FUNCTION %s', c.castfunc::regprocedure) WHEN 'i' THEN 'INOUT' ELSE 'BINARY' END
           || CASE c.castcontext WHEN 'a' THEN ' ASSIGNMENT' WHEN 'i' THEN ' IMPLICIT' ELSE '' END
      FROM pg_cast c
    UNION ALL
    SELECT 'pg_conversion'::regclass, c.oid, c.connamespace,
           concat_ws(' ', CASE WHEN c.condefault THEN 'DEFAULT' END, 'FOR', pg_encoding_to_char(c.conforencoding),
                     'TO', pg_encoding_to_char(c.contoencoding), 'FROM', c.conproc)
      FROM pg_conversion c
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, NULL,
           concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END, 'HANDLER', l.lanplcallfoid::regproc,
                     CASE WHEN l.laninline <> 0 THEN format('INLINE %s', l.laninline::regproc) END,
                     CASE WHEN l.lanvalidator <> 0 THEN format('VALIDATOR %s', l.lanvalidator::regproc) END)
      FROM pg_language l
    UNION ALL
    SELECT 'pg_transform'::regclass, t.oid, NULL, format('FROM SQL %s TO SQL %s', t.trffromsql::regprocedure, t.trftosql::regprocedure)
      FROM pg_transform t
    UNION ALL
    SELECT 'pg_ts_config'::regclass, c.oid, c.cfgnamespace,
           concat_ws(' ', 'PARSER', (SELECT i.identity FROM pg_identify_object('pg_ts_parser'::regclass, c.cfgparser, 0) i),
                     (SELECT string_agg(format('MAPPING FOR %s WITH %s', t.alias, t.dictionaries), ' ' ORDER BY t.alias COLLATE "C")
                        FROM (SELECT k.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
                                FROM pg_ts_config_map m
                               CROSS JOIN LATERAL ( -- only a custom parser could name them
                                     SELECT k.alias FROM ts_token_type(c.cfgparser) k
                                      WHERE c.cfgparser < 16384 AND k.tokid = m.maptokentype
                                      UNION ALL
                                     SELECT m.maptokentype::text WHERE c.cfgparser >= 16384) k
                               WHERE m.mapcfg = c.oid
                               GROUP BY k.alias) t))
      FROM pg_ts_config c
     WHERE c.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid, d.dictnamespace,
           concat_ws(' ', 'TEMPLATE', (SELECT i.identity FROM pg_identify_object('pg_ts_template'::regclass, d.dicttemplate, 0) i),
                     d.dictinitoption)
      FROM pg_ts_dict d
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, p.oid, p.prsnamespace,
           format('START %s GETTOKEN %s END %s HEADLINE %s LEXTYPES %s', p.prsstart, p.prstoken, p.prsend, p.prsheadline,
                  p.prslextype)
      FROM pg_ts_parser p
    UNION ALL
    SELECT 'pg_ts_template'::regclass, t.oid, t.tmplnamespace, format('INIT %s LEXIZE %s', t.tmplinit, t.tmpllexize) FROM pg_ts_template t
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, t.typnamespace,
           CASE WHEN NOT t.typisdefined THEN 'SHELL'
                ELSE concat_ws(' ', 'INPUT', t.typinput, 'OUTPUT', t.typoutput, 'RECEIVE', t.typreceive, 'SEND', t.typsend,
                               'TYPMOD', t.typmodin, t.typmodout, 'ANALYZE', t.typanalyze, 'LENGTH', t.typlen,
                               CASE WHEN t.typbyval THEN 'BY VALUE' END, 'ALIGNMENT', t.typalign, 'STORAGE', t.typstorage,
                               'CATEGORY', t.typcategory, CASE WHEN t.typispreferred THEN 'PREFERRED' END,
                               CASE WHEN t.typelem <> 0 THEN format('ELEMENT %s', format_type(t.typelem, NULL)) END,
                               format('DELIMITER %L', t.typdelim),
                               'SUBSCRIPT ' || nullif(to_jsonb(t) ->> 'typsubscript', '-'),
                               CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE' END,
                               format('DEFAULT %L', t.typdefault))
           END
      FROM pg_type t
     WHERE t.typtype IN ('b', 'p') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
)
SELECT i.type, i.identity, o.definition
  FROM object o
 CROSS JOIN LATERAL pg_identify_object(o.class, o.object, 0) i
  LEFT JOIN pg_namespace n ON n.oid = o.schema
 WHERE o.object >= 16384 AND coalesce(n.nspname, '') !~ '^pg_'
   AND NOT coalesce(o.class = 'pg_cast'::regclass AND o.definition || i.identity ~ 'pg_temp_[0-9]+[.]', false)
   AND (o.class, o.object) NOT IN (SELECT e.classid, e.objid FROM pg_depend e
                                    WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = o.class AND e.objid = o.object AND e.deptype = 'i')
 ORDER BY i.type COLLATE "C", i.identity COLLATE "C";
