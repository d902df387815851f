// Shows a pending invitation to the user, who accepts or declines it.
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Modal } from "antd";
import { useNavigate } from "react-router-dom";
import { useAction } from "../api/action";
import { answer, api } from "../api/client";
import { errorText } from "../api/errors";
import { projectsQuery } from "../api/queries";
import type { MyInvitation } from "../api/types";
import { useNotify } from "../components/notices";
import { formatDate } from "../components/dates";
import { texts } from "../texts";
import { projectPath } from "./scope";

export default function InvitationDialog({ invitation, onClose }: { invitation: MyInvitation; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const words = texts.shell.invitations;
  const name = invitation.organization_name ?? words.somebody;
  const params = { path: { invitation_id: invitation.id } };

  const accept = useAction({
    mutationFn: () => answer(api.POST("/invitations/{invitation_id}/accept", { params })),
    onSuccess: async () => {
      await client.invalidateQueries();
      const projects = await client.fetchQuery({ ...projectsQuery, staleTime: 0 });
      const there = projects.find((project) => project.project_id === invitation.project_id);
      onClose();
      notify.success(words.accepted(there?.organization_name ?? name));
      if (there?.workspace_id) navigate(projectPath(there.workspace_id, there.project_id));
    },
  });
  const decline = useAction({
    mutationFn: () => answer(api.POST("/invitations/{invitation_id}/decline", { params })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["invitations"] });
      onClose();
      notify.info(words.declined);
    },
  });
  const problem = accept.error ?? decline.error;

  return (
    <Modal
      open
      title={words.title(name)}
      onCancel={onClose}
      footer={
        <div className="dialog-buttons">
          {!invitation.needs_token && (
            <Button danger type="text" loading={decline.isPending} disabled={accept.isPending} onClick={() => decline.mutate()}>
              {words.decline}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{invitation.needs_token ? texts.common.close : texts.common.cancel}</Button>
          {!invitation.needs_token && (
            <Button type="primary" loading={accept.isPending} disabled={decline.isPending} onClick={() => accept.mutate()}>
              {words.accept}
            </Button>
          )}
        </div>
      }
    >
      <p>{words.body(invitation.invited_by, texts.roles[invitation.role] ?? invitation.role)}</p>
      {invitation.needs_token && <Alert type="info" showIcon message={words.needsLink} />}
      {!invitation.needs_token && invitation.expires_at && <p className="muted">{words.until(formatDate(invitation.expires_at))}</p>}
      {problem && <Alert type="error" showIcon role="alert" message={errorText(problem)} />}
    </Modal>
  );
}
