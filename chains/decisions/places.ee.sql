-- kind: part
-- needs: holdings
-- Where each project goes.
WITH known AS (
    SELECT p.id,
           p.project_name,
           p.is_default IS TRUE AS is_default,
           p.created_at,
           p.workspace_id,
           coalesce(p.organization_id, w.organization_id, (
               -- the organization of most of its members, then the oldest
               SELECT m.organization_id
                 FROM project_members pm
                 JOIN organization_members m ON m.user_id = pm.user_id
                 JOIN organizations o ON o.id = m.organization_id
                WHERE pm.project_id = p.id
                GROUP BY m.organization_id, o.created_at
                ORDER BY count(DISTINCT m.user_id) DESC, o.created_at, m.organization_id
                LIMIT 1)) AS organization_id,
           p.organization_id IS NULL OR p.workspace_id IS NULL AS unscoped,
           h.holds
      FROM projects p
      LEFT JOIN workspaces w ON w.id = p.workspace_id
      LEFT JOIN decided_holdings h ON h.project_id = p.id
), placed AS (
    SELECT k.*,
           coalesce(k.workspace_id,
                    (SELECT w.id
                       FROM workspaces w
                      WHERE w.organization_id = k.organization_id
                      ORDER BY w.created_at, w.id
                      LIMIT 1)) AS new_workspace_id
      FROM known k
), ranked AS (
    SELECT p.*,
           p.organization_id IS NULL OR p.new_workspace_id IS NULL AS homeless,
           (p.organization_id IS NULL OR p.new_workspace_id IS NULL) AND NOT EXISTS (SELECT FROM users) AS goes,
           row_number() OVER (PARTITION BY p.new_workspace_id, p.is_default
                              ORDER BY p.unscoped, p.created_at, p.id) AS rank
      FROM placed p
)
SELECT r.id AS project_id,
       r.project_name,
       r.created_at,
       CASE WHEN NOT r.goes THEN r.organization_id END AS organization_id,
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
           WHEN r.goes THEN 'There is no user and no organization that it could belong to'
           WHEN r.homeless AND r.organization_id IS NULL
           THEN 'Neither its workspace nor its members have an organization that it could belong to'
           WHEN r.homeless THEN 'Its organization has no workspace that it could belong to'
           WHEN r.unscoped THEN 'It gets the organization of its workspace or of most of its members, and the oldest workspace'
           WHEN r.is_default AND r.rank > 1 THEN 'Its workspace has an older default project'
           ELSE 'It has an organization and a workspace'
       END
       || CASE WHEN r.holds IS NOT NULL THEN format('; it holds %s', r.holds) ELSE '' END
       || CASE WHEN r.unscoped AND r.is_default AND r.rank > 1 AND NOT r.homeless
                    AND NOT current_setting('orgd.strict')::boolean
               THEN '; it is the default no more, for its workspace has one' ELSE '' END
       || '.' AS reason
  FROM ranked r;
