import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { CALLS_OF_ONE_CALLER_MAX, CALLS_WITH_ONE_CONNECTION_MAX } from "../../lib/broker/callPlaces";
import { takePlace } from "../../lib/places";
import { accessToken, exchangeForm, type Lent, lend, type World, world } from "../../lib/testing/builders";
import { type RawApi, startRawApi } from "../../lib/testing/rawApi";
import { openServer, type Serving } from "../../lib/wire/openServer";
import { REQUESTS_OF_ONE_CLIENT_MAX } from "../../lib/wire/wireLimits";
import { listen } from "./sockets";

let raw: RawApi;
let here: World;
let lent: Lent;
let serving: Serving;
let port: number;
let locker: pg.Client;
const connections = new Agent({ keepAlive: true, maxSockets: 200 });
const UNDER_WAY = 60;
beforeAll(async () => {
  raw = await startRawApi();
  here = await world({ apiBaseUrl: raw.url });
  lent = await lend(here, { delivery: "gateway" });
  locker = new pg.Client({ connectionString: here.core.databaseUrl });
  await locker.connect();
  serving = open(UNDER_WAY);
  port = await listen(serving.server);
});
afterEach(() => locker.query("ROLLBACK"));
afterAll(async () => {
  await locker.end();
  connections.destroy();
  serving.server.closeAllConnections();
  await serving.drain();
  await Promise.all([here.close(), raw.close()]);
});

/** Its page reads the database as every page does. */
function open(requests: number): Serving {
  const underWay = { requests, calls: 10, queriesWaiting: 256 };
  const page = async (_: IncomingMessage, response: ServerResponse) => {
    response.end(`${await here.core.db.person.count()} people`);
  };
  return openServer(here.core, page, { underWay });
}

interface Heard {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Heard> {
  const asked = request({ port, method, path, headers, agent: connections }).end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

function exchange(of: Lent = lent): Promise<Heard> {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  return ask("POST", "/oauth/token", form, exchangeForm(of).toString());
}

/** A statement of Valet's that waits for the lock: all that can come so far has. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await locker.query("SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted");
    if (rows[0].n > 0) return;
  }
}

it("while the ledger stands still, what is too much is told so at once, the console answers, and whoever was in is served", async () => {
  await locker.query("BEGIN");
  await locker.query("LOCK TABLE activity IN EXCLUSIVE MODE");
  const inside = Array.from({ length: UNDER_WAY }, () => exchange());
  await somebodyWaits();
  // The ledger is held until all of this has been answered: nobody was waited for.
  const outside = await Promise.all(Array.from({ length: 40 }, () => exchange()));
  for (const { status, headers, body } of outside) {
    expect([status, headers["retry-after"], headers.connection]).toEqual([503, "1", "close"]);
    expect(JSON.parse(body)).toMatchObject({ error: "temporarily_unavailable", reason: "overloaded" });
  }
  expect(await ask("GET", "/api/v1/me")).toMatchObject({ status: 503, body: expect.stringContaining('"reason":"overloaded"') });
  expect(await ask("GET", "/people")).toMatchObject({ status: 200, body: expect.stringMatching(/^\d+ people$/) });
  for (const path of ["/healthz", "/readyz"]) expect((await ask("GET", path)).status).toBe(200);
  const before = await here.core.db.activity.count({ where: { grantId: lent.grantId } });
  await locker.query("COMMIT");
  const served = await Promise.all(inside);
  expect(served.map(({ status }) => status)).toEqual(Array(UNDER_WAY).fill(200));
  expect(await here.core.db.activity.count({ where: { grantId: lent.grantId } })).toBe(before + UNDER_WAY);
  expect((await exchange()).status, "a place that was left is there again").toBe(200);
  expect(await here.core.metrics.text()).toContain('endpoint="turned_away",status="503"} 41');
});

/** As if so many of this name were under way already. */
function fill(name: string, count: number): () => void {
  const places = Array.from({ length: count }, () => takePlace(here.core, name, count));
  return () => {
    for (const leave of places) leave?.();
  };
}

it.each([
  ["agent", () => `calls of ${lent.bot.agentId}`, CALLS_OF_ONE_CALLER_MAX],
  ["account", () => `calls with ${lent.connectionId}`, CALLS_WITH_ONE_CONNECTION_MAX],
])("one %s's streams leave room for others, and each that ends leaves its place", async (_, name, most) => {
  const other = await lend(here, { delivery: "gateway" });
  const bearer = async (of: Lent) => ({ authorization: `Bearer ${await accessToken(here.core, of)}` });
  const [mine, theirs] = [await bearer(lent), await bearer(other)];
  raw.answer((_, response) => response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 0\n\n"));
  const call = (headers: Record<string, string>) => {
    const asked = request({ port, path: "/proxy/demo/api/issues", headers, agent: connections }).end();
    asked.on("error", () => undefined);
    return once(asked, "response").then(([answer]) => ({ asked, status: (answer as IncomingMessage).statusCode }));
  };
  const leaveAll = fill(name(), most - 2);
  const streams = [await call(mine), await call(mine)];
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  const more = await ask("GET", "/proxy/demo/api/issues", mine);
  expect([more.status, more.headers["retry-after"], JSON.parse(more.body).reason]).toEqual([429, "1", "calls_under_way"]);
  const fromOther = await call(theirs);
  expect(fromOther.status).toBe(200);
  raw.answer((_, response) => response.end("{}"));
  for (const { asked } of [...streams, fromOther]) asked.destroy();
  // Whoever hangs up is noticed a moment later.
  for (let status = 429; status === 429; ) status = (await ask("GET", "/proxy/demo/api/issues", mine)).status;
  expect((await ask("GET", "/proxy/demo/api/issues", mine)).status).toBe(200);
  leaveAll();
});

it("one agent's exchanges leave room for others' too", async () => {
  const other = await lend(here, { delivery: "gateway" });
  const leaveAll = fill(`requests of ${lent.bot.agentId}`, REQUESTS_OF_ONE_CLIENT_MAX);
  const refused = await exchange();
  expect([refused.status, JSON.parse(refused.body).reason]).toEqual([429, "requests_under_way"]);
  expect((await exchange(other)).status).toBe(200);
  leaveAll();
  expect((await exchange()).status).toBe(200);
  expect((await exchange()).status).toBe(200);
});
