-- revision: orgd00000001
-- revises: none
-- Makes true by constraint what the program relies on: one membership per person and place, one owner per organization, one default project per workspace, one live invitation per address and organization.

-- up
-- A database that breaks a rule is refused with the rule, the number of cases and one of them. Nothing is
-- deleted here: which of two rows is right is not for a migration to guess.
LOCK TABLE organization_members, workspace_members, project_members, projects, project_invitations
    IN SHARE ROW EXCLUSIVE MODE;

-- hazards: NONE
DO $$
DECLARE
    broken record;
BEGIN
    FOR broken IN
        SELECT 'organization_members' AS place,
               'more than one row of one user in one organization' AS what,
               count(*) AS cases,
               min(format('user %s in organization %s', user_id, organization_id)) AS example
          FROM (SELECT user_id, organization_id FROM organization_members
                 WHERE user_id IS NOT NULL AND organization_id IS NOT NULL
                 GROUP BY 1, 2 HAVING count(*) > 1) twice
        UNION ALL
        SELECT 'workspace_members',
               'more than one row of one user in one workspace',
               count(*),
               min(format('user %s in workspace %s', user_id, workspace_id))
          FROM (SELECT user_id, workspace_id FROM workspace_members
                 WHERE user_id IS NOT NULL AND workspace_id IS NOT NULL
                 GROUP BY 1, 2 HAVING count(*) > 1) twice
        UNION ALL
        SELECT 'project_members',
               'more than one row of one user in one project',
               count(*),
               min(format('user %s in project %s', user_id, project_id))
          FROM (SELECT user_id, project_id FROM project_members
                 WHERE user_id IS NOT NULL
                 GROUP BY 1, 2 HAVING count(*) > 1) twice
        UNION ALL
        SELECT 'organization_members',
               'more than one owner of one organization',
               count(*),
               min(format('organization %s', organization_id))
          FROM (SELECT organization_id FROM organization_members
                 WHERE role = 'owner' AND organization_id IS NOT NULL
                 GROUP BY 1 HAVING count(*) > 1) twice
        UNION ALL
        SELECT 'projects',
               'more than one default project in one workspace',
               count(*),
               min(format('workspace %s', workspace_id))
          FROM (SELECT workspace_id FROM projects
                 WHERE is_default
                 GROUP BY 1 HAVING count(*) > 1) twice
        UNION ALL
        SELECT 'project_invitations',
               'more than one unused invitation of one address in one organization',
               count(*),
               min(format('%s in organization %s', email, organization_id))
          FROM (SELECT lower(i.email COLLATE "C") AS email, p.organization_id
                  FROM project_invitations i JOIN projects p ON p.id = i.project_id
                 WHERE i.used IS NOT TRUE AND i.deleted_at IS NULL
                 GROUP BY 1, 2 HAVING count(*) > 1) twice
    LOOP
        IF broken.cases > 0 THEN
            RAISE EXCEPTION USING
                ERRCODE = 'integrity_constraint_violation',
                MESSAGE = format('table %s holds %s (cases: %s, for example %s); remove the surplus rows and run the migration again',
                                 broken.place, broken.what, broken.cases, broken.example);
        END IF;
    END LOOP;
END
$$;

-- Beginning with the user, these also find all memberships of a person.
CREATE UNIQUE INDEX orgd_organization_members_once ON organization_members (user_id, organization_id);
CREATE UNIQUE INDEX orgd_workspace_members_once ON workspace_members (user_id, workspace_id);
CREATE UNIQUE INDEX orgd_project_members_once ON project_members (user_id, project_id);

-- Who hands over takes the role from the old owner first: the index looks at each row, not at the end.
CREATE UNIQUE INDEX orgd_organization_members_one_owner ON organization_members (organization_id)
    WHERE role = 'owner';
CREATE UNIQUE INDEX orgd_projects_one_default ON projects (workspace_id)
    WHERE is_default;

-- An invitation names its project, and the rule is about the organization, so no index on
-- project_invitations can hold it. Triggers keep one row here per invitation that is not used yet; the
-- primary key is the guarantee, for every writer. Expired invitations count until they are deleted.
CREATE TABLE orgd.live_invitations (
    organization_id uuid NOT NULL,
    email           text COLLATE "C" NOT NULL,
    invitation_id   uuid NOT NULL UNIQUE REFERENCES project_invitations ON DELETE CASCADE,
    CONSTRAINT orgd_live_invitations_once PRIMARY KEY (organization_id, email)
);

INSERT INTO orgd.live_invitations (organization_id, email, invitation_id)
SELECT p.organization_id, lower(i.email COLLATE "C"), i.id
  FROM project_invitations i JOIN projects p ON p.id = i.project_id
 WHERE i.used IS NOT TRUE AND i.deleted_at IS NULL;

-- Runs with the rights of its owner: whoever may write invitations needs no right on this schema. The
-- project is locked against moving to another organization until the invitation is committed.
CREATE FUNCTION orgd.follow_invitation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM orgd.live_invitations WHERE invitation_id = OLD.id;
    END IF;
    IF NEW.used IS NOT TRUE AND NEW.deleted_at IS NULL THEN
        INSERT INTO orgd.live_invitations (organization_id, email, invitation_id)
        SELECT p.organization_id, lower(NEW.email COLLATE "C"), NEW.id
          FROM public.projects p
         WHERE p.id = NEW.project_id
           FOR SHARE;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER orgd_follow_invitation
    AFTER INSERT OR UPDATE OF id, email, used, project_id, deleted_at ON project_invitations
    FOR EACH ROW EXECUTE FUNCTION orgd.follow_invitation();

CREATE FUNCTION orgd.follow_project() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE orgd.live_invitations l
       SET organization_id = NEW.organization_id
      FROM public.project_invitations i
     WHERE i.project_id = NEW.id AND l.invitation_id = i.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER orgd_follow_project
    AFTER UPDATE OF organization_id ON projects
    FOR EACH ROW WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id)
    EXECUTE FUNCTION orgd.follow_project();

-- down
DROP TRIGGER orgd_follow_project ON projects;
DROP TRIGGER orgd_follow_invitation ON project_invitations;
DROP FUNCTION orgd.follow_project();
DROP FUNCTION orgd.follow_invitation();
DROP TABLE orgd.live_invitations;
DROP INDEX orgd_projects_one_default;
DROP INDEX orgd_organization_members_one_owner;
DROP INDEX orgd_project_members_once;
DROP INDEX orgd_workspace_members_once;
DROP INDEX orgd_organization_members_once;
