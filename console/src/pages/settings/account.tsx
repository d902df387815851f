// The user's account: profile, password and sessions.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useAction } from "../../api/action";
import { answer, answerAs, api } from "../../api/client";
import { errorText } from "../../api/errors";
import { profileQuery, sessionsQuery } from "../../api/queries";
import type { Profile, Session } from "../../api/types";
import { formatDate, formatMoment } from "../../components/dates";
import { useNotify } from "../../components/notices";
import { LoadError, Page, PageSkeleton } from "../../components/page";
import { useScope } from "../../layout/scope";
import { loginMethodsQuery, type LoginMethods } from "../../session/methods";
import { identities } from "../../session/session";
import { texts } from "../../texts";
import "./settings.css";

const words = texts.settings.account;

export default function AccountPage() {
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="sections">
        <ProfileCard />
        <Ways />
        <Sessions />
      </div>
    </Page>
  );
}

function ProfileCard() {
  const { profile } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const save = useAction({
    mutationFn: (username: string) => answerAs<Profile>(api.PUT("/profile/username", { body: { username } })),
    onSuccess: async (changed) => {
      client.setQueryData(profileQuery.queryKey, changed);
      await client.invalidateQueries({ queryKey: ["organizations"] });
      notify.success(words.saved);
    },
  });
  return (
    <section className="card">
      <h2>{words.profile}</h2>
      <Form<{ username: string }>
        layout="vertical"
        requiredMark={false}
        initialValues={{ username: profile.username }}
        onFinish={({ username }) => save.mutate(username.trim())}
      >
        <Form.Item name="username" label={words.username} rules={[{ required: true, whitespace: true, message: words.usernameMissing }]}>
          <Input autoComplete="nickname" maxLength={255} />
        </Form.Item>
        <Form.Item label={words.email} htmlFor="account-email" extra={words.emailHint}>
          <Input id="account-email" value={profile.email} readOnly autoComplete="email" />
        </Form.Item>
        <div role="alert">{save.error && <Alert type="error" showIcon role="presentation" message={errorText(save.error)} className="form-problem" />}</div>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {texts.common.save}
        </Button>
      </Form>
    </section>
  );
}

/** The sign-in methods that the server offers, each with its name in the session's claims. */
function waysOf({ emailPassword, passwordless, thirdParty }: LoginMethods): { id: string; name: string }[] {
  return [
    ...(emailPassword.enabled ? [{ id: PASSWORD, name: words.password }] : []),
    ...(passwordless.enabled ? [{ id: "email:otp", name: words.code }] : []),
    ...(thirdParty.enabled ? thirdParty.providers.map(({ id, name }) => ({ id: `social:${id}`, name })) : []),
  ];
}

const PASSWORD = "email:password";

function Ways() {
  const methods = useQuery(loginMethodsQuery);
  const proven = useQuery({ queryKey: ["identities"], queryFn: identities });
  return (
    <section className="card">
      <h2>{words.ways}</h2>
      <p>{words.waysBody}</p>
      {methods.error && !methods.data ? (
        <LoadError problem={methods.error} onRetry={() => void methods.refetch()} />
      ) : !methods.data ? (
        <PageSkeleton rows={2} />
      ) : (
        <ul className="rows">
          {waysOf(methods.data).map(({ id, name }) => (
            <li key={id} className="action-row">
              <div>
                <strong>{name}</strong>{" "}
                {proven.data?.session.includes(id) ? (
                  <span className="chip">{words.usedNow}</span>
                ) : (
                  proven.data?.account.includes(id) && <span className="chip plain">{words.used}</span>
                )}
                {id === PASSWORD && <div className="muted">{words.passwordBody}</div>}
              </div>
              {id === PASSWORD && <NewPassword />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Requests a link for the user's own password, as after forgetting it. */
function NewPassword() {
  const { profile } = useScope();
  const notify = useNotify();
  const reset = useAction({
    mutationFn: () => answerAs<unknown>(api.POST("/profile/reset-password", { params: { query: { user_id: profile.id } } })),
    onSuccess: (link) => {
      if (typeof link !== "string") return;
      if (/^https?:/.test(link)) window.location.assign(`/auth/reset-password${new URL(link).search}`);
      else notify.success(link); // if mail is configured, the link is in a mail
    },
    onError: (problem) => notify.error(errorText(problem)),
  });
  return (
    <Button loading={reset.isPending} onClick={() => reset.mutate()}>
      {words.passwordButton}
    </Button>
  );
}

/** A readable form of a User-Agent: the browser and the system. */
function clientName(text: string | null | undefined): string {
  if (!text) return words.unknownClient;
  const browser = [
    ["Edg/", "Edge"],
    ["OPR/", "Opera"],
    ["Firefox/", "Firefox"],
    ["Chrome/", "Chrome"],
    ["Safari/", "Safari"],
  ].find(([mark]) => text.includes(mark!))?.[1];
  const system = [
    ["iPhone", "iPhone"],
    ["iPad", "iPad"],
    ["Android", "Android"],
    ["Windows", "Windows"],
    ["Mac OS", "macOS"],
    ["Linux", "Linux"],
  ].find(([mark]) => text.includes(mark!))?.[1];
  return browser ? [browser, system].filter(Boolean).join(" · ") : text.split(" ")[0]!;
}

function Sessions() {
  const client = useQueryClient();
  const notify = useNotify();
  const sessions = useQuery(sessionsQuery);
  const others = sessions.data?.filter(({ current }) => !current) ?? [];
  const endOthers = useAction({
    mutationFn: () => answer(api.DELETE("/auth/sessions")),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      notify.success(words.endedOthers);
    },
    onError: (problem) => notify.error(errorText(problem)),
  });
  return (
    <section className="card">
      <div className="action-row">
        <h2>{words.sessions}</h2>
        {others.length > 0 && (
          <Button loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {words.endOthers}
          </Button>
        )}
      </div>
      <p>{sessions.data && others.length === 0 ? words.onlyThis : words.sessionsBody}</p>
      {sessions.error && !sessions.data ? (
        <LoadError problem={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : !sessions.data ? (
        <PageSkeleton rows={2} />
      ) : (
        <ul className="rows">
          {sessions.data.map((session) => (
            <SessionRow key={session.handle} session={session} />
          ))}
        </ul>
      )}
    </section>
  );
}

function SessionRow({ session }: { session: Session }) {
  const client = useQueryClient();
  const notify = useNotify();
  const name = clientName(session.client);
  const end = useAction({
    mutationFn: () => answer(api.DELETE("/auth/sessions/{session_id}", { params: { path: { session_id: session.handle } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      notify.success(words.ended);
    },
    onError: (problem) => notify.error(errorText(problem)),
  });
  const where = [session.address, words.seen(formatMoment(session.seen_at)), words.since(formatDate(session.created_at))];
  return (
    <li className="action-row">
      <div>
        <strong title={session.client ?? undefined}>{name}</strong> {session.current && <span className="chip">{words.thisOne}</span>}
        <div className="muted">{where.filter(Boolean).join(" · ")}</div>
      </div>
      {!session.current && (
        <Button type="text" danger aria-label={words.endNamed(name)} loading={end.isPending} onClick={() => end.mutate()}>
          {words.end}
        </Button>
      )}
    </li>
  );
}
