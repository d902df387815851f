// The server's sentences come without a capital and a full stop, as parts of log lines and of answers to commands.
export function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
