import { loadavg } from "node:os";
import { basename, dirname } from "node:path";
import { Pool } from "undici";
import { runningEmbedded } from "../lib/database/embedded";
import { type House, type OneAgent, openHouse } from "./support/house";
import { median } from "./support/load";
import { type Amounts, growHouse } from "./support/manyGrants";
import { inOwnFolder, type OwnFolder } from "./support/ownFolder";
import { exchangeOf } from "./support/proving";

/** `BENCH_GROWTH=100000` is the large house: it takes five minutes, and 3 GB of disk, to make. */
const AGENTS = Number(process.env.BENCH_GROWTH ?? 10_000);
const SMALL: Amounts = { agents: 1_000, grants: 1_000 };
const LARGE: Amounts = { agents: AGENTS, grants: AGENTS * 10 };
const HOT = 1_000;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 2_000);
const CALLERS = 64;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const MEMORY_MOST_MIB = 300;

/** A Valet, and who can ask it for what. */
interface Grown extends Amounts {
  readonly house: House;
  readonly grant: (number: number) => OneAgent;
}

/**
 * Exchanges of a house with many agents and grants against those of a small one, each a Valet and a PostgreSQL of its own, in interleaved rounds: of a thousand
 * grants that are asked for again and again, and of any, at random. Prints a section of Markdown.
 */
const load = loadavg()[0] ?? 0;
await inOwnFolder(async (own) => {
  const small = await grow(own, SMALL);
  const large = await grow(own, LARGE);
  try {
    await print(small, large);
  } finally {
    await Promise.all([small.house.close(), large.house.close()]);
  }
});

async function grow(own: OwnFolder, amounts: Amounts): Promise<Grown> {
  const before = new Set(await own.note());
  const house = await openHouse({ agents: 1 });
  const dataDir = (await own.note()).find((one) => !before.has(one) && basename(dirname(one)).startsWith("valet-bench-"));
  const url = dataDir && (await runningEmbedded({ dataDir, database: "bench" }));
  const [pattern] = house.many;
  if (!url || !pattern) throw new Error("The house has no database of its own.");
  return { house, ...amounts, grant: await growHouse(url, pattern, amounts) };
}

async function print(small: Grown, large: Grown): Promise<void> {
  const kinds = {
    small: () => crowd(small, () => 1 + Math.floor(Math.random() * small.grants)),
    hot: () => crowd(large, () => 1 + Math.floor(Math.random() * HOT)),
    random: () => crowd(large, () => 1 + Math.floor(Math.random() * large.grants)),
  };
  const rates: Record<keyof typeof kinds, number[]> = { small: [], hot: [], random: [] };
  // The first round belongs to the compiler and to the caches.
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const name of ["small", "hot", "random"] as const) {
      const perSecond = await kinds[name]();
      if (round > 0) rates[name].push(perSecond);
    }
  const memory = { small: await small.house.valet.usage(), large: await large.house.valet.usage() };
  const [base, number] = [median(rates.small), (value: number) => value.toLocaleString("en")];
  const row = (what: string, name: keyof typeof kinds, least: number | null) => {
    const [rate, ratio] = [median(rates[name]), median(rates[name]) / base];
    const spread = `${Math.min(...rates[name]).toFixed(0)} to ${Math.max(...rates[name]).toFixed(0)}`;
    const reached = least === null ? ["", ""] : [`>= ${least} x`, ratio >= least ? "yes" : "no"];
    return `| ${[what, `${rate.toFixed(0)} (${spread})`, `${ratio.toFixed(2)} x`, ...reached].join(" | ")} |`;
  };
  const most = Math.max(memory.large.peakMib, memory.large.nowMib);
  const busy = load > 1 ? ` Other work shared the machine (load average ${load.toFixed(1)} at the start).` : "";
  console.log(
    [
      ...["## Growth", ""],
      `${number(large.agents)} agents and ${number(large.grants)} grants against ${number(small.agents)} and ${number(small.grants)}, ${CALLERS} callers,`,
      `every exchange with its row. The small house is asked for all that it has. Medians of ${ROUNDS} interleaved rounds.${busy}`,
      "",
      "| what | exchanges per second | against the small house | to reach | reached |",
      "| --- | ---: | ---: | --- | --- |",
      row("the small house", "small", null),
      row(`the large one, ${number(HOT)} grants again and again`, "hot", 0.95),
      row("the large one, any grant at random", "random", 0.85),
      `| memory of the large one's Valet at its most | ${most.toFixed(0)} MiB (small: ${Math.max(memory.small.peakMib, memory.small.nowMib).toFixed(0)} MiB) | | under ${MEMORY_MOST_MIB} MiB | ${most < MEMORY_MOST_MIB ? "yes" : "no"} |`,
    ].join("\n"),
  );
}

/** Exchanges per second of as many callers as there are, each waiting for its answer before the next. */
async function crowd({ house, grant }: Grown, next: () => number): Promise<number> {
  const pool = new Pool(house.valet.url, { connections: CALLERS, pipelining: 1 });
  let answered = 0;
  const begun = performance.now();
  const caller = async () => {
    while (performance.now() - begun < ROUND_MS) {
      const { clientId, clientSecret, grantId } = grant(next());
      const body = exchangeOf(grantId, { client_id: clientId, client_secret: clientSecret });
      const answer = await pool.request({ path: "/oauth/token", method: "POST", headers: FORM, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`An exchange was answered ${answer.statusCode} ${text}.`);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const perSecond = answered / ((performance.now() - begun) / 1000);
  await pool.close();
  return perSecond;
}
