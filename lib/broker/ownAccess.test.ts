import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pauseAgent, resumeAgent } from "../agents/status";
import { writingSide } from "../db";
import { createPersonalToken } from "../people/personalTokens";
import { suspendPerson } from "../people/status";
import { giveOwnAccess, takeOwnAccess } from "../platform/ownAccess";
import { registerResource, removeResource } from "../platform/resources";
import { call, send, type World, watchRows, world } from "../testing/builders";
import { agent, person, type SeededAgent } from "../testing/people";

const DEPLOY = "https://deploy.example.com";
const BOARD = "https://board.example.com/api";
const ISSUER = "http://valet.test";

let here: World;
let deploy: string;
let board: string;
beforeAll(async () => {
  here = await world();
  deploy = (await registerResource(here.admin, { resource: DEPLOY, name: "Deploys", scopes: ["deploy:read", "deploy:run"] })).id;
  board = (await registerResource(here.admin, { resource: BOARD, name: "Board", scopes: ["board:read"] })).id;
});
afterAll(() => here.close());
beforeEach(() => here.core.clock.advance({ minutes: 1 }));

async function bot(): Promise<SeededAgent & { readonly ownerId: string }> {
  const owner = await person(here.core);
  return { ...(await agent(here.core, owner, { name: "Deploy bot" })), ownerId: owner.actor.personId };
}

/** An agent with access at the deploy service. */
async function given(more: { scopes?: string[]; expiresAt?: Date } = {}) {
  const one = await bot();
  const { ownAccessId } = await giveOwnAccess(here.admin, {
    agentId: one.agentId,
    resourceId: deploy,
    scopes: ["deploy:read", "deploy:run"],
    ...more,
  });
  return { ...one, ownAccessId };
}

function ask({ clientId, clientSecret }: SeededAgent, more: Record<string, string | string[]> = {}): Promise<Response> {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret });
  for (const [name, values] of Object.entries(more)) for (const value of [values].flat()) body.append(name, value);
  return send(here.core, "/oauth/token", { method: "POST", body });
}

async function refused(work: () => Promise<Response>, whole: Record<string, unknown>, row: Record<string, unknown> = {}) {
  const { result, left } = await watchRows(here.core, work);
  expect([result.status, await result.json()]).toEqual([400, whole]);
  expect(left).toMatchObject([{ event: "token.own", decision: "refused", reason: whole.reason, pattern: "own", personId: null, ...row }]);
}

describe("an agent that asks for a token of its own", () => {
  it("gets one for that service: subject and client are the agent, nobody stands behind it", async () => {
    const one = await given();
    const { result, left } = await watchRows(here.core, () => ask(one, { resource: DEPLOY, scope: "deploy:read", run_id: "run-1" }));
    const body = await result.json();
    expect([result.status, result.headers.get("cache-control"), body]).toEqual([
      200,
      "no-store",
      {
        access_token: expect.stringMatching(/^eyJ/),
        token_type: "Bearer",
        expires_in: 900,
        scope: "deploy:read",
        resource: DEPLOY,
        pattern: "own",
        use_id: expect.stringMatching(/^use_/),
      },
    ]);
    const now = Math.floor(here.core.clock.now().getTime() / 1000);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ typ: "at+jwt", alg: "ES256" });
    expect(decodeJwt(body.access_token)).toEqual({
      iss: ISSUER,
      sub: one.agentId,
      client_id: one.agentId,
      aud: DEPLOY,
      scope: "deploy:read",
      jti: body.use_id,
      run_id: "run-1",
      iat: now,
      exp: now + 900,
    });
    expect(left).toMatchObject([
      {
        id: body.use_id,
        event: "token.own",
        acting: "agent",
        personId: null,
        ownerId: one.ownerId,
        agentId: one.agentId,
        grantId: null,
        connector: null,
        target: `Deploys: ${DEPLOY}`,
        decision: "allowed",
        reason: "within_own_access",
        scopes: ["deploy:read"],
        pattern: "own",
        chain: [{ kind: "agent", id: one.agentId, name: "Deploy bot" }],
        runIdClaimed: "run-1",
        detail: { resource: DEPLOY, own_access_id: one.ownAccessId },
      },
    ]);
    expect(JSON.stringify(left)).not.toMatch(/vlt_|eyJ/);
  });

  it("gets all that it was given when it names no scope, and no place where there is one only", async () => {
    expect(await (await ask(await given())).json()).toMatchObject({ scope: "deploy:read deploy:run", resource: DEPLOY });
  });

  it("never gets one past the end of its access", async () => {
    const one = await given({ expiresAt: new Date(here.core.clock.now().getTime() + 300_000) });
    expect(await (await ask(one)).json()).toMatchObject({ expires_in: 300 });
    here.core.clock.advance({ seconds: 299 });
    expect(await (await ask(one)).json()).toMatchObject({ expires_in: 1 });
  });

  it("gets its own name for this Valet, with no scopes, whether or not anybody gave it anything", async () => {
    const one = await bot();
    const { result, left } = await watchRows(here.core, () => ask(one, { resource: ISSUER }));
    const body = await result.json();
    expect(body).not.toHaveProperty("scope");
    expect(decodeJwt(body.access_token)).toMatchObject({ sub: one.agentId, client_id: one.agentId, aud: ISSUER, scope: "" });
    expect(decodeJwt(body.access_token)).not.toHaveProperty("act");
    expect(left).toMatchObject([{ event: "token.own", pattern: "own", personId: null, decision: "allowed", reason: "for_itself" }]);
    expect((await call(here.core, body.access_token, "/api/issues")).status).toBe(401);
  });

  it("is given one by HTTP Basic too, and a token of its own opens nothing at the gateway", async () => {
    const one = await given();
    const authorization = `Basic ${Buffer.from(`${one.clientId}:${one.clientSecret}`).toString("base64")}`;
    const body = new URLSearchParams({ grant_type: "client_credentials", resource: DEPLOY });
    const answer = await send(here.core, "/oauth/token", { method: "POST", headers: { authorization }, body });
    expect(answer.status).toBe(200);
    expect((await call(here.core, (await answer.json()).access_token, "/api/issues")).status).toBe(401);
  });
});

