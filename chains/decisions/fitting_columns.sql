-- kind: report
-- for: up core_legacy_oss/4f5a6b7c8d9e
-- for: up core_legacy_ee/5a6b7c8d9e0f
-- needs: new_columns
-- Columns that the upgrade would add and that are there already.
SELECT n.table_name, n.column_name,
       'taken_over' AS outcome,
       format('The column is there already with the right type; what it holds counts as the %s of the row from now on.',
              n.column_name) AS reason
  FROM decided_new_columns n
 WHERE n.found = n.wanted
 ORDER BY n.table_name, n.column_name;
