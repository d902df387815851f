-- kind: change
-- for: down orgd/orgd00000006
-- The record of who changed what, and the answers that are kept for requests sent again: nobody else has a place for them.
SELECT 'table' AS kind,
       t.name,
       t.rows,
       'deleted' AS outcome,
       'Agenta has no place for it, and nothing keeps it.' AS reason
  FROM (SELECT 'orgd.audit' AS name, count(*) AS rows FROM orgd.audit
         UNION ALL
        SELECT 'orgd.idempotency', count(*) FROM orgd.idempotency) t;
