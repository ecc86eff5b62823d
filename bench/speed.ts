import { Pool } from "undici";
import { spellSecret } from "../lib/tokens/secret";
import { type House, openHouse } from "./support/house";
import { long } from "./support/length";
import { at, median } from "./support/load";
import { type Part, startPart } from "./support/processes";
import { type Asked, byKey, bySecret, exchangeOf, type Prepare, withKey } from "./support/proving";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? long(5, 1));
const ROUND_MS = long(2_000, 100);
const WARM_UP_MS = long(6_000, 100);
const CALLERS = 64;
const MANY_CALLERS = 256;
const HERD = long(900, 8);
/** More than a round of signed requests can take. */
const SIGNED_PER_ROUND = long(6_000, 20);
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

async function measure(house: House): Promise<Figure[]> {
  const { valet, agent, startAnother } = house;
  const secret = again(bySecret(agent));
  const [asked] = (await bySecret(agent)(1)) as [Asked];
  await crowd([valet], secret, CALLERS, { ms: WARM_UP_MS });
  await house.analyze();
  const rounds = await interleaved(house, asked);
  const rate = (name: string) => rounds.of(name, ({ perSecond }) => perSecond);
  const against = (name: string, floor: string) => {
    const ratio = rate(name) / rate(floor);
    return { ratio, told: `${ratio.toFixed(2)} x (${rate(name).toFixed(0)} of ${rate(floor).toFixed(0)} a second)` };
  };
  const ratio = (what: string, name: string, floor: string, least: number) => {
    const { ratio: reached, told } = against(name, floor);
    return figure(what, `>= ${least} x`, told, reached >= least);
  };
  const time = (what: string, milliseconds: number, most: number) =>
    figure(what, `${most} ms`, `${milliseconds.toFixed(1)} ms`, milliseconds <= most);
  const alone = await crowd([valet], secret, 1);
  const [slow, fast] = [await openLoop(valet, asked, 2_000), await openLoop(valet, asked, 4_000)];
  const herd = await askAtOnce(house.many.map(asOne), valet);
  const processor = rounds.of("secret", ({ processorMs }) => processorMs) * 1000;
  const one = await crowd([valet], secret, MANY_CALLERS);
  const { nowMib } = await valet.usage();
  const another = await startAnother();
  await crowd([another], secret, MANY_CALLERS, { ms: WARM_UP_MS });
  const two = await crowd([valet, another], secret, MANY_CALLERS);
  await another.stop();
  const both = two.perSecond / one.perSecond;
  return [
    ratio(`${CALLERS} callers, against a bare node:http server`, "secret", "bare", 0.3),
    ratio("the same, against a bare Next route", "secret", "next", 12),
    ratio("with private_key_jwt, against the bare server", "key", "bare", 0.15),
    ratio("with private_key_jwt and DPoP", "bound", "bare", 0.1),
    time("one caller, p50", at(alone.sorted, 0.5), 0.8),
    time(
      `${CALLERS} callers, p99`,
      rounds.of("secret", ({ sorted }) => at(sorted, 0.99)),
      15,
    ),
    time("2,000 a second whatever happens, p99", slow, 6),
    time("4,000 a second whatever happens, p99", fast, 10),
    time(`${HERD} agents connect at once and ask once: the last answer`, herd, 250),
    figure("processor time of one exchange, Valet and PostgreSQL", "90 µs", `${processor.toFixed(0)} µs`, processor <= 90),
    ratio("wrong keys, against the bare server", "wrong", "bare", 0.6),
    figure("memory after all this", "under 300 MiB", `${nowMib.toFixed(0)} MiB`, nowMib < 300),
    figure(`2 processes at ${MANY_CALLERS} callers, against 1`, ">= 1.3 x", `${both.toFixed(2)} x`, both >= 1.3),
  ];
}

interface Rounds {
  /** The median of all rounds of one kind. */
  of(name: string, pick: (round: Round) => number): number;
}

async function interleaved({ valet, agent, postgresMs }: House, asked: Asked): Promise<Rounds> {
  const ANSWER = await answerTo(valet, asked);
  const [bare, next] = [await startPart("bareAnswer.ts", { ANSWER }), await startPart("bareNext.ts", { ANSWER, NODE_ENV: "production" })];
  const key = byKey(valet.url, agent);
  const secret = again(bySecret(agent));
  const wrong = again(async () => [{ headers: FORM, body: wrongKey(agent.clientId, agent.grantId) }]);
  const kinds: Readonly<Record<string, () => Promise<Round>>> = {
    bare: () => crowd([bare], secret, CALLERS),
    next: () => crowd([next], secret, CALLERS),
    secret: () => crowd([valet], secret, CALLERS, { postgresMs }),
    key: () => crowd([valet], once(key), CALLERS),
    bound: () => crowd([valet], once(withKey(valet.url, key)), CALLERS),
    wrong: () => crowd([valet], wrong, CALLERS, { status: 401 }),
  };
  const rounds: Record<string, Round[]> = {};
  // The first round belongs to the compiler and to the database's caches.
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [name, run] of Object.entries(kinds)) rounds[name] = [...(rounds[name] ?? []), await run()].slice(round === 0 ? 1 : 0);
  await Promise.all([bare.stop(), next.stop()]);
  return { of: (name, pick) => median((rounds[name] ?? []).map(pick)) };
}

