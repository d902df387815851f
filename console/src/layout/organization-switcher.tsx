// The menu of the user's organizations, with the owner's actions, the pending invitations and logging out.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router-dom";
import { myInvitationsQuery } from "../api/queries";
import type { Organization } from "../api/types";
import { CaretIcon, DeleteIcon, MailIcon, PlusIcon, RenameIcon, SignOutIcon, TransferIcon } from "../components/icons";
import { Initials } from "../components/initials";
import { Menu, type MenuItem } from "../components/menu";
import { texts } from "../texts";
import { useDialogs } from "./dialogs";
import { homeOf, nameOf, useScope } from "./scope";
import { useSignOut } from "./sign-out";

export function OrganizationSwitcher() {
  const scope = useScope();
  const navigate = useNavigate();
  const leave = useSignOut();
  const { openOrganization, openInvitation } = useDialogs();
  const invitations = useQuery(myInvitationsQuery).data ?? [];
  const words = texts.shell.organization;

  const actions: MenuItem[] = scope.isOwner
    ? [
        { key: "rename", label: words.rename, icon: <RenameIcon />, indented: true, onSelect: () => openOrganization("rename", scope.organization) },
        { key: "transfer", label: words.transfer, icon: <TransferIcon />, indented: true, onSelect: () => openOrganization("transfer", scope.organization) },
        { key: "delete", label: words.delete, icon: <DeleteIcon />, indented: true, danger: true, onSelect: () => openOrganization("delete", scope.organization) },
      ]
    : [];

  const item = (organization: Organization): MenuItem => ({
    key: organization.id,
    label: nameOf(organization),
    icon: <Initials name={nameOf(organization)} id={organization.id} size={24} />,
    checked: organization.id === scope.organization.id,
    onSelect: () => {
      const home = homeOf(organization, scope.allProjects);
      if (home && organization.id !== scope.organization.id) navigate(home);
    },
  });

  return (
    <Menu
      className="switcher"
      label={words.label(scope.organizationName)}
      trigger={
        <>
          <span className="switcher-mark">
            <Initials name={scope.organizationName} id={scope.organization.id} size={32} />
            {invitations.length > 0 && <span className="badge" title={texts.shell.invitations.waiting(invitations.length)} />}
          </span>
          <span className="switcher-name nav-label">
            <strong>{scope.organizationName}</strong>
            <span>{texts.roles[scope.role] ?? scope.role}</span>
          </span>
          <span className="caret nav-label">
            <CaretIcon size={16} />
          </span>
        </>
      }
      sections={[
        {
          key: "invitations",
          title: texts.shell.invitations.group,
          items: invitations.map((invitation) => ({
            key: invitation.id,
            label: invitation.organization_name ?? texts.shell.invitations.somebody,
            icon: <MailIcon />,
            content: (
              <>
                <span>{invitation.organization_name ?? texts.shell.invitations.somebody}</span>
                <small>{texts.shell.invitations.as(texts.roles[invitation.role] ?? invitation.role)}</small>
              </>
            ),
            onSelect: () => openInvitation(invitation),
          })),
        },
        {
          key: "organizations",
          title: words.group,
          scrolls: true,
          items: scope.organizations.flatMap((organization) =>
            organization.id === scope.organization.id ? [item(organization), ...actions] : [item(organization)],
          ),
        },
        { key: "create", items: [{ key: "create", label: words.create, icon: <PlusIcon />, onSelect: () => openOrganization("create") }] },
        { key: "leave", items: [{ key: "leave", label: words.signOut, icon: <SignOutIcon />, onSelect: () => void leave() }] },
      ]}
    />
  );
}
