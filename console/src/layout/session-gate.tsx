// Shows its pages to users with a session; all others sign in first and come back.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router-dom";
import { hasSession, onSessionEnd } from "../session/session";
import { ShellSkeleton } from "./shell-skeleton";

/** The sign-in page that leads back to the requested page. */
export function signInPath(next: string, ended = false): string {
  const query = new URLSearchParams();
  if (next !== "/") query.set("next", next);
  if (ended) query.set("ended", "1");
  return query.size ? `/auth?${query}` : "/auth";
}

export function SessionGate() {
  const [state, setState] = useState<"asking" | "in" | "out">("asking");
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const here = pathname + search;

  useEffect(() => {
    let isGone = false;
    hasSession().then(
      (exists) => !isGone && setState(exists ? "in" : "out"),
      () => !isGone && setState("in"), // no answer: the page shows the failure of its own requests
    );
    return () => {
      isGone = true;
    };
  }, []);

  useEffect(
    () =>
      onSessionEnd(() => {
        navigate(signInPath(window.location.pathname + window.location.search, true), { replace: true });
        client.clear();
      }),
    [navigate, client],
  );

  if (state === "asking") return <ShellSkeleton />;
  if (state === "out") return <Navigate to={signInPath(here)} replace />;
  return <Outlet />;
}
