// The current scope: organization, workspace and project from the URL, checked against the user's memberships.
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useRef, type ReactNode } from "react";
import { Navigate, useLocation, useParams } from "react-router-dom";
import { organizationsQuery, profileQuery, projectsQuery } from "../api/queries";
import type { Organization, Profile, Project, Role } from "../api/types";
import { useNotify } from "../components/notices";
import { LoadError } from "../components/page";
import { texts } from "../texts";
import { ShellSkeleton } from "./shell-skeleton";

export interface Scope {
  profile: Profile;
  organization: Organization;
  organizationName: string;
  workspaceId: string;
  project: Project;
  /** Of this organization, oldest first. */
  projects: Project[];
  /** Of all organizations. */
  allProjects: Project[];
  organizations: Organization[];
  role: Role;
  isOwner: boolean;
  /** Whether members, invitations and projects may be changed. */
  mayManage: boolean;
  /** The path of a page of this project: path("settings/members"). */
  path: (below?: string) => string;
}

const ScopeContext = createContext<Scope | null>(null);

/** The scope of the page; only for components within the frame. */
export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error("useScope is for pages within the frame");
  return scope;
}

const LAST_KEY = "orgd.last";

export const nameOf = (organization: Organization): string => organization.name || texts.shell.organization.unnamed;

export const projectPath = (workspaceId: string, projectId: string, below = ""): string =>
  `/w/${workspaceId}/p/${projectId}${below && `/${below}`}`;

/** The projects of an organization, the default one first. */
export function projectsOf(organization: Organization, projects: Project[]): Project[] {
  return projects.filter((project) => project.organization_id === organization.id);
}

/** The path of an organization: that of its default project, or null if the user has no project there. */
export function homeOf(organization: Organization, projects: Project[], below = ""): string | null {
  const own = projectsOf(organization, projects);
  const project = own.find((each) => each.is_default_project) ?? own[0];
  return project?.workspace_id ? projectPath(project.workspace_id, project.project_id, below) : null;
}

/** The project to start with: the last one visited, else one of the user's own organization, else the first. */
export function startOf(profile: Profile, organizations: Organization[], projects: Project[]): string | null {
  const last = window.localStorage.getItem(LAST_KEY);
  const found = projects.find((project) => project.project_id === last);
  if (found?.workspace_id) return projectPath(found.workspace_id, found.project_id);
  const own = organizations.filter((organization) => organization.owner_id === profile.id);
  for (const organization of [...own, ...organizations]) {
    const home = homeOf(organization, projects);
    if (home) return home;
  }
  return null;
}

/**
 * Shows `children` if the user is a member of the scope in the URL. Otherwise, for example after a removal, takes the user to
 * another scope of theirs and shows a notice.
 */
export function ScopeGate({ children }: { children: ReactNode }) {
  const { workspaceId = "", projectId = "" } = useParams();
  const { pathname } = useLocation();
  const notify = useNotify();
  const profile = useQuery(profileQuery);
  const organizations = useQuery(organizationsQuery);
  const projects = useQuery(projectsQuery);
  const lastName = useRef<string | null>(null);

  const scope = useMemo<Scope | null>(() => {
    if (!profile.data || !organizations.data || !projects.data) return null;
    const project = projects.data.find((each) => each.project_id === projectId && each.workspace_id === workspaceId);
    const organization = organizations.data.find((each) => each.id === project?.organization_id);
    if (!project || !organization) return null;
    const isOwner = organization.owner_id === profile.data.id;
    const role = isOwner ? "owner" : (project.user_role ?? "viewer");
    return {
      profile: profile.data,
      organization,
      organizationName: nameOf(organization),
      workspaceId,
      project,
      projects: projectsOf(organization, projects.data),
      allProjects: projects.data,
      organizations: organizations.data,
      role,
      isOwner,
      mayManage: role === "owner" || role === "admin",
      path: (below = "") => projectPath(workspaceId, projectId, below),
    };
  }, [profile.data, organizations.data, projects.data, workspaceId, projectId]);

  const problem = profile.error ?? organizations.error ?? projects.error;
  const isSettled = profile.data && organizations.data && projects.data && !organizations.isFetching && !projects.isFetching;
  const target =
    !scope && isSettled ? elsewhere(profile.data, organizations.data, projects.data, workspaceId, pathname) : null;

  useEffect(() => {
    if (!scope) return;
    lastName.current = scope.organizationName;
    window.localStorage.setItem(LAST_KEY, scope.project.project_id);
  }, [scope]);

  useEffect(() => {
    if (!target) return;
    const { removed, noAccess, nowIn, projectGone } = texts.shell.moved;
    const what = target.sameOrganization ? projectGone : lastName.current ? removed(lastName.current) : noAccess;
    notify.info(target.name ? `${what} ${nowIn(target.name)}` : what);
    lastName.current = null;
  }, [target?.to]); // eslint-disable-line -- once for each change of scope

  if (scope) return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>;
  if (problem && !isSettled && !profile.isFetching && !organizations.isFetching && !projects.isFetching)
    return (
      <main className="page">
        <h1 className="visually-hidden">{texts.shell.failed.loadTitle}</h1>
        <LoadError
          problem={problem}
          onRetry={() => {
            void profile.refetch();
            void organizations.refetch();
            void projects.refetch();
          }}
        />
      </main>
    );
  if (target) return <Navigate to={target.to} replace />;
  return <ShellSkeleton />;
}

interface Elsewhere {
  to: string;
  name: string | null;
  sameOrganization: boolean;
}

/** The same page in another project of the same organization; else the project to start with. */
function elsewhere(profile: Profile, organizations: Organization[], projects: Project[], workspaceId: string, pathname: string): Elsewhere {
  const sibling = projects.find((project) => project.workspace_id === workspaceId);
  const organization = organizations.find((each) => each.id === sibling?.organization_id);
  const home = organization && homeOf(organization, projects, pathname.split("/").slice(5).join("/"));
  if (organization && home) return { to: home, name: null, sameOrganization: true };
  const start = startOf(profile, organizations, projects);
  const there = projects.find((project) => start?.includes(project.project_id));
  return { to: start ?? "/", name: start ? (there?.organization_name ?? null) : null, sameOrganization: false };
}
