// The frame of the operator's pages, which open with the administration key.
import { Alert, Button, Form, Input } from "antd";
import { Suspense, useState } from "react";
import { Link, NavLink, Outlet } from "react-router-dom";
import { errorText } from "../../api/errors";
import { CopyButton } from "../../components/copy";
import { Logo } from "../../components/logo";
import { PageSkeleton, useTitle } from "../../components/page";
import { texts } from "../../texts";
import { KeyProvider, useKey } from "./operator-key";
import "./operator.css";

const words = texts.operator;
const pages = [
  { to: "/operator/access", label: words.access.title },
  { to: "/operator/upgrade", label: words.upgrade.title },
  { to: "/operator/schema", label: words.schema.title },
];

function AskForKey() {
  const { enter } = useKey();
  const [problem, setProblem] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  useTitle(words.title);
  const open = async ({ key }: { key: string }) => {
    setIsBusy(true);
    try {
      await enter(key.trim());
    } catch (refusal) {
      setProblem(refusal);
      setIsBusy(false);
    }
  };
  return (
    <div className="operator-key">
      <h1>{words.key.title}</h1>
      <p className="page-lead">{words.key.lead}</p>
      {problem !== null && <Alert type="error" showIcon message={errorText(problem)} role="alert" />}
      <Form layout="vertical" onFinish={(values: { key: string }) => void open(values)} requiredMark={false}>
        <Form.Item name="key" label={words.key.label} rules={[{ required: true, whitespace: true, message: words.key.missing }]}>
          <Input.Password autoComplete="off" autoFocus spellCheck={false} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={isBusy} block>
          {words.key.open}
        </Button>
      </Form>
      <p className="muted">{words.key.hint}</p>
      <p className="command">
        <code>{words.key.command}</code>
        <CopyButton text={words.key.command} />
      </p>
    </div>
  );
}

function Frame() {
  const { key, forget } = useKey();
  return (
    <div className="operator">
      <a className="skip-link" href="#content">
        {texts.shell.skipToContent}
      </a>
      <header className="operator-bar">
        <Link to="/" className="operator-home" title={words.console}>
          <Logo />
        </Link>
        {key !== null && (
          <nav aria-label={words.navigation}>
            {pages.map(({ to, label }) => (
              <NavLink key={to} to={to} className="nav-link">
                {label}
              </NavLink>
            ))}
          </nav>
        )}
        {key !== null && (
          <Button type="text" onClick={forget}>
            {words.forget}
          </Button>
        )}
      </header>
      <main id="content" className="content" tabIndex={-1}>
        {key === null ? (
          <AskForKey />
        ) : (
          <Suspense
            fallback={
              <div className="page">
                <PageSkeleton />
              </div>
            }
          >
            <Outlet />
          </Suspense>
        )}
      </main>
    </div>
  );
}

export default function OperatorLayout() {
  return (
    <KeyProvider>
      <Frame />
    </KeyProvider>
  );
}
