import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createBreakers } from "../breakers";
import { accessToken, call, exchangeGrant, lend, usesOf, type World, watchRows, world } from "../testing/builders";
import { refusalOf } from "../testing/refusal";
import { forgetOutages } from "./outages";
import { accountAccess } from "./refresh";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
beforeEach(() => {
  here.core.clock.advance({ hours: 1 });
});
afterEach(() => here.saas.control.repair());

const asked = (path: string) => here.saas.calls.filter((one) => one.path === path).length;
const RESTING = { code: "upstream_failed", reason: "provider_resting" };
const MESSAGE = "Demo Tracker is not answering just now, so nothing was asked of it. Valet tries it again soon.";

async function freshLent() {
  const lent = await lend(here, { scopes: ["issues:read"], delivery: "gateway" });
  const token = await accessToken(here.core, lent);
  expect((await call(here.core, token, "/api/issues")).status).toBe(200);
  return { ...lent, token };
}

/** A grant for the gateway, whose account's access has ended. */
async function staleLent() {
  const lent = await lend(here, { scopes: ["issues:read"], delivery: "gateway" });
  const token = await accessToken(here.core, lent);
  here.core.clock.advance({ minutes: 12 });
  return { ...lent, token };
}

describe("a SaaS whose token endpoint is down", () => {
  it("is asked five times and then by nobody, and costs its connections no row", async () => {
    const one = await staleLent();
    const two = await staleLent();
    here.saas.control.breakAll("token", "503", { retryAfterSeconds: 0 });
    for (let n = 0; n < 5; n += 1) await refusalOf(accountAccess(here.core, one.connectionId));
    const before = asked("/oauth/token");
    const { result, left } = await watchRows(here.core, () =>
      Promise.all(Array.from({ length: 64 }, (_, n) => refusalOf(accountAccess(here.core, n % 2 ? one.connectionId : two.connectionId)))),
    );
    for (const refusal of result) expect(refusal).toMatchObject({ ...RESTING, message: MESSAGE, retryAfterSeconds: 5 });
    expect([asked("/oauth/token"), left]).toEqual([before, []]);
    expect(await here.core.metrics.text()).toContain('valet_saas_resting{connector="demo",door="tokens"} 1');
  });

  it("is tried by one when the time is over, and serves everybody as soon as that one was answered", async () => {
    const lent = [await staleLent(), await staleLent(), await staleLent()];
    here.saas.control.breakAll("token", "500");
    for (let n = 0; n < 5; n += 1) await refusalOf(accountAccess(here.core, lent[0]?.connectionId ?? ""));
    const { retryAfterSeconds } = await refusalOf(accountAccess(here.core, lent[0]?.connectionId ?? ""));
    here.saas.control.repair();
    here.core.clock.advance({ seconds: retryAfterSeconds ?? 0 });
    here.saas.control.breakNext("token", "hang");
    const before = asked("/oauth/token");
    const tried = accountAccess(here.core, lent[0]?.connectionId ?? "");
    await here.saas.control.held(1);
    for (const other of lent.slice(1)) expect(await refusalOf(accountAccess(here.core, other.connectionId))).toMatchObject(RESTING);
    expect(asked("/oauth/token") - before).toBeLessThanOrEqual(1);
    here.saas.control.release();
    await tried;
    for (const other of lent) expect((await accountAccess(here.core, other.connectionId)).accessToken).toMatch(/^saas_at_/);
    expect(here.core.breakers.outages()).toEqual([]);
    expect(await here.core.metrics.text()).toContain('valet_saas_resting{connector="demo",door="tokens"} 0');
  });

  it("does not keep calls from it whose access is still good", async () => {
    const one = await staleLent();
    const fresh = await lend(here, { scopes: ["issues:read"], delivery: "gateway" });
    const token = await accessToken(here.core, fresh);
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    here.saas.control.breakAll("token", "500");
    for (let n = 0; n < 5; n += 1) await refusalOf(accountAccess(here.core, one.connectionId));
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
  });

  it("is still asked to end a token: that has to be tried", async () => {
    const one = await staleLent();
    here.saas.control.breakAll("token", "500");
    for (let n = 0; n < 5; n += 1) await refusalOf(accountAccess(here.core, one.connectionId));
    const { disconnectConnection } = await import("./disconnect");
    const before = asked("/oauth/revoke");
    await disconnectConnection(one.owner, { connectionId: one.connectionId });
    expect(asked("/oauth/revoke")).toBeGreaterThan(before);
  });
});

