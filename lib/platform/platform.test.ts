import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiToken, bearer, send, type World, watchRows, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { giveOwnAccess, listOwnAccess, takeOwnAccess } from "./ownAccess";
import { listResources, registerResource, removeResource } from "./resources";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

let number = 0;
const register = (scopes = ["a", "b"]) => {
  number += 1;
  return registerResource(here.admin, { resource: `https://s${number}.example.com`, name: `Service ${number}`, scopes });
};

describe("a service of the house", () => {
  it("is known byte for byte, with its row; once", async () => {
    const bot = await agent(here.core, here.admin);
    const resource = "HTTPS://Deploy.example.com:443/a%2fb/?x=1";
    const { result, left } = await watchRows(here.core, () =>
      registerResource(here.admin, { resource, name: "Deploys", scopes: ["run", "read", "run"], servedBy: bot.agentId }),
    );
    expect(result).toMatchObject({ resource, name: "Deploys", scopes: ["run", "read"], servedBy: { id: bot.agentId }, agents: 0 });
    expect(left).toMatchObject([{ event: "resource.register", target: `Deploys: ${resource}`, scopes: ["run", "read"] }]);
    expect((await listResources(here.admin)).find((one) => one.id === result.id)).toEqual(result);
    expect(await refusalOf(registerResource(here.admin, { resource, name: "Again" }))).toMatchObject({
      code: "conflict",
      reason: "resource_known",
    });
  });

  it("may be a urn; a relative address, a fragment, a space, and any address of this Valet are refused", async () => {
    expect((await registerResource(here.admin, { resource: "urn:example:board", name: "Board" })).scopes).toEqual([]);
    const bad = [
      "deploy",
      "/deploy",
      "//deploy.example.com",
      "https://x.example.com/#a",
      "https://x.example.com#",
      "https://x y.example.com",
    ];
    const ours = ["http://valet.test", "http://valet.test/", "HTTP://VALET.test/proxy/demo", "http://valet.test:80/x"];
    for (const resource of [...bad, ...ours, `https://x.example.com/${"x".repeat(500)}`]) {
      const refusal = await refusalOf(async () => registerResource(here.admin, { resource, name: "x" })).catch((error) => error);
      expect([resource.slice(0, 40), refusal.name === "ZodError" || refusal.reason]).toEqual([
        resource.slice(0, 40),
        resource.length > 500 ? true : "resource_malformed",
      ]);
    }
  });

  it("has scopes that are words", async () => {
    for (const scopes of [["a b"], ['a"b'], [""], Array.from({ length: 51 }, (_, index) => `s${index}`)]) {
      expect(await refusalOf(registerResource(here.admin, { resource: "https://y.example.com", name: "x", scopes }))).toMatchObject({
        code: "invalid_request",
        reason: "scope_malformed",
      });
    }
  });

  it("is for admins to change, and for auditors to see", async () => {
    const { id: resourceId } = await register();
    const bot = await agent(here.core, here.admin);
    const { ownAccessId } = await giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["a"] });
    const member = await person(here.core);
    const auditor = await person(here.core, { role: "auditor" });
    expect((await listResources(auditor)).length).toBeGreaterThan(0);
    expect(await refusalOf(listResources(member))).toMatchObject({ code: "forbidden" });
    const before = await here.core.db.activity.count();
    for (const other of [member, auditor]) {
      for (const work of [
        () => registerResource(other, { resource: "https://z.example.com", name: "x" }),
        () => removeResource(other, { resourceId }),
        () => giveOwnAccess(other, { agentId: bot.agentId, resourceId, scopes: ["a"] }),
        () => takeOwnAccess(other, { agentId: bot.agentId, ownAccessId }),
      ])
        expect(await refusalOf(work())).toMatchObject({ code: "forbidden", reason: "role_missing" });
    }
    expect(await here.core.db.activity.count()).toBe(before);
  });

  it("takes everybody's access along when it goes, and the row says whose", async () => {
    const { id: resourceId } = await register();
    const bot = await agent(here.core, here.admin);
    await giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["a"] });
    const { result, left } = await watchRows(here.core, () => removeResource(here.admin, { resourceId }));
    expect(result).toEqual({ agents: 1 });
    expect(left).toMatchObject([{ event: "resource.remove", detail: { agents: [bot.agentId] } }]);
    expect(await listOwnAccess(here.admin, bot)).toEqual([]);
    expect(await refusalOf(removeResource(here.admin, { resourceId }))).toMatchObject({ code: "not_found" });
  });
});

