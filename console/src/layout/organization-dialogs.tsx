// The dialogs that create, rename, transfer and delete an organization.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Modal } from "antd";
import { useId, useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAction } from "../api/action";
import { answer, answerAs, api } from "../api/client";
import { errorText } from "../api/errors";
import { contentsQuery, organizationQuery, organizationsQuery, profileQuery, projectsQuery } from "../api/queries";
import type { Member, Organization, OrganizationContents } from "../api/types";
import { Confirm } from "../components/confirm";
import { NameDialog } from "../components/name-dialog";
import { useNotify } from "../components/notices";
import { LoadError, PageSkeleton } from "../components/page";
import { homeOf, nameOf, projectsOf } from "./scope";
import { texts } from "../texts";

const words = texts.settings.dialogs;
const shared = texts.settings.organization;

export type OrganizationAction = "create" | "rename" | "transfer" | "delete";

interface Props {
  action: OrganizationAction;
  /** The organization to change; undefined to create one. */
  organization?: Organization;
  onClose: () => void;
}

interface OneProps {
  organization: Organization;
  onClose: () => void;
}

export default function OrganizationDialog({ action, organization, onClose }: Props) {
  if (action === "create" || !organization) return <Create onClose={onClose} />;
  if (action === "rename") return <Rename organization={organization} onClose={onClose} />;
  if (action === "transfer") return <Transfer organization={organization} onClose={onClose} />;
  return <Delete organization={organization} onClose={onClose} />;
}

const pathOf = (organization: Organization) => ({ params: { path: { organization_id: organization.id } } });

function Create({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const create = useAction({
    mutationFn: (name: string) => answerAs<{ id: string; name: string }>(api.POST("/organizations", { body: { name } })),
    onSuccess: async ({ id, name }) => {
      const organizations = await client.fetchQuery({ ...organizationsQuery, staleTime: 0 });
      const projects = await client.fetchQuery({ ...projectsQuery, staleTime: 0 });
      const made = organizations.find((each) => each.id === id);
      onClose();
      notify.success(words.created(name));
      navigate((made && homeOf(made, projects)) ?? "/");
    },
  });
  return (
    <NameDialog
      title={words.createTitle}
      lead={words.createLead}
      label={shared.name}
      missing={shared.nameMissing}
      button={words.createButton}
      isBusy={create.isPending}
      problem={create.error}
      onSubmit={(name) => create.mutate(name)}
      onClose={onClose}
    />
  );
}

function Rename({ organization, onClose }: OneProps) {
  const client = useQueryClient();
  const notify = useNotify();
  const rename = useAction({
    mutationFn: (name: string) =>
      answerAs<{ name: string }>(api.PATCH("/organizations/{organization_id}", { ...pathOf(organization), body: { name } })),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries();
      onClose();
      notify.success(words.renamed(name));
    },
  });
  return (
    <NameDialog
      title={words.renameTitle}
      label={shared.name}
      missing={shared.nameMissing}
      initial={organization.name ?? ""}
      button={texts.common.save}
      isBusy={rename.isPending}
      problem={rename.error}
      onSubmit={(name) => rename.mutate(name)}
      onClose={onClose}
    />
  );
}

function Transfer({ organization, onClose }: OneProps) {
  const client = useQueryClient();
  const notify = useNotify();
  const details = useQuery({ ...organizationQuery(organization.id), staleTime: 0 }); // the new owner may have joined a moment ago
  const [chosen, setChosen] = useState("");
  const id = useId();
  const members = (details.data?.default_workspace?.members ?? []).filter(
    ({ user }) => user.status === "member" && user.id !== organization.owner_id,
  );
  const transfer = useAction({
    mutationFn: (member: Member) =>
      answer(
        api.POST("/organizations/{organization_id}/transfer/{new_owner_id}", {
          params: { path: { organization_id: organization.id, new_owner_id: member.user.id } },
        }),
      ),
    onSuccess: async (_, { user }) => {
      await client.invalidateQueries();
      onClose();
      notify.success(words.transferred(user.username));
    },
  });
  const member = members.find(({ user }) => user.id === chosen);
  return (
    <Modal
      open
      title={words.transferTitle(nameOf(organization))}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {texts.common.cancel}
        </Button>,
        <Button key="transfer" type="primary" disabled={!member} loading={transfer.isPending} onClick={() => member && transfer.mutate(member)}>
          {words.transferButton}
        </Button>,
      ]}
    >
      <div className="stack">
        <p>{words.transferLead}</p>
        {details.error ? (
          <LoadError problem={details.error} onRetry={() => void details.refetch()} />
        ) : !details.data ? (
          <PageSkeleton rows={2} />
        ) : members.length === 0 ? (
          <Alert type="info" showIcon message={words.transferNobody} />
        ) : (
          <div className="field">
            <label htmlFor={id}>{words.transferTo}</label>
            <select id={id} className="select" value={chosen} onChange={(event) => setChosen(event.target.value)}>
              <option value="">{words.transferChoose}</option>
              {members.map(({ user }) => (
                <option key={user.id} value={user.id}>
                  {user.username} · {user.email}
                </option>
              ))}
            </select>
          </div>
        )}
        <div role="alert">{transfer.error && <Alert type="error" showIcon role="presentation" message={errorText(transfer.error)} />}</div>
      </div>
    </Modal>
  );
}

function Delete({ organization, onClose }: OneProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const profile = useQuery(profileQuery).data;
  const organizations = useQuery(organizationsQuery).data ?? [];
  const projects = projectsOf(organization, useQuery(projectsQuery).data ?? []);
  const contents = useQuery(contentsQuery(organization.id));
  const name = nameOf(organization);
  const owned = organizations.filter((each) => each.owner_id === profile?.id).length;

  const remove = useAction({
    mutationFn: () => answer(api.DELETE("/organizations/{organization_id}", pathOf(organization))),
    onSuccess: async () => {
      onClose();
      navigate("/", { replace: true });
      client.removeQueries({ queryKey: organizationQuery(organization.id).queryKey });
      await client.invalidateQueries();
      notify.success(words.deleted(name));
    },
  });
  return (
    <Confirm
      title={words.deleteTitle(name)}
      button={words.deleteButton}
      typed={{ name, label: words.typeName(name) }}
      impossible={owned <= 1 ? shared.lastOwned : undefined}
      isWaiting={!contents.data}
      isBusy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{words.deleteLead}</p>
      {contents.data ? (
        <Contents of={contents.data} projects={projects.map((project) => project.project_name)} />
      ) : contents.error ? (
        <LoadError problem={contents.error} onRetry={() => void contents.refetch()} />
      ) : (
        <PageSkeleton />
      )}
    </Confirm>
  );
}

const NAMED = 5; // up to this many projects are listed by name; of more, only the number is shown

function Contents({ of: { workspaces, projects, members, invitations, api_keys }, projects: names }: { of: OrganizationContents; projects: string[] }) {
  const known = names.length === projects && projects <= NAMED ? `: ${names.join(", ")}` : "";
  return (
    <ul className="bullets">
      {workspaces > 1 && <li>{words.deleteWorkspaces(workspaces)}</li>}
      <li>
        {words.deleteProjects(projects)}
        {known}
      </li>
      <li>{words.deleteMembers(members - 1)}</li>
      {invitations > 0 && <li>{words.deleteInvitations(invitations)}</li>}
      <li>{words.deleteKeys(api_keys)}</li>
    </ul>
  );
}
