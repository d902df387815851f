// The queries of the pages, and the keys under which their answers are cached.
import { hashKey, MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { answer, answerAs, api, within } from "./client";
import { ApiError } from "./errors";
import type { MyInvitation, OrganizationContents, OrganizationDetails, Organization, Profile, Project } from "./types";

/** Retries only errors that may be temporary: no answer, a server that is busy or restarts. */
function isWorthRepeating(failures: number, problem: Error): boolean {
  if (failures >= 2) return false;
  return !(problem instanceof ApiError) || problem.status === 0 || problem.status === 503 || problem.status === 504;
}

/**
 * A refusal may mean that the user was removed a moment ago. So the lists of their organizations and projects are loaded
 * again, and the frame then takes them to a page that they may see. After a refused change the data of the organization is
 * loaded again too, because their role may have changed.
 */
function onProblem(problem: Error, exact = true): void {
  if (!(problem instanceof ApiError) || ![401, 403, 404].includes(problem.status)) return;
  void queryClient.invalidateQueries({ queryKey: organizationsQuery.queryKey, exact });
  void queryClient.invalidateQueries({ queryKey: projectsQuery.queryKey });
}

// A page that is shown again loads its data again, and shows the cached data meanwhile: so a removed user notices with the next click.
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (problem, query) => {
      if (query.queryHash !== ORGANIZATIONS_HASH && query.queryHash !== PROJECTS_HASH) onProblem(problem);
    },
  }),
  mutationCache: new MutationCache({ onError: (problem) => onProblem(problem, false) }),
  defaultOptions: {
    queries: { staleTime: 1000, retry: isWorthRepeating, retryDelay: (failures) => 500 * 2 ** failures },
    mutations: { retry: false },
  },
});

export const profileQuery = queryOptions({
  queryKey: ["profile"],
  queryFn: ({ signal }) => answerAs<Profile>(api.GET("/profile", { signal })),
  staleTime: 60_000,
});

export const organizationsQuery = queryOptions({
  queryKey: ["organizations"],
  queryFn: ({ signal }): Promise<Organization[]> => answer(api.GET("/organizations", { signal })),
});

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: async ({ signal }): Promise<Project[]> => {
    try {
      return await answer(api.GET("/projects", { signal }));
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 404) return []; // the API's answer for an empty list
      throw problem;
    }
  },
});

export const myInvitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }): Promise<MyInvitation[]> => answer(api.GET("/invitations", { signal })),
  refetchInterval: 60_000,
});

/** The pending and expired invitations to an organization, for users who manage it. */
export const invitationsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ["organizations", organizationId, "invitations"],
    queryFn: ({ signal }) =>
      answer(api.GET("/organizations/{organization_id}/invitations", { params: { path: { organization_id: organizationId } }, signal })),
  });

/** The user's keys for a project. */
export const keysQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["keys", projectId],
    queryFn: ({ signal }) => answer(api.GET("/keys", { ...within({ project_id: projectId }), signal })),
  });

/** The user's sessions. */
export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => answer(api.GET("/auth/sessions", { signal })),
});

const ORGANIZATIONS_HASH = hashKey(organizationsQuery.queryKey);
const PROJECTS_HASH = hashKey(projectsQuery.queryKey);

/** An organization with its members. */
export const organizationQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ["organizations", organizationId],
    queryFn: ({ signal }) =>
      answerAs<OrganizationDetails>(
        api.GET("/organizations/{organization_id}", { params: { path: { organization_id: organizationId } }, signal }),
      ),
  });

/** The contents that are deleted with an organization, for its owner. */
export const contentsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ["organizations", organizationId, "contents"],
    staleTime: 0,
    queryFn: ({ signal }) =>
      answerAs<OrganizationContents>(
        api.GET("/organizations/{organization_id}/contents", { params: { path: { organization_id: organizationId } }, signal }),
      ),
  });
