import { Pool } from "undici";
import { listActivity } from "../lib/activity/list";
import { listRuns } from "../lib/activity/readRun";
import { listAgents } from "../lib/agents/list";
import { listConnections } from "../lib/connections/list";
import type { PersonCtx } from "../lib/ctx";
import { readActAsMe } from "../lib/grants/actAsMe";
import { searchGrants } from "../lib/grants/page";
import { listPeople } from "../lib/people/list";
import { at, median } from "./support/load";
import { openPages, type Pages } from "./support/pages";
import { AMOUNTS, seedLists } from "./support/seedLists";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 25);
const GOAL_MS = 300;

interface List {
  readonly name: string;
  readonly path: string;
  /** What the page asks first, without the page. */
  readonly read: (ctx: PersonCtx) => Promise<unknown>;
}

const LISTS: readonly List[] = [
  {
    name: "Home",
    path: "/",
    read: (ctx) =>
      Promise.all([
        readActAsMe(ctx),
        listAgents(ctx, { scope: "mine" }),
        listConnections(ctx),
        listActivity(ctx, { acting: "agent", limit: 5 }),
      ]),
  },
  { name: "Connections", path: "/connections", read: (ctx) => listConnections(ctx) },
  { name: "Agents", path: "/agents", read: (ctx) => listAgents(ctx, { scope: "mine" }) },
  { name: "Grants", path: "/grants", read: (ctx) => searchGrants(ctx) },
  { name: "Grants, everyone's", path: "/grants?everyone=1", read: (ctx) => searchGrants(ctx, { everyone: true }) },
  { name: "All agents", path: "/admin/agents", read: (ctx) => listAgents(ctx, { scope: "all" }) },
  { name: "People", path: "/admin/people", read: (ctx) => listPeople(ctx) },
  { name: "Runs", path: "/runs", read: (ctx) => listRuns(ctx) },
  { name: "Runs, everyone's", path: "/runs?everyone=1", read: (ctx) => listRuns(ctx, { everyone: true }) },
];

const readMs = new Map<string, number>();

/**
 * How long the server takes for each page with a list, whole, to somebody who has a fifth of everything and sees it all: one reader, one
 * page after the other, all of them in one interleaved run. Prints a section of Markdown.
 */
const pages = await openPages(async (core, admin) => {
  await seedLists(core, admin);
  await timeReading(admin);
});
try {
  print(await measure(pages));
} finally {
  await pages.close();
}

async function timeReading(admin: PersonCtx): Promise<void> {
  for (const { name, read } of LISTS) {
    const taken: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      const begun = performance.now();
      await read(admin);
      // The first is the caches'.
      if (times > 0) taken.push(performance.now() - begun);
    }
    readMs.set(name, median(taken));
  }
}

interface Taken {
  readonly milliseconds: number[];
  kilobytes: number;
}

async function measure({ url, cookie }: Pages): Promise<Map<string, Taken>> {
  const pool = new Pool(url, { connections: 1 });
  const taken = new Map(LISTS.map(({ name }) => [name, { milliseconds: [], kilobytes: 0 } as Taken]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { name, path } of LISTS) {
      const begun = performance.now();
      const { statusCode, body } = await pool.request({ path, method: "GET", headers: { cookie, accept: "text/html" } });
      const text = await body.text();
      const milliseconds = performance.now() - begun;
      if (statusCode !== 200) throw new Error(`${path} was answered ${statusCode}.`);
      const one = taken.get(name) as Taken;
      one.kilobytes = Buffer.byteLength(text) / 1000;
      // The first round belongs to the compiler and to the database's caches.
      if (round > 0) one.milliseconds.push(milliseconds);
    }
  }
  await pool.close();
  return taken;
}

function print(taken: Map<string, Taken>): void {
  const rows = [...taken].map(([name, { milliseconds, kilobytes }]) => {
    const sorted = milliseconds.sort((left, right) => left - right);
    const late = at(sorted, 0.95);
    return `| ${name} | ${kilobytes.toFixed(0)} kB | ${readMs.get(name)?.toFixed(0)} ms | ${at(sorted, 0.5).toFixed(0)} ms | ${late.toFixed(0)} ms | ${late <= GOAL_MS ? "yes" : "no"} |`;
  });
  const { rows: activity, agents, grants, people, connections, runs } = AMOUNTS;
  console.log(
    [
      "## Lists",
      "",
      `Whole pages from the server, with ${activity.toLocaleString("en")} rows of activity, ${agents} agents, ${grants} grants, ${connections} accounts, ${people} people and ${runs} runs;`,
      `a fifth of all is the reader's own. The goal is ${GOAL_MS} ms.`,
      "",
      "| page | size | reading alone | p50 | p95 | within the goal |",
      "| --- | ---: | ---: | ---: | ---: | --- |",
      ...rows,
    ].join("\n"),
  );
}
