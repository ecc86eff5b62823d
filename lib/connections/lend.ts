import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { preparedRead } from "../db";
import type { LentToken } from "../generated/prisma/client";
import { newId } from "../ids";
import type { SaasClient } from "../setups/client";
import { inTurn } from "./inTurn";
import { places } from "./places";
import { FRESH_SECONDS, narrowedAnswer } from "./refresh";
import { expiryOf } from "./sealTokens";
import type { TokenAnswer } from "./tokenEndpoint";

/** A token that the SaaS itself made as narrow as the grant. */
export interface NarrowAccess {
  readonly accessToken: string;
  readonly expiresAt: Date;
}

export interface LendInput {
  readonly grantId: string;
  readonly personId: string;
  readonly connectionId: string;
  readonly accountName: string;
  /** The SaaS's own scope names, without those of the protocol. */
  readonly scopes: readonly string[];
  /** It goes to the agent: it must end within the hour and not after this. Null: it stays at the gateway. */
  readonly handedUntil: Date | null;
}

/** Why a narrowed token was not made; the call then goes through the gateway with the account's own. */
export type NotLent = "wider_than_asked" | "scope_not_told" | "without_end" | "outlives_grant";

const DIRECT_SECONDS_MAX = 3600;

/**
 * A narrowed token for one grant: the one it has while it is fresh, else a new one by `scope` on refresh. What the SaaS
 * answers is believed, not what was asked: a token that is wider, or without an end, or that would outlive the grant in
 * the agent's hands, is not lent.
 */
export async function narrowAccess(core: Core, client: SaasClient, input: LendInput): Promise<NarrowAccess | NotLent> {
  const present = await heldToken(core, input);
  if (present) return open(core, present);
  return inTurn(core.flights, `refresh:${input.connectionId}`, async () => {
    const held = await heldToken(core, input);
    if (held) return open(core, held);
    if (input.handedUntil && wouldOutlive(core, client, input.handedUntil)) return "outlives_grant";
    const protocol = client.connector.scopes.filter((scope) => scope.protocol).map((scope) => scope.name);
    // Where the SaaS does not narrow, the whole consent is the grant, and `scope` on refresh is left alone.
    const wanted = client.connector.tokens.narrowsOnRefresh ? [...protocol, ...input.scopes] : undefined;
    const answer = await narrowedAnswer(core, input.connectionId, client, wanted);
    return judge(core, input, answer, protocol) ?? keep(core, client, input, answer);
  });
}

const HELD = `select id, sealed_access as "sealedAccess", expires_at as "expiresAt" from lent_tokens
  where grant_id = $1 and ended_at is null and ending is null and expires_at > $2 and (handed_at is not null) = $3 and scopes = $4::text[]
  order by expires_at desc limit 1`;

type HeldToken = Pick<LentToken, "id" | "sealedAccess" | "expiresAt">;

async function heldToken(core: Core, input: LendInput): Promise<HeldToken | undefined> {
  const freshUntil = new Date(core.clock.now().getTime() + FRESH_SECONDS * 1000);
  const values = [input.grantId, freshUntil, input.handedUntil !== null, [...input.scopes]];
  const [held] = await preparedRead<HeldToken>(core.db, "held_token", HELD, values);
  return held;
}

/** Known before asking: no token is made that could not be lent. */
function wouldOutlive(core: Core, client: SaasClient, until: Date): boolean {
  const usualSeconds = client.connector.tokens.accessSeconds ?? Number.POSITIVE_INFINITY;
  return core.clock.now().getTime() + usualSeconds * 1000 > until.getTime();
}

function judge(core: Core, input: LendInput, answer: TokenAnswer, protocol: readonly string[]): NotLent | null {
  if (!answer.scopes) return "scope_not_told";
  if (answer.scopes.some((scope) => !input.scopes.includes(scope) && !protocol.includes(scope))) return "wider_than_asked";
  const expiresAt = expiryOf(answer, core.clock.now());
  if (!expiresAt) return "without_end";
  if (!input.handedUntil) return null;
  const tooLong = (answer.expiresInSeconds as number) > DIRECT_SECONDS_MAX || expiresAt > input.handedUntil;
  return tooLong ? "outlives_grant" : null;
}

async function keep(core: Core, client: SaasClient, input: LendInput, answer: TokenAnswer): Promise<NarrowAccess> {
  const now = core.clock.now();
  const expiresAt = expiryOf(answer, now) as Date;
  const id = newId("len", now);
  const system = asActor(core, { kind: "system", name: "narrowing" } as const);
  await change(system, "lent_token.create", async (tx, row) => {
    row.target = `${client.connector.name}: ${input.accountName}`;
    row.ownerId = input.personId;
    row.grantId = input.grantId;
    row.connectionId = input.connectionId;
    row.connector = client.connector.id;
    row.scopes = [...input.scopes];
    const whose = { id, grantId: input.grantId, connectionId: input.connectionId, scopes: [...input.scopes] };
    const sealedAccess = core.vault.seal("passing", places.lent(id), answer.accessToken);
    await tx.lentToken.create({ data: { ...whose, sealedAccess, createdAt: now, expiresAt, handedAt: input.handedUntil ? now : null } });
  });
  return { accessToken: answer.accessToken, expiresAt };
}

function open(core: Core, token: HeldToken): NarrowAccess {
  return { accessToken: core.vault.open("passing", places.lent(token.id), token.sealedAccess), expiresAt: token.expiresAt };
}
