// The error of a request, with the server's message.
import { texts } from "../texts";

export class ApiError extends Error {
  /** HTTP status; 0 if no answer came. */
  readonly status: number;
  /** The server's error code, e.g. INVITE_EXPIRED; "" if it sends none. */
  readonly code: string;

  constructor(status: number, message: string, code = "") {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

interface Problem {
  msg?: string;
  input?: unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One line for each address that cannot be invited. */
const listText = (problems: { email?: string; message?: string }[]): string =>
  problems.map(({ email, message }) => `${email}: ${message}`).join("\n");

/** The problem of a field; for one of several people, with their name. */
function problemText({ msg = "", input }: Problem): string {
  const text = msg.replace(/^Value error, /, "");
  return isObject(input) && typeof input.email === "string" ? `${input.email}: ${text}` : text;
}

/** `detail` as text, as an object with a message, or as a list of problems; else `message` or `error`. */
export function errorFromBody(status: number, body: unknown, retryAfter: string | null = null): ApiError {
  const fallback = retryAfter ? texts.errors.tooMany(retryAfter) : texts.errors.status(status);
  if (!isObject(body)) return new ApiError(status, fallback);
  const { detail } = body;
  if (typeof detail === "string") return new ApiError(status, detail);
  if (Array.isArray(detail)) {
    const said = new Set((detail as Problem[]).filter(({ msg }) => msg).map(problemText));
    return new ApiError(status, [...said].join("\n") || fallback);
  }
  const told = isObject(detail) ? detail : body;
  if (Array.isArray(told.invitations)) return new ApiError(status, listText(told.invitations), String(told.error ?? ""));
  const code = typeof told.error === "string" ? told.error : "";
  if (typeof told.message === "string") return new ApiError(status, told.message, code);
  return new ApiError(status, code || fallback, code);
}

/** The message for a thrown value. */
export function errorText(problem: unknown): string {
  if (problem instanceof ApiError) return problem.message;
  // the session library throws this for answers with status GENERAL_ERROR, whose message is meant for users
  if (isObject(problem) && problem.isSuperTokensGeneralError === true) return String(problem.message);
  return texts.errors.network;
}
