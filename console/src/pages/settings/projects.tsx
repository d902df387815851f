// The projects of the organization.
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";
import { useAction } from "../../api/action";
import { answer, api, within } from "../../api/client";
import { errorText } from "../../api/errors";
import type { Project } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { NameDialog } from "../../components/name-dialog";
import { useNotify } from "../../components/notices";
import { Page } from "../../components/page";
import { projectPath, useScope } from "../../layout/scope";
import { texts } from "../../texts";
import "./settings.css";

const words = texts.settings.projects;

export default function ProjectsPage() {
  const { projects, mayManage } = useScope();
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Page
      title={words.title}
      lead={mayManage ? words.lead : words.viewer}
      actions={
        mayManage && (
          <Button type="primary" onClick={() => setIsCreating(true)}>
            {words.create}
          </Button>
        )
      }
    >
      <div className="sections wide">
        <section className="card list-card">
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">
                  <span className="visually-hidden">{words.actions}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {projects.map((project) => (
                <ProjectRow key={project.project_id} project={project} />
              ))}
            </tbody>
          </table>
        </section>
        <p className="muted">{words.defaultHint}</p>
      </div>
      {isCreating && <Create onClose={() => setIsCreating(false)} />}
    </Page>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const { workspaceId } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const create = useAction({
    mutationFn: (name: string) =>
      answer(api.POST("/projects", { ...within({ workspace_id: workspaceId }), body: { name, make_default: false } })),
    onSuccess: async (project) => {
      await client.invalidateQueries({ queryKey: ["projects"] });
      onClose();
      notify.success(words.created(project.project_name));
    },
  });
  return (
    <NameDialog
      title={words.create}
      label={words.name}
      missing={words.nameMissing}
      button={words.createButton}
      isBusy={create.isPending}
      problem={create.error}
      onSubmit={(name) => create.mutate(name)}
      onClose={onClose}
    />
  );
}

function ProjectRow({ project }: { project: Project }) {
  const { project: current, workspaceId, mayManage, isOwner } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const { project_id: id, project_name: name } = project;
  const close = () => setDialog(null);

  const change = useAction({
    mutationFn: (body: { name?: string; make_default?: boolean }) =>
      answer(api.PATCH("/projects/{project_id}", { params: { path: { project_id: id } }, body })),
    onSuccess: async (changed, body) => {
      await client.invalidateQueries({ queryKey: ["projects"] });
      close();
      notify.success(body.make_default ? words.madeDefault(changed.project_name) : words.renamed(changed.project_name));
    },
    onError: (problem, body) => body.make_default && notify.error(errorText(problem)),
  });

  return (
    <tr>
      <td>
        <strong>{name}</strong> {project.is_default_project && <span className="chip">{words.isDefault}</span>}
        {id === current.project_id && <span className="chip plain">{words.current}</span>}
        <div className="muted">
          <code>{id}</code>
        </div>
      </td>
      <td className="actions">
        {id !== current.project_id && (
          <Link className="text-link" to={projectPath(project.workspace_id ?? workspaceId, id)} aria-label={words.openNamed(name)}>
            {words.open}
          </Link>
        )}
        {mayManage && (
          <>
            <Button type="text" aria-label={words.renameNamed(name)} onClick={() => setDialog("rename")}>
              {words.rename}
            </Button>
            {!project.is_default_project && (
              <Button
                type="text"
                aria-label={words.makeDefaultNamed(name)}
                loading={change.isPending && change.variables.make_default}
                onClick={() => change.mutate({ make_default: true })}
              >
                {words.makeDefault}
              </Button>
            )}
          </>
        )}
        {(isOwner || project.user_role === "owner") && (
          <Button
            type="text"
            danger
            aria-label={words.deleteNamed(name)}
            disabled={project.is_default_project}
            title={project.is_default_project ? words.defaultHint : undefined}
            onClick={() => setDialog("delete")}
          >
            {words.delete}
          </Button>
        )}
        {dialog === "rename" && (
          <NameDialog
            title={words.renameTitle}
            label={words.name}
            missing={words.nameMissing}
            initial={name}
            button={texts.common.save}
            isBusy={change.isPending}
            problem={change.error}
            onSubmit={(wanted) => change.mutate({ name: wanted })}
            onClose={close}
          />
        )}
        {dialog === "delete" && <Delete project={project} onClose={close} />}
      </td>
    </tr>
  );
}

function Delete({ project, onClose }: { project: Project; onClose: () => void }) {
  const { project: current, projects, workspaceId } = useScope();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const { project_id: id, project_name: name } = project;
  const remove = useAction({
    mutationFn: () =>
      answer(
        api.DELETE("/projects/{project_id}", {
          params: { path: { project_id: id } },
          ...within({ workspace_id: project.workspace_id ?? workspaceId }),
        }),
      ),
    onSuccess: async () => {
      onClose();
      const other = projects.find((each) => each.is_default_project) ?? projects[0];
      if (id === current.project_id && other)
        navigate(projectPath(other.workspace_id ?? workspaceId, other.project_id, "settings/projects"), { replace: true });
      await client.invalidateQueries({ queryKey: ["projects"] });
      notify.success(words.deleted(name));
    },
  });
  return (
    <Confirm
      title={words.deleteTitle(name)}
      button={words.deleteButton}
      typed={{ name, label: texts.settings.dialogs.typeName(name) }}
      isBusy={remove.isPending}
      problem={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{words.deleteBody}</p>
    </Confirm>
  );
}
