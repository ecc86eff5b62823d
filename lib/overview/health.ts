import { findConnector } from "../connectors/registry";
import type { PersonCtx } from "../ctx";
import { freshRead, poolOf } from "../db";
import { refreshesIn } from "../inRefresher";
import { requireRole } from "../people/rules";
import { listSigningKeys } from "../signing/list";
import type { SweepResult } from "../sweeps";
import { VERSION } from "../version";
import { askHow, type RefresherHealth, wrongWithRefresher } from "./refresherHealth";

export interface RestingSaas {
  readonly connector: string;
  readonly connectorName: string;
  readonly host: string;
  /** tokens | asks | calls: see lib/breakers.ts. */
  readonly door: string;
  /** down | told: it asked Valet to wait. */
  readonly why: string;
  readonly since: Date;
  readonly nextTryAt: Date;
}

export interface Refusals {
  readonly reason: string;
  readonly count: number;
}

/** What is wrong, and what to do about it first. */
export interface Trouble {
  readonly what: string;
  readonly todo: string;
  /** A page of Valet's own where it can be looked at. */
  readonly href: string | null;
}

export interface Health {
  readonly works: boolean;
  readonly troubles: readonly Trouble[];
  readonly version: string;
  readonly database: { readonly milliseconds: number; readonly connections: number; readonly waiting: number };
  readonly migrations: { readonly applied: number; readonly last: string | null; readonly unfinished: number };
  /** The process beside the one that answers which renews access. Null: one process does all. */
  readonly refresher: RefresherHealth | null;
  /** Of the refresher, or of the one process that does all. */
  readonly refreshesUnderWay: number;
  /** In-use accounts whose access has ended and was not renewed. */
  readonly overdue: { readonly count: number; readonly oldestAt: Date | null };
  readonly resting: readonly RestingSaas[];
  /** Of the last fifteen minutes, over all processes. */
  readonly uses: { readonly exchanges: number; readonly calls: number; readonly refused: number; readonly reasons: readonly Refusals[] };
  readonly signing: { readonly keys: number; readonly currentSince: Date | null; readonly next: Date | null };
  /** Of the process that answers, and of the refresher beside it as it told last. */
  readonly sweeps: readonly SweepResult[];
  readonly sweepsUnderWay: readonly { readonly name: string; readonly since: Date }[];
}

/** Whether Valet itself works, in words, numbers and times. Admins and auditors only. */
export async function readHealth(ctx: PersonCtx): Promise<Health> {
  requireRole(ctx.actor, "admin", "auditor");
  const now = ctx.clock.now();
  const { health: refresher, self } = await askHow(ctx);
  const begun = performance.now();
  const [first] = await freshRead<Migrations>(ctx.db, MIGRATIONS, []);
  const milliseconds = Math.round(performance.now() - begun);
  const [[overdue], resting, [uses], reasons, keys] = await Promise.all([
    freshRead<Health["overdue"]>(ctx.db, OVERDUE, [now]),
    readResting(ctx, now),
    freshRead<{ exchanges: number; calls: number; refused: number }>(ctx.db, USES, [now]),
    freshRead<Refusals>(ctx.db, REASONS, [now]),
    listSigningKeys(ctx),
  ]);
  const current = keys.find(({ state }) => state === "current");
  const next = keys.find(({ state }) => state === "next");
  const found = {
    version: VERSION,
    database: { milliseconds, ...poolOf(ctx.db) },
    migrations: first as Migrations,
    refresher,
    refreshesUnderWay: refresher ? (self?.refreshesUnderWay ?? 0) : refreshesIn(ctx.flights),
    overdue: overdue as Health["overdue"],
    resting,
    uses: { ...(uses as { exchanges: number; calls: number; refused: number }), reasons },
    signing: {
      keys: keys.filter(({ state }) => state !== "retired").length,
      currentSince: current?.activeFrom ?? null,
      next: next?.activeFrom ?? null,
    },
    sweeps: [...(self?.sweeps ?? []), ...ctx.sweeps.results()],
    sweepsUnderWay: [self?.sweepUnderWay, ctx.sweeps.underWay()].filter((one) => one != null),
  };
  const troubles = troublesOf(found, now);
  return { works: troubles.length === 0, troubles, ...found };
}

type Migrations = Health["migrations"];
type Found = Omit<Health, "works" | "troubles">;

