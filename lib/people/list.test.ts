import { afterAll, beforeAll, expect, test } from "vitest";
import { writingSide } from "../db";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord } from "../testing/lent";
import { refusalOf } from "../testing/refusal";
import { listPeople } from "./list";

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.close());

test("people are not listed to members; they are to auditors and admins", async () => {
  expect(await refusalOf(listPeople(await person(core)))).toMatchObject({
    code: "forbidden",
    message: "Only an admin or an auditor may do this. Ask one to do it.",
  });
  for (const role of ["auditor", "admin"] as const) expect((await listPeople(await person(core, { role }))).length).toBeGreaterThan(0);
});

test("people are listed by name with what they have: agents, accounts still connected, grants still live", async () => {
  const admin = await person(core, { role: "admin", name: "Zuse" });
  const ada = await person(core, { name: "Aaron", email: "aaron@example.com" });
  const bot = await agent(core, ada);
  const connection = await connectionRecord(core, ada);
  const gone = await connectionRecord(core, ada);
  await grantRecord(core, ada, { agentId: bot.agentId, connectionId: connection });
  const ended = await grantRecord(core, ada, { agentId: bot.agentId, connectionId: connection });
  await writingSide(core.db).prisma.grant.update({ where: { id: ended }, data: { revokedAt: core.clock.now() } });
  await writingSide(core.db).prisma.connection.update({ where: { id: gone }, data: { status: "disconnected" } });
  const people = await listPeople(admin);
  expect(people[0]).toEqual({
    id: ada.actor.personId,
    name: "Aaron",
    email: "aaron@example.com",
    role: "member",
    status: "active",
    createdAt: core.clock.now(),
    lastSignInAt: null,
    owned: [{ id: expect.stringMatching(/^agt_/), name: "Triage bot", goesOnWith: null }],
    connections: 1,
    liveGrants: 1,
  });
  expect(people.at(-1)?.name).toBe("Zuse");
  core.clock.advance({ hours: 1 });
  expect((await listPeople(admin))[0]?.liveGrants).toBe(0);
});

test("the agents that somebody owns tell with whom they go on: another owner in good standing, or nobody", async () => {
  const [ada, bea] = [await person(core, { name: "Ada Leaving" }), await person(core, { name: "Bea Staying" })];
  const out = await person(core, { status: "suspended" });
  await agent(core, ada, { name: "a alone" });
  await agent(core, ada, { name: "b shared", secondOwner: bea });
  await agent(core, ada, { name: "c left", secondOwner: out });
  await agent(core, bea, { name: "d second", secondOwner: ada });
  const admin = await person(core, { role: "admin" });
  const owned = (await listPeople(admin)).find((one) => one.id === ada.actor.personId)?.owned;
  expect(owned?.map(({ name, goesOnWith }) => [name, goesOnWith])).toEqual([
    ["a alone", null],
    ["b shared", "Bea Staying"],
    ["c left", null],
    ["d second", "Bea Staying"],
  ]);
});
