// Stores the administration key for this tab, and sends requests with it.
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { ApiError, errorFromBody } from "../../api/errors";
import { queryClient } from "../../api/queries";
import { texts } from "../../texts";

const STORAGE_KEY = "orgd.operator-key";

async function send(key: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await window.fetch(`/api/admin${path}`, {
      method: body === undefined ? "GET" : "POST",
      credentials: "omit",
      headers: {
        Authorization: `Access ${key}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, texts.errors.network);
  }
  if (response.ok) return response;
  if (response.status === 401) throw new ApiError(401, texts.operator.key.refused);
  const answer: unknown = await response.json().catch(() => null);
  throw errorFromBody(response.status, answer, response.headers.get("Retry-After"));
}

interface Operator {
  get: <T>(path: string) => Promise<T>;
  post: <T>(path: string, body: unknown) => Promise<T>;
  postForText: (path: string, body: unknown) => Promise<string>;
}

interface KeyState {
  key: string | null;
  /** Stores the key if the server accepts it; throws the server's refusal. */
  enter: (key: string) => Promise<void>;
  forget: () => void;
}

const KeyContext = createContext<KeyState | null>(null);

export function KeyProvider({ children }: { children: ReactNode }) {
  const [key, setKey] = useState(() => window.sessionStorage.getItem(STORAGE_KEY));
  const forget = useCallback(() => {
    window.sessionStorage.removeItem(STORAGE_KEY);
    queryClient.removeQueries({ queryKey: ["operator"] });
    setKey(null);
  }, []);
  const enter = useCallback(async (candidate: string) => {
    await send(candidate, "/access/report");
    window.sessionStorage.setItem(STORAGE_KEY, candidate);
    setKey(candidate);
  }, []);
  const state = useMemo(() => ({ key, enter, forget }), [key, enter, forget]);
  return <KeyContext.Provider value={state}>{children}</KeyContext.Provider>;
}

export function useKey(): KeyState {
  const state = useContext(KeyContext);
  if (!state) throw new Error("outside of KeyProvider");
  return state;
}

/** Sends requests with the key, which is deleted when the server no longer accepts it. */
export function useOperator(): Operator {
  const { key, forget } = useKey();
  return useMemo(() => {
    const guarded = async (path: string, body?: unknown) => {
      try {
        return await send(key ?? "", path, body);
      } catch (problem) {
        if (problem instanceof ApiError && problem.status === 401) forget();
        throw problem;
      }
    };
    return {
      get: async <T,>(path: string) => (await (await guarded(path)).json()) as T,
      post: async <T,>(path: string, body: unknown) => (await (await guarded(path, body)).json()) as T,
      postForText: async (path: string, body: unknown) => (await guarded(path, body)).text(),
    };
  }, [key, forget]);
}
