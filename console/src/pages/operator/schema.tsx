// Compares two schemas and shows the differences side by side.
import { Alert, Button, Radio } from "antd";
import { useId, useState } from "react";
import { useAction } from "../../api/action";
import { errorText } from "../../api/errors";
import { Page } from "../../components/page";
import { texts } from "../../texts";
import { Comparison, type Compared } from "./comparison";
import { FileButton } from "./file-button";
import { useOperator } from "./operator-key";

const words = texts.operator.schema;
const BODY_MAX = 8 * 1024 * 1024;

type Source = "file" | "core" | "tracing";
interface Side {
  source: Source;
  file: { name: string; text: string } | null;
}
interface Request {
  a?: string;
  a_database?: string;
  b?: string;
  b_database?: string;
}

function SideChoice({ letter, side, onChange }: { letter: string; side: Side; onChange: (side: Side) => void }) {
  const heading = useId();
  return (
    <section className="card">
      <h2 id={heading}>{words.side(letter)}</h2>
      <Radio.Group
        aria-label={words.source(letter)}
        value={side.source}
        onChange={(event) => onChange({ ...side, source: event.target.value as Source })}
        options={(Object.keys(words.sources) as Source[]).map((value) => ({ value, label: words.sources[value] }))}
      />
      {side.source === "file" && (
        <>
          <div className="chosen">
            <FileButton label={words.choose} accept=".txt,.dump,text/plain" onText={(text, name) => onChange({ ...side, file: { name, text } })} />
            <span role="status">{side.file?.name ?? words.noFile}</span>
          </div>
          <p>{words.fileHint}</p>
        </>
      )}
    </section>
  );
}

function requestOf(a: Side, b: Side): Request | null {
  if ((a.source === "file" && !a.file) || (b.source === "file" && !b.file)) return null;
  return {
    ...(a.source === "file" ? { a: a.file?.text } : { a_database: a.source }),
    ...(b.source === "file" ? { b: b.file?.text } : { b_database: b.source }),
  };
}

export default function SchemaPage() {
  const operator = useOperator();
  const [a, setA] = useState<Side>({ source: "file", file: null });
  const [b, setB] = useState<Side>({ source: "core", file: null });
  const [complaint, setComplaint] = useState("");
  const compared = useAction({ mutationFn: (request: Request) => operator.post<Compared>("/schema/diff", request) });
  const saved = useAction({
    mutationFn: (request: Request) => operator.postForText("/schema/diff?format=html", request),
    onSuccess: (page) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
      link.download = "schema-differences.html";
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  const compare = () => {
    const request = requestOf(a, b);
    const size = (request?.a?.length ?? 0) + (request?.b?.length ?? 0);
    setComplaint(!request ? words.needsFiles : size > BODY_MAX ? words.tooLarge : "");
    compared.reset();
    if (request && size <= BODY_MAX) compared.mutate(request);
  };
  const problem = compared.error ?? saved.error;
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="stack">
        <div className="cards two">
          <SideChoice letter="A" side={a} onChange={setA} />
          <SideChoice letter="B" side={b} onChange={setB} />
        </div>
        <div className="page-actions">
          <Button type="primary" loading={compared.isPending} onClick={compare}>
            {words.compare}
          </Button>
          {compared.data && (
            <Button loading={saved.isPending} onClick={() => compared.variables && saved.mutate(compared.variables)}>
              {words.download}
            </Button>
          )}
        </div>
        {complaint && <Alert type="error" showIcon role="alert" message={complaint} />}
        {problem && <Alert type="error" showIcon role="alert" message={errorText(problem)} />}
        {compared.data && <Comparison compared={compared.data} />}
      </div>
    </Page>
  );
}
