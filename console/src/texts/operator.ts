// Texts of the pages for whoever runs the instance.
export const operator = {
  title: "Operator",
  access: { title: "Access" },
  upgrade: { title: "Upgrade" },
  schema: { title: "Schema parity" },
};
