import { Refusal } from "../errors";
import { JSON_DEPTH_MAX, JSON_MEMBERS_MAX } from "./wireLimits";

/** Names as JSON spells them: snake_case, instants as ISO 8601 in UTC. */
export function toSnake(value: unknown): unknown {
  return rename(value, snakeName, 0);
}

/** One name as JSON spells it. */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Names as our code spells them. Only plain JSON comes in here, of so many members at most. */
export function toCamel(value: unknown): unknown {
  refuseTooMany(value, { left: JSON_MEMBERS_MAX }, 0);
  return rename(value, (name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), 0);
}

function refuseTooMany(value: unknown, members: { left: number }, depth: number): void {
  if (typeof value !== "object" || value === null || depth > JSON_DEPTH_MAX) return;
  const inside = Object.values(value);
  if (!Array.isArray(value)) members.left -= inside.length;
  if (members.left < 0)
    throw new Refusal("invalid_request", `The JSON may have ${JSON_MEMBERS_MAX} members at most.`, { reason: "too_many_members" });
  for (const one of inside) refuseTooMany(one, members, depth + 1);
}

function rename(value: unknown, spell: (name: string) => string, depth: number): unknown {
  if (depth > JSON_DEPTH_MAX) throw new Refusal("invalid_request", "The JSON is nested too deeply.", { reason: "json" });
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((one) => rename(one, spell, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [spell(name), rename(one, spell, depth + 1)]));
}
