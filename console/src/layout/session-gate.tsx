// Shows its pages to who has a session; everybody else signs in first and comes back.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router-dom";
import { hasSession, onSessionEnd } from "../session/session";
import { ShellSkeleton } from "./shell-skeleton";

/** The sign-in page that leads back to where somebody wanted to go. */
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
      () => !isGone && setState("in"), // no answer: what the page asks for tells the reader so
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
