-- include: archive
-- What foreign keys point at is locked with them, and here before them, as whoever writes does it.
LOCK TABLE users, organizations, workspaces, projects, folders IN ACCESS EXCLUSIVE MODE;

SELECT pg_temp.archive_open('@revision', '@chain');

-- decide: going

-- Foreign keys to what stays would keep users and projects from being deleted, or delete what is archived.
-- hazards: CORRECTNESS, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE app_db, app_variant_revisions, app_variants, auto_evaluation_aggregated_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_evaluator_configs, auto_evaluation_scenario_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_scenarios, auto_evaluations, auto_evaluator_configs, bases
-- locks: ACCESS EXCLUSIVE deployments, docker_images, environments, environments_revisions
-- locks: ACCESS EXCLUSIVE human_evaluation_variants, human_evaluations, human_evaluations_scenarios
-- locks: ACCESS EXCLUSIVE ids_mapping, templates, testsets, folders, organizations, projects, users
-- locks: ACCESS EXCLUSIVE workspaces
SELECT pg_temp.change('@revision',
                      format('ALTER TABLE %s DROP CONSTRAINT %I', k.child, k.conname),
                      format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.child, k.conname, k.definition)),
       -- what they pointed at may be gone by then
       pg_temp.change('@revision', '',
                      CASE WHEN k.confdeltype = 'c' OR k.strict
                           THEN format('DELETE FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)',
                                       k.child, k.filled, k.parent, k.meets)
                           ELSE format('UPDATE %s c SET %s WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)',
                                       k.child, k.emptied, k.filled, k.parent, k.meets)
                      END)
  FROM (SELECT k.conrelid::regclass::text AS child,
               k.confrelid::regclass AS parent,
               k.conname,
               k.confdeltype,
               pg_get_constraintdef(k.oid) AS definition,
               bool_or(a.attnotnull) AS strict,
               string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ' ORDER BY a.attnum) AS meets,
               string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY a.attnum) AS filled,
               string_agg(format('%I = NULL', a.attname), ', ' ORDER BY a.attnum) AS emptied
          FROM decided_going g
          JOIN pg_constraint k ON k.conrelid = to_regclass(g.name) AND k.contype = 'f'
         CROSS JOIN unnest(k.conkey, k.confkey) AS u (child_number, parent_number)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child_number
          JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.parent_number
         WHERE g.kind = 'table' AND g.outcome = 'archived'
           AND k.confrelid NOT IN (SELECT to_regclass(o.name) FROM decided_going o WHERE o.kind = 'table')
         GROUP BY k.oid, k.conrelid, k.confrelid, k.conname, k.confdeltype
         ORDER BY k.conrelid::regclass::text, k.conname) k;

-- hazards: DELETES_DATA, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE app_db, app_variant_revisions, app_variants, auto_evaluation_aggregated_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_evaluator_configs, auto_evaluation_scenario_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_scenarios, auto_evaluations, auto_evaluator_configs, bases
-- locks: ACCESS EXCLUSIVE deployments, docker_images, environments, environments_revisions
-- locks: ACCESS EXCLUSIVE human_evaluation_variants, human_evaluations, human_evaluations_scenarios
-- locks: ACCESS EXCLUSIVE ids_mapping, templates, testsets, folders, organizations, projects, users
-- locks: ACCESS EXCLUSIVE workspaces
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT g.kind, g.name, g.outcome, split_part(g.name, '.', 2) AS bare
          FROM decided_going g
         WHERE g.kind IN ('table', 'type') AND g.outcome <> 'kept'
         ORDER BY g.place, g.name
    LOOP
        IF found.outcome = 'dropped' THEN
            EXECUTE format('DROP %s %s %s', found.kind, found.name, CASE found.kind WHEN 'table' THEN 'CASCADE' ELSE '' END);
        ELSE
            PERFORM pg_temp.change('@revision',
                                   format('ALTER %s %s SET SCHEMA orgd_archive', found.kind, found.name),
                                   format('ALTER %s orgd_archive.%s SET SCHEMA public', found.kind, found.bare));
        END IF;
    END LOOP;
END
$$;
