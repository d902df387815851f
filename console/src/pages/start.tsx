// Redirects to the project seen last, to the user's own organization, or to the page for users without one.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Navigate, useParams } from "react-router-dom";
import { organizationsQuery, profileQuery, projectsQuery } from "../api/queries";
import { LoadError } from "../components/page";
import { homeOf, startOf } from "../layout/scope";
import { texts } from "../texts";
import { ShellSkeleton } from "../layout/shell-skeleton";

const NoOrganization = lazy(() => import("./no-organization"));

export default function Start() {
  const { workspaceId } = useParams();
  const profile = useQuery(profileQuery);
  const organizations = useQuery(organizationsQuery);
  const projects = useQuery(projectsQuery);
  const problem = profile.error ?? organizations.error ?? projects.error;

  if (profile.data && organizations.data && projects.data) {
    const organizationId = projects.data.find((project) => project.workspace_id === workspaceId)?.organization_id;
    const named = organizations.data.find((organization) => organization.id === organizationId);
    const to = (named && homeOf(named, projects.data)) ?? startOf(profile.data, organizations.data, projects.data);
    if (to) return <Navigate to={to} replace />;
    if (!organizations.isFetching && !projects.isFetching)
      return (
        <Suspense fallback={<ShellSkeleton />}>
          <NoOrganization profile={profile.data} />
        </Suspense>
      );
  } else if (problem && !profile.isFetching && !organizations.isFetching && !projects.isFetching)
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
  return <ShellSkeleton />;
}
