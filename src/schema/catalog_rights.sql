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
    SELECT o.class, o.object, o.part, o.type, o.owner, o.acl
      FROM object o
      LEFT JOIN pg_namespace n ON n.oid = o.schema
     WHERE o.acl IS NOT NULL AND (o.schema IS NULL OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
       AND (o.class, o.object) NOT IN (SELECT e.classid, e.objid FROM pg_depend e
                                        WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')
), entry AS (
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(c.acl) x
    EXCEPT
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(acldefault(c.type, c.owner)) x
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
    SELECT o.class, o.object, o.part, o.type, o.owner, o.acl
      FROM object o
      LEFT JOIN pg_namespace n ON n.oid = o.schema
     WHERE o.acl IS NOT NULL AND (o.schema IS NULL OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
       AND (o.class, o.object) NOT IN (SELECT e.classid, e.objid FROM pg_depend e
                                        WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')
), entry AS (
    SELECT c.class, c.object, c.part, c.owner, x.grantee, x.privilege_type, x.is_grantable
      FROM changed c CROSS JOIN LATERAL aclexplode(acldefault(c.type, c.owner)) x
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

-- schema_default_privileges: lines of the kind default privilege; those of the owner are left out
SELECT quote_ident(pg_get_userbyid(d.defaclrole)), v.schema, v.type,
       ARRAY(SELECT i::text FROM unnest(d.defaclacl) i CROSS JOIN LATERAL aclexplode(ARRAY[i]) x
              WHERE x.grantee <> d.defaclrole GROUP BY i::text ORDER BY i::text COLLATE "C")
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
         WHERE d.datname = current_database()) d
 CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
 WHERE (d.objoid >= 16384 OR d.classoid IN ('pg_extension'::regclass, 'pg_database'::regclass)
        OR d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public')
           AND d.description <> 'standard public schema')
   AND i.type IS NOT NULL AND coalesce(i.schema, '') !~ '^pg_'
   AND (d.classoid, d.objoid) NOT IN (SELECT e.classid, e.objid FROM pg_depend e
                                       WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')
 ORDER BY i.type COLLATE "C", i.identity COLLATE "C";

-- schema_others: lines of the kind other object
SELECT i.type, i.identity
  FROM (SELECT 'pg_operator'::regclass AS class, oid AS object FROM pg_operator
        UNION ALL SELECT 'pg_opclass'::regclass, oid FROM pg_opclass
        UNION ALL SELECT 'pg_opfamily'::regclass, oid FROM pg_opfamily
        UNION ALL SELECT 'pg_am'::regclass, oid FROM pg_am
        UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast
        UNION ALL SELECT 'pg_conversion'::regclass, oid FROM pg_conversion
        UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
        UNION ALL SELECT 'pg_transform'::regclass, oid FROM pg_transform
        UNION ALL SELECT 'pg_ts_config'::regclass, oid FROM pg_ts_config
        UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict
        UNION ALL SELECT 'pg_ts_parser'::regclass, oid FROM pg_ts_parser
        UNION ALL SELECT 'pg_ts_template'::regclass, oid FROM pg_ts_template
        UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type
                   WHERE typtype IN ('b', 'p') AND NOT (typelem <> 0 AND typlen = -1)) o
 CROSS JOIN LATERAL pg_identify_object(o.class, o.object, 0) i
 WHERE o.object >= 16384 AND coalesce(i.schema, '') !~ '^pg_'
   AND (o.class, o.object) NOT IN (SELECT e.classid, e.objid FROM pg_depend e
                                    WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e')
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = o.class AND e.objid = o.object AND e.deptype = 'i')
 ORDER BY i.type COLLATE "C", i.identity COLLATE "C";
