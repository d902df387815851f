// The page to which identity providers redirect the browser.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import ThirdParty from "supertokens-web-js/recipe/thirdparty";
import { errorText } from "../../api/errors";
import { PageSkeleton } from "../../components/page";
import { takeNext } from "../../session/invitation-link";
import { texts } from "../../texts";
import { AuthFrame } from "./frame";

const words = texts.auth.callback;

/** The library throws plain errors for an unexpected state: the link comes from elsewhere, or the page was loaded again. */
const problemText = (thrown: unknown): string =>
  thrown instanceof Error && !("isSuperTokensGeneralError" in thrown) && !(thrown instanceof TypeError) ? words.failed : errorText(thrown);

export default function Callback() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [problem, setProblem] = useState<{ text: string; hint?: string } | null>(null);
  const isStarted = useRef(false); // a code can be used once, and in development effects run twice

  useEffect(() => {
    if (isStarted.current) return;
    isStarted.current = true;
    if (search.has("error")) {
      setProblem({ text: search.get("error_description") ?? words.cancelled });
      return;
    }
    ThirdParty.signInAndUp().then(
      (outcome) => {
        if (outcome.status === "OK") {
          client.clear();
          const next = takeNext();
          navigate(next, { replace: true, state: next.startsWith("/workspaces/accept") ? { accept: true } : null });
        } else if (outcome.status === "NO_EMAIL_GIVEN_BY_PROVIDER") setProblem({ text: words.noEmail });
        else setProblem({ text: outcome.reason, hint: texts.auth.denied.hint });
      },
      (thrown: unknown) => setProblem({ text: problemText(thrown) }),
    );
  }, [search, navigate, client]);

  return (
    <AuthFrame title={problem ? words.failedTitle : words.title} problem={problem?.text} hint={problem?.hint}>
      {problem ? (
        <p className="auth-switch">
          <Link to="/auth">{words.back}</Link>
        </p>
      ) : (
        <PageSkeleton rows={2} />
      )}
    </AuthFrame>
  );
}
