// The frame of a page's content: heading, actions, and the placeholders while loading and after a failure.
import { Alert, Button, Skeleton } from "antd";
import { useEffect, type ReactNode } from "react";
import { errorText } from "../api/errors";
import { texts } from "../texts";

/** Sets the title of the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
}

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, lead, actions, children }: PageProps) {
  useTitle(title);
  return (
    <div className="page">
      <header className="page-header">
        <div>
          <h1>{title}</h1>
          {lead && <p className="page-lead">{lead}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** The placeholder while data is loading. */
export function PageSkeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div aria-busy="true" aria-label={texts.common.loading} role="status">
      <div aria-hidden="true">
        <Skeleton active title={false} paragraph={{ rows }} />
      </div>
    </div>
  );
}

/** The placeholder after a failure, with the server's message and a button to try again. */
export function LoadError({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  return (
    <Alert
      type="error"
      showIcon
      message={texts.shell.failed.loadTitle}
      description={errorText(problem)}
      action={<Button onClick={onRetry}>{texts.common.retry}</Button>}
    />
  );
}
