import { Pool } from "undici";
import { ROUNDS, share } from "./readings";

/** What a page is to take. */
const GOAL_MS = 40;

const PAGES = [
  ["Activity, everybody's", "/activity?everyone=1"],
  ["Activity, everybody's, the last 30 days", "/activity?everyone=1&since=30d"],
  ["Activity, what agents were refused", "/activity?everyone=1&decision=refused&acting=agent"],
  ["Activity, a text in the last 30 days", "/activity?everyone=1&text=site-42/&since=30d"],
  ["Activity, one's own", "/activity"],
  ["Runs, everybody's", "/runs?everyone=1"],
  ["the admin's overview", "/admin"],
] as const;

/** Whole pages at one connection, as a table of Markdown. */
export async function measurePages({ url, cookie }: { readonly url: string; readonly cookie: string }): Promise<string[]> {
  const times = new Map(PAGES.map(([name]) => [name, [] as number[]]));
  const pool = new Pool(url, { connections: 1 });
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const [name, path] of PAGES) {
      const begun = performance.now();
      const { statusCode, body } = await pool.request({ path, method: "GET", headers: { cookie, accept: "text/html" } });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${path} was answered ${statusCode}.`);
      if (round >= 0) times.get(name)?.push(performance.now() - begun);
    }
  }
  await pool.close();
  const lines = [...times].map(([name, taken]) => {
    const middle = share(taken, 0.5);
    return `| ${name} | ${middle.toFixed(0)} / ${share(taken, 0.95).toFixed(0)} | ${middle <= GOAL_MS ? "yes" : "no"} |`;
  });
  return [
    ...["", "The same over HTTP at one connection, whole pages of the built server:", ""],
    ...[`| page | p50 / p95, ms | p50 within ${GOAL_MS} ms |`, "| --- | ---: | --- |", ...lines],
  ];
}
