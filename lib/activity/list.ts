import { z } from "zod";
import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import type { Activity, Prisma } from "../generated/prisma/client";
import { CHANGE_EVENTS, EVENT_WORDS, USE_EVENTS } from "./events";
import { newestPlaces, type Place, reachOf } from "./newest";
import type { ChainLink } from "./row";

/** Years that people mean; PostgreSQL knows fewer than JavaScript. */
const instant = z.coerce.date().min(new Date("1970-01-01T00:00:00Z")).max(new Date("9999-01-01T00:00:00Z"));

const EVENTS: readonly string[] = [...CHANGE_EVENTS, ...USE_EVENTS];

export const activityFilter = z.strictObject({
  acting: z.enum(["person", "agent", "system"]).optional(),
  kind: z.enum(["change", "use"]).optional(),
  event: z.enum([...CHANGE_EVENTS, ...USE_EVENTS]).optional(),
  /** What an event is about, as it is named before the dot: "grant", "agent". */
  noun: z.string().max(40).optional(),
  decision: z.enum(["allowed", "refused"]).optional(),
  personId: z.string().max(60).optional(),
  agentId: z.string().max(60).optional(),
  connector: z.string().max(60).optional(),
  connectionId: z.string().max(60).optional(),
  grantId: z.string().max(60).optional(),
  runId: z.string().max(200).optional(),
  pattern: z.enum(["delegated", "own", "shared_key", "self"]).optional(),
  /** Anywhere in what it was done to. */
  text: z
    .string()
    .trim()
    .regex(/^[^\0]{1,100}$/)
    .optional(),
  from: instant.optional(),
  to: instant.optional(),
  /** Where the page before ended, as it was answered. */
  cursor: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** Admins and auditors: everybody's. */
  everyone: z.boolean().default(false),
});
export type ActivityFilter = z.input<typeof activityFilter>;

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface CredentialView extends Named {
  readonly kind: string;
}

/** A row of the ledger as a reader is shown it: both principals, and whose hand it was in. */
export interface ActivityView {
  readonly id: string;
  readonly at: Date;
  readonly kind: "change" | "use";
  readonly event: string;
  /** The event in words: "fetched access". */
  readonly words: string;
  readonly acting: "person" | "agent" | "system";
  readonly person: Named | null;
  readonly agent: Named | null;
  readonly owner: Named | null;
  readonly grantId: string | null;
  readonly connectionId: string | null;
  readonly connector: string | null;
  readonly target: string;
  readonly decision: "allowed" | "refused";
  readonly reason: string;
  readonly reasonText: string | null;
  readonly scopes: readonly string[];
  readonly delivery: string | null;
  readonly narrowedBy: string | null;
  readonly pattern: string | null;
  readonly chain: readonly ChainLink[];
  /** The verified one, or else the claimed. */
  readonly runId: string | null;
  /** Said by a token of ours or of the agent's platform. */
  readonly runIdVerified: string | null;
  /** Said by the caller alone. */
  readonly runIdClaimed: string | null;
  readonly traceId: string | null;
  readonly requestId: string | null;
  readonly upstreamStatus: number | null;
  readonly durationMs: number | null;
  /** The exchange whose token it was made with. */
  readonly tokenUseId: string | null;
  /** The hop of the chain it was done in. */
  readonly delegationId: string | null;
  /** What the agent proved itself by. */
  readonly credential: CredentialView | null;
  readonly detail: Prisma.JsonValue;
}

/** A text is looked for in about so many rows for one page, or for a chart; the next page goes on from there. */
export const SEARCHED_ROWS = 100_000;
/** Everybody's rows lie one after the other; of somebody's own, or an agent's, each is a place of its own on the disk. */
const SCATTERED_COST = 10;

/**
 * One page of the ledger, newest first. Members see what they did, what was done on their authority, what touched
 * theirs, and what concerns the agents they answer for and nobody's account; admins and auditors may ask for everyone's. `nextCursor` is null on the last page;
 * of a text, a page may be short, or empty, and not the last.
 */
