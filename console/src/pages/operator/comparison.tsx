// The differences of two schemas: first the verdict, then each difference by kind, with both sides next to each other.
import { Button } from "antd";
import { useState } from "react";
import { texts } from "../../texts";

const words = texts.operator.schema;
const SHOWN_AT_ONCE = 200;

interface Difference {
  change: string;
  kind: string;
  object: string;
  what: string;
  from: string | null;
  to: string | null;
  parity: boolean;
  with?: Difference[];
}

export interface Compared {
  verdict: string;
  parity: {
    subset: boolean;
    equal: boolean;
    sentence: string;
    a: { database: string; server: string };
    b: { database: string; server: string };
    differences: Difference[];
  };
}

function Text({ side, name, text, isThere }: { side: "a" | "b"; name: string; text: string | null; isThere: boolean }) {
  return (
    <div className={`side ${side}`}>
      <span className="side-name">{name}</span>
      {text !== null ? <code>{text}</code> : <span className="muted">{isThere ? words.isThere : words.notThere}</span>}
    </div>
  );
}

function DifferenceView({ difference, names }: { difference: Difference; names: [string, string] }) {
  const { change, what, from, to } = difference;
  const along = difference.with ?? [];
  return (
    <li className="difference">
      <div className="difference-head">
        <code>{difference.object}</code>
        <span className="chip">{words.changes[change] ?? change}</span>
        {what && change === "changed" && <span className="muted">{what}</span>}
        {!difference.parity && <span className="muted">{words.noParity}</span>}
      </div>
      <div className="sides">
        <Text side="a" name={names[0]} text={from} isThere={change !== "added"} />
        <Text side="b" name={names[1]} text={to} isThere={change !== "removed"} />
      </div>
      {along.length > 0 && (
        <details>
          <summary>{words.along(along.length)}</summary>
          <ul className="lines">
            {along.map((other) => (
              <li key={`${other.kind} ${other.object}`}>
                {words.changes[other.change] ?? other.change}: {other.kind} <code>{other.object}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

export function Comparison({ compared }: { compared: Compared }) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const { parity } = compared;
  const visible = parity.differences.slice(0, shown);
  const kinds = [...new Set(visible.map((difference) => difference.kind))];
  const hidden = parity.differences.length - visible.length;
  const names: [string, string] = [`A: ${parity.a.database}`, `B: ${parity.b.database}`];
  return (
    <div className="stack">
      <section className="card wide" role="status">
        <div className="verdicts">
          <span className={`verdict ${parity.equal ? "good" : "bad"}`}>{parity.equal ? words.equal : words.differs}</span>
          <span className={`verdict ${parity.subset ? "good" : "bad"}`}>{parity.subset ? words.subset : words.notSubset}</span>
        </div>
        <p>{compared.verdict.trim()}</p>
        <p>{parity.sentence}</p>
        <p className="muted">
          {names[0]}, {parity.a.server}. {names[1]}, {parity.b.server}.
        </p>
      </section>
      {kinds.map((kind) => {
        const all = parity.differences.filter((difference) => difference.kind === kind).length;
        return (
          <section key={kind} className="stack">
            <h2>{words.kinds(kind, all)}</h2>
            <ul className="differences">
              {visible
                .filter((difference) => difference.kind === kind)
                .map((difference) => (
                  <DifferenceView key={`${difference.change} ${difference.object} ${difference.what}`} difference={difference} names={names} />
                ))}
            </ul>
          </section>
        );
      })}
      {hidden > 0 && <Button onClick={() => setShown(shown + SHOWN_AT_ONCE * 5)}>{words.more(hidden)}</Button>}
    </div>
  );
}
