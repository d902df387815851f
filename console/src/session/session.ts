// Sessions of the browser, through the library that the server's sign-in interface supports.
import SuperTokens from "supertokens-web-js";
import EmailPassword from "supertokens-web-js/recipe/emailpassword";
import Passwordless from "supertokens-web-js/recipe/passwordless";
import Session from "supertokens-web-js/recipe/session";
import ThirdParty from "supertokens-web-js/recipe/thirdparty";

type Listener = () => void;
const endListeners = new Set<Listener>();

export function startSessions(): void {
  SuperTokens.init({
    appInfo: { appName: "orgd", apiDomain: window.location.origin, apiBasePath: "/api/auth" },
    recipeList: [
      Session.init({
        tokenTransferMethod: "cookie",
        // a 401 that remains after a refresh means that the user is no longer a member
        maxRetryAttemptsForSessionRefresh: 2,
        // the operator's pages have a key of their own: a refusal there says nothing about the session
        override: {
          functions: (original) => ({
            ...original,
            shouldDoInterceptionBasedOnUrl: (url, apiDomain, backendDomain) =>
              !new URL(url, window.location.href).pathname.startsWith("/api/admin/") &&
              original.shouldDoInterceptionBasedOnUrl(url, apiDomain, backendDomain),
          }),
        },
        onHandleEvent: ({ action }) => {
          if (action === "UNAUTHORISED") for (const listener of endListeners) listener();
        },
      }),
      EmailPassword.init(),
      Passwordless.init(),
      ThirdParty.init(),
    ],
  });
}

export const hasSession = (): Promise<boolean> => Session.doesSessionExist();

export const signOut = (): Promise<void> => Session.signOut();

/** The user's sign-in methods, in this session and in total: "email:password", "email:otp", "social:google". */
export async function identities(): Promise<{ session: string[]; account: string[] }> {
  const { session_identities: session, user_identities: account } = (await Session.getAccessTokenPayloadSecurely()) as Record<string, unknown>;
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return { session: list(session), account: list(account) };
}

/** Calls back when the session has ended by itself or elsewhere; returns a function that cancels it. */
export function onSessionEnd(listener: Listener): Listener {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}
