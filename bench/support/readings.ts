import { type ChartInput, chartActivity } from "../../lib/activity/chart";
import { type ActivityFilter, listActivity } from "../../lib/activity/list";
import { pageRuns, readRun } from "../../lib/activity/readRun";
import { usesPerDay } from "../../lib/activity/usesPerDay";
import type { PersonCtx } from "../../lib/ctx";
import { readOverview } from "../../lib/overview/overview";
import { whatStops } from "../../lib/overview/whatStops";
import { CROWD, LEDGER_ROWS } from "./ledger";
import type { House } from "./ledgerHouse";
import { at } from "./load";
import { databaseMs } from "./waiting";

export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
/** What a list and a chart are to take. */
export const GOALS_MS = { list: 10, chart: 25 } as const;
/** How much longer a ledger of ten times as many rows may take. */
export const GROWTH_MOST = 1.5;
export const DAY_MS = 86_400_000;

/** One reading of the ledger, by the verb that pages and the API call. */
interface Reading {
  readonly name: string;
  readonly kind: "list" | "chart";
  /** Admins' and auditors' alone. */
  readonly wide?: boolean;
  readonly run: (reader: PersonCtx, everyone: boolean) => Promise<unknown>;
}

/** Milliseconds, smallest first: of the database alone, and of the whole verb. */
interface Taken {
  readonly database: number[];
  readonly verb: number[];
}

/** One that everybody has a row of: the crowd follows from the number. */
const RUN = 3;

/** What is asked for: of both ledgers the same, by what is in both. */
export function readingsOf({ admin }: House): (house: House) => Reading[] {
  const now = admin.clock.now().getTime();
  const [month, quarter, middle] = [new Date(now - 30 * DAY_MS), new Date(now - 90 * DAY_MS), new Date(now - 45 * DAY_MS)];
  return ({ agents, busy }) => {
    const agentId = agents[3] ?? "";
    const list = (name: string, filter: ActivityFilter, more: Partial<Reading> = {}): Reading => {
      return { name, kind: "list", run: (reader, everyone) => listActivity(reader, { ...filter, everyone }), ...more };
    };
    const chart = (name: string, filter: ChartInput): Reading => {
      return { name, kind: "chart", run: (reader, everyone) => chartActivity(reader, { ...filter, everyone }) };
    };
    const connectionId = `con_${"3".padStart(26, "0")}`;
    return [
      list("the newest 50 rows", {}),
      list("the newest 200 rows", { limit: 200 }),
      list("50 rows in the middle", { cursor: `${middle.getTime().toString(36)}.use_0` }),
      list("one agent", { agentId }),
      list("what was refused", { decision: "refused" }),
      list("what one agent was refused", { agentId, decision: "refused" }),
      list("one person's", { personId: busy.actor.personId }),
      list("one service", { connector: "slack" }),
      list("one connection", { connectionId }),
      list("one run's rows", { runId: `run-${RUN}` }),
      list("an event that never was", { event: "person.join" }),
      list("a text that one row in 500 has", { text: "site-42/" }),
      list("a text that no row has", { text: "nothing like it" }),
      { name: "the newest runs", kind: "list", run: (reader, everyone) => pageRuns(reader, { everyone }) },
      { name: "one agent's runs", kind: "list", run: (reader, everyone) => pageRuns(reader, { everyone, agentId }) },
      { name: "one run as a tree", kind: "list", run: (reader) => readRun(reader, { runId: `run-${RUN}` }) },
      chart("the chart of all", {}),
      chart("the chart of 90 days", { from: quarter }),
      chart("the chart of 30 days", { from: month }),
      chart("the chart of seven days", { from: new Date(now - 7 * DAY_MS) }),
      chart("the chart of one day", { from: new Date(now - DAY_MS) }),
      chart("the chart of what agents did in 30 days", { from: month, acting: "agent" }),
      chart("the chart of one agent in 90 days", { from: quarter, agentId }),
      chart("the chart of what one agent was refused", { agentId, decision: "refused" }),
      chart("the chart of one person in 30 days", { from: month, personId: busy.actor.personId }),
      chart("the chart of one service in 30 days", { from: month, connector: "slack" }),
      chart("the chart of one connection in 30 days", { from: month, connectionId }),
      chart("the chart of a text", { text: "site-42/" }),
      {
        name: "the uses of 50 agents by day, 30 days",
        kind: "chart",
        run: (reader, everyone) => usesPerDay(reader, { agentIds: agents.slice(0, 50), days: 30, everyone }),
      },
      { name: "the overview of an admin", kind: "chart", wide: true, run: (reader) => readOverview(reader) },
      { name: "what a stop of everything would stop", kind: "chart", wide: true, run: (reader) => whatStops(reader) },
    ];
  };
}

