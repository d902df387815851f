-- include: archive
-- What foreign keys point at is locked with them, and here before them, as whoever writes does it.
LOCK TABLE users, organizations, workspaces, projects, folders IN ACCESS EXCLUSIVE MODE;

SELECT pg_temp.archive_open('@revision', '@chain');

-- decide: going

-- Foreign keys to what stays would keep users and projects from being deleted, or delete what is archived. Those between
-- the tables stay, and those of them that forbid deleting are off while the way down clears what has lost its project.
DROP TABLE IF EXISTS pg_temp.loosened_keys;
CREATE TEMPORARY TABLE loosened_keys ON COMMIT DROP AS
SELECT g.place,
       k.conname,
       inner_key.yes AS inside,
       format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS off,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS again,
       format('%s WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)',
              CASE WHEN k.confdeltype = 'c' OR bool_or(a.attnotnull) THEN format('DELETE FROM %s c', k.conrelid::regclass)
                   ELSE format('UPDATE %s c SET %s', k.conrelid::regclass,
                               string_agg(format('%I = NULL', a.attname), ', ' ORDER BY a.attnum))
              END,
              string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ' ORDER BY a.attnum),
              k.confrelid::regclass,
              string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ' ORDER BY a.attnum)) AS clearing
  FROM decided_going g
  JOIN pg_constraint k ON k.conrelid = to_regclass(g.name) AND k.contype = 'f'
 CROSS JOIN LATERAL (
           SELECT k.confrelid IN (SELECT to_regclass(o.name) FROM decided_going o WHERE o.kind = 'table') AS yes) inner_key
 CROSS JOIN unnest(k.conkey, k.confkey) AS u (child_number, parent_number)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.child_number
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.parent_number
 WHERE g.kind = 'table' AND g.outcome = 'archived' AND (NOT inner_key.yes OR k.confdeltype IN ('a', 'r'))
 GROUP BY g.place, k.oid, k.conrelid, k.confrelid, k.conname, k.confdeltype, inner_key.yes;

-- hazards: CORRECTNESS, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE app_db, app_variant_revisions, app_variants, auto_evaluation_aggregated_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_evaluator_configs, auto_evaluation_scenario_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_scenarios, auto_evaluations, auto_evaluator_configs, bases
-- locks: ACCESS EXCLUSIVE deployments, docker_images, environments, environments_revisions
-- locks: ACCESS EXCLUSIVE human_evaluation_variants, human_evaluations, human_evaluations_scenarios
-- locks: ACCESS EXCLUSIVE ids_mapping, templates, testsets, folders, organizations, projects, users
-- locks: ACCESS EXCLUSIVE workspaces
SELECT pg_temp.change('@revision', CASE WHEN k.inside THEN '' ELSE k.off END, k.again)
  FROM (SELECT * FROM loosened_keys ORDER BY place, conname) k;
-- What they pointed at may be gone by then. The way down begins with the last of them, as nothing that is pointed at may
-- go later.
-- hazards: NONE
SELECT pg_temp.change('@revision', '', k.clearing) FROM (SELECT * FROM loosened_keys ORDER BY place, conname) k;
-- hazards: NONE
SELECT pg_temp.change('@revision', '', k.off) FROM (SELECT * FROM loosened_keys WHERE inside ORDER BY place, conname) k;

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
