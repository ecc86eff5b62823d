import { type State, Status } from "@/app/_ui/Status";
import type { Health } from "@/lib/connections/health";
import type { ConnectionSummary } from "@/lib/connections/list";

const LOOKS: Record<Health, { readonly state: State; readonly word?: string }> = {
  healthy: { state: "healthy" },
  trouble: { state: "blocked", word: "Refresh failed" },
  needs_reconnect: { state: "needs_reconnect" },
  ended_there: { state: "needs_reconnect", word: "Ended there" },
  key_ends: { state: "blocked" },
  disconnected: { state: "disconnected" },
};

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** How an account stands, in words. */
export function Standing({ connection: { health, keyEndsAt } }: { readonly connection: Pick<ConnectionSummary, "health" | "keyEndsAt"> }) {
  const { state, word } = LOOKS[health];
  if (health === "key_ends" && keyEndsAt) return <Status state={state} word={`Its key ends on ${DAY.format(keyEndsAt)}`} />;
  return word ? <Status state={state} word={word} /> : <Status state={state} />;
}

/** Why it stands so, in a sentence; null where there is nothing to say. */
export function causeOf({
  health,
  statusNote,
  connectorName,
}: Pick<ConnectionSummary, "health" | "statusNote" | "connectorName">): string | null {
  switch (health) {
    case "healthy":
      return null;
    case "trouble":
      return `${statusNote} What you gave is kept; the next use tries again.`;
    case "needs_reconnect":
    case "ended_there":
      return `${statusNote ?? "Its access has ended."} Agents get nothing from it until you reconnect; their grants wait.`;
    case "key_ends":
      return `Whoever has a copy of this key can use it without Valet, and ${connectorName} cannot tell who did.`;
    case "disconnected":
      return statusNote;
  }
}
