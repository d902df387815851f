// Asks the user to authenticate again when the server requires it for a change.

/** Resolves to whether the user did. */
type Question = () => Promise<boolean>;

let question: Question | null = null;
let asked: Promise<boolean> | null = null;

/** The dialog that asks; null while there is none. */
export function setReauthentication(ask: Question | null): void {
  question = ask;
}

/** Requests that are refused at the same time share one dialog. */
export function reauthenticate(): Promise<boolean> {
  if (!question) return Promise.resolve(false);
  asked ??= question().finally(() => {
    asked = null;
  });
  return asked;
}

/** Whether an answer requires it. Its body can still be read. */
export async function wantsReauthentication(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const body = (await response.clone().json().catch(() => null)) as { detail?: { error?: unknown } } | null;
  return body?.detail?.error === "REAUTHENTICATION_REQUIRED";
}
