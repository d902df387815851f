-- kind: obstacle
-- for: up core_legacy_oss/1b2c3d4e5f6a
-- needs: known_roles
-- The role that everybody is to have, when it is none.
SELECT current_setting('orgd.everyone') AS role,
       'unknown_role' AS outcome,
       format('--everyone gives the role %L, and a member has one of %s', current_setting('orgd.everyone'),
              (SELECT string_agg(k.role, ', ' ORDER BY k.strength) FROM decided_known_roles k)) AS reason
 WHERE current_setting('orgd.everyone') <> ''
   AND current_setting('orgd.everyone') NOT IN (SELECT k.role FROM decided_known_roles k);
