import { mkdtemp, rm } from "node:fs/promises";
import { createServer, connect as dial, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { disconnectConnection } from "../connections/disconnect";
import { accountAccess } from "../connections/refresh";
import { asActor, type Core, type PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { revokeGrant } from "../grants/revoke";
import { readHealth } from "../overview/health";
import type { RefresherSettings } from "../settings";
import { setUpConnector } from "../setups/setUp";
import { testSetUp } from "../setups/test";
import { openSigner } from "../signing/open";
import { place } from "../signing/record";
import { resealSigningKeys } from "../signing/reseal";
import { createSweeps } from "../sweeps";
import { accessToken, CLIENT, call, connect, lend, send, type World, watchRows, world } from "../testing/builders";
import { TEST_KEYS } from "../testing/core";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { randomText } from "../tokens/secret";
import { createWebVault, webKeys } from "../vault/vault";
import { type Answering, answerWebProcess } from "./answer";
import { askRefresher } from "./ask";
import { decode, encode, sendFrame } from "./frames";

let here: World;
let folder: string;
beforeAll(async () => {
  here = await world();
  folder = await mkdtemp(join(tmpdir(), "valet-refresher-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await here.close();
});

let web: Core;
let keeper: Core;
let answering: Answering | null;
let settings: RefresherSettings;
/** What the other process is given: the tools of this one, but for the keys and the refresher. */
beforeEach(async () => {
  settings = { socket: join(folder, randomText().slice(0, 8)), token: randomText(), webKeys: null, startedAgain: 2 };
  keeper = { ...here.core, settings: { ...here.core.settings, refresher: settings } };
  answering = await answerWebProcess(keeper, settings);
  const own = { flights: new Map(), sweeps: createSweeps(here.core.clock, here.core.log) };
  const refresher = askRefresher(settings, here.core.clock, 100);
  web = { ...here.core, ...own, vault: createWebVault(webKeys(TEST_KEYS)), refresher };
});
afterEach(async () => {
  here.saas.control.release();
  await web.refresher?.close();
  await answering?.close();
});

const AWAY = { code: "unavailable", reason: "refresher_away", retryAfterSeconds: 1 };
const refreshes = () => here.saas.calls.filter((one) => one.path === "/oauth/token").length;
const inWeb = (ctx: PersonCtx): PersonCtx => asActor(web, ctx.actor);

async function goAway(): Promise<void> {
  await answering?.close();
  answering = null;
}

describe("a web process that holds no key to what lasts", () => {
  it("has accounts connected, lent, renewed and disconnected, and cannot open what is kept of them", async () => {
    const owner = inWeb(await person(here.core));
    const connectionId = await connect(owner);
    const kept = await here.core.db.connection.findUniqueOrThrow({ where: { id: connectionId } });
    const at = { table: "connections", row: connectionId, column: "sealed_refresh" };
    expect(() => web.vault.open("lasting", at, kept.sealedRefresh ?? "")).toThrow("does not hold the key");
    expect(here.core.vault.open("lasting", at, kept.sealedRefresh ?? "")).not.toBe("");
    here.core.clock.advance({ minutes: 20 });
    const { accessToken: renewed, expiresAt } = await accountAccess(web, connectionId);
    expect(expiresAt).toEqual(new Date(here.core.clock.now().getTime() + 600_000));
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: { authorization: `Bearer ${renewed}` } })).status).toBe(200);
    const { result, left } = await watchRows(here.core, () => disconnectConnection(owner, { connectionId }));
    expect(result).toMatchObject({ endedAtProvider: "ended" });
    expect(left.map(({ event, personId }) => [event, personId])).toContainEqual(["connection.disconnect", owner.actor.personId]);
  });

  it("answers agents through the gateway, with a token of the SaaS's own making", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    here.core.clock.advance({ minutes: 20 });
    const token = await accessToken({ ...here.core, ...web } as typeof here.core, lent);
    expect((await call({ ...here.core, ...web } as typeof here.core, token, "/api/issues")).status).toBe(200);
    expect(await here.core.db.lentToken.count({ where: { grantId: lent.grantId } })).toBe(1);
  });

  it("is one refresh for many who ask, from it and from the refresher itself", async () => {
    const connectionId = await connect(await person(here.core));
    here.core.clock.advance({ minutes: 20 });
    const before = refreshes();
    const asked = Array.from({ length: 40 }, (_, index) => accountAccess(index % 2 ? web : here.core, connectionId));
    expect(new Set((await Promise.all(asked)).map((one) => one.accessToken)).size).toBe(1);
    expect(refreshes() - before).toBe(1);
  });

  it("sets connectors up and tests them, and is refused as the verb refuses, field by field", async () => {
    const admin = inWeb(here.admin);
    await setUpConnector(admin, { connector: "slack", clientId: "id", clientSecret: "pasted" });
    await setUpConnector(admin, { connector: "demo", ...CLIENT });
    const tested = await testSetUp(admin, { connector: "demo" });
    expect(tested.testedAt).toEqual(here.core.clock.now());
    const refused = await refusalOf(setUpConnector(admin, { connector: "github", clientId: "id" }));
    expect(refused).toMatchObject({ code: "invalid_request", fields: { clientSecret: "Needed the first time." } });
    await expect(setUpConnector(admin, { connector: "slack", clientId: "" })).rejects.toBeInstanceOf(z.ZodError);
    const member = inWeb(await person(here.core));
    expect(await refusalOf(setUpConnector(member, { connector: "slack", clientId: "x" }))).toMatchObject({ code: "forbidden" });
  });

  it("is refused what needs a person when nobody is one, and any verb that is not the refresher's", async () => {
    const unknown = { code: "invalid_request", reason: "verb_unknown" };
    const ask = (verb: string, input: unknown) => refusalOf(web.refresher?.ask(web, verb, input) as Promise<unknown>);
    expect(await ask("connection.disconnect", { connectionId: "con_x" })).toMatchObject(unknown);
    expect(await ask("agents.add_key", {})).toMatchObject(unknown);
    await expect(web.refresher?.ask(web, "connection.renew", { connectionId: 1 })).rejects.toBeInstanceOf(z.ZodError);
  });

  it("shows what the refresher has counted beside its own", async () => {
    const counted = { ...web, settings: { ...web.settings, metricsToken: "a-token-of-prometheus" } };
    const headers = { authorization: "Bearer a-token-of-prometheus" };
    const text = await (await send({ ...here.core, ...counted } as typeof here.core, "/metrics", { headers })).text();
    expect(text).toMatch(/^valet_refreshes_total\{connector="demo",outcome="renewed"\} [1-9]/m);
  });
});

