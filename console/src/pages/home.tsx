// The overview of a project.
import { Page } from "../components/page";
import { useScope } from "../layout/scope";
import { texts } from "../texts";

export default function Home() {
  const { profile } = useScope();
  return <Page title={texts.shell.home.welcome(profile.username)}>{null}</Page>;
}
