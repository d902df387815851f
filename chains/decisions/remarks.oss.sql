-- kind: report
-- for: up core_legacy_oss/1b2c3d4e5f6a
-- needs: accepted
-- What is remarkable about used invitations: roles that are not given as they are written, people found by address, people
-- who are not active.
SELECT a.invitation_id, a.email, a.user_id, a.given_role, a.role, remark.outcome, remark.reason
  FROM decided_accepted a
  LEFT JOIN users u ON u.id = a.user_id
 CROSS JOIN LATERAL (
           SELECT 'nobody' AS outcome, 'It is used, and no user has the address.' AS reason
            WHERE a.user_id IS NULL
           UNION ALL
           SELECT 'matched', format('It names no user; %s has the address.', u.email)
            WHERE a.linked_id IS NULL AND a.user_id IS NOT NULL
           UNION ALL
           SELECT 'not_owner', 'It gives the role owner, which only the owner of the organization has; it counts as admin.'
            WHERE a.owner
           UNION ALL
           SELECT 'unknown_role', format('It gives the role %L, which is none; it counts as viewer.', a.given_role)
            WHERE a.known_role IS NULL AND NOT a.owner
           UNION ALL
           SELECT 'inactive', 'It made somebody a member who is not active.'
            WHERE NOT u.is_active
       ) remark
 WHERE NOT current_setting('orgd.strict')::boolean
 ORDER BY a.email, a.invitation_id, remark.outcome;
