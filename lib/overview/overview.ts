import { z } from "zod";
import { type ActivityChart, chartActivity } from "../activity/chart";
import { countByAgent, countRows, type Span } from "../activity/countRows";
import { AGENT_IN_STANDING } from "../activity/stands";
import { ORPHANS } from "../agents/orphans";
import type { PersonCtx } from "../ctx";
import { freshRead } from "../db";
import { requireRole } from "../people/rules";
import { LIVE_GRANTS } from "./liveGrants";

export interface OverviewCounts {
  /** Agents that could act now. */
  readonly agents: number;
  readonly liveGrants: number;
  /** Those of them that are for more than reading. */
  readonly writingGrants: number;
  readonly orphanedAgents: number;
  readonly failingConnections: number;
  /** Not ended, and shut since a self-test found something open or has not passed yet. */
  readonly suspendedGrants: number;
  readonly sharedKeys: number;
  /** Uses refused in the last 24 hours, and in the 24 before them. */
  readonly refused: number;
  readonly refusedBefore: number;
}

export const RISK_KINDS = [
  "orphaned_agent",
  "suspended_grant",
  "failing_connection",
  "shared_key",
  "refused_agent",
  "unused_write",
] as const;
export type RiskKind = (typeof RISK_KINDS)[number];

/** `risk`: all of one kind, where otherwise the first few of each are told. */
export const overviewInput = z.strictObject({ risk: z.enum(RISK_KINDS).optional() });
export type OverviewInput = z.input<typeof overviewInput>;

/** Something that an admin should look at, worst first. */
export interface Risk {
  readonly kind: RiskKind;
  /** Of the agent, grant or connection. */
  readonly id: string;
  readonly name: string;
  /** What about it counts: the account, the agent, or how often. */
  readonly of: string;
  /** Since when, or until when for a key. */
  readonly at: Date | null;
  readonly count: number | null;
}

export interface SetUpSteps {
  readonly connector: boolean;
  readonly people: boolean;
  readonly agent: boolean;
  readonly grant: boolean;
}

export interface Overview {
  readonly counts: OverviewCounts;
  readonly risks: readonly Risk[];
  readonly setUp: SetUpSteps;
  /** Uses of the last fourteen days by whose hand they were in. */
  readonly chart: ActivityChart;
}

const DAY = 24 * 60 * 60 * 1000;
const CHART_DAYS = 14;
const RISKS_OF_EACH_KIND = 5;
const RISKS_OF_ONE_KIND = 500;
/** A grant for writing that was not used so for this long is more than is needed. */
const UNUSED_DAYS = 21;
/** Fewer refusals in a day are everyday life. */
const REFUSALS_NOTED = 10;

/** Whether something is wrong, in numbers and by name. Admins and auditors only. */
export async function readOverview(ctx: PersonCtx, input: OverviewInput = {}): Promise<Overview> {
  requireRole(ctx.actor, "admin", "auditor");
  const { risk } = overviewInput.parse(input);
  const now = ctx.clock.now();
  const from = new Date(Math.floor(now.getTime() / DAY) * DAY - (CHART_DAYS - 1) * DAY);
  const most = risk ? RISKS_OF_ONE_KIND : RISKS_OF_EACH_KIND;
  const [[counts], refused, refusedBefore, risks, [setUp], chart] = await Promise.all([
    freshRead<Omit<OverviewCounts, "refused" | "refusedBefore">>(ctx.db, COUNTS, [now]),
    countRows(ctx.db, REFUSED, dayUntil(now)),
    countRows(ctx.db, REFUSED, dayUntil(new Date(now.getTime() - DAY))),
    readRisks(ctx, now, risk, most),
    freshRead<SetUpSteps>(ctx.db, SET_UP, []),
    chartActivity(ctx, { kind: "use", from, everyone: true }),
  ]);
  if (!counts) throw new Error("A statement that counts has answered nothing.");
  return { counts: { ...counts, refused, refusedBefore }, risks, setUp: setUp as SetUpSteps, chart };
}

async function readRisks(ctx: PersonCtx, now: Date, risk: OverviewInput["risk"], most: number): Promise<Risk[]> {
  const wanted = risk === undefined || risk === "refused_agent";
  const byAgent = wanted ? [...(await countByAgent(ctx.db, REFUSED, dayUntil(now)))] : [];
  const refused = byAgent
    .filter(([, count]) => count >= REFUSALS_NOTED)
    .sort(([, left], [, right]) => right - left)
    .slice(0, most)
    .map(([agent_id, count]) => ({ agent_id, count }));
  return freshRead<Risk>(ctx.db, RISKS, [now, risk ?? null, most, JSON.stringify(refused)]);
}

/** The twenty-four hours up to a moment, itself included. */
function dayUntil(moment: Date): Span {
  return { from: new Date(moment.getTime() - DAY + 1), to: new Date(moment.getTime() + 1) };
}

const FAILING = "connections c join people p on p.id = c.person_id where c.status = 'needs_reconnect' and p.status = 'active'";
const SUSPENDED = `grants g join agents a on a.id = g.agent_id
  where g.suspended_at is not null and g.revoked_at is null and g.expires_at > $1`;
const SHARED_KEYS = `connections c join people p on p.id = c.person_id
  where c.key_ends_at > $1 and c.status <> 'disconnected'`;
const REFUSED = { kind: "use", decision: "refused" } as const;

const COUNTS = `select
  (select count(*) from agents a where ${AGENT_IN_STANDING})::int as "agents",
  live."all" as "liveGrants", live.writing as "writingGrants",
  (select count(*) from ${ORPHANS})::int as "orphanedAgents",
  (select count(*) from ${FAILING})::int as "failingConnections",
  (select count(*) from ${SUSPENDED})::int as "suspendedGrants",
  (select count(*) from ${SHARED_KEYS})::int as "sharedKeys"
  from (select count(*)::int as "all", (count(*) filter (where g.access <> 'read'))::int as writing ${LIVE_GRANTS}) live`;

const RISKS = `select * from (
  (select 'orphaned_agent' as kind, a.id, a.name, o.name as of, null::timestamptz as at, null::int as count
    from ${ORPHANS} order by a.created_at limit $3)
  union all
  (select 'suspended_grant', g.id, a.name, g.connector, g.suspended_at, null
    from ${SUSPENDED} order by g.suspended_at limit $3)
  union all
  (select 'shared_key', c.id, c.account_name, p.name, c.key_ends_at, null from ${SHARED_KEYS} order by c.key_ends_at limit $3)
  union all
  (select 'failing_connection', c.id, c.account_name, p.name, c.refreshed_at, null
    from ${FAILING} order by c.refreshed_at nulls first limit $3)
  union all
  (select 'refused_agent', a.id, a.name, '', null, r.count from jsonb_to_recordset($4::jsonb) as r(agent_id text, count int)
    join agents a on a.id = r.agent_id order by r.count desc limit $3)
  union all
  (select 'unused_write', g.id, a.name, p.name, g.created_at, null ${LIVE_GRANTS} and g.access <> 'read'
      and g.created_at < $1 - interval '${UNUSED_DAYS} days'
      and not exists (select from activity u where u.grant_id = g.id and u.kind = 'use' and u.decision = 'allowed'
        and u.at > $1 - interval '${UNUSED_DAYS} days')
    order by g.created_at limit $3)) every where $2::text is null or kind = $2`;

const SET_UP = `select
  exists (select from connector_setups where enabled) as connector,
  (select count(*) > 1 from people where status <> 'removed') as people,
  exists (select from agents) as agent,
  exists (select from grants) as "grant"`;
