// The members of the organization and the invitations to it.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function MembersPage() {
  return <Page title={texts.settings.members.title}>{null}</Page>;
}
