// Asks the reader to prove again who they are, when the server wants that for a change.

/** Resolves to whether they did. */
type Question = () => Promise<boolean>;

let question: Question | null = null;
let asked: Promise<boolean> | null = null;

/** What asks the reader; null while nothing can. */
export function setReauthentication(ask: Question | null): void {
  question = ask;
}

/** Requests that are refused together are one question. */
export function reauthenticate(): Promise<boolean> {
  if (!question) return Promise.resolve(false);
  asked ??= question().finally(() => {
    asked = null;
  });
  return asked;
}

/** Whether an answer wants it. Its body can still be read. */
export async function wantsReauthentication(response: Response): Promise<boolean> {
  if (response.status !== 403) return false;
  const body = (await response.clone().json().catch(() => null)) as { detail?: { error?: unknown } } | null;
  return body?.detail?.error === "REAUTHENTICATION_REQUIRED";
}
