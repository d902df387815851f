-- kind: change
-- for: down orgd/orgd00000015
-- Events of the audit and the hash chain over it. The events are counted apart from the changes, which stay here and go with
-- their table.
SELECT 'table' AS kind,
       t.name,
       t.rows,
       'deleted' AS outcome,
       'Agenta has no place for it, and nothing keeps it.' AS reason
  FROM (SELECT 'orgd.audit_seals' AS name, count(*) AS rows FROM orgd.audit_seals
         UNION ALL
        SELECT 'orgd.audit_anchors', count(*) FROM orgd.audit_anchors
         UNION ALL
        SELECT 'orgd.audit_counts', count(*) FROM orgd.audit_counts) t;
