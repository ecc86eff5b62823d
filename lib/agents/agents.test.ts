import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { asActor } from "../ctx";
import { TEST_START } from "../testing/clock";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord } from "../testing/lent";
import { refusalOf } from "../testing/refusal";
import { authenticateAgent } from "./authenticate";
import { getAgent } from "./list";
import { registerAgent } from "./register";
import { pauseAgent, resumeAgent } from "./status";

const NOT_THERE = { code: "not_found", message: "There is no such agent, or it is not yours." };
const NOBODY = "agt_01kjpt2v000000000000000000";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterEach(() => core.clock.set(TEST_START));
afterAll(() => core.close());

const lastRow = async () => (await rows(core)).at(-1);

describe("registering an agent", () => {
  test("makes it its person's own, shows its secret once, and leaves a row without it", async () => {
    const ada = await person(core);
    const made = await registerAgent(ada, { name: " Triage bot ", purpose: "Sorts new issues" });
    expect(made).toEqual({
      agentId: expect.stringMatching(/^agt_/),
      clientId: made.agentId,
      clientSecret: expect.stringMatching(/^vlt_agt_[0-9A-Za-z]{36}$/),
    });
    expect(await authenticateAgent(core, { ...made, clientSecret: made.clientSecret as string })).toMatchObject({
      agentId: made.agentId,
      ownerId: ada.actor.personId,
      status: "active",
    });
    expect(await lastRow()).toMatchObject({
      event: "agent.register",
      acting: "person",
      personId: ada.actor.personId,
      agentId: made.agentId,
      target: "Triage bot",
      decision: "allowed",
    });
    expect(JSON.stringify([await rows(core), await core.db.agentCredential.findMany()])).not.toContain(made.clientSecret);
  });

  test.each([
    [{ name: "", purpose: "x" }, "Give a name."],
    [{ name: "x".repeat(61), purpose: "x" }, "Keep the name within 60 characters."],
    [{ name: "Bot", purpose: " " }, "Give a purpose."],
    [{ name: "Bot", purpose: "x".repeat(281) }, "Keep the purpose within 280 characters."],
    [{ name: "Payroll \u202etob", purpose: "x" }, "Write the name on one line, without control characters."],
  ])("is refused from %#", async (input, message) => {
    expect(await refusalOf(registerAgent(await person(core), input))).toMatchObject({ code: "invalid_request", message });
  });
});

describe("pausing an agent", () => {
  test("keeps its grants, can be undone, and leaves a row each time", async () => {
    const [ada, admin] = [await person(core), await person(core, { role: "admin" })];
    const bot = await agent(core, ada, { name: "Bot" });
    await pauseAgent(admin, bot);
    expect(await getAgent(ada, bot)).toMatchObject({ status: "paused" });
    expect(await lastRow()).toMatchObject({
      event: "agent.pause",
      personId: admin.actor.personId,
      ownerId: ada.actor.personId,
      agentId: bot.agentId,
    });
    await resumeAgent(ada, bot);
    expect(await getAgent(ada, bot)).toMatchObject({ status: "active" });
    expect(await lastRow()).toMatchObject({ event: "agent.resume", personId: ada.actor.personId });
    expect(await core.db.agent.findUnique({ where: { id: bot.agentId } })).toMatchObject({ pausedAt: null });
  });

  test("twice keeps the first time", async () => {
    const ada = await person(core);
    const bot = await agent(core, ada);
    await pauseAgent(ada, bot);
    const { pausedAt } = await core.db.agent.findUniqueOrThrow({ where: { id: bot.agentId } });
    core.clock.advance({ minutes: 5 });
    await pauseAgent(ada, bot);
    expect(await core.db.agent.findUnique({ where: { id: bot.agentId } })).toMatchObject({ pausedAt });
  });
});

describe("an agent of somebody else", () => {
  test.each(Object.entries({ pauseAgent, resumeAgent }))("cannot be changed by %s, and is not told from none", async (_name, verb) => {
    const [ada, eve, auditor] = [await person(core), await person(core), await person(core, { role: "auditor" })];
    const bot = await agent(core, ada);
    await grantRecord(core, eve, { agentId: bot.agentId, connectionId: await connectionRecord(core, eve) });
    const itself = asActor(core, {
      kind: "agent",
      agentId: bot.agentId,
      name: "Bot",
      ownerId: ada.actor.personId,
      credentialId: null,
    } as const);
    const before = await core.db.agent.findUnique({ where: { id: bot.agentId }, include: { credentials: true } });
    for (const ctx of [eve, auditor, itself]) {
      expect(await refusalOf(verb(ctx, bot))).toMatchObject(NOT_THERE);
      expect(await refusalOf(verb(ctx, { agentId: NOBODY }))).toMatchObject(NOT_THERE);
    }
    expect(await core.db.agent.findUnique({ where: { id: bot.agentId }, include: { credentials: true } })).toEqual(before);
  });
});
