-- kind: report
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- for: up core_legacy_ee/2c3d4e5f6a7b
-- Triggers of somebody else's on the tables whose rows the upgrade changes or deletes.
SELECT format('%s.%I', t.tgrelid::regclass, t.tgname) AS trigger,
       t.tgfoid::regprocedure::text AS function,
       'fires' AS outcome,
       'It fires when the upgrade changes or deletes rows, and can change that or keep it from happening.' AS reason
  FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
   AND c.relnamespace = 'public'::regnamespace
   AND c.relname IN ('users', 'organizations', 'workspaces', 'projects', 'api_keys', 'project_invitations', 'secrets',
                     'webhook_deliveries', 'organization_members', 'workspace_members', 'project_members', 'meters', 'subscriptions')
 ORDER BY 1;