describe("is refused, whole answer and row:", () => {
  it("another place, a place that nobody knows, and one that is nearly right: one answer", async () => {
    const one = await given();
    for (const resource of [
      BOARD,
      "https://nowhere.example.com",
      `${DEPLOY}/`,
      DEPLOY.toUpperCase(),
      `${ISSUER}/`,
      `${ISSUER}/proxy/demo`,
    ]) {
      await refused(() => ask(one, { resource }), {
        error: "invalid_target",
        error_description: "This agent has no access of its own at that resource.",
        reason: "resource_elsewhere",
        next: "Ask an admin for access there.",
        resources: [DEPLOY],
      });
    }
  });

  it("two places at once, also where it has both", async () => {
    const one = await given();
    await giveOwnAccess(here.admin, { agentId: one.agentId, resourceId: board, scopes: ["board:read"] });
    await refused(() => ask(one, { resource: [DEPLOY, BOARD] }), {
      error: "invalid_target",
      error_description: "A token works at one place. Ask for one resource at a time.",
      reason: "resource_several",
      resources: [BOARD, DEPLOY],
    });
    await refused(() => ask(one), {
      error: "invalid_target",
      error_description: "This agent has access at several places. Say which one with resource.",
      reason: "resource_missing",
      resources: [BOARD, DEPLOY],
    });
  });

  it("an audience, which is not how this grant names a place", async () => {
    const one = await given();
    const { result, left } = await watchRows(here.core, () => ask(one, { audience: DEPLOY }));
    expect([result.status, await result.json()]).toEqual([
      400,
      {
        error: "invalid_target",
        error_description: "Say where the token is wanted for with resource, not with audience.",
        reason: "audience",
      },
    ]);
    expect(left).toEqual([]);
  });

  it("a scope beyond what was given, also one that the service has, and any for itself", async () => {
    const one = await given({ scopes: ["deploy:read"] });
    const beyond = (words: string) => ({
      error: "invalid_scope",
      error_description: `This agent was given there: ${words}.`,
      reason: "scope_beyond_own_access",
      next: "Ask for less, or ask an admin for more.",
    });
    await refused(() => ask(one, { scope: "deploy:read deploy:run" }), beyond("deploy:read"));
    await refused(() => ask(one, { resource: ISSUER, scope: "deploy:read" }), beyond("no scopes"));
  });

  it("an agent that nobody gave anything", async () => {
    await refused(async () => ask(await bot()), {
      error: "unauthorized_client",
      error_description: "This agent has no access of its own anywhere.",
      reason: "own_access_none",
      next: "Ask an admin to give it access at a service of the house.",
    });
  });

  it("a paused agent, also its own name; it goes on when it is resumed", async () => {
    const one = await given();
    await pauseAgent(here.admin, { agentId: one.agentId });
    for (const resource of [DEPLOY, ISSUER]) {
      await refused(() => ask(one, { resource }), {
        error: "unauthorized_client",
        error_description: "This agent is paused.",
        reason: "agent_paused",
        next: "Ask the agent's owner to resume it.",
      });
    }
    await resumeAgent(here.admin, { agentId: one.agentId });
    expect((await ask(one)).status).toBe(200);
  });

  it("an agent whose owner is suspended", async () => {
    const one = await given();
    await suspendPerson(here.admin, { personId: one.ownerId });
    await refused(() => ask(one), {
      error: "unauthorized_client",
      error_description: "The owner of this agent is not in good standing, so the agent is stopped.",
      reason: "owner_suspended",
      next: "Ask an admin to give the agent an owner.",
    });
  });

  it("access that has ended, at that very moment; access that was taken back; a service that was removed", async () => {
    const one = await given({ expiresAt: new Date(here.core.clock.now().getTime() + 60_000) });
    here.core.clock.advance({ seconds: 60 });
    const ended = { error: "invalid_target", next: "Ask an admin for access there.", resources: [] };
    await refused(() => ask(one, { resource: DEPLOY }), {
      ...ended,
      error_description: "This agent's access there has ended.",
      reason: "own_access_ended",
    });
    const two = await given();
    await takeOwnAccess(here.admin, two);
    const taken = { ...ended, error_description: "This agent's access there was taken back.", reason: "own_access_taken" };
    await refused(() => ask(two, { resource: DEPLOY }), taken);
    const resource = "https://gone.example.com";
    const gone = await registerResource(here.admin, { resource, name: "Gone" });
    const three = await bot();
    await giveOwnAccess(here.admin, { agentId: three.agentId, resourceId: gone.id });
    expect((await ask(three)).status).toBe(200);
    await removeResource(here.admin, { resourceId: gone.id });
    await refused(() => ask(three, { resource }), {
      ...ended,
      error_description: "This agent has no access of its own at that resource.",
      reason: "resource_elsewhere",
    });
  });

  it("a person, who exchanges instead", async () => {
    const { token } = await createPersonalToken(here.admin, { name: "script" });
    const body = new URLSearchParams({ grant_type: "client_credentials", resource: DEPLOY });
    const work = () => send(here.core, "/oauth/token", { method: "POST", headers: { authorization: `Bearer ${token}` }, body });
    await refused(
      work,
      {
        error: "unauthorized_client",
        error_description: "Only agents have tokens of their own. A person exchanges a grant or an own connection.",
        reason: "not_an_agent",
      },
      { personId: here.admin.actor.personId, acting: "person" },
    );
  });

  it("whoever is not proved, without a row and without a word of why", async () => {
    const one = await given();
    const { result, left } = await watchRows(here.core, () => ask({ ...one, clientSecret: "vlt_agt_wrong" }));
    expect([result.status, (await result.json()).error, left]).toEqual([401, "invalid_client", []]);
  });
});

