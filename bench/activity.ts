import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { chartActivity } from "../lib/activity/chart";
import { type ActivityFilter, listActivity } from "../lib/activity/list";
import { listRuns, readRun } from "../lib/activity/readRun";
import { startCore } from "../lib/core";
import type { Core, PersonCtx } from "../lib/ctx";
import { startEmbedded } from "../lib/database/embedded";
import { findFreePort } from "../lib/database/port";
import { writingSide } from "../lib/db";
import { newId } from "../lib/ids";
import { createPersonalToken } from "../lib/people/personalTokens";
import { newRootKey } from "../lib/vault/vault";
import { CROWD, fillLedger, LEDGER_ROWS, ROW_SECONDS, readerOf } from "./support/ledger";
import { at } from "./support/load";
import { type Part, startPart } from "./support/processes";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 25);
const GOAL_MS = 300;

/** One list, and how it is asked for: of the verb, and at the API. */
interface Reading {
  readonly name: string;
  readonly run: (reader: PersonCtx, everyone: boolean) => Promise<unknown>;
  readonly query: string;
}

/**
 * Every list of Activity and Runs over a ledger of 100,000 rows: as somebody with nine rows in ten, as somebody with one in two hundred, and as an
 * auditor who asks for everybody's; the verbs that pages call, and the auditor's over HTTP at the API. All in one interleaved run. Prints a
 * section of Markdown; says so when a p95 is over the goal.
 */
const load = loadavg()[0] ?? 0;
const loadWords = load > 2 ? ` Other work shared the machine (load average ${load.toFixed(0)}).` : "";
const folder = await mkdtemp(join(tmpdir(), "valet-bench-"));
const postgres = await startEmbedded({ dataDir: join(folder, "postgres"), database: "bench" });
const port = await findFreePort();
const env = {
  ...{ NODE_ENV: "production", PORT: String(port), VALET_PUBLIC_URL: `http://127.0.0.1:${port}`, VALET_DATA_DIR: folder },
  ...{ DATABASE_URL: postgres.url, VALET_KEYS: newRootKey("b1"), LOG_LEVEL: "error", VALET_REQUESTS_PER_MINUTE: "1000000" },
};
const { core, stop } = await startCore(env);
try {
  const { busy, quiet, auditor, agents } = await people(core);
  await fillLedger(core, { busy: busy.actor.personId, quiet: quiet.map(({ actor }) => actor.personId), agents });
  const { token } = await createPersonalToken(auditor, { name: "bench", lifetimeDays: 1 });
  const valet = await startPart("valet.ts", env);
  try {
    const readings = readingsOf(await deepCursor(auditor), agents[3] as string);
    const one = quiet[3] as PersonCtx;
    print(readings, await measure(readings, [ways(busy, false), ways(one, false), ways(auditor, true), overHttp(valet, token)]));
  } finally {
    await valet.stop();
  }
} finally {
  await stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function people(core: Core) {
  const make = async (name: string, role: PersonCtx["actor"]["role"]): Promise<PersonCtx> => {
    const [now, id] = [core.clock.now(), newId("per", core.clock.now())];
    const data = { id, name, email: `${id}@bench.test`, role, status: "active", createdAt: now };
    await writingSide(core.db).prisma.person.create({ data });
    return readerOf(core, id, role);
  };
  const busy = await make("Ada", "member");
  const quiet: PersonCtx[] = [];
  for (let index = 0; index < CROWD.quiet; index += 1) quiet.push(await make(`Member ${index}`, "member"));
  const agents = Array.from({ length: CROWD.agents }, () => newId("agt", core.clock.now()));
  const owned = { ownerId: busy.actor.personId, purpose: "Measures", status: "active", createdAt: core.clock.now() };
  await writingSide(core.db).prisma.agent.createMany({ data: agents.map((id, index) => ({ id, name: `Bot ${index}`, ...owned })) });
  return { busy, quiet, auditor: await make("Grace", "auditor"), agents };
}

/** Where a page in the middle of the ledger begins. */
async function deepCursor(auditor: PersonCtx): Promise<string> {
  const middle = new Date(auditor.clock.now().getTime() - (LEDGER_ROWS / 2) * ROW_SECONDS * 1000);
  return (await listActivity(auditor, { everyone: true, to: middle, limit: 1 })).nextCursor ?? "";
}

function readingsOf(cursor: string, agentId: string): Reading[] {
  const list = (name: string, filter: ActivityFilter): Reading => ({
    name,
    run: (reader, everyone) => listActivity(reader, { ...filter, everyone }),
    query: `/api/v1/activity?everyone=true&${queryOf(filter)}`,
  });
  const chart = (name: string, filter: ActivityFilter): Reading => ({
    name,
    run: (reader, everyone) => chartActivity(reader, { ...filter, everyone }),
    query: `/api/v1/activity/chart?everyone=true&${queryOf(filter)}`,
  });
  const week = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const connectionId = `con_${"3".padStart(26, "0")}`;
  return [
    list("the newest 50 rows", {}),
    list("the newest 200 rows", { limit: 200 }),
    list("50 rows in the middle", { cursor }),
    list("what one agent was refused", { agentId, decision: "refused" }),
    list("one service", { connector: "slack" }),
    list("one connection", { connectionId }),
    list("one run's rows", { runId: "run-2501" }),
    list("an event that never was", { event: "person.join" }),
    list("a text that few rows have", { text: "issues/4242" }),
    list("a text that no row has", { text: "nothing like it" }),
    chart("the chart of all", {}),
    chart("the chart of thirty days", { from: new Date(Date.now() - 30 * 86_400_000).toISOString() }),
    chart("the chart of seven days", { from: week }),
    chart("the chart of what one agent was refused", { agentId, decision: "refused" }),
    chart("the chart of a text", { text: "site-42" }),
    { name: "the newest runs", run: (reader, everyone) => listRuns(reader, { everyone }), query: "/api/v1/runs?everyone=true" },
    {
      name: "one agent's runs",
      run: (reader, everyone) => listRuns(reader, { everyone, agentId }),
      query: `/api/v1/runs?everyone=true&agent_id=${agentId}`,
    },
    { name: "one run as a tree", run: (reader) => readRun(reader, { runId: "run-2501" }), query: "/api/v1/runs/run-2501" },
  ];
}

function queryOf(filter: ActivityFilter): string {
  const named = Object.entries(filter).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    String(value),
  ]);
  return new URLSearchParams(named).toString();
}

