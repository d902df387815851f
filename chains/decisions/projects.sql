-- kind: change
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- for: up core_legacy_ee/2c3d4e5f6a7b
-- needs: places
-- Projects that get an organization and a workspace, are a default no more, or go.
SELECT p.project_id, p.project_name, p.organization_id, p.workspace_id, p.was_default, p.is_default, p.holds,
       p.outcome, p.reason
  FROM decided_places p
 WHERE p.outcome <> 'kept'
 ORDER BY p.created_at, p.project_id;