/** Worst first. Pure. */
export function troublesOf(found: Found, now: Date): Trouble[] {
  const troubles: (Trouble | null)[] = [
    found.migrations.unfinished > 0
      ? trouble(
          "A change of the database was begun and not finished.",
          "Start Valet again: it finishes it, or says why it cannot. Restore the last backup only if it says so.",
        )
      : null,
    found.signing.currentSince === null
      ? trouble("No key signs Valet's tokens.", "Start Valet again: a start makes one. Until then agents are given nothing.")
      : null,
    ...wrongWithRefresher(found.refresher, now).map(({ what, todo }) => trouble(what, todo)),
    found.database.waiting > 0
      ? trouble(
          `${found.database.waiting} questions to the database wait for a connection.`,
          "Look at what PostgreSQL is busy with; if it is idle, start a second process of Valet beside this one.",
        )
      : null,
    ...found.resting.map(restingInWords),
    found.overdue.count > 0
      ? trouble(
          `${found.overdue.count} ${found.overdue.count === 1 ? "account that is in use has" : "accounts that are in use have"} access that ended and was not renewed.`,
          "Read the refused refreshes: each names its cause. The next use of each tries again.",
          "/activity?event=connection.refresh&decision=refused&everyone=1",
        )
      : null,
    ...found.sweeps.map(({ name, failure }) =>
      failure
        ? trouble(
            `The regular work "${name}" failed (${failure}).`,
            "It is tried again within a minute. If it stays so, read the log for sweep.failed.",
          )
        : null,
    ),
    ...found.sweepsUnderWay
      .filter(({ since }) => now.getTime() - since.getTime() > LONG_MINUTES * 60_000)
      .map(({ name }) =>
        trouble(
          `The regular work "${name}" has been under way for more than ${LONG_MINUTES} minutes.`,
          "Look whether PostgreSQL answers, and what holds a lock there. If nothing does, start Valet again: the work is taken up anew.",
        ),
      ),
  ];
  return troubles.filter((one) => one !== null);
}

function trouble(what: string, todo: string, href: string | null = null): Trouble {
  return { what, todo, href };
}

/** What each door is called by people. */
export const DOOR_WORDS: Readonly<Record<string, string>> = {
  tokens: "renewing access",
  asks: "questions of Valet's own",
  calls: "agents' calls",
};

function restingInWords({ connectorName, host, door, why }: RestingSaas): Trouble {
  const what = DOOR_WORDS[door] ?? door;
  return why === "told"
    ? trouble(`${connectorName} (${host}) asked Valet to wait: ${what}.`, "Nothing: Valet asks again when that time is over.")
    : trouble(
        `${connectorName} (${host}) does not answer: ${what}.`,
        `Look at the status page of ${connectorName}, and whether this machine reaches ${host}. Valet tries by itself; other services are not affected.`,
      );
}

/** A process that is gone may have left one that is over: it counts no longer a while after its next try was due. */
async function readResting(ctx: PersonCtx, now: Date): Promise<RestingSaas[]> {
  const where = { nextTryAt: { gt: new Date(now.getTime() - STALE_MS) } };
  const found = await ctx.db.saasOutage.findMany({ where, orderBy: [{ since: "asc" }, { host: "asc" }, { door: "asc" }], take: SHOWN_MAX });
  return found.map((one) => ({ ...one, connectorName: findConnector(one.connector)?.name ?? one.connector }));
}

const STALE_MS = 5 * 60_000;
const SHOWN_MAX = 50;
const MINUTES = 15;
const LATE_MINUTES = 10;
/** Any of it takes seconds; renewing waits ten seconds for each of a few that do not answer. */
const LONG_MINUTES = 10;
const LATELY_HOURS = 24;

const MIGRATIONS = `select count(*) filter (where finished_at is not null)::int as applied,
  count(*) filter (where finished_at is null and rolled_back_at is null)::int as unfinished,
  max(migration_name) filter (where finished_at is not null) as last from _prisma_migrations`;

const OVERDUE = `select count(*)::int as count, min(c.access_expires_at) as "oldestAt" from connections c
  where c.status = 'active' and c.sealed_refresh is not null and c.status_note is not null
    and c.access_expires_at < $1::timestamptz - interval '${LATE_MINUTES} minutes'
    and exists (select from activity u where u.connection_id = c.id and u.kind = 'use' and u.at > $1::timestamptz - interval '${LATELY_HOURS} hours' and u.at <= $1)`;

const LATELY = `from activity u where u.kind = 'use' and u.at > $1::timestamptz - interval '${MINUTES} minutes' and u.at <= $1`;
const USES = `select (count(*) filter (where u.decision = 'allowed' and u.event <> 'gateway.call'))::int as exchanges,
  (count(*) filter (where u.decision = 'allowed' and u.event = 'gateway.call'))::int as calls,
  (count(*) filter (where u.decision = 'refused'))::int as refused ${LATELY}`;
const REASONS = `select u.reason, count(*)::int as count ${LATELY} and u.decision = 'refused' group by u.reason order by 2 desc, 1 limit 5`;
