import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokeLink } from "../chains/revoke";
import { setUpConnector } from "../setups/setUp";
import { accessToken, bearer, call, send, usesOf, type World, world } from "../testing/builders";
import { type Band, band, claimsOf, handedOn, handOn } from "../testing/chains";
import type { SeededAgent } from "../testing/people";

let here: World;
let crew: Band;
let [onCall, investigator, monitor] = [] as unknown as [SeededAgent, SeededAgent, SeededAgent];
const tokens: string[] = [];
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traced = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };

/** One run, as an incident has it: Ada, her on-call agent, the investigation agent it asks, the monitoring agent that one asks. */
beforeAll(async () => {
  here = await world();
  await setUpConnector(here.admin, { connector: "github", clientId: "valet", clientSecret: "s" });
  crew = await band(here, 3, { scopes: ["issues:read", "issues:comment"] });
  [onCall, investigator, monitor] = crew.agents as unknown as [SeededAgent, SeededAgent, SeededAgent];
  tokens.push(await accessToken(here.core, { bot: onCall, grantId: crew.grantId }, { run_id: "incident-42" }));
  tokens.push((await handedOn(handOn(here.core, onCall, tokens[0] as string, investigator))).access_token);
  const less = { scope: "issues:read", authorization_details: JSON.stringify([{ ...DETAILS, resources: { issue: ["7"] }, calls: 20 }]) };
  tokens.push((await handedOn(handOn(here.core, investigator, tokens[1] as string, monitor, less))).access_token);
});
afterAll(() => here.close());

const DETAILS = { type: "urn:valet:params:oauth:authorization-details:connector-access" };
const third = () => tokens[2] as string;
const person = () => ({ kind: "person", id: crew.owner.actor.personId, name: "Ada Lovelace" });
const hand = (name: string, { agentId }: SeededAgent) => ({ kind: "agent", id: agentId, name });

describe("a run through four hands", () => {
  it("has a last call whose row tells the whole chain, the run, the trace and whose authority it was", async () => {
    const answer = await call(here.core, third(), "/api/issues/7", { headers: { ...traced, baggage: "valet.run_id=another" } });
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: 7 }]);
    const row = (await usesOf(here.core, crew.grantId)).at(-1);
    const claims = claimsOf(third());
    expect(row).toMatchObject({
      event: "gateway.call",
      decision: "allowed",
      acting: "agent",
      agentId: monitor.agentId,
      personId: crew.owner.actor.personId,
      pattern: "delegated",
      chain: [person(), hand("On-call", onCall), hand("Investigator", investigator), hand("Monitor", monitor)],
      delegationId: claims.delegation_id,
      tokenUseId: claims.jti,
      runIdVerified: "incident-42",
      runIdClaimed: "another",
      traceId: TRACE,
      scopes: ["issues:read"],
    });
  });

  it("carries the same chain in its last token, for one place, nested whole", async () => {
    expect(claimsOf(third())).toMatchObject({
      sub: crew.owner.actor.personId,
      client_id: monitor.agentId,
      aud: "http://valet.test/proxy/demo",
      act: { sub: monitor.agentId, act: { sub: investigator.agentId, act: { sub: onCall.agentId } } },
      scope: "issues:read",
      run_id: "incident-42",
      authorization_details: [{ ...DETAILS, resources: { issue: ["7"] }, calls: 20 }],
    });
    expect(claimsOf(tokens[1] as string).act).toEqual({ sub: investigator.agentId, act: { sub: onCall.agentId } });
  });

  it("leaves one row per hop, each with the chain so far, and the run it belongs to", async () => {
    const rows = (await usesOf(here.core, crew.grantId)).slice(0, 3);
    expect(rows.map(({ event, agentId, runIdVerified, delegationId }) => [event, agentId, runIdVerified, delegationId])).toEqual([
      ["token.exchange", onCall.agentId, "incident-42", null],
      ["token.hand_on", onCall.agentId, "incident-42", claimsOf(tokens[1] as string).delegation_id],
      ["token.hand_on", investigator.agentId, "incident-42", claimsOf(third()).delegation_id],
    ]);
    expect(rows[2]).toMatchObject({
      id: claimsOf(third()).jti,
      target: "Demo Tracker: ada, to Monitor",
      chain: [person(), hand("On-call", onCall), hand("Investigator", investigator), hand("Monitor", monitor)],
      pattern: "delegated",
      detail: { from: investigator.agentId, to: monitor.agentId },
    });
  });

  it("is refused with its third token at a second audience, also where that is asked for in the exchange", async () => {
    const elsewhere = await send(here.core, "/proxy/github/user", { headers: bearer(third()) });
    expect([elsewhere.status, (await elsewhere.json()).reason]).toEqual([401, "token_elsewhere"]);
    const asked = await handOn(here.core, investigator, tokens[1] as string, monitor, { resource: "http://valet.test/proxy/github" });
    expect([asked.status, (await asked.json()).error]).toEqual([400, "invalid_target"]);
  });

  it("reaches no other issue than the one it was handed, and changes nothing, although those before it may", async () => {
    const other = await call(here.core, third(), "/api/issues/8");
    expect([other.status, await other.json()]).toMatchObject([
      403,
      {
        reason: "resource_not_lent",
        detail: "What Investigator handed on is kept: Only issue 7. This call is about something else, or does not say what it is about.",
        next: "Ask Investigator to hand on more, if it has more itself and you need it.",
        smallest_resource: "issue:8",
      },
    ]);
    const comment = { method: "POST", body: '{"body":"seen"}', headers: { "content-type": "application/json" } };
    const refused = await call(here.core, third(), "/api/issues/7/comments", comment);
    expect([refused.status, (await refused.json()).reason]).toEqual([403, "outside_grant"]);
    expect((await call(here.core, tokens[1] as string, "/api/issues/8/comments", comment)).status).toBe(201);
  });

  it("stops at the end at once when its middle link is revoked, while those before it go on", async () => {
    await revokeLink(crew.owners[2] as Band["owner"], { linkId: crew.links[1]?.id ?? "" });
    const answer = await call(here.core, third(), "/api/issues/7");
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      {
        code: "invalid_grant",
        reason: "link_revoked",
        detail: "Investigator may not hand work on to Monitor any more: that link was revoked.",
        chain_ended: { link_id: crew.links[1]?.id },
      },
    ]);
    expect((await usesOf(here.core, crew.grantId)).at(-1)).toMatchObject({
      decision: "refused",
      reason: "link_revoked",
      agentId: monitor.agentId,
    });
    expect((await call(here.core, tokens[1] as string, "/api/issues/7")).status).toBe(200);
    expect((await call(here.core, tokens[0] as string, "/api/issues/7")).status).toBe(200);
  });
});
