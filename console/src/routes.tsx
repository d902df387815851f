// The table of routes; each page is loaded when it is first shown.
import { lazy, Suspense, type ComponentType } from "react";
import { createBrowserRouter, Navigate } from "react-router-dom";
import { ShellSkeleton } from "./layout/shell-skeleton";
import { SessionGate } from "./layout/session-gate";
import { Failed } from "./pages/failed";

function page(load: () => Promise<{ default: ComponentType }>) {
  const Page = lazy(load);
  return (
    <Suspense fallback={<ShellSkeleton />}>
      <Page />
    </Suspense>
  );
}

/** A page within the frame, which shows the skeleton while the page is loading. */
function inner(load: () => Promise<{ default: ComponentType }>) {
  const Page = lazy(load);
  return <Page />;
}

export const router = createBrowserRouter([
  {
    errorElement: <Failed />,
    children: [
      { path: "/auth", element: page(() => import("./pages/auth/sign-in")) },
      { path: "/auth/reset-password", element: page(() => import("./pages/auth/reset-password")) },
      { path: "/auth/callback/:provider", element: page(() => import("./pages/auth/callback")) },
      {
        element: <SessionGate />,
        children: [
          { path: "/", element: page(() => import("./pages/start")) },
          { path: "/get-started", element: <Navigate to="/" replace /> },
          { path: "/workspaces/accept", element: page(() => import("./pages/auth/accept")) },
          { path: "/w/:workspaceId", element: page(() => import("./pages/start")) },
          { path: "/w/:workspaceId/p", element: page(() => import("./pages/start")) },
          {
            path: "/w/:workspaceId/p/:projectId",
            element: page(() => import("./layout/shell")),
            children: [
              { index: true, element: inner(() => import("./pages/home")) },
              {
                path: "settings",
                children: [
                  { index: true, element: <Navigate to="organization" replace /> },
                  { path: "organization", element: inner(() => import("./pages/settings/organization")) },
                  { path: "members", element: inner(() => import("./pages/settings/members")) },
                  { path: "projects", element: inner(() => import("./pages/settings/projects")) },
                  { path: "keys", element: inner(() => import("./pages/settings/keys")) },
                  { path: "account", element: inner(() => import("./pages/settings/account")) },
                ],
              },
              { path: "*", element: inner(() => import("./pages/not-found")) },
            ],
          },
        ],
      },
      {
        path: "/operator",
        element: page(() => import("./pages/operator/operator-layout")),
        children: [
          { index: true, element: <Navigate to="access" replace /> },
          { path: "access", element: inner(() => import("./pages/operator/access")) },
          { path: "upgrade", element: inner(() => import("./pages/operator/upgrade")) },
          { path: "schema", element: inner(() => import("./pages/operator/schema")) },
        ],
      },
      { path: "*", element: <main>{page(() => import("./pages/not-found"))}</main> },
    ],
  },
]);
