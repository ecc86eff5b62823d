import { z } from "zod";
import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { notFound } from "../errors";
import type { Prisma } from "../generated/prisma/client";
import { type ActivityView, inRun, viewRows, visibleTo } from "./list";
import { waysOf } from "./newest";
import { buildRunTree, type RunDelegation, type RunTree } from "./runTree";
import { whereSql } from "./whereSql";

type Where = Prisma.ActivityWhereInput;

/** A run that did more is drawn as far as this, and says so. */
export const RUN_ROWS_MAX = 2000;

interface RunFacts {
  readonly id: string;
  readonly startedAt: Date;
  /** When the last of it was over. */
  readonly endedAt: Date;
  /** Tokens that were given, calls that were allowed, and whatever was refused. */
  readonly tokens: number;
  readonly calls: number;
  readonly refused: number;
}

/** One run as far as a reader may see it. */
export interface RunView extends RunFacts, RunTree {
  /** There is more than was read: the first RUN_ROWS_MAX rows are drawn. */
  readonly cut: boolean;
}

export interface RunSummary extends RunFacts {
  /** Whether anything but its callers puts a row into it. */
  readonly verified: boolean;
  readonly people: readonly string[];
  readonly agents: readonly string[];
  readonly patterns: readonly string[];
}

/**
 * One run as a tree in time. Whoever may see a row in the ledger sees it here: admins and auditors all, others what was done by them, on
 * their authority or to theirs. Refuses `not_found` for a run of which nothing may be seen.
 */
export async function readRun(ctx: PersonCtx, input: { readonly runId: string }): Promise<RunView> {
  const where = { AND: [await visibleTo(ctx, true), inRun(input.runId)] };
  const found = await ctx.db.activity.findMany({ where, orderBy: [{ at: "asc" }, { id: "asc" }], take: RUN_ROWS_MAX + 1 });
  if (found.length === 0) throw notFound("run");
  const rows = await viewRows(ctx, found.slice(0, RUN_ROWS_MAX));
  const tree = buildRunTree(input.runId, rows, await readHops(ctx, rows));
  return { ...factsOf(input.runId, rows), cut: found.length > RUN_ROWS_MAX, ...tree };
}

/** What a list of runs can be asked for. `clean`: nothing was refused. `claimed`: nothing but callers names the run. */
export const runsInput = z.strictObject({
  everyone: z.boolean().optional().describe("Admins and auditors: everybody's."),
  agentId: z.string().max(60).optional(),
  state: z.enum(["refused", "clean", "claimed"]).optional(),
  /** Where the page before ended, as it was answered. */
  cursor: z.string().max(220).optional(),
});

/** So many of the newest rows that name a run tell of the runs. */
export const RUNS_ROWS_MAX = 5_000;
const RUNS_MAX = 50;

export interface RunsPage {
  readonly runs: readonly RunSummary[];
  /** Where the next page begins; null on the last. It may be there beside no run at all: older ones may still fit. */
  readonly nextCursor: string | null;
}

/** The first page of `pageRuns`. */
export async function listRuns(ctx: PersonCtx, input: z.input<typeof runsInput> = {}): Promise<readonly RunSummary[]> {
  return (await pageRuns(ctx, input)).runs;
}

/**
 * Runs, the newest first, a page of them, as far as RUNS_ROWS_MAX rows that name one tell of each page; with `everyone`, for admins and
 * auditors, everybody's. With an agent, those that it took part in where the reader can see it.
 */
