// The frame of the pages for whoever runs the instance.
import { Suspense } from "react";
import { Outlet } from "react-router-dom";
import { PageSkeleton } from "../../components/page";

export default function OperatorLayout() {
  return (
    <main className="content">
      <Suspense fallback={<PageSkeleton />}>
        <Outlet />
      </Suspense>
    </main>
  );
}
