// Lets the styles that the console's own scripts make pass the server's Content-Security-Policy.

/** The server allows the styles that carry this; "" when it serves without such a policy, as in development. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

/**
 * Ant Design 5 puts the nonce on most of the style elements that it makes, but not on those of its variables and of what locks
 * scrolling behind dialogs. So every style element that a script makes gets it; one that comes with markup never does.
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