export async function pageRuns(ctx: PersonCtx, input: z.input<typeof runsInput> = {}): Promise<RunsPage> {
  const { everyone, agentId, state, cursor } = runsInput.parse(input);
  const values: unknown[] = [];
  const visible = await visibleTo(ctx, everyone === true);
  const where = whereSql({ AND: [visible, NAMES_A_RUN] }, values);
  const { newer, until, unseen } = older(cursor, where, values);
  const ofAgent = agentId === undefined ? "false" : `${where} ${until} ${unseen} and agent_id = $${values.push(agentId)}`;
  const fitting = (which: string) => `${which} ${until} ${unseen}`;
  const columns = `${RUN} as run, at, duration_ms, decision, event, run_id_verified, person_id, agent_id, pattern`;
  const rows = await freshRead<FoundRow>(
    ctx.db,
    `with ${newer} agents_rows as materialized (${newest(`${RUN} as run`, ofAgent, RUN_ROWS_MAX)}),
    named as materialized (${agentId === undefined ? newestOfWays(columns, waysFrom(visible, where, values).map(fitting)) : newestOfRuns(columns, fitting(where))}),
    grouped as materialized (select run as id, min(at) as "startedAt", max(at + coalesce(duration_ms, 0) * interval '1 millisecond') as "endedAt",
      count(*) filter (where decision = 'allowed' and event like 'token.%')::int as tokens,
      count(*) filter (where decision = 'allowed' and event not like 'token.%')::int as calls,
      count(*) filter (where decision <> 'allowed')::int as refused,
      coalesce(bool_or(run_id_verified = run), false) as verified, ${idsOf("person_id")} as people, ${idsOf("agent_id")} as agents,
      ${idsOf("pattern")} as patterns, max(at) as "lastAt", ${state ? FITS[state] : "true"} as fits from named group by run),
    fitting as (select * from grouped where fits order by "lastAt" desc, id limit ${RUNS_MAX + 1})
    select fitting.*, read.*, tail.* from (select count(*) = ${RUNS_ROWS_MAX} or (select count(*) from agents_rows) = ${RUN_ROWS_MAX} as unread from named) read
    left join (select id as "tailId", "lastAt" as "tailAt" from grouped order by "lastAt", id desc limit 1) tail on true
    left join fitting on true order by fitting."lastAt" desc, fitting.id`,
    values,
  );
  const found = rows.filter((row): row is FoundRow & FoundRun => row.id !== null);
  const runs = found.slice(0, RUNS_MAX).map(({ lastAt: _last, fits: _fits, unread: _unread, tailId: _id, tailAt: _at, ...run }) => run);
  const names = await readNames(ctx, runs);
  const named = (ids: readonly string[]) => ids.map((id) => names.get(id) ?? id);
  return { runs: runs.map((run) => ({ ...run, people: named(run.people), agents: named(run.agents) })), nextCursor: cursorAfter(rows) };
}

interface FoundRun extends RunSummary {
  readonly lastAt: Date;
  readonly fits: boolean;
}

interface Around {
  /** As many rows were read as are for one page: there may be more. */
  readonly unread: boolean;
  /** The oldest run among them, whether it fits or not. */
  readonly tailId: string | null;
  readonly tailAt: Date | null;
}

type FoundRow = Around & (FoundRun | { readonly [Name in keyof FoundRun]: null });

/** After the last run that is shown; or, where no more were found but rows were left unread, after the oldest that was looked at. */
function cursorAfter(found: readonly FoundRow[]): string | null {
  const last = found.length > RUNS_MAX ? found[RUNS_MAX - 1] : undefined;
  if (last?.lastAt) return `${last.lastAt.getTime().toString(36)}.${last.id}`;
  const [{ unread, tailId, tailAt } = { unread: false, tailId: null, tailAt: null }] = found;
  return unread && tailAt ? `${tailAt.getTime().toString(36)}.${tailId}` : null;
}

/**
 * Rows of runs that come after a place: those that no row is newer of. The runs that are passed over are named first, each once. A cursor that is not
 * ours means the first page.
 */
function older(cursor: string | undefined, where: string, values: unknown[]): { newer: string; until: string; unseen: string } {
  const [, time = "", run = ""] = /^([0-9a-z]{1,11})\.([^\0]{1,200})$/su.exec(cursor ?? "") ?? [];
  const place = new Date(Number.parseInt(time, 36));
  if (Number.isNaN(place.getTime())) return { newer: "", until: "", unseen: "" };
  const [at, id] = [`$${values.push(place)}`, `$${values.push(run)}`];
  return {
    newer: `newer as materialized (select distinct ${RUN} as run from activity where ${where} and at >= ${at} and (at > ${at} or ${RUN} <= ${id})),`,
    until: `and at <= ${at}`,
    unseen: `and not exists (select from newer where newer.run = ${RUN})`,
  };
}

