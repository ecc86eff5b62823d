import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listActivity } from "../activity/list";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { suspendPerson } from "../people/status";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord } from "../testing/lent";
import type { SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { addAgentSecret } from "./addSecret";
import { authenticateAgent } from "./authenticate";
import { getAgent, listAgents } from "./list";
import { setOwners } from "./owners";
import { registerAgent } from "./register";
import { heldTokens, pauseAgent, resumeAgent } from "./status";

const NOT_THERE = { code: "not_found", message: "There is no such agent, or it is not yours." };
const NOBODY_TO_MEMBERS = "Nobody in good standing here has that e-mail. Ask them how it is written here, or ask an admin.";

let core: TestCore;
let admin: PersonCtx;
let [ada, bea, cy]: PersonCtx[] = [];
let bot: SeededAgent;
beforeAll(async () => {
  core = await testCore();
  admin = await person(core, { role: "admin" });
});
beforeEach(async () => {
  [ada, bea, cy] = [await person(core, { name: "Ada" }), await person(core, { name: "Bea" }), await person(core, { name: "Cy" })];
  bot = await agent(core, ada as PersonCtx, { name: "Bot" });
});
afterAll(() => core.close());

const one = (ctx: PersonCtx | undefined) => ctx as PersonCtx;
const id = (ctx: PersonCtx | undefined) => one(ctx).actor.personId;
const email = (ctx: PersonCtx | undefined) => one(ctx).actor.email;
const lastRow = async () => (await rows(core)).at(-1);
const owners = async () => {
  const { ownerId, secondOwnerId, sponsorId } = await core.db.agent.findUniqueOrThrow({ where: { id: bot.agentId } });
  return [ownerId, secondOwnerId, sponsorId];
};
const set = (ctx: PersonCtx | undefined, asked: Omit<Parameters<typeof setOwners>[1], "agentId">) =>
  setOwners(one(ctx), { agentId: bot.agentId, ...asked });

describe("who answers for an agent", () => {
  it("is named by e-mail: a second owner, a sponsor, another owner; each change leaves a row with who it was and who it is", async () => {
    expect(await set(ada, { secondOwner: ` ${email(bea).toUpperCase()} `, sponsor: email(cy) })).toEqual({
      agentId: bot.agentId,
      owner: { id: id(ada), name: "Ada" },
      secondOwner: { id: id(bea), name: "Bea" },
      sponsor: { id: id(cy), name: "Cy" },
    });
    expect(await owners()).toEqual([id(ada), id(bea), id(cy)]);
    expect(await lastRow()).toMatchObject({
      event: "agent.set_owners",
      decision: "allowed",
      personId: id(ada),
      ownerId: id(ada),
      agentId: bot.agentId,
      target: "Bot",
      detail: {
        before: { ownerId: id(ada), secondOwnerId: null, sponsorId: null },
        after: { ownerId: id(ada), secondOwnerId: id(bea), sponsorId: id(cy) },
      },
    });
    await set(ada, { owner: email(cy) });
    expect(await owners()).toEqual([id(cy), id(bea), id(cy)]);
  });

  it("is handed over with its credentials and its grants, and the row is seen by both", async () => {
    const connectionId = await connectionRecord(core, one(cy));
    const grantId = await grantRecord(core, one(cy), { agentId: bot.agentId, connectionId });
    await set(ada, { owner: email(bea) });
    expect(await authenticateAgent(core, bot)).toMatchObject({ agentId: bot.agentId, ownerId: id(bea), ownerStatus: "active" });
    expect(await core.db.grant.findUnique({ where: { id: grantId } })).toMatchObject({ revokedAt: null, agentId: bot.agentId });
    expect(await refusalOf(getAgent(one(ada), bot))).toMatchObject(NOT_THERE);
    for (const ctx of [ada, bea]) {
      const { rows: seen } = await listActivity(one(ctx), { event: "agent.set_owners", agentId: bot.agentId });
      expect(seen).toHaveLength(1);
    }
    expect((await listActivity(one(cy), { event: "agent.set_owners", agentId: bot.agentId })).rows).toEqual([]);
  });

  it("moves up: without the owner the second owner takes the place; as the new owner they leave theirs free", async () => {
    await set(ada, { secondOwner: email(bea) });
    await set(ada, { owner: null });
    expect(await owners()).toEqual([id(bea), null, null]);
    await set(bea, { secondOwner: email(ada) });
    await set(bea, { owner: email(ada) });
    expect(await owners()).toEqual([id(ada), null, null]);
    await set(ada, { owner: email(bea), secondOwner: email(ada) });
    expect(await owners()).toEqual([id(bea), id(ada), null]);
  });

  it("is cleared by null, but never the last owner", async () => {
    await set(ada, { secondOwner: email(bea), sponsor: email(cy) });
    await set(bea, { secondOwner: null, sponsor: null });
    expect(await owners()).toEqual([id(ada), null, null]);
    expect(await refusalOf(set(ada, { owner: null }))).toMatchObject({
      code: "conflict",
      reason: "last_owner",
      message: "An agent has an owner. Name another one instead.",
    });
    expect(await lastRow()).toMatchObject({ event: "agent.set_owners", decision: "refused", reason: "last_owner", ownerId: id(ada) });
    await set(ada, { secondOwner: email(bea) });
    await suspendPerson(admin, { personId: id(ada) });
    expect(await refusalOf(set(admin, { secondOwner: null }))).toMatchObject({
      code: "conflict",
      reason: "last_owner",
      message: "Nobody in good standing would own this agent then. Name an owner who is.",
    });
    expect(await owners()).toEqual([id(ada), id(bea), null]);
  });

  it("is not one person twice, and something has to be asked", async () => {
    for (const asked of [{ secondOwner: email(ada) }, { owner: email(bea), secondOwner: email(bea) }])
      expect(await refusalOf(set(ada, asked))).toMatchObject({
        code: "invalid_request",
        reason: "same_owner",
        fields: { secondOwner: expect.any(String) },
      });
    expect(await refusalOf(set(ada, {}))).toMatchObject({
      code: "invalid_request",
      message: "Name an owner, a second owner or a sponsor.",
    });
    expect(await owners()).toEqual([id(ada), null, null]);
  });

  it("is told apart for admins alone: nobody by that e-mail, and somebody who is out", async () => {
    const out = await person(core, { name: "Out", status: "suspended" });
    const told = async (ctx: PersonCtx | undefined, to: string) => {
      const { code, message, fields } = await refusalOf(set(ctx, { sponsor: to }));
      return [code, message, fields];
    };
    const member = await told(ada, "nobody@example.com");
    expect(member).toEqual(["invalid_request", NOBODY_TO_MEMBERS, { sponsor: NOBODY_TO_MEMBERS }]);
    expect(await told(ada, email(out))).toEqual(member);
    expect(await told(ada, "not an e-mail")).toEqual(member);
    expect((await told(admin, "nobody@example.com"))[1]).toBe("Nobody here has that e-mail. Invite them on the People page first.");
    expect((await told(admin, email(out)))[1]).toBe("Out is suspended. Let them back in first, or name somebody else.");
  });

  it("is no way to find out who is here: twenty wrong addresses, then none is looked up; right ones do not count", async () => {
    for (let index = 0; index < 25; index += 1) await set(ada, { sponsor: email(cy) });
    const tries = await Promise.all(Array.from({ length: 30 }, (_, index) => refusalOf(set(ada, { sponsor: `who${index}@example.com` }))));
    expect(tries.filter(({ code }) => code === "too_many_requests")).toHaveLength(10);
    expect(await refusalOf(set(ada, { sponsor: email(cy) }))).toMatchObject({ code: "too_many_requests" });
    expect(await set(admin, { sponsor: email(cy) })).toMatchObject({ sponsor: { name: "Cy" } });
  });

  it("is named at registration too", async () => {
    const made = await registerAgent(one(ada), { name: "New bot", purpose: "Works", secondOwner: email(bea), sponsor: email(cy) });
    expect(await getAgent(one(cy), made)).toMatchObject({ ownerName: "Ada", secondOwnerName: "Bea", sponsorName: "Cy" });
    expect(await registerAgent(one(ada), { name: "New bot", purpose: "Works", secondOwner: "", sponsor: "" })).toBeTruthy();
    const before = await core.db.agent.count();
    expect(await refusalOf(registerAgent(one(ada), { name: "x", purpose: "y", secondOwner: email(ada) }))).toMatchObject({
      reason: "same_owner",
    });
    expect(await refusalOf(registerAgent(one(ada), { name: "x", purpose: "y", sponsor: "no@example.com" }))).toMatchObject({
      fields: { sponsor: NOBODY_TO_MEMBERS },
    });
    expect(await core.db.agent.count()).toBe(before);
  });
});

describe("a second owner", () => {
  it("may do all that the owner may: see, pause, resume, renew the secret, hand it over", async () => {
    await set(ada, { secondOwner: email(bea) });
    await pauseAgent(one(bea), bot);
    expect(await getAgent(one(bea), bot)).toMatchObject({ status: "paused", secretLastFour: bot.clientSecret.slice(-4) });
    await resumeAgent(one(bea), bot);
    const { clientSecret } = await addAgentSecret(one(bea), bot);
    expect(await authenticateAgent(core, { ...bot, clientSecret })).toMatchObject({ agentId: bot.agentId });
    expect((await listAgents(one(bea), { scope: "mine" })).map((agent) => agent.id)).toEqual([bot.agentId]);
    expect((await listActivity(one(bea), { agentId: bot.agentId })).rows.map((row) => row.event)).toContain("agent.pause");
    await set(bea, { owner: null });
    expect(await owners()).toEqual([id(bea), null, null]);
  });

  it("sees what concerns the agent, and not what it does with the owner's account", async () => {
    const at = core.clock.now();
    const connectionId = await connectionRecord(core, one(ada));
    const use = {
      at,
      kind: "use",
      event: "gateway.call",
      acting: "agent",
      target: "GET /x",
      decision: "allowed",
      reason: "within_grant",
      chain: [],
    };
    const data = [
      {
        ...use,
        id: `use_a${bot.agentId}`,
        agentId: bot.agentId,
        personId: id(ada),
        ownerId: id(ada),
        grantId: "grt_1",
        connectionId,
        connector: "demo",
      },
      { ...use, id: `use_b${bot.agentId}`, agentId: bot.agentId, decision: "refused", reason: "grant_unknown" },
      { ...use, id: `use_c${bot.agentId}`, agentId: "agt_other", decision: "refused", reason: "grant_unknown" },
    ];
    await writingSide(core.db).prisma.activity.createMany({ data });
    await set(ada, { secondOwner: email(bea), sponsor: email(cy) });
    for (const ctx of [bea, cy]) {
      const { rows: seen } = await listActivity(one(ctx), { kind: "use" });
      expect(seen.map((row) => row.id)).toEqual([`use_b${bot.agentId}`]);
    }
  });
});

describe("a sponsor", () => {
  it("sees all of the agent, and changes nothing: as if it were not there", async () => {
    await set(ada, { sponsor: email(cy) });
    expect(await getAgent(one(cy), bot)).toMatchObject({ id: bot.agentId, secretLastFour: bot.clientSecret.slice(-4), sponsorName: "Cy" });
    expect(await heldTokens(one(cy), bot)).toEqual([]);
    expect((await listAgents(one(cy), { scope: "mine" })).map((agent) => agent.id)).toEqual([bot.agentId]);
    for (const verb of [pauseAgent, resumeAgent, addAgentSecret]) expect(await refusalOf(verb(one(cy), bot))).toMatchObject(NOT_THERE);
    expect(await refusalOf(set(cy, { owner: email(cy) }))).toMatchObject(NOT_THERE);
    expect(await refusalOf(heldTokens(one(bea), bot))).toMatchObject(NOT_THERE);
  });
});

describe("somebody else, and an auditor", () => {
  it("cannot name who answers, and are told the same as of no agent", async () => {
    const auditor = await person(core, { role: "auditor" });
    for (const ctx of [bea, auditor]) {
      expect(await refusalOf(set(ctx, { owner: email(ctx) }))).toMatchObject(NOT_THERE);
      expect(await refusalOf(setOwners(one(ctx), { agentId: "agt_01kjpt2v000000000000000000", owner: email(ctx) }))).toMatchObject(
        NOT_THERE,
      );
    }
    expect(await owners()).toEqual([id(ada), null, null]);
  });
});

describe("an orphan", () => {
  it("is told as one, and an admin gives it an owner: it goes on with all it had", async () => {
    await set(ada, { secondOwner: email(bea), sponsor: email(cy) });
    await suspendPerson(admin, { personId: id(ada) });
    expect(await getAgent(one(cy), bot)).toMatchObject({ ownerStatus: "suspended", orphaned: false });
    expect(await authenticateAgent(core, bot)).toMatchObject({ ownerStatus: "active" });
    expect((await listAgents(one(cy), { scope: "lendable" })).map((agent) => agent.id)).toContain(bot.agentId);
    await suspendPerson(admin, { personId: id(bea) });
    expect(await lastRow()).toMatchObject({ event: "person.suspend", detail: { orphanedAgents: [bot.agentId] } });
    expect(await getAgent(one(cy), bot)).toMatchObject({ secondOwnerStatus: "suspended", orphaned: true });
    expect(await authenticateAgent(core, bot)).toMatchObject({ ownerStatus: "suspended" });
    expect((await listAgents(one(cy), { scope: "lendable" })).map((agent) => agent.id)).not.toContain(bot.agentId);
    expect(await refusalOf(set(admin, { sponsor: null }))).toMatchObject({ reason: "last_owner" });
    await set(admin, { owner: email(cy) });
    expect(await getAgent(one(cy), bot)).toMatchObject({ orphaned: false, ownerName: "Cy" });
    expect(await authenticateAgent(core, bot)).toMatchObject({ ownerStatus: "active", ownerId: id(cy) });
  });
});
