-- kind: change
-- for: up core_legacy_oss/4f5a6b7c8d9e
-- for: up core_legacy_ee/5a6b7c8d9e0f
-- needs: places
-- Unused invitations of one address to one organization, of which one stays: the one that is good for longest, then the
-- newest, then the highest id. The others are marked as deleted.
WITH ranked AS (
    SELECT i.id, i.email, i.role, i.expiration_date, p.project_id, p.project_name, p.organization_id,
           row_number() OVER one AS rank,
           first_value(i.id) OVER one AS winner
      FROM project_invitations i
      JOIN decided_places p ON p.project_id = i.project_id
     WHERE i.used IS NOT TRUE AND p.outcome NOT IN ('archived', 'deleted')
    WINDOW one AS (PARTITION BY p.organization_id, lower(i.email COLLATE "C")
                   ORDER BY i.expiration_date DESC NULLS FIRST, i.created_at DESC NULLS LAST, i.id DESC)
)
SELECT r.id AS invitation_id, r.email, r.role, r.project_id, r.project_name, r.winner AS kept_id,
       'superseded' AS outcome,
       format('The invitation %s of the same address to the same organization is good for longer or newer.', r.winner)
           AS reason
  FROM ranked r
 WHERE r.rank > 1 AND NOT current_setting('orgd.strict')::boolean
 ORDER BY lower(r.email COLLATE "C"), r.rank, r.id;
