-- kind: purge
-- needs: hanging
-- What the archive holds, and what hangs on it from outside.
SELECT h.kind,
       h.name,
       CASE h.kind WHEN 'table' THEN
           (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %s', h.name),
                                                false, true, '')))[1]::text::bigint
       END AS rows,
       'deleted' AS outcome,
       'It is in the archive, or depends on something that is.' AS reason
  FROM decided_hanging h
 WHERE h.shown AND h.archived
 ORDER BY h.kind, h.name;
