// Makes a sentence of a server message, which has no capital and no full stop because it is also part of log lines.
export function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
