// Dates of the server in the reader's own time zone and language.

/** The server writes `2026-06-10 09:00:00.000001+00:00`; browsers read it with a `T`. */
export function parseDate(text: string): Date {
  return new Date(text.trim().replace(" ", "T"));
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function formatDate(text: string): string {
  return day.format(parseDate(text));
}

export function formatMoment(text: string): string {
  return moment.format(parseDate(text));
}

/** A day, with the exact time on hovering. */
export function LocalDate({ value }: { value: string }) {
  const date = parseDate(value);
  return Number.isNaN(date.getTime()) ? (
    <>{value}</>
  ) : (
    <time dateTime={date.toISOString()} title={moment.format(date)}>
      {day.format(date)}
    </time>
  );
}