function asOne({ clientId, clientSecret, grantId }: House["many"][number]): Asked {
  return { headers: FORM, body: exchangeOf(grantId, { client_id: clientId, client_secret: clientSecret }) };
}

/** Requests for one round. */
type Supply = () => Promise<() => Asked | null>;

/** The same, as often as it is wanted. */
function again(prepare: Prepare): Supply {
  return async () => {
    const [asked] = await prepare(1);
    return () => asked ?? null;
  };
}

/** Each once, until there are no more. */
function once(prepare: Prepare): Supply {
  return async () => {
    const all = await prepare(SIGNED_PER_ROUND);
    return () => all.pop() ?? null;
  };
}

function figure(what: string, reach: string, measured: string, met: boolean): Figure {
  return { what, reach, measured, met };
}

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

interface Counted {
  readonly ms?: number;
  readonly postgresMs?: () => Promise<number>;
  /** What is answered; beyond the limit of wrong keys it is 429. */
  readonly status?: number;
}

/** As many callers as `callers`, each waiting for its answer before the next, over all of the parts alike. */
async function crowd(
  parts: readonly Part[],
  supply: Supply,
  callers: number,
  { ms = ROUND_MS, postgresMs, status = 200 }: Counted = {},
): Promise<Round> {
  const next = await supply();
  const pools = parts.map(({ url }) => new Pool(url, { connections: Math.ceil(callers / parts.length), pipelining: 1 }));
  const processor = async () => {
    const usages = await Promise.all(parts.map((part) => part.usage()));
    return usages.reduce((sum, { processorMs }) => sum + processorMs, (await postgresMs?.()) ?? 0);
  };
  const before = await processor();
  const [taken, begun]: [number[], number] = [[], performance.now()];
  const caller = async (_: unknown, index: number) => {
    for (let asked = next(); asked && performance.now() - begun < ms; asked = next()) {
      const start = performance.now();
      const answer = await (pools[index % pools.length] as Pool).request({ path: "/oauth/token", method: "POST", ...asked });
      await answer.body.dump();
      const expected = answer.statusCode === status || (status === 401 && answer.statusCode === 429);
      if (!expected) throw new Error(`An exchange of the crowd was answered ${answer.statusCode}.`);
      taken.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const perSecond = taken.length / ((performance.now() - begun) / 1000);
  const processorMs = ((await processor()) - before) / taken.length;
  await Promise.all(pools.map((pool) => pool.close()));
  return { perSecond, sorted: taken.sort((left, right) => left - right), processorMs };
}

/** A request every so often, however long the answers take: waiting for a free connection counts. Answers the p99 in milliseconds. */
async function openLoop({ url }: Part, asked: Asked, perSecond: number): Promise<number> {
  const pool = new Pool(url, { connections: 128, pipelining: 1 });
  const total = (perSecond * ROUND_MS) / 1000;
  const [taken, begun]: [number[], number] = [[], performance.now()];
  const one = async (due: number) => {
    const answer = await pool.request({ path: "/oauth/token", method: "POST", ...asked });
    await answer.body.dump();
    taken.push(performance.now() - due);
  };
  const sent: Promise<void>[] = [];
  while (sent.length < total) {
    const due = begun + (sent.length * 1000) / perSecond;
    if (due <= performance.now()) sent.push(one(due));
    else await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(sent);
  await pool.close();
  return at(
    taken.sort((left, right) => left - right),
    0.99,
  );
}

/** Each on a connection of its own, all at once: milliseconds to the last answer. */
async function askAtOnce(all: readonly Asked[], { url }: Part): Promise<number> {
  const pool = new Pool(url, { connections: all.length, pipelining: 1 });
  const begun = performance.now();
  const one = async (asked: Asked) => {
    const answer = await pool.request({ path: "/oauth/token", method: "POST", ...asked });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`One of the herd was answered ${answer.statusCode}.`);
  };
  await Promise.all(all.map(one));
  const milliseconds = performance.now() - begun;
  await pool.close();
  return milliseconds;
}
