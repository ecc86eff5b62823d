import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { writingSide } from "../db";
import { setUpConnector } from "../setups/setUp";
import { apiToken, bearer, CLIENT, connect, send, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { disconnectConnection } from "./disconnect";
import { getConnection } from "./list";
import { recordSharedKey } from "./recordKey";
import { accountAccess } from "./refresh";
import { testConnection } from "./test";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.repair());

const ANSWERED = { outcome: "ok", reason: "account_answered", sentence: "Demo Tracker answered, as ada." };
const asked = () => here.saas.calls.filter(({ path }) => path === "/api/me").length;

describe("a person who tries an account out", () => {
  it("is told whose it is, as the SaaS says now, and leaves one row", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const before = asked();
    const { result, left } = await watchRows(here.core, () => testConnection(ada, { connectionId }));
    expect(result).toEqual({ ...ANSWERED, testedAt: here.core.clock.now() });
    expect(asked()).toBe(before + 1);
    expect(left).toMatchObject([
      { event: "connection.test", connectionId, personId: ada.actor.personId, reason: "connection_ok", reasonText: ANSWERED.sentence },
    ]);
  });

  it("has access renewed that the SaaS does not take any more, once", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    here.saas.control.end((await accountAccess(here.core, connectionId)).accessToken);
    const { result, left } = await watchRows(here.core, () => testConnection(ada, { connectionId }));
    expect(result).toMatchObject(ANSWERED);
    expect(left.map(({ event }) => event)).toEqual(["connection.refresh", "connection.test"]);
  });

  it("is told that access was withdrawn there, and the account stands so from then on", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada, { login: "grace" });
    here.saas.control.withdraw("grace");
    const sentence = "Demo Tracker no longer accepts it: access was withdrawn there, or it ended.";
    expect(await testConnection(ada, { connectionId })).toMatchObject({
      outcome: "failed",
      reason: "connection_needs_reconnect",
      sentence,
    });
    expect(await getConnection(ada, { connectionId })).toMatchObject({
      status: "needs_reconnect",
      health: "ended_there",
      statusNote: sentence,
    });
  });

  it("is told that the SaaS is away, and nothing changes", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    here.saas.control.breakAll("api", "503");
    expect(await testConnection(ada, { connectionId })).toMatchObject({
      outcome: "failed",
      reason: "provider_refused",
      sentence: "Demo Tracker answered, but did not say whose account it is (status 503). Try again in a few minutes.",
    });
    here.saas.control.repair();
    here.saas.control.breakAll("api", "drop");
    expect(await testConnection(ada, { connectionId })).toMatchObject({ outcome: "failed", reason: "provider_unreachable" });
    expect(await getConnection(ada, { connectionId })).toMatchObject({ status: "active", health: "healthy" });
  });

  it("is warned when another account answers", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada, { login: "linus" });
    await writingSide(here.core.db).prisma.connection.update({ where: { id: connectionId }, data: { accountId: "1", accountName: "ada" } });
    expect(await testConnection(ada, { connectionId })).toMatchObject({
      outcome: "failed",
      reason: "other_account",
      sentence: "Demo Tracker answered as linus, and this connection is for ada. Reconnect it.",
    });
  });

  it("learns the same of a shared key, and that it ended", async () => {
    const ada = await person(here.core);
    const { accessToken: token } = here.saas.control.issue({ login: "ada", scopes: ["profile:read", "issues:read"] });
    const endsAt = new Date(here.core.clock.now().getTime() + 86_400_000);
    const { connectionId } = await recordSharedKey(ada, {
      connector: "demo",
      accountName: "Old CI",
      token,
      scopes: ["issues:read"],
      endsAt,
    });
    expect(await getConnection(ada, { connectionId })).toMatchObject({ health: "key_ends" });
    expect(await testConnection(ada, { connectionId })).toMatchObject(ANSWERED);
    here.saas.control.end(token);
    expect(await testConnection(ada, { connectionId })).toMatchObject({
      outcome: "failed",
      sentence: "Demo Tracker no longer takes this key. Disconnect it, and connect the account itself.",
    });
  });

  it("is told of an account that was disconnected, and of a connector that was switched off", async () => {
    const ada = await person(here.core);
    const [gone, off] = [await connect(ada), await connect(ada, { login: "linus" })];
    await disconnectConnection(ada, { connectionId: gone });
    expect(await testConnection(ada, { connectionId: gone })).toMatchObject({ outcome: "failed", reason: "connection_disconnected" });
    await setUpConnector(here.admin, { connector: "demo", ...CLIENT, enabled: false });
    try {
      expect(await testConnection(ada, { connectionId: off })).toMatchObject({ outcome: "failed", reason: "connector_off" });
    } finally {
      await setUpConnector(here.admin, { connector: "demo", ...CLIENT, enabled: true });
    }
  });

  it("is refused another person's, also as an admin, and asks the SaaS nothing", async () => {
    const connectionId = await connect(await person(here.core));
    const before = asked();
    for (const other of [await person(here.core), here.admin])
      expect(await refusalOf(testConnection(other, { connectionId }))).toMatchObject({ code: "not_found" });
    expect(asked()).toBe(before);
  });

  it("waits after ten in a minute", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    for (let times = 0; times < 10; times += 1) await testConnection(ada, { connectionId });
    expect(await refusalOf(testConnection(ada, { connectionId }))).toMatchObject({ code: "too_many_requests" });
  });

  it("can do so by REST, and is told no token", async () => {
    const ada = await person(here.core);
    const connectionId = await connect(ada);
    const headers = bearer(await apiToken(ada));
    const answer = await send(here.core, `/api/v1/connections/${connectionId}/test`, { method: "POST", headers });
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ outcome: "ok", sentence: ANSWERED.sentence });
    expect(text).not.toMatch(/saas_(at|rt)_/);
  });
});
