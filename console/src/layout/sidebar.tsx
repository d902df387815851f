// The sidebar: the switchers on top, then the pages of the project or, within the settings, those of the settings.
import type { ReactNode } from "react";
import { NavLink, useLocation, useNavigate } from "react-router-dom";
import {
  AccountIcon,
  BackIcon,
  CollapseIcon,
  KeyIcon,
  MembersIcon,
  MoonIcon,
  OrganizationIcon,
  OverviewIcon,
  ProjectsIcon,
  SettingsIcon,
  SignOutIcon,
  SunIcon,
  SystemIcon,
} from "../components/icons";
import { Initials } from "../components/initials";
import { Menu } from "../components/menu";
import { texts } from "../texts";
import { useTheme, type ThemeChoice } from "../theme/theme";
import { OrganizationSwitcher } from "./organization-switcher";
import { ProjectSwitcher } from "./project-switcher";
import { useScope } from "./scope";
import { useSignOut } from "./sign-out";

interface Entry {
  to: string;
  label: string;
  icon: ReactNode;
  end?: boolean;
}

function Entries({ title, entries }: { title?: string; entries: Entry[] }) {
  return (
    <div className="nav-group">
      {title && <div className="nav-title">{title}</div>}
      <ul>
        {entries.map(({ to, label, icon, end }) => (
          <li key={to}>
            <NavLink to={to} end={end} className="nav-link" title={label}>
              {icon}
              <span className="nav-label">{label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

function You() {
  const { profile, path } = useScope();
  const { choice, choose } = useTheme();
  const navigate = useNavigate();
  const leave = useSignOut();
  const words = texts.shell.you;
  const themes: { key: ThemeChoice; label: string; icon: ReactNode }[] = [
    { key: "system", label: words.system, icon: <SystemIcon /> },
    { key: "light", label: words.light, icon: <SunIcon /> },
    { key: "dark", label: words.dark, icon: <MoonIcon /> },
  ];
  return (
    <Menu
      up
      className="you"
      label={words.label(profile.username)}
      trigger={
        <>
          <Initials name={profile.username} id={profile.id} round />
          <span className="you-name nav-label">
            <strong>{profile.username}</strong>
            <span>{profile.email}</span>
          </span>
        </>
      }
      sections={[
        {
          key: "account",
          items: [
            {
              key: "account",
              label: words.account,
              icon: <AccountIcon />,
              onSelect: () => navigate(path("settings/account")),
            },
          ],
        },
        {
          key: "appearance",
          title: words.appearance,
          items: themes.map(({ key, label, icon }) => ({ key, label, icon, checked: choice === key, onSelect: () => choose(key) })),
        },
        { key: "leave", items: [{ key: "leave", label: words.signOut, icon: <SignOutIcon />, onSelect: () => void leave() }] },
      ]}
    />
  );
}

export function Sidebar({ isCollapsed = false, onCollapse }: { isCollapsed?: boolean; onCollapse?: () => void }) {
  const { path } = useScope();
  const { pathname } = useLocation();
  const words = texts.shell;
  const isSettings = pathname.startsWith(path("settings"));

  return (
    <div className={`sidebar${isCollapsed ? " collapsed" : ""}`}>
      <section className="sidebar-top" aria-label={words.place}>
        <OrganizationSwitcher />
        <ProjectSwitcher />
      </section>
      <nav aria-label={words.navigation} className="sidebar-nav">
        {isSettings ? (
          <>
            <Entries entries={[{ to: path(), label: words.backToOverview, icon: <BackIcon />, end: true }]} />
            <Entries
              title={words.settingsGroups.organization}
              entries={[
                { to: path("settings/organization"), label: texts.settings.organization.title, icon: <OrganizationIcon /> },
                { to: path("settings/members"), label: texts.settings.members.title, icon: <MembersIcon /> },
                { to: path("settings/projects"), label: texts.settings.projects.title, icon: <ProjectsIcon /> },
              ]}
            />
            <Entries
              title={words.settingsGroups.project}
              entries={[{ to: path("settings/keys"), label: texts.settings.keys.title, icon: <KeyIcon /> }]}
            />
            <Entries
              title={words.settingsGroups.you}
              entries={[{ to: path("settings/account"), label: texts.settings.account.title, icon: <AccountIcon /> }]}
            />
          </>
        ) : (
          <Entries
            entries={[
              { to: path(), label: words.overview, icon: <OverviewIcon />, end: true },
              { to: path("settings/members"), label: texts.settings.members.title, icon: <MembersIcon /> },
              { to: path("settings/keys"), label: texts.settings.keys.title, icon: <KeyIcon /> },
              { to: path("settings"), label: words.settings, icon: <SettingsIcon /> },
            ]}
          />
        )}
      </nav>
      <section className="sidebar-bottom" aria-label={words.yourself}>
        <You />
        {onCollapse && (
          <button
            type="button"
            className="icon-button collapse"
            aria-label={isCollapsed ? words.expand : words.collapse}
            title={isCollapsed ? words.expand : words.collapse}
            onClick={onCollapse}
          >
            <CollapseIcon />
          </button>
        )}
      </section>
    </div>
  );
}
