import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exchangeForm, type Lent, lend, type World, world } from "../../lib/testing/builders";
import { TEST_KEYS } from "../../lib/testing/core";
import { type RawApi, startRawApi } from "../../lib/testing/rawApi";
import { freePort, startProcess, type ValetProcess } from "./process";

let raw: RawApi;
let here: World;
let lent: Lent;
let valet: ValetProcess;
beforeAll(async () => {
  const port = await freePort();
  raw = await startRawApi();
  here = await world({ issuer: `http://127.0.0.1:${port}`, apiBaseUrl: raw.url });
  here.core.clock.set(new Date());
  lent = await lend(here, { delivery: "gateway" });
  const { publicUrl, endpoints } = here.core.settings;
  valet = await startProcess({
    ...{ PORT: String(port), VALET_PUBLIC_URL: publicUrl, DATABASE_URL: here.core.databaseUrl, VALET_KEYS: TEST_KEYS },
    ...{ VALET_ENDPOINTS: JSON.stringify(endpoints) },
  });
});
afterAll(async () => {
  valet.signal("SIGKILL");
  await valet.gone;
  await Promise.all([here.close(), raw.close()]);
});

interface Asked {
  readonly sent: ClientRequest;
  readonly answer: Promise<IncomingMessage>;
}

function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Asked {
  const sent = request({ port: valet.port, host: "127.0.0.1", method, path, headers }).end(body);
  return { sent, answer: once(sent, "response").then(([answer]) => answer as IncomingMessage) };
}

function exchange(): Asked {
  return ask("POST", "/oauth/token", { "content-type": "application/x-www-form-urlencoded" }, exchangeForm(lent).toString());
}

it("one that is told to stop ends an exchange and a stream that are under way, takes nothing new, and is gone by itself", async () => {
  const token = JSON.parse(await text(await exchange().answer)).access_token as string;
  let say = (_text: string): unknown => undefined;
  let finish = (): unknown => undefined;
  raw.answer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
    say = (more) => response.write(more);
    finish = () => response.end("data: 3\n\n");
  });
  const stream = await ask("GET", "/proxy/demo/api/issues", { authorization: `Bearer ${token}` }).answer;
  const events = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  expect(String((await events.next()).value)).toBe("data: 1\n\n");
  // An exchange whose row waits for the ledger, so that it is under way when the signal comes.
  const locker = new pg.Client({ connectionString: here.core.databaseUrl });
  await locker.connect();
  await locker.query("BEGIN");
  await locker.query("LOCK TABLE activity IN EXCLUSIVE MODE");
  const waiting = exchange();
  for (let count = 0; count === 0; ) {
    const { rows } = await locker.query("SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted");
    count = rows[0].count;
  }

  // A connection of before, by which something half is sent.
  const kept = connect(valet.port, "127.0.0.1");
  await once(kept, "connect");
  kept.write("GET /readyz HTTP/1.1\r\nHost: valet.test\r\n");
  await ask("GET", "/healthz").answer;
  valet.signal("SIGTERM");
  // It has heard when nobody new is let in.
  while (await isOpen(valet.port));
  const heard = once(kept, "data");
  kept.write("\r\n");
  expect(String((await heard)[0])).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*"reason":"stopping"/);
  say("data: 2\n\n");
  expect(String((await events.next()).value)).toBe("data: 2\n\n");
  await locker.query("COMMIT");
  const given = await waiting.answer;
  expect([given.statusCode, JSON.parse(await text(given)).access_token]).toEqual([200, expect.stringMatching(/^eyJ/)]);
  finish();
  expect(String((await events.next()).value)).toBe("data: 3\n\n");
  expect((await events.next()).done).toBe(true);
  expect(await valet.gone).toBe(0);
  const { rows } = await locker.query("SELECT event FROM activity WHERE grant_id = $1 AND kind = 'use' ORDER BY 1", [lent.grantId]);
  expect(rows.map(({ event }) => event)).toEqual(["gateway.call", "token.exchange", "token.exchange"]);
  await locker.end();
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