type Way = (reading: Reading) => Promise<unknown>;

function ways(reader: PersonCtx, everyone: boolean): Way {
  return ({ run }) => run(reader, everyone);
}

function overHttp(valet: Part, token: string): Way {
  const pool = new Pool(valet.url, { connections: 1 });
  return async ({ name, query }) => {
    const answer = await pool.request({ path: query, method: "GET", headers: { authorization: `Bearer ${token}` } });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${name}: ${answer.statusCode} ${text}`);
  };
}

/** Milliseconds by reading and way, smallest first. The first rounds belong to the compiler and to the database's caches. */
async function measure(readings: readonly Reading[], all: readonly Way[]): Promise<Map<Reading, number[][]>> {
  const times = new Map(readings.map((reading) => [reading, all.map(() => [] as number[])]));
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const reading of readings) {
      for (const [index, way] of all.entries()) {
        const begun = performance.now();
        await way(reading);
        if (round >= 0) times.get(reading)?.[index]?.push(performance.now() - begun);
      }
    }
  }
  for (const taken of times.values()) for (const one of taken) one.sort((left, right) => left - right);
  return times;
}

function rowsOf(part: number): string {
  return (Math.round((LEDGER_ROWS * part) / 100) * 100).toLocaleString("en");
}

function print(readings: readonly Reading[], times: Map<Reading, number[][]>): void {
  const base = at(times.get(readings[0] as Reading)?.[2] ?? [], 0.5);
  const lines = readings.map((reading) => {
    const taken = times.get(reading) ?? [];
    const figures = taken.map((one) => `${at(one, 0.5).toFixed(0)} / ${at(one, 0.95).toFixed(0)} ms`);
    return `| ${[reading.name, ...figures, (at(taken[2] ?? [], 0.5) / base).toFixed(1)].join(" | ")} |`;
  });
  const slowest = Math.max(...[...times.values()].flat().map((one) => at(one, 0.95)));
  console.log(
    [
      ...[
        "## Lists of activity",
        "",
        `Over a ledger of ${LEDGER_ROWS.toLocaleString("en")} rows, p50 / p95. The goal is ${GOAL_MS} ms at the server.${loadWords}`,
        "",
      ],
      `| what | with ${rowsOf(CROWD.busyOf ? 1 / CROWD.busyOf : 0.9)} rows | with ${rowsOf((CROWD.busyOf ? 1 - 1 / CROWD.busyOf : 0.1) / CROWD.quiet)} rows | everybody's | everybody's, over HTTP | against the newest 50 |`,
      "| --- | ---: | ---: | ---: | ---: | ---: |",
      ...lines,
    ].join("\n"),
  );
  if (slowest <= GOAL_MS) return;
  console.error(`The slowest p95 is ${slowest.toFixed(0)} ms: over the goal of ${GOAL_MS} ms.`);
}