describe("a token endpoint that says how long to wait", () => {
  it.each(["429", "503"] as const)("with %s is asked by nobody before, in any process", async (mode) => {
    const { connectionId } = await staleLent();
    here.saas.control.breakNext("token", mode, { retryAfterSeconds: 40 });
    await refusalOf(accountAccess(here.core, connectionId));
    const kept = () => here.core.db.saasOutage.findMany({ where: { door: "tokens" } });
    await expect.poll(kept).toMatchObject([{ connector: "demo", why: "told" }]);
    const before = asked("/oauth/token");
    const other = { ...here.core, flights: new Map(), breakers: createBreakers(here.core.clock) };
    for (const process of [here.core, other]) {
      expect(await refusalOf(accountAccess(process, connectionId))).toMatchObject({ ...RESTING, retryAfterSeconds: 40 });
    }
    here.core.clock.advance({ seconds: 39 });
    expect(await refusalOf(accountAccess(here.core, connectionId))).toMatchObject({ ...RESTING, retryAfterSeconds: 1 });
    expect(asked("/oauth/token")).toBe(before);
    here.core.clock.advance({ seconds: 1 });
    expect((await accountAccess(here.core, connectionId)).accessToken).toMatch(/^saas_at_/);
    await expect.poll(kept).toEqual([]);
  });

  it("is forgotten when whoever was told is gone", async () => {
    const { connectionId } = await staleLent();
    here.saas.control.breakNext("token", "429", { retryAfterSeconds: 40 });
    await refusalOf(accountAccess(here.core, connectionId));
    await expect.poll(() => here.core.db.saasOutage.count()).toBe(1);
    await forgetOutages(here.core);
    expect(await here.core.db.saasOutage.count()).toBe(1);
    here.core.clock.advance({ hours: 2 });
    await forgetOutages(here.core);
    expect(await here.core.db.saasOutage.count()).toBe(0);
    await accountAccess(here.core, connectionId);
  });
});

describe("a SaaS whose API is down", () => {
  it("is called by two accounts until both have seen it, and then refuses at once: before the call is admitted or counted", async () => {
    const [one, two] = [await freshLent(), await freshLent()];
    here.saas.control.breakAll("api", "503");
    for (let n = 0; n < 6; n += 1) expect((await call(here.core, one.token, "/api/issues")).status).toBe(503);
    expect((await call(here.core, two.token, "/api/issues")).status).toBe(503);
    const before = asked("/api/issues");
    const answer = await call(here.core, one.token, "/api/issues");
    expect([answer.status, answer.headers.get("retry-after"), asked("/api/issues")]).toEqual([502, "5", before]);
    expect((await usesOf(here.core, one.grantId)).at(-1)).toMatchObject({ decision: "refused", reason: "provider_resting" });
    here.saas.control.repair();
    here.core.clock.advance({ seconds: 5 });
    expect((await call(here.core, one.token, "/api/issues")).status).toBe(200);
    expect((await call(here.core, two.token, "/api/issues")).status).toBe(200);
  });

  it("is not shut for others by one account's failing calls", async () => {
    const [one, two] = [await freshLent(), await freshLent()];
    here.saas.control.breakAll("api", "503");
    for (let n = 0; n < 20; n += 1) await call(here.core, one.token, "/api/issues");
    here.saas.control.repair();
    expect((await call(here.core, two.token, "/api/issues")).status).toBe(200);
  });

  it("does not keep tokens from being given for another SaaS", async () => {
    const [one, two] = [await freshLent(), await freshLent()];
    here.saas.control.breakAll("api", "503");
    for (let n = 0; n < 8; n += 1) await call(here.core, (n % 2 ? one : two).token, "/api/issues");
    expect((await exchangeGrant(here.core, one)).status).toBe(200);
  });
});
