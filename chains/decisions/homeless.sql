-- kind: obstacle
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- for: up core_legacy_ee/2c3d4e5f6a7b
-- needs: places
-- Projects that have to have an organization and a workspace, and for which there is none.
SELECT count(*) AS projects,
       'homeless' AS outcome,
       format('%s without an organization or a workspace cannot get one: %s (%s); create an organization with a workspace'
              ' for %s, or delete %s, and run this again',
              CASE count(*) WHEN 1 THEN 'a project' ELSE count(*) || ' projects' END,
              string_agg(p.project_id::text, ', ' ORDER BY p.created_at, p.project_id),
              min(p.reason),
              CASE count(*) WHEN 1 THEN 'it' ELSE 'them' END,
              CASE count(*) WHEN 1 THEN 'it' ELSE 'them' END) AS reason
  FROM decided_places p
 WHERE p.outcome = 'homeless'
HAVING count(*) > 0;
