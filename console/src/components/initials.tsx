// The initials of an organization in a square, or of a user in a circle, in a colour that is derived from the id.
const HUES = [231, 262, 292, 330, 12, 160, 186, 205];

function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first = "?", second] = words;
  return (second ? [...first][0]! + [...second][0]! : [...first].slice(0, 2).join("")).toUpperCase();
}

/** From the end of the id, which is random; its beginning is a timestamp. */
function hueOf(id: string): number {
  return HUES[parseInt(id.slice(-6), 16) % HUES.length] ?? HUES[0]!;
}

export function Initials({ name, id, size = 28, round = false }: { name: string; id: string; size?: number; round?: boolean }) {
  return (
    <span
      className={`initials${round ? " round" : ""}`}
      aria-hidden="true"
      style={{ width: size, height: size, fontSize: size * 0.4, background: `hsl(${hueOf(id)} 46% 33%)` }}
    >
      {initialsOf(name)}
    </span>
  );
}
