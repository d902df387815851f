-- migrate_database: name and encoding of the database, and whether a table exists
SELECT current_database() AS name, to_regclass($1) IS NOT NULL AS landmark, current_setting('server_encoding') AS encoding;

-- migrate_is_filled: whether the database has any object that no extension created
SELECT EXISTS (SELECT
                 FROM pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
                  AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                  AND NOT EXISTS (SELECT
                                    FROM pg_depend d
                                   WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')) AS filled;

-- migrate_has_table: whether a version table exists
SELECT to_regclass($1) IS NOT NULL AS present;

-- migrate_is_enterprise: whether a v0.103.5 core database has tables of the enterprise edition
SELECT to_regclass('public.subscriptions') IS NOT NULL AND to_regclass('public.organization_members') IS NOT NULL AS enterprise;

-- migrate_lock: takes the advisory lock of runners on this database, if it is free
SELECT pg_try_advisory_lock(1869768548, 1) AS locked;

-- migrate_unlock: releases it
SELECT pg_advisory_unlock(1869768548, 1);

-- migrate_lock_holder: who holds it
SELECT a.pid, a.application_name
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1869768548 AND l.objid = 1
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 LIMIT 1;

-- migrate_blocker: the transaction that holds a lock against modes $2 on tables $1, or else the oldest transaction
SELECT a.pid, a.usename, a.application_name, a.state, extract(epoch FROM clock_timestamp() - a.xact_start)::bigint AS seconds,
       regexp_replace(left(a.query, 80), '\s+', ' ', 'g') AS query,
       CASE WHEN wanted.name IS NOT NULL THEN l.relation::regclass END AS table_name
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
  LEFT JOIN unnest($1::text[], $2::text[]) AS wanted (name, mode)
    ON l.relation = to_regclass(wanted.name)
   AND l.mode = ANY (CASE wanted.mode
           WHEN 'ROW EXCLUSIVE' THEN ARRAY['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']
           WHEN 'SHARE' THEN ARRAY['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareRowExclusiveLock',
                                   'ExclusiveLock', 'AccessExclusiveLock']
           WHEN 'ACCESS EXCLUSIVE' THEN ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock',
                                              'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
                                              'ExclusiveLock', 'AccessExclusiveLock']
           ELSE ARRAY['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
                      'ExclusiveLock', 'AccessExclusiveLock']
       END)
 WHERE l.locktype = 'relation' AND l.granted AND l.relation >= 16384 AND a.pid <> pg_backend_pid()
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND a.xact_start IS NOT NULL
 ORDER BY wanted.name IS NULL, a.xact_start
 LIMIT 1;

-- migrate_lacks: privileges and ownership of tables $1 that the role lacks
WITH tables AS (
    SELECT DISTINCT c.oid, c.relowner FROM unnest($1::text[]) AS t (name) JOIN pg_class c ON c.oid = to_regclass(t.name)
), lacks AS (
    SELECT 1 AS place,
           format('it does not own %s', string_agg(format('%s (%I does)', o.name, pg_get_userbyid(o.owner)), ', ' ORDER BY o.name))
               AS what
      FROM (SELECT t.oid::regclass::text AS name, t.relowner AS owner FROM tables t
             UNION ALL
            SELECT y.oid::regtype::text, y.typowner
              FROM pg_type y
             WHERE y.typnamespace = 'public'::regnamespace
               AND y.typname IN ('app_type_enum', 'templatetype', 'nodetype', 'treetype')) o
     WHERE NOT pg_has_role(o.owner, 'USAGE')
    HAVING count(*) > 0
    UNION ALL
    SELECT 2, format('row-level security hides rows of %s from it', string_agg(t.oid::regclass::text, ', ' ORDER BY t.oid::regclass::text))
      FROM tables t
     WHERE row_security_active(t.oid)
    HAVING count(*) > 0
    UNION ALL
    SELECT 3, 'it may not create anything in the schema public' WHERE NOT has_schema_privilege('public', 'CREATE')
    UNION ALL
    SELECT 4, 'it may not create schemas in the database' WHERE NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT 5, 'it may not create temporary tables' WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
)
SELECT current_user AS role, string_agg(l.what, '; ' ORDER BY l.place) AS lacks FROM lacks l HAVING count(*) > 0;

-- migrate_pages: pages of tables, as estimated by the planner
SELECT coalesce(sum(greatest(c.relpages, 0)), 0)::bigint AS pages
  FROM unnest($1::text[]) AS t (name)
  JOIN pg_class c ON c.oid = to_regclass(t.name);

-- migrate_set_run: settings that revisions and decisions read
SELECT set_config('orgd.default_plan', $1, true),
       set_config('orgd.legacy', $2, true),
       set_config('orgd.everyone', $3, true),
       set_config('orgd.strict', $4, true),
       set_config('orgd.exact', $5, true);
