// The API keys of the project.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function KeysPage() {
  return <Page title={texts.settings.keys.title}>{null}</Page>;
}
