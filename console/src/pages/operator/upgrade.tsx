// The plan of the migrations and what became of it.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function UpgradePage() {
  return <Page title={texts.operator.upgrade.title}>{null}</Page>;
}
