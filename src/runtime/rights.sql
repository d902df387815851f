-- rights_findings: excess and missing privileges of the role: it needs privileges $2 on tables $1; $3: it may own them
WITH me AS (
    SELECT r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls FROM pg_roles r
     WHERE r.rolname = current_user
), wanted AS (
    SELECT to_regclass(w.name) AS oid, w.rights FROM unnest($1::text[], string_to_array($2::text, ';')) AS w (name, rights)
), tables AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relowner AS owner,
           coalesce(w.rights, CASE n.nspname WHEN 'orgd' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE '' END) AS rights
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN wanted w ON w.oid = c.oid
     WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'orgd')
), owned AS (
    SELECT count(*) AS count FROM tables t WHERE pg_has_role(t.owner, 'USAGE')
), each_right AS (
    SELECT t.name, p.privilege, p.privilege = ANY (string_to_array(t.rights, ', ')) AS needed,
           has_table_privilege(t.oid, p.privilege) AS held
      FROM tables t
     CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (privilege)
), findings AS (
    SELECT 1 AS place, true AS excess, 'it is a superuser' AS what FROM me WHERE me.rolsuper
    UNION ALL
    SELECT 2, true, 'it has the attribute ' || a.name
      FROM me
     CROSS JOIN LATERAL (VALUES ('CREATEROLE', me.rolcreaterole), ('CREATEDB', me.rolcreatedb), ('REPLICATION', me.rolreplication),
                                ('BYPASSRLS', me.rolbypassrls)) AS a (name, held)
     WHERE a.held AND NOT me.rolsuper
    UNION ALL
    SELECT 3, true, 'it is a member of ' || g.rolname
      FROM pg_roles g
     CROSS JOIN me
     WHERE g.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_read_all_data',
                         'pg_write_all_data')
       AND NOT me.rolsuper AND pg_has_role(g.oid, 'MEMBER')
    UNION ALL
    SELECT 4, true, format('it owns %s tables, so that it can drop them and switch their triggers off', o.count)
      FROM owned o WHERE o.count > 0 AND NOT $3::boolean
    UNION ALL
    SELECT 5, true, 'it may create objects in the schema ' || n.nspname
      FROM pg_namespace n
     CROSS JOIN owned o
     WHERE n.nspname IN ('public', 'orgd') AND has_schema_privilege(n.oid, 'CREATE') AND o.count = 0
    UNION ALL
    SELECT 6, true, 'it may create schemas in the database'
      FROM owned o WHERE has_database_privilege(current_database(), 'CREATE') AND o.count = 0
    UNION ALL
    SELECT 7, true, format('it may %s %s, and does not need to', r.privilege, string_agg(r.name, ', ' ORDER BY r.name))
      FROM each_right r
     CROSS JOIN owned o
     WHERE r.held AND NOT r.needed AND r.privilege <> 'SELECT' AND o.count = 0
     GROUP BY r.privilege
    UNION ALL
    SELECT 8, true, format('it may use %s in triggers of its own tables, and so run code as the role %s',
                           string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.oid::regprocedure::text), pg_get_userbyid(p.proowner))
      FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname IN ('public', 'orgd') AND p.prosecdef AND p.prorettype = 'trigger'::regtype
       AND has_function_privilege(p.oid, 'EXECUTE') AND NOT pg_has_role(p.proowner, 'USAGE')
     GROUP BY p.proowner
    UNION ALL
    SELECT 9, true, format('it would run functions that other roles may create in the schema %s: %s', n.nspname,
                           string_agg(r.rolname, ', ' ORDER BY r.rolname))
      FROM pg_namespace n
     CROSS JOIN owned o
     CROSS JOIN pg_roles r
     WHERE n.nspname IN ('public', 'orgd') AND o.count = 0 AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> current_user
       AND has_schema_privilege(r.oid, n.oid, 'CREATE') AND NOT pg_has_role(r.oid, n.nspowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM tables t WHERE pg_has_role(r.oid, t.owner, 'USAGE'))
     GROUP BY n.nspname
    UNION ALL
    SELECT 10, false, 'it may not use the schema ' || n.nspname
      FROM pg_namespace n WHERE n.nspname IN ('public', 'orgd') AND NOT has_schema_privilege(n.oid, 'USAGE')
    UNION ALL
    SELECT 11, false, format('it may not %s %s', r.privilege, string_agg(r.name, ', ' ORDER BY r.name))
      FROM each_right r WHERE r.needed AND NOT r.held GROUP BY r.privilege
)
SELECT f.excess, format('the role %s: %s', current_user, f.what) AS text FROM findings f ORDER BY f.place, f.what;

-- doctor_clock: the time of the database in microseconds
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now_us;
