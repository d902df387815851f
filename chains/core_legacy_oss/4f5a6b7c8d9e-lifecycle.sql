-- revision: 4f5a6b7c8d9e
-- revises: 3d4e5f6a7b8c
-- Gives every table the same six columns of its rows' lives, and one policy to the foreign keys.

-- up
-- include: lifecycle

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
SELECT pg_temp.archive_undo('4f5a6b7c8d9e');
