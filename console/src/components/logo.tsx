// The product's logo and name.
import { texts } from "../texts";

export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#3b4fd8" />
        <circle cx="16" cy="10" r="4" fill="#fff" />
        <circle cx="9" cy="22" r="4" fill="#fff" fillOpacity=".72" />
        <circle cx="23" cy="22" r="4" fill="#fff" fillOpacity=".72" />
        <path d="M14.2 13.6 10.8 18.4M17.8 13.6l3.4 4.8" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
      {texts.product}
    </span>
  );
}
