// Texts of the settings.
export const settings = {
  title: "Settings",
  members: { title: "Members" },
  projects: { title: "Projects" },
  keys: { title: "API keys" },
  account: { title: "Account" },
  organization: { title: "Organization" },
};
