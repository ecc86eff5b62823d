import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listActivity } from "../activity/list";
import { pauseAgent } from "../agents/status";
import { writingSide } from "../db";
import { getGrant } from "../grants/list";
import { mintGrant } from "../grants/mint";
import { previewGrant } from "../grants/preview";
import { revokeGrant } from "../grants/revoke";
import { suspendPerson } from "../people/status";
import {
  accessToken,
  apiToken,
  bearer,
  call,
  connect,
  exchangeGrant,
  lend,
  send,
  usesOf,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());
beforeEach(() => here.core.clock.advance({ minutes: 1 }));

/** An admin who connected an account of the platform, and lent it as that. */
async function own(more: object = {}) {
  const admin = await person(here.core, { role: "admin", name: "Grace Hopper" });
  const connectionId = await connect(admin, { login: "grace" });
  const bot = await agent(here.core, admin);
  const input = { agentId: bot.agentId, connectionId, lifetime: "8h" as const, scopes: ["issues:read"], pattern: "own" as const };
  const { grantId } = await mintGrant(admin, { ...input, delivery: "gateway", ...more });
  return { owner: admin, connectionId, bot, grantId };
}

describe("a grant of an account that belongs to nobody in person", () => {
  it("is lent by an admin, and the summary and the consent record say so", async () => {
    const { result: lent, left } = await watchRows(here.core, () => own());
    const grant = await getGrant(lent.owner, lent);
    const authority =
      "Triage bot acts on its own authority: grace belongs to the platform or the bot, you say, and to no person. The record names no person; you stay responsible for the account.";
    expect(grant).toMatchObject({ pattern: "own", warning: null, consent: { shown: { pattern: "own", authority } } });
    expect(left.find((row) => row.event === "grant.mint")).toMatchObject({
      detail: { pattern: "own" },
      ownerId: lent.owner.actor.personId,
    });
  });

  it("is lent by nobody else, in no way", async () => {
    for (const role of ["member", "auditor"] as const) {
      const owner = await person(here.core, { role });
      const connectionId = await connect(owner);
      const { agentId } = await agent(here.core, owner);
      const input = { agentId, connectionId, lifetime: "1h" as const, pattern: "own" as const };
      for (const work of [() => previewGrant(owner, input), () => mintGrant(owner, input)])
        expect(await refusalOf(work)).toMatchObject({ code: "forbidden", reason: "own_needs_admin" });
      const body = JSON.stringify({ agent_id: agentId, connection_id: connectionId, lifetime: "1h", pattern: "own" });
      const headers = { ...bearer(await apiToken(owner)), "content-type": "application/json" };
      const answer = await send(here.core, "/api/v1/grants", { method: "POST", headers, body });
      expect([answer.status, (await answer.json()).reason]).toEqual([403, "own_needs_admin"]);
      expect(await here.core.db.grant.count({ where: { agentId } })).toBe(0);
    }
  });

  it("gives a token that says agent alone, and rows in which no person stands; its lender sees them, others do not", async () => {
    const lent = await own();
    const body = await (await exchangeGrant(here.core, lent, { run_id: "run-own" })).json();
    expect(body).toMatchObject({ pattern: "own", grant_id: lent.grantId });
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ sub: lent.bot.agentId, client_id: lent.bot.agentId, grant_id: lent.grantId });
    expect(claims).not.toHaveProperty("act");
    expect((await call(here.core, body.access_token, "/api/issues")).status).toBe(200);
    expect((await call(here.core, body.access_token, "/api/files")).status).toBe(403);
    const rows = await usesOf(here.core, lent.grantId);
    const hand = [{ kind: "agent", id: lent.bot.agentId, name: "Triage bot" }];
    for (const row of rows)
      expect(row).toMatchObject({ pattern: "own", acting: "agent", personId: null, ownerId: lent.owner.actor.personId, chain: hand });
    expect(rows.map(({ event, decision }) => [event, decision])).toEqual([
      ["token.exchange", "allowed"],
      ["gateway.call", "allowed"],
      ["gateway.call", "refused"],
    ]);
    const mine = await listActivity(lent.owner, { grantId: lent.grantId, kind: "use" });
    expect(mine.rows).toHaveLength(3);
    const stranger = await person(here.core);
    expect((await listActivity(stranger, { grantId: lent.grantId })).rows).toEqual([]);
  });

  it("gives the SaaS's own token where that is as narrow, and the row says own as well", async () => {
    const lent = await own({ delivery: "direct" });
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ pattern: "own", narrowed_by: "provider" });
    expect(await usesOf(here.core, lent.grantId)).toMatchObject([{ pattern: "own", delivery: "direct", personId: null }]);
  });

  it.each([
    ["it is revoked", "grant_revoked", (lent: Lent) => revokeGrant(lent.owner, lent)],
    ["its agent is paused", "agent_paused", (lent: Lent) => pauseAgent(lent.owner, lent.bot)],
    [
      "who answers for the account is suspended",
      "person_suspended",
      (lent: Lent) => suspendPerson(here.admin, { personId: lent.owner.actor.personId }),
    ],
  ])("gives nothing once %s", async (_when, reason, end) => {
    const lent = await own();
    const token = await accessToken(here.core, lent);
    await end(lent);
    const refused = await call(here.core, token, "/api/issues");
    expect([refused.status, (await refused.json()).reason]).toEqual([403, reason]);
    expect(await (await exchangeGrant(here.core, lent)).json()).toMatchObject({ reason });
    const last = (await usesOf(here.core, lent.grantId)).at(-1);
    expect(last).toMatchObject({ decision: "refused", pattern: "own", personId: null });
  });

  it("is ended by the ledger alone: a revoke while a token is made", async () => {
    const lent = await own();
    const sign = here.core.signer.sign;
    const signer = {
      ...here.core.signer,
      sign: async (...all: Parameters<typeof sign>) => {
        await revokeGrant(lent.owner, lent);
        return sign(...all);
      },
    };
    expect(await (await exchangeGrant({ ...here.core, signer }, lent)).json()).toMatchObject({ reason: "grant_revoked" });
  });
});

