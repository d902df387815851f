// Sign-in and sign-up with all methods that the server offers. Links of invitations lead here too.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Divider } from "antd";
import { useEffect, useState } from "react";
import { useNavigate, useSearchParams } from "react-router-dom";
import { answer, api } from "../../api/client";
import { errorText } from "../../api/errors";
import { LoadError, PageSkeleton } from "../../components/page";
import { acceptPath, readInvitation, safeNext, type InvitationLink } from "../../session/invitation-link";
import { loginMethodsQuery, type LoginMethods } from "../../session/methods";
import { hasSession } from "../../session/session";
import { texts } from "../../texts";
import { CodeForm } from "./code-form";
import { AuthFrame } from "./frame";
import { PasswordForm } from "./password-form";
import { Providers } from "./providers";

const words = texts.auth;

interface Problem {
  text: string;
  hint?: string;
}

/** Whether the invited address has an account; undefined until it is known. */
function useAccountExists(invitation: InvitationLink | null): boolean | undefined {
  const email = invitation?.email ?? "";
  const { data, isError } = useQuery({
    queryKey: ["discover", email],
    queryFn: () => answer(api.POST("/auth/discover", { body: { email } })),
    enabled: email !== "",
    retry: false,
  });
  return isError ? false : data?.exists;
}

function headings(invitation: InvitationLink | null, isNew: boolean, methods: LoginMethods | undefined): [string, string?] {
  if (invitation) return [words.invited.title, (isNew ? words.invited.leadNew : words.invited.lead)(invitation.email)];
  if (methods?.passwordless.enabled) return [words.code.title, words.code.lead];
  if (methods && !methods.emailPassword.enabled) return [words.signIn.title];
  return isNew ? [words.signUp.title, words.signUp.lead] : [words.signIn.title, words.signIn.lead];
}

export default function SignIn() {
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const client = useQueryClient();
  const invitation = readInvitation(search);
  const methods = useQuery(loginMethodsQuery);
  const exists = useAccountExists(invitation);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isAsking, setIsAsking] = useState(true);

  const asked = search.get("mode");
  const isNew = asked ? asked === "signup" : invitation !== null && exists === false;
  const next = invitation ? acceptPath(invitation) : safeNext(search.get("next"));

  useEffect(() => {
    hasSession().then(
      (isIn) => (isIn ? navigate(next, { replace: true }) : setIsAsking(false)),
      () => setIsAsking(false),
    );
  }, []); // eslint-disable-line -- only when the page is opened

  const choose = (mode: "signin" | "signup") => {
    setProblem(null);
    const changed = new URLSearchParams(search);
    changed.set("mode", mode);
    setSearch(changed, { replace: true });
  };
  const done = () => {
    client.clear();
    // a user who signed in through the link joins at once; a user who was signed in already is asked first
    navigate(next, { replace: true, state: invitation ? { accept: true } : null });
  };
  // for passwords the server marks a refusal only by its text
  const fail = (text: string, isDenied = false) =>
    setProblem(text ? { text, hint: isDenied || /denied/i.test(text) ? words.denied.hint : undefined } : null);

  const [title, lead] = headings(invitation, isNew, methods.data);
  const isLoading = isAsking || methods.isPending || (invitation !== null && exists === undefined);
  const ended = search.has("ended") && !problem;

  return (
    <AuthFrame title={title} lead={lead} problem={problem?.text} hint={problem?.hint}>
      {ended && <Alert type="info" showIcon message={words.ended} className="auth-note" />}
      {methods.error ? (
        <LoadError problem={methods.error} onRetry={() => void methods.refetch()} />
      ) : isLoading || !methods.data ? (
        <PageSkeleton rows={5} />
      ) : (
        <Forms
          methods={methods.data}
          invitation={invitation}
          isNew={isNew}
          next={next}
          onChoose={choose}
          onDone={done}
          onFail={fail}
          onError={(thrown) => fail(errorText(thrown))}
        />
      )}
    </AuthFrame>
  );
}

interface FormsProps {
  methods: LoginMethods;
  invitation: InvitationLink | null;
  isNew: boolean;
  next: string;
  onChoose: (mode: "signin" | "signup") => void;
  onDone: () => void;
  onFail: (text: string, isDenied?: boolean) => void;
  onError: (thrown: unknown) => void;
}

function Forms({ methods, invitation, isNew, next, onChoose, ...outcome }: FormsProps) {
  const { emailPassword, passwordless, thirdParty, signUp } = methods;
  const isClosed = !invitation && (isNew || passwordless.enabled) && (signUp === "invitation" || signUp === "restricted");
  if (!emailPassword.enabled && !passwordless.enabled && !thirdParty.enabled) return <Alert type="warning" showIcon message={words.noMethod} />;
  return (
    <>
      {isClosed && (
        <Alert
          type="info"
          showIcon
          className="auth-note"
          message={words.closed[signUp].title}
          description={words.closed[signUp].body}
        />
      )}
      {emailPassword.enabled && (
        <PasswordForm key={String(isNew)} isNew={isNew} invitation={invitation} onChoose={onChoose} {...outcome} />
      )}
      {passwordless.enabled && <CodeForm invitation={invitation} {...outcome} />}
      {thirdParty.enabled && (
        <>
          {(emailPassword.enabled || passwordless.enabled) && (
            <Divider plain className="auth-or">
              {words.or}
            </Divider>
          )}
          <Providers providers={thirdParty.providers} next={next} onError={outcome.onError} />
        </>
      )}
      {invitation && <p className="auth-foot">{words.invited.anotherAddress}</p>}
    </>
  );
}
