// The frame without content, so that nothing moves when the content arrives.
import { PageSkeleton } from "../components/page";
import { texts } from "../texts";

export function ShellSkeleton() {
  return (
    <div className="shell">
      <div className="sidebar" />
      <main className="content">
        <div className="page">
          <h1 className="visually-hidden">{texts.common.loading}</h1>
          <PageSkeleton rows={6} />
        </div>
      </main>
    </div>
  );
}
