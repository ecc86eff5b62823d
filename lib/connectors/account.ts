/** The member of an answer that is an object; null for anything else. */
export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** A text or a number as text; null when empty or of another kind. */
export function asText(value: unknown): string | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/**
 * The account in a flat answer: `id` from the one member that never changes, `name` from the first member that is there.
 * Null when either is missing, so that no connection is kept for somebody who cannot be told apart.
 */
export function readFlatAccount(body: unknown, idMember: string, nameMembers: readonly string[]): { id: string; name: string } | null {
  const record = asRecord(body);
  const id = asText(record?.[idMember]);
  const name = nameMembers.map((member) => asText(record?.[member])).find((text) => text !== null);
  return id && name ? { id, name } : null;
}