const NAMES_A_RUN = { OR: [{ runIdVerified: { not: null } }, { runIdClaimed: { not: null } }] };
const RUN = "coalesce(run_id_verified, run_id_claimed)";
const FITS = {
  refused: "bool_or(decision <> 'allowed')",
  clean: "not bool_or(decision <> 'allowed')",
  claimed: "not coalesce(bool_or(run_id_verified = run), false)",
} as const;

function newest(columns: string, where: string, rowsMax = RUNS_ROWS_MAX): string {
  return `select ${columns} from activity where ${where} order by at desc, id desc limit ${rowsMax}`;
}

/** Each way from the newest end of its own index, as lists are read. */
function newestOfWays(columns: string, ways: readonly string[]): string {
  if (ways.length === 1) return newest(columns, ways[0] as string);
  const every = ways.map((way) => `(${newest(READ, way)})`).join(" union all ");
  return `select ${columns} from (select distinct on (at, id) * from (${every}) every order by at desc, id desc limit ${RUNS_ROWS_MAX}) read`;
}

/** Each of them narrower than the whole condition, which stands beside it. */
function waysFrom(visible: Where, where: string, values: unknown[]): string[] {
  const ways = waysOf(visible);
  return ways.length === 1 ? [where] : ways.map((way) => `${where} and ${whereSql(way, values)}`);
}

const READ = "id, at, duration_ms, decision, event, run_id_verified, run_id_claimed, person_id, agent_id, pattern";

/** Of the runs of `agents_rows` alone, each by the indexes of runs: among all rows they would be sought one by one. */
function newestOfRuns(columns: string, where: string): string {
  const named = (which: string) => `(${newest("*", `${which} and ${where}`)})`;
  const ways = [named("run_id_verified = wanted.name"), named("run_id_claimed = wanted.name and run_id_verified is null")];
  return `select ${columns} from (select distinct run as name from agents_rows) wanted cross join lateral (${ways.join(" union all ")}) rows
    order by at desc, id desc limit ${RUNS_ROWS_MAX}`;
}

function idsOf(column: string): string {
  return `coalesce(array_agg(distinct ${column}) filter (where ${column} is not null), '{}')`;
}

async function readNames(ctx: PersonCtx, runs: readonly RunSummary[]): Promise<ReadonlyMap<string, string>> {
  const ids = (pick: (run: RunSummary) => readonly string[]) => ({ id: { in: [...new Set(runs.flatMap(pick))] } });
  const select = { id: true, name: true } as const;
  const [people, agents] = await Promise.all([
    ctx.db.person.findMany({ where: ids(({ people }) => people), select }),
    ctx.db.agent.findMany({ where: ids(({ agents }) => agents), select }),
  ]);
  return new Map([...people, ...agents].map(({ id, name }) => [id, name]));
}

function factsOf(id: string, rows: readonly ActivityView[]): RunFacts {
  const allowed = rows.filter((row) => row.decision === "allowed");
  const tokens = allowed.filter((row) => row.event.startsWith("token.")).length;
  return {
    id,
    startedAt: new Date(Math.min(...rows.map((row) => row.at.getTime()))),
    endedAt: new Date(Math.max(...rows.map((row) => row.at.getTime() + (row.durationMs ?? 0)))),
    tokens,
    calls: allowed.length - tokens,
    refused: rows.length - allowed.length,
  };
}

/** The hops that the rows were done in, and every hop before those. */
async function readHops(ctx: PersonCtx, rows: readonly ActivityView[]): Promise<RunDelegation[]> {
  const ids = [...new Set(rows.flatMap((row) => row.delegationId ?? []))];
  if (ids.length === 0) return [];
  const select = { id: true, parentId: true, parentJti: true, expiresAt: true, delegationIds: true } as const;
  const hops = await ctx.db.delegation.findMany({ where: { id: { in: ids } }, select });
  const before = [...new Set(hops.flatMap((hop) => hop.delegationIds))].filter((id) => !ids.includes(id));
  return before.length === 0 ? hops : [...hops, ...(await ctx.db.delegation.findMany({ where: { id: { in: before } }, select }))];
}
