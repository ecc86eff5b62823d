import { afterAll, beforeAll, expect, test } from "vitest";
import { writingSide } from "../db";
import { agent, person, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord } from "../testing/lent";
import { refusalOf } from "../testing/refusal";
import { choosePeople } from "./choose";
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
  for (const role of ["auditor", "admin"] as const)
    expect((await listPeople(await person(core, { role }))).people.length).toBeGreaterThan(0);
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
  const { people } = await listPeople(admin);
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
  expect((await listPeople(admin)).people[0]?.liveGrants).toBe(0);
});

test("the agents that somebody owns tell with whom they go on: another owner in good standing, or nobody", async () => {
  const [ada, bea] = [await person(core, { name: "Ada Leaving" }), await person(core, { name: "Bea Staying" })];
  const out = await person(core, { status: "suspended" });
  await agent(core, ada, { name: "a alone" });
  await agent(core, ada, { name: "b shared", secondOwner: bea });
  await agent(core, ada, { name: "c left", secondOwner: out });
  await agent(core, bea, { name: "d second", secondOwner: ada });
  const admin = await person(core, { role: "admin" });
  const owned = (await listPeople(admin)).people.find((one) => one.id === ada.actor.personId)?.owned;
  expect(owned?.map(({ name, goesOnWith }) => [name, goesOnWith])).toEqual([
    ["a alone", null],
    ["b shared", "Bea Staying"],
    ["c left", null],
    ["d second", "Bea Staying"],
  ]);
});

test("page after page holds everybody once, people of one name too, and a cursor of nobody's is the first page", async () => {
  const admin = await person(core, { role: "admin" });
  const ids = [];
  for (let made = 0; made < 7; made += 1)
    ids.push((await person(core, { name: made < 4 ? "Same Name" : `Same Name ${made}` })).actor.personId);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { people, nextCursor } = await listPeople(admin, { text: "same name", limit: 2, ...(cursor ? { cursor } : {}) });
    expect(people.length).toBeLessThanOrEqual(2);
    seen.push(...people.map(({ id }) => id));
    cursor = nextCursor;
  } while (cursor);
  expect(seen).toHaveLength(7);
  expect(new Set(seen)).toEqual(new Set(ids));
  const first = await listPeople(admin, { text: "same name", limit: 2 });
  for (const odd of ["per_nobody", "nonsense"])
    expect(await listPeople(admin, { text: "same name", limit: 2, cursor: odd })).toEqual(first);
});

test("a text is looked for in names and e-mails, letter by letter: what the database takes for wildcards as well", async () => {
  const admin = await person(core, { role: "admin" });
  await person(core, { name: "Per%cent Letter", email: "under_score@letters.test" });
  await person(core, { name: "Percent Other", email: "underscore@letters.test" });
  const found = async (text: string) => (await listPeople(admin, { text })).people.map(({ name }) => name);
  expect(await found("r%C")).toEqual(["Per%cent Letter"]);
  expect(await found("UNDER_S")).toEqual(["Per%cent Letter"]);
  expect(await found("\\")).toEqual([]);
  expect(await found("@letters.test")).toEqual(["Per%cent Letter", "Percent Other"]);
  await expect(listPeople(admin, { text: "a\0" })).rejects.toThrow();
});

test("the filters hold together, and who was removed is shown and counted apart", async () => {
  const admin = await person(core, { role: "admin" });
  const [here, out, gone] = [
    await person(core, { name: "Fil Here", role: "auditor" }),
    await person(core, { name: "Fil Out", status: "suspended" }),
    await person(core, { name: "Fil Gone", status: "removed" }),
  ];
  const bot = await agent(core, out);
  await grantRecord(core, here, { agentId: bot.agentId, connectionId: await connectionRecord(core, here) });
  await agent(core, gone, { secondOwner: here });
  const found = async (filter: object) => (await listPeople(admin, { text: "fil ", ...filter })).people.map(({ name }) => name);
  expect(await found({})).toEqual(["Fil Here", "Fil Out"]);
  expect(await found({ status: "any" })).toEqual(["Fil Gone", "Fil Here", "Fil Out"]);
  expect(await found({ status: "active" })).toEqual(["Fil Here"]);
  expect(await found({ status: "suspended" })).toEqual(["Fil Out"]);
  expect(await found({ status: "removed" })).toEqual(["Fil Gone"]);
  expect(await found({ role: "auditor" })).toEqual(["Fil Here"]);
  expect(await found({ has: "agents" })).toEqual(["Fil Here", "Fil Out"]);
  expect(await found({ has: "grants" })).toEqual(["Fil Here"]);
  expect(await found({ has: "grants", role: "member" })).toEqual([]);
  expect((await listPeople(admin, { text: "fil ", status: "removed" })).counts).toEqual({ here: 2, suspended: 1, removed: 1 });
});

test("people to choose from are everybody, removed people too, and nobody for a member", async () => {
  const admin = await person(core, { role: "admin" });
  const gone = await person(core, { name: "Chosen_Gone", status: "removed" });
  await person(core, { name: "ChosenXGone" });
  expect(await choosePeople(admin, { text: "chosen_" })).toEqual([
    { id: gone.actor.personId, name: "Chosen_Gone", email: gone.actor.email },
  ]);
  expect(await choosePeople(admin, { text: "chosen", limit: 1 })).toHaveLength(1);
  expect((await choosePeople(admin)).length).toBe(await core.db.person.count());
  expect(await refusalOf(choosePeople(await person(core)))).toMatchObject({ code: "forbidden" });
});
