import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pauseAgent, resumeAgent } from "../agents/status";
import { resumeEverything, stopEverything } from "../agents/stopEverything";
import { revokeGrant } from "../grants/revoke";
import { pauseLending, resumeLending } from "../people/lending";
import { accessToken, apiToken, bearer, call, exchangeGrant, type Lent, lend, send, type World, world } from "../testing/builders";
import { rows } from "../testing/core";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { whatStops } from "./whatStops";

let here: World;
let [one, other]: Lent[] = [];
const WORDS = { confirm: "STOP EVERYTHING" };
beforeAll(async () => {
  here = await world();
});
beforeEach(async () => {
  const owner = () => person(here.core, { name: "Keeper" });
  one = await lend(here, { delivery: "gateway" }, await agent(here.core, await owner(), { name: "One" }));
  other = await lend(here, { delivery: "gateway" }, await agent(here.core, await owner(), { name: "Other" }));
});
afterAll(() => here.close());

const lent = (which: Lent | undefined) => which as Lent;
const works = async (which: Lent | undefined) => (await exchangeGrant(here.core, lent(which))).ok;
const both = async () => [await works(one), await works(other)];

describe("the four heights", () => {
  it("each say what would stop, stop that and nothing else with the next exchange and call", async () => {
    const { grantId, bot, owner } = lent(one);
    const personId = owner.actor.personId;
    const token = await accessToken(here.core, lent(one));
    const counts = { agents: 1, grants: 1, people: 1, tokens: 0, uses: 1, keptStopped: 0 };
    expect(await whatStops(here.admin, { grantId })).toMatchObject({ name: "One", stopped: false, ...counts });
    expect(await whatStops(here.admin, { agentId: bot.agentId })).toMatchObject({ name: "One", stopped: false, ...counts });
    expect(await whatStops(here.admin, { personId })).toMatchObject({ name: "Ada Lovelace", stopped: false, ...counts });

    await pauseAgent(here.admin, { agentId: bot.agentId });
    expect([await both(), (await call(here.core, token, "/api/issues")).ok]).toEqual([[false, true], false]);
    expect(await whatStops(here.admin, { agentId: bot.agentId })).toMatchObject({ stopped: true, agents: 0, grants: 0 });
    await resumeAgent(here.admin, { agentId: bot.agentId });

    await pauseLending(here.admin, { personId });
    expect([await both(), (await call(here.core, token, "/api/issues")).ok]).toEqual([[false, true], false]);
    expect(await whatStops(here.admin, { personId })).toMatchObject({ stopped: true, agents: 0, grants: 0 });
    await resumeLending(here.admin, { personId });
    expect(await both()).toEqual([true, true]);

    await revokeGrant(here.admin, { grantId });
    expect([await both(), (await call(here.core, token, "/api/issues")).ok]).toEqual([[false, true], false]);
    expect(await whatStops(here.admin, { grantId })).toMatchObject({ stopped: true, agents: 0, grants: 0 });
  });

  it("stop everything in one change with its count, and let go on what that stopped, and no agent that was paused by itself", async () => {
    await pauseAgent(here.admin, { agentId: lent(other).bot.agentId });
    const token = await accessToken(here.core, lent(one));
    const before = await whatStops(here.admin);
    expect(before).toMatchObject({ name: null, stopped: false, keptStopped: 0 });
    const { agents } = await stopEverything(here.admin, WORDS);
    expect(agents).toBeGreaterThanOrEqual(before.agents);
    expect((await rows(here.core)).at(-1)).toMatchObject({ event: "agent.stop_everything", detail: { agents } });
    expect([await both(), (await call(here.core, token, "/api/issues")).ok]).toEqual([[false, false], false]);
    expect(await whatStops(here.admin)).toMatchObject({ agents: 0, grants: 0, keptStopped: agents });
    expect(await resumeEverything(here.admin)).toEqual({ agents });
    expect([await both(), (await call(here.core, token, "/api/issues")).ok]).toEqual([[true, false], true]);
    expect(await resumeEverything(here.admin)).toEqual({ agents: 0 });
  });

  it("leaves alone, when all is let go on, what somebody paused by hand after the stop", async () => {
    await stopEverything(here.admin, WORDS);
    await pauseAgent(here.admin, { agentId: lent(other).bot.agentId });
    await resumeEverything(here.admin);
    expect(await both()).toEqual([true, false]);
    await stopEverything(here.admin, WORDS);
    await resumeAgent(here.admin, { agentId: lent(one).bot.agentId });
    expect(await both()).toEqual([true, false]);
    await resumeEverything(here.admin);
  });

  it("want the words for everything, and an admin", async () => {
    const auditor = await person(here.core, { role: "auditor" });
    for (const confirm of ["", "stop everything", "yes"])
      expect(await refusalOf(stopEverything(here.admin, { confirm }))).toMatchObject({ code: "invalid_request" });
    for (const ctx of [auditor, lent(one).owner]) {
      expect(await refusalOf(stopEverything(ctx, WORDS))).toMatchObject({ code: "forbidden" });
      expect(await refusalOf(resumeEverything(ctx))).toMatchObject({ code: "forbidden" });
    }
    expect(await refusalOf(whatStops(lent(one).owner))).toMatchObject({ code: "forbidden" });
    expect((await whatStops(auditor)).grants).toBeGreaterThan(0);
    expect(await refusalOf(whatStops(here.admin, { agentId: "agt_x" }))).toMatchObject({ code: "not_found" });
    expect(await both()).toEqual([true, true]);
  });

  it("are there by REST too", async () => {
    const headers = { ...bearer(await apiToken(here.admin)), "content-type": "application/json" };
    const post = (path: string, body: object) => send(here.core, `/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(await (await send(here.core, "/api/v1/stop", { headers })).json()).toMatchObject({ name: null, kept_stopped: 0 });
    expect((await post("/stop", {})).status).toBe(400);
    expect((await (await post("/stop", WORDS)).json()).agents).toBeGreaterThanOrEqual(2);
    expect(await both()).toEqual([false, false]);
    expect((await (await post("/stop/resume", {})).json()).agents).toBeGreaterThanOrEqual(2);
    expect(await both()).toEqual([true, true]);
  });
});
