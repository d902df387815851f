-- kind: change
-- for: up core_legacy_ee/5a6b7c8d9e0f
-- needs: along
-- Rows of other tables that go, or lose what they point at, with meters and subscriptions that go.
SELECT a.kind, a.name, a.rows, a.outcome, a.reason
  FROM decided_along a
 WHERE a.origin = 'billing'
 ORDER BY a.name, a.outcome;
