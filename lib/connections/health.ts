/** How an account stands, for its person. `trouble`: its last refresh failed and the next use tries again. */
export const HEALTHS = ["healthy", "trouble", "needs_reconnect", "ended_there", "key_ends", "disconnected"] as const;
export type Health = (typeof HEALTHS)[number];

/** What stands on a connection whose access the SaaS no longer takes. */
export function endedThere(connectorName: string): string {
  return `${connectorName} no longer accepts it: access was withdrawn there, or it ended.`;
}

interface Standing {
  readonly connectorName: string;
  readonly status: "active" | "needs_reconnect" | "disconnected";
  readonly statusNote: string | null;
  readonly keyEndsAt: Date | null;
}

/** Pure. */
export function judgeHealth({ connectorName, status, statusNote, keyEndsAt }: Standing): Health {
  if (status === "disconnected") return "disconnected";
  if (status === "needs_reconnect") return statusNote === endedThere(connectorName) ? "ended_there" : "needs_reconnect";
  if (statusNote) return "trouble";
  return keyEndsAt ? "key_ends" : "healthy";
}
