import type { Condition } from "../trust/rules";

/** "repository_id is 42, ref begins with refs/heads/release/": a rule in a line. */
export function conditionsInWords(conditions: readonly Condition[]): string {
  return conditions.map(conditionInWords).join(", ");
}

function conditionInWords(condition: Condition): string {
  if ("equals" in condition) return `${condition.claim} is ${condition.equals}`;
  if ("oneOf" in condition) return `${condition.claim} is one of ${condition.oneOf.join(" or ")}`;
  return `${condition.claim} begins with ${condition.startsWith}`;
}
