-- revision: orgd00000002
-- revises: orgd00000001
-- Indexes for the account plane: what it looks up, what it lists, and the referencing side of every foreign key that a deletion follows.

-- up
-- Members of a place, and its deletion.
CREATE INDEX orgd_organization_members_organization ON organization_members (organization_id);
CREATE INDEX orgd_workspace_members_workspace ON workspace_members (workspace_id);
CREATE INDEX orgd_project_members_project ON project_members (project_id);

-- The tree of places, and what a person owns.
CREATE INDEX orgd_organizations_owner ON organizations (owner_id);
CREATE INDEX orgd_workspaces_organization ON workspaces (organization_id);
CREATE INDEX orgd_projects_workspace ON projects (workspace_id);

-- Keys: by what is presented, by prefix, of a project, of a person.
CREATE INDEX orgd_api_keys_hash ON api_keys (hashed_key);
CREATE INDEX orgd_api_keys_prefix ON api_keys (prefix);
CREATE INDEX orgd_api_keys_project ON api_keys (project_id);
CREATE INDEX orgd_api_keys_creator ON api_keys (created_by_id);

-- Invitations: of a project, accepted by a person, waiting for an address.
CREATE INDEX orgd_project_invitations_project ON project_invitations (project_id);
CREATE INDEX orgd_project_invitations_user ON project_invitations (user_id);
CREATE INDEX orgd_project_invitations_email ON project_invitations (lower(email COLLATE "C"));

-- What goes, or is let go, when a project, an organization or a secret is deleted.
CREATE INDEX orgd_secrets_project ON secrets (project_id);
CREATE INDEX orgd_secrets_organization ON secrets (organization_id);
CREATE INDEX orgd_webhook_subscriptions_secret ON webhook_subscriptions (secret_id);

-- down
DROP INDEX
    orgd_webhook_subscriptions_secret,
    orgd_secrets_organization,
    orgd_secrets_project,
    orgd_project_invitations_email,
    orgd_project_invitations_user,
    orgd_project_invitations_project,
    orgd_api_keys_creator,
    orgd_api_keys_project,
    orgd_api_keys_prefix,
    orgd_api_keys_hash,
    orgd_projects_workspace,
    orgd_workspaces_organization,
    orgd_organizations_owner,
    orgd_project_members_project,
    orgd_workspace_members_workspace,
    orgd_organization_members_organization;
