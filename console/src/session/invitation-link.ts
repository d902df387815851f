// The parameters of an invitation's link: /auth?token=&email=&organization_id=&workspace_id=&project_id=.
export interface InvitationLink {
  token: string;
  email: string;
  organizationId: string;
  workspaceId: string;
  projectId: string;
}

/** The parameters in the URL; null if it is not an invitation or a part is missing. */
export function readInvitation(search: URLSearchParams): InvitationLink | null {
  const link = {
    token: search.get("token") ?? "",
    email: (search.get("email") ?? "").trim().toLowerCase(),
    organizationId: search.get("organization_id") ?? "",
    workspaceId: search.get("workspace_id") ?? "",
    projectId: search.get("project_id") ?? "",
  };
  return Object.values(link).every(Boolean) ? link : null;
}

/** The page that accepts it. */
export function acceptPath(link: InvitationLink): string {
  const query = new URLSearchParams({
    token: link.token,
    email: link.email,
    organization_id: link.organizationId,
    workspace_id: link.workspaceId,
    project_id: link.projectId,
  });
  return `/workspaces/accept?${query}`;
}

/** A path within the console; any other target leads to the start page. */
export function safeNext(next: string | null): string {
  if (!next) return "/";
  const url = new URL(next, window.location.origin);
  return next.startsWith("/") && url.origin === window.location.origin ? url.pathname + url.search + url.hash : "/";
}

const NEXT_KEY = "orgd.next";

/** Stores the page to return to while the user is at a provider's page. */
export const rememberNext = (next: string): void => window.sessionStorage.setItem(NEXT_KEY, next);

export function takeNext(): string {
  const next = safeNext(window.sessionStorage.getItem(NEXT_KEY));
  window.sessionStorage.removeItem(NEXT_KEY);
  return next;
}
