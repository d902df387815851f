// The page that is shown when another page throws, for example because its script could not be loaded.
import { Button } from "antd";
import { texts } from "../texts";

export function Failed() {
  const words = texts.shell.failed;
  return (
    <main className="centered">
      <h1>{words.title}</h1>
      <p className="page-lead">{words.body}</p>
      <Button type="primary" onClick={() => window.location.reload()}>
        {words.reload}
      </Button>
    </main>
  );
}
