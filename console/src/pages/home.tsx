// The overview of a project: members of the organization, projects, API keys and ids.
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link, useNavigate } from "react-router-dom";
import { keysQuery, organizationQuery } from "../api/queries";
import type { Member } from "../api/types";
import { Copyable, CopyButton } from "../components/copy";
import { ArrowIcon } from "../components/icons";
import { Initials } from "../components/initials";
import { LoadError, Page, PageSkeleton } from "../components/page";
import { useScope } from "../layout/scope";
import { texts } from "../texts";
import "./home.css";

const words = texts.shell.home;
const FACES = 6;

export default function Home() {
  const { profile, organization, organizationName, project, projects, role, mayManage, path } = useScope();
  const navigate = useNavigate();
  return (
    <Page
      title={words.welcome(profile.username)}
      lead={
        <>
          {words.in(organizationName, project.project_name)} <span className="chip">{texts.roles[role] ?? role}</span>
        </>
      }
      actions={
        mayManage && (
          <Button type="primary" onClick={() => navigate(path("settings/members?invite"))}>
            {words.invite}
          </Button>
        )
      }
    >
      <div className="cards">
        <People organizationId={organization.id} />
        <section className="card">
          <h2>{words.projects}</h2>
          <div className="card-figure">{projects.length}</div>
          <p>{words.projectsBody}</p>
          <div className="card-foot">
            <CardLink to={path("settings/projects")} text={words.manageProjects} />
          </div>
        </section>
        <Keys projectId={project.project_id} />
        <FirstRequest />
        <section className="card wide">
          <h2>{words.identifiers}</h2>
          <p>{words.identifiersBody}</p>
          <dl className="fields">
            <dt>{words.organizationId}</dt>
            <dd>
              <Copyable text={organization.id} label={words.copyOrganizationId} />
            </dd>
            <dt>{words.workspaceId}</dt>
            <dd>
              <Copyable text={project.workspace_id ?? ""} label={words.copyWorkspaceId} />
            </dd>
            <dt>{words.projectId}</dt>
            <dd>
              <Copyable text={project.project_id} label={words.copyProjectId} />
            </dd>
          </dl>
        </section>
      </div>
    </Page>
  );
}

function CardLink({ to, text }: { to: string; text: string }) {
  return (
    <Link to={to} className="card-link">
      {text} <ArrowIcon size={16} />
    </Link>
  );
}

function People({ organizationId }: { organizationId: string }) {
  const { path } = useScope();
  const details = useQuery(organizationQuery(organizationId));
  const all = details.data?.default_workspace?.members ?? [];
  const members = all.filter(({ user }) => user.status === "member");
  const waiting = all.length - members.length;
  return (
    <section className="card">
      <h2>{words.people}</h2>
      {details.error ? (
        <LoadError problem={details.error} onRetry={() => void details.refetch()} />
      ) : details.data ? (
        <>
          <div className="card-figure">{members.length}</div>
          <Faces members={members} />
          <p>{waiting > 0 ? words.waitingCount(waiting) : words.peopleBody}</p>
        </>
      ) : (
        <PageSkeleton rows={3} />
      )}
      <div className="card-foot">
        <CardLink to={path("settings/members")} text={words.manageMembers} />
      </div>
    </section>
  );
}

function Keys({ projectId }: { projectId: string }) {
  const { path } = useScope();
  const keys = useQuery(keysQuery(projectId));
  return (
    <section className="card">
      <h2>{words.keys}</h2>
      {keys.error && !keys.data ? (
        <LoadError problem={keys.error} onRetry={() => void keys.refetch()} />
      ) : keys.data ? (
        <>
          <div className="card-figure">{keys.data.length}</div>
          <p>{words.keysBody}</p>
        </>
      ) : (
        <PageSkeleton rows={3} />
      )}
      <div className="card-foot">
        <CardLink to={path("settings/keys")} text={words.manageKeys} />
      </div>
    </section>
  );
}

function Faces({ members }: { members: Member[] }) {
  return (
    <div className="faces">
      {members.slice(0, FACES).map(({ user }) => (
        <span key={user.id} title={`${user.username} · ${user.email}`}>
          <Initials name={user.username} id={user.id} round />
        </span>
      ))}
      {members.length > FACES && <span className="muted">+{members.length - FACES}</span>}
    </div>
  );
}

function FirstRequest() {
  const command = `curl -H "Authorization: ApiKey $KEY" ${window.location.origin}/api/projects/current`;
  return (
    <section className="card wide">
      <h2>{words.firstRequest}</h2>
      <p>{words.firstRequestBody}</p>
      {/* scrolls sideways, so the keyboard must reach it */}
      <pre className="code-block" tabIndex={0} role="region" aria-label={words.firstRequest}>
        <code>{command}</code>
        <CopyButton text={command} label={words.copyCommand} />
      </pre>
    </section>
  );
}
