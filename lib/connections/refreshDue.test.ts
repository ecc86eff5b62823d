import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { demo } from "../connectors/demo";
import { connectors } from "../connectors/registry";
import { suspendPerson } from "../people/status";
import { accessToken, call, lend, type World, watchRows, world } from "../testing/builders";
import { createTurns } from "../turns";
import { refreshDue } from "./refreshDue";

let here: World;
beforeAll(async () => {
  here = await world({ profile: { rotation: "rotating" } });
});
afterAll(() => here.close());
/** What an earlier test left is due, or idle, no more. */
beforeEach(async () => {
  here.saas.control.repair();
  here.core.clock.advance({ days: 3 });
});

const versionOf = async (id: string) => (await here.core.db.connection.findUniqueOrThrow({ where: { id } })).tokenVersion;
const refreshes = () => here.saas.calls.filter((one) => one.path === "/oauth/token").length;
const withTokens = (tokens: Partial<Connector["tokens"]>): Connector[] => [{ ...demo, tokens: { ...demo.tokens, ...tokens } }];

/** An account whose access ends in ten minutes, with one use behind it. */
async function used() {
  const lent = await lend(here, { scopes: ["issues:read"], delivery: "gateway" });
  const token = await accessToken(here.core, lent);
  expect((await call(here.core, token, "/api/issues")).status).toBe(200);
  return { ...lent, versionBefore: await versionOf(lent.connectionId) };
}

describe("access that is used", () => {
  it("is renewed once when eight to nine tenths of its life have passed, and not before", async () => {
    const { connectionId, owner, versionBefore } = await used();
    const { connectedAt, refreshedAt, accessExpiresAt } = await here.core.db.connection.findUniqueOrThrow({ where: { id: connectionId } });
    const life = (accessExpiresAt?.getTime() ?? 0) - (refreshedAt ?? connectedAt).getTime();
    expect(life).toBe(600_000);
    here.core.clock.advance({ milliseconds: 0.8 * life - 1 });
    expect(await refreshDue(here.core)).toEqual({ renewed: 0, failed: 0, left: 0 });
    here.core.clock.advance({ milliseconds: 0.1 * life + 1 });
    const { result, left } = await watchRows(here.core, () => refreshDue(here.core));
    expect(result).toEqual({ renewed: 1, failed: 0, left: 0 });
    expect(left).toMatchObject([
      { event: "connection.refresh", acting: "system", personId: null, ownerId: owner.actor.personId, connectionId, decision: "allowed" },
    ]);
    expect(await versionOf(connectionId)).toBe(versionBefore + 1);
    expect(await refreshDue(here.core)).toEqual({ renewed: 0, failed: 0, left: 0 });
  });

  it("is renewed once by two processes that find it at the same moment", async () => {
    const { connectionId, versionBefore } = await used();
    here.core.clock.advance({ minutes: 9 });
    const before = refreshes();
    const turns = createTurns(here.core.databaseUrl);
    await Promise.all([refreshDue(here.core), refreshDue({ ...here.core, turns, flights: new Map() })]);
    await turns.close();
    expect([refreshes() - before, await versionOf(connectionId)]).toEqual([1, versionBefore + 1]);
  });

  it("is left alone when nobody used it for a day, or its person is suspended", async () => {
    const idle = await used();
    here.core.clock.advance({ hours: 25 });
    const gone = await used();
    await suspendPerson(here.admin, { personId: gone.owner.actor.personId });
    here.core.clock.advance({ minutes: 9 });
    await refreshDue(here.core);
    expect([await versionOf(idle.connectionId), await versionOf(gone.connectionId)]).toEqual([idle.versionBefore, gone.versionBefore]);
  });

  it("is renewed in its last minute alone where that ends a token which an agent may hold", async () => {
    const { connectionId, versionBefore } = await used();
    const late = withTokens({ refreshKillsAccess: true });
    here.core.clock.advance({ seconds: 539 });
    await refreshDue(here.core, { of: late });
    expect(await versionOf(connectionId)).toBe(versionBefore);
    here.core.clock.advance({ seconds: 1 });
    await refreshDue(here.core, { of: late });
    expect(await versionOf(connectionId)).toBe(versionBefore + 1);
  });

  it("is taken up no more by a process that stops", async () => {
    const { connectionId, versionBefore } = await used();
    here.core.clock.advance({ minutes: 9 });
    expect(await refreshDue(here.core, { stopping: AbortSignal.abort() })).toEqual({ renewed: 0, failed: 0, left: 1 });
    expect(await versionOf(connectionId)).toBe(versionBefore);
    expect(await refreshDue(here.core)).toMatchObject({ renewed: 1 });
  });

  it("is asked for no more of a SaaS that does not answer, and is tried again once an hour while it is in trouble", async () => {
    for (let n = 0; n < 6; n += 1) await used();
    here.core.clock.advance({ minutes: 9 });
    here.saas.control.breakAll("token", "drop");
    const before = refreshes();
    const { renewed, failed, left } = await refreshDue(here.core);
    expect([renewed, failed + left, refreshes() - before <= 2, left >= 4]).toEqual([0, 6, true, true]);
    here.saas.control.repair();
    let minutes = 0;
    for (let done = 0; done < 6 && minutes <= 60; minutes += 1) {
      here.core.clock.advance({ minutes: 1 });
      done += (await refreshDue(here.core)).renewed;
    }
    expect(minutes).toBeLessThanOrEqual(61);
  });
});

describe("a refresh token that its SaaS would let end unused", () => {
  it("is spent once as its time comes near, and then again only when it comes near again", async () => {
    const idle = withTokens({ refreshIdleDays: 60 });
    const { connectionId, versionBefore } = await used();
    here.core.clock.advance({ days: 41 });
    await refreshDue(here.core, { of: idle });
    expect(await versionOf(connectionId)).toBe(versionBefore);
    here.core.clock.advance({ days: 8 });
    for (let n = 0; n < 20 && (await refreshDue(here.core, { of: idle })).renewed > 0; n += 1);
    expect(await versionOf(connectionId)).toBe(versionBefore + 1);
    here.core.clock.advance({ days: 40 });
    await refreshDue(here.core, { of: idle });
    expect(await versionOf(connectionId)).toBe(versionBefore + 1);
  });

  it("is left alone where the SaaS names no such time", async () => {
    const { connectionId, versionBefore } = await used();
    here.core.clock.advance({ days: 400 });
    await refreshDue(here.core, { of: withTokens({}) });
    expect(await versionOf(connectionId)).toBe(versionBefore);
  });

  it("has a time only at a SaaS that gives one", () => {
    for (const { id, tokens } of connectors) {
      if (tokens.refreshIdleDays === undefined) continue;
      expect([id, ["rotating", "stable"].includes(tokens.refresh), tokens.refreshIdleDays >= 7]).toEqual([id, true, true]);
    }
  });
});
