import { Pool } from "undici";
import { spellSecret } from "../lib/tokens/secret";
import { type House, openHouse } from "./support/house";
import { at, median } from "./support/load";
import { type Part, startPart } from "./support/processes";
import { type Asked, byKey, bySecret, exchangeOf, type Prepare, withKey } from "./support/proving";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 2_000);
const CALLERS = 64;
const MANY_CALLERS = 256;
const HERD = 900;
/** More than a round of signed requests can take. */
const SIGNED_PER_ROUND = 6_000;
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** One figure beside what it is to reach. */
interface Figure {
  readonly what: string;
  readonly reach: string;
  readonly measured: string;
  readonly met: boolean;
}

/**
 * How fast exchanges are, beside what they are to reach: against a bare `node:http` server with the same answer, in interleaved rounds,
 * every exchange with its row flushed to disk before the answer begins. Prints a section of Markdown.
 */
const house = await openHouse({ agents: HERD });
try {
  const figures = await measure(house);
  console.log("## Exchanges, and what they are to reach\n");
  console.log("| what | to reach | measured | reached |\n| --- | --- | --- | --- |");
  for (const { what, reach, measured, met } of figures) console.log(`| ${what} | ${reach} | ${measured} | ${met ? "yes" : "no"} |`);
} finally {
  await house.close();
}

async function measure({ valet, agent, many, startAnother, postgresMs }: House): Promise<Figure[]> {
  const secret = bySecret(agent);
  const [asked] = await secret(1);
  const bare = await startPart("bareAnswer.ts", { ANSWER: await answerTo(valet, asked as Asked) });
  const wrong: Prepare = async (count) =>
    Array.from({ length: count }, () => ({ headers: FORM, body: wrongKey(agent.clientId, agent.grantId) }));
  const ways: Readonly<Record<string, Prepare>> = {
    secret,
    key: byKey(valet.url, agent),
    bound: withKey(valet.url, byKey(valet.url, agent)),
  };
  await crowd([valet], secret, CALLERS, ROUND_MS);
  const rounds: Record<string, Round[]> = { bare: [], wrong: [], secret: [], key: [], bound: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.bare?.push(await crowd([bare], secret, CALLERS, ROUND_MS));
    for (const [name, way] of Object.entries(ways)) rounds[name]?.push(await crowd([valet], way, CALLERS, ROUND_MS, postgresMs));
    rounds.wrong?.push(await crowd([valet], wrong, CALLERS, ROUND_MS, undefined, 401));
  }
  const of = (name: string, pick: (round: Round) => number) => median((rounds[name] ?? []).map(pick));
  const ratio = (name: string) => of(name, ({ perSecond }) => perSecond) / of("bare", ({ perSecond }) => perSecond);
  const rate = (name: string) =>
    `${ratio(name).toFixed(2)} x (${of(name, ({ perSecond }) => perSecond).toFixed(0)} of ${of("bare", ({ perSecond }) => perSecond).toFixed(0)} a second)`;
  const alone = await crowd([valet], secret, 1, ROUND_MS);
  const saturated = of("secret", ({ sorted }) => at(sorted, 0.99));
  const [slow, fast] = [await openLoop(valet, secret, 2_000), await openLoop(valet, secret, 4_000)];
  const herd = await ask(
    many.map(({ clientId, clientSecret, grantId }) => ({
      headers: FORM,
      body: exchangeOf(grantId, { client_id: clientId, client_secret: clientSecret }),
    })),
    valet,
  );
  const processor = of("secret", ({ processorMs }) => processorMs) * 1000;
  const one = await crowd([valet], secret, MANY_CALLERS, ROUND_MS);
  const { memory } = { memory: (await valet.usage()).nowMib };
  const cold = await coldStart(startAnother, asked as Asked);
  const two = await crowd([valet, cold.part], secret, MANY_CALLERS, ROUND_MS);
  await Promise.all([bare.stop(), cold.part.stop()]);
  return [
    figure(`${CALLERS} callers, against a bare server`, ">= 0.30 x", rate("secret"), ratio("secret") >= 0.3),
    figure("the same with private_key_jwt", ">= 0.15 x", rate("key"), ratio("key") >= 0.15),
    figure("and DPoP on top", ">= 0.10 x", rate("bound"), ratio("bound") >= 0.1),
    figure("one caller, p50", "0.8 ms", ms(at(alone.sorted, 0.5)), at(alone.sorted, 0.5) <= 0.8),
    figure(`${CALLERS} callers, p99`, "15 ms", ms(saturated), saturated <= 15),
    figure("2,000 a second whatever happens, p99", "6 ms", slow.told, slow.p99 <= 6),
    figure("4,000 a second whatever happens, p99", "10 ms", fast.told, fast.p99 <= 10),
    figure(`${HERD} agents connect at once and ask once: the last answer`, "250 ms", ms(herd), herd <= 250),
    figure("processor time of one exchange, Valet and PostgreSQL", "90 µs", `${processor.toFixed(0)} µs`, processor <= 90),
    figure("wrong keys, against a bare server", ">= 0.6 x", rate("wrong"), ratio("wrong") >= 0.6),
    figure("a second process starts, to its first exchange", "600 ms", ms(cold.milliseconds), cold.milliseconds <= 600),
    figure("memory after all this", "under 300 MiB", `${memory.toFixed(0)} MiB`, memory < 300),
    figure(
      `2 processes at ${MANY_CALLERS} callers, against 1`,
      ">= 1.3 x",
      `${(two.perSecond / one.perSecond).toFixed(2)} x`,
      two.perSecond / one.perSecond >= 1.3,
    ),
  ];
}

