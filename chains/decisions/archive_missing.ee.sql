-- kind: obstacle
-- for: down core_legacy_ee/4e5f6a7b8c9d
-- for: down core_legacy_ee/5a6b7c8d9e0f
-- Whether the archive holds what going back to v0.103.5 needs.
WITH archive AS (
    -- a query in a text, for the table need not exist
    SELECT CASE WHEN to_regclass('orgd_archive.applied') IS NOT NULL THEN
               xpath('/table/row/revision/text()',
                     query_to_xml('SELECT revision FROM orgd_archive.applied', false, false, ''))::text[]
           END AS revisions
)
SELECT a.revisions,
       'archive_missing' AS outcome,
       format('going back behind %s needs the archive, and %s. Either the upgrade ran with --legacy drop or by Agenta itself,'
              ' or the archive was purged, or the database never was of v0.103.5, so only a backup leads back',
              '5a6b7c8d9e0f',
              CASE WHEN a.revisions IS NULL THEN 'there is none'
                   WHEN v.place = 1 THEN 'it is one of the other edition or not complete'
                   ELSE 'it is not complete'
              END) AS reason
  FROM archive a
 CROSS JOIN LATERAL (
           SELECT min(w.place) AS place
             FROM unnest(ARRAY['5a6b7c8d9e0f', '4e5f6a7b8c9d']) WITH ORDINALITY AS w (revision, place)
            WHERE NOT w.revision = ANY (coalesce(a.revisions, '{}'))
              -- the later one may have been taken back already
              AND NOT (w.place = 1 AND EXISTS (SELECT FROM alembic_version r WHERE r.version_num = '4e5f6a7b8c9d'))
       ) v
 WHERE v.place IS NOT NULL;
