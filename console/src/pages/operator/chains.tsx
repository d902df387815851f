// The migration chains of a database as a picture: one line per chain, in the order in which they run, with a dot per revision.
import { texts } from "../../texts";
import type { Chain } from "./plan-types";

const words = texts.operator.upgrade;
const HEIGHT = 28;
const MARGIN = 12;
const STEP_MAX = 64;
const WIDTH = 420;

/** Dots from left to right: filled if the revision is applied, with a ring around the newest applied one. */
function Track({ chain }: { chain: Chain }) {
  const { revisions } = chain;
  const last = revisions.map((revision) => revision.applied).lastIndexOf(true);
  const step = Math.min(STEP_MAX, (WIDTH - 2 * MARGIN) / Math.max(revisions.length - 1, 1));
  const x = (index: number) => MARGIN + index * step;
  const end = x(revisions.length - 1);
  return (
    <svg
      className="track"
      viewBox={`0 0 ${end + MARGIN} ${HEIGHT}`}
      width={end + MARGIN}
      height={HEIGHT}
      role="img"
      aria-label={words.track(chain.chain, chain.current ?? words.none, chain.head)}
    >
      {revisions.length > 1 && <line className="todo" x1={x(0)} x2={end} y1={HEIGHT / 2} y2={HEIGHT / 2} />}
      {last > 0 && <line className="done" x1={x(0)} x2={x(last)} y1={HEIGHT / 2} y2={HEIGHT / 2} />}
      {revisions.map((revision, index) => (
        <g key={revision.revision} className={revision.applied ? "done" : "todo"}>
          <title>{`${revision.revision}: ${revision.what}`}</title>
          {index === last && <circle className="ring" cx={x(index)} cy={HEIGHT / 2} r="9.5" />}
          <circle cx={x(index)} cy={HEIGHT / 2} r="5.5" />
        </g>
      ))}
    </svg>
  );
}

export function Chains({ chains }: { chains: Chain[] }) {
  return (
    <ol className="chains">
      {chains.map((chain) => {
        const done = chain.revisions.filter((revision) => revision.applied).length;
        return (
          <li key={chain.chain}>
            <div className="chain-name">
              <strong>{chain.chain}</strong>
              <span className="muted">{words.owners[chain.owner]}</span>
            </div>
            <Track chain={chain} />
            <div className="muted">
              {words.applied(done, chain.revisions.length)}. {words.now} <code>{chain.current ?? words.none}</code>
              {chain.current !== chain.head && (
                <>
                  , {words.head.toLowerCase()} <code>{chain.head}</code>
                </>
              )}
            </div>
            <details>
              <summary>{words.revisions}</summary>
              <ul className="revisions">
                {chain.revisions.map((revision) => (
                  <li key={revision.revision} className={revision.applied ? "done" : "todo"}>
                    <code>{revision.revision}</code> <span>{revision.what}</span>
                  </li>
                ))}
              </ul>
            </details>
          </li>
        );
      })}
    </ol>
  );
}
