import { change, recordRefusedChange } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { isRefusal } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { newId } from "../ids";
import type { Pattern } from "../policy/pattern";
import { apiBase } from "./apiBase";
import { type GrantSummary, type MintInput, type Planned, planGrant } from "./preview";

export interface Minted {
  readonly grantId: string;
  readonly expiresAt: Date;
  readonly delivery: "direct" | "gateway";
  readonly narrowedBy: "provider" | "consent" | "gateway";
  readonly pattern: Pattern;
  /** Where the tokens of this grant work. */
  readonly apiBase: string;
}

/**
 * Lends an agent a part of the person's own connection. What is given is within what the connection holds, checked here
 * whatever a form said; what was shown is kept word for word as the consent record.
 *
 * Refuses `invalid_scope` beyond the connection, `not_found` for somebody else's connection, `interaction_required`
 * when the account needs reconnecting, `invalid_request` when the wished delivery cannot be held.
 *
 * With `untilTested` it gives nothing before its first self-test: see lib/broker/lendGrant.ts, which people call.
 */
export async function mintGrant(ctx: PersonCtx, input: MintInput, { untilTested = false } = {}): Promise<Minted> {
  const planned = await planGrant(ctx, input).catch(async (error: unknown): Promise<never> => {
    if (isRefusal(error)) await recordRefusedChange(ctx, "grant.mint", { target: "A grant" }, error);
    throw error;
  });
  return keepGrant(ctx, planned, consentRecord(ctx, planned.summary), { untilTested });
}

interface KeepOptions {
  /** Shut until its first self-test. */
  readonly untilTested: boolean;
  /** More for the row. */
  readonly detail?: Record<string, string | boolean>;
}

/** Writes a planned grant, with what was agreed to. */
export async function keepGrant(
  ctx: PersonCtx,
  { summary, connector, agent, connection, scopes, bounds }: Planned,
  consent: Prisma.InputJsonObject,
  { untilTested, detail }: KeepOptions,
): Promise<Minted> {
  const createdAt = ctx.clock.now();
  const id = newId("grt", createdAt);
  await change(ctx, "grant.mint", async (tx, row) => {
    row.target = `${connector.name} (${connection.accountName}) to ${agent.name}`;
    row.grantId = id;
    row.agentId = agent.id;
    row.connectionId = connection.id;
    row.connector = connector.id;
    row.scopes = scopes;
    row.detail = {
      delivery: summary.delivery,
      narrowedBy: summary.narrowedBy,
      pattern: summary.pattern,
      expiresAt: summary.expiresAt.toISOString(),
      bounds,
      ...detail,
    };
    const what = {
      scopes,
      access: summary.access,
      delivery: summary.delivery,
      narrowedBy: summary.narrowedBy,
      pattern: summary.pattern,
      consent,
      ...(bounds ? { bounds } : {}),
    };
    const whose = { personId: ctx.actor.personId, agentId: agent.id, connectionId: connection.id, connector: connector.id };
    await tx.grant.create({
      data: { id, ...whose, ...what, createdAt, expiresAt: summary.expiresAt, ...(untilTested ? { suspendedAt: createdAt } : {}) },
    });
  });
  return {
    grantId: id,
    expiresAt: summary.expiresAt,
    delivery: summary.delivery,
    narrowedBy: summary.narrowedBy,
    pattern: summary.pattern,
    apiBase: apiBase(ctx, connector, summary.delivery),
  };
}

/** What was shown, word for word, and who agreed to it when. */
export function consentRecord(ctx: PersonCtx, summary: GrantSummary): Prisma.InputJsonObject {
  return {
    shown: {
      ...summary,
      permissions: summary.permissions.map((permission) => ({ ...permission })),
      bounds: [...summary.bounds],
      expiresAt: summary.expiresAt.toISOString(),
    },
    agreedBy: { personId: ctx.actor.personId, name: ctx.actor.name, via: ctx.actor.via },
    agreedAt: ctx.clock.now().toISOString(),
  };
}
