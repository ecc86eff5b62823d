import { Pool } from "undici";
import { type House, openHouse } from "./support/house";
import { at, median } from "./support/load";
import { type Part, startPart } from "./support/processes";
import { type Asked, byHop, byKey, bySecret, byWorkload, type Prepare, withKey } from "./support/proving";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const REQUESTS_PER_ROUND = 40;
const CROWD = 64;
const CROWD_ROUNDS = 5;
const CROWD_MS = 2_000;

/** A way to ask for a token. */
interface Way {
  readonly name: string;
  readonly prepare: Prepare;
}

/**
 * What an exchange costs, by how the agent proves itself: one caller, one exchange after the other, all ways in one interleaved run; what the
 * caller signs is signed before the time runs. Then a crowd of callers, against a server that answers the same and does nothing for it. The
 * figures to quote are the ratios. Prints a section of Markdown.
 */
const house = await openHouse();
try {
  print(await measure(waysOf(house)));
  await measureCrowd(house);
} finally {
  await house.close();
}

/** The first is what the others are compared with. */
function waysOf({ valet, agent }: House): Way[] {
  const proofs: Way[] = [
    { name: "secret", prepare: bySecret(agent) },
    { name: "a key of its own (private_key_jwt)", prepare: byKey(valet.url, agent) },
    { name: "its workload's token", prepare: byWorkload(valet.url, agent) },
  ];
  const bound = proofs.map(({ name, prepare }) => ({ name: `${name}, bound to a key (DPoP)`, prepare: withKey(valet.url, prepare) }));
  const hops = [1, 2, 3].map((hop) => ({ name: `secret, taking over by hop ${hop}`, prepare: byHop(valet.url, agent, hop) }));
  return [...proofs, ...bound, ...hops];
}

/** Milliseconds of each exchange, by way. */
async function measure(ways: readonly Way[]): Promise<Map<Way, number[]>> {
  const pool = new Pool(house.valet.url, { connections: 1 });
  const times = new Map(ways.map((way) => [way, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of ways) {
      const taken = await runOnce(pool, way);
      // The first round belongs to the compiler and to the database's caches.
      if (round > 0) times.get(way)?.push(...taken);
    }
  }
  await pool.close();
  return times;
}

async function runOnce(pool: Pool, { name, prepare }: Way): Promise<number[]> {
  const taken: number[] = [];
  for (const { headers, body } of await prepare(REQUESTS_PER_ROUND)) {
    const begun = performance.now();
    const answer = await pool.request({ path: "/oauth/token", method: "POST", headers, body });
    const text = await answer.body.text();
    taken.push(performance.now() - begun);
    if (answer.statusCode !== 200) throw new Error(`${name}: ${answer.statusCode} ${text}`);
  }
  return taken;
}

function print(times: Map<Way, number[]>): void {
  const rows = [...times].map(([{ name }, values]) => ({ name, milliseconds: median(values) }));
  const base = rows[0]?.milliseconds ?? Number.NaN;
  const lines = rows.map(({ name, milliseconds }) => `| ${name} | ${milliseconds.toFixed(2)} ms | ${(milliseconds / base).toFixed(2)} |`);
  console.log(["## An exchange", "", "| proved by | median | against the secret |", "| --- | ---: | ---: |", ...lines].join("\n"));
}

interface CrowdRound {
  readonly perSecond: number;
  readonly sorted: readonly number[];
  /** Of Valet's process, for one exchange, in milliseconds. */
  readonly processorMs: number;
}

/** Every exchange has its row on disk before its answer begins. */
async function measureCrowd({ valet, agent }: House): Promise<void> {
  const [asked] = await bySecret(agent)(1);
  if (!asked) return;
  const bare = await startPart("bareAnswer.ts", { ANSWER: await answerTo(valet, asked) });
  const rounds: { plain: CrowdRound; through: CrowdRound }[] = [];
  await crowd(valet, asked);
  for (let round = 0; round < CROWD_ROUNDS; round += 1)
    rounds.push({ plain: await crowd(bare, asked), through: await crowd(valet, asked) });
  await bare.stop();
  const of = (pick: (round: (typeof rounds)[number]) => number, digits: number) => median(rounds.map(pick)).toFixed(digits);
  console.log(
    [
      "",
      `${CROWD} callers at once, proved by their secret, each row durable before its answer:`,
      "",
      "| what | figure |",
      "| --- | --- |",
      `| against a bare node:http server with the same answer | ${of(({ plain, through }) => through.perSecond / plain.perSecond, 2)} x |`,
      `| the same in answers per second, bare / exchange | ${of(({ plain }) => plain.perSecond, 0)} / ${of(({ through }) => through.perSecond, 0)} |`,
      `| time of an exchange then, p50 / p99 | ${of(({ through }) => at(through.sorted, 0.5), 0)} / ${of(({ through }) => at(through.sorted, 0.99), 0)} ms |`,
      `| processor time of Valet's process for one exchange | ${of(({ through }) => through.processorMs, 2)} ms |`,
    ].join("\n"),
  );
}

async function answerTo({ url }: Part, { headers, body }: Asked): Promise<string> {
  return (await fetch(`${url}/oauth/token`, { method: "POST", headers, body })).text();
}

async function crowd(part: Part, { headers, body }: Asked): Promise<CrowdRound> {
  const pool = new Pool(part.url, { connections: CROWD });
  const { processorMs: before } = await part.usage();
  const [taken, begun]: [number[], number] = [[], performance.now()];
  const caller = async () => {
    while (performance.now() - begun < CROWD_MS) {
      const start = performance.now();
      const answer = await pool.request({ path: "/oauth/token", method: "POST", headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`An exchange of the crowd was answered ${answer.statusCode}.`);
      taken.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: CROWD }, caller));
  const perSecond = taken.length / ((performance.now() - begun) / 1000);
  const processorMs = ((await part.usage()).processorMs - before) / taken.length;
  await pool.close();
  return { perSecond, sorted: taken.sort((left, right) => left - right), processorMs };
}