describe("while the refresher is away", () => {
  it("what needs it is refused with 503 and Retry-After, readiness says so, and all returns by itself", async () => {
    const lent = await lend(here);
    here.core.clock.advance({ minutes: 20 });
    const both = { ...here.core, ...web } as typeof here.core;
    expect((await send(both, "/readyz")).status).toBe(200);
    await goAway();
    expect(await refusalOf(accountAccess(web, lent.connectionId))).toMatchObject(AWAY);
    const ready = await send(both, "/readyz");
    expect([ready.status, ready.headers.get("retry-after")]).toEqual([503, "1"]);
    answering = await answerWebProcess(here.core, settings);
    expect((await accountAccess(web, lent.connectionId)).accessToken).toBeTruthy();
    expect((await send(both, "/readyz")).status).toBe(200);
  });

  it("health and metrics say so in words, what it said last, and that it is back", async () => {
    const metricsToken = "a-token-of-prometheus";
    const watched = { ...here.core, ...web, settings: { ...web.settings, metricsToken } } as typeof here.core;
    const scrape = async () => {
      const text = await (await send(watched, "/metrics", { headers: { authorization: `Bearer ${metricsToken}` } })).text();
      const lines = text.matchAll(/^valet_refresher_(up|started_again_total|last_answer_timestamp_seconds) (\d+)/gm);
      return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
    };
    await keeper.sweeps.run("renew access before it ends", async () => undefined);
    const renewedAt = here.core.clock.now();
    const seconds = Math.floor(renewedAt.getTime() / 1000);
    const told = { startedAt: here.core.startedAt, startedAgain: 2, lastAnswerAt: renewedAt };
    expect((await readHealth(inWeb(here.admin))).refresher).toEqual({ answers: true, ...told });
    expect(await scrape()).toEqual({ up: 1, started_again_total: 2, last_answer_timestamp_seconds: seconds });
    await goAway();
    here.core.clock.advance({ minutes: 1 });
    const away = await readHealth(inWeb(here.admin));
    expect(away).toMatchObject({ works: false, refresher: { answers: false, ...told } });
    expect(away.troubles.map(({ what }) => what)).toContain("The refresher does not answer: no access is renewed.");
    expect(away.sweeps).toEqual([{ name: "renew access before it ends", at: renewedAt, failure: null }]);
    expect(await scrape()).toEqual({ up: 0, started_again_total: 2, last_answer_timestamp_seconds: seconds });
    answering = await answerWebProcess(keeper, settings);
    const back = await readHealth(inWeb(here.admin));
    expect([back.refresher?.answers, back.refresher?.lastAnswerAt]).toEqual([true, here.core.clock.now()]);
    expect(await scrape()).toEqual({ up: 1, started_again_total: 2, last_answer_timestamp_seconds: seconds + 60 });
  });

  it("a work of its own that failed is told beside the web process's", async () => {
    await keeper.sweeps.run("renew access before it ends", () => Promise.reject(new TypeError("secret-in-message")));
    const { troubles } = await readHealth(inWeb(here.admin));
    expect(troubles.map(({ what }) => what)).toContain('The regular work "renew access before it ends" failed (TypeError).');
    await keeper.sweeps.run("renew access before it ends", async () => undefined);
  });

  it("what is stored and fresh is used, and a revoke is done and says what lives on", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const both = { ...here.core, ...web } as typeof here.core;
    const token = await accessToken(both, lent);
    expect((await call(both, token, "/api/issues")).status).toBe(200);
    await goAway();
    expect((await call(both, token, "/api/issues")).status).toBe(200);
    const { lentTokens } = await revokeGrant(inWeb(lent.owner), { grantId: lent.grantId });
    expect(lentTokens).toMatchObject([{ state: "failed" }]);
    expect((await call(both, token, "/api/issues")).status).not.toBe(200);
  });

  it("a caller waits a moment for one that is being started", async () => {
    const connectionId = await connect(await person(here.core));
    here.core.clock.advance({ minutes: 20 });
    await goAway();
    const patient = { ...web, refresher: askRefresher(settings, here.core.clock, 60_000) };
    const asked = accountAccess(patient, connectionId);
    answering = await answerWebProcess(here.core, settings);
    expect((await asked).accessToken).toBeTruthy();
    await patient.refresher.close();
  });
});

