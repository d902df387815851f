-- kind: change
-- for: down orgd/orgd00000019
-- API keys that are restricted to their project. Programs that know no restriction would let them do everything that their person may.
SELECT 'table' AS kind,
       t.name,
       (SELECT count(*) FROM orgd.api_key_restrictions) AS rows,
       'deleted' AS outcome,
       'Agenta would let a restricted key do all that its person may.' AS reason
  FROM (VALUES ('api_keys'), ('orgd.api_key_restrictions')) AS t (name);
