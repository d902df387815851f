-- revision: 5a6b7c8d9e0f
-- revises: 4e5f6a7b8c9d
-- Gives every table the same six columns of its rows' lives, and one policy to the foreign keys.

-- up
-- include: lifecycle

-- Meters belong to the organization, whatever becomes of its subscription.
-- decide: billing
-- hazards: CORRECTNESS, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE meters, subscriptions
SELECT pg_temp.drop_foreign_keys('5a6b7c8d9e0f', 'meters', 'organization_id');
-- hazards: CORRECTNESS, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE subscriptions, organizations
SELECT pg_temp.drop_foreign_keys('5a6b7c8d9e0f', 'subscriptions', 'organization_id');
-- hazards: NONE
SELECT pg_temp.keep_rows('5a6b7c8d9e0f', 'meters',
                         't.meter_id IN (SELECT d.meter_id FROM decided_billing d)');
DELETE FROM meters m USING decided_billing d WHERE m.meter_id = d.meter_id;
-- hazards: NONE
SELECT pg_temp.keep_rows('5a6b7c8d9e0f', 'subscriptions',
                         't.organization_id IN (SELECT d.organization_id FROM decided_billing d WHERE d.meter_id IS NULL)');
DELETE FROM subscriptions s USING decided_billing d WHERE d.meter_id IS NULL AND s.organization_id = d.organization_id;
-- hazards: IMPACTS_DATABASE_PERFORMANCE
-- locks: SHARE ROW EXCLUSIVE meters, organizations
SELECT pg_temp.add_constraint('5a6b7c8d9e0f', 'meters', 'meters_organization_id_fkey',
                              'FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE');
-- hazards: IMPACTS_DATABASE_PERFORMANCE
-- locks: SHARE ROW EXCLUSIVE subscriptions, organizations
SELECT pg_temp.add_constraint('5a6b7c8d9e0f', 'subscriptions', 'subscriptions_organization_id_fkey',
                              'FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE');

-- down
-- include: archive
-- hazards: DELETES_DATA, IS_USER_GENERATED
-- locks: ACCESS EXCLUSIVE users, workspaces, projects, organization_members, workspace_members, project_members
-- locks: ACCESS EXCLUSIVE project_invitations, api_keys, secrets, organizations, user_identities, folders
-- locks: ACCESS EXCLUSIVE tool_connections, webhook_subscriptions, webhook_deliveries, testcase_blobs
-- locks: ACCESS EXCLUSIVE workflow_artifacts, workflow_variants, workflow_revisions, testset_artifacts
-- locks: ACCESS EXCLUSIVE testset_variants, testset_revisions, query_artifacts, query_variants, query_revisions
-- locks: ACCESS EXCLUSIVE environment_artifacts, environment_variants, environment_revisions, evaluation_runs
-- locks: ACCESS EXCLUSIVE evaluation_scenarios, evaluation_results, evaluation_metrics, evaluation_queues
-- locks: ACCESS EXCLUSIVE subscriptions, meters, organization_domains, organization_providers
SELECT pg_temp.archive_undo('5a6b7c8d9e0f');
