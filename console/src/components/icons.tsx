// The console's icons: line drawings of 24 units, in the colour of the text next to them.
import type { ReactNode } from "react";

function icon(children: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        viewBox="0 0 24 24"
        width={size}
        height={size}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {children}
      </svg>
    );
  };
}

export const MenuIcon = icon(<path d="M4 7h16M4 12h16M4 17h16" />);
export const CaretIcon = icon(<path d="m8 10 4-4 4 4M8 14l4 4 4-4" />);
export const BackIcon = icon(<path d="M19 12H5m6-6-6 6 6 6" />);
export const ArrowIcon = icon(<path d="M5 12h14m-6-6 6 6-6 6" />);
export const OverviewIcon = icon(
  <>
    <rect x="4" y="4" width="7" height="9" rx="1.5" />
    <rect x="13" y="4" width="7" height="5" rx="1.5" />
    <rect x="13" y="11" width="7" height="9" rx="1.5" />
    <rect x="4" y="15" width="7" height="5" rx="1.5" />
  </>,
);
export const SettingsIcon = icon(
  <>
    <path d="M4 7h9m5 0h2M4 17h2m5 0h9" />
    <circle cx="15.5" cy="7" r="2.5" />
    <circle cx="8.5" cy="17" r="2.5" />
  </>,
);
export const OrganizationIcon = icon(
  <>
    <path d="M5 20V6l7-2.5V20M12 9l7 2v9M3 20h18" />
    <path d="M8 9h1m-1 4h1m-1 4h1m6-3h1m-1 3h1" />
  </>,
);
export const MembersIcon = icon(
  <>
    <circle cx="9" cy="8" r="3.2" />
    <path d="M3.5 19.5c.6-3.2 2.8-5 5.5-5s4.9 1.8 5.5 5" />
    <path d="M15.5 5.3a3.2 3.2 0 0 1 0 5.5M17.5 15c1.6.7 2.7 2.2 3 4.5" />
  </>,
);
export const ProjectsIcon = icon(<path d="M4 7.5A1.5 1.5 0 0 1 5.5 6H10l2 2.5h6.5A1.5 1.5 0 0 1 20 10v7.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z" />);
export const KeyIcon = icon(
  <>
    <circle cx="8" cy="15.5" r="4" />
    <path d="m11 12.5 8-8m-3 3 2.5 2.5M14 9.5l2 2" />
  </>,
);
export const AccountIcon = icon(
  <>
    <circle cx="12" cy="8.5" r="3.8" />
    <path d="M5 20c.8-3.9 3.5-6 7-6s6.2 2.1 7 6" />
  </>,
);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const SignOutIcon = icon(<path d="M10 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H10M15 8l4 4-4 4m4-4H10" />);
export const MailIcon = icon(
  <>
    <rect x="3.5" y="5.5" width="17" height="13" rx="2" />
    <path d="m4 7 8 6 8-6" />
  </>,
);
export const RenameIcon = icon(<path d="m5 16-1 4 4-1L19 8l-3-3zM14 7l3 3" />);
export const TransferIcon = icon(<path d="M4 9h15m-4-4 4 4-4 4M20 15H5m4 4-4-4 4-4" />);
export const DeleteIcon = icon(<path d="M5 7h14M10 7V4.5h4V7m-7.5 0 .8 12.5h9.4L17.5 7M10.5 11v5m3-5v5" />);
export const SunIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4" />
  </>,
);
export const MoonIcon = icon(<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />);
export const SystemIcon = icon(
  <>
    <rect x="3.5" y="5" width="17" height="11.5" rx="1.5" />
    <path d="M9 20h6m-3-3.5V20" />
  </>,
);
export const CollapseIcon = icon(<path d="m13 7-5 5 5 5m6-10-5 5 5 5" />);
export const CopyIcon = icon(
  <>
    <rect x="9" y="9" width="10.5" height="10.5" rx="2" />
    <path d="M15 9V6.5a2 2 0 0 0-2-2H6.5a2 2 0 0 0-2 2V13a2 2 0 0 0 2 2H9" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 11v5m0-8.5v.1" />
  </>,
);
