// The settings of an organization: name, identifiers, ownership, leaving and deletion.
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useAction } from "../../api/action";
import { answer, api } from "../../api/client";
import { errorText } from "../../api/errors";
import { Copyable } from "../../components/copy";
import { useNotify } from "../../components/notices";
import { Page } from "../../components/page";
import { useDialogs } from "../../layout/dialogs";
import { useScope } from "../../layout/scope";
import { texts } from "../../texts";
import { LeaveButton } from "./leave";
import "./settings.css";

const words = texts.settings.organization;

export default function OrganizationPage() {
  const { organization } = useScope();
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="sections">
        <Details key={organization.id} />
        <section className="card">
          <h2>{words.identifiers}</h2>
          <dl className="fields">
            <dt>{words.id}</dt>
            <dd>
              <Copyable text={organization.id} label={words.copyId} />
            </dd>
            {organization.slug && organization.slug !== "None" && (
              <>
                <dt>{words.slug}</dt>
                <dd>
                  <Copyable text={organization.slug} label={words.copySlug} />
                </dd>
              </>
            )}
          </dl>
        </section>
        <Ownership />
        <Leave />
      </div>
    </Page>
  );
}

interface Values {
  name: string;
  description: string;
}

function Details() {
  const { organization, isOwner } = useScope();
  const client = useQueryClient();
  const notify = useNotify();
  const save = useAction({
    mutationFn: (body: Values) =>
      answer(api.PATCH("/organizations/{organization_id}", { params: { path: { organization_id: organization.id } }, body })),
    onSuccess: async () => {
      await client.invalidateQueries();
      notify.success(words.saved);
    },
  });
  return (
    <section className="card">
      <Form<Values>
        layout="vertical"
        requiredMark={false}
        disabled={!isOwner}
        initialValues={{ name: organization.name ?? "", description: organization.description ?? "" }}
        onFinish={(values) => save.mutate({ name: values.name.trim(), description: values.description.trim() })}
      >
        <Form.Item name="name" label={words.name} rules={[{ required: true, whitespace: true, message: words.nameMissing }]}>
          <Input maxLength={255} autoComplete="off" />
        </Form.Item>
        <Form.Item name="description" label={words.description}>
          <Input.TextArea rows={3} />
        </Form.Item>
        <div role="alert">{save.error && <Alert type="error" showIcon role="presentation" message={errorText(save.error)} className="form-problem" />}</div>
        {isOwner ? (
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {texts.common.save}
          </Button>
        ) : (
          <p>{words.ownerOnly}</p>
        )}
      </Form>
    </section>
  );
}

function Ownership() {
  const { organization, organizations, profile, isOwner } = useScope();
  const { openOrganization } = useDialogs();
  if (!isOwner) return null;
  const isLast = organizations.filter((each) => each.owner_id === profile.id).length <= 1;
  return (
    <section className="card danger-zone">
      <h2>{words.ownership}</h2>
      <div className="action-row">
        <p>{words.transferBody}</p>
        <Button onClick={() => openOrganization("transfer", organization)}>{words.transferButton}</Button>
      </div>
      <div className="action-row">
        <p>{isLast ? words.lastOwned : words.deleteBody}</p>
        <Button danger disabled={isLast} onClick={() => openOrganization("delete", organization)}>
          {words.deleteButton}
        </Button>
      </div>
    </section>
  );
}

function Leave() {
  const { isOwner } = useScope();
  return (
    <section className="card">
      <h2>{words.leave}</h2>
      <div className="action-row">
        <p>{isOwner ? words.ownerCannotLeave : words.leaveBody}</p>
        <LeaveButton text={words.leaveButton} />
      </div>
    </section>
  );
}
