// Requests a link for setting a password; opened by such a link, sets the password.
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router-dom";
import EmailPassword from "supertokens-web-js/recipe/emailpassword";
import { errorText } from "../../api/errors";
import { texts } from "../../texts";
import { AuthFrame } from "./frame";

const words = texts.auth.reset;

export default function ResetPassword() {
  const [search] = useSearchParams();
  return search.get("token") ? <SetPassword /> : <RequestLink />;
}

const BackLink = () => (
  <p className="auth-switch">
    <Link to="/auth">{words.back}</Link>
  </p>
);

function RequestLink() {
  const [form] = Form.useForm<{ email: string }>();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const submit = async ({ email }: { email: string }) => {
    setIsBusy(true);
    setProblem(null);
    const address = email.trim();
    try {
      const outcome = await EmailPassword.sendPasswordResetEmail({ formFields: [{ id: "email", value: address }] });
      if (outcome.status === "OK") setSentTo(address);
      else if (outcome.status === "FIELD_ERROR")
        form.setFields([{ name: "email", errors: outcome.formFields.map(({ error }) => error) }]);
      else setProblem(outcome.reason);
    } catch (thrown) {
      setProblem(errorText(thrown));
    }
    setIsBusy(false);
  };

  if (sentTo !== null)
    return (
      <AuthFrame title={words.sentTitle}>
        <div role="status">
          <p>{words.sent(sentTo)}</p>
          <p className="muted">{words.nothing}</p>
        </div>
        <BackLink />
      </AuthFrame>
    );
  return (
    <AuthFrame title={words.requestTitle} lead={words.requestLead} problem={problem}>
      <Form form={form} layout="vertical" requiredMark={false} validateTrigger="onSubmit" onFinish={(values) => void submit(values)}>
        <Form.Item name="email" label={texts.auth.email} rules={[{ required: true, whitespace: true, message: texts.auth.emailMissing }]}>
          <Input size="large" type="email" autoComplete="username" autoFocus spellCheck={false} />
        </Form.Item>
        <Button type="primary" size="large" htmlType="submit" block loading={isBusy}>
          {words.requestButton}
        </Button>
      </Form>
      <BackLink />
    </AuthFrame>
  );
}

function SetPassword() {
  const [form] = Form.useForm<{ password: string }>();
  const [outcome, setOutcome] = useState<"open" | "done" | "invalid">("open");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const submit = async ({ password }: { password: string }) => {
    setIsBusy(true);
    setProblem(null);
    try {
      const answer = await EmailPassword.submitNewPassword({ formFields: [{ id: "password", value: password }] });
      if (answer.status === "OK") setOutcome("done");
      else if (answer.status === "FIELD_ERROR")
        form.setFields([{ name: "password", errors: answer.formFields.map(({ error }) => error) }]);
      else setOutcome("invalid");
    } catch (thrown) {
      setProblem(errorText(thrown));
    }
    setIsBusy(false);
  };

  if (outcome === "done")
    return (
      <AuthFrame title={words.doneTitle}>
        <div role="status">
          <Alert type="success" showIcon role="presentation" message={words.done} />
        </div>
        <BackLink />
      </AuthFrame>
    );
  if (outcome === "invalid")
    return (
      <AuthFrame title={words.invalidTitle} problem={words.invalid}>
        <p className="auth-switch">
          <Link to="/auth/reset-password">{words.again}</Link>
        </p>
      </AuthFrame>
    );
  return (
    <AuthFrame title={words.title} lead={words.lead} problem={problem}>
      <Form form={form} layout="vertical" requiredMark={false} validateTrigger="onSubmit" onFinish={(values) => void submit(values)}>
        <Form.Item name="password" label={texts.auth.newPassword} rules={[{ required: true, message: texts.auth.passwordMissing }]}>
          <Input.Password size="large" autoComplete="new-password" autoFocus />
        </Form.Item>
        <Button type="primary" size="large" htmlType="submit" block loading={isBusy}>
          {words.button}
        </Button>
      </Form>
      <BackLink />
    </AuthFrame>
  );
}
