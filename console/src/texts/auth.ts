// Texts of signing in and up, passwords and invitations.
export const auth = {
  title: "Sign in",
};
