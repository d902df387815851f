// Short notices over the page, which screen readers speak and which disappear by themselves. Those of Ant Design are not spoken.
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { texts } from "../texts";
import { CheckIcon, CloseIcon, InfoIcon } from "./icons";

type Kind = "success" | "info" | "error";

interface Notice {
  id: number;
  kind: Kind;
  text: string;
}

export interface Notify {
  success: (text: string) => void;
  info: (text: string) => void;
  error: (text: string) => void;
}

const SHOWN_MS = 8000;
const MOST = 3;

const NotifyContext = createContext<Notify>({ success: () => {}, info: () => {}, error: () => {} });

/** Shows a notice: notify.success("Saved"). Errors of a form belong into the form. */
export const useNotify = (): Notify => useContext(NotifyContext);

export function NoticeProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const next = useRef(0);
  const close = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const notify = useMemo<Notify>(() => {
    const add = (kind: Kind) => (text: string) => {
      const notice = { id: next.current++, kind, text };
      // a repeated notice replaces the earlier one
      setNotices((all) => [...all.filter((each) => each.text !== text), notice].slice(-MOST));
    };
    return { success: add("success"), info: add("info"), error: add("error") };
  }, []);
  return (
    <NotifyContext.Provider value={notify}>
      {children}
      <section className="notices" aria-label={texts.common.notices} aria-live="polite">
        {notices.map((notice) => (
          <Card key={notice.id} notice={notice} onClose={() => close(notice.id)} />
        ))}
      </section>
    </NotifyContext.Provider>
  );
}

function Card({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const [isHeld, setIsHeld] = useState(false);
  const closing = useRef(onClose);
  closing.current = onClose;
  useEffect(() => {
    if (isHeld) return;
    const timer = window.setTimeout(() => closing.current(), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [isHeld]);
  return (
    <div
      className={`notice ${notice.kind}`}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      {notice.kind === "success" ? <CheckIcon /> : <InfoIcon />}
      <span className="grow">{notice.text}</span>
      <button type="button" className="icon-button small" aria-label={texts.common.close} onClick={onClose}>
        <CloseIcon size={16} />
      </button>
    </div>
  );
}
