import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { change, recordRefusedChange, touch } from "../activity/change";
import { asActor, type Core } from "../ctx";
import type { Tx } from "../db";
import { preparedRecord } from "../db";
import { isRefusal, Refusal } from "../errors";
import type { Connection } from "../generated/prisma/client";
import { inRefresher } from "../inRefresher";
import { Stale } from "../recall";
import { loadSaasClient, type SaasClient } from "../setups/client";
import { endedThere, refreshLost } from "./health";
import { inTurn } from "./inTurn";
import { mintWhole } from "./mintInstallation";
import { places } from "./places";
import { lostBefore, NOTHING_BEGAN, noteBegun, noteFailed, overtaken } from "./refreshBegan";
import { expiryOf, sealTokens } from "./sealTokens";
import { registrationOf, targetOf } from "./separate";
import { spendRefreshToken, type TokenAnswer } from "./tokenEndpoint";

/** A token is renewed when it has less than this left. */
export const FRESH_SECONDS = 60;

/** The account's own access, for the gateway alone: it never leaves to an agent. */
export interface AccountAccess {
  readonly accessToken: string;
  /** Null when the SaaS gave it no end. */
  readonly expiresAt: Date | null;
}

export interface HowAccess {
  /** An access token the SaaS has just refused: it counts as stale whatever its date. */
  readonly rejected?: string | undefined;
  /** The SaaS is asked for nothing. */
  readonly keptOnly?: boolean | undefined;
}

/**
 * The one door to an account's full access: what is stored while it is fresh, else one refresh that everybody who waits
 * shares. The rotated refresh token is stored before the new access token is used.
 *
 * Refuses `interaction_required` when the connection needs its person, `upstream_failed` when the SaaS is away.
 *
 * @throws Stale where it is not there and none may be asked for.
 */
export async function accountAccess(core: Core, connectionId: string, { rejected, keptOnly }: HowAccess = {}): Promise<AccountAccess> {
  const stored = storedAccess(core, await usableConnection(core, connectionId), rejected);
  if (stored) return stored;
  if (keptOnly) throw new Stale("There is no access that is kept, and none may be asked for.");
  const renewed = () => renewAccess(core, { connectionId, ...(rejected === undefined ? {} : { rejected }) });
  return rejected === undefined ? shared(core, `access:${connectionId}`, renewed) : renewed();
}

const renewInput = z.strictObject({ connectionId: z.string(), rejected: z.string().exactOptional() });

/** One refresh at a time; whoever comes after it finds what it brought. */
export const renewAccess = inRefresher(
  "connection.renew",
  renewInput,
  (core: Core, { connectionId, rejected }: { readonly connectionId: string; readonly rejected?: string }) =>
    inTurn(core, connectionId, () => accessInTurn(core, connectionId, rejected)),
);

/** Whoever asks for the same while it is under way gets what comes of it. */
function shared<T>({ flights }: Core, key: string, work: () => Promise<T>): Promise<T> {
  const underWay = flights.get(key) as Promise<T> | undefined;
  if (underWay) return underWay;
  const mine = work().finally(() => flights.delete(key));
  flights.set(key, mine);
  return mine;
}

/** The same for whoever has the connection's turn already. */
export async function accessInTurn(core: Core, connectionId: string, rejected?: string): Promise<AccountAccess> {
  const connection = await usableConnection(core, connectionId);
  const stored = storedAccess(core, connection, rejected);
  if (stored) return stored;
  const answer = await rotate(core, connection, await loadSaasClient(core, connection.connector, registrationOf(connection)));
  return { accessToken: answer.accessToken, expiresAt: expiryOf(answer, core.clock.now()) };
}

/**
 * Spends the refresh token for an access token with only `scopes` (left out: all there is); the connection keeps all it
 * has. Call it inside `inTurn` for the connection.
 */
export async function narrowedAnswer(
  core: Core,
  connectionId: string,
  client: SaasClient,
  scopes?: readonly string[],
): Promise<TokenAnswer> {
  const connection = await usableConnection(core, connectionId);
  return rotate(core, connection, client, scopes);
}

export async function usableConnection(core: Core, connectionId: string): Promise<Connection> {
  const connection = await preparedRecord(core.db, "connections", connectionId);
  if (!connection || connection.status === "disconnected") {
    throw new Refusal("invalid_grant", "The account was disconnected. Its person has to connect it again.", {
      reason: "connection_disconnected",
    });
  }
  if (connection.keyEndsAt && connection.keyEndsAt <= core.clock.now()) {
    throw new Refusal("invalid_grant", "The shared key has ended. Its person has to connect the account itself.", { reason: "key_ended" });
  }
  if (connection.status !== "active") throw needsPerson(connection.id);
  return connection;
}

