-- decide: members

-- Unless nothing of this program is to stay in the database, it remembers which memberships it made, and from what.
-- hazards: AUTHZ_UPDATE, IMPACTS_DATABASE_PERFORMANCE
-- locks: ROW EXCLUSIVE organization_members, workspace_members, project_members
DO $$
DECLARE
    mark text := CASE WHEN current_setting('orgd.exact')::boolean THEN '' ELSE
        'INSERT INTO orgd.backfilled_members (member_id, place, outcome, invitation_id)'
        ' SELECT n.id, d.place, d.outcome, d.invitation_id'
        '   FROM made n JOIN decided_members d ON d.place = %1$L AND d.user_id = n.user_id AND d.scope_id = n.%1$s_id' END;
    scope text;
BEGIN
    IF mark <> '' THEN
        CREATE SCHEMA IF NOT EXISTS orgd;
        CREATE TABLE IF NOT EXISTS orgd.backfilled_members (
            member_id     uuid        NOT NULL,
            place         text        NOT NULL,
            outcome       text        NOT NULL,
            invitation_id uuid,
            backfilled_at timestamptz NOT NULL DEFAULT now()
        );
    END IF;
    FOREACH scope IN ARRAY ARRAY['organization', 'workspace', 'project'] LOOP
        -- the id tells that a membership was made here, and makes each run give the same
        EXECUTE format(
            CASE WHEN mark <> '' THEN 'WITH made AS (' ELSE '' END ||
            'INSERT INTO %1$s_members (id, user_id, %1$s_id, role, created_at)'
            ' SELECT overlay(overlay(md5(''backfilled '' || d.place || d.user_id || d.scope_id)'
            '                        PLACING ''8'' FROM 13) PLACING ''8'' FROM 17)::uuid,'
            '        d.user_id, d.scope_id, d.role, CASE WHEN NOT current_setting(''orgd.strict'')::boolean THEN now() END'
            '   FROM decided_members d'
            '  WHERE d.place = %1$L'
            '    AND NOT EXISTS (SELECT FROM %1$s_members m WHERE m.user_id = d.user_id AND m.%1$s_id = d.scope_id)' ||
            CASE WHEN mark <> '' THEN ' RETURNING id, user_id, %1$s_id) ' || mark ELSE '' END,
            scope);
    END LOOP;
END
$$;
