// What is shown when a page throws, as when its piece of the program could not be loaded.
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
