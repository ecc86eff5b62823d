import { Pool } from "undici";
import { registerAgent } from "../../lib/agents/register";
import type { PersonCtx } from "../../lib/ctx";
import { writingSide } from "../../lib/db";
import { mintGrant } from "../../lib/grants/mint";
import { newId } from "../../lib/ids";
import { createPersonalToken } from "../../lib/people/personalTokens";
import { setUpConnector } from "../../lib/setups/setUp";
import { randomText } from "../../lib/tokens/secret";
import { at, median } from "./load";
import { exchangeOf } from "./proving";

const ROUNDS = 3;
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 3_000);
const CALLERS = 16;
/** Far from all that it can: what is late then, is late for something else. */
const PER_SECOND = 100;
/** How much of its speed a running export may cost. */
const LEAST = 0.95;

/** Who exchanges, and who takes the file. */
export interface Ingesting {
  /** One exchange, as it is sent. */
  readonly body: string;
  readonly token: string;
}

/** By the verbs that pages call, but for the account, which nobody consented to: nothing here reaches its SaaS. */
export async function furnishIngestion(admin: PersonCtx): Promise<Ingesting> {
  const connectedAt = admin.clock.now();
  const id = newId("con", connectedAt);
  const whose = { personId: admin.actor.personId, connector: "demo", accountId: id, accountName: "bench" };
  if ((await admin.db.connectorSetup.count()) === 0)
    await setUpConnector(admin, { connector: "demo", clientId: "valet", clientSecret: randomText() });
  await writingSide(admin.db).prisma.connection.create({
    data: { id, ...whose, providerScopes: ["profile:read", "issues:read"], connectedAt },
  });
  const { agentId, clientSecret } = await registerAgent(admin, { name: "Bench", purpose: "Measures" });
  const scopes = ["issues:read"];
  const { grantId } = await mintGrant(admin, { agentId, connectionId: id, scopes, lifetime: "8h", delivery: "gateway" });
  const { token } = await createPersonalToken(admin, { name: `bench ${id.slice(-6)}`, lifetimeDays: 1 });
  return { body: exchangeOf(grantId, { client_id: agentId, client_secret: clientSecret ?? "" }), token };
}

const BESIDE = [
  ["nothing", null],
  ["an export as CSV", "/api/v1/activity/export?everyone=true&format=csv"],
  ["an export as NDJSON", "/api/v1/activity/export?everyone=true&format=ndjson"],
] as const;

interface Round {
  readonly perSecond: number;
  readonly lateMs: number;
  readonly rowsPerSecond: number;
}

/** Exchanges, each with its row, while all of the ledger is taken as a file; as a table of Markdown. */
export async function measureIngestion(url: string, { body, token }: Ingesting): Promise<string[]> {
  const rounds = new Map<string, Round[]>(BESIDE.map(([name]) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, path] of BESIDE) {
      const file = path ? takeFile(url, path, token) : null;
      const perSecond = await saturate(url, body);
      const lateMs = await pace(url, body);
      const rowsPerSecond = (await file?.()) ?? 0;
      // The first belongs to the compiler and to the caches.
      if (round > 0) rounds.get(name)?.push({ perSecond, lateMs, rowsPerSecond });
    }
  }
  const of = (name: string, pick: (round: Round) => number) => median((rounds.get(name) ?? []).map(pick));
  const base = of("nothing", ({ perSecond }) => perSecond);
  const lines = BESIDE.map(([name, path]) => {
    const rate = of(name, ({ perSecond }) => perSecond);
    const told = [`${rate.toFixed(0)}`, `${(rate / base).toFixed(2)} x`, `${of(name, ({ lateMs }) => lateMs).toFixed(1)} ms`];
    const exported = path ? [of(name, ({ rowsPerSecond }) => rowsPerSecond).toFixed(0), rate / base >= LEAST ? "yes" : "no"] : ["", ""];
    return `| ${[name, ...told, ...exported].join(" | ")} |`;
  });
  return [
    ...[
      "",
      `Exchanges, each with its row, by the built server: ${CALLERS} callers at once, and ${PER_SECOND} a second whatever happens. Beside them:`,
      "",
    ],
    `| beside | exchanges per second | against nothing | p99 at ${PER_SECOND} a second | rows exported per second | >= ${LEAST} x |`,
    ...["| --- | ---: | ---: | ---: | ---: | --- |", ...lines],
  ];
}

/** Reads a file until it is told to stop: answers how many lines came in a second. */
function takeFile(url: string, path: string, token: string): () => Promise<number> {
  const [pool, begun, stopping] = [new Pool(url, { connections: 1 }), performance.now(), new AbortController()];
  let lines = 0;
  const reading = (async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await pool.request({ path, method: "GET", headers, signal: stopping.signal });
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}.`);
    for await (const chunk of answer.body as AsyncIterable<Buffer>) for (const byte of chunk) if (byte === 10) lines += 1;
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return async () => {
    const perSecond = lines / ((performance.now() - begun) / 1000);
    stopping.abort();
    await reading;
    await pool.destroy();
    return perSecond;
  };
}

async function ask(pool: Pool, body: string): Promise<void> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await pool.request({ path: "/oauth/token", method: "POST", headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`An exchange was answered ${answer.statusCode} ${text}.`);
}

async function saturate(url: string, body: string): Promise<number> {
  const [pool, begun] = [new Pool(url, { connections: CALLERS, pipelining: 1 }), performance.now()];
  let answered = 0;
  const caller = async () => {
    while (performance.now() - begun < ROUND_MS) {
      await ask(pool, body);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const perSecond = answered / ((performance.now() - begun) / 1000);
  await pool.close();
  return perSecond;
}

/** So many a second, however long the answers take; the p99 in milliseconds. */
async function pace(url: string, body: string): Promise<number> {
  const [pool, begun, taken] = [new Pool(url, { connections: CALLERS, pipelining: 1 }), performance.now(), [] as number[]];
  const sent: Promise<void>[] = [];
  const one = async (due: number) => {
    await ask(pool, body);
    taken.push(performance.now() - due);
  };
  for (let number = 0; number < (PER_SECOND * ROUND_MS) / 1000; number += 1) {
    const due = begun + (number * 1000) / PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    sent.push(one(due));
  }
  await Promise.all(sent);
  await pool.close();
  return at(
    taken.sort((left, right) => left - right),
    0.99,
  );
}
