-- kind: change
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- needs: main_organization
-- Workspaces without an organization, which nobody could own: they join the main one.
SELECT w.id AS workspace_id,
       w.name AS workspace_name,
       o.organization_id,
       'adopted' AS outcome,
       format('It belongs to no organization and joins %s, the main one.', coalesce(o.name, 'the organization without a name'))
           AS reason
  FROM workspaces w
 CROSS JOIN decided_main_organization o
 WHERE w.organization_id IS NULL AND NOT current_setting('orgd.strict')::boolean
 ORDER BY w.created_at, w.id;
