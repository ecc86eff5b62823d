import { z } from "zod";
import { connectors } from "../connectors/registry";
import type { PersonCtx } from "../ctx";
import type { Prisma } from "../generated/prisma/client";
import { type GrantView, viewGrants } from "./list";

/** `open`: not over, whether it gives something right now or waits for something. `over`: ended or revoked. */
export const GRANT_STATES = ["open", "over"] as const;
export const GRANTS_PER_PAGE = 50;

export const grantSearch = z.object({
  state: z.enum(GRANT_STATES).default("open"),
  access: z.enum(["read", "write", "admin"]).optional(),
  connector: z.string().max(60).optional(),
  agentId: z.string().max(60).optional(),
  /** In the name of the agent, of the account, of the service, or of the person. */
  text: z.string().trim().max(100).optional(),
  /** Admins and auditors: everybody's. */
  everyone: z.boolean().default(false),
  cursor: z.string().max(80).optional(),
  limit: z.number().int().min(1).max(GRANTS_PER_PAGE).default(GRANTS_PER_PAGE),
});
export type GrantSearch = z.input<typeof grantSearch>;

export interface GrantPage {
  readonly grants: readonly GrantView[];
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null;
  /** How many there are by state, with the other filters as they are. */
  readonly counts: { readonly open: number; readonly over: number };
}

/**
 * One page of the grants a person has lent, or of everybody's: what is open with the nearest end first, what is over with the
 * latest end first. A page costs the same with ten grants and with a hundred thousand.
 */
export async function searchGrants(ctx: PersonCtx, input: GrantSearch = {}): Promise<GrantPage> {
  const search = grantSearch.parse(input);
  const now = ctx.clock.now();
  const narrowed = { AND: [whose(ctx, search.everyone), about(search)] };
  const inState = (state: GrantSearch["state"]) => ({ AND: [narrowed, state === "over" ? over(now) : notOver(now)] });
  const direction = search.state === "over" ? "desc" : "asc";
  const where = { AND: [inState(search.state), after(search.cursor, direction)] };
  const found = await ctx.db.grant.findMany({
    where,
    orderBy: [{ expiresAt: direction }, { id: direction }],
    take: search.limit + 1,
    select: { id: true, expiresAt: true },
  });
  const page = found.slice(0, search.limit);
  const ids = page.map(({ id }) => id);
  const [views, open, done] = await Promise.all([
    viewGrants(ctx, { id: { in: ids } }),
    ctx.db.grant.count({ where: inState("open") }),
    ctx.db.grant.count({ where: inState("over") }),
  ]);
  const byId = new Map(views.map((view) => [view.id, view]));
  const last = page.at(-1);
  return {
    grants: ids.flatMap((id) => byId.get(id) ?? []),
    nextCursor: found.length > page.length && last ? `${last.expiresAt.getTime().toString(36)}.${last.id}` : null,
    counts: { open, over: done },
  };
}

function whose(ctx: PersonCtx, everyone: boolean): Prisma.GrantWhereInput {
  return everyone && ctx.actor.role !== "member" ? {} : { personId: ctx.actor.personId };
}

/** The reasons of `judgeStanding` that nothing comes back from, as the database knows them. */
function over(now: Date): Prisma.GrantWhereInput {
  return {
    OR: [
      { revokedAt: { not: null } },
      { expiresAt: { lte: now } },
      { connection: { status: "disconnected" } },
      { connection: { keyEndsAt: { lte: now } } },
      { person: { status: "removed" } },
    ],
  };
}

/** Its opposite, said outright: a comparison with a key's end that is not there is neither true nor false. */
function notOver(now: Date): Prisma.GrantWhereInput {
  return {
    revokedAt: null,
    expiresAt: { gt: now },
    connection: { status: { not: "disconnected" }, OR: [{ keyEndsAt: null }, { keyEndsAt: { gt: now } }] },
    person: { status: { not: "removed" } },
  };
}

function about({ access, connector, agentId, text }: z.output<typeof grantSearch>): Prisma.GrantWhereInput {
  return {
    ...(access ? { access } : {}),
    ...(connector ? { connector } : {}),
    ...(agentId ? { agentId } : {}),
    ...(text ? { OR: named(text) } : {}),
  };
}

/** Wildcards of the database are letters here. */
function named(text: string): Prisma.GrantWhereInput[] {
  const has = { contains: text.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" } as const;
  const services = connectors.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase())).map(({ id }) => id);
  return [
    { agent: { name: has } },
    { connection: { accountName: has } },
    { person: { name: has } },
    { connector: { in: services } },
    { id: text },
  ];
}

/** A cursor that is not ours means the first page: it is only a place to go on from. */
function after(cursor: string | undefined, direction: "asc" | "desc"): Prisma.GrantWhereInput {
  const match = /^([0-9a-z]{1,11})\.(grt_[a-z0-9]{1,40})$/.exec(cursor ?? "");
  if (!match) return {};
  const at = new Date(Number.parseInt(match[1] as string, 36));
  if (Number.isNaN(at.getTime())) return {};
  const beyond = direction === "asc" ? "gt" : "lt";
  return { OR: [{ expiresAt: { [beyond]: at } }, { expiresAt: at, id: { [beyond]: match[2] as string } }] };
}
