-- kind: report
-- for: up core_legacy_oss/1b2c3d4e5f6a
-- needs: members
-- People who reached the one organization until now and do not become members.
WITH last AS (
    SELECT DISTINCT ON (lower(btrim(i.email) COLLATE "C")) lower(btrim(i.email) COLLATE "C") AS address, i.used, i.expiration_date
      FROM project_invitations i
     WHERE i.used IS NOT TRUE
     ORDER BY lower(btrim(i.email) COLLATE "C"), i.expiration_date DESC NULLS LAST, i.id
)
SELECT u.id AS user_id,
       u.email,
       CASE
           WHEN NOT EXISTS (SELECT FROM organizations) THEN 'no_organization'
           WHEN NOT u.is_active THEN 'inactive'
           WHEN l.address IS NULL THEN 'never_invited'
           WHEN l.used IS NULL THEN 'unmarked'
           WHEN l.expiration_date < now() THEN 'expired'
           ELSE 'pending'
       END AS outcome,
       CASE
           WHEN NOT EXISTS (SELECT FROM organizations) THEN 'There is no organization.'
           WHEN NOT u.is_active THEN 'They are not active, and no invitation of theirs is marked as used.'
           WHEN l.address IS NULL THEN 'Nobody invited them.'
           WHEN l.used IS NULL THEN 'Their invitation is not marked as used or unused.'
           WHEN l.expiration_date < now() THEN 'Their invitation expired unused.'
           ELSE 'Their invitation is not used yet.'
       END AS reason
  FROM users u
  LEFT JOIN last l ON l.address = lower(btrim(u.email) COLLATE "C")
 WHERE NOT EXISTS (SELECT FROM decided_members m WHERE m.user_id = u.id)
 ORDER BY u.created_at, u.id;
