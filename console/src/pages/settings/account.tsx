// The account of the reader: profile and sessions.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function AccountPage() {
  return <Page title={texts.settings.account.title}>{null}</Page>;
}
