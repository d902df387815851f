-- kind: change
-- for: up core_legacy_oss/4f5a6b7c8d9e
-- for: up core_legacy_ee/5a6b7c8d9e0f
-- needs: places
-- Webhook deliveries whose project or subscription does not exist.
SELECT d.project_id, d.id AS delivery_id, d.subscription_id, d.created_at,
       CASE current_setting('orgd.legacy') WHEN 'archive' THEN 'archived' ELSE 'deleted' END AS outcome,
       CASE WHEN p.project_id IS NULL THEN 'Its project does not exist.'
            ELSE 'Its project has no such subscription.'
       END AS reason
  FROM webhook_deliveries d
  LEFT JOIN decided_places p ON p.project_id = d.project_id AND p.outcome NOT IN ('archived', 'deleted')
  LEFT JOIN webhook_subscriptions s ON s.project_id = d.project_id AND s.id = d.subscription_id
 WHERE p.project_id IS NULL OR s.id IS NULL
 ORDER BY d.created_at, d.project_id, d.id;
