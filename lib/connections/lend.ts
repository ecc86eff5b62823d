import { z } from "zod";
import { change } from "../activity/change";
import { asActor, type Core } from "../ctx";
import { isRefusal } from "../errors";
import { newId } from "../ids";
import { inRefresher } from "../inRefresher";
import type { BoundaryWish, NoBoundary } from "../policy/boundary";
import { Stale } from "../recall";
import { loadSaasClient, type SaasClient } from "../setups/client";
import { hashSecret, sameText } from "../tokens/secret";
import { askNarrow, type NotNarrowed } from "./downscope";
import { endUnkept } from "./endAtProvider";
import { type HeldToken, readHeld } from "./heldTokens";
import { inTurn } from "./inTurn";
import type { Narrowed } from "./narrowed";
import { places } from "./places";
import { FRESH_SECONDS, usableConnection } from "./refresh";
import { registrationOf } from "./separate";

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
  /** `provider`: the SaaS is asked for less than the account has. `consent`: the account's whole consent is no more than this. */
  readonly by: "provider" | "consent";
  /** The connector's scope names, without those of the protocol. */
  readonly scopes: readonly string[];
  /** `owner/name` of the repositories that the token must not go beyond, where the SaaS can hold it to them. Null: any. */
  readonly repositories: readonly string[] | null;
  /** The single resources that the gateway's own token must not go beyond, at a SaaS that has tokens for them. Never for one that is handed out. */
  readonly boundary?: BoundaryWish;
  /** It goes to the agent: it must end within the hour and not after this. Null: it stays at the gateway. */
  readonly handedUntil: Date | null;
}

/** Why a narrowed token was not made; the call then goes through the gateway with the account's own. */
export type NotLent = "wider_than_asked" | "scope_not_told" | "without_end" | "outlives_grant" | "failed_lately" | NotNarrowed | NoBoundary;

const DIRECT_SECONDS_MAX = 3600;

/**
 * A narrowed token for one grant: the one it has while it is fresh, else a new one, made in the way this SaaS has. What it
 * answers is believed, not what was asked: a token that is wider, or without an end, or that would outlive the grant in
 * the agent's hands, is not lent. A SaaS that did not do as asked is not asked again for this grant within the minute.
 */
export async function narrowAccess(core: Core, input: LendInput, keptOnly = false): Promise<NarrowAccess | NotLent> {
  const present = await heldToken(core, input);
  if (present) return open(core, present);
  if (keptOnly) throw new Stale("There is no narrowed token that is kept, and none may be asked for.");
  return makeNarrow(core, input);
}

const names = z.array(z.string()).readonly();
const lendInput = z.strictObject({
  grantId: z.string(),
  personId: z.string(),
  connectionId: z.string(),
  accountName: z.string(),
  by: z.enum(["provider", "consent"]),
  scopes: names,
  repositories: names.nullable(),
  boundary: z
    .strictObject({
      resources: names,
      url: z.url(),
      rules: z.array(z.strictObject({ availableResource: z.string(), availablePermissions: names })).readonly(),
    })
    .exactOptional(),
  handedUntil: z.date().nullable(),
});

/** A new one, by the secrets of the client and of the account. */
export const makeNarrow = inRefresher("connection.narrow", lendInput, async (core: Core, input: LendInput) => {
  const connection = await usableConnection(core, input.connectionId);
  return narrowInTurn(core, await loadSaasClient(core, connection.connector, registrationOf(connection)), input);
});

/** The same as this client. */
export function narrowInTurn(core: Core, client: SaasClient, input: LendInput): Promise<NarrowAccess | NotLent> {
  return inTurn(core, input.connectionId, async () => {
    const held = await heldToken(core, input);
    if (held) return open(core, held);
    if (input.handedUntil && wouldOutlive(core, client, input.handedUntil)) return "outlives_grant";
    if (await failedLately(core, input)) return "failed_lately";
    return makeOne(core, client, input);
  });
}

async function makeOne(core: Core, client: SaasClient, input: LendInput): Promise<NarrowAccess | NotLent> {
  const made = await askNarrow(core, client, input);
  const why = typeof made === "string" ? made : judge(core, input, made);
  if (why === null) return keep(core, client, input, made as Narrowed);
  if (why !== "outlives_grant") await core.limits.spend("narrowing", attemptOf(input));
  // Where the whole consent is the grant, this is the account's own token.
  if (typeof made !== "string" && input.by === "provider") await endUnkept(core, client, { ...made, refreshToken: null });
  return why;
}

