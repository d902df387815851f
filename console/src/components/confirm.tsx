// Asks for confirmation of a change that cannot be undone; for large deletions the user has to type the name.
import { Alert, Button, Input, Modal } from "antd";
import { useId, useState, type ReactNode } from "react";
import { errorText } from "../api/errors";
import { texts } from "../texts";

interface Props {
  title: string;
  children: ReactNode;
  button: string;
  /** Has to be typed before the button works. */
  typed?: { name: string; label: string };
  /** Why the change is impossible; the button is then disabled. */
  impossible?: string;
  /** The data about the change is still loading, so nothing can be confirmed yet. */
  isWaiting?: boolean;
  isBusy: boolean;
  problem: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, button, typed, impossible, isWaiting, isBusy, problem, onConfirm, onClose }: Props) {
  const [text, setText] = useState("");
  const id = useId();
  const isReady = !impossible && !isWaiting && (!typed || text.trim() === typed.name.trim());
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {texts.common.cancel}
        </Button>,
        <Button key="confirm" type="primary" danger disabled={!isReady} loading={isBusy} onClick={onConfirm}>
          {button}
        </Button>,
      ]}
    >
      <div className="stack">
        {children}
        {impossible && <Alert type="warning" showIcon message={impossible} />}
        {typed && !impossible && (
          <div className="field">
            <label htmlFor={id}>{typed.label}</label>
            <Input
              id={id}
              value={text}
              autoComplete="off"
              autoFocus
              onChange={(event) => setText(event.target.value)}
              onPressEnter={() => isReady && !isBusy && onConfirm()}
            />
          </div>
        )}
        <div role="alert">{problem ? <Alert type="error" showIcon role="presentation" message={errorText(problem)} /> : null}</div>
      </div>
    </Modal>
  );
}
