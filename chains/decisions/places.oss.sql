-- kind: part
-- needs: main_organization
-- needs: workspaces
-- needs: holdings
-- Where each project goes.
WITH known AS (
    SELECT p.id,
           p.project_name,
           p.is_default IS TRUE AS is_default,
           p.created_at,
           p.workspace_id,
           coalesce(p.organization_id, w.organization_id, a.organization_id) AS organization_id,
           p.organization_id IS NULL OR p.workspace_id IS NULL AS unscoped,
           h.holds
      FROM projects p
      LEFT JOIN workspaces w ON w.id = p.workspace_id
      LEFT JOIN decided_workspaces a ON a.workspace_id = p.workspace_id
      LEFT JOIN decided_holdings h ON h.project_id = p.id
), placed AS (
    SELECT k.*,
           coalesce(k.organization_id, m.organization_id) AS new_organization_id,
           coalesce(k.workspace_id,
                    (SELECT w.id
                       FROM workspaces w
                       LEFT JOIN decided_workspaces a ON a.workspace_id = w.id
                      WHERE coalesce(w.organization_id, a.organization_id)
                            = coalesce(k.organization_id, m.organization_id)
                      ORDER BY w.organization_id IS NULL, w.created_at, w.id
                      LIMIT 1)) AS new_workspace_id,
           -- the default that v0.103.5 makes before there is an organization
           k.organization_id IS NULL AND k.is_default
           AND EXISTS (SELECT FROM known d WHERE d.is_default AND d.organization_id IS NOT NULL)
           AND CASE WHEN current_setting('orgd.strict')::boolean
                    THEN NOT EXISTS (SELECT FROM workflow_artifacts f WHERE f.project_id = k.id)
                    ELSE k.holds IS NULL
               END AS surplus
      FROM known k
      LEFT JOIN decided_main_organization m ON true
), judged AS (
    SELECT p.*,
           p.new_organization_id IS NULL OR p.new_workspace_id IS NULL AS homeless,
           NOT EXISTS (SELECT FROM users) AS nobody
      FROM placed p
), ranked AS (
    SELECT j.*,
           j.surplus OR j.homeless AND j.nobody AS goes,
           row_number() OVER (
               PARTITION BY j.new_workspace_id, j.is_default AND NOT j.surplus
               ORDER BY j.unscoped, j.created_at, j.id) AS rank
      FROM judged j
)
SELECT r.id AS project_id,
       r.project_name,
       r.created_at,
       CASE WHEN NOT r.goes THEN r.new_organization_id END AS organization_id,
       CASE WHEN NOT r.goes THEN r.new_workspace_id END AS workspace_id,
       r.is_default AS was_default,
       r.is_default AND (r.rank = 1 OR current_setting('orgd.strict')::boolean) AS is_default,
       r.holds,
       CASE
           WHEN r.goes AND current_setting('orgd.legacy') = 'archive' THEN 'archived'
           WHEN r.goes THEN 'deleted'
           WHEN r.homeless THEN 'homeless'
           WHEN r.unscoped THEN 'adopted'
           WHEN r.is_default AND r.rank > 1 AND NOT current_setting('orgd.strict')::boolean THEN 'demoted'
           ELSE 'kept'
       END AS outcome,
       CASE
           WHEN r.surplus THEN 'It is a default project without an organization, beside one that has one'
           WHEN r.goes THEN 'There is no user and no organization that it could belong to'
           WHEN r.homeless AND r.new_organization_id IS NULL THEN 'There is no organization that it could belong to'
           WHEN r.homeless THEN 'Its organization has no workspace that it could belong to'
           WHEN r.unscoped THEN 'It has no organization or no workspace and gets the main one or the oldest'
           WHEN r.is_default AND r.rank > 1 THEN 'Its workspace has an older default project'
           ELSE 'It has an organization and a workspace'
       END
       || CASE WHEN r.holds IS NOT NULL THEN format('; it holds %s', r.holds) ELSE '' END
       || CASE WHEN r.unscoped AND r.is_default AND r.rank > 1 AND NOT r.goes AND NOT r.homeless
                    AND NOT current_setting('orgd.strict')::boolean
               THEN '; it is the default no more, for its workspace has one' ELSE '' END
       || '.' AS reason
  FROM ranked r;