function figure(what: string, reach: string, measured: string, met: boolean): Figure {
  return { what, reach, measured, met };
}

const ms = (milliseconds: number) => `${milliseconds.toFixed(1)} ms`;

async function answerTo({ url }: Part, { headers, body }: Asked): Promise<string> {
  return (await fetch(`${url}/oauth/token`, { method: "POST", headers, body })).text();
}

/** Well formed, and nobody's: the checksum is right, so that it is no noise. */
function wrongKey(clientId: string, grantId: string): string {
  return exchangeOf(grantId, { client_id: clientId, client_secret: spellSecret("agt", "A".repeat(30)) });
}

interface Round {
  readonly perSecond: number;
  /** Milliseconds of each, smallest first. */
  readonly sorted: readonly number[];
  /** Of Valet, and of PostgreSQL where it was asked for, for one request. */
  readonly processorMs: number;
}

/** As many callers as `callers`, each waiting for its answer before the next, over all of the parts alike. */
async function crowd(
  parts: readonly Part[],
  prepare: Prepare,
  callers: number,
  milliseconds: number,
  postgres: () => Promise<number> = async () => 0,
  status = 200,
): Promise<Round> {
  const all = await prepare(SIGNED_PER_ROUND);
  const pools = parts.map(({ url }) => new Pool(url, { connections: Math.ceil(callers / parts.length), pipelining: 1 }));
  const processor = async () =>
    (await postgres()) + (await Promise.all(parts.map((part) => part.usage()))).reduce((sum, { processorMs }) => sum + processorMs, 0);
  const before = await processor();
  const [taken, begun]: [number[], number] = [[], performance.now()];
  let next = 0;
  const caller = async (_: unknown, index: number) => {
    while (performance.now() - begun < milliseconds && next < all.length) {
      const { headers, body } = all[next++] as Asked;
      const start = performance.now();
      const answer = await (pools[index % pools.length] as Pool).request({ path: "/oauth/token", method: "POST", headers, body });
      await answer.body.dump();
      if (answer.statusCode !== status && answer.statusCode !== 429)
        throw new Error(`An exchange of the crowd was answered ${answer.statusCode}.`);
      taken.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = taken.length / ((performance.now() - begun) / 1000);
  const processorMs = ((await processor()) - before) / taken.length;
  await Promise.all(pools.map((pool) => pool.close()));
  return { perSecond, sorted: taken.sort((left, right) => left - right), processorMs };
}

/** A request every so often, however long the answers take: what waits counts as waiting. */
async function openLoop({ url }: Part, prepare: Prepare, perSecond: number): Promise<{ p99: number; told: string }> {
  const [asked] = await prepare(1);
  const { headers, body } = asked as Asked;
  const pool = new Pool(url, { connections: 128 });
  const total = (perSecond * ROUND_MS) / 1000;
  const [taken, begun]: [number[], number] = [[], performance.now()];
  const under: Promise<unknown>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) * perSecond) / 1000));
    for (; sent < due; sent += 1) {
      const wanted = begun + (sent * 1000) / perSecond;
      const one = async () => {
        const answer = await pool.request({ path: "/oauth/token", method: "POST", headers, body });
        await answer.body.dump();
        taken.push(performance.now() - wanted);
      };
      under.push(one());
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(under);
  await pool.close();
  const p99 = at(
    taken.sort((left, right) => left - right),
    0.99,
  );
  return { p99, told: ms(p99) };
}

/** Each on a connection of its own, all at once: milliseconds to the last answer. */
async function ask(all: readonly Asked[], { url }: Part): Promise<number> {
  const pool = new Pool(url, { connections: all.length, pipelining: 1 });
  const begun = performance.now();
  const one = async ({ headers, body }: Asked) => {
    const answer = await pool.request({ path: "/oauth/token", method: "POST", headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`One of the herd was answered ${answer.statusCode}.`);
  };
  await Promise.all(all.map(one));
  const milliseconds = performance.now() - begun;
  await pool.close();
  return milliseconds;
}

async function coldStart(start: () => Promise<Part>, asked: Asked): Promise<{ part: Part; milliseconds: number }> {
  const begun = performance.now();
  const part = await start();
  await answerTo(part, asked);
  return { part, milliseconds: performance.now() - begun };
}
