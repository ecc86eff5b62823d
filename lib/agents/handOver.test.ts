import { afterAll, beforeAll, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { suspendPerson } from "../people/status";
import { agent, person, rows, type TestCore, testCore } from "../testing/core";
import { refusalOf } from "../testing/refusal";
import { handOverAgents } from "./handOver";
import { listAgents } from "./list";

let core: TestCore;
let admin: PersonCtx;
beforeAll(async () => {
  core = await testCore();
  admin = await person(core, { role: "admin" });
});
afterAll(() => core.close());

const id = (ctx: PersonCtx) => ctx.actor.personId;

it("moves every agent of somebody who leaves, whichever owner they are, and stops none when they are out", async () => {
  const [ada, bea] = [await person(core, { name: "Ada" }), await person(core, { name: "Bea" })];
  const other = await person(core, { name: "Other" });
  await agent(core, ada, { name: "alone" });
  await agent(core, ada, { name: "with Bea", secondOwner: bea });
  await agent(core, bea, { name: "of Bea", secondOwner: ada });
  await agent(core, other, { name: "of another", secondOwner: ada });
  const untouched = await agent(core, other, { name: "not Ada's" });
  const before = (await rows(core)).length;
  const { agents } = await handOverAgents(admin, { personId: id(ada), to: bea.actor.email });
  expect(agents.map(({ name }) => name).sort()).toEqual(["alone", "of Bea", "of another", "with Bea"]);
  expect((await rows(core)).slice(before).map(({ event }) => event)).toEqual(Array(4).fill("agent.set_owners"));
  await suspendPerson(admin, { personId: id(ada) });
  const after = await listAgents(admin, { scope: "all" });
  expect(after.filter(({ orphaned }) => orphaned)).toEqual([]);
  const owners = Object.fromEntries(after.map(({ name, ownerName, secondOwnerName }) => [name, [ownerName, secondOwnerName]]));
  expect(owners).toMatchObject({
    alone: ["Bea", null],
    "with Bea": ["Bea", null],
    "of Bea": ["Bea", null],
    "of another": ["Other", "Bea"],
  });
  expect(after.find((one) => one.id === untouched.agentId)).toMatchObject({ ownerName: "Other", secondOwnerName: null });
  expect((await handOverAgents(admin, { personId: id(ada), to: bea.actor.email })).agents).toEqual([]);
});

it("is refused to whoever is no admin, to themself, and to somebody who is not here in good standing", async () => {
  const ada = await person(core);
  const out = await person(core, { status: "suspended" });
  await agent(core, ada);
  expect(await refusalOf(handOverAgents(ada, { personId: id(ada), to: admin.actor.email }))).toMatchObject({ code: "forbidden" });
  for (const to of [ada.actor.email, out.actor.email, "nobody@example.com", ""])
    expect(await refusalOf(handOverAgents(admin, { personId: id(ada), to }))).toMatchObject({ code: "invalid_request" });
});
