/** How an account stands, for its person. `trouble`: its last refresh failed and the next use tries again. */
export const HEALTHS = ["healthy", "trouble", "needs_reconnect", "ended_there", "key_ends", "disconnected"] as const;
export type Health = (typeof HEALTHS)[number];

/** What stands on a connection whose access the SaaS no longer takes. */
export function endedThere(connectorName: string): string {
  return `${connectorName} no longer accepts it: access was withdrawn there, or it ended.`;
}

/** The two ways in which a refresh is lost: with this Valet, or on the way. */
export type Lost = "stopped" | "unanswered";

/** What stands on a connection whose refresh token was spent, and whose next one never arrived. */
export function refreshLost(connectorName: string, lost: Lost): string {
  switch (lost) {
    case "stopped":
      return `Valet was stopped in the middle of a refresh, and ${connectorName}'s answer was lost. Connect the account again.`;
    case "unanswered":
      return `${connectorName} gave no readable answer to a refresh, and what it gave was lost. Connect the account again.`;
  }
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
