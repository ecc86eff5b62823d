import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { revokeGrant } from "../grants/revoke";
import { setUpConnector } from "../setups/setUp";
import { accessToken, bearer, connect, exchangeGrant, lend, type World, watchRows, world } from "../testing/builders";
import { person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { disconnectConnection } from "./disconnect";
import { getConnection } from "./list";
import { accountAccess } from "./refresh";

let here: World;
let ended: string[] = [];
const noteEnding = (url: string, { body }: RequestInit) => {
  if (url.endsWith("/oauth/revoke")) ended.push(new URLSearchParams(String(body)).get("token") ?? "");
};
beforeAll(async () => {
  here = await world({ onFetch: noteEnding });
});
afterAll(() => here.close());
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.release();
  here.saas.control.behave({ revocation: "token" });
  ended = [];
});

const record = (id: string) => here.core.db.connection.findUniqueOrThrow({ where: { id } });
const ERASED = { status: "disconnected", sealedRefresh: null, sealedAccess: null, accessExpiresAt: null };

describe("a person who disconnects an account", () => {
  it("ends its grants and its tokens here and there, with the row of both", async () => {
    const lent = await lend(here);
    const token = await accessToken(here.core, lent);
    const { owner, connectionId, grantId } = lent;
    const family = here.saas.control.tokens().at(-1)?.familyId;
    const { result, left } = await watchRows(here.core, () => disconnectConnection(owner, { connectionId }));
    expect(result).toEqual({
      endedAtProvider: "ended",
      note: "Access was ended at Demo Tracker too.",
      grantsEnded: 1,
      lentTokens: [
        {
          id: expect.stringMatching(/^len_/),
          expiresAt: expect.any(Date),
          handed: true,
          state: "ended",
          sentence: "Ended at Demo Tracker: it no longer works there.",
        },
      ],
    });
    expect(await record(connectionId)).toMatchObject(ERASED);
    const there = here.saas.control.tokens().filter((one) => one.familyId === family);
    expect(new Set(there.map((one) => one.standing))).toEqual(new Set(["ended"]));
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: bearer(token) })).status).toBe(401);
    const who = { acting: "person", personId: owner.actor.personId, ownerId: owner.actor.personId, connectionId, decision: "allowed" };
    expect(left).toMatchObject([
      { ...who, event: "connection.disconnect", target: "Demo Tracker: ada", detail: { grantsEnded: 1 } },
      { event: "lent_token.end", acting: "system", personId: null, ownerId: owner.actor.personId, grantId, reason: "ended" },
      { ...who, event: "connection.disconnect", reason: "ended", reasonText: "Access was ended at Demo Tracker too." },
    ]);
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ reason: "connection_disconnected" });
  });

  it("is told that the SaaS did not confirm when it fails, and the copy here is erased all the same", async () => {
    for (const mode of ["500", "drop", "200_error", "redirect"] as const) {
      const { owner, connectionId } = await lend(here);
      here.saas.control.breakAll("revoke", mode);
      const { endedAtProvider, note } = await disconnectConnection(owner, { connectionId });
      expect([mode, endedAtProvider, note]).toEqual([
        mode,
        "failed",
        "Demo Tracker did not confirm the end. Valet has erased its copy; also remove Valet in your account settings at Demo Tracker.",
      ]);
      expect(await record(connectionId)).toMatchObject(ERASED);
      expect((await getConnection(owner, { connectionId })).statusNote).toBe(note);
    }
  });

  it("is not told that it ended when the SaaS has nothing at that address", async () => {
    const { owner, connectionId } = await lend(here);
    here.saas.control.behave({ revocation: "absent" });
    expect(await disconnectConnection(owner, { connectionId })).toMatchObject({ endedAtProvider: "failed" });
    expect(await record(connectionId)).toMatchObject(ERASED);
  });

  it("is told that nothing could be ended there when the connector was switched off meanwhile", async () => {
    const { owner, connectionId } = await lend(here);
    await setUpConnector(here.admin, { connector: "demo", clientId: "valet", enabled: false });
    expect(await disconnectConnection(owner, { connectionId })).toMatchObject({ endedAtProvider: "not_possible" });
    expect(ended).toEqual([]);
    expect(await record(connectionId)).toMatchObject(ERASED);
    await setUpConnector(here.admin, { connector: "demo", clientId: "valet", enabled: true });
  });

  it("waits for a refresh under way, and ends the token that it brought", async () => {
    const { owner, connectionId } = await lend(here);
    here.core.clock.advance({ minutes: 20 });
    here.saas.control.hold();
    const refresh = accountAccess(here.core, connectionId);
    await here.saas.control.held(1);
    const turn = () => here.core.flights.get(`refresh:${connectionId}`);
    const before = turn();
    const disconnect = disconnectConnection(owner, { connectionId });
    while (turn() === before) await here.core.db.connection.count(); // until it stands in line
    here.saas.control.release();
    const { accessToken: fresh } = await refresh;
    expect(await disconnect).toMatchObject({ endedAtProvider: "ended" });
    expect(ended).toContain(fresh);
    expect(await record(connectionId)).toMatchObject(ERASED);
  });

  it("does it once when asked twice at the same moment", async () => {
    const { owner, connectionId } = await lend(here);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => disconnectConnection(owner, { connectionId })));
    expect(outcomes.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(ended).toHaveLength(2);
  });
});

describe("an account", () => {
  it("is disconnected by its person or an admin; for everybody else it is not there", async () => {
    const connectionId = await connect(await person(here.core));
    const others = [await person(here.core), await person(here.core, { role: "auditor" })];
    for (const other of others) {
      expect(await refusalOf(disconnectConnection(other, { connectionId }))).toMatchObject({
        code: "not_found",
        message: "There is no such connection, or it is not yours.",
      });
    }
    expect(await record(connectionId)).toMatchObject({ status: "active" });
    await disconnectConnection(here.admin, { connectionId });
    expect(await record(connectionId)).toMatchObject(ERASED);
    expect(await refusalOf(disconnectConnection(here.admin, { connectionId }))).toMatchObject({ code: "not_found" });
  });
});

describe("after a revoke", () => {
  it("the token that was handed out is dead at the SaaS, or the report says until when it lives", async () => {
    const first = await lend(here);
    const token = await accessToken(here.core, first);
    const { lentTokens } = await revokeGrant(first.owner, first);
    expect(lentTokens).toMatchObject([{ handed: true, state: "ended" }]);
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: bearer(token) })).status).toBe(401);
    const second = await lend(here);
    const alive = await accessToken(here.core, second);
    here.saas.control.breakAll("revoke", "503");
    const until = new Date(here.core.clock.now().getTime() + 600_000).toISOString().slice(0, 16).replace("T", " ");
    expect((await revokeGrant(second.owner, second)).lentTokens).toMatchObject([
      { state: "failed", sentence: `Demo Tracker did not answer when it was to be ended: it may work there until ${until} UTC.` },
    ]);
    expect((await fetch(`${here.saas.url}/api/issues`, { headers: bearer(alive) })).status).toBe(200);
  });
});