type Lent = Awaited<ReturnType<typeof own>>;

describe("one run on two authorities", () => {
  it("keeps them apart: two tokens, one run, and each row says what was spent for it", async () => {
    const platform = await own();
    const { owner: ada, grantId } = await lend(here, { delivery: "gateway" }, platform.bot);
    const run = { run_id: "run-hybrid" };
    const [hers, its] = [await accessToken(here.core, { bot: platform.bot, grantId }, run), await accessToken(here.core, platform, run)];
    expect((await call(here.core, hers, "/api/issues/1")).status).toBe(200);
    expect((await call(here.core, its, "/api/issues/2")).status).toBe(200);
    const { rows } = await listActivity(here.admin, { runId: "run-hybrid", everyone: true });
    const told = rows.map(({ event, target, pattern, person: whose, grantId: grant, chain }) => [
      event,
      target,
      pattern,
      whose?.id ?? null,
      grant,
      chain.map(({ kind }) => kind),
    ]);
    const adas = ada.actor.personId;
    expect(new Set(told.map((one) => JSON.stringify(one)))).toEqual(
      new Set(
        [
          ["token.exchange", "Demo Tracker: ada", "delegated", adas, grantId, ["person", "agent"]],
          ["gateway.call", "GET /api/issues/1", "delegated", adas, grantId, ["person", "agent"]],
          ["token.exchange", "Demo Tracker: grace", "own", null, platform.grantId, ["agent"]],
          ["gateway.call", "GET /api/issues/2", "own", null, platform.grantId, ["agent"]],
        ].map((one) => JSON.stringify(one)),
      ),
    );
    expect(rows).toHaveLength(4);
    // Each person sees the part on their own authority, and nothing of the other.
    expect((await listActivity(ada, { runId: "run-hybrid" })).rows.map(({ pattern }) => pattern)).toEqual(["delegated", "delegated"]);
    expect((await listActivity(platform.owner, { runId: "run-hybrid" })).rows.map(({ pattern }) => pattern)).toEqual(["own", "own"]);
  });

  it("lets no token of one spend the other, even one that we signed ourselves", async () => {
    const platform = await own();
    const { owner: ada, grantId, connectionId } = await lend(here, { delivery: "gateway" }, platform.bot);
    const agentId = platform.bot.agentId;
    const now = here.core.clock.now();
    const sign = (claims: object) => {
      const usual = { aud: "http://valet.test/proxy/demo", client_id: agentId, jti: "use_x", scope: "issues:read" };
      return here.core.signer.sign({ ...usual, ...claims } as never, now, new Date(now.getTime() + 60_000));
    };
    const act = { act: { sub: agentId } };
    const crossed = [
      await sign({ sub: agentId, grant_id: grantId, connection_id: connectionId }),
      await sign({ sub: platform.owner.actor.personId, ...act, grant_id: platform.grantId, connection_id: platform.connectionId }),
    ];
    for (const token of crossed) {
      const before = here.saas.calls.length;
      const answer = await call(here.core, token, "/api/issues");
      expect([answer.status, (await answer.json()).reason, here.saas.calls.length]).toEqual([401, "token_other_pattern", before]);
    }
    // Without a grant an agent has nothing to spend, on whose authority ever.
    for (const sub of [{ sub: agentId }, { sub: ada.actor.personId, ...act }])
      expect((await call(here.core, await sign({ ...sub, connection_id: connectionId }), "/api/issues")).status).toBe(403);
    expect((await call(here.core, await sign({ sub: ada.actor.personId, ...act, grant_id: grantId }), "/api/issues")).status).toBe(200);
  });

  it("is held apart by the ledger as well: no row says another pattern than its grant", async () => {
    const lent = await own();
    const sign = here.core.signer.sign;
    const signer = {
      ...here.core.signer,
      sign: async (...all: Parameters<typeof sign>) => {
        await writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { pattern: "delegated" } });
        return sign(...all);
      },
    };
    const answer = await exchangeGrant({ ...here.core, signer }, lent);
    expect([answer.status, (await answer.json()).reason]).toEqual([503, "not_admitted"]);
  });
});

it("a person who uses what they lent does so in their own name, whatever its pattern", async () => {
  const lent = await own();
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: lent.grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
  });
  const headers = bearer(await apiToken(lent.owner));
  const { access_token } = await (await send(here.core, "/oauth/token", { method: "POST", headers, body })).json();
  expect(decodeJwt(access_token)).toMatchObject({ sub: lent.owner.actor.personId });
  expect((await call(here.core, access_token, "/api/issues")).status).toBe(200);
  expect((await usesOf(here.core, lent.grantId)).map(({ acting, personId }) => [acting, personId])).toEqual(
    Array(2).fill(["person", lent.owner.actor.personId]),
  );
});
