import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { accountAccess } from "../connections/refresh";
import { suspendPerson } from "../people/status";
import { accessToken, call, exchangeGrant, lend, usesOf, type World, watchRows, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { getGrant, listGrants } from "./list";
import { mintGrant } from "./mint";
import { revokeGrant } from "./revoke";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

describe("a grant", () => {
  it("is revoked by the person who lent it; the very next exchange and call are refused", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    const { result, left } = await watchRows(here.core, () => revokeGrant(lent.owner, lent));
    expect(result.lentTokens).toMatchObject([{ handed: false, state: "ended" }]);
    const personId = lent.owner.actor.personId;
    const row = {
      personId,
      ownerId: personId,
      grantId: lent.grantId,
      agentId: lent.bot.agentId,
      connectionId: lent.connectionId,
      connector: "demo",
    };
    expect(left).toMatchObject([
      { event: "grant.revoke", acting: "person", ...row, target: "Grant to Triage bot", decision: "allowed" },
      { event: "lent_token.end", acting: "system", grantId: lent.grantId, reason: "ended" },
    ]);
    const refused = [await exchangeGrant(here.core, lent), await call(here.core, token, "/api/issues")];
    expect(await Promise.all(refused.map(async (one) => [one.status, (await one.json()).reason]))).toEqual([
      [400, "grant_revoked"],
      [403, "grant_revoked"],
    ]);
    expect((await usesOf(here.core, lent.grantId)).map((use) => use.decision)).toEqual(["allowed", "allowed", "refused", "refused"]);
  });

  it("is revoked by an admin too, in their own name, and the person who lent it sees that", async () => {
    const lent = await lend(here);
    const { left } = await watchRows(here.core, () => revokeGrant(here.admin, lent));
    expect(left).toMatchObject([{ personId: here.admin.actor.personId, ownerId: lent.owner.actor.personId, event: "grant.revoke" }]);
    expect(await here.core.db.grant.findUnique({ where: { id: lent.grantId } })).toMatchObject({
      revokedById: here.admin.actor.personId,
      revokeReason: "revoked_by_admin",
    });
  });

  it("is not there for others, its agent's owner among them", async () => {
    const owner = await person(here.core);
    const lent = await lend(here, {}, await agent(here.core, owner));
    for (const other of [owner, await person(here.core), await person(here.core, { role: "auditor" })]) {
      expect(await refusalOf(revokeGrant(other, lent))).toMatchObject({
        code: "not_found",
        message: "There is no such grant, or it is not yours.",
      });
    }
    expect((await exchangeGrant(here.core, lent)).status).toBe(200);
  });

  it("may be revoked twice: the first time stands", async () => {
    const lent = await lend(here);
    await revokeGrant(lent.owner, lent);
    const first = await here.core.db.grant.findUnique({ where: { id: lent.grantId } });
    here.core.clock.advance({ minutes: 1 });
    await revokeGrant(here.admin, lent);
    expect(await here.core.db.grant.findUnique({ where: { id: lent.grantId } })).toEqual(first);
  });

  it("leaves others on the same connection alone, and the account's own access", async () => {
    const lent = await lend(here);
    const other = await agent(here.core, lent.owner);
    const { grantId } = await mintGrant(lent.owner, { agentId: other.agentId, connectionId: lent.connectionId, lifetime: "1h" });
    const kept = await accessToken(here.core, { bot: other, grantId });
    await accessToken(here.core, lent);
    await revokeGrant(lent.owner, lent);
    const answer = await fetch(`${here.saas.url}/api/issues`, { headers: { authorization: `Bearer ${kept}` } });
    expect(answer.status).toBe(200);
    const { accessToken: own } = await accountAccess(here.core, lent.connectionId);
    expect((await fetch(`${here.saas.url}/api/me`, { headers: { authorization: `Bearer ${own}` } })).status).toBe(200);
  });
});

describe("a list of grants", () => {
  it("says of each what it gives right now, and why not", async () => {
    const bot = await agent(here.core, await person(here.core));
    const lent = await lend(here, {}, bot);
    const stateOf = async () => {
      const { state, stateReason } = await getGrant(lent.owner, lent);
      return [state, stateReason];
    };
    expect(await stateOf()).toEqual(["live", null]);
    await pauseAgent(here.admin, { agentId: bot.agentId });
    expect(await stateOf()).toEqual(["paused", "agent_paused"]);
    expect(await listGrants(lent.owner, { live: true })).toEqual([]);
    const { ownerId } = await here.core.db.agent.findUniqueOrThrow({ where: { id: bot.agentId } });
    await suspendPerson(here.admin, { personId: ownerId });
    expect(await stateOf()).toEqual(["blocked", "owner_suspended"]);
    here.core.clock.advance({ hours: 8 });
    expect(await stateOf()).toEqual(["ended", "grant_expired"]);
    await revokeGrant(lent.owner, lent);
    expect(await stateOf()).toEqual(["revoked", "grant_revoked"]);
  });

  it("counts what was used and tells when last, refused tries apart", async () => {
    const lent = await lend(here, { delivery: "gateway" });
    const token = await accessToken(here.core, lent);
    here.core.clock.advance({ minutes: 2 });
    await call(here.core, token, "/api/issues");
    const at = here.core.clock.now();
    here.core.clock.advance({ minutes: 2 });
    await call(here.core, token, "/api/issues", { method: "POST" });
    expect(await listGrants(lent.owner)).toMatchObject([{ uses: 2, lastUsedAt: at }]);
  });
});
