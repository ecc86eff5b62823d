import { listInWords, plural } from "@/app/_ui/words";
import type { Access } from "@/lib/connectors/connector";

interface Lent {
  readonly agentId: string;
  readonly access: Access;
  readonly connectorName: string;
}

/** What can act as me right now, in one sentence: "3 agents can act as you: 2 read-only, 1 can write to GitHub." */
export function accessSentence(live: readonly Lent[], paused = false): string {
  const agents = new Set(live.map((grant) => grant.agentId));
  if (agents.size === 0) return paused ? "No agent can act as you: all that you lend is paused." : "No agent can act as you right now.";
  const wide = live.filter((grant) => grant.access !== "read");
  const writers = new Set(wide.map((grant) => grant.agentId));
  const places = listInWords([...new Set(wide.map((grant) => grant.connectorName))].sort());
  const readers = agents.size - writers.size;
  const head = `${plural(agents.size, "agent")} can act as you`;
  if (writers.size === 0) return `${head}, ${agents.size === 1 ? "read-only" : "all read-only"}.`;
  if (readers === 0 && writers.size === 1) return `${head} and can write to ${places}.`;
  return `${head}: ${readers > 0 ? `${readers} read-only, ` : ""}${writers.size} can write to ${places}.`;
}
