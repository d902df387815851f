// Who may sign up and own organizations.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function AccessPage() {
  return <Page title={texts.operator.access.title}>{null}</Page>;
}
