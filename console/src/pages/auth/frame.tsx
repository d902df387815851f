// The frame of the pages for visitors who are not signed in: the form on one side, the product on the other.
import { Alert } from "antd";
import type { ReactNode } from "react";
import { Logo } from "../../components/logo";
import { useTitle } from "../../components/page";
import { texts } from "../../texts";
import "./auth.css";

interface Props {
  title: string;
  lead?: ReactNode;
  /** The server's error message. */
  problem?: string | null;
  /** A hint on how to solve it. */
  hint?: string;
  children?: ReactNode;
}

export function AuthFrame({ title, lead, problem, hint, children }: Props) {
  useTitle(title);
  return (
    <div className="auth">
      <main className="auth-main">
        <div className="auth-card">
          <Logo />
          <h1>{title}</h1>
          {lead && <p className="auth-lead">{lead}</p>}
          {/* always rendered, so that screen readers notice new content */}
          <div role="alert" className="auth-problem">
            {problem && <Alert type="error" showIcon role="presentation" message={problem} description={hint} />}
          </div>
          {children}
        </div>
      </main>
      <aside className="auth-aside" aria-hidden="true">
        <Constellation />
        <p className="auth-tagline">{texts.auth.tagline}</p>
        <ul>
          {texts.auth.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </aside>
    </div>
  );
}

/** A picture of organizations and their members. */
function Constellation() {
  const squares = [
    [150, 90],
    [330, 60],
    [260, 190],
    [90, 230],
    [400, 210],
  ] as const;
  const dots = [
    [230, 120, 0, 1],
    [205, 150, 0, 2],
    [300, 130, 1, 2],
    [160, 210, 2, 3],
    [345, 190, 2, 4],
    [115, 150, 0, 3],
    [385, 130, 1, 4],
  ] as const;
  return (
    <svg viewBox="0 0 480 290" className="constellation">
      {dots.map(([x, y, from, to]) => (
        <path key={`${x}-${y}`} d={`M${squares[from][0]} ${squares[from][1]}L${x} ${y}L${squares[to][0]} ${squares[to][1]}`} />
      ))}
      {dots.map(([x, y]) => (
        <circle key={`${x}-${y}`} cx={x} cy={y} r="6" />
      ))}
      {squares.map(([x, y], index) => (
        <rect key={x} x={x - 22} y={y - 22} width="44" height="44" rx="11" className={index === 2 ? "chosen" : ""} />
      ))}
    </svg>
  );
}
