import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { writingSide } from "../db";
import { TEST_START } from "../testing/clock";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord, useRecord } from "../testing/lent";
import { refusalOf } from "../testing/refusal";
import { getAgent, listAgents } from "./list";

const NOT_THERE = { code: "not_found", message: "There is no such agent, or it is not yours." };
const NOBODY = "agt_01kjpt2v000000000000000000";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(() => core.clock.set(TEST_START));
afterAll(() => core.close());

describe("an agent of somebody else", () => {
  test("is not shown, but to admins and auditors", async () => {
    const [ada, eve] = [await person(core), await person(core)];
    const bot = await agent(core, ada);
    expect(await refusalOf(getAgent(eve, bot))).toMatchObject(NOT_THERE);
    expect(await refusalOf(getAgent(eve, { agentId: NOBODY }))).toMatchObject(NOT_THERE);
    for (const role of ["admin", "auditor"] as const)
      expect(await getAgent(await person(core, { role }), bot)).toMatchObject({ id: bot.agentId });
  });

  test("is shown to somebody who lent to it, with their own grants and nothing of its inside", async () => {
    const [ada, bea] = [await person(core, { name: "Ada" }), await person(core)];
    const bot = await agent(core, ada);
    await useRecord(core, bot.agentId);
    await grantRecord(core, ada, { agentId: bot.agentId, connectionId: await connectionRecord(core, ada) });
    await grantRecord(core, bea, { agentId: bot.agentId, connectionId: await connectionRecord(core, bea) });
    expect(await getAgent(ada, bot)).toMatchObject({
      liveGrants: 2,
      lastUsedAt: core.clock.now(),
      secretLastFour: bot.clientSecret.slice(-4),
    });
    expect(await getAgent(bea, bot)).toMatchObject({ ownerName: "Ada", liveGrants: 1, lastUsedAt: null, secretLastFour: null });
    core.clock.advance({ hours: 2 });
    expect(await getAgent(bea, bot)).toMatchObject({ liveGrants: 0 });
  });
});

describe("the list of agents", () => {
  test("of one's own says what each can do and when it last did: allowed uses only", async () => {
    const ada = await person(core, { name: "Ada" });
    const idle = await agent(core, ada, { name: "b idle" });
    const busy = await agent(core, ada, { name: "A busy", purpose: "Works" });
    await agent(core, await person(core));
    const connectionId = await connectionRecord(core, ada);
    await grantRecord(core, ada, { agentId: busy.agentId, connectionId });
    const revoked = await grantRecord(core, ada, { agentId: busy.agentId, connectionId });
    await writingSide(core.db).prisma.grant.update({ where: { id: revoked }, data: { revokedAt: core.clock.now() } });
    core.clock.advance({ minutes: 3 });
    await useRecord(core, busy.agentId);
    const lastUsedAt = core.clock.now();
    core.clock.advance({ minutes: 3 });
    await useRecord(core, busy.agentId, "refused");
    const own = await listAgents(ada, { scope: "mine" });
    expect(own.map(({ name }) => name)).toEqual(["A busy", "b idle"]);
    expect(own[0]).toEqual({
      id: busy.agentId,
      name: "A busy",
      purpose: "Works",
      ownerId: ada.actor.personId,
      ownerName: "Ada",
      ownerStatus: "active",
      secondOwnerId: null,
      secondOwnerName: null,
      secondOwnerStatus: null,
      sponsorId: null,
      sponsorName: null,
      orphaned: false,
      status: "active",
      dpop: "optional",
      createdAt: new Date(TEST_START),
      lastUsedAt,
      liveGrants: 1,
      secretLastFour: busy.clientSecret.slice(-4),
    });
    expect(own[1]).toMatchObject({ id: idle.agentId, lastUsedAt: null, liveGrants: 0 });
  });

  test("of all is for admins and auditors", async () => {
    expect(await refusalOf(listAgents(await person(core), { scope: "all" }))).toMatchObject({
      code: "forbidden",
      message: "Only an admin or an auditor may do this. Ask one to do it.",
    });
    const all = await listAgents(await person(core, { role: "auditor" }), { scope: "all" });
    expect(all).toHaveLength(await core.db.agent.count());
  });

  test("to lend to has active agents of active owners, by name, purpose and owner only", async () => {
    const [ada, bea] = [await person(core, { name: "Ada" }), await person(core)];
    const bot = await agent(core, ada, { name: "Lend to me" });
    const paused = await agent(core, ada, { status: "paused" });
    const ownerless = await agent(core, await person(core, { status: "suspended" }));
    await useRecord(core, bot.agentId);
    const lendable = await listAgents(bea, { scope: "lendable" });
    const ids = lendable.map(({ id }) => id);
    expect(ids).not.toContain(paused.agentId);
    expect(ids).not.toContain(ownerless.agentId);
    expect(lendable.find(({ id }) => id === bot.agentId)).toMatchObject({
      name: "Lend to me",
      ownerName: "Ada",
      lastUsedAt: null,
      liveGrants: 0,
      secretLastFour: null,
    });
  });
});
