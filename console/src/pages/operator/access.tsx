// Shows who may sign up and own organizations, and explains the decision for one address.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { Fragment, type ReactNode } from "react";
import { useAction } from "../../api/action";
import { errorText } from "../../api/errors";
import type { components } from "../../api/schema";
import { LoadError, Page, PageSkeleton } from "../../components/page";
import { texts } from "../../texts";
import { useOperator } from "./operator-key";

type Report = components["schemas"]["AccessReport"];
type Explanation = components["schemas"]["AccessExplanation"];

const words = texts.operator.access;

function signUpRule({ domains, invite_only }: Report): [string, string] {
  if (invite_only) return [domains === "allowed" ? words.invitedOfDomains : words.invited, words.invitedBody];
  if (domains === "allowed") return [words.allowed, words.allowedBody];
  if (domains === "blocked") return [words.blocked, words.blockedBody];
  return [words.anybody, words.anybodyBody];
}

function Rule({ title, answer, body }: { title: string; answer: string; body: string }) {
  return (
    <section className="card">
      <h2>{title}</h2>
      <div className="access-answer">{answer}</div>
      <p>{body}</p>
    </section>
  );
}

function Warnings({ warnings }: { warnings: Report["warnings"] }) {
  if (warnings.length === 0) return <Alert type="success" showIcon message={words.noWarnings} />;
  return (
    <Alert
      type="warning"
      showIcon
      message={words.warnings(warnings.length)}
      description={
        <ul className="lines">
          {warnings.map((line) => (
            <li key={line.text}>{line.text}</li>
          ))}
        </ul>
      }
    />
  );
}

function Verdict({ isGood, children }: { isGood: boolean; children: ReactNode }) {
  return <span className={`verdict ${isGood ? "good" : "bad"}`}>{children}</span>;
}

function Answer({ explanation }: { explanation: Explanation }) {
  const { is_address, may_sign_in, may_own, sentences } = explanation;
  const yesNo = (value: boolean | null | undefined) => (typeof value === "boolean" ? (value ? words.yes : words.no) : null);
  const fields: [string, ReactNode][] = [
    [words.rule, explanation.rule && <code>{explanation.rule}</code>],
    [words.entry, explanation.entry && <code>{explanation.entry}</code>],
    [words.variable, explanation.variable && <code>{explanation.variable}</code>],
    [words.account, yesNo(explanation.has_account)],
    [words.invitation, yesNo(explanation.invited)],
  ];
  return (
    <div className="explanation" role="status">
      <div className="verdicts">
        {is_address ? (
          <>
            <Verdict isGood={may_sign_in}>{may_sign_in ? words.maySignIn : words.mayNotSignIn}</Verdict>
            <Verdict isGood={may_own}>{may_own ? words.mayOwn : words.mayNotOwn}</Verdict>
          </>
        ) : (
          <Verdict isGood={false}>{words.noAddress}</Verdict>
        )}
      </div>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <dl className="fields">
        {fields.map(
          ([name, value]) =>
            value && (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </Fragment>
            ),
        )}
      </dl>
    </div>
  );
}

function Explain() {
  const operator = useOperator();
  const asked = useAction({
    mutationFn: (email: string) => operator.get<Explanation>(`/access/explain?email=${encodeURIComponent(email)}`),
  });
  return (
    <section className="card wide">
      <h2 id="explain">{words.explain}</h2>
      <p>{words.explainLead}</p>
      <Form layout="inline" className="ask" aria-labelledby="explain" onFinish={({ email }: { email: string }) => asked.mutate(email.trim())}>
        <Form.Item name="email" initialValue="" className="grow">
          <Input aria-label={words.email} placeholder={words.email} autoComplete="off" spellCheck={false} inputMode="email" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={asked.isPending}>
          {words.ask}
        </Button>
      </Form>
      {asked.isError && <Alert type="error" showIcon message={errorText(asked.error)} role="alert" />}
      {asked.data && <Answer explanation={asked.data} />}
    </section>
  );
}

export default function AccessPage() {
  const operator = useOperator();
  const report = useQuery({ queryKey: ["operator", "access"], queryFn: () => operator.get<Report>("/access/report") });
  return (
    <Page title={words.title} lead={words.lead}>
      {report.isPending && <PageSkeleton />}
      {report.isError && <LoadError problem={report.error} onRetry={() => void report.refetch()} />}
      {report.data && (
        <div className="stack">
          <div className="cards two">
            <Rule title={words.signUp} answer={signUpRule(report.data)[0]} body={signUpRule(report.data)[1]} />
            <Rule
              title={words.own}
              answer={report.data.owners === "listed" ? words.ownersListed : words.ownersAnybody}
              body={report.data.owners === "listed" ? words.ownersListedBody : words.ownersAnybodyBody}
            />
          </div>
          <Warnings warnings={report.data.warnings} />
          <section className="card wide">
            <h2>{words.facts}</h2>
            <ul className="lines">
              {report.data.facts.map((line) => (
                <li key={line.code}>{line.text}</li>
              ))}
            </ul>
          </section>
          <Explain />
        </div>
      )}
    </Page>
  );
}
