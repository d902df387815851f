-- audit_add_counts: adds event counts to the totals of their minute
INSERT INTO orgd.audit_counts (minute, key, event, times)
SELECT to_timestamp(e.minute), sha256(convert_to(e.event::text, 'UTF8')), e.event, e.times
FROM jsonb_to_recordset($1::jsonb) AS e (minute bigint, times bigint, event jsonb)
ORDER BY 1, 2
ON CONFLICT (minute, key) DO UPDATE SET times = audit_counts.times + excluded.times;

-- audit_fold: moves the event counts of past minutes into the audit
SELECT orgd.audit_fold();
