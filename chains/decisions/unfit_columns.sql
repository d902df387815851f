-- kind: obstacle
-- for: up core_legacy_oss/4f5a6b7c8d9e
-- for: up core_legacy_ee/5a6b7c8d9e0f
-- needs: new_columns
-- Columns that somebody else made under the names of those that the upgrade adds, with other types.
SELECT count(*) AS columns,
       'in_the_way' AS outcome,
       format('the database has %s already, which the upgrade adds with another type: %s. Rename or drop what is not of'
              ' v0.103.5 and run this again',
              CASE count(*) WHEN 1 THEN 'a column' ELSE count(*) || ' columns' END,
              string_agg(format('%I.%I is %s instead of %s', n.table_name, n.column_name, n.found, n.wanted), ', '
                         ORDER BY n.table_name, n.column_name)) AS reason
  FROM decided_new_columns n
 WHERE n.found <> n.wanted
HAVING count(*) > 0;
