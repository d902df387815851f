-- hazards: NONE
-- locks: SHARE ROW EXCLUSIVE api_keys, app_db, app_variant_revisions, app_variants
-- locks: SHARE ROW EXCLUSIVE auto_evaluation_aggregated_results, auto_evaluation_evaluator_configs
-- locks: SHARE ROW EXCLUSIVE auto_evaluation_scenario_results, auto_evaluation_scenarios, auto_evaluations
-- locks: SHARE ROW EXCLUSIVE auto_evaluator_configs, bases, deployments, docker_images, environment_artifacts
-- locks: SHARE ROW EXCLUSIVE environment_revisions, environment_variants, environments, environments_revisions
-- locks: SHARE ROW EXCLUSIVE evaluation_metrics, evaluation_queues, evaluation_results, evaluation_runs
-- locks: SHARE ROW EXCLUSIVE evaluation_scenarios, folders, human_evaluation_variants, human_evaluations
-- locks: SHARE ROW EXCLUSIVE human_evaluations_scenarios, organization_providers, project_invitations
-- locks: SHARE ROW EXCLUSIVE project_members, query_artifacts, query_revisions, query_variants, secrets
-- locks: SHARE ROW EXCLUSIVE testcase_blobs, testset_artifacts, testset_revisions, testset_variants, testsets
-- locks: SHARE ROW EXCLUSIVE tool_connections, webhook_subscriptions, workflow_artifacts, workflow_revisions
-- locks: SHARE ROW EXCLUSIVE workflow_variants
SELECT pg_temp.keep_rows_and_what_hangs_on_them(
           '@revision', 'projects',
           't.id IN (SELECT d.project_id FROM decided_projects d WHERE d.outcome IN (''archived'', ''deleted''))');
DELETE FROM projects p
 USING decided_projects d
 WHERE p.id = d.project_id AND d.outcome IN ('archived', 'deleted');
SELECT pg_temp.keep_rows('@revision', 'projects', 't.id IN (SELECT d.project_id FROM decided_projects d)',
                         'organization_id, workspace_id, is_default');
UPDATE projects p
   SET organization_id = d.organization_id,
       workspace_id = d.workspace_id,
       is_default = CASE WHEN d.was_default THEN d.is_default ELSE p.is_default END
  FROM decided_projects d
 WHERE p.id = d.project_id;

SELECT pg_temp.change('@revision',
                      'ALTER TABLE projects ALTER COLUMN organization_id SET NOT NULL,'
                      ' ALTER COLUMN workspace_id SET NOT NULL',
                      'ALTER TABLE projects ALTER COLUMN organization_id DROP NOT NULL,'
                      ' ALTER COLUMN workspace_id DROP NOT NULL');
