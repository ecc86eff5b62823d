import { EXIT, Failure } from "./failure.ts";
import type { PersonApi } from "./person.ts";
import type { AgentRow, ConnectionRow, List } from "./wire.ts";

/** One's own agent, or one that can be lent to, by id or by name. */
export async function findAgent(person: PersonApi, wanted: string, scope: "mine" | "lendable"): Promise<AgentRow> {
  const { data } = await person.get<List<AgentRow>>("/agents", { scope });
  const byId = data.find(({ id }) => id === wanted);
  const named = byId ? [byId] : data.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (named.length === 1) return named[0] as AgentRow;
  const message = named.length === 0 ? `There is no agent ${wanted} here for you.` : `${named.length} agents are called ${wanted}.`;
  const next = named.length === 0 ? "See valet agents list." : `Name one by its id: ${named.map(({ id }) => id).join(", ")}.`;
  throw new Failure(EXIT.failure, message, { next });
}

/** One's own account by its id, or the only good one at a connector. */
export async function findConnection(
  person: PersonApi,
  { connection, connector }: { readonly connection?: string; readonly connector?: string },
): Promise<ConnectionRow> {
  const { data } = await person.get<List<ConnectionRow>>("/connections");
  const there = data.filter((one) => one.status !== "disconnected" && (connection ? one.id === connection : one.connector === connector));
  const [first, ...others] = there.filter(({ status }) => status === "active");
  if (first && others.length === 0) return first;
  if (first) {
    const accounts = [first, ...others].map(({ id, account_name }) => `${id} (${account_name})`);
    throw new Failure(EXIT.usage, `You have ${accounts.length} accounts at ${connector}: ${accounts.join(", ")}.`, {
      next: "Name one with --connection.",
    });
  }
  if (there[0])
    throw new Failure(EXIT.interaction, `${there[0].account_name} at ${there[0].connector} has to be reconnected.`, {
      fix: `${person.url}/connections/${there[0].id}`,
    });
  const fix = connector ? { fix: `${person.url}/connections/new?${new URLSearchParams({ connector })}` } : {};
  throw new Failure(EXIT.interaction, `You have no account ${connector ? `at ${connector}` : "by that id"}.`, {
    next: connector ? `Connect one: valet connect ${connector}` : "See your accounts on the Connections page.",
    ...fix,
  });
}
