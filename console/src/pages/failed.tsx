// What is shown when a page throws, as when its piece of the program could not be loaded.
import { Button, Result } from "antd";
import { texts } from "../texts";

export function Failed() {
  const words = texts.shell.failed;
  return (
    <main className="centered">
      <Result
        status="warning"
        title={words.title}
        subTitle={words.body}
        extra={
          <Button type="primary" onClick={() => window.location.reload()}>
            {words.reload}
          </Button>
        }
      />
    </main>
  );
}
