// The user's API keys for the project.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Modal } from "antd";
import { useState } from "react";
import { useAction } from "../../api/action";
import { answer, answerAs, api, within } from "../../api/client";
import { errorText } from "../../api/errors";
import { keysQuery } from "../../api/queries";
import type { ApiKey } from "../../api/types";
import { Confirm } from "../../components/confirm";
import { CopyButton } from "../../components/copy";
import { LocalDate } from "../../components/dates";
import { useNotify } from "../../components/notices";
import { LoadError, Page, PageSkeleton } from "../../components/page";
import { useScope } from "../../layout/scope";
import { texts } from "../../texts";
import "./settings.css";

const words = texts.settings.keys;

export default function KeysPage() {
  const { project } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const query = keysQuery(project.project_id);
  const keys = useQuery(query);
  const [isRestricted, setIsRestricted] = useState(false);
  const create = useAction({
    mutationFn: () => answer(api.POST("/keys", within({ project_id: project.project_id, ...(isRestricted && { restricted: "true" }) }))),
    onSuccess: () => client.invalidateQueries({ queryKey: query.queryKey }),
    onError: (problem) => notify.error(errorText(problem)),
    gcTime: 0, // the key itself is stored nowhere after the dialog is closed
  });
  return (
    <Page
      title={words.title}
      lead={words.lead(project.project_name)}
      actions={
        <>
          <EndAll />
          <Checkbox checked={isRestricted} onChange={(event) => setIsRestricted(event.target.checked)}>
            {words.restrict}
          </Checkbox>
          <Button type="primary" loading={create.isPending} onClick={() => create.mutate()}>
            {words.create}
          </Button>
        </>
      }
    >
      <div className="sections wide">
        {keys.error && !keys.data ? (
          <LoadError problem={keys.error} onRetry={() => void keys.refetch()} />
        ) : (
          <section className="card list-card">
            {!keys.data ? (
              <div className="list-empty">
                <PageSkeleton />
              </div>
            ) : keys.data.length === 0 ? (
              <div className="list-empty">
                <h2>{words.none}</h2>
                <p>{words.noneBody}</p>
              </div>
            ) : (
              <Keys keys={keys.data} />
            )}
          </section>
        )}
      </div>
      {create.data && <NewKey value={create.data} onClose={() => create.reset()} />}
    </Page>
  );
}

/** Deletes all keys of all projects: the one action after an attacker had the account. */
function EndAll() {
  const client = useQueryClient();
  const notify = useNotify();
  const [isAsking, setIsAsking] = useState(false);
  const end = useAction({
    mutationFn: () => answerAs<{ ended: number }>(api.DELETE("/keys")),
    onSuccess: async ({ ended }) => {
      await client.invalidateQueries();
      setIsAsking(false);
      notify.success(words.endedAll(ended));
    },
  });
  return (
    <>
      <Button danger onClick={() => setIsAsking(true)}>
        {words.endAll}
      </Button>
      {isAsking && (
        <Confirm
          title={words.endAllTitle}
          button={words.endAll}
          isBusy={end.isPending}
          problem={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setIsAsking(false)}
        >
          <p>{words.endAllBody}</p>
        </Confirm>
      )}
    </>
  );
}

function Keys({ keys }: { keys: ApiKey[] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{words.prefix}</th>
          <th scope="col">{words.created}</th>
          <th scope="col">{words.expires}</th>
          <th scope="col">{words.reach}</th>
          <th scope="col">
            <span className="visually-hidden">{words.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <KeyRow key={key.prefix} apiKey={key} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRow({ apiKey: { prefix, created_at, expiration_date, restricted } }: { apiKey: ApiKey }) {
  const { project } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useAction({
    mutationFn: () => answer(api.DELETE("/keys/{key_prefix}", { params: { path: { key_prefix: prefix } } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keysQuery(project.project_id).queryKey });
      setIsAsking(false);
      notify.success(words.deleted(prefix));
    },
  });
  return (
    <tr>
      <td>
        <code>{prefix}…</code>
      </td>
      <td>
        <LocalDate value={created_at} />
      </td>
      <td>{expiration_date ? <LocalDate value={expiration_date} /> : <span className="muted">{words.never}</span>}</td>
      <td>{restricted ? words.restricted : <span className="muted">{words.unrestricted}</span>}</td>
      <td className="actions">
        <Button type="text" danger aria-label={words.deleteNamed(prefix)} onClick={() => setIsAsking(true)}>
          {words.delete}
        </Button>
        {isAsking && (
          <Confirm
            title={words.deleteTitle(prefix)}
            button={words.delete}
            isBusy={remove.isPending}
            problem={remove.error}
            onConfirm={() => remove.mutate()}
            onClose={() => setIsAsking(false)}
          >
            <p>{words.deleteBody}</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}

/** Only its own button closes it, because the key is not shown again. */
function NewKey({ value, onClose }: { value: string; onClose: () => void }) {
  return (
    <Modal
      open
      title={words.newTitle}
      closable={false}
      maskClosable={false}
      keyboard={false}
      footer={
        <Button type="primary" onClick={onClose}>
          {words.stored}
        </Button>
      }
    >
      <div className="stack">
        <Alert type="warning" showIcon message={words.newBody} />
        <div className="secret" role="group" aria-label={words.newLabel}>
          <code>{value}</code>
          <CopyButton text={value} label={words.copyKey} />
        </div>
      </div>
    </Modal>
  );
}
