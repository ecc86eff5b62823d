import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonCtx } from "../ctx";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord } from "../testing/lent";
import { refusalOf } from "../testing/refusal";
import { authenticatePerson, createPersonalToken } from "./personalTokens";
import { removePerson, resumePerson, setRole, suspendPerson } from "./status";

const NOBODY = "per_01kjpt2v000000000000000000";
const VERBS = {
  suspend: suspendPerson,
  resume: resumePerson,
  remove: removePerson,
  demote: (ctx: PersonCtx, { personId }: { personId: string }) => setRole(ctx, { personId, role: "member" }),
};

let core: TestCore;
let admin: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  admin = await person(core, { role: "admin" });
});
afterAll(() => core.close());

const record = ({ actor }: PersonCtx) => core.db.person.findUniqueOrThrow({ where: { id: actor.personId } });
const lastRow = async () => (await rows(core)).at(-1);
const id = ({ actor }: PersonCtx) => ({ personId: actor.personId });

describe("an admin", () => {
  test("suspends a person, ends their sessions, and leaves a row that they can see", async () => {
    const ada = await person(core, { name: "Ada" });
    await suspendPerson(admin, id(ada));
    expect(await record(ada)).toMatchObject({ status: "suspended", sessionVersion: 2 });
    expect(await lastRow()).toMatchObject({
      event: "person.suspend",
      acting: "person",
      personId: admin.actor.personId,
      ownerId: ada.actor.personId,
      target: "Ada",
      decision: "allowed",
    });
  });

  test("lets a suspended person back in, and a removed one without what they had", async () => {
    for (const status of ["suspended", "removed"] as const) {
      const ada = await person(core, { status });
      await resumePerson(admin, id(ada));
      expect(await record(ada)).toMatchObject({ status: "active" });
      expect(await lastRow()).toMatchObject({ event: "person.resume", ownerId: ada.actor.personId });
    }
  });

  test("changes a role, and the row says from what to what", async () => {
    const ada = await person(core);
    await setRole(admin, { ...id(ada), role: "auditor" });
    expect(await record(ada)).toMatchObject({ role: "auditor" });
    expect(await lastRow()).toMatchObject({ event: "person.set_role", detail: { from: "member", to: "auditor" } });
    expect(await refusalOf(setRole(admin, { ...id(ada), role: "root" }))).toMatchObject({ code: "invalid_request" });
  });

  test("does not suspend somebody who was removed", async () => {
    const gone = await person(core, { name: "Gone", status: "removed" });
    expect(await refusalOf(suspendPerson(admin, id(gone)))).toMatchObject({
      code: "conflict",
      reason: "person_removed",
      message: "Gone was removed. There is nothing to suspend.",
    });
    expect(await lastRow()).toMatchObject({
      event: "person.suspend",
      decision: "refused",
      reason: "person_removed",
      ownerId: gone.actor.personId,
    });
  });

  test.each(Object.entries(VERBS))("cannot %s somebody who is not there", async (_name, verb) => {
    expect(await refusalOf(verb(admin, { personId: NOBODY }))).toMatchObject({
      code: "not_found",
      message: "There is no such person, or it is not yours.",
    });
  });
});

describe("a removal", () => {
  test("ends grants and API tokens in one go and counts them in its row, then disconnects each account and says what the SaaS did", async () => {
    const [ada, bea] = [await person(core, { name: "Ada" }), await person(core)];
    const bot = await agent(core, ada);
    const [adas, beas] = [await connectionRecord(core, ada), await connectionRecord(core, bea)];
    const given = await grantRecord(core, ada, { agentId: bot.agentId, connectionId: adas });
    const beasOwn = await grantRecord(core, bea, { agentId: (await agent(core, bea)).agentId, connectionId: beas });
    const { token } = await createPersonalToken(ada, { name: "script" });

    await removePerson(admin, id(ada));

    expect(await record(ada)).toMatchObject({ status: "removed", sessionVersion: 2 });
    expect(await core.db.grant.findUnique({ where: { id: given } })).toMatchObject({
      revokedAt: core.clock.now(),
      revokedById: admin.actor.personId,
      revokeReason: "person_removed",
    });
    expect(await core.db.connection.findUnique({ where: { id: adas } })).toMatchObject({
      status: "disconnected",
      sealedRefresh: null,
      sealedAccess: null,
      tokenVersion: 2,
      disconnectedAt: core.clock.now(),
      statusNote: expect.stringContaining("Valet has erased its copy"),
    });
    expect((await refusalOf(authenticatePerson(core, token))).code).toBe("invalid_token");
    const written = (await rows(core)).filter((row) => row.ownerId === ada.actor.personId).slice(-3);
    expect(written.map((row) => row.event)).toEqual(["person.remove", "connection.disconnect", "connection.disconnect"]);
    expect(written[0]).toMatchObject({ personId: admin.actor.personId, detail: { grants: 1, personalTokens: 1 } });
    expect(await core.db.grant.findUnique({ where: { id: beasOwn } })).toMatchObject({ revokedAt: null });
    expect(await core.db.connection.findUnique({ where: { id: beas } })).toMatchObject({ status: "active", tokenVersion: 1 });
  });

  test("is not undone by letting the person back in: the token and the grant stay ended", async () => {
    const ada = await person(core);
    const given = await grantRecord(core, ada, {
      agentId: (await agent(core, ada)).agentId,
      connectionId: await connectionRecord(core, ada),
    });
    const { token } = await createPersonalToken(ada, { name: "script" });
    await removePerson(admin, id(ada));
    await resumePerson(admin, id(ada));
    expect((await refusalOf(authenticatePerson(core, token))).code).toBe("invalid_token");
    expect((await core.db.grant.findUnique({ where: { id: given } }))?.revokeReason).toBe("person_removed");
  });
});

describe("nobody else", () => {
  test.each(["member", "auditor"] as const)("who is %s changes a person, themself included, and the try leaves its row", async (role) => {
    const [ctx, ada] = [await person(core, { role }), await person(core)];
    for (const verb of Object.values(VERBS)) {
      for (const target of [ada, ctx]) {
        const before = await record(target);
        expect(await refusalOf(verb(ctx, id(target)))).toMatchObject({
          code: "forbidden",
          message: "Only an admin may do this. Ask one to do it.",
        });
        expect(await record(target)).toEqual(before);
        expect(await lastRow()).toMatchObject({ decision: "refused", reason: "role_missing", personId: ctx.actor.personId });
      }
    }
  });
});
