import { z } from "zod";
import { change } from "../activity/change";
import { connectors, findConnector } from "../connectors/registry";
import type { Core, PersonCtx } from "../ctx";
import { notFound, Refusal } from "../errors";
import { PATTERNS, type Pattern, readPattern } from "../policy/pattern";
import { holdAgent } from "./hold";
import { maySee } from "./rules";

export const resolutionInput = z.strictObject({
  agentId: z.string().max(60),
  connector: z.string().max(60),
  /** Whose authority is tried, in this order. What is not listed is never used. */
  tries: z.array(z.enum(PATTERNS)).min(1, "List at least one.").max(PATTERNS.length),
});

export interface Resolution {
  readonly connector: string;
  readonly tries: readonly Pattern[];
  /** Null while nobody has said anything: then it is a person's authority, and nothing else. */
  readonly setAt: Date | null;
}

export const DEFAULT_TRIES: readonly Pattern[] = ["delegated"];

/** Whose authority an agent uses at one connector: whoever may see all of the agent. */
export async function getResolution(ctx: PersonCtx, input: { readonly agentId: string; readonly connector: string }): Promise<Resolution> {
  await seen(ctx, input.agentId);
  if (!findConnector(input.connector)) throw notFound("connector");
  return readResolution(ctx, input.agentId, input.connector);
}

/** What was said for an agent, connector by connector. */
export async function listResolutions(ctx: PersonCtx, input: { readonly agentId: string }): Promise<Resolution[]> {
  await seen(ctx, input.agentId);
  const set = await ctx.db.agentResolution.findMany({ where: { agentId: input.agentId } });
  const order = (id: string) => connectors.findIndex((one) => one.id === id);
  return set
    .map(({ connector, tries, updatedAt }) => ({ connector, tries: tries.map(readPattern), setAt: updatedAt }))
    .sort((left, right) => order(left.connector) - order(right.connector));
}

async function seen(ctx: PersonCtx, agentId: string): Promise<void> {
  const agent = await ctx.db.agent.findUnique({ where: { id: agentId } });
  if (!agent || !maySee(ctx.actor, agent)) throw notFound("agent");
}

/** As it is now, for whoever has decided that it may be asked. */
export async function readResolution(core: Pick<Core, "db">, agentId: string, connector: string): Promise<Resolution> {
  const set = await core.db.agentResolution.findUnique({ where: { agentId_connector: { agentId, connector } } });
  return { connector, tries: set ? set.tries.map(readPattern) : DEFAULT_TRIES, setAt: set?.updatedAt ?? null };
}

/** Says whose authority is tried at a connector, in which order, from the next request on. The agent's owner, and admins. */
export async function setResolution(ctx: PersonCtx, input: z.input<typeof resolutionInput>): Promise<Resolution> {
  const { agentId, connector, tries } = resolutionInput.parse(input);
  if (new Set(tries).size !== tries.length) {
    const sentence = "List each authority once.";
    throw new Refusal("invalid_request", sentence, { reason: "tries_doubled", fields: { tries: sentence } });
  }
  const updatedAt = ctx.clock.now();
  await change(ctx, "agent.set_resolution", async (tx, row) => {
    const agent = await holdAgent(tx, ctx, agentId);
    const known = findConnector(connector);
    if (!known) throw notFound("connector");
    const before = await tx.agentResolution.findUnique({ where: { agentId_connector: { agentId, connector } } });
    Object.assign(row, { target: `${agent.name} at ${known.name}`, agentId, ownerId: agent.ownerId, connector });
    row.detail = { from: before?.tries ?? [...DEFAULT_TRIES], to: tries };
    const data = { tries, setById: ctx.actor.personId, updatedAt };
    await tx.agentResolution.upsert({
      where: { agentId_connector: { agentId, connector } },
      create: { agentId, connector, ...data },
      update: data,
    });
  });
  return { connector, tries, setAt: updatedAt };
}
