-- kind: change
-- for: down orgd/orgd00000005
-- What only orgd has a place for: logins, sessions and their keys, and mail on its way. `orgd.live_invitations` is no
-- part of it, because it is made of the invitations and made again on the way up.
SELECT 'table' AS kind,
       t.name,
       t.rows,
       'deleted' AS outcome,
       'Agenta has no place for it, and nothing keeps it.' AS reason
  FROM (SELECT 'orgd.logins' AS name, count(*) AS rows FROM orgd.logins
         UNION ALL
        SELECT 'orgd.signing_keys', count(*) FROM orgd.signing_keys
         UNION ALL
        SELECT 'orgd.sessions', count(*) FROM orgd.sessions
         UNION ALL
        SELECT 'orgd.code_devices', count(*) FROM orgd.code_devices
         UNION ALL
        SELECT 'orgd.codes', count(*) FROM orgd.codes
         UNION ALL
        SELECT 'orgd.password_resets', count(*) FROM orgd.password_resets
         UNION ALL
        SELECT 'orgd.outbox', count(*) FROM orgd.outbox) t;