function storedAccess(core: Core, connection: Connection, rejected?: string): AccountAccess | null {
  if (!connection.sealedAccess) return null;
  const fresh = !connection.accessExpiresAt || connection.accessExpiresAt.getTime() - core.clock.now().getTime() > FRESH_SECONDS * 1000;
  if (!fresh && connection.sealedRefresh) return null;
  if (connection.accessExpiresAt && connection.accessExpiresAt <= core.clock.now()) return null;
  const accessToken = core.vault.open("passing", places.access(connection.id), connection.sealedAccess);
  return accessToken === rejected ? null : { accessToken, expiresAt: connection.accessExpiresAt };
}

async function rotate(core: Core, connection: Connection, client: SaasClient, scopes?: readonly string[]): Promise<TokenAnswer> {
  const renew = renewalOf(core, connection, client, scopes);
  if (!renew) throw await needsReconnect(core, connection, client, whyNotRenewed(connection, client));
  const spends = client.connector.tokens.refresh !== "minted";
  if (spends) await noteBegun(core, connection);
  try {
    const answer = await renew();
    await storeSurely(() => store(core, connection, client, answer, scopes));
    core.metrics.refresh(connection.connector, "renewed");
    return answer;
  } catch (error) {
    throw await noteWhy(core, connection, client, error, spends);
  }
}

/** What a refresh failed for, kept and told. Answers what is to be thrown, or throws what it really was. */
async function noteWhy(core: Core, connection: Connection, client: SaasClient, error: unknown, spends: boolean): Promise<unknown> {
  core.metrics.refresh(connection.connector, isRefusal(error) ? error.reason : "server_error");
  // While the SaaS rests nothing is sent to it: there is nothing to log, and no new trouble.
  const resting = isRefusal(error) && error.reason === "provider_resting";
  if (!resting) logFailure(core, connection, error);
  if (!isRefusal(error)) return error;
  if (error.reason === "provider_invalid_grant") return afterInvalidGrant(core, connection, client);
  if (spends) await noteFailed(core, connection, error);
  if (!resting && error.code === "upstream_failed") await noteTrouble(core, connection, client, error);
  return error;
}

function whyNotRenewed({ keyEndsAt }: Connection, { connector }: SaasClient): string {
  if (keyEndsAt) return `${connector.name} no longer takes this key. Disconnect it, and connect the account itself.`;
  return "Its access ended and the SaaS gave nothing to renew it with.";
}

/** How its access is renewed: by its refresh token, or by Valet's own key at the SaaS; null when there is nothing to do it with. */
function renewalOf(
  core: Core,
  connection: Connection,
  client: SaasClient,
  scopes?: readonly string[],
): (() => Promise<TokenAnswer>) | null {
  if (client.connector.tokens.refresh === "minted") return () => mintWhole(core, client, connection.accountId, connection.providerScopes);
  if (!connection.sealedRefresh) return null;
  const refreshToken = core.vault.open("lasting", places.refresh(connection.id), connection.sealedRefresh);
  return () => spendRefreshToken(core, client, refreshToken, scopes);
}

/** A database that is away for a moment does not cost the account: what the SaaS gave is in nobody's hands but ours. */
async function storeSurely(store: () => Promise<void>): Promise<void> {
  for (let waitMs = STORE_AGAIN_MS_MIN; ; waitMs *= 2) {
    try {
      return await store();
    } catch (error) {
      if (isRefusal(error) || waitMs > STORE_AGAIN_MS_MAX) throw error;
      await wait(waitMs);
    }
  }
}

const STORE_AGAIN_MS_MIN = 100;
const STORE_AGAIN_MS_MAX = 2_000;

