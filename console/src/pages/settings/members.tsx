// The members of the organization and the invitations to it.
import { Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router-dom";
import { useAction } from "../../api/action";
import { answer, answerAs, api } from "../../api/client";
import { errorText } from "../../api/errors";
import { invitationsQuery, organizationQuery } from "../../api/queries";
import type { Member, WaitingInvitation } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { CopyButton } from "../../components/copy";
import { LocalDate } from "../../components/dates";
import { Initials } from "../../components/initials";
import { useNotify } from "../../components/notices";
import { LoadError, Page, PageSkeleton } from "../../components/page";
import { useScope } from "../../layout/scope";
import { texts } from "../../texts";
import { LeaveButton } from "./leave";
import "./settings.css";

const InviteDialog = lazy(() => import("./invite-dialog"));
const words = texts.settings.members;

export const GIVEN_ROLES = ["admin", "viewer"] as const;

export default function MembersPage() {
  const { organization, mayManage, path } = useScope();
  const [search, setSearch] = useSearchParams();
  const details = useQuery(organizationQuery(organization.id));
  const invitingIn = useRef(""); // stays open with the server's message if the user loses the role meanwhile
  if (mayManage) invitingIn.current = organization.id;
  const isInviting = invitingIn.current === organization.id && search.has("invite");
  const invite = (isOpen: boolean) => setSearch(isOpen ? { invite: "" } : {}, { replace: true });
  const members = (details.data?.default_workspace?.members ?? []).filter(({ user }) => user.status === "member");
  return (
    <Page
      title={words.title}
      lead={mayManage ? words.lead : words.viewer}
      actions={
        mayManage && (
          <Button type="primary" onClick={() => invite(true)}>
            {words.invite}
          </Button>
        )
      }
    >
      <div className="sections wide">
        {details.error && !details.data ? (
          <LoadError problem={details.error} onRetry={() => void details.refetch()} />
        ) : (
          <section className="card list-card">{details.data ? <Members members={members} /> : <Waiting />}</section>
        )}
        <p className="muted">
          {words.ownerHint} <Link to={path("settings/organization")}>{words.ownerHintLink}</Link>
        </p>
        {mayManage && <Invitations />}
      </div>
      {isInviting && (
        <Suspense fallback={null}>
          <InviteDialog onClose={() => invite(false)} />
        </Suspense>
      )}
    </Page>
  );
}

const Waiting = () => (
  <div className="list-empty">
    <PageSkeleton />
  </div>
);

function Members({ members }: { members: Member[] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{words.person}</th>
          <th scope="col">{words.role}</th>
          <th scope="col">
            <span className="visually-hidden">{words.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <MemberRow key={member.user.id} member={member} />
        ))}
      </tbody>
    </table>
  );
}