export async function listActivity(
  ctx: PersonCtx,
  input: ActivityFilter = {},
  searchedRows = SEARCHED_ROWS,
): Promise<{ rows: ActivityView[]; nextCursor: string | null }> {
  const { from, to, cursor, limit, ...about } = activityFilter.parse(input);
  const where = await fitting(ctx, about);
  const seldom = SELDOM.some((name) => about[name] !== undefined);
  const after = placeOf(cursor);
  const until = Math.min(...[to, after?.at, LATEST].flatMap((one) => one?.getTime() ?? []));
  const reach = await searchReach(ctx, { ...about, from }, new Date(until), searchedRows);
  const { everyone, agentId, personId } = about;
  const known = seldom ? await fitting(ctx, { everyone, agentId, personId }) : where;
  const found = await newestPlaces(ctx.db, { where, from: reach ?? from, to, after, limit: limit + 1, seldom, known });
  const page = found.slice(0, limit);
  const last = found.length > page.length ? page.at(-1) : reach && { at: reach, id: BEFORE_ALL };
  return { rows: await viewRows(ctx, await rowsAt(ctx, page)), nextCursor: last ? cursorOf(last) : null };
}

const LATEST = new Date("9999-01-01T00:00:00Z");
/** Less than any id: a page that begins after it has nothing of that moment. */
const BEFORE_ALL = "0";

/** How far back a text is looked for at once: null where that is all, or no text was asked for. */
export async function searchReach(
  ctx: PersonCtx,
  about: Omit<z.output<typeof activityFilter>, "cursor" | "limit">,
  until: Date,
  rowsMax: number,
): Promise<Date | null> {
  const { text, everyone, agentId, personId, from, runId, grantId, connectionId } = about;
  // These alone have few enough rows, each by its index.
  if (text === undefined || (runId ?? grantId ?? connectionId) !== undefined) return null;
  const where = await fitting(ctx, { everyone, agentId, personId });
  const scattered = agentId !== undefined || personId !== undefined || Object.keys(await visibleTo(ctx, everyone)).length > 0;
  const reach = await reachOf(ctx.db, where, until, scattered ? Math.ceil(rowsMax / SCATTERED_COST) : rowsMax);
  return reach && (!from || reach > from) ? reach : null;
}

/** What no index knows. */
const SELDOM = ["acting", "kind", "event", "noun", "decision", "connector", "pattern"] as const;

async function rowsAt(ctx: PersonCtx, page: readonly Place[]): Promise<Activity[]> {
  const [first, last] = [page[0], page.at(-1)];
  if (!first || !last) return [];
  const where = { id: { in: page.map(({ id }) => id) }, at: { lte: first.at, gte: last.at } };
  return ctx.db.activity.findMany({ where, orderBy: [{ at: "desc" }, { id: "desc" }] });
}

/** One row, for whoever may see it. Refuses `not_found` otherwise. */
export async function getActivity(ctx: PersonCtx, input: { readonly id: string }): Promise<ActivityView> {
  const found = await ctx.db.activity.findFirst({ where: { AND: [await visibleTo(ctx, true), { id: input.id }] } });
  const [row] = found ? await viewRows(ctx, [found]) : [];
  if (!row) throw notFound("row");
  return row;
}

/** Rows that fit a filter and that its reader may see: for every reading of the ledger that takes one. */
export async function fitting(
  ctx: PersonCtx,
  filter: Omit<z.output<typeof activityFilter>, "cursor" | "limit">,
): Promise<Prisma.ActivityWhereInput> {
  const { everyone, runId, connectionId } = filter;
  return { AND: [await visibleTo(ctx, everyone), inRun(runId), conditions(filter), await aboutAccount(ctx, connectionId)] };
}

/** What somebody may see of the ledger: see `listActivity`. */
export async function visibleTo(ctx: PersonCtx, everyone: boolean): Promise<Prisma.ActivityWhereInput> {
  if (everyone && ctx.actor.role !== "member") return {};
  const me = ctx.actor.personId;
  const answersFor = { OR: [{ ownerId: me }, { secondOwnerId: me }, { sponsorId: me }] };
  const agents = await ctx.db.agent.findMany({ where: answersFor, select: { id: true } });
  return { OR: [{ personId: me }, { ownerId: me }, { agentId: { in: agents.map(({ id }) => id) }, ...NOBODYS_ACCOUNT }] };
}

