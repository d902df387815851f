// Text with a button that copies it and shows a short confirmation.
import { Tooltip } from "antd";
import { useEffect, useState } from "react";
import { texts } from "../texts";
import { CheckIcon, CopyIcon } from "./icons";

export function CopyButton({ text, label = texts.common.copy }: { text: string; label?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(() => setIsCopied(false), 2000);
    return () => window.clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    await writeText(text);
    setIsCopied(true);
  };
  return (
    <Tooltip title={isCopied ? texts.common.copied : label}>
      <button type="button" className="icon-button small" aria-label={label} onClick={() => void copy()}>
        {isCopied ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
        <span className="visually-hidden" role="status">
          {isCopied ? texts.common.copied : ""}
        </span>
      </button>
    </Tooltip>
  );
}

/** Pages without TLS cannot use the clipboard API: the text is selected and copied by execCommand. */
export async function writeText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** A value in a monospaced font, cut off if there is no room, with the button. */
export function Copyable({ text, label }: { text: string; label?: string }) {
  return (
    <span className="copyable">
      <code title={text}>{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  );
}
