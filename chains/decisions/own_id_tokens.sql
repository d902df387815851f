-- kind: change
-- for: down orgd/orgd00000016
-- Identity tokens that signed in already: without these rows they could sign in again until they expire.
SELECT 'table' AS kind,
       t.name,
       t.rows,
       'deleted' AS outcome,
       'Agenta has no place for it, and nothing keeps it.' AS reason
  FROM (SELECT 'orgd.used_id_tokens' AS name, count(*) AS rows FROM orgd.used_id_tokens) t;
