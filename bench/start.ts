import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { House } from "../e2e/faults/house";
import { isBuilt } from "../scripts/build.mjs";
import { firstExchange, memoryOf, memoryOfAll, openBesideRefresher, type Started, startWhole } from "./support/built";
import { median } from "./support/load";
import { type Asked, exchangeOf } from "./support/proving";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** A million shows it; so many show whether it is still so. */
const EXCHANGES = Number(process.env.BENCH_EXCHANGES ?? 50_000);
const CALLERS = 64;
/** How often memory is looked at while exchanges are answered. */
const LOOKS = 10;
/** What it may vary by without being said to grow: the heap breathes. */
const FLAT_MIB = 24;

const REACH = { ms: 600, mib: 160, afterMib: 300 };

/**
 * How soon the production build answers its first exchange, and what memory it has then and later. PostgreSQL is up and migrated; the processes
 * are started as the starter starts them, several times. Prints a section of Markdown.
 */
if (!isBuilt()) throw new Error("There is no build of these sources: npm run build");
const house = await House.open();
const folder = await mkdtemp(join(tmpdir(), "valet-bench-start-"));
try {
  const { clientId, clientSecret, grantId } = await house.lend();
  const body = exchangeOf(grantId, { client_id: clientId, client_secret: clientSecret });
  print(await measure({ headers: { "content-type": "application/x-www-form-urlencoded" }, body }));
} finally {
  await house.close();
  await rm(folder, { recursive: true, force: true });
}

interface Start {
  readonly milliseconds: number;
  readonly mib: number;
}

interface Measured {
  readonly web: Start;
  readonly whole: Start;
  /** With the pages loaded, and nothing asked of them. */
  readonly withPages: number;
  /** Mebibytes after each tenth of all exchanges. */
  readonly looks: readonly number[];
}

async function measure(asked: Asked): Promise<Measured> {
  const beside = await openBesideRefresher(house.environment, folder);
  const [webs, wholes]: [Start[], Start[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) webs.push(await startOnce(beside.startWeb, asked, memoryOf));
  const web = beside.startWeb();
  await firstExchange(house.url, asked);
  await pageAnswers();
  const withPages = await memoryOf(web.pid);
  const looks = await askMany(asked, () => memoryOf(web.pid));
  await web.stop();
  await beside.close();
  for (let round = 0; round < ROUNDS; round += 1) wholes.push(await startOnce(() => startWhole(house.environment), asked, memoryOfAll));
  return { web: medianOf(webs), whole: medianOf(wholes), withPages, looks };
}

async function startOnce(start: () => Started, asked: Asked, memory: (pid: number) => Promise<number>): Promise<Start> {
  const begun = performance.now();
  const one = start();
  const milliseconds = (await firstExchange(house.url, asked)) - begun;
  const mib = await memory(one.pid);
  // A page is answered when all is loaded: what is stopped before would be measured in the next round.
  await pageAnswers();
  await one.stop();
  return { milliseconds, mib };
}

async function pageAnswers(): Promise<void> {
  const { status } = await fetch(`${house.url}/sign-in`);
  if (status !== 200) throw new Error(`The page to sign in was answered ${status}.`);
}

function medianOf(starts: readonly Start[]): Start {
  return { milliseconds: median(starts.map(({ milliseconds }) => milliseconds)), mib: median(starts.map(({ mib }) => mib)) };
}

/** So many callers, each waiting for its answer before the next; memory is looked at after each tenth. */
async function askMany(asked: Asked, memory: () => Promise<number>): Promise<number[]> {
  const pool = new Pool(house.url, { connections: CALLERS, pipelining: 1 });
  const looks: number[] = [];
  for (let look = 1; look <= LOOKS; look += 1) {
    let left = Math.floor(EXCHANGES / LOOKS);
    const caller = async () => {
      while (left > 0) {
        left -= 1;
        const answer = await pool.request({ path: "/oauth/token", method: "POST", ...asked });
        await answer.body.dump();
        if (answer.statusCode !== 200) throw new Error(`An exchange was answered ${answer.statusCode}.`);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    looks.push(await memory());
  }
  await pool.close();
  return looks;
}

function print({ web, whole, withPages, looks }: Measured): void {
  const [first, last] = [looks[0] ?? Number.NaN, looks.at(-1) ?? Number.NaN];
  const flat = last - first <= FLAT_MIB;
  const row = (what: string, reach: string, measured: string, reached: string) =>
    console.log(`| ${what} | ${reach} | ${measured} | ${reached} |`);
  const held = (isReached: boolean) => (isReached ? "yes" : "no");
  console.log("## A start, and memory\n");
  console.log(
    "The production build, PostgreSQL up. The web process beside its refresher, and all that `npm start` starts: starter, refresher, web process.\n",
  );
  console.log("| what | to reach | measured | reached |\n| --- | --- | --- | --- |");
  row(
    "the web process, from its start to its first exchange",
    `${REACH.ms} ms`,
    `${web.milliseconds.toFixed(0)} ms`,
    held(web.milliseconds <= REACH.ms),
  );
  row("its memory then", `${REACH.mib} MiB`, `${web.mib.toFixed(0)} MiB`, held(web.mib <= REACH.mib));
  row("its memory when the pages are loaded too", "", `${withPages.toFixed(0)} MiB`, "");
  const count = EXCHANGES.toLocaleString("en");
  row(`its memory after ${count} exchanges`, `under ${REACH.afterMib} MiB`, `${last.toFixed(0)} MiB`, held(last < REACH.afterMib));
  const series = looks.map((mib) => mib.toFixed(0)).join(", ");
  row("the same after each tenth of them", "flat", `${series} MiB`, held(flat));
  row("all of `npm start`, to its first exchange", "", `${whole.milliseconds.toFixed(0)} ms`, "");
  row("memory of its three processes then", "", `${whole.mib.toFixed(0)} MiB`, "");
}
