import { z } from "zod";
import { change, recordRefusedChange } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { isRefusal, Refusal } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { readBounds } from "../policy/bounds";
import { choosePattern } from "../policy/pattern";
import { newEnd, phraseExtension } from "./extension";
import { ownGrant } from "./own";
import { readHeld } from "./preview";
import { judgeStanding, LIFETIME_SECONDS_MAX, LIFETIMES, type StandingReason, standingSentence } from "./rules";
import { grantLink } from "./smallestGrant";
import { readStanding } from "./standing";

export const extendInput = z.strictObject({
  grantId: z.string().max(60),
  /** Counted from now: a preset, or seconds up to 30 days. */
  lifetime: z.union([z.enum(["1h", "8h", "7d", "30d"]), z.number().int().min(1).max(LIFETIME_SECONDS_MAX)]),
});
export type ExtendInput = z.input<typeof extendInput>;

export interface Extended {
  readonly grantId: string;
  readonly from: Date;
  /** When it ends now. */
  readonly expiresAt: Date;
}

type Grant = Awaited<ReturnType<typeof ownGrant>>;

/**
 * Gives a live grant a later end, with everything else as it is. Only the person who lent it, and only what they could lend
 * today: at most the longest lifetime from now, not past a shared key, within what the account still holds. The consent record
 * gets an entry.
 *
 * Refuses `not_found`; `conflict` (`grant_ended` with a link to lend it anew, a standing's reason, `not_later`, `grant_changed`);
 * `invalid_scope` (`scope_beyond_connection`); `forbidden` (`own_needs_admin`).
 */
export async function extendGrant(ctx: PersonCtx, input: ExtendInput): Promise<Extended> {
  const { grantId, lifetime } = extendInput.parse(input);
  const grant = await ownGrant(ctx, grantId);
  try {
    const sentence = await whatStays(ctx, grant);
    const seconds = typeof lifetime === "number" ? lifetime : LIFETIMES[lifetime];
    const ends = { expiresAt: grant.expiresAt, keyEndsAt: grant.connection.keyEndsAt };
    const expiresAt = newEnd(ends, seconds, ctx.clock.now());
    if (expiresAt <= grant.expiresAt) throw notLater(grant.expiresAt);
    await keepEnd(ctx, grant, expiresAt, sentence);
    return { grantId, from: grant.expiresAt, expiresAt };
  } catch (error) {
    if (isRefusal(error)) await recordRefusedChange(ctx, "grant.extend", rowOf(grant), error);
    throw error;
  }
}

/** Checks that all of it could be lent today, and says it as it is shown. */
async function whatStays(ctx: PersonCtx, grant: Grant): Promise<string> {
  const standing = await readStanding(ctx, grant.id);
  const reason = standing ? judgeStanding(standing, ctx.clock.now()) : "grant_revoked";
  if (reason) throw notLive(grant, reason);
  const connection = await ctx.db.connection.findUniqueOrThrow({ where: { id: grant.connectionId } });
  const { connector, held } = await readHeld(ctx, connection);
  const lost = grant.scopes.find((scope) => !held.includes(scope));
  if (lost !== undefined) throw beyond(connector.name, lost);
  choosePattern(ctx.actor.role, connection, grant.pattern === "own" ? "own" : undefined);
  const { agent } = grant;
  return phraseExtension({
    agentName: agent.name,
    connectorName: connector.name,
    accountName: connection.accountName,
    permissions: grant.scopes.length,
  });
}

/** Writes the new end where nothing has changed since it was read. A revoke that came first wins; one that comes later ends it. */
async function keepEnd(ctx: PersonCtx, grant: Grant, expiresAt: Date, sentence: string): Promise<void> {
  await change(ctx, "grant.extend", async (tx, row) => {
    const now = ctx.clock.now();
    Object.assign(row, rowOf(grant), {
      scopes: grant.scopes,
      detail: { from: grant.expiresAt.toISOString(), to: expiresAt.toISOString() },
    });
    const unchanged = { id: grant.id, revokedAt: null, suspendedAt: null, expiresAt: { equals: grant.expiresAt, gt: now } };
    const { count } = await tx.grant.updateMany({ where: { ...unchanged, scopes: { equals: grant.scopes } }, data: { expiresAt } });
    if (count === 0) throw changed();
    const { consent } = await tx.grant.findUniqueOrThrow({ where: { id: grant.id }, select: { consent: true } });
    await tx.grant.update({ where: { id: grant.id }, data: { consent: withEntry(consent, entryOf(ctx, grant, expiresAt, sentence)) } });
  });
}

function entryOf(ctx: PersonCtx, grant: Grant, expiresAt: Date, sentence: string): Prisma.InputJsonObject {
  return {
    shown: { sentence, from: grant.expiresAt.toISOString(), expiresAt: expiresAt.toISOString() },
    agreedBy: { personId: ctx.actor.personId, name: ctx.actor.name, via: ctx.actor.via },
    agreedAt: ctx.clock.now().toISOString(),
  };
}

/** The first agreement stays as it was, word for word. */
function withEntry(consent: Prisma.JsonValue, entry: Prisma.InputJsonObject): Prisma.InputJsonObject {
  const record = consent as Prisma.InputJsonObject;
  const before = Array.isArray(record.extensions) ? (record.extensions as Prisma.InputJsonArray) : [];
  return { ...record, extensions: [...before, entry] };
}

function rowOf(grant: Grant) {
  return {
    target: `Grant to ${grant.agent.name}`,
    grantId: grant.id,
    agentId: grant.agentId,
    connectionId: grant.connectionId,
    connector: grant.connector,
  };
}

const OVER: readonly StandingReason[] = ["grant_revoked", "grant_expired", "connection_disconnected", "key_ended", "person_removed"];

function notLive(grant: Grant, reason: StandingReason): Refusal {
  if (!OVER.includes(reason)) {
    const message = `${standingSentence(reason)} It can be extended when it gives something again.`;
    return new Refusal("conflict", message, { reason });
  }
  const connectionId = grant.connection.parentId ?? grant.connectionId;
  return new Refusal("conflict", "This grant is over, and what is over is not extended. Lend it anew.", {
    reason: "grant_ended",
    next: "Open the form for a new grant: it is filled in.",
    fix: grantLink({ agentId: grant.agentId, connectionId, scopes: grant.scopes, bounds: readBounds(grant.bounds) }),
  });
}

function beyond(connectorName: string, scope: string): Refusal {
  return new Refusal("invalid_scope", `Your account at ${connectorName} no longer holds "${scope}", so this cannot be lent for longer.`, {
    reason: "scope_beyond_connection",
    next: "Reconnect the account with it, or lend a new grant without it.",
  });
}

function notLater(expiresAt: Date): Refusal {
  return new Refusal("conflict", `It ends later than that already: ${expiresAt.toISOString()}.`, {
    reason: "not_later",
    next: "Choose a later end, or revoke it to end it sooner.",
    fields: { lifetime: "It ends later than that already." },
  });
}

function changed(): Refusal {
  return new Refusal("conflict", "This grant was changed in the meantime. Look at it again.", { reason: "grant_changed" });
}
