// The differences of two schemas.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function SchemaPage() {
  return <Page title={texts.operator.schema.title}>{null}</Page>;
}
