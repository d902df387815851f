// Sign-in and sign-up with a mailed code: first asks for the address, then for the code.
import { Alert, Button, Form, Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import Passwordless from "supertokens-web-js/recipe/passwordless";
import type { InvitationLink } from "../../session/invitation-link";
import { texts } from "../../texts";

const words = texts.auth;
const DIGITS = 6;

interface Props {
  invitation: InvitationLink | null;
  onDone: () => void;
  onFail: (text: string, isDenied?: boolean) => void;
  onError: (thrown: unknown) => void;
}

export function CodeForm({ invitation, onDone, onFail, onError }: Props) {
  const [email, setEmail] = useState<string | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  /** Runs one call at a time, and clears earlier messages. */
  const run = async (action: () => Promise<void>) => {
    setIsBusy(true);
    setNote(null);
    onFail("");
    try {
      await action();
    } catch (thrown) {
      onError(thrown);
    }
    setIsBusy(false);
  };

  const request = (address: string) =>
    run(async () => {
      const outcome = await Passwordless.createCode({ email: address });
      if (outcome.status === "OK") setEmail(address);
      else onFail(outcome.reason, true);
    });

  const restart = async (text = "") => {
    await Passwordless.clearLoginAttemptInfo();
    setEmail(null);
    onFail(text);
  };

  const consume = (userInputCode: string) =>
    run(async () => {
      const outcome = await Passwordless.consumeCode({ userInputCode });
      if (outcome.status === "OK") {
        await Passwordless.clearLoginAttemptInfo();
        onDone();
      } else if ("failedCodeInputAttemptCount" in outcome) {
        const left = outcome.maximumCodeInputAttempts - outcome.failedCodeInputAttemptCount;
        onFail(outcome.status === "EXPIRED_USER_INPUT_CODE_ERROR" ? words.code.expired : words.code.wrong(left));
      } else if (outcome.status === "RESTART_FLOW_ERROR") await restart(words.code.restart);
      else onFail(outcome.reason, true);
    });

  const resend = () =>
    run(async () => {
      const { status } = await Passwordless.resendCode();
      if (status === "OK") setNote(words.code.resent);
      else await restart(words.code.restart);
    });

  return email === null ? (
    <AddressForm invitation={invitation} isBusy={isBusy} onSubmit={(address) => void request(address)} />
  ) : (
    <CodeEntry
      email={email}
      note={note}
      isBusy={isBusy}
      onSubmit={(code) => void consume(code)}
      onResend={() => void resend()}
      onRestart={() => void restart()}
    />
  );
}

interface AddressProps {
  invitation: InvitationLink | null;
  isBusy: boolean;
  onSubmit: (email: string) => void;
}

function AddressForm({ invitation, isBusy, onSubmit }: AddressProps) {
  return (
    <Form<{ email: string }>
      layout="vertical"
      requiredMark={false}
      validateTrigger="onSubmit"
      initialValues={{ email: invitation?.email ?? "" }}
      onFinish={({ email }) => onSubmit(email.trim())}
    >
      <Form.Item
        name="email"
        label={words.email}
        extra={invitation ? words.invited.locked : undefined}
        rules={[{ required: true, whitespace: true, message: words.emailMissing }]}
      >
        <Input size="large" type="email" autoComplete="username" readOnly={invitation !== null} autoFocus spellCheck={false} />
      </Form.Item>
      <Button type="primary" size="large" htmlType="submit" block loading={isBusy}>
        {words.code.button}
      </Button>
    </Form>
  );
}

interface EntryProps {
  email: string;
  note: string | null;
  isBusy: boolean;
  onSubmit: (code: string) => void;
  onResend: () => void;
  onRestart: () => void;
}

function CodeEntry({ email, note, isBusy, onSubmit, onResend, onRestart }: EntryProps) {
  const [code, setCode] = useState("");
  const input = useRef<InputRef>(null);

  // after a wrong code, typing replaces it
  useEffect(() => {
    if (!isBusy) input.current?.focus({ cursor: "all" });
  }, [isBusy]);

  const change = (text: string) => {
    const digits = text.replace(/\D/g, "").slice(0, DIGITS);
    setCode(digits);
    if (digits.length === DIGITS && digits !== code) onSubmit(digits);
  };

  return (
    <>
      <div role="status">
        <Alert type="success" showIcon role="presentation" className="auth-note" message={words.code.sentTitle} description={note ?? words.code.sent(email)} />
      </div>
      <Form layout="vertical" onFinish={() => onSubmit(code)}>
        <Form.Item label={words.code.label} htmlFor="code">
          <Input
            id="code"
            size="large"
            ref={input}
            className="auth-code"
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            disabled={isBusy}
            onChange={(event) => change(event.target.value)}
          />
        </Form.Item>
        <Button type="primary" size="large" htmlType="submit" block loading={isBusy} disabled={code.length < DIGITS}>
          {words.code.submit}
        </Button>
      </Form>
      <p className="auth-switch">
        <button type="button" className="link-button" disabled={isBusy} onClick={onResend}>
          {words.code.resend}
        </button>
        <span aria-hidden="true"> · </span>
        <button type="button" className="link-button" disabled={isBusy} onClick={onRestart}>
          {words.code.otherAddress}
        </button>
      </p>
    </>
  );
}
