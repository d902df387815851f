// The button to leave the organization, with its confirmation.
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAction } from "../../api/action";
import { answer, api } from "../../api/client";
import { Confirm } from "../../components/confirm";
import { useNotify } from "../../components/notices";
import { useScope } from "../../layout/scope";
import { texts } from "../../texts";

const words = texts.settings.organization;

interface Props {
  text: string;
  /** In a row of a list. */
  isPlain?: boolean;
}

export function LeaveButton({ text, isPlain = false }: Props) {
  const { organization, organizationName, profile, workspaceId, isOwner } = useScope();
  const [isAsking, setIsAsking] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotify();
  const leave = useAction({
    mutationFn: () =>
      answer(
        api.DELETE("/workspaces/{workspace_id}/users", {
          params: { path: { workspace_id: workspaceId }, query: { email: profile.email } },
        }),
      ),
    onSuccess: async () => {
      navigate("/", { replace: true });
      client.removeQueries({ queryKey: ["organizations", organization.id] });
      await client.invalidateQueries();
      notify.success(words.left(organizationName));
    },
  });
  return (
    <>
      <Button
        danger
        type={isPlain ? "text" : "default"}
        disabled={isOwner}
        onClick={() => setIsAsking(true)}
      >
        {text}
      </Button>
      {isAsking && (
        <Confirm
          title={words.leaveTitle(organizationName)}
          button={words.leaveButton}
          isBusy={leave.isPending}
          problem={leave.error}
          onConfirm={() => leave.mutate()}
          onClose={() => setIsAsking(false)}
        >
          <p>{words.leaveBody}</p>
        </Confirm>
      )}
    </>
  );
}
