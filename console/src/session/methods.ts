// The sign-in methods that the server offers, and who may sign up.
import { queryOptions } from "@tanstack/react-query";
import { ApiError, errorFromBody } from "../api/errors";
import { texts } from "../texts";

export interface LoginMethods {
  emailPassword: { enabled: boolean };
  passwordless: { enabled: boolean };
  thirdParty: { enabled: boolean; providers: { id: string; name: string }[] };
  /** Who may sign up: everybody, some addresses, or invited users. */
  signUp?: "open" | "restricted" | "invitation";
}

/** Fetched without the session library, which would request a session first. */
export const loginMethodsQuery = queryOptions({
  queryKey: ["login methods"],
  queryFn: async ({ signal }): Promise<LoginMethods> => {
    let response: Response;
    try {
      response = await window.fetch("/api/auth/loginmethods", { signal });
    } catch {
      throw new ApiError(0, texts.errors.network);
    }
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw errorFromBody(response.status, body);
    return body as LoginMethods;
  },
  staleTime: 300_000,
});
