-- kind: change
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- API keys without a project, which cannot say what they give access to.
SELECT k.id AS key_id,
       k.prefix,
       k.created_at,
       u.email AS created_by,
       CASE current_setting('orgd.legacy') WHEN 'archive' THEN 'archived' ELSE 'deleted' END AS outcome,
       'It belongs to no project.' AS reason
  FROM api_keys k
  LEFT JOIN users u ON u.id = k.created_by_id
 WHERE k.project_id IS NULL
 ORDER BY k.created_at, k.id;
