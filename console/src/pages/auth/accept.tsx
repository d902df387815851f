// Accepts the invitation of a link, for the user with that address. Opening the page alone changes nothing.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router-dom";
import { useAction } from "../../api/action";
import { answer, api } from "../../api/client";
import { ApiError, errorText } from "../../api/errors";
import { myInvitationsQuery, profileQuery, projectsQuery } from "../../api/queries";
import { useNotify } from "../../components/notices";
import { LoadError, PageSkeleton } from "../../components/page";
import { projectPath } from "../../layout/scope";
import { readInvitation, type InvitationLink } from "../../session/invitation-link";
import { signOut } from "../../session/session";
import { texts } from "../../texts";
import { AuthFrame } from "./frame";

const words = texts.auth.accept;

export default function Accept() {
  const [search] = useSearchParams();
  const profile = useQuery(profileQuery);
  const link = readInvitation(search);

  if (!link) return <Refused title={words.brokenTitle} body={words.broken} />;
  if (profile.error)
    return (
      <AuthFrame title={words.title}>
        <LoadError problem={profile.error} onRetry={() => void profile.refetch()} />
      </AuthFrame>
    );
  if (!profile.data)
    return (
      <AuthFrame title={words.title}>
        <PageSkeleton rows={3} />
      </AuthFrame>
    );
  if (profile.data.email.toLowerCase() !== link.email) return <Mismatch link={link} mine={profile.data.email} />;
  return <Offer link={link} mine={profile.data.email} />;
}

function Refused({ title, body, children }: { title: string; body: string; children?: ReactNode }) {
  return (
    <AuthFrame title={title} lead={body}>
      {children ?? (
        <p className="auth-switch">
          <Link to="/">{words.home}</Link>
        </p>
      )}
    </AuthFrame>
  );
}

function Mismatch({ link, mine }: { link: InvitationLink; mine: string }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { search } = useLocation();
  const change = async () => {
    await signOut().catch(() => undefined); // a user whose session has ended meanwhile is signed out, too
    navigate(`/auth${search}`, { replace: true });
    client.clear();
  };
  return (
    <Refused title={words.mismatchTitle} body={words.mismatch(link.email, mine)}>
      <div className="stack">
        <Button type="primary" size="large" block onClick={() => void change()}>
          {words.switchAccount(link.email)}
        </Button>
        <Button size="large" block onClick={() => navigate("/")}>
          {words.stay}
        </Button>
      </div>
    </Refused>
  );
}

function Offer({ link, mine }: { link: InvitationLink; mine: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const { state } = useLocation() as { state: { accept?: boolean } | null };
  const isStarted = useRef(false);
  // the list names the inviter to a user who has proven the address; the link does not
  const told = useQuery(myInvitationsQuery).data?.find((each) => each.organization_id === link.organizationId);
  const organization = told?.organization_name ?? words.unknownOrganization;

  const enter = async () => {
    const projects = await client.fetchQuery({ ...projectsQuery, staleTime: 0 });
    const there = projects.find((each) => each.project_id === link.projectId) ?? projects.find((each) => each.organization_id === link.organizationId);
    await client.invalidateQueries();
    notify.success(words.joined(there?.organization_name ?? organization));
    navigate(there?.workspace_id ? projectPath(there.workspace_id, there.project_id) : "/", { replace: true });
  };
  const accept = useAction({
    mutationFn: () =>
      answer(
        api.POST("/organizations/{organization_id}/workspaces/{workspace_id}/invite/accept", {
          params: {
            path: { organization_id: link.organizationId, workspace_id: link.workspaceId },
            query: { project_id: link.projectId },
          },
          body: { token: link.token, email: link.email },
        }),
      ).catch((problem: unknown) => {
        if (!(problem instanceof ApiError) || problem.code !== "INVITE_ALREADY_ACCEPTED") throw problem;
      }),
    onSuccess: enter,
  });

  useEffect(() => {
    if (!state?.accept || isStarted.current) return;
    isStarted.current = true;
    accept.mutate();
  }, [state, accept]);

  const code = accept.error instanceof ApiError ? accept.error.code : "";
  if (code === "INVITE_EXPIRED") return <Refused title={words.expiredTitle} body={words.expired} />;
  if (code === "INVITE_NOT_FOUND") return <Refused title={words.notFoundTitle} body={words.notFound} />;
  const role = told ? (texts.roles[told.role] ?? told.role) : null;
  return (
    <AuthFrame
      title={told?.organization_name ? words.join(told.organization_name) : words.joinUnnamed}
      lead={words.body(told?.invited_by ?? null, role)}
      problem={accept.error ? errorText(accept.error) : null}
    >
      <div className="stack">
        <Button type="primary" size="large" block autoFocus loading={accept.isPending || accept.isSuccess} onClick={() => accept.mutate()}>
          {words.accept}
        </Button>
        <Button size="large" block disabled={accept.isPending} onClick={() => navigate("/")}>
          {words.later}
        </Button>
      </div>
      <p className="auth-foot">{words.as(mine)}</p>
    </AuthFrame>
  );
}
