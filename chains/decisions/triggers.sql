-- kind: report
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- for: up core_legacy_ee/2c3d4e5f6a7b
-- Triggers and rules of somebody else's on the tables whose rows the upgrade changes or deletes.
WITH touched AS (
    SELECT c.oid
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace
       AND c.relname IN ('users', 'organizations', 'workspaces', 'projects', 'api_keys', 'project_invitations', 'secrets',
                         'webhook_deliveries', 'organization_members', 'workspace_members', 'project_members', 'meters',
                         'subscriptions')
)
SELECT 'trigger' AS kind,
       format('%s.%I', t.tgrelid::regclass, t.tgname) AS name,
       t.tgfoid::regprocedure::text AS function,
       'fires' AS outcome,
       'It fires when the upgrade changes or deletes rows, and can change that or keep it from happening.' AS reason
  FROM touched o
  JOIN pg_trigger t ON t.tgrelid = o.oid
 WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
UNION ALL
SELECT 'rule',
       format('%s.%I', r.ev_class::regclass, r.rulename),
       NULL,
       'fires',
       'It is carried out when the upgrade changes or deletes rows, and can change that or keep it from happening.'
  FROM touched o
  JOIN pg_rewrite r ON r.ev_class = o.oid
 WHERE r.ev_enabled IN ('O', 'A')
 ORDER BY 1, 2;
