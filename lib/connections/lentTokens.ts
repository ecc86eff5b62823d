import { z } from "zod";
import { change } from "../activity/change";
import type { Connector } from "../connectors/connector";
import { asActor, type Core } from "../ctx";
import { isRefusal } from "../errors";
import type { Connection, LentToken } from "../generated/prisma/client";
import { inRefresher } from "../inRefresher";
import { loadSaasClient, localConnector, type SaasClient } from "../setups/client";
import { type Ending, endAtProvider } from "./endAtProvider";
import { places } from "./places";
import { registrationOf } from "./separate";

/** What is still true, at the SaaS, of a token that was lent. */
export interface LentTokenReport {
  readonly id: string;
  readonly expiresAt: Date;
  /** Whether an agent has it in hand, or only the gateway used it. */
  readonly handed: boolean;
  readonly state: "alive" | "ended" | "failed";
  /** Says so to a person, with what was done about it. */
  readonly sentence: string;
}

/** Tokens of a grant that could still work at the SaaS, or that were ended there. */
export async function listLentTokens(core: Core, grantId: string): Promise<LentTokenReport[]> {
  const tokens = await core.db.lentToken.findMany({
    where: { grantId },
    include: { connection: true },
    orderBy: { createdAt: "desc" },
    take: 50,
  });
  return tokens.map((token) => report(token, core.clock.now(), localConnector(core, token.connection.connector).name));
}

/** Tokens that this agent was handed, under whatever grant, and that still work at their SaaS. */
export async function listHeldByAgent(core: Core, agentId: string): Promise<LentTokenReport[]> {
  const now = core.clock.now();
  const tokens = await core.db.lentToken.findMany({
    where: { grant: { agentId }, handedAt: { not: null }, endedAt: null, expiresAt: { gt: now } },
    include: { connection: true },
    orderBy: { expiresAt: "desc" },
    take: 50,
  });
  return tokens.map((token) => report(token, now, localConnector(core, token.connection.connector).name));
}

/**
 * Ends what was lent to these agents, under whatever grant. Whoever calls has stopped them first, in a transaction that is over: what is
 * still being made by then is not admitted, and ended there.
 */
export async function endLentToAgents(core: Core, agentIds: readonly string[]): Promise<LentTokenReport[]> {
  const alive = { some: { endedAt: null, expiresAt: { gt: core.clock.now() } } };
  const where = { agentId: { in: [...agentIds] }, lentTokens: alive };
  const grants = await core.db.grant.findMany({ where, select: { id: true } });
  return endLentTokens(
    core,
    grants.map((grant) => grant.id),
  );
}

/** Ends what agents were lent on this person's authority. Whoever calls has stopped its lending first, as above. */
export async function endLentByPerson(core: Core, personId: string): Promise<LentTokenReport[]> {
  const alive = { some: { endedAt: null, expiresAt: { gt: core.clock.now() } } };
  const where = { personId, pattern: { not: "own" }, lentTokens: alive };
  const grants = await core.db.grant.findMany({ where, select: { id: true } });
  return endLentTokens(
    core,
    grants.map((grant) => grant.id),
  );
}

/**
 * Ends what was lent for these grants, at the SaaS where it can end one token alone. Each ending is a row; a SaaS that
 * does not answer leaves the token "alive until", and says so.
 *
 * @param which one of them alone, or with `handedAt: null` those that only the gateway uses: it has others made when it needs them.
 */
export async function endLentTokens(core: Core, grantIds: readonly string[], which: Which = {}): Promise<LentTokenReport[]> {
  const input = { grantIds: [...grantIds], which };
  // Nothing lives of most grants; then nobody has to be asked.
  if ((await core.db.lentToken.count({ where: stillAlive(core, input) })) === 0) return [];
  return endThem(core, input).catch((error: unknown) => {
    if (isRefusal(error) && error.reason === "refresher_away") return leaveAlive(core, input);
    throw error;
  });
}

type Which = { readonly id?: string; readonly handedAt?: null };
const endInput = z.strictObject({
  grantIds: z.array(z.string()),
  which: z.strictObject({ id: z.string().exactOptional(), handedAt: z.null().exactOptional() }),
});
type EndInput = z.input<typeof endInput>;

