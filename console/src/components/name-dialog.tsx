// A dialog that asks for one name.
import { Alert, Button, Input, Modal } from "antd";
import { useId, useState, type FormEvent } from "react";
import { errorText } from "../api/errors";
import { texts } from "../texts";

interface Props {
  title: string;
  lead?: string;
  label: string;
  missing: string;
  initial?: string;
  button: string;
  isBusy: boolean;
  problem: unknown;
  onSubmit: (name: string) => void;
  onClose: () => void;
}

const LONGEST = 255; // the server's limit

export function NameDialog({ title, lead, label, missing, initial = "", button, isBusy, problem, onSubmit, onClose }: Props) {
  const [name, setName] = useState(initial);
  const [isMissing, setIsMissing] = useState(false);
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return setIsMissing(true);
    onSubmit(name.trim());
  };
  return (
    <Modal open title={title} onCancel={onClose} footer={null}>
      <form className="stack" noValidate onSubmit={submit}>
        {lead && <p>{lead}</p>}
        <div className="field">
          <label htmlFor={id}>{label}</label>
          <Input
            id={id}
            value={name}
            maxLength={LONGEST}
            autoFocus
            status={isMissing ? "error" : ""}
            aria-invalid={isMissing}
            aria-describedby={isMissing ? `${id}-problem` : undefined}
            onChange={(event) => {
              setName(event.target.value);
              setIsMissing(false);
            }}
          />
          <div id={`${id}-problem`} role="alert" className="field-problem">
            {isMissing ? missing : ""}
          </div>
        </div>
        <div role="alert">{problem ? <Alert type="error" showIcon role="presentation" message={errorText(problem)} /> : null}</div>
        <div className="dialog-buttons">
          <span className="grow" />
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="primary" htmlType="submit" loading={isBusy}>
            {button}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
