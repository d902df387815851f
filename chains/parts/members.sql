-- decide: members

-- The id tells that a membership was made here, and makes each run give the same. Unless nothing of this program is to
-- stay in the database, it also remembers which memberships it made, and from what.
-- hazards: AUTHZ_UPDATE, IMPACTS_DATABASE_PERFORMANCE
-- locks: ROW EXCLUSIVE organization_members, workspace_members, project_members
DO $$
DECLARE
    id text := 'overlay(overlay(md5(''backfilled '' || d.place || d.user_id || d.scope_id)'
               ' PLACING ''8'' FROM 13) PLACING ''8'' FROM 17)::uuid';
    scope text;
BEGIN
    IF NOT current_setting('orgd.exact')::boolean THEN
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
        -- who is there already stays as they are
        EXECUTE format('DELETE FROM decided_members d USING %1$s_members m'
                       ' WHERE d.place = %1$L AND m.user_id = d.user_id AND m.%1$s_id = d.scope_id', scope);
        EXECUTE format('INSERT INTO %1$s_members (id, user_id, %1$s_id, role, created_at)'
                       ' SELECT %2$s, d.user_id, d.scope_id, d.role,'
                       '        CASE WHEN NOT current_setting(''orgd.strict'')::boolean THEN now() END'
                       '   FROM decided_members d WHERE d.place = %1$L', scope, id);
    END LOOP;
    IF NOT current_setting('orgd.exact')::boolean THEN
        EXECUTE format('INSERT INTO orgd.backfilled_members (member_id, place, outcome, invitation_id)'
                       ' SELECT %s, d.place, d.outcome, d.invitation_id FROM decided_members d', id);
    END IF;
END
$$;
