import { z } from "zod";
import { change } from "../activity/change";
import type { PersonCtx } from "../ctx";
import { notFound, Refusal } from "../errors";
import { newId } from "../ids";
import { readText, requireRole } from "../people/rules";
import { RESOURCE_CHARACTERS_MAX, RESOURCE_NAME_CHARACTERS_MAX, readResource, readScopes } from "./rules";

export const resourceInput = z.strictObject({
  /** Absolute, without a fragment: the `aud` of its tokens, byte for byte. */
  resource: z.string().max(RESOURCE_CHARACTERS_MAX),
  name: z.string().max(200),
  /** What it tells apart. Empty: nothing. */
  scopes: z.array(z.string().max(200)).max(100).default([]),
  /** The agent that serves it, if one does. */
  servedBy: z.string().max(60).optional(),
});

export interface ResourceView {
  readonly id: string;
  readonly resource: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly servedBy: { readonly id: string; readonly name: string } | null;
  readonly createdAt: Date;
  /** Agents that have access there now. */
  readonly agents: number;
}

/** Makes a service of the house known: agents can be given access of their own there. Admins. Refuses `conflict` for one that is known. */
export async function registerResource(ctx: PersonCtx, input: z.input<typeof resourceInput>): Promise<ResourceView> {
  requireRole(ctx.actor, "admin");
  const given = resourceInput.parse(input);
  const resource = readResource(given.resource, ctx.settings.publicUrl);
  const name = readText("name", given.name, RESOURCE_NAME_CHARACTERS_MAX);
  const scopes = readScopes(given.scopes);
  const server = given.servedBy ? await ctx.db.agent.findUnique({ where: { id: given.servedBy }, select: { id: true, name: true } }) : null;
  if (given.servedBy && !server) throw notFound("agent");
  const createdAt = ctx.clock.now();
  const id = newId("res", createdAt);
  await change(ctx, "resource.register", async (tx, row) => {
    Object.assign(row, { target: `${name}: ${resource}`, scopes, detail: { resource, servedBy: server?.id ?? null } });
    const data = { id, resource, name, scopes, servedById: server?.id ?? null, createdById: ctx.actor.personId, createdAt };
    await tx.platformResource.create({ data }).catch((error: unknown) => {
      throw (error as { code?: unknown } | null)?.code === "P2002" ? known() : error;
    });
  });
  return { id, resource, name, scopes, servedBy: server, createdAt, agents: 0 };
}

function known(): Refusal {
  const sentence = "A service with this address is known already.";
  return new Refusal("conflict", sentence, { reason: "resource_known", fields: { resource: sentence } });
}

/** The services of the house, by name. Admins and auditors. */
export async function listResources(ctx: PersonCtx): Promise<ResourceView[]> {
  requireRole(ctx.actor, "admin", "auditor");
  const now = ctx.clock.now();
  const live = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  const resources = await ctx.db.platformResource.findMany({
    include: { _count: { select: { ownAccess: { where: live } } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const servers = await ctx.db.agent.findMany({
    where: { id: { in: resources.map(({ servedById }) => servedById ?? "") } },
    select: { id: true, name: true },
  });
  return resources.map(({ id, resource, name, scopes, servedById, createdAt, _count }) => ({
    id,
    resource,
    name,
    scopes,
    servedBy: servers.find((one) => one.id === servedById) ?? null,
    createdAt,
    agents: _count.ownAccess,
  }));
}

/**
 * Forgets a service, and with it whatever any agent was given there: the next request for a token is refused. Tokens that are out work
 * there until they end, fifteen minutes at most. The row of activity keeps what it was, and who had access. Admins.
 */
export async function removeResource(ctx: PersonCtx, input: { readonly resourceId: string }): Promise<{ readonly agents: number }> {
  requireRole(ctx.actor, "admin");
  return change(ctx, "resource.remove", async (tx, row) => {
    // Held, so that nobody is given access there meanwhile.
    await tx.$queryRaw`SELECT id FROM platform_resources WHERE id = ${input.resourceId} FOR UPDATE`;
    const found = await tx.platformResource.findUnique({ where: { id: input.resourceId } });
    if (!found) throw notFound("resource");
    const given = await tx.ownAccess.findMany({ where: { resourceId: found.id }, select: { agentId: true, revokedAt: true } });
    const agents = [...new Set(given.filter((one) => !one.revokedAt).map((one) => one.agentId))];
    row.target = `${found.name}: ${found.resource}`;
    row.scopes = found.scopes;
    row.detail = { resource: found.resource, agents };
    await tx.ownAccess.deleteMany({ where: { resourceId: found.id } });
    await tx.platformResource.delete({ where: { id: found.id } });
    return { agents: agents.length };
  });
}
