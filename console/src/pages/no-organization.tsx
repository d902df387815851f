// The page for users without an organization: explains why, and what to do.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { myInvitationsQuery } from "../api/queries";
import type { Profile } from "../api/types";
import { Copyable } from "../components/copy";
import { MailIcon, PlusIcon, SignOutIcon } from "../components/icons";
import { Logo } from "../components/logo";
import { useTitle } from "../components/page";
import { DialogProvider, useDialogs } from "../layout/dialogs";
import { useSignOut } from "../layout/sign-out";
import { texts } from "../texts";
import "./no-organization.css";

const words = texts.shell.noOrganization;

export default function NoOrganization({ profile }: { profile: Profile }) {
  useTitle(words.title);
  return (
    <DialogProvider>
      <Choices email={profile.email} />
    </DialogProvider>
  );
}

function Choices({ email }: { email: string }) {
  const client = useQueryClient();
  const leave = useSignOut();
  const { openOrganization, openInvitation } = useDialogs();
  const invitations = useQuery(myInvitationsQuery).data ?? [];
  const invitationWords = texts.shell.invitations;
  return (
    <div className="nowhere">
      <header className="nowhere-top">
        <Logo />
        <Button type="text" icon={<SignOutIcon />} onClick={() => void leave()}>
          {texts.shell.organization.signOut}
        </Button>
      </header>
      <main className="nowhere-main">
        <h1>{words.title}</h1>
        <p className="page-lead">{words.why}</p>
        <div className="cards">
          {invitations.length > 0 && (
            <section className="card wide">
              <h2>{words.invitations}</h2>
              {invitations.map((invitation) => (
                <div key={invitation.id} className="nowhere-invitation">
                  <MailIcon />
                  <span className="grow">
                    <strong>{invitation.organization_name ?? invitationWords.somebody}</strong>{" "}
                    {invitationWords.as(texts.roles[invitation.role] ?? invitation.role)}
                  </span>
                  <Button type="primary" onClick={() => openInvitation(invitation)}>
                    {words.look}
                  </Button>
                </div>
              ))}
            </section>
          )}
          <section className="card">
            <h2>{words.waitFor}</h2>
            <p>{words.waitForBody}</p>
            <Copyable text={email} label={words.copyAddress} />
            <div className="card-foot">
              <Button onClick={() => void client.invalidateQueries()}>{words.checkAgain}</Button>
            </div>
          </section>
          <section className="card">
            <h2>{words.create}</h2>
            <p>{words.createBody}</p>
            <div className="card-foot">
              <Button icon={<PlusIcon />} onClick={() => openOrganization("create")}>
                {words.createButton}
              </Button>
            </div>
          </section>
        </div>
      </main>
    </div>
  );
}
