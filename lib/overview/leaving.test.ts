import { afterAll, beforeAll, expect, test } from "vitest";
import { revokeGrant } from "../grants/revoke";
import { removePerson } from "../people/status";
import { apiToken, bearer, lend, send, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { previewLeaving } from "./leaving";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

test("what somebody has is told by name, and nothing of it is left once they are removed", async () => {
  const one = await lend(here);
  const over = await lend(here, {}, one.bot);
  await revokeGrant(over.owner, { grantId: over.grantId });
  const { personId } = one.owner.actor;
  await apiToken(one.owner);
  const before = await previewLeaving(here.admin, { personId });
  expect(before).toMatchObject({
    person: { id: personId, liveGrants: before.grants.length },
    accounts: expect.arrayContaining([
      { id: one.connectionId, connector: "demo", connectorName: "Demo Tracker", accountName: "ada", status: "active" },
    ]),
    grants: [{ id: one.grantId, agentId: one.bot.agentId, agentName: "Triage bot", connectorName: "Demo Tracker", accountName: "ada" }],
    apiTokens: 1,
  });
  await removePerson(here.admin, { personId });
  expect(await previewLeaving(here.admin, { personId })).toMatchObject({
    person: { status: "removed", connections: 0, liveGrants: 0 },
    ...{ accounts: [], grants: [], apiTokens: 0 },
  });
});

test("auditors may look; a member is refused, and nobody is there who is not", async () => {
  const ada = await person(here.core);
  await agent(here.core, ada, { name: "Left alone" });
  const input = { personId: ada.actor.personId };
  const auditor = await person(here.core, { role: "auditor" });
  expect((await previewLeaving(auditor, input)).person.owned).toMatchObject([{ name: "Left alone", goesOnWith: null }]);
  expect(await refusalOf(previewLeaving(ada, input))).toMatchObject({ code: "forbidden" });
  expect(await refusalOf(previewLeaving(auditor, { personId: "per_nobody" }))).toMatchObject({ code: "not_found" });
});

test("by REST: people in pages with the same filters, and what leaves with one; both refused to members", async () => {
  const [auditor, member] = [await person(here.core, { role: "auditor" }), await person(here.core, { name: "Rest Member" })];
  await person(here.core, { name: "Rest Member 2", status: "removed" });
  const ask = async (token: string, path: string) => {
    const answer = await send(here.core, `/api/v1/people${path}`, { headers: bearer(token) });
    return { status: answer.status, body: await answer.json() };
  };
  const token = await apiToken(auditor);
  const { personId } = member.actor;
  expect(await ask(token, "?text=rest%20member&limit=1")).toMatchObject({
    status: 200,
    body: { data: [{ id: personId, live_grants: 0 }], next_cursor: null, counts: { here: 1, removed: 1 } },
  });
  const [first] = [await ask(token, "?text=rest%20member&status=any&limit=1")];
  expect(first.body.next_cursor).toBe(personId);
  expect((await ask(token, `?text=rest%20member&status=any&limit=1&cursor=${personId}`)).body.data).toMatchObject([
    { name: "Rest Member 2", status: "removed" },
  ]);
  expect((await ask(token, `/${personId}/leaving`)).body).toMatchObject({ person: { id: personId }, accounts: [], api_tokens: 0 });
  for (const path of ["", `/${personId}/leaving`])
    expect(await ask(await apiToken(member), path)).toMatchObject({ status: 403, body: { reason: "role_missing" } });
});
