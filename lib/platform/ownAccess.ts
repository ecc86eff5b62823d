import { z } from "zod";
import { change } from "../activity/change";
import { maySee } from "../agents/rules";
import type { Core, PersonCtx } from "../ctx";
import { preparedRead } from "../db";
import { notFound, Refusal } from "../errors";
import { newId } from "../ids";
import { requireRole } from "../people/rules";
import { type OwnState, readGiven, stateOf } from "./rules";

export const giveInput = z.strictObject({
  agentId: z.string().max(60),
  resourceId: z.string().max(60),
  scopes: z.array(z.string().max(200)).max(100).default([]),
  /** When it ends by itself. Left out: when it is taken back. */
  expiresAt: z.coerce.date().optional(),
});

export interface OwnAccessView {
  readonly id: string;
  readonly agentId: string;
  readonly resourceId: string;
  /** Where: the `resource` to ask with, and the `aud` of the tokens. */
  readonly resource: string;
  readonly resourceName: string;
  readonly scopes: readonly string[];
  readonly state: OwnState;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Tokens that Valet saw issued. Where they were spent it cannot see. */
  readonly issued: number;
  readonly lastIssuedAt: Date | null;
}

/**
 * Lets an agent do these things at a service of the house on its own authority. What it was given there before ends. Admins.
 *
 * Refuses `not_found` for an unknown agent or service, `invalid_scope` beyond what the service has, `invalid_request` for an end that is past.
 */
export async function giveOwnAccess(ctx: PersonCtx, input: z.input<typeof giveInput>): Promise<{ readonly ownAccessId: string }> {
  requireRole(ctx.actor, "admin");
  const { agentId, resourceId, scopes: asked, expiresAt } = giveInput.parse(input);
  const now = ctx.clock.now();
  if (expiresAt && expiresAt <= now) throw endPast();
  const agent = await ctx.db.agent.findUnique({ where: { id: agentId }, select: { name: true, ownerId: true } });
  if (!agent) throw notFound("agent");
  return change(ctx, "own_access.give", async (tx, row) => {
    // Held: two who give at once stand in line, and so does whoever removes it.
    await tx.$queryRaw`SELECT id FROM platform_resources WHERE id = ${resourceId} FOR UPDATE`;
    const resource = await tx.platformResource.findUnique({ where: { id: resourceId } });
    if (!resource) throw notFound("resource");
    const scopes = readGiven(resource.scopes, asked);
    const id = newId("own", now);
    await tx.ownAccess.updateMany({ where: { agentId, resourceId, revokedAt: null }, data: { revokedAt: now } });
    const whose = { id, agentId, resourceId, givenById: ctx.actor.personId };
    await tx.ownAccess.create({ data: { ...whose, scopes, createdAt: now, expiresAt: expiresAt ?? null } });
    const detail = { own_access_id: id, resource: resource.resource, expiresAt: expiresAt?.toISOString() ?? null };
    Object.assign(row, { target: `${resource.name} to ${agent.name}`, agentId, ownerId: agent.ownerId, scopes, detail });
    return { ownAccessId: id };
  });
}

function endPast(): Refusal {
  const sentence = "Choose an end that is still to come.";
  return new Refusal("invalid_request", sentence, { reason: "end_past", fields: { expiresAt: sentence } });
}

/** Takes an agent's own access back: its very next request for a token is refused. Taking twice is fine. Admins. */
export async function takeOwnAccess(ctx: PersonCtx, input: { readonly agentId: string; readonly ownAccessId: string }): Promise<null> {
  requireRole(ctx.actor, "admin");
  return change(ctx, "own_access.take", async (tx, row) => {
    const include = { agent: { select: { name: true, ownerId: true } }, resource: { select: { name: true, resource: true } } } as const;
    const found = await tx.ownAccess.findFirst({ where: { id: input.ownAccessId, agentId: input.agentId }, include });
    if (!found) throw notFound("access");
    const { agent, resource, agentId, scopes, id } = found;
    Object.assign(row, { target: `${resource.name} from ${agent.name}`, agentId, ownerId: agent.ownerId, scopes });
    row.detail = { own_access_id: id, resource: resource.resource };
    await tx.ownAccess.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
    return null;
  });
}

/** What an agent may do on its own authority, and could: whoever may see all of the agent. */
export async function listOwnAccess(ctx: PersonCtx, input: { readonly agentId: string }): Promise<OwnAccessView[]> {
  const agent = await ctx.db.agent.findUnique({ where: { id: input.agentId } });
  if (!agent || !maySee(ctx.actor, agent)) throw notFound("agent");
  return viewOwnAccess(ctx, agent.id);
}

/** The same without asking who wants to know. The newest first. */
export async function viewOwnAccess(core: Core, agentId: string): Promise<OwnAccessView[]> {
  const include = { resource: { select: { resource: true, name: true } } } as const;
  const given = await core.db.ownAccess.findMany({ where: { agentId }, include, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
  const issued = given.length > 0 ? await issuedTo(core, agentId) : new Map<string, Issued>();
  const now = core.clock.now();
  return given.map(({ id, resourceId, resource, scopes, createdAt, expiresAt, revokedAt }) => ({
    id,
    agentId,
    resourceId,
    resource: resource.resource,
    resourceName: resource.name,
    scopes,
    state: stateOf({ expiresAt, revokedAt }, now),
    createdAt,
    expiresAt,
    revokedAt,
    issued: issued.get(id)?.issued ?? 0,
    lastIssuedAt: issued.get(id)?.lastIssuedAt ?? null,
  }));
}

interface Issued {
  readonly issued: number;
  readonly lastIssuedAt: Date;
}

async function issuedTo(core: Core, agentId: string): Promise<Map<string, Issued>> {
  const text = `select detail->>'own_access_id' as id, count(*)::int as issued, max(at) as "lastIssuedAt" from activity
    where agent_id = $1 and event = 'token.own' and decision = 'allowed' and detail ? 'own_access_id' group by 1`;
  const rows = await preparedRead<Issued & { id: string }>(core.db, "own_issued", text, [agentId]);
  return new Map(rows.map((row) => [row.id, row]));
}
