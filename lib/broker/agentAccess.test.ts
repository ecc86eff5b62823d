import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setOwners } from "../agents/owners";
import { pauseAgent } from "../agents/status";
import type { PersonCtx } from "../ctx";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { giveOwnAccess } from "../platform/ownAccess";
import { registerResource } from "../platform/resources";
import { apiToken, bearer, connect, send, type World, world } from "../testing/builders";
import { agent, person, type SeededAgent } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { seeAgentAccess } from "./agentAccess";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

async function lendAs(ctx: PersonCtx, { agentId }: SeededAgent, scopes: string[]) {
  return mintGrant(ctx, { agentId, connectionId: await connect(ctx), scopes, lifetime: "8h" });
}

/** An agent that its owner and somebody else lent to, with access of its own and a sponsor. */
async function shared() {
  const ada = await person(here.core, { name: "Ada Lovelace" });
  const sam = await person(here.core, { name: "Sam Sponsor" });
  const bot = await agent(here.core, ada);
  const own = await lendAs(ada, bot, ["issues:read"]);
  const bert = await person(here.core, { name: "Bert Sakmann" });
  const theirs = await lendAs(bert, bot, ["issues:read", "issues:write"]);
  await setOwners(ada, { agentId: bot.agentId, sponsor: sam.actor.email });
  const { id: resourceId } = await registerResource(here.admin, {
    resource: `https://${bot.agentId.slice(-8)}.example.com`,
    name: "Deploys",
    scopes: ["deploy:run"],
  });
  await giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["deploy:run"] });
  return { ada, bert, sam, bot, own, theirs };
}

const toldToAgent = async (secret: string) => (await send(here.core, "/api/v1/agent/access", { headers: bearer(secret) })).json();
const toldTo = async (ctx: Parameters<typeof apiToken>[0], agentId: string) =>
  (await send(here.core, `/api/v1/agents/${agentId}/access`, { headers: bearer(await apiToken(ctx)) })).json();

describe("what an agent may do, seen by people", () => {
  it("is word for word what the agent is told, for an admin and an auditor", async () => {
    const { bot } = await shared();
    await pauseAgent(here.admin, bot);
    const told = await toldToAgent(bot.clientSecret);
    expect(told.access).toHaveLength(2);
    expect(told.access[0]).toMatchObject({ state: "paused" });
    expect(told.own_access).toMatchObject([{ name: "Deploys", scopes: ["deploy:run"] }]);
    for (const ctx of [here.admin, await person(here.core, { role: "auditor" })])
      expect(await toldTo(ctx, bot.agentId)).toMatchObject({ access: told.access, own_access: told.own_access, hidden_grants: 0 });
  });

  it("is for its owner the same but other people's grants, of which only the number is told", async () => {
    const { ada, bot, own } = await shared();
    const told = await toldToAgent(bot.clientSecret);
    const seen = await toldTo(ada, bot.agentId);
    expect(seen.access).toEqual(told.access.filter((one: { grant_id: string }) => one.grant_id === own.grantId));
    expect(seen.access).toHaveLength(1);
    expect(seen).toMatchObject({ own_access: told.own_access, hidden_grants: 1 });
    expect(JSON.stringify(seen)).not.toContain("Bert Sakmann");
  });

  it("is for its sponsor how much there is, and for somebody who lent to it what they lent and nothing of its inside", async () => {
    const { bert, sam, bot, theirs } = await shared();
    expect(await seeAgentAccess(sam, bot)).toMatchObject({ grants: [], hiddenGrants: 2, ownAccess: [{ resourceName: "Deploys" }] });
    const seen = await seeAgentAccess(bert, bot);
    expect(seen.grants.map(({ id }) => id)).toEqual([theirs.grantId]);
    expect(seen).toMatchObject({ ownAccess: [], hiddenGrants: 0, links: [] });
  });

  it("leaves out what was revoked and what has run out, in the list and in the number", async () => {
    const { ada, bert, bot, own, theirs } = await shared();
    await revokeGrant(ada, { grantId: own.grantId });
    expect(await seeAgentAccess(ada, bot)).toMatchObject({ grants: [], hiddenGrants: 1 });
    await revokeGrant(bert, { grantId: theirs.grantId });
    expect(await seeAgentAccess(ada, bot)).toMatchObject({ grants: [], hiddenGrants: 0 });
    const connectionId = await connect(ada);
    await mintGrant(ada, { agentId: bot.agentId, connectionId, lifetime: "1h" });
    expect((await seeAgentAccess(ada, bot)).grants).toHaveLength(1);
    here.core.clock.advance({ hours: 1 });
    expect((await seeAgentAccess(ada, bot)).grants).toEqual([]);
  });

  it("is no agent at all for everybody else", async () => {
    const { bot } = await shared();
    const eve = await person(here.core);
    expect(await refusalOf(seeAgentAccess(eve, bot))).toMatchObject({
      code: "not_found",
      message: "There is no such agent, or it is not yours.",
    });
  });
});
