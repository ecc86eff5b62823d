import { change, recordRefusedChange } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { isRefusal } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { newId } from "../ids";
import { apiBase } from "./apiBase";
import { type MintInput, type Planned, planGrant } from "./preview";

export interface Minted {
  readonly grantId: string;
  readonly expiresAt: Date;
  readonly delivery: "direct" | "gateway";
  readonly narrowedBy: "provider" | "consent" | "gateway";
  /** Where the tokens of this grant work. */
  readonly apiBase: string;
}

/**
 * Lends an agent a part of the person's own connection. What is given is within what the connection holds, checked here
 * whatever a form said; what was shown is kept word for word as the consent record.
 *
 * Refuses `invalid_scope` beyond the connection, `not_found` for somebody else's connection, `interaction_required`
 * when the account needs reconnecting, `invalid_request` when the wished delivery cannot be held.
 */
export async function mintGrant(ctx: PersonCtx, input: MintInput): Promise<Minted> {
  const planned = await planGrant(ctx, input).catch(async (error: unknown): Promise<never> => {
    if (isRefusal(error)) await recordRefusedChange(ctx, "grant.mint", { target: "A grant" }, error);
    throw error;
  });
  const createdAt = ctx.clock.now();
  const id = newId("grt", createdAt);
  const { summary, connector, agent, connection, scopes, bounds } = planned;
  await change(ctx, "grant.mint", async (tx, row) => {
    row.target = `${connector.name} (${connection.accountName}) to ${agent.name}`;
    row.grantId = id;
    row.agentId = agent.id;
    row.connectionId = connection.id;
    row.connector = connector.id;
    row.scopes = scopes;
    row.detail = { delivery: summary.delivery, narrowedBy: summary.narrowedBy, expiresAt: summary.expiresAt.toISOString(), bounds };
    const what = {
      scopes,
      access: summary.access,
      delivery: summary.delivery,
      narrowedBy: summary.narrowedBy,
      consent: consentRecord(ctx, planned),
      ...(bounds ? { bounds } : {}),
    };
    const whose = { personId: ctx.actor.personId, agentId: agent.id, connectionId: connection.id, connector: connector.id };
    await tx.grant.create({ data: { id, ...whose, ...what, createdAt, expiresAt: summary.expiresAt } });
  });
  return {
    grantId: id,
    expiresAt: summary.expiresAt,
    delivery: summary.delivery,
    narrowedBy: summary.narrowedBy,
    apiBase: apiBase(ctx, connector, summary.delivery),
  };
}

function consentRecord(ctx: PersonCtx, planned: Planned): Prisma.InputJsonObject {
  const { summary } = planned;
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
