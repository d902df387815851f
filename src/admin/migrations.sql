-- migrations_backfill: how many memberships the way from an older release made, from what, and when
SELECT coalesce(json_agg(json_build_object('place', b.place, 'outcome', b.outcome, 'members', b.members, 'at', b.at)
                         ORDER BY b.at, b.place, b.outcome), '[]') AS json
  FROM (SELECT place, outcome, count(*) AS members, max(backfilled_at) AS at
          FROM orgd.backfilled_members
         GROUP BY place, outcome) b;
