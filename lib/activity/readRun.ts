import type { PersonCtx } from "../ctx";
import { notFound } from "../errors";
import type { Activity } from "../generated/prisma/client";
import { type ActivityView, inRun, viewRows, visibleTo } from "./list";
import { buildRunTree, type RunDelegation, type RunTree } from "./runTree";

/** A run that did more is drawn as far as this, and says so. */
export const RUN_ROWS_MAX = 2000;
const RUNS_MAX = 50;

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

/** The newest runs, as far as the newest RUN_ROWS_MAX rows of runs tell of them; with `everyone`, for admins and auditors, everybody's. */
export async function listRuns(ctx: PersonCtx, input: { readonly everyone?: boolean | undefined } = {}): Promise<RunSummary[]> {
  const named = { OR: [{ runIdVerified: { not: null } }, { runIdClaimed: { not: null } }] };
  const where = { AND: [await visibleTo(ctx, input.everyone === true), named] };
  const found = await ctx.db.activity.findMany({ where, orderBy: [{ at: "desc" }, { id: "desc" }], take: RUN_ROWS_MAX });
  const runs = new Map<string, Activity[]>();
  for (const row of found) {
    const id = (row.runIdVerified ?? row.runIdClaimed) as string;
    runs.set(id, [...(runs.get(id) ?? []), row]);
  }
  const newest = [...runs].slice(0, RUNS_MAX);
  const views = new Map(
    (
      await viewRows(
        ctx,
        newest.flatMap(([, rows]) => rows),
      )
    ).map((view) => [view.id, view]),
  );
  return newest.map(([id, rows]) =>
    summaryOf(
      id,
      rows.map((row) => views.get(row.id) as ActivityView),
    ),
  );
}

function summaryOf(id: string, rows: readonly ActivityView[]): RunSummary {
  const names = (pick: (row: ActivityView) => string | null | undefined) => [...new Set(rows.flatMap((row) => pick(row) ?? []))];
  return {
    ...factsOf(id, rows),
    verified: rows.some((row) => row.runIdVerified === id),
    people: names((row) => row.person?.name),
    agents: names((row) => row.agent?.name),
    patterns: names((row) => row.pattern),
  };
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
