// Asks for the password again, or for a new sign-in, before a change that needs a recent one.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input, Modal } from "antd";
import { useEffect, useId, useState, type FormEvent } from "react";
import { useAction } from "../api/action";
import { answerAs, api } from "../api/client";
import { errorText } from "../api/errors";
import { setReauthentication } from "../api/reauthentication";
import { loginMethodsQuery } from "../session/methods";
import { texts } from "../texts";
import { useSignOut } from "./sign-out";

const words = texts.shell.reauthentication;

/** Opens when a request is refused because the sign-in is too old. */
export function Reauthentication() {
  const [answer, setAnswer] = useState<((proven: boolean) => void) | null>(null);
  useEffect(() => {
    setReauthentication(() => new Promise((resolve) => setAnswer(() => resolve)));
    return () => setReauthentication(null);
  }, []);
  if (!answer) return null;
  const close = (proven: boolean) => {
    answer(proven);
    setAnswer(null);
  };
  return <Dialog onClose={close} />;
}

function Dialog({ onClose }: { onClose: (proven: boolean) => void }) {
  const [password, setPassword] = useState("");
  const methods = useQuery(loginMethodsQuery);
  const signOut = useSignOut();
  const id = useId();
  const confirm = useAction({
    mutationFn: () => answerAs<unknown>(api.POST("/auth/session/reauthenticate", { body: { password } })),
    onSuccess: () => onClose(true),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password) confirm.mutate();
  };
  const again = () => {
    onClose(false);
    void signOut();
  };
  const hasPasswords = methods.data?.emailPassword.enabled ?? false;
  return (
    <Modal open title={words.title} onCancel={() => onClose(false)} footer={null}>
      <form className="stack" noValidate onSubmit={submit}>
        <p>{hasPasswords ? words.lead : words.leadWithout}</p>
        {hasPasswords && (
          <div className="field">
            <label htmlFor={id}>{words.password}</label>
            <Input.Password
              id={id}
              value={password}
              autoComplete="current-password"
              autoFocus
              onChange={(event) => setPassword(event.target.value)}
            />
          </div>
        )}
        <div role="alert">{confirm.error ? <Alert type="error" showIcon role="presentation" message={errorText(confirm.error)} /> : null}</div>
        <div className="dialog-buttons">
          <Button type={hasPasswords ? "text" : "primary"} onClick={again}>
            {words.again}
          </Button>
          <span className="grow" />
          <Button onClick={() => onClose(false)}>{texts.common.cancel}</Button>
          {hasPasswords && (
            <Button type="primary" htmlType="submit" disabled={!password} loading={confirm.isPending}>
              {words.confirm}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