export const endThem = inRefresher("lent_tokens.end", endInput, async (core: Core, input: EndInput): Promise<LentTokenReport[]> => {
  const tokens = await core.db.lentToken.findMany({ where: stillAlive(core, input), include: { connection: true } });
  const clients = new Map<string, SaasClient | null>();
  const keyOf = ({ connector, registration }: Connection) => `${connector} ${registration}`;
  for (const { connection } of tokens) {
    if (!clients.has(keyOf(connection))) clients.set(keyOf(connection), await clientOrNull(core, connection));
  }
  return Promise.all(tokens.map((token) => endOne(core, token, token.connection.personId, clients.get(keyOf(token.connection)) ?? null)));
});

function stillAlive(core: Core, { grantIds, which }: EndInput) {
  return { ...which, grantId: { in: grantIds }, endedAt: null, expiresAt: { gt: core.clock.now() } };
}

/** Whoever could end them at the SaaS is not there just now. What stopped them here stands; that they live there is said. */
async function leaveAlive(core: Core, input: EndInput): Promise<LentTokenReport[]> {
  const tokens = await core.db.lentToken.findMany({ where: stillAlive(core, input), include: { connection: true } });
  return Promise.all(
    tokens.map(async (token) => {
      const connector = localConnector(core, token.connection.connector);
      return noteEnding(
        core,
        token,
        token.connection.personId,
        connector,
        connector.revocation.reach === "token" ? "failed" : "not_possible",
      );
    }),
  );
}

async function endOne(core: Core, token: LentToken, ownerId: string, client: SaasClient | null): Promise<LentTokenReport> {
  const ending: Ending = client?.connector.revocation.reach === "token" ? await endThere(core, client, token) : "not_possible";
  return noteEnding(core, token, ownerId, client?.connector ?? null, ending);
}

async function noteEnding(core: Core, token: LentToken, ownerId: string, connector: Connector | null, ending: Ending) {
  const ended = ending === "ended";
  const name = connector?.name ?? "the SaaS";
  const updated = await change(asActor(core, { kind: "system", name: "revocation" } as const), "lent_token.end", async (tx, row) => {
    row.target = `A lent token at ${name}`;
    row.ownerId = ownerId;
    row.grantId = token.grantId;
    row.connectionId = token.connectionId;
    row.connector = connector?.id;
    row.reason = ending;
    return tx.lentToken.update({ where: { id: token.id }, data: { ending, endedAt: ended ? core.clock.now() : null } });
  });
  return report(updated, core.clock.now(), name);
}

async function endThere(core: Core, client: SaasClient, token: LentToken): Promise<Ending> {
  return endAtProvider(core, client, core.vault.open("passing", places.lent(token.id), token.sealedAccess));
}

/** The client a connection was made with; null when it is switched off or gone, so that nothing can be ended there. */
export async function clientOrNull(core: Core, connection: Connection): Promise<SaasClient | null> {
  return loadSaasClient(core, connection.connector, registrationOf(connection)).catch((error: unknown) => {
    if (isRefusal(error)) return null;
    throw error;
  });
}

function report(token: LentToken, now: Date, name: string): LentTokenReport {
  const { id, expiresAt } = token;
  const handed = token.handedAt !== null;
  const until = `${expiresAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (token.endedAt) return { id, expiresAt, handed, state: "ended", sentence: `Ended at ${name}: it no longer works there.` };
  if (expiresAt <= now) return { id, expiresAt, handed, state: "ended", sentence: "Ended by itself." };
  if (token.ending === "failed") {
    return {
      id,
      expiresAt,
      handed,
      state: "failed",
      sentence: `${name} did not answer when it was to be ended: it may work there until ${until}.`,
    };
  }
  if (token.ending === "not_possible") {
    return { id, expiresAt, handed, state: "alive", sentence: `${name} cannot end one token alone: it works there until ${until}.` };
  }
  return { id, expiresAt, handed, state: "alive", sentence: `Works at ${name} until ${until}.` };
}