function MemberRow({ member: { user, roles } }: { member: Member }) {
  const { organization, workspaceId, profile, mayManage } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const [isRemoving, setIsRemoving] = useState(false);
  const role = roles[0]?.role_name ?? "viewer";
  const isOwner = user.id === organization.owner_id;
  const isMe = user.id === profile.id;
  const refresh = () => client.invalidateQueries({ queryKey: ["organizations"] });

  const give = useAction({
    mutationFn: (wanted: string) =>
      answer(
        api.PATCH("/organizations/{organization_id}/members/{user_id}", {
          params: { path: { organization_id: organization.id, user_id: user.id } },
          body: { role: wanted },
        }),
      ),
    onSuccess: async (given) => {
      await client.invalidateQueries();
      notify.success(words.roleChanged(user.username, (texts.roles[given.role] ?? given.role).toLowerCase()));
    },
    onError: (problem) => notify.error(errorText(problem)),
  });
  const remove = useAction({
    mutationFn: () =>
      answer(
        api.DELETE("/workspaces/{workspace_id}/users", {
          params: { path: { workspace_id: workspaceId }, query: { email: user.email } },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      setIsRemoving(false);
      notify.success(words.removed(user.username));
    },
  });

  return (
    <tr>
      <td>
        <div className="person">
          <Initials name={user.username} id={user.id} round size={32} />
          <div>
            <strong>{user.username}</strong> {isMe && <span className="chip">{words.you}</span>}
            <div className="muted">{user.email}</div>
          </div>
        </div>
      </td>
      <td>
        {mayManage && !isOwner && !isMe ? (
          <select
            className="select small"
            aria-label={words.roleOf(user.username)}
            value={give.isPending ? give.variables : role}
            aria-busy={give.isPending} // a disabled element would lose the focus
            onChange={(event) => give.isPending || give.mutate(event.target.value)}
          >
            {[...new Set([...GIVEN_ROLES, role])].map((each) => (
              <option key={each} value={each}>
                {texts.roles[each] ?? each}
              </option>
            ))}
          </select>
        ) : (
          (texts.roles[role] ?? role)
        )}
      </td>
      <td className="actions">
        {mayManage && !isOwner && !isMe && (
          <Button type="text" danger aria-label={words.removeNamed(user.username)} onClick={() => setIsRemoving(true)}>
            {words.remove}
          </Button>
        )}
        {isMe && !isOwner && <LeaveButton text={words.leave} isPlain />}
        {isRemoving && (
          <Confirm
            title={words.removeTitle(user.username)}
            button={words.remove}
            isBusy={remove.isPending}
            problem={remove.error}
            onConfirm={() => remove.mutate()}
            onClose={() => setIsRemoving(false)}
          >
            <p>{words.removeBody}</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

function Invitations() {
  const { organization } = useScope();
  const waiting = useQuery(invitationsQuery(organization.id));
  return (
    <>
      <h2 className="section-title">{words.waiting}</h2>
      {waiting.error && !waiting.data ? (
        <LoadError problem={waiting.error} onRetry={() => void waiting.refetch()} />
      ) : (
        <section className="card list-card">
          {!waiting.data ? (
            <Waiting />
          ) : waiting.data.length === 0 ? (
            <div className="list-empty">{words.waitingNone}</div>
          ) : (
            <table className="list">
              <thead>
                <tr>
                  <th scope="col">{words.person}</th>
                  <th scope="col">{words.role}</th>
                  <th scope="col">{words.expires}</th>
                  <th scope="col">
                    <span className="visually-hidden">{words.actions}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {waiting.data.map((invitation) => (
                  <InvitationRow key={invitation.id} invitation={invitation} />
                ))}
              </tbody>
            </table>
          )}
        </section>
      )}
    </>
  );
}

function InvitationRow({ invitation }: { invitation: WaitingInvitation }) {
  const { organization } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const { email } = invitation;
  const fail = (problem: unknown) => notify.error(errorText(problem));
  const refresh = () => client.invalidateQueries({ queryKey: ["organizations"] });

  const resend = useAction({
    mutationFn: () =>
      answerAs<true | { url: string }>(
        api.POST("/organizations/{organization_id}/workspaces/{workspace_id}/invite/resend", {
          params: { path: { organization_id: organization.id, workspace_id: invitation.workspace_id } },
          body: { email },
        }),
      ),
    onSuccess: async (sent) => {
      await refresh();
      notify.success(sent === true ? words.resent(email) : words.linkShown(email));
    },
    onError: fail,
  });
  const revoke = useAction({
    mutationFn: () =>
      answer(
        api.DELETE("/organizations/{organization_id}/invitations/{invitation_id}", {
          params: { path: { organization_id: organization.id, invitation_id: invitation.id } },
        }),
      ),
    onSuccess: async () => {
      await refresh();
      notify.success(words.revoked(email));
    },
    onError: fail,
  });
  const link = typeof resend.data === "object" ? resend.data.url : null;

  return (
    <tr>
      <td>
        {email}
        {link && (
          <div className="secret">
            <code>{link}</code>
            <CopyButton text={link} label={words.copyLink(email)} />
          </div>
        )}
      </td>
      <td>{texts.roles[invitation.role] ?? invitation.role}</td>
      <td>
        {invitation.status === "expired" ? (
          <span className="chip plain">{words.expired}</span>
        ) : (
          invitation.expires_at && <LocalDate value={invitation.expires_at} />
        )}
      </td>
      <td className="actions">
        <Button type="text" aria-label={words.resendNamed(email)} loading={resend.isPending} onClick={() => resend.mutate()}>
          {words.resend}
        </Button>
        <Button type="text" danger aria-label={words.revokeNamed(email)} loading={revoke.isPending} onClick={() => revoke.mutate()}>
          {words.revoke}
        </Button>
      </td>
    </tr>
  );
}
