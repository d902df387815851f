// Types of the migration API: `GET /admin/migrations`, and the plan, which `orgd migrate plan --json` prints too.
export interface Revision {
  revision: string;
  what: string;
  applied: boolean;
  reversible: boolean;
}

export interface Chain {
  chain: string;
  table: string;
  edition: string;
  owner: "agenta" | "orgd";
  current: string | null;
  head: string;
  revisions: Revision[];
}

export interface Migrations {
  version: string;
  edition: string;
  databases: { database: string; name: string; state: string; sentence: string; chains: Chain[] }[];
  backfill: { place: string; outcome: string; members: number; at: string }[];
  archive: { database: string; kind: string; name: string; rows: number | null }[];
}

type Value = string | number | boolean | null | object;

export interface Decision {
  name: string;
  kind: "change" | "report" | "obstacle";
  revision: string;
  what: string;
  count: number;
  outcomes: Record<string, number>;
  rows: Record<string, Value>[];
}

export interface PlannedDatabase {
  database: string;
  name: string;
  state: string;
  sentence: string;
  revisions: { chain: string; revision: string; what: string; reversible: boolean; hazards: string[] }[];
  hazards: string[];
  tables: { table: string; lock: string; revision: string; rows: number; exact: boolean }[];
  decisions: Decision[];
  undo: { complete: boolean; to: string; reason: string | null } | null;
}

export interface Plan {
  databases: PlannedDatabase[];
  signup_impact: { opens_signup: boolean; restricted: boolean; users: number; variables: Record<string, string> };
  obstructed: boolean;
  command: string | null;
}

/** Whether a chosen file has the members of a plan that the page shows. */
export function isPlan(value: unknown): value is Plan {
  const plan = value as Partial<Plan> | null;
  return (
    typeof plan === "object" &&
    plan !== null &&
    typeof plan.signup_impact === "object" &&
    plan.signup_impact !== null &&
    typeof plan.signup_impact.variables === "object" &&
    Array.isArray(plan.databases) &&
    plan.databases.every(
      (database) =>
        typeof database?.database === "string" &&
        [database.revisions, database.tables, database.decisions].every(Array.isArray) &&
        database.revisions.every((revision) => Array.isArray(revision?.hazards)) &&
        database.decisions.every((decision) => Array.isArray(decision?.rows) && typeof decision.outcomes === "object"),
    )
  );
}
