-- kind: obstacle
-- for: up core_ee/ee0000000002
-- What somebody else made under the names of what the adoption makes: it takes over what is like its own, and nothing else.
WITH expected (name, columns) AS (
    VALUES ('subscriptions',
            'organization_id uuid, plan character varying, active boolean, anchor smallint, customer_id character varying,'
            ' subscription_id character varying'),
           ('meters',
            'meter_id uuid, key meters_type, value bigint, synced bigint, organization_id uuid, workspace_id uuid,'
            ' project_id uuid, user_id uuid, year smallint, month smallint, day smallint'),
           ('organization_domains',
            'id uuid, organization_id uuid, slug character varying, name character varying, description character varying,'
            ' token character varying, flags jsonb, tags jsonb, meta jsonb'),
           ('organization_providers',
            'id uuid, organization_id uuid, slug character varying, name character varying, description character varying,'
            ' secret_id uuid, flags jsonb, tags jsonb, meta jsonb')
), problem AS (
    -- null where there is none
    SELECT format('public.%I, which ', e.name)
           || CASE WHEN c.relkind NOT IN ('r', 'p') THEN 'is no table'
                   ELSE (SELECT 'lacks ' || string_agg(x.column, ', ' ORDER BY x.place)
                           FROM unnest(string_to_array(e.columns, ', ')) WITH ORDINALITY AS x ("column", place)
                          WHERE x.column NOT IN (SELECT format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                                                   FROM pg_attribute a
                                                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
              END AS what
      FROM expected e
      JOIN pg_class c ON c.oid = to_regclass(format('public.%I', e.name))
    UNION ALL
    SELECT 'the type public.meters_type, which is no enumeration with the label ' || min(l.label)
      FROM unnest(ARRAY['USERS', 'EVALUATIONS_RUN', 'TRACES_INGESTED', 'TRACES_RETRIEVED', 'CREDITS_CONSUMED',
                        'EVENTS_INGESTED']) AS l (label)
     WHERE to_regtype('public.meters_type') IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_enum m
                        WHERE m.enumtypid = to_regtype('public.meters_type') AND m.enumlabel = l.label)
    HAVING count(*) > 0
)
SELECT count(*) AS objects,
       'in_the_way' AS outcome,
       format('the database has something else under %s that the enterprise edition uses: %s. Rename or drop what is not of Agenta'
              ' and run this again',
              CASE count(*) WHEN 1 THEN 'a name' ELSE count(*) || ' names' END, string_agg(p.what, '; ' ORDER BY p.what)) AS reason
  FROM problem p
 WHERE p.what IS NOT NULL
HAVING count(*) > 0;
