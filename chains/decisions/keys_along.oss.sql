-- kind: change
-- for: up core_legacy_oss/0a1b2c3d4e5f
-- needs: along
-- Rows of other tables that go, or lose what they point at, with keys without a project.
SELECT a.kind, a.name, a.rows, a.outcome, a.reason
  FROM decided_along a
 WHERE a.origin = 'keys'
 ORDER BY a.name, a.outcome;