/**
 * A narrowed token that the SaaS has just refused is not used again, so that the next one is made instead of asked in vain.
 * Only the gateway's own: what an agent holds is the agent's to say.
 */
export async function leaveRejected(core: Core, grantId: string, rejected: string): Promise<void> {
  const kept = await core.db.lentToken.findMany({ where: { grantId, endedAt: null, ending: null, handedAt: null } });
  const token = kept.find((one) => sameText(open(core, one).accessToken, rejected));
  if (!token) return;
  await change(asActor(core, { kind: "system", name: "narrowing" } as const), "lent_token.end", async (tx, row) => {
    row.target = "A narrowed token that the SaaS no longer takes";
    row.grantId = grantId;
    row.connectionId = token.connectionId;
    row.reason = "rejected";
    return tx.lentToken.update({ where: { id: token.id }, data: { ending: "left_behind" } });
  });
}

/** Counted in real time: a clock that stands still ends no minute. */
function failedLately(core: Core, input: LendInput): Promise<boolean> {
  return core.limits.check("narrowing", attemptOf(input)).then(
    () => false,
    (error: unknown) => {
      if (isRefusal(error)) return true;
      throw error;
    },
  );
}

/** A SaaS that makes no token for single resources may still make one with fewer scopes. */
function attemptOf({ grantId, boundary }: LendInput): string {
  return boundary ? `${grantId} boundary` : grantId;
}

function heldToken(core: Core, input: LendInput): Promise<HeldToken | undefined> {
  const freshUntil = new Date(core.clock.now().getTime() + FRESH_SECONDS * 1000);
  return readHeld(core, { grantId: input.grantId, handed: input.handedUntil !== null, reach: reachOf(input) }, freshUntil);
}

/** Known before asking: no token is made that could not be lent. */
function wouldOutlive(core: Core, client: SaasClient, until: Date): boolean {
  const usualSeconds = client.connector.tokens.accessSeconds ?? Number.POSITIVE_INFINITY;
  return core.clock.now().getTime() + usualSeconds * 1000 > until.getTime();
}

function judge(core: Core, input: LendInput, made: Narrowed): NotLent | null {
  const { told, within, expiresAt } = made;
  // What a boundary opens nobody says, so it is good for nothing but the gateway, which judges every call itself.
  if (!told && !(input.boundary && input.handedUntil === null)) return "scope_not_told";
  if (told?.some((word) => !within.includes(word))) return "wider_than_asked";
  if (!expiresAt) return "without_end";
  return outlives(core, input, made) ? "outlives_grant" : null;
}

function outlives(core: Core, { handedUntil }: LendInput, { expiresAt }: Narrowed): boolean {
  if (!handedUntil || !expiresAt) return false;
  return expiresAt.getTime() - core.clock.now().getTime() > DIRECT_SECONDS_MAX * 1000 || expiresAt > handedUntil;
}

/** What a lent token is kept under: one that was made for other repositories or resources is another token. */
function reachOf({ scopes, repositories, boundary }: LendInput): string[] {
  return [...scopes, ...(repositories ?? []).map((one) => `repository:${one}`), ...(boundary?.resources ?? [])];
}

async function keep(core: Core, client: SaasClient, input: LendInput, made: Narrowed): Promise<NarrowAccess> {
  const now = core.clock.now();
  const expiresAt = made.expiresAt as Date;
  const id = newId("len", now);
  const system = asActor(core, { kind: "system", name: "narrowing" } as const);
  await change(system, "lent_token.create", async (tx, row) => {
    row.target = `${client.connector.name}: ${input.accountName}`;
    row.ownerId = input.personId;
    row.grantId = input.grantId;
    row.connectionId = input.connectionId;
    row.connector = client.connector.id;
    row.scopes = [...input.scopes];
    if (input.boundary) row.detail = { boundary: [...input.boundary.resources] };
    const whose = { id, grantId: input.grantId, connectionId: input.connectionId, scopes: reachOf(input) };
    const sealedAccess = core.vault.seal("passing", places.lent(id), made.accessToken);
    const kept = { sealedAccess, accessHash: hashSecret(made.accessToken), createdAt: now, expiresAt };
    await tx.lentToken.create({ data: { ...whose, ...kept, handedAt: input.handedUntil ? now : null } });
  });
  return { accessToken: made.accessToken, expiresAt };
}

function open(core: Core, token: HeldToken): NarrowAccess {
  return { accessToken: core.vault.open("passing", places.lent(token.id), token.sealedAccess), expiresAt: token.expiresAt };
}