const READERS = ["busy", "quiet", "admin"] as const;
type Reader = (typeof READERS)[number];
type Size = "whole" | "tenth";
type Times = Map<string, { readonly kind: Reading["kind"] } & Readonly<Record<`${Size} ${Reader}`, Taken>>>;

/** All of it interleaved. The first rounds belong to the compiler and to the database's caches. */
export async function measureReadings(readingsFor: (house: House) => Reading[], houses: Readonly<Record<Size, House>>): Promise<Times> {
  const readings = { whole: readingsFor(houses.whole), tenth: readingsFor(houses.tenth) };
  const times: Times = new Map(readings.whole.map(({ name, kind }) => [name, { kind, ...emptyTimes() }]));
  const all = readings.whole.flatMap(({ name, wide }, index) =>
    (wide ? (["admin"] as const) : READERS).flatMap((reader) =>
      (["whole", "tenth"] as const).map((size) => ({
        taken: times.get(name)?.[`${size} ${reader}`] as Taken,
        run: () => readings[size][index]?.run(houses[size][reader], reader === "admin"),
      })),
    ),
  );
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const { taken, run } of all) {
      const [begun, waited] = [performance.now(), databaseMs()];
      await run();
      if (round < 0) continue;
      taken.database.push(databaseMs() - waited);
      taken.verb.push(performance.now() - begun);
    }
  }
  return times;
}

function emptyTimes(): Record<`${Size} ${Reader}`, Taken> {
  const names = READERS.flatMap((reader) => [`whole ${reader}`, `tenth ${reader}`] as const);
  return Object.fromEntries(names.map((name) => [name, { database: [], verb: [] }])) as never;
}

export function share(values: readonly number[], part: number): number {
  return at(
    [...values].sort((left, right) => left - right),
    part,
  );
}

function rowsOf(part: number): string {
  return (Math.round((LEDGER_ROWS * part) / 100) * 100).toLocaleString("en");
}

export function readingsTable(times: Times): string[] {
  const lines = [...times].map(([name, every]) => {
    const figures = READERS.map((reader) => {
      const { database } = every[`whole ${reader}`];
      return database.length === 0 ? "" : `${share(database, 0.5).toFixed(1)} / ${share(database, 0.95).toFixed(1)}`;
    });
    const { verb, database } = every["whole admin"];
    const growth = share(database, 0.5) / share(every["tenth admin"].database, 0.5);
    const slowest = Math.max(...READERS.map((reader) => share(every[`whole ${reader}`].database, 0.5)).filter((one) => !Number.isNaN(one)));
    const reached = slowest <= GOALS_MS[every.kind] ? "yes" : "no";
    return `| ${[name, ...figures, share(verb, 0.5).toFixed(1), `${growth.toFixed(2)} x`, reached].join(" | ")} |`;
  });
  const busy = CROWD.busyOf ? 1 / CROWD.busyOf : 0.9;
  const head = [`with ${rowsOf(busy)} rows`, `with ${rowsOf((1 - busy) / CROWD.quiet)} rows`, "everybody's", "the whole verb, p50"];
  return [
    `| what | ${head.join(" | ")} | against a tenth of the rows | reached |`,
    "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ...lines,
  ];
}
