// Shows the state of the migrations, the plan of the next upgrade, and the archive of the last one.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { CopyButton } from "../../components/copy";
import { formatMoment } from "../../components/dates";
import { LoadError, Page, PageSkeleton } from "../../components/page";
import { texts } from "../../texts";
import { Chains } from "./chains";
import { DataTable } from "./data-table";
import { FileButton } from "./file-button";
import { useOperator } from "./operator-key";
import { PlanView } from "./plan";
import { isPlan, type Migrations, type Plan } from "./plan-types";
import { asSentence } from "./sentence";

const words = texts.operator.upgrade;

function Standing({ told }: { told: Migrations }) {
  return (
    <div className="cards two">
      {told.databases.map((database) => (
        <section key={database.database} className="card">
          <h2>
            {words.databases[database.database] ?? database.database}{" "}
            <span className={`verdict small ${database.state === "current" ? "good" : "bad"}`}>
              {words.states[database.state] ?? database.state}
            </span>
          </h2>
          <p>{asSentence(database.sentence)}</p>
          <Chains chains={database.chains} />
        </section>
      ))}
    </div>
  );
}

function Left({ told }: { told: Migrations }) {
  const head = words.columns;
  return (
    <section className="stack">
      <h2>{words.last}</h2>
      {told.backfill.length === 0 && told.archive.length === 0 && <p>{words.never}</p>}
      {told.backfill.length > 0 && (
        <section className="card wide">
          <h3>{words.backfill}</h3>
          <DataTable
            label={words.backfill}
            columns={[head.place, head.outcome, head.members, head.at]}
            numbers={[2]}
            rows={told.backfill.map((row) => [row.place, row.outcome, row.members.toLocaleString(), formatMoment(row.at)])}
          />
        </section>
      )}
      {told.archive.length > 0 && (
        <section className="card wide">
          <h3>{words.archive}</h3>
          <p>{words.archiveLead}</p>
          <details>
            <summary>{words.archived(told.archive.length, told.archive.reduce((sum, row) => sum + (row.rows ?? 0), 0))}</summary>
            <DataTable
              label={words.archive}
              columns={[head.database, head.kind, head.name, head.rows]}
              numbers={[3]}
              rows={told.archive.map((row) => [
                row.database,
                row.kind,
                <code key="name">{row.name}</code>,
                row.rows === null ? "" : row.rows.toLocaleString(),
              ])}
            />
          </details>
        </section>
      )}
    </section>
  );
}

function Planned() {
  const operator = useOperator();
  const [opened, setOpened] = useState<{ name: string; plan: Plan | null } | null>(null);
  const plan = useQuery({ queryKey: ["operator", "plan"], queryFn: () => operator.get<Plan>("/migrations/plan") });
  const open = (text: string, name: string) => {
    let value: unknown = null;
    try {
      value = JSON.parse(text);
    } catch {
      // shown below
    }
    setOpened({ name, plan: isPlan(value) ? value : null });
  };
  return (
    <section className="stack">
      <div className="section-head">
        <h2>{words.plan}</h2>
        <div className="page-actions">
          {opened && <Button onClick={() => setOpened(null)}>{words.ofHere}</Button>}
          <FileButton label={words.elsewhere} accept=".json,application/json" onText={open} />
        </div>
      </div>
      <p className="muted">
        {words.elsewhereHint} <code>{words.elsewhereCommand}</code> <CopyButton text={words.elsewhereCommand} />
      </p>
      {opened && <p>{words.ofFile(opened.name)}</p>}
      {opened && !opened.plan && <Alert type="error" showIcon role="alert" message={words.noPlan} />}
      {opened?.plan && <PlanView plan={opened.plan} />}
      {!opened && plan.isPending && <PageSkeleton />}
      {!opened && plan.isError && <LoadError problem={plan.error} onRetry={() => void plan.refetch()} />}
      {!opened && plan.data && <PlanView plan={plan.data} />}
    </section>
  );
}

export default function UpgradePage() {
  const operator = useOperator();
  const told = useQuery({ queryKey: ["operator", "migrations"], queryFn: () => operator.get<Migrations>("/migrations") });
  return (
    <Page title={words.title} lead={words.lead} actions={told.data && <span className="chip">{words.version(told.data.version, told.data.edition)}</span>}>
      <div className="stack wide-gaps">
        {told.isPending && <PageSkeleton />}
        {told.isError && <LoadError problem={told.error} onRetry={() => void told.refetch()} />}
        {told.data && <Standing told={told.data} />}
        <Planned />
        {told.data && <Left told={told.data} />}
      </div>
    </Page>
  );
}
