// The settings of an organization.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function OrganizationPage() {
  return <Page title={texts.settings.organization.title}>{null}</Page>;
}
