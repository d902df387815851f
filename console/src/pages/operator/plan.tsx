// Shows a migration plan to the operator, who decides whether to apply it.
import { Alert } from "antd";
import { CopyButton } from "../../components/copy";
import { texts } from "../../texts";
import { DataTable } from "./data-table";
import type { Decision, Plan, PlannedDatabase } from "./plan-types";
import { asSentence } from "./sentence";

const words = texts.operator.upgrade;
const ROWS_SHOWN = 100;

function Hazards({ codes }: { codes: string[] }) {
  return codes.length === 0 ? (
    <>-</>
  ) : (
    <>
      {codes.map((code) => (
        <code key={code} className={`hazard${code === "DELETES_DATA" ? " grave" : ""}`}>
          {code}
        </code>
      ))}
    </>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function DecisionView({ decision }: { decision: Decision }) {
  const columns = Object.keys(decision.rows[0] ?? {});
  const outcomes = Object.entries(decision.outcomes);
  return (
    <details className={`decision ${decision.kind}`} open={decision.kind === "obstacle" && decision.count > 0}>
      <summary>
        <span className="decision-what">{decision.what}</span>{" "}
        <span className="muted">
          {decision.count.toLocaleString()}
          {outcomes.length > 0 && `: ${outcomes.map(([word, rows]) => `${rows.toLocaleString()} ${word}`).join(", ")}`}
        </span>
      </summary>
      {columns.length > 0 && (
        <DataTable
          label={decision.what}
          columns={columns}
          rows={decision.rows.slice(0, ROWS_SHOWN).map((row) => columns.map((column) => cellText(row[column])))}
        />
      )}
      {decision.rows.length > ROWS_SHOWN && <p className="muted">{words.more(decision.rows.length - ROWS_SHOWN)}</p>}
    </details>
  );
}

function Database({ planned }: { planned: PlannedDatabase }) {
  const title = words.databases[planned.database] ?? planned.database;
  const head = words.columns;
  const decisions = planned.decisions.filter(({ kind, count }) => kind !== "obstacle" || count > 0);
  return (
    <section className="card wide">
      <h3>{title}</h3>
      <p>{asSentence(planned.sentence)}</p>
      {planned.revisions.length > 0 && (
        <>
          <h4>{words.todo(planned.revisions.length)}</h4>
          <DataTable
            label={`${title}: ${words.revisions}`}
            columns={[head.revision, head.what, head.undo, head.hazards]}
            rows={planned.revisions.map((row) => [
              <code key="id">{row.revision}</code>,
              row.what,
              row.reversible ? words.yes : words.no,
              <Hazards key="hazards" codes={row.hazards} />,
            ])}
          />
        </>
      )}
      {decisions.length > 0 && (
        <>
          <h4>{words.decisions}</h4>
          <div>
            {decisions.map((decision) => (
              <DecisionView key={decision.name} decision={decision} />
            ))}
          </div>
        </>
      )}
      {planned.tables.length > 0 && (
        <details>
          <summary>{words.locks(planned.tables.length)}</summary>
          <DataTable
            label={`${title}: ${words.locks(planned.tables.length)}`}
            columns={[head.table, head.rows, head.lock, head.by]}
            numbers={[1]}
            rows={planned.tables.map((row) => [
              <code key="table">{row.table}</code>,
              row.exact ? row.rows.toLocaleString() : words.about(row.rows.toLocaleString()),
              row.lock,
              <code key="by">{row.revision}</code>,
            ])}
          />
        </details>
      )}
      {planned.undo && (
        <p>{planned.undo.complete ? words.undoable(planned.undo.to) : words.notUndoable(planned.undo.to, planned.undo.reason ?? "")}</p>
      )}
    </section>
  );
}

function SignupImpact({ impact }: { impact: Plan["signup_impact"] }) {
  return (
    <Alert
      type="warning"
      showIcon
      message={words.signup}
      description={
        <>
          <p>
            {words.signupBody(impact.users)} {impact.restricted && words.signupRestricted}
          </p>
          <ul className="lines">
            {Object.entries(impact.variables).map(([name, effect]) => (
              <li key={name}>
                <code>{name}</code>: {effect}
              </li>
            ))}
          </ul>
        </>
      }
    />
  );
}

export function PlanView({ plan }: { plan: Plan }) {
  const pending = plan.databases.filter((planned) => planned.revisions.length > 0);
  return (
    <div className="stack">
      {plan.obstructed && <Alert type="error" showIcon message={words.obstructed} />}
      {pending.length === 0 && <p>{words.nothing}</p>}
      {plan.signup_impact.opens_signup && <SignupImpact impact={plan.signup_impact} />}
      {pending.map((planned) => (
        <Database key={planned.database} planned={planned} />
      ))}
      {plan.command && !plan.obstructed && (
        <section className="card wide">
          <h3>{words.command}</h3>
          <p className="command">
            <code>{plan.command}</code>
            <CopyButton text={plan.command} />
          </p>
        </section>
      )}
    </div>
  );
}
