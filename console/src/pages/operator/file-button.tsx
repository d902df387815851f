// A button to choose a file, which the browser reads as text and does not send.
import { Button } from "antd";
import { useRef } from "react";

interface FileButtonProps {
  label: string;
  accept: string;
  onText: (text: string, name: string) => void;
}

export function FileButton({ label, accept, onText }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (file) onText(await file.text(), file.name);
    if (input.current) input.current.value = ""; // the same file may be chosen again
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        className="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => void read(event.target.files?.[0])}
      />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  );
}
