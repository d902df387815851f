-- revision: park00000000
-- revises: 4f5a6b7c8d9e
-- Where both editions meet. Makes members of those who came while the chain ran, and changes nothing else.

-- up
-- Whoever wrote before this lock is seen; a glance tells whether there was anybody.
LOCK TABLE users, organizations, workspaces, projects, project_invitations, organization_members, workspace_members,
           project_members IN SHARE ROW EXCLUSIVE MODE;

-- hazards: AUTHZ_UPDATE
DO $missed$
BEGIN
    IF NOT current_setting('orgd.strict')::boolean
       AND (EXISTS (SELECT
                      FROM project_invitations i
                     WHERE i.used AND i.user_id IS NOT NULL
                       AND NOT EXISTS (SELECT
                                         FROM project_members m
                                        WHERE m.user_id = i.user_id AND m.project_id = i.project_id))
            OR EXISTS (SELECT
                         FROM project_invitations i
                         JOIN users u ON lower(btrim(u.email) COLLATE "C") = lower(btrim(i.email) COLLATE "C")
                        WHERE i.used AND i.user_id IS NULL
                          AND NOT EXISTS (SELECT
                                            FROM project_members m
                                           WHERE m.user_id = u.id AND m.project_id = i.project_id))
            OR EXISTS (SELECT
                         FROM projects p
                        WHERE NOT EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id))
            OR EXISTS (SELECT
                         FROM users u
                        WHERE current_setting('orgd.everyone') <> '' AND u.is_active
                          AND NOT EXISTS (SELECT FROM organization_members m WHERE m.user_id = u.id)))
    THEN
        -- include: members
    END IF;
END
$missed$;

-- down
