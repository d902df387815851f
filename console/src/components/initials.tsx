// A square with the initials of an organization, or a round one of a person, in a colour that follows from the id.
const HUES = [231, 262, 292, 330, 12, 160, 186, 205];

function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first = "?", second] = words;
  return (second ? [...first][0]! + [...second][0]! : [...first].slice(0, 2).join("")).toUpperCase();
}

function hueOf(id: string): number {
  let sum = 0;
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0;
  return HUES[sum % HUES.length]!;
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
