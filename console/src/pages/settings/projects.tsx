// The projects of the organization.
import { Page } from "../../components/page";
import { texts } from "../../texts";

export default function ProjectsPage() {
  return <Page title={texts.settings.projects.title}>{null}</Page>;
}
