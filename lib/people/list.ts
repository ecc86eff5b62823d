import { z } from "zod";
import type { PersonCtx, Role } from "../ctx";
import type { Prisma } from "../generated/prisma/client";
import { called, peopleText } from "./choose";
import { type OwnedAgent, ownedAgents } from "./leaving";
import type { PersonStatus } from "./person";
import { ROLES, requireRole } from "./rules";

export const PEOPLE_PER_PAGE = 50;
/** `here`: everybody who was not removed. */
export const PEOPLE_STATUSES = ["here", "active", "suspended", "removed", "any"] as const;
export const PEOPLE_HAVE = ["agents", "grants"] as const;

export const peopleFilter = z.strictObject({
  /** In the name or the e-mail. */
  text: peopleText,
  role: z.enum(ROLES).optional(),
  status: z.enum(PEOPLE_STATUSES).default("here"),
  /** Those alone who own an agent, or who have lent something that is live. */
  has: z.enum(PEOPLE_HAVE).optional(),
  /** Where the page before ended, as it was answered. */
  cursor: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(PEOPLE_PER_PAGE).default(PEOPLE_PER_PAGE),
});
export type PeopleFilter = z.input<typeof peopleFilter>;
type Asked = z.output<typeof peopleFilter>;

export interface PersonSummary {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly status: PersonStatus;
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  /** Agents they own, alone or with somebody else, and what becomes of each when they leave. */
  readonly owned: readonly OwnedAgent[];
  /** Those not disconnected. */
  readonly connections: number;
  readonly liveGrants: number;
}

export interface PeoplePage {
  readonly people: readonly PersonSummary[];
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null;
  /** How many there are, with the other filters as they are. */
  readonly counts: { readonly here: number; readonly suspended: number; readonly removed: number };
}

/** One page of everybody, by name. What each has is counted for those of the page alone. Admins and auditors only. */
export async function listPeople(ctx: PersonCtx, input: PeopleFilter = {}): Promise<PeoplePage> {
  requireRole(ctx.actor, "admin", "auditor");
  const asked = peopleFilter.parse(input);
  const now = ctx.clock.now();
  const others = about(asked, now);
  const count = (status: Asked["status"]) => ctx.db.person.count({ where: { AND: [others, inStatus(status)] } });
  const [found, here, suspended, removed] = await Promise.all([
    readPage(ctx, { AND: [others, inStatus(asked.status), await after(ctx, asked.cursor)] }, asked.limit + 1),
    count("here"),
    count("suspended"),
    count("removed"),
  ]);
  const page = found.slice(0, asked.limit);
  return {
    people: await summarize(ctx, page, now),
    nextCursor: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
    counts: { here, suspended, removed },
  };
}

const COLUMNS = { id: true, name: true, email: true, role: true, status: true, createdAt: true, lastSignInAt: true } as const;
type Found = Prisma.PersonGetPayload<{ select: typeof COLUMNS }>;

function readPage(ctx: PersonCtx, where: Prisma.PersonWhereInput, take: number): Promise<Found[]> {
  return ctx.db.person.findMany({ where, orderBy: [{ name: "asc" }, { id: "asc" }], take, select: COLUMNS });
}

/** People with what each has. Whoever calls may see all of it. */
export async function summarize(ctx: PersonCtx, people: readonly Found[], now: Date): Promise<PersonSummary[]> {
  const ids = people.map(({ id }) => id);
  const [owned, connections, grants] = await Promise.all([
    ownedAgents(ctx, ids),
    ctx.db.connection.groupBy({ by: ["personId"], where: { personId: { in: ids }, ...CONNECTED }, _count: true }),
    ctx.db.grant.groupBy({ by: ["personId"], where: { personId: { in: ids }, ...live(now) }, _count: true }),
  ]);
  const [accounts, lent] = [connections, grants].map((rows) => new Map(rows.map(({ personId, _count }) => [personId, _count])));
  return people.map(({ role, status, ...person }) => ({
    ...person,
    role: role as Role,
    status: status as PersonStatus,
    owned: owned.get(person.id) ?? [],
    connections: accounts?.get(person.id) ?? 0,
    liveGrants: lent?.get(person.id) ?? 0,
  }));
}

/** One of them, whatever became of them. Whoever calls may see all of it. */
export async function findSummary(ctx: PersonCtx, personId: string): Promise<PersonSummary | null> {
  const [summary] = await summarize(ctx, await readPage(ctx, { id: personId }, 1), ctx.clock.now());
  return summary ?? null;
}

const CONNECTED = { status: { not: "disconnected" }, parentId: null } as const;

function live(now: Date) {
  return { revokedAt: null, expiresAt: { gt: now } } as const;
}

function about({ text, role, has }: Asked, now: Date): Prisma.PersonWhereInput {
  return {
    ...(role ? { role } : {}),
    AND: [
      text ? called(text) : {},
      has === "agents" ? { OR: [{ agents: { some: {} } }, { secondAgents: { some: {} } }] } : {},
      has === "grants" ? { grants: { some: live(now) } } : {},
    ],
  };
}

function inStatus(status: Asked["status"]): Prisma.PersonWhereInput {
  if (status === "any") return {};
  return { status: status === "here" ? { not: "removed" } : status };
}

/** A cursor that is nobody's means the first page: it is only a place to go on from. */
async function after(ctx: PersonCtx, cursor: string | undefined): Promise<Prisma.PersonWhereInput> {
  if (!cursor?.startsWith("per_")) return {};
  const last = await ctx.db.person.findUnique({ where: { id: cursor }, select: { id: true, name: true } });
  return last ? { OR: [{ name: { gt: last.name } }, { name: last.name, id: { gt: last.id } }] } : {};
}