describe("own access", () => {
  it("replaces what was given there before, and is seen by the agent's owner", async () => {
    const { id: resourceId, resource } = await register();
    const owner = await person(here.core);
    const bot = await agent(here.core, owner);
    const expiresAt = new Date(here.core.clock.now().getTime() + 60_000);
    const first = await giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["a"] });
    here.core.clock.advance({ seconds: 1 });
    const { result, left } = await watchRows(here.core, () =>
      giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["b", "a", "b"], expiresAt }),
    );
    expect(left).toMatchObject([
      { event: "own_access.give", agentId: bot.agentId, ownerId: owner.actor.personId, scopes: ["a", "b"], detail: { resource } },
    ]);
    expect(await listOwnAccess(owner, bot)).toMatchObject([
      { id: result.ownAccessId, resource, scopes: ["a", "b"], state: "live", expiresAt, issued: 0, lastIssuedAt: null },
      { id: first.ownAccessId, state: "revoked" },
    ]);
    here.core.clock.advance({ seconds: 59 });
    expect((await listOwnAccess(owner, bot))[0]).toMatchObject({ state: "ended" });
    const stranger = await person(here.core);
    expect(await refusalOf(listOwnAccess(stranger, bot))).toMatchObject({ code: "not_found" });
    await takeOwnAccess(here.admin, { agentId: bot.agentId, ownAccessId: result.ownAccessId });
    expect((await listOwnAccess(owner, bot))[0]).toMatchObject({ state: "revoked" });
  });

  it("is within what the service has, for an agent that is there, until a time to come", async () => {
    const { id: resourceId } = await register();
    const { agentId } = await agent(here.core, here.admin);
    const give = (more: object) => refusalOf(giveOwnAccess(here.admin, { agentId, resourceId, scopes: ["a"], ...more }));
    expect(await give({ scopes: ["a", "c"] })).toMatchObject({ code: "invalid_scope", reason: "scope_unknown" });
    expect(await give({ scopes: [] })).toMatchObject({ code: "invalid_scope", reason: "scope_missing" });
    expect(await give({ expiresAt: here.core.clock.now() })).toMatchObject({ code: "invalid_request", reason: "end_past" });
    expect(await give({ agentId: "agt_nobody" })).toMatchObject({ code: "not_found" });
    expect(await give({ resourceId: "res_nothing" })).toMatchObject({ code: "not_found" });
    const other = await agent(here.core, here.admin);
    const { ownAccessId } = await giveOwnAccess(here.admin, { agentId, resourceId, scopes: ["a"] });
    expect(await refusalOf(takeOwnAccess(here.admin, { agentId: other.agentId, ownAccessId }))).toMatchObject({ code: "not_found" });
  });

  it("works by script from end to end, and counts the tokens that were seen issued", async () => {
    const headers = { ...bearer(await apiToken(here.admin)), "content-type": "application/json" };
    const post = async (path: string, body: object) => {
      const answer = await send(here.core, `/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return [answer.status, await answer.json()] as const;
    };
    const [made, resource] = await post("/resources", { resource: "https://script.example.com", name: "Script", scopes: ["run"] });
    expect([made, resource]).toMatchObject([201, { resource: "https://script.example.com", served_by: null }]);
    const bot = await agent(here.core, here.admin);
    const path = `/agents/${bot.agentId}/own-access`;
    const [status, access] = await post(path, { resource_id: resource.id, scopes: ["run"], expires_at: "2030-01-01T00:00:00Z" });
    expect([status, access]).toMatchObject([201, { resource: "https://script.example.com", scopes: ["run"], state: "live" }]);
    const form = { grant_type: "client_credentials", client_id: bot.clientId, client_secret: bot.clientSecret };
    expect((await send(here.core, "/oauth/token", { method: "POST", body: new URLSearchParams(form) })).status).toBe(200);
    const told = await send(here.core, "/api/v1/agent/access", { headers: bearer(bot.clientSecret) });
    expect((await told.json()).own_access).toEqual([
      { resource: "https://script.example.com", name: "Script", scopes: ["run"], expires_at: "2030-01-01T00:00:00.000Z" },
    ]);
    const seen = await send(here.core, `/api/v1${path}`, { headers });
    expect((await seen.json()).data).toMatchObject([{ id: access.id, issued: 1, last_issued_at: here.core.clock.now().toISOString() }]);
    const taken = await send(here.core, `/api/v1${path}/${access.id}`, { method: "DELETE", headers });
    expect(await taken.json()).toMatchObject({ data: [{ id: access.id, state: "revoked" }] });
    const gone = await send(here.core, `/api/v1/resources/${resource.id}`, { method: "DELETE", headers });
    expect([gone.status, await gone.json()]).toEqual([200, { agents: 0 }]);
  });
});
