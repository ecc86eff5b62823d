import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { getGrant } from "../grants/list";
import { previewGrant } from "../grants/preview";
import { suspendPerson } from "../people/status";
import { accessToken, apiToken, bearer, call, exchangeGrant, type Lent, lend, send, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { addAgentSecret } from "./addSecret";
import { heldTokens, pauseAgent, resumeAgent } from "./status";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
afterEach(() => here.saas.control.repair());

const atSaas = (token: string) => fetch(`${here.saas.url}/api/issues`, { headers: bearer(token) }).then(({ status }) => status);

async function lendToAnother(delivery: "direct" | "gateway"): Promise<Lent & { botOwner: Awaited<ReturnType<typeof person>> }> {
  const botOwner = await person(here.core);
  return { botOwner, ...(await lend(here, { delivery }, await agent(here.core, botOwner))) };
}

describe("pausing an agent, once,", () => {
  it("shuts its secret out, and every other one it is given meanwhile", async () => {
    const { botOwner, ...lent } = await lendToAnother("gateway");
    await pauseAgent(botOwner, lent.bot);
    const { clientSecret } = await addAgentSecret(botOwner, lent.bot);
    const answer = await exchangeGrant(here.core, { ...lent, bot: { ...lent.bot, clientSecret } });
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "agent_paused"]);
    await resumeAgent(botOwner, lent.bot);
    expect((await exchangeGrant(here.core, { ...lent, bot: { ...lent.bot, clientSecret } })).status).toBe(200);
  });

  it("shuts out each of the gateway's tokens that it has in hand, under every grant", async () => {
    const { botOwner, ...lent } = await lendToAnother("gateway");
    const other = await lend(here, { delivery: "gateway" }, lent.bot);
    const tokens = [await accessToken(here.core, lent), await accessToken(here.core, lent), await accessToken(here.core, other)];
    for (const token of tokens) expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    await pauseAgent(botOwner, lent.bot);
    for (const token of tokens) {
      const answer = await call(here.core, token, "/api/issues");
      expect([answer.status, (await answer.json()).reason]).toEqual([403, "agent_paused"]);
    }
  });

  it("ends at the SaaS what it was handed directly, under every grant, and says so; nobody else's", async () => {
    const { botOwner, ...lent } = await lendToAnother("direct");
    const other = await lend(here, { delivery: "direct" }, lent.bot);
    const strangers = await lend(here, { delivery: "direct" });
    const tokens = [await accessToken(here.core, lent), await accessToken(here.core, other)];
    const untouched = await accessToken(here.core, strangers);
    for (const token of tokens) expect(await atSaas(token)).toBe(200);
    const { lentTokens } = await pauseAgent(botOwner, lent.bot);
    expect(lentTokens.map(({ state, handed }) => [state, handed])).toEqual([
      ["ended", true],
      ["ended", true],
    ]);
    for (const token of tokens) expect(await atSaas(token)).toBe(401);
    expect(await atSaas(untouched)).toBe(200);
    expect(await heldTokens(botOwner, lent.bot)).toEqual([]);
    const ended = await here.core.db.activity.findMany({
      where: { event: "lent_token.end", grantId: { in: [lent.grantId, other.grantId] } },
    });
    expect(ended.map(({ reason, acting }) => [reason, acting])).toEqual([
      ["ended", "system"],
      ["ended", "system"],
    ]);
  });

  it("says which token it could not end, and until when it works; over REST too", async () => {
    const { botOwner, ...lent } = await lendToAnother("direct");
    const token = await accessToken(here.core, lent);
    here.saas.control.breakAll("revoke", "500");
    const path = `/api/v1/agents/${lent.bot.agentId}/pause`;
    const answer = await send(here.core, path, { method: "POST", headers: bearer(await apiToken(botOwner)) });
    const body = await answer.json();
    const sentence = expect.stringMatching(
      /^Demo Tracker did not answer when it was to be ended: it may work there until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
    );
    expect(body).toMatchObject({ status: "paused", lent_tokens: [{ state: "failed", handed: true, sentence }] });
    expect(await heldTokens(botOwner, lent.bot)).toMatchObject([{ state: "failed", sentence }]);
    expect(await atSaas(token)).toBe(200);
    here.saas.control.repair();
    await pauseAgent(botOwner, lent.bot);
    expect(await atSaas(token)).toBe(401);
  });
});

describe("whoever leaves as the last owner of an agent", () => {
  it("takes along at the SaaS what it was handed by other people's grants; while a second owner is here, nothing", async () => {
    const [owner, second] = [await person(here.core), await person(here.core, { name: "Bea Second" })];
    const lent = await lend(here, { delivery: "direct" }, await agent(here.core, owner, { secondOwner: second }));
    const token = await accessToken(here.core, lent);
    await suspendPerson(here.admin, owner.actor);
    expect(await atSaas(token)).toBe(200);
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
    const more = await lend(here, { delivery: "gateway" }, lent.bot);
    const shown = await previewGrant(more.owner, { agentId: lent.bot.agentId, connectionId: more.connectionId, lifetime: "1h" });
    expect(shown.agentOwnerName).toBe("Bea Second");
    expect(await getGrant(more.owner, more)).toMatchObject({ state: "live" });
    await suspendPerson(here.admin, second.actor);
    expect(await getGrant(more.owner, more)).toMatchObject({ state: "blocked", stateReason: "owner_suspended" });
    expect(
      await refusalOf(previewGrant(more.owner, { agentId: lent.bot.agentId, connectionId: more.connectionId, lifetime: "1h" })),
    ).toMatchObject({ code: "not_found" });
    expect(await atSaas(token)).toBe(401);
    const answer = await exchangeGrant(here.core, lent);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "owner_suspended"]);
  });
});
