// The typed client of the server's API: paths, parameters and answers are those of `orgd openapi`.
import createClient from "openapi-fetch";
import { texts } from "../texts";
import { ApiError, errorFromBody } from "./errors";
import { reauthenticate, wantsReauthentication } from "./reauthentication";
import type { paths } from "./schema";

/**
 * The session library replaces fetch: after a 401 it refreshes and repeats the request, as often as its settings say, and then
 * throws. It gets the parts of a request instead of a Request, because the body of a Request can be sent only once.
 */
async function sessionFetch(request: Request): Promise<Response> {
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const body = hasBody ? await request.text() : "";
  const send = () =>
    window.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      signal: request.signal,
      ...(body ? { body } : {}),
    });
  try {
    const response = await send();
    return (await wantsReauthentication(response)) && (await reauthenticate()) ? await send() : response;
  } catch (problem) {
    if (request.signal.aborted) throw problem;
    if (problem instanceof Error && problem.message.startsWith("Received a 401"))
      throw new ApiError(401, texts.errors.noAccess);
    throw new ApiError(0, texts.errors.network);
  }
}

export const api = createClient<paths>({ baseUrl: "/api", fetch: sessionFetch });

interface Outcome<D> {
  data?: D;
  error?: unknown;
  response: Response;
}

/**
 * The body of a successful answer; throws an ApiError for any other.
 *
 *     const organizations = await answer(api.GET("/organizations"));
 */
export async function answer<D>(request: Promise<Outcome<D>>): Promise<NonNullable<D>> {
  const { data, error, response } = await request;
  if (!response.ok) throw errorFromBody(response.status, error, response.headers.get("Retry-After"));
  return data as NonNullable<D>;
}

/** The same for answers whose type the OpenAPI document leaves open. */
export async function answerAs<T>(request: Promise<Outcome<unknown>>): Promise<T> {
  return (await answer(request)) as T;
}

/**
 * The scope of a request. The API reads it from the query, but its document does not list the parameters:
 *
 *     answer(api.GET("/keys", within({ project_id: project.project_id })))
 */
export function within(scope: { project_id: string; restricted?: "true" } | { workspace_id: string }) {
  return { querySerializer: () => new URLSearchParams(scope).toString() };
}
