-- plan_tables: rows of tables $1: counted up to a million, estimated beyond
SELECT t.name,
       CASE WHEN big.yes THEN greatest(c.reltuples, 0)::bigint
            ELSE (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass),
                                                      false, true, '')))[1]::text::bigint
       END AS rows,
       NOT big.yes AS exact
  FROM unnest($1::text[]) AS t (name)
  JOIN pg_class c ON c.oid = to_regclass(t.name) AND c.relkind IN ('r', 'p')
 CROSS JOIN LATERAL (SELECT c.reltuples > 1000000 OR pg_relation_size(c.oid) > 1073741824 AS yes) AS big
 ORDER BY t.name COLLATE "C";
