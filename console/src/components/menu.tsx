// A button with a menu below it: arrow keys, Home and End, type-ahead by the first letters, Escape and Tab close it.
import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface MenuItem {
  key: string;
  /** The text for type-ahead, and the accessible name if `content` contains more. */
  label: string;
  content?: ReactNode;
  icon?: ReactNode;
  /** Whether an item of a choice is the chosen one; undefined: an item that performs an action. */
  checked?: boolean;
  danger?: boolean;
  indented?: boolean;
  onSelect: () => void;
}

export interface MenuSection {
  key: string;
  title?: string;
  items: MenuItem[];
  /** The longest section scrolls, so that the following ones stay visible. */
  scrolls?: boolean;
}

interface Props {
  label: string;
  sections: MenuSection[];
  trigger: ReactNode;
  className?: string;
  /** Opens upwards, for buttons at the lower edge. */
  up?: boolean;
}

const TYPE_AHEAD_MS = 700;

export function Menu({ label, sections, trigger, className = "", up = false }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const menuId = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const typed = useRef({ text: "", at: 0 });
  const openAt = useRef<"current" | "last">("current");

  const items = useCallback(
    () => Array.from(root.current?.querySelectorAll<HTMLButtonElement>("[data-menu-item]") ?? []),
    [],
  );

  const close = useCallback((returnFocus: boolean) => {
    setIsOpen(false);
    if (returnFocus) button.current?.focus();
  }, []);

  useEffect(() => {
    if (!isOpen) return;
    typed.current = { text: "", at: 0 };
    const all = items();
    const current = all.find((item) => item.getAttribute("aria-checked") === "true");
    (openAt.current === "last" ? all[all.length - 1] : (current ?? all[0]))?.focus();
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) close(false);
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, [isOpen, items, close]);

  const typeAhead = (all: HTMLButtonElement[], at: number, letter: string) => {
    const now = Date.now();
    const isNew = now - typed.current.at > TYPE_AHEAD_MS;
    const text = (isNew ? "" : typed.current.text) + letter.toLowerCase();
    typed.current = { text, at: now };
    // the same letter again moves to the next item that starts with it
    const isRepeated = text.split("").every((each) => each === text[0]);
    const wanted = isRepeated ? text[0]! : text;
    const from = isRepeated ? at + 1 : at;
    for (let step = 0; step < all.length; step++) {
      const item = all[(Math.max(from, 0) + step) % all.length]!;
      if (item.dataset.menuItem!.toLowerCase().startsWith(wanted)) return item.focus();
    }
  };

  const onMenuKey = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const go = (index: number) => {
      event.preventDefault();
      all[(index + all.length) % all.length]?.focus();
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at < 0 ? all.length - 1 : at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(all.length - 1);
    else if (event.key === "Escape") {
      event.stopPropagation();
      close(true);
    } else if (event.key === "Tab") close(true);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      typeAhead(all, at, event.key);
    } else if (event.key === " " && Date.now() - typed.current.at < TYPE_AHEAD_MS && typed.current.text) {
      event.preventDefault(); // a space is part of the typed name
      typeAhead(all, at, " ");
    }
  };

  const onButtonKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    openAt.current = event.key === "ArrowUp" ? "last" : "current";
    setIsOpen(true);
  };

  const select = (item: MenuItem) => {
    close(true);
    item.onSelect();
  };

  const renderItem = (item: MenuItem) => (
    <button
      key={item.key}
      type="button"
      role={item.checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={item.checked}
      tabIndex={-1}
      data-menu-item={item.label}
      className={`menu-item${item.danger ? " danger" : ""}${item.indented ? " indented" : ""}`}
      onClick={() => select(item)}
      onPointerMove={(event) => event.pointerType === "mouse" && event.currentTarget.focus({ preventScroll: true })}
    >
      {item.icon && (
        <span className="menu-icon" aria-hidden="true">
          {item.icon}
        </span>
      )}
      <span className="menu-content">{item.content ?? <span title={item.label}>{item.label}</span>}</span>
      {item.checked && (
        <svg className="menu-check" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="m3 8.5 3.2 3L13 4.8" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
        </svg>
      )}
    </button>
  );

  return (
    <div className={`menu ${className}`} ref={root}>
      <button
        ref={button}
        type="button"
        className="menu-trigger"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? menuId : undefined}
        aria-label={label}
        onClick={() => {
          openAt.current = "current";
          setIsOpen(!isOpen);
        }}
        onKeyDown={onButtonKey}
      >
        {trigger}
      </button>
      {isOpen && (
        <div id={menuId} role="menu" aria-label={label} className={`menu-panel${up ? " up" : ""}`} onKeyDown={onMenuKey}>
          {sections
            .filter((section) => section.items.length > 0)
            .map((section) => (
              <div
                key={section.key}
                role="group"
                aria-label={section.title}
                className={`menu-section${section.scrolls ? " scrolls" : ""}`}
              >
                {section.title && (
                  <div className="menu-title" aria-hidden="true">
                    {section.title}
                  </div>
                )}
                {section.items.map(renderItem)}
              </div>
            ))}
        </div>
      )}
    </div>
  );
}