describe("a refresher that dies before it has answered", () => {
  let server: Server;
  const questions: string[] = [];
  beforeEach(async () => {
    questions.length = 0;
    await goAway();
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        for (const [, verb] of bytes.toString("latin1").matchAll(/"verb":"([a-z_.]+)"/g)) {
          questions.push(verb as string);
          socket.destroy();
        }
      });
    }).listen(settings.socket);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it("is asked once more for what may be asked twice, and then it is a 503", async () => {
    const connectionId = await connect(await person(here.core));
    here.core.clock.advance({ minutes: 20 });
    expect(await refusalOf(accountAccess(web, connectionId))).toMatchObject(AWAY);
    expect(questions).toEqual(["connection.renew", "connection.renew"]);
  });

  it("is not asked again for what is done once", async () => {
    const input = { connector: "slack", clientId: "id", clientSecret: "pasted" };
    expect(await refusalOf(setUpConnector(inWeb(here.admin), input))).toMatchObject(AWAY);
    expect(questions).toEqual(["connector.set_up"]);
  });
});

describe("the socket", () => {
  it("cuts off whoever does not begin with the token, or sends more than any token", async () => {
    const asks = { id: 1, verb: "refresher.alive", input: null, actor: null };
    for (const first of [{ token: "another" }, asks, { token: "x".repeat(2000) }, null]) {
      const socket = dial(settings.socket);
      sendFrame(socket, first);
      sendFrame(socket, asks);
      const heard: Buffer[] = [];
      socket.on("data", (bytes: Buffer) => heard.push(bytes)).on("error", () => undefined);
      await new Promise((resolve) => socket.once("close", resolve));
      expect(heard).toEqual([]);
    }
  });

  it("carries dates as dates, and everything else as JSON does", () => {
    const value = { at: new Date(0), list: [{ at: null }], $date: "no date", text: "ä", object: { $date: 1 } };
    expect(decode(encode(value))).toEqual(value);
  });
});

it("signing keys that were sealed with the key to what lasts are sealed anew, so that the web process opens them", async () => {
  const signer = await openSigner(here.core);
  const [{ kid, sealedPrivate } = { kid: "", sealedPrivate: "" }] = await here.core.db.signingKey.findMany();
  const secret = here.core.vault.open("signing", place(kid), sealedPrivate);
  const before = here.core.vault.seal("lasting", place(kid), secret);
  const { pool } = writingSide(here.core.db);
  await pool.query("update signing_keys set sealed_private = $1 where kid = $2", [before, kid]);
  await expect(openSigner(web)).rejects.toThrow("does not open");
  await resealSigningKeys(here.core);
  expect(await (await openSigner(web)).jwks(here.core.clock.now())).toEqual(await signer.jwks(here.core.clock.now()));
});
