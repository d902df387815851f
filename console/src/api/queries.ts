// What the pages ask the server for, and under which keys the answers are kept.
import { hashKey, MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { answer, answerAs, api, within } from "./client";
import { ApiError } from "./errors";
import type { MyInvitation, OrganizationContents, OrganizationDetails, Organization, Profile, Project } from "./types";

/** Only what may succeed the next time is asked again: no answer, a server that is busy or restarts. */
function isWorthRepeating(failures: number, problem: Error): boolean {
  if (failures >= 2) return false;
  return !(problem instanceof ApiError) || problem.status === 0 || problem.status === 503 || problem.status === 504;
}

/**
 * What was refused or not found may be so because the reader was removed a moment ago: the lists that tell what they belong to are
 * asked for again, and the frame then takes them to where they still belong. After something that was to be done, so is what the page
 * shows of the organization: another role may be why.
 */
function onProblem(problem: Error, exact = true): void {
  if (!(problem instanceof ApiError) || ![401, 403, 404].includes(problem.status)) return;
  void queryClient.invalidateQueries({ queryKey: organizationsQuery.queryKey, exact });
  void queryClient.invalidateQueries({ queryKey: projectsQuery.queryKey });
}

// What is shown again is asked for again, and shown from memory meanwhile: so whoever was removed notices with their next click.
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
      if (problem instanceof ApiError && problem.status === 404) return []; // the API's way to say: none
      throw problem;
    }
  },
});

export const myInvitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }): Promise<MyInvitation[]> => answer(api.GET("/invitations", { signal })),
  refetchInterval: 60_000,
});

/** The invitations to an organization that wait or have expired, for those who manage it. */
export const invitationsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ["organizations", organizationId, "invitations"],
    queryFn: ({ signal }) =>
      answer(api.GET("/organizations/{organization_id}/invitations", { params: { path: { organization_id: organizationId } }, signal })),
  });

/** The reader's keys for a project. */
export const keysQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["keys", projectId],
    queryFn: ({ signal }) => answer(api.GET("/keys", { ...within({ project_id: projectId }), signal })),
  });

/** Where the reader is signed in. */
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

/** What goes with an organization when it is deleted, for its owner. */
export const contentsQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ["organizations", organizationId, "contents"],
    staleTime: 0,
    queryFn: ({ signal }) =>
      answerAs<OrganizationContents>(
        api.GET("/organizations/{organization_id}/contents", { params: { path: { organization_id: organizationId } }, signal }),
      ),
  });
