import { type Condition, conditionOf } from "@/lib/trust/rules";

const FIELD = "claim:";

/** The name of the field for one claim. */
export function claimFieldName(claim: string): string {
  return FIELD + claim;
}

/** The conditions that a form says: a field per claim, and further ones as lines of `claim = value`. Empty fields say nothing. */
export function conditionsOfForm(given: Readonly<Record<string, unknown>>): Condition[] {
  const fields = Object.entries(given).flatMap(([name, value]) =>
    name.startsWith(FIELD) ? [[name.slice(FIELD.length), value] as const] : [],
  );
  const named = fields.flatMap(([claim, value]) => (typeof value === "string" && value.trim() !== "" ? [conditionOf(claim, value)] : []));
  return [...named, ...linesOf(given.more)];
}

function linesOf(more: unknown): Condition[] {
  const lines = typeof more === "string" ? more.split("\n").filter((line) => line.trim() !== "") : [];
  return lines.map((line) => {
    const [claim = "", value = ""] = line.split(/=(.*)/s, 2);
    return conditionOf(claim.trim(), value);
  });
}
