import { Pool } from "undici";
import { type House, openHouse } from "./support/house";
import { long } from "./support/length";
import { median } from "./support/load";
import { byHop, byKey, bySecret, byWorkload, type Prepare, withKey } from "./support/proving";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? long(15, 2));
const REQUESTS_PER_ROUND = long(40, 1);

/** A way to ask for a token. */
interface Way {
  readonly name: string;
  readonly prepare: Prepare;
}

/**
 * What an exchange costs, by how the agent proves itself: one caller, one exchange after the other, all ways in one interleaved run; what the
 * caller signs is signed before the time runs. The figures to quote are the ratios. Prints a section of Markdown.
 */
const house = await openHouse();
try {
  print(await measure(waysOf(house)));
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
