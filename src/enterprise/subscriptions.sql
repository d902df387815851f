-- subscriptions_add: gives new organizations their plans; billing periods begin on today's day of the month; $1 [{id, plan}]
INSERT INTO subscriptions (organization_id, plan, active, anchor)
SELECT w.id, w.plan, true, extract(day FROM now() AT TIME ZONE 'UTC')::smallint
FROM json_to_recordset($1::json) AS w(id uuid, plan text)
ON CONFLICT (organization_id) DO NOTHING;

-- members_count: adds new members to the gauges of organizations; $1 [organization], $2 [new membership]
-- The gauge has an id that is a hash of what it counts: a UUID of version 5 in the namespace of meters. An organization without a gauge starts with all members.
WITH counted AS (
    SELECT m.organization_id AS id, count(*) AS members,
           count(*) FILTER (WHERE m.id IN (SELECT value::uuid FROM json_array_elements_text($2::json))) AS more
    FROM organization_members AS m
    WHERE m.organization_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
    GROUP BY m.organization_id
)
INSERT INTO meters AS e (meter_id, key, value, synced, organization_id)
SELECT encode(set_byte(set_byte(h.hash, 6, get_byte(h.hash, 6) & 15 | 80), 8, get_byte(h.hash, 8) & 63 | 128), 'hex')::uuid,
       'USERS', c.members, 0, c.id
FROM counted AS c
CROSS JOIN LATERAL (
    SELECT substr(digest('\xeaf4d8ebb6455438bd19042b2cc308b2'::bytea || convert_to('key=users|org=' || c.id, 'UTF8'), 'sha1'), 1, 16) AS hash
) AS h
ORDER BY c.id
ON CONFLICT (meter_id) DO UPDATE
SET value = e.value + (SELECT c.more FROM counted AS c WHERE c.id = e.organization_id), updated_at = now();

-- users_count_off: subtracts users from the gauges of their organizations; $1 [user]
UPDATE meters AS e SET value = greatest(e.value - m.members, 0), updated_at = now()
FROM (
    SELECT organization_id, count(*) AS members FROM organization_members
    WHERE user_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))
    GROUP BY organization_id
) AS m
WHERE e.organization_id = m.organization_id AND e.key = 'USERS' AND e.year IS NULL;

-- member_count_off: subtracts a member from the gauge of the organization; $1 membership
UPDATE meters AS e SET value = greatest(e.value - 1, 0), updated_at = now()
FROM organization_members AS m
WHERE m.id = $1::uuid AND e.organization_id = m.organization_id AND e.key = 'USERS' AND e.year IS NULL;
