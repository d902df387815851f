-- subscriptions_add: begins the plans of new organizations, on this day of the month; $1 [{place, organization, plan}]
WITH wanted AS (
    SELECT place, organization, plan FROM json_to_recordset($1::json) AS w(place integer, organization uuid, plan text)
), made AS (
    INSERT INTO subscriptions (organization_id, plan, active, anchor)
    SELECT organization, plan, true, extract(day FROM now() AT TIME ZONE 'UTC') FROM wanted
    RETURNING organization_id, plan, active
)
SELECT w.place, json_build_object('plan', m.plan, 'active', m.active)
FROM wanted AS w
JOIN made AS m ON m.organization_id = w.organization;