describe("the ledger", () => {
  it("admits nothing that was taken back while it was being made, whatever was read before", async () => {
    const one = await given();
    const sign = here.core.signer.sign;
    const signer = {
      ...here.core.signer,
      sign: async (...all: Parameters<typeof sign>) => {
        await takeOwnAccess(here.admin, one);
        return sign(...all);
      },
    };
    const core = { ...here.core, signer };
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: one.clientId, client_secret: one.clientSecret });
    const { result, left } = await watchRows(here.core, () => send(core, "/oauth/token", { method: "POST", body }));
    expect(await result.json()).toMatchObject({ error: "invalid_target", reason: "own_access_taken" });
    expect(left.map(({ event, decision }) => [event, decision])).toEqual([
      ["own_access.take", "allowed"],
      ["token.own", "refused"],
    ]);
  });

  it("admits no scope that the access does not have any more", async () => {
    const one = await given({ scopes: ["deploy:read"] });
    const sign = here.core.signer.sign;
    const signer = {
      ...here.core.signer,
      sign: async (...all: Parameters<typeof sign>) => {
        await writingSide(here.core.db).prisma.ownAccess.update({ where: { id: one.ownAccessId }, data: { scopes: [] } });
        return sign(...all);
      },
    };
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: one.clientId, client_secret: one.clientSecret });
    const answer = await send({ ...here.core, signer }, "/oauth/token", { method: "POST", body });
    expect(await answer.json()).toMatchObject({ error: "temporarily_unavailable", reason: "not_admitted" });
  });
});
