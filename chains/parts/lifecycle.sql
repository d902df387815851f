-- include: relax

SELECT pg_temp.archive_open('@revision', '@chain');

SELECT pg_temp.relax('@revision', to_regclass(format('public.%I', t.name)), true)
  FROM unnest(ARRAY[
           'users', 'workspaces', 'projects', 'organization_members', 'workspace_members', 'project_members',
           'project_invitations', 'api_keys', 'secrets', 'organizations', 'user_identities', 'folders',
           'tool_connections', 'webhook_subscriptions', 'webhook_deliveries', 'testcase_blobs',
           'workflow_artifacts', 'workflow_variants', 'workflow_revisions',
           'testset_artifacts', 'testset_variants', 'testset_revisions',
           'query_artifacts', 'query_variants', 'query_revisions',
           'environment_artifacts', 'environment_variants', 'environment_revisions',
           'evaluation_runs', 'evaluation_scenarios', 'evaluation_results', 'evaluation_metrics', 'evaluation_queues'
       ] || CASE WHEN '@chain' = 'core_legacy_ee'
                 THEN ARRAY['subscriptions', 'meters', 'organization_domains', 'organization_providers']
                 ELSE '{}'
            END) AS t (name);

-- Who wrote a row is remembered also when they are gone.
-- locks: ACCESS EXCLUSIVE users
SELECT pg_temp.drop_foreign_keys('@revision', 'organizations', 'created_by_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'organizations', 'updated_by_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'organizations', 'deleted_by_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'api_keys', 'created_by_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'webhook_subscriptions', 'created_by_id');

-- A membership goes with the person, an invitation stays.
SELECT pg_temp.drop_foreign_keys('@revision', 'organization_members', 'user_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'workspace_members', 'user_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'project_members', 'user_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'project_invitations', 'user_id');
SELECT pg_temp.add_constraint('@revision', 'organization_members', 'organization_members_user_id_fkey',
                              'FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE');
SELECT pg_temp.add_constraint('@revision', 'workspace_members', 'workspace_members_user_id_fkey',
                              'FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE');
SELECT pg_temp.add_constraint('@revision', 'project_members', 'project_members_user_id_fkey',
                              'FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE');
SELECT pg_temp.add_constraint('@revision', 'project_invitations', 'project_invitations_user_id_fkey',
                              'FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL');

-- decide: deliveries
-- hazards: NONE
SELECT pg_temp.keep_rows_and_what_hangs_on_them(
           '@revision', 'webhook_deliveries',
           '(t.project_id, t.id) IN (SELECT d.project_id, d.delivery_id FROM decided_deliveries d)');
DELETE FROM webhook_deliveries w USING decided_deliveries d WHERE w.project_id = d.project_id AND w.id = d.delivery_id;
SELECT pg_temp.drop_foreign_keys('@revision', 'webhook_deliveries', 'project_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'webhook_deliveries', 'project_id', 'subscription_id');
SELECT pg_temp.add_constraint('@revision', 'webhook_deliveries', 'webhook_deliveries_project_id_fkey',
                              'FOREIGN KEY (project_id) REFERENCES projects ON DELETE CASCADE');
SELECT pg_temp.add_constraint('@revision', 'webhook_deliveries', 'webhook_deliveries_subscription_id_fkey',
                              'FOREIGN KEY (project_id, subscription_id)'
                              ' REFERENCES webhook_subscriptions (project_id, id) ON DELETE CASCADE');

-- Nothing dangles unless somebody had switched the foreign keys off.
SELECT pg_temp.keep_rows('@revision', 'secrets', 'NOT EXISTS (SELECT FROM projects p WHERE p.id = t.project_id)'
                                                 ' AND t.project_id IS NOT NULL', 'project_id');
UPDATE secrets s
   SET project_id = NULL
 WHERE s.project_id IS NOT NULL AND NOT EXISTS (SELECT FROM projects p WHERE p.id = s.project_id);
SELECT pg_temp.keep_rows('@revision', 'secrets', 'NOT EXISTS (SELECT FROM organizations o WHERE o.id = t.organization_id)'
                                                 ' AND t.organization_id IS NOT NULL', 'organization_id');
UPDATE secrets s
   SET organization_id = NULL
 WHERE s.organization_id IS NOT NULL AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = s.organization_id);
-- locks: ACCESS EXCLUSIVE projects, organizations
SELECT pg_temp.drop_foreign_keys('@revision', 'secrets', 'project_id');
SELECT pg_temp.drop_foreign_keys('@revision', 'secrets', 'organization_id');
SELECT pg_temp.add_constraint('@revision', 'secrets', 'secrets_project_id_fkey',
                              'FOREIGN KEY (project_id) REFERENCES projects ON DELETE CASCADE');
SELECT pg_temp.add_constraint('@revision', 'secrets', 'secrets_organization_id_fkey',
                              'FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE');

-- The column came with this revision, and goes with it.
-- decide: invitations
UPDATE project_invitations i SET deleted_at = now() FROM decided_invitations d WHERE i.id = d.invitation_id;