/** Of an agent itself: its credentials, its owners, its own work. What it does with people's accounts is those people's to see. */
const NOBODYS_ACCOUNT = { grantId: null, connectionId: null, connector: null } as const;

function conditions(filter: Omit<z.output<typeof activityFilter>, "cursor" | "limit">): Prisma.ActivityWhereInput {
  const { acting, kind, event, noun, decision, personId, agentId, connector, grantId, pattern, text, from, to } = filter;
  const equal = { acting, kind, event, decision, personId, agentId, connector, grantId, pattern };
  const given = Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined));
  const at = from || to ? { at: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } } : {};
  const about = noun === undefined ? {} : { AND: [{ event: { in: EVENTS.filter((one) => one.startsWith(`${noun}.`)) } }] };
  return { ...given, ...at, ...about, ...(text ? { target: { contains: text.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" } } : {}) };
}

/** Rows that belong to a run, and rows that only say so. */
export function inRun(runId: string | undefined): Prisma.ActivityWhereInput {
  return runId === undefined ? {} : { OR: [{ runIdVerified: runId }, { runIdClaimed: runId }] };
}

/** An account's rows are also those of the consents beside it, which serve one grant each. */
async function aboutAccount(ctx: PersonCtx, connectionId: string | undefined): Promise<Prisma.ActivityWhereInput> {
  if (connectionId === undefined) return {};
  const beside = await ctx.db.connection.findMany({ where: { parentId: connectionId }, select: { id: true } });
  return { connectionId: { in: [connectionId, ...beside.map(({ id }) => id)] } };
}

function cursorOf(row: Place): string {
  return `${row.at.getTime().toString(36)}.${row.id}`;
}

/** A cursor that is not ours means the first page: it is only a place to go on from. */
function placeOf(cursor: string | undefined): Place | null {
  const match = /^([0-9a-z]{1,11})\.([a-z0-9_]{1,40})$/.exec(cursor ?? "");
  const at = new Date(Number.parseInt(match?.[1] ?? "", 36));
  return match && !Number.isNaN(at.getTime()) ? { at, id: match[2] as string } : null;
}

/** Rows with the names of whoever is in them. */
export async function viewRows(ctx: PersonCtx, rows: readonly Activity[]): Promise<ActivityView[]> {
  const ids = (pick: (row: Activity) => (string | null)[]) => [...new Set(rows.flatMap(pick).filter((id) => id !== null))];
  const [people, agents, credentials] = await Promise.all([
    ctx.db.person.findMany({ where: { id: { in: ids((row) => [row.personId, row.ownerId]) } }, select: { id: true, name: true } }),
    ctx.db.agent.findMany({ where: { id: { in: ids((row) => [row.agentId]) } }, select: { id: true, name: true } }),
    readCredentials(
      ctx,
      ids((row) => [row.credentialId]),
    ),
  ]);
  const names = new Map([...people, ...agents].map((one) => [one.id, one.name]));
  const named = (id: string | null): Named | null => (id === null ? null : { id, name: names.get(id) ?? id });
  return rows.map((row) => ({
    ...row,
    kind: row.kind as ActivityView["kind"],
    words: EVENT_WORDS[row.event as keyof typeof EVENT_WORDS] ?? row.event,
    acting: row.acting as ActivityView["acting"],
    person: named(row.personId),
    agent: named(row.agentId),
    owner: named(row.ownerId),
    decision: row.decision as ActivityView["decision"],
    chain: row.chain as unknown as ChainLink[],
    runId: row.runIdVerified ?? row.runIdClaimed,
    credential:
      row.credentialId === null ? null : (credentials.get(row.credentialId) ?? { id: row.credentialId, name: "", kind: "unknown" }),
  }));
}

async function readCredentials(ctx: PersonCtx, ids: string[]): Promise<ReadonlyMap<string, CredentialView>> {
  if (ids.length === 0) return new Map();
  const found = await ctx.db.agentCredential.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, kind: true, lastFour: true },
  });
  return new Map(found.map(({ id, name, kind, lastFour }) => [id, { id, kind, name: name || (lastFour ? `...${lastFour}` : "") }]));
}
