// The frame around every page of a project: the sidebar, and on narrow screens a bar with a button that opens it.
import { Drawer } from "antd";
import { Suspense, useEffect, useState } from "react";
import { Outlet, useLocation } from "react-router-dom";
import { PageSkeleton } from "../components/page";
import { MenuIcon } from "../components/icons";
import { texts } from "../texts";
import { DialogProvider } from "./dialogs";
import { Reauthentication } from "./reauthentication-dialog";
import { ScopeGate, useScope } from "./scope";
import { Sidebar } from "./sidebar";

const COLLAPSED_KEY = "orgd.sidebar";
const narrowQuery = window.matchMedia("(max-width: 767px)");

function useIsNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(narrowQuery.matches);
  useEffect(() => {
    const follow = () => setIsNarrow(narrowQuery.matches);
    narrowQuery.addEventListener("change", follow);
    return () => narrowQuery.removeEventListener("change", follow);
  }, []);
  return isNarrow;
}

function Frame() {
  const isNarrow = useIsNarrow();
  const { pathname } = useLocation();
  const { organizationName, project } = useScope();
  const [isCollapsed, setIsCollapsed] = useState(() => window.localStorage.getItem(COLLAPSED_KEY) === "collapsed");
  const [isOpen, setIsOpen] = useState(false);

  useEffect(() => setIsOpen(false), [pathname]);

  const collapse = () => {
    window.localStorage.setItem(COLLAPSED_KEY, isCollapsed ? "" : "collapsed");
    setIsCollapsed(!isCollapsed);
  };

  return (
    <div className={`shell${isNarrow ? " narrow" : ""}`}>
      <a className="skip-link" href="#content">
        {texts.shell.skipToContent}
      </a>
      {isNarrow ? (
        <>
          <header className="topbar">
            <button type="button" className="icon-button" aria-label={texts.shell.openMenu} onClick={() => setIsOpen(true)}>
              <MenuIcon />
            </button>
            <div className="topbar-place">
              <strong>{organizationName}</strong>
              <span>{project.project_name}</span>
            </div>
          </header>
          <Drawer
            open={isOpen}
            onClose={() => setIsOpen(false)}
            placement="left"
            width={300}
            closable={false}
            aria-label={texts.shell.navigation}
            styles={{ body: { padding: 0 } }}
          >
            <Sidebar />
          </Drawer>
        </>
      ) : (
        <Sidebar isCollapsed={isCollapsed} onCollapse={collapse} />
      )}
      <main id="content" className="content" tabIndex={-1}>
        <Suspense
          fallback={
            <div className="page">
              <h1 className="visually-hidden">{texts.common.loading}</h1>
              <PageSkeleton />
            </div>
          }
        >
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

export default function Shell() {
  return (
    <ScopeGate>
      <DialogProvider>
        <Frame />
        <Reauthentication />
      </DialogProvider>
    </ScopeGate>
  );
}
