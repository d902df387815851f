-- hazards: NONE
SELECT pg_temp.keep_rows_and_what_hangs_on_them(
           '@revision', 'projects',
           't.id IN (SELECT d.project_id FROM decided_projects d WHERE d.outcome IN (''archived'', ''deleted''))');
DELETE FROM projects p
 USING decided_projects d
 WHERE p.id = d.project_id AND d.outcome IN ('archived', 'deleted');
SELECT pg_temp.keep_rows('@revision', 'projects', 't.id IN (SELECT d.project_id FROM decided_projects d)',
                         'organization_id, workspace_id, is_default');
UPDATE projects p
   SET organization_id = d.organization_id,
       workspace_id = d.workspace_id,
       is_default = CASE WHEN d.was_default THEN d.is_default ELSE p.is_default END
  FROM decided_projects d
 WHERE p.id = d.project_id;

SELECT pg_temp.change('@revision',
                      'ALTER TABLE projects ALTER COLUMN organization_id SET NOT NULL,'
                      ' ALTER COLUMN workspace_id SET NOT NULL',
                      'ALTER TABLE projects ALTER COLUMN organization_id DROP NOT NULL,'
                      ' ALTER COLUMN workspace_id DROP NOT NULL');
