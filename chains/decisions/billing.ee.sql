-- kind: change
-- for: up core_legacy_ee/5a6b7c8d9e0f
-- Meters and subscriptions of organizations that do not exist.
SELECT m.organization_id, m.meter_id, m.key::text AS meter, m.value,
       CASE current_setting('orgd.legacy') WHEN 'archive' THEN 'archived' ELSE 'deleted' END AS outcome,
       'The organization that the meter counts for does not exist.' AS reason
  FROM meters m
 WHERE m.organization_id IS NOT NULL AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = m.organization_id)
UNION ALL
SELECT s.organization_id, NULL, NULL, NULL,
       CASE current_setting('orgd.legacy') WHEN 'archive' THEN 'archived' ELSE 'deleted' END,
       'The organization that the subscription is of does not exist.'
  FROM subscriptions s
 WHERE NOT EXISTS (SELECT FROM organizations o WHERE o.id = s.organization_id)
 ORDER BY 1, 2;