async function store(
  core: Core,
  connection: Connection,
  client: SaasClient,
  answer: TokenAnswer,
  scopes?: readonly string[],
): Promise<void> {
  const now = core.clock.now();
  const sealed = sealTokens(core, connection.id, answer);
  const whole = { ...sealed, accessExpiresAt: expiryOf(answer, now), ...(answer.scopes ? { providerScopes: answer.scopes } : {}) };
  const rotationOnly = {
    ...(sealed.sealedRefresh ? { sealedRefresh: sealed.sealedRefresh } : {}),
    ...(client.connector.tokens.refreshKillsAccess ? { sealedAccess: null } : {}),
  };
  const system = asActor(core, { kind: "system", name: "refresh" } as const);
  await change(system, "connection.refresh", async (tx, row) => {
    row.target = targetOf(client.connector.name, connection);
    row.ownerId = connection.personId;
    row.connectionId = connection.id;
    row.connector = connection.connector;
    row.scopes = answer.scopes ?? [];
    row.detail = { rotated: answer.refreshToken !== null, narrowed: scopes !== undefined };
    const over = { refreshedAt: now, statusNote: null, tokenVersion: { increment: 1 }, ...NOTHING_BEGAN };
    const data = { ...(scopes ? rotationOnly : whole), ...over };
    const stored = await tx.connection.updateMany({ where: { id: connection.id, tokenVersion: connection.tokenVersion }, data });
    if (stored.count === 0) throw overtaken();
    if (client.connector.tokens.refreshKillsAccess) await leaveLentTokens(tx, connection.id);
  });
}

function logFailure(core: Core, { id: connectionId, connector }: Connection, error: unknown): void {
  const { reason, detail } = isRefusal(error) ? error : { reason: "server_error", detail: undefined };
  core.log.warn("refresh.failed", { connectionId, connector, reason, detail });
}

/** A passing trouble, for its person: the cause stands on the connection, with one row, until a refresh succeeds. Nothing else changes. */
async function noteTrouble(core: Core, connection: Connection, client: SaasClient, refusal: Refusal): Promise<void> {
  const { id: connectionId, personId: ownerId, statusNote, tokenVersion } = connection;
  if (statusNote === refusal.message) return;
  const where = { id: connectionId, tokenVersion, status: "active" };
  await touch(core, (tx) => tx.connection.updateMany({ where, data: { statusNote: refusal.message } }));
  const target = `${client.connector.name}: ${connection.accountName}`;
  const system = asActor(core, { kind: "system", name: "refresh" } as const);
  await recordRefusedChange(system, "connection.refresh", { target, ownerId, connectionId, connector: connection.connector }, refusal);
}

/** What was made narrower from the token that this refresh has ended may have ended with it: none of it is used again. */
function leaveLentTokens(tx: Tx, connectionId: string): Promise<unknown> {
  return tx.lentToken.updateMany({ where: { connectionId, endedAt: null, ending: null }, data: { ending: "left_behind" } });
}

/** Believed only when nobody else has rotated meanwhile. */
async function afterInvalidGrant(core: Core, connection: Connection, client: SaasClient): Promise<never> {
  const now = await usableConnection(core, connection.id);
  if (now.tokenVersion !== connection.tokenVersion) throw overtaken();
  const lost = lostBefore(connection);
  if (!lost) throw await needsReconnect(core, connection, client, endedThere(client.connector.name));
  const note = refreshLost(client.connector.name, lost);
  await needsReconnect(core, connection, client, note, "refresh_lost");
  throw wasLost(connection.id, note);
}

async function needsReconnect(
  core: Core,
  connection: Connection,
  client: SaasClient,
  note: string,
  reason = "needs_reconnect",
): Promise<Refusal> {
  const system = asActor(core, { kind: "system", name: "refresh" } as const);
  await change(system, "connection.fail", async (tx, row) => {
    row.target = targetOf(client.connector.name, connection);
    row.ownerId = connection.personId;
    row.connectionId = connection.id;
    row.connector = connection.connector;
    row.reason = reason;
    row.reasonText = note;
    const where = { id: connection.id, tokenVersion: connection.tokenVersion, status: "active" };
    await tx.connection.updateMany({ where, data: { status: "needs_reconnect", statusNote: note, ...NOTHING_BEGAN } });
  });
  return needsPerson(connection.id);
}

function needsPerson(connectionId: string): Refusal {
  return new Refusal("interaction_required", "The account has to be connected again by its person.", {
    reason: "connection_needs_reconnect",
    ...reconnecting(connectionId),
  });
}

/** Said once, to whoever asked for the refresh that found it out: from then on the account needs its person, as any other may. */
function wasLost(connectionId: string, note: string): Refusal {
  return new Refusal("interaction_required", note, { reason: "refresh_lost", ...reconnecting(connectionId) });
}

function reconnecting(connectionId: string) {
  return {
    next: "Ask the person who lent this to reconnect the account on Valet's Connections page, then try again.",
    fix: `/connections/${connectionId}`,
    facts: { smallest_grant: null },
  };
}
