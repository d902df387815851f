-- revision: 4e5f6a7b8c9d
-- revises: 2c3d4e5f6a7b
-- Takes away the twenty tables of applications and evaluations that nothing reads any more.

-- up
-- include: legacy_tables

-- down
-- include: archive
-- hazards: IS_USER_GENERATED, IMPACTS_DATABASE_PERFORMANCE
-- locks: ACCESS EXCLUSIVE human_evaluation_variants, human_evaluations_scenarios, human_evaluations
-- locks: ACCESS EXCLUSIVE auto_evaluation_scenario_results, auto_evaluation_aggregated_results
-- locks: ACCESS EXCLUSIVE auto_evaluation_evaluator_configs, auto_evaluation_scenarios, auto_evaluations
-- locks: ACCESS EXCLUSIVE auto_evaluator_configs, environments_revisions, environments, app_variant_revisions
-- locks: ACCESS EXCLUSIVE app_variants, bases, deployments, docker_images, templates, app_db, testsets, ids_mapping
-- locks: ACCESS EXCLUSIVE users, projects, organizations, workspaces
SELECT pg_temp.archive_undo('4e5f6a7b8c9d');
