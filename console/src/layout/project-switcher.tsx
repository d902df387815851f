// The menu of the projects of the current organization.
import { useLocation, useNavigate } from "react-router-dom";
import { CaretIcon, ProjectsIcon, SettingsIcon } from "../components/icons";
import { Menu } from "../components/menu";
import { texts } from "../texts";
import { projectPath, useScope } from "./scope";

export function ProjectSwitcher() {
  const { project, projects, workspaceId, path } = useScope();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const words = texts.shell.project;
  const below = pathname.slice(path().length + 1);

  return (
    <Menu
      className="switcher project"
      label={words.label(project.project_name)}
      trigger={
        <>
          <span className="switcher-mark">
            <ProjectsIcon />
          </span>
          <span className="switcher-name nav-label">
            <span>{project.project_name}</span>
          </span>
          <span className="caret nav-label">
            <CaretIcon size={16} />
          </span>
        </>
      }
      sections={[
        {
          key: "projects",
          title: words.group,
          scrolls: true,
          items: projects.map((each) => ({
            key: each.project_id,
            label: each.project_name,
            content: (
              <>
                <span>{each.project_name}</span>
                {each.is_default_project && <small>{words.isDefault}</small>}
              </>
            ),
            checked: each.project_id === project.project_id,
            onSelect: () => navigate(projectPath(each.workspace_id ?? workspaceId, each.project_id, below)),
          })),
        },
        {
          key: "manage",
          items: [{ key: "manage", label: words.manage, icon: <SettingsIcon />, onSelect: () => navigate(path("settings/projects")) }],
        },
      ]}
    />
  );
}
