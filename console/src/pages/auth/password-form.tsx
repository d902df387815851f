// Sign-in and sign-up with a password.
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { Link } from "react-router-dom";
import EmailPassword from "supertokens-web-js/recipe/emailpassword";
import type { InvitationLink } from "../../session/invitation-link";
import { texts } from "../../texts";

const words = texts.auth;

interface Values {
  email: string;
  password: string;
}

interface Props {
  isNew: boolean;
  invitation: InvitationLink | null;
  onChoose: (mode: "signin" | "signup") => void;
  onDone: () => void;
  onFail: (text: string, isDenied?: boolean) => void;
  onError: (thrown: unknown) => void;
}

export function PasswordForm({ isNew, invitation, onChoose, onDone, onFail, onError }: Props) {
  const [form] = Form.useForm<Values>();
  const [isBusy, setIsBusy] = useState(false);

  const submit = async ({ email, password }: Values) => {
    setIsBusy(true);
    onFail("");
    const formFields = [
      { id: "email", value: email.trim() },
      { id: "password", value: password },
    ];
    try {
      const outcome = await (isNew ? EmailPassword.signUp({ formFields }) : EmailPassword.signIn({ formFields }));
      if (outcome.status === "OK") return onDone();
      if (outcome.status === "FIELD_ERROR")
        form.setFields(outcome.formFields.map(({ id, error }) => ({ name: id as keyof Values, errors: [error] })));
      else if (outcome.status === "WRONG_CREDENTIALS_ERROR") onFail(words.wrongCredentials);
      else onFail(outcome.reason, true);
    } catch (thrown) {
      onError(thrown);
    }
    setIsBusy(false);
  };

  const { button, other, switch: change } = isNew ? words.signUp : words.signIn;
  const label = invitation ? (isNew ? words.invited.signUp : words.invited.signIn) : button;
  return (
    <>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        validateTrigger="onSubmit"
        initialValues={{ email: invitation?.email ?? "" }}
        onFinish={(values) => void submit(values)}
      >
        <Form.Item
          name="email"
          label={words.email}
          extra={invitation ? words.invited.locked : undefined}
          rules={[{ required: true, whitespace: true, message: words.emailMissing }]}
        >
          <Input size="large" type="email" autoComplete="username" readOnly={invitation !== null} autoFocus={!invitation} spellCheck={false} />
        </Form.Item>
        <Form.Item name="password" label={words.password} rules={[{ required: true, message: words.passwordMissing }]}>
          <Input.Password size="large" autoComplete={isNew ? "new-password" : "current-password"} autoFocus={invitation !== null} />
        </Form.Item>
        {!isNew && (
          <p className="auth-forgot">
            <Link to="/auth/reset-password">{words.forgot}</Link>
          </p>
        )}
        <Button type="primary" size="large" htmlType="submit" block loading={isBusy}>
          {label}
        </Button>
      </Form>
      <p className="auth-switch">
        {other}{" "}
        <button type="button" className="link-button" onClick={() => onChoose(isNew ? "signin" : "signup")}>
          {change}
        </button>
      </p>
    </>
  );
}
