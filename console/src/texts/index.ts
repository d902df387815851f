// Every text that users see, by the part of the console that shows it. To translate the console, translate this folder.
import { auth } from "./auth";
import { operator } from "./operator";
import { settings } from "./settings";
import { shell } from "./shell";

export const texts = {
  product: "orgd",
  errors: {
    network: "The server could not be reached. Check your connection and try again.",
    noAccess: "You no longer have access to this.",
    status: (status: number) => `The server answered with an error (${status}). Try again in a moment.`,
    tooMany: (seconds: string) => `The server is busy. Try again in ${seconds} seconds.`,
  },
  common: {
    cancel: "Cancel",
    save: "Save",
    retry: "Try again",
    copy: "Copy",
    copied: "Copied",
    close: "Close",
    loading: "Loading",
    notices: "Notices",
  },
  roles: { owner: "Owner", admin: "Admin", viewer: "Viewer" } as Record<string, string>,
  auth,
  operator,
  settings,
  shell,
};
