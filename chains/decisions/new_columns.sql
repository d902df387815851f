-- kind: part
-- The columns that the upgrade adds to tables of v0.103.5, and that somebody has added already.
SELECT c.table_name, c.column_name, c.type AS wanted, format_type(a.atttypid, a.atttypmod) AS found
  FROM (SELECT t.name AS table_name, l.name AS column_name, l.type
          FROM unnest(ARRAY['users', 'workspaces', 'projects', 'project_invitations', 'api_keys', 'secrets']) AS t (name)
         CROSS JOIN unnest(ARRAY['updated_at', 'deleted_at', 'created_by_id', 'updated_by_id', 'deleted_by_id'],
                           ARRAY['timestamp with time zone', 'timestamp with time zone', 'uuid', 'uuid', 'uuid'])
                    AS l (name, type)
         -- what v0.103.5 has
         WHERE (t.name, l.name) NOT IN (('users', 'updated_at'), ('workspaces', 'updated_at'), ('projects', 'updated_at'),
                                        ('api_keys', 'updated_at'), ('api_keys', 'created_by_id'),
                                        ('secrets', 'updated_at'), ('secrets', 'updated_by_id'))) c
  JOIN pg_attribute a ON a.attrelid = to_regclass(format('public.%I', c.table_name)) AND a.attname = c.column_name
   AND NOT a.attisdropped;
