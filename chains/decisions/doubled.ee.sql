-- kind: obstacle
-- for: up orgd/orgd00000001
-- Memberships that are there twice, and second owners: which of them is right is not for a migration to guess.
WITH doubled AS (
    SELECT 'organization_members' AS place, format('user %s in organization %s', user_id, organization_id) AS example
      FROM organization_members
     WHERE user_id IS NOT NULL AND organization_id IS NOT NULL
     GROUP BY user_id, organization_id HAVING count(*) > 1
    UNION ALL
    SELECT 'workspace_members', format('user %s in workspace %s', user_id, workspace_id)
      FROM workspace_members
     WHERE user_id IS NOT NULL AND workspace_id IS NOT NULL
     GROUP BY user_id, workspace_id HAVING count(*) > 1
    UNION ALL
    SELECT 'project_members', format('user %s in project %s', user_id, project_id)
      FROM project_members
     WHERE user_id IS NOT NULL
     GROUP BY user_id, project_id HAVING count(*) > 1
    UNION ALL
    SELECT 'organization_members', format('owners of organization %s', organization_id)
      FROM organization_members
     WHERE role = 'owner' AND organization_id IS NOT NULL
     GROUP BY organization_id HAVING count(*) > 1
)
SELECT count(*) AS memberships,
       'doubled' AS outcome,
       format('memberships are there more than once, of which there is to be one (cases: %s, for example %s). Delete the'
              ' surplus rows and run this again',
              count(*),
              array_to_string((array_agg(format('%s, %s', d.place, d.example) ORDER BY d.place, d.example))[1:3], '; '))
           AS reason
  FROM doubled d
HAVING count(*) > 0;
