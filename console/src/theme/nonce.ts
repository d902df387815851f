// Makes the styles of the console's own scripts pass the server's Content-Security-Policy.

/** The server allows styles with this nonce; "" if it serves without such a policy, as in development. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

/**
 * Ant Design 5 sets the nonce on most of its style elements, but not on those with its variables and those that lock
 * scrolling behind dialogs. So every style element that a script creates gets it; one from markup never does.
 */
export function signStyles(): void {
  if (!nonce) return;
  const create = document.createElement;
  document.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
    const element = create.call(this, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  } as typeof document.createElement;
}
