-- kind: change
-- for: down orgd/orgd00000012
-- Which API keys were made in sessions, and how often each account was reset: nobody else has a place for them.
SELECT 'table' AS kind,
       t.name,
       t.rows,
       'deleted' AS outcome,
       'Agenta has no place for it, and nothing keeps it.' AS reason
  FROM (SELECT 'orgd.accounts' AS name, count(*) AS rows FROM orgd.accounts WHERE generation > 0
         UNION ALL
        SELECT 'orgd.key_origins', count(*) FROM orgd.key_origins) t;
