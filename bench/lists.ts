import { Pool } from "undici";
import { at } from "./support/load";
import { openPages, type Pages } from "./support/pages";
import { AMOUNTS, seedLists } from "./support/seedLists";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 25);
const GOAL_MS = 300;

const LISTS: readonly (readonly [name: string, path: string])[] = [
  ["Home", "/"],
  ["Connections", "/connections"],
  ["Agents", "/agents"],
  ["Grants", "/grants"],
  ["Grants, everyone's", "/grants?everyone=1"],
  ["All agents", "/admin/agents"],
  ["People", "/admin/people"],
  ["Runs", "/runs"],
  ["Runs, everyone's", "/runs?everyone=1"],
];

/**
 * How long the server takes for each page with a list, whole, to somebody who has a fifth of everything and sees it all: one reader, one
 * page after the other, all of them in one interleaved run. Prints a section of Markdown.
 */
const pages = await openPages(seedLists);
try {
  print(await measure(pages));
} finally {
  await pages.close();
}

interface Taken {
  readonly milliseconds: number[];
  kilobytes: number;
}

async function measure({ url, cookie }: Pages): Promise<Map<string, Taken>> {
  const pool = new Pool(url, { connections: 1 });
  const taken = new Map(LISTS.map(([name]) => [name, { milliseconds: [], kilobytes: 0 } as Taken]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, path] of LISTS) {
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
    return `| ${name} | ${kilobytes.toFixed(0)} kB | ${at(sorted, 0.5).toFixed(0)} ms | ${late.toFixed(0)} ms | ${late <= GOAL_MS ? "yes" : "no"} |`;
  });
  const { rows: activity, agents, grants, people, connections, runs } = AMOUNTS;
  console.log(
    [
      "## Lists",
      "",
      `Whole pages from the server, with ${activity.toLocaleString("en")} rows of activity, ${agents} agents, ${grants} grants, ${connections} accounts, ${people} people and ${runs} runs;`,
      `a fifth of all is the reader's own. The goal is ${GOAL_MS} ms.`,
      "",
      `| page | size | p50 | p95 | within the goal |`,
      "| --- | ---: | ---: | ---: | --- |",
      ...rows,
    ].join("\n"),
  );
}
