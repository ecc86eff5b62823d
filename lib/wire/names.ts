import { Refusal } from "../errors";

const DEPTH_MAX = 32;

/** Names as JSON spells them: snake_case, instants as ISO 8601 in UTC. */
export function toSnake(value: unknown): unknown {
  return rename(value, snakeName, 0);
}

/** One name as JSON spells it. */
export function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Names as our code spells them. Only plain JSON comes in here. */
export function toCamel(value: unknown): unknown {
  return rename(value, (name) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), 0);
}

function rename(value: unknown, spell: (name: string) => string, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new Refusal("invalid_request", "The JSON is nested too deeply.", { reason: "json" });
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((one) => rename(one, spell, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [spell(name), rename(one, spell, depth + 1)]));
}
