-- kind: change
-- for: up core_legacy_oss/1b2c3d4e5f6a
-- needs: main_organization
-- needs: workspaces
-- needs: places
-- needs: accepted
-- Who becomes a member of what. Owners come first. Whoever accepted an invitation keeps reaching the whole organization:
-- in a project the role of the invitation to it, else of one to its workspace, else of one to its organization.
WITH spaces AS (
    SELECT w.id AS workspace_id, coalesce(w.organization_id, a.organization_id) AS organization_id
      FROM workspaces w
      LEFT JOIN decided_workspaces a ON a.workspace_id = w.id
), scopes AS (
    SELECT 'organization' AS place, o.id AS scope_id, o.id AS organization_id, NULL::uuid AS workspace_id
      FROM organizations o
    UNION ALL
    SELECT 'workspace', s.workspace_id, s.organization_id, s.workspace_id
      FROM spaces s
     WHERE s.organization_id IS NOT NULL
    UNION ALL
    SELECT 'project', p.project_id, p.organization_id, p.workspace_id
      FROM decided_places p
     WHERE p.organization_id IS NOT NULL
), invited AS (
    SELECT a.user_id, a.role, a.invitation_id, a.rank, a.organization_id, a.workspace_id, a.project_id
      FROM decided_accepted a
     WHERE a.user_id IS NOT NULL AND a.organization_id IS NOT NULL
), by_project AS (
    SELECT DISTINCT ON (user_id, project_id) * FROM invited ORDER BY user_id, project_id, rank
), by_workspace AS (
    SELECT DISTINCT ON (user_id, workspace_id) * FROM invited ORDER BY user_id, workspace_id, rank
), by_organization AS (
    SELECT DISTINCT ON (user_id, organization_id) * FROM invited ORDER BY user_id, organization_id, rank
), given AS (
    SELECT s.place, s.scope_id, o.owner_id AS user_id, 'owner' AS role, NULL::uuid AS invitation_id, 0 AS source
      FROM scopes s
      JOIN organizations o ON o.id = s.organization_id
    UNION ALL
    SELECT s.place, s.scope_id, b.user_id, b.role, b.invitation_id, 1
      FROM by_project b
      JOIN scopes s ON s.place = 'project' AND s.scope_id = b.project_id
    UNION ALL
    SELECT s.place, s.scope_id, b.user_id, b.role, b.invitation_id,
           CASE s.place WHEN 'workspace' THEN 1 ELSE 2 END
      FROM by_workspace b
      JOIN scopes s ON s.workspace_id = b.workspace_id
       AND (s.place = 'workspace' OR NOT current_setting('orgd.strict')::boolean)
    UNION ALL
    SELECT s.place, s.scope_id, b.user_id, b.role, b.invitation_id,
           CASE s.place WHEN 'organization' THEN 1 ELSE 3 END
      FROM by_organization b
      JOIN scopes s ON s.organization_id = b.organization_id
       AND (s.place = 'organization' OR NOT current_setting('orgd.strict')::boolean)
    UNION ALL
    SELECT s.place, s.scope_id, u.id, current_setting('orgd.everyone'), NULL, 4
      FROM decided_main_organization m
      JOIN scopes s ON s.organization_id = m.organization_id
     CROSS JOIN users u
     WHERE current_setting('orgd.everyone') <> '' AND u.is_active
       AND NOT current_setting('orgd.strict')::boolean
       AND NOT EXISTS (SELECT FROM invited i WHERE i.user_id = u.id)
), taken AS (
    SELECT DISTINCT ON (place, scope_id, user_id) * FROM given ORDER BY place, scope_id, user_id, source
)
SELECT t.user_id, u.email, t.place, t.scope_id, t.role, t.invitation_id,
       CASE t.source WHEN 0 THEN 'owner' WHEN 4 THEN 'everyone' ELSE 'invited' END AS outcome,
       CASE
           WHEN t.source = 0 THEN 'The organization is theirs.'
           WHEN t.source = 4 THEN 'Nobody invited them, and --everyone makes them members.'
           WHEN t.source = 1 THEN format('They accepted an invitation to this %s.', t.place)
           WHEN t.source = 2 THEN 'They accepted an invitation to another project of the workspace.'
           ELSE 'They accepted an invitation elsewhere in the organization.'
       END AS reason
  FROM taken t
  JOIN users u ON u.id = t.user_id
 ORDER BY t.place, t.scope_id, t.source, u.created_at, t.user_id;
