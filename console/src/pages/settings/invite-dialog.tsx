// Invites one or several people; without mail, shows the links.
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Input, Modal } from "antd";
import { useId, useState, type FormEvent } from "react";
import { useAction } from "../../api/action";
import { answer, api } from "../../api/client";
import { errorText } from "../../api/errors";
import { CopyButton } from "../../components/copy";
import { useNotify } from "../../components/notices";
import { useScope } from "../../layout/scope";
import { texts } from "../../texts";

const words = texts.settings.members;
const ROLES = ["admin", "viewer"] as const;

/** The typed or pasted addresses, without duplicates: `Ann Lee <ann@acme.io>` is ann@acme.io. The server validates them. */
function addressesIn(text: string): string[] {
  const found = text.split(/[,;\n]+/).flatMap((part) => {
    const named = [...part.matchAll(/<([^<>]*)>/g)].map(([, address]) => address ?? "");
    return named.length > 0 ? named : part.split(/\s+/);
  });
  return [...new Set(found.map((each) => each.trim()).filter(Boolean))];
}

export default function InviteDialog({ onClose }: { onClose: () => void }) {
  const { organization, workspaceId } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const [text, setText] = useState("");
  const [role, setRole] = useState<string>(ROLES[0]);
  const [isMissing, setIsMissing] = useState(false);
  const id = useId();

  const invite = useAction({
    mutationFn: (emails: string[]) =>
      answer(
        api.POST("/organizations/{organization_id}/invitations", {
          params: { path: { organization_id: organization.id } },
          body: { invitations: emails.map((email) => ({ email, role })), workspace_id: workspaceId },
        }),
      ),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["organizations"] });
      if (made.some(({ url }) => url)) return;
      notify.success(words.invited(made.length));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const emails = addressesIn(text);
    if (emails.length === 0) return setIsMissing(true);
    invite.mutate(emails);
  };

  if (invite.data?.some(({ url }) => url))
    return (
      <Modal
        open
        title={words.linksTitle}
        onCancel={onClose}
        footer={
          <Button type="primary" onClick={onClose}>
            {words.done}
          </Button>
        }
      >
        <div className="stack">
          <p>{words.linksLead}</p>
          <ul className="links">
            {invite.data.map(({ id: key, email, url }) => (
              <li key={key}>
                <strong>{email}</strong>
                <div className="secret">
                  <code>{url}</code>
                  <CopyButton text={url ?? ""} label={words.copyLink(email)} />
                </div>
              </li>
            ))}
          </ul>
        </div>
      </Modal>
    );
  return (
    <Modal open title={words.inviteTitle} onCancel={onClose} footer={null}>
      <form className="stack" noValidate onSubmit={submit}>
        <div className="field">
          <label htmlFor={`${id}-addresses`}>{words.addresses}</label>
          <Input.TextArea
            id={`${id}-addresses`}
            value={text}
            autoFocus
            rows={3}
            spellCheck={false}
            status={isMissing ? "error" : ""}
            aria-invalid={isMissing}
            aria-describedby={`${id}-hint`}
            onChange={(event) => {
              setText(event.target.value);
              setIsMissing(false);
            }}
          />
          <div id={`${id}-hint`} className={isMissing ? "field-problem" : "field-hint"} role={isMissing ? "alert" : undefined}>
            {isMissing ? words.addressesMissing : words.addressesHint}
          </div>
        </div>
        <div className="field">
          <label htmlFor={`${id}-role`}>{words.role}</label>
          <select id={`${id}-role`} className="select" value={role} onChange={(event) => setRole(event.target.value)}>
            {ROLES.map((each) => (
              <option key={each} value={each}>
                {words.roles[each]}
              </option>
            ))}
          </select>
        </div>
        <div role="alert">{invite.error && <Alert type="error" showIcon role="presentation" message={errorText(invite.error)} />}</div>
        <div className="dialog-buttons">
          <span className="grow" />
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="primary" htmlType="submit" loading={invite.isPending}>
            {words.inviteButton}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
