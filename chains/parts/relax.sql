-- include: archive

-- Lets the six columns of a row's life be empty; with defaults, also adds those that the table does not have. On the
-- way back, whoever owns the organization stands in for nobody.
CREATE OR REPLACE FUNCTION pg_temp.relax(of_revision text, on_table regclass, with_default boolean) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    actions text;
    undone text;
    filled text;
BEGIN
    SELECT string_agg(action, ', ' ORDER BY place), string_agg(undo, ', ' ORDER BY place),
           string_agg(fill, ' ' ORDER BY place)
      INTO actions, undone, filled
      FROM (SELECT place,
                   CASE WHEN a.attname IS NULL THEN format('ADD COLUMN %I %s', name, type) END AS action,
                   CASE WHEN a.attname IS NULL THEN format('DROP COLUMN %I', name) END AS undo,
                   NULL AS fill
              FROM unnest(ARRAY['created_at', 'updated_at', 'deleted_at', 'created_by_id', 'updated_by_id', 'deleted_by_id'],
                          ARRAY['timestamptz', 'timestamptz', 'timestamptz', 'uuid', 'uuid', 'uuid'])
                   WITH ORDINALITY AS c (name, type, place)
              LEFT JOIN pg_attribute a ON a.attrelid = on_table AND a.attname = c.name AND NOT a.attisdropped
             WHERE with_default
            UNION ALL
            SELECT 10 + a.attnum,
                   format('ALTER COLUMN %I DROP NOT NULL', a.attname),
                   CASE WHEN stand_in.fill IS NOT NULL THEN format('ALTER COLUMN %I SET NOT NULL', a.attname) END,
                   -- where nobody can stand in, the column goes back only if it is filled
                   coalesce(stand_in.fill,
                            format('DO $undo$ BEGIN IF NOT EXISTS (SELECT FROM %s WHERE %I IS NULL) THEN'
                                   ' ALTER TABLE %s ALTER COLUMN %I SET NOT NULL; END IF; END $undo$;',
                                   on_table, a.attname, on_table, a.attname))
              FROM pg_attribute a
             CROSS JOIN LATERAL (
                       SELECT CASE
                                  WHEN a.attname = 'created_at'
                                  THEN format('UPDATE %s SET created_at = coalesce(updated_at, now())'
                                              ' WHERE created_at IS NULL;', on_table)
                                  WHEN on_table::text = 'organizations'
                                  THEN format('UPDATE organizations SET %I = owner_id WHERE %I IS NULL;',
                                              a.attname, a.attname)
                                  WHEN to_regclass('projects') IS NOT NULL AND EXISTS (
                                           SELECT FROM pg_attribute p
                                            WHERE p.attrelid = on_table AND p.attname = 'project_id')
                                  THEN format('UPDATE %s t SET %I = o.owner_id FROM projects p JOIN organizations o'
                                              ' ON o.id = p.organization_id WHERE p.id = t.project_id AND t.%I IS NULL;',
                                              on_table, a.attname, a.attname)
                                  WHEN to_regclass('projects') IS NOT NULL AND EXISTS (
                                           SELECT FROM pg_attribute p
                                            WHERE p.attrelid = on_table AND p.attname = 'organization_id')
                                  THEN format('UPDATE %s t SET %I = o.owner_id FROM organizations o'
                                              ' WHERE o.id = t.organization_id AND t.%I IS NULL;',
                                              on_table, a.attname, a.attname)
                              END AS fill) stand_in
             WHERE a.attrelid = on_table AND a.attnotnull AND NOT a.attisdropped
               AND a.attname IN ('created_at', 'updated_at', 'deleted_at', 'created_by_id', 'updated_by_id', 'deleted_by_id')
            UNION ALL
            SELECT 5,
                   'ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP',
                   CASE WHEN d.adbin IS NOT NULL
                        THEN format('ALTER COLUMN created_at SET DEFAULT %s', pg_get_expr(d.adbin, d.adrelid))
                        WHEN a.attname IS NOT NULL
                        THEN 'ALTER COLUMN created_at DROP DEFAULT'
                   END,
                   NULL
              FROM (SELECT) one
              LEFT JOIN pg_attribute a ON a.attrelid = on_table AND a.attname = 'created_at' AND NOT a.attisdropped
              LEFT JOIN pg_attrdef d ON d.adrelid = on_table AND d.adnum = a.attnum
             WHERE with_default) steps;
    IF actions IS NOT NULL THEN
        PERFORM pg_temp.change(of_revision, format('ALTER TABLE %s %s', on_table, actions),
                               CASE WHEN undone IS NULL THEN '' ELSE format('ALTER TABLE %s %s', on_table, undone) END);
        IF filled IS NOT NULL THEN
            PERFORM pg_temp.change(of_revision, '', filled);
        END IF;
    END IF;
END
$$;
