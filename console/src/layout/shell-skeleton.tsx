// The frame without what it will show, so that nothing jumps when it is there.
import { PageSkeleton } from "../components/page";

export function ShellSkeleton() {
  return (
    <div className="shell">
      <div className="sidebar" />
      <main className="content">
        <div className="page">
          <PageSkeleton rows={6} />
        </div>
      </main>
    </div>
  );
}
