import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { revokeDelegation, revokeLink } from "../chains/revoke";
import { revokeGrant } from "../grants/revoke";
import { suspendPerson } from "../people/status";
import { setUpConnector } from "../setups/setUp";
import { assertion, type Changes, keyRecord, newPair } from "../testing/agentKey";
import { accessToken, exchangeGrant, lend, send, type World, watchRows, world } from "../testing/builders";
import {
  ACCESS_TOKEN,
  type Band,
  band,
  claimsOf,
  handedOn,
  handOn,
  handOnForm,
  link,
  ownToken,
  take,
  tokensAlong,
} from "../testing/chains";
import { agent, type SeededAgent } from "../testing/people";

let here: World;
let crew: Band;
beforeAll(async () => {
  here = await world();
  await setUpConnector(here.admin, { connector: "github", clientId: "valet", clientSecret: "s" });
  crew = await band(here, 3, {
    scopes: ["issues:read", "issues:comment"],
    bounds: { resources: { issue: ["7", "8"] }, callsPerHour: 100 },
  });
});
afterAll(() => here.close());

const DETAILS = "urn:valet:params:oauth:authorization-details:connector-access";
const at = (index: number, of: Band = crew) => of.agents[index] as SeededAgent;
const rootToken = (of: Band = crew, more = {}) => accessToken(here.core, { bot: at(0, of), grantId: of.grantId }, more);
const fresh = async (more: Record<string, string | string[]> = {}) => handOn(here.core, at(0), await rootToken(), at(1), more);
const details = (...members: object[]) => JSON.stringify(members.map((one) => ({ type: DETAILS, ...one })));
const NOBODY_AGREED = {
  error: "actor_unauthorized",
  error_description: "Nobody agreed that this work may be handed on to that agent.",
  reason: "no_link",
};
const noLink = (of: Band) => ({
  ...NOBODY_AGREED,
  next: `Ask Ada Lovelace to add that agent under 'May hand work on to' on the grant's page.`,
  fix: `http://valet.test/grants/${of.grantId}`,
});

/** Refused with exactly this body; no token, and one refused row of that hand-on, or of nobody where the caller was not proved. */
async function refused(work: () => Promise<Response>, body: object, row: object | null = {}, status = 400) {
  const { result, left: all } = await watchRows(here.core, work);
  const left = all.filter(({ event, decision }) => event !== "token.exchange" || decision !== "allowed");
  expect([result.status, await result.json()]).toEqual([status, body]);
  expect(result.headers.get("cache-control")).toBe("no-store");
  const reason = (body as { reason: string }).reason;
  expect(left).toMatchObject(row ? [{ kind: "use", event: "token.hand_on", decision: "refused", reason, ...row }] : []);
  expect(JSON.stringify(left)).not.toMatch(/eyJ|vlt_/);
}

const invalid = (reason: string, error_description: string, more: object = {}) => ({
  error: "invalid_request",
  error_description,
  reason,
  ...more,
});

describe("a token is handed on", () => {
  it("by whoever acts now, with proof of the next: the answer says what was granted and no more", async () => {
    const body = await handedOn(fresh({ authorization_details: details({ calls: 3 }) }));
    expect(body).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      issued_token_type: ACCESS_TOKEN,
      token_type: "Bearer",
      expires_in: 900,
      scope: "issues:read issues:comment",
      grant_id: crew.grantId,
      connection_id: crew.connectionId,
      use_id: claimsOf(body.access_token).jti,
      narrowed_by: "gateway",
      pattern: "delegated",
      api_base: "http://valet.test/proxy/demo",
      delegation_id: claimsOf(body.access_token).delegation_id,
      authorization_details: [{ type: DETAILS, resources: { issue: ["7", "8"] }, calls_per_hour: 100, calls: 3 }],
    });
    expect(claimsOf(body.access_token)).not.toHaveProperty("may_act");
  });

  it("by the next one, with a token that names it in may_act, which is never copied", async () => {
    const token = await rootToken(crew, { requested_actor: at(1).agentId });
    expect(claimsOf(token)).toMatchObject({ act: { sub: at(0).agentId }, may_act: { sub: at(1).agentId } });
    const { access_token: taken } = await handedOn(take(here.core, at(1), token, { requested_actor: at(2).agentId }));
    expect(claimsOf(taken)).toMatchObject({ client_id: at(1).agentId, may_act: { sub: at(2).agentId } });
    const { access_token: last } = await handedOn(take(here.core, at(2), taken));
    expect(claimsOf(last)).not.toHaveProperty("may_act");
    expect(claimsOf(last).act).toEqual({ sub: at(2).agentId, act: { sub: at(1).agentId, act: { sub: at(0).agentId } } });
  });

  it("by whoever acts now, with an assertion that the next one signed by its key: taken once, and only when it is right", async () => {
    const pair = await newPair();
    await keyRecord(here.core, at(1).agentId, pair);
    const asserted = async (changes: Changes = {}) => ({
      actor_token: await assertion(here.core, at(1).agentId, pair, changes),
      actor_token_type: "urn:ietf:params:oauth:token-type:jwt",
    });
    const good = await asserted();
    const { access_token: token } = await handedOn(fresh(good));
    expect(claimsOf(token)).toMatchObject({ client_id: at(1).agentId, act: { sub: at(1).agentId, act: { sub: at(0).agentId } } });
    const none = invalid("actor_token_unknown", "actor_token proves no agent here.");
    await refused(() => fresh(good), none);
    const elsewhere = await asserted({ claims: { aud: "http://valet.test/oauth/token" } });
    await refused(() => fresh(elsewhere), none);
    const other = { ...(await asserted()), actor_token: await assertion(here.core, at(1).agentId, await newPair()) };
    await refused(() => fresh(other), none);
  });

  it("for a grant whose tokens the SaaS makes, by one of ours that is asked for with requested_actor", async () => {
    const direct = await band(here, 2, { delivery: "direct" });
    const token = await rootToken(direct, { requested_actor: at(1, direct).agentId });
    expect(claimsOf(token).aud).toBe("http://valet.test/proxy/demo");
    expect(claimsOf((await handedOn(take(here.core, at(1, direct), token))).access_token).client_id).toBe(at(1, direct).agentId);
  });

  it("for no longer than it lives itself, and for less where less is asked", async () => {
    const core = here.core;
    const token = await rootToken();
    core.clock.advance({ minutes: 10 });
    expect((await handedOn(handOn(core, at(0), token, at(1)))).expires_in).toBe(300);
    const short = await handedOn(fresh({ expires_in: "60" }));
    expect([short.expires_in, claimsOf(short.access_token).exp]).toEqual([60, Math.floor(core.clock.now().getTime() / 1000) + 60]);
    const below = await handedOn(handOn(core, at(1), short.access_token, at(2), { expires_in: "9000" }));
    expect(below.expires_in).toBe(60);
  });
});

describe("the token endpoint refuses to hand on", () => {
  it("an actor_token_type without its token, and a token without its type", async () => {
    const pair = "Send actor_token and actor_token_type together, or neither.";
    const first = invalid("actor_token_missing", `actor_token is missing. ${pair}`);
    await refused(() => fresh({ actor_token: "" }), first, null);
    await refused(() => fresh({ actor_token_type: "" }), invalid("actor_token_type_missing", `actor_token_type is missing. ${pair}`), null);
  });

  it("to whom a refresh token or any other kind is to prove", async () => {
    const words = `actor_token_type must be ${ACCESS_TOKEN} or urn:ietf:params:oauth:token-type:jwt.`;
    for (const kind of ["refresh_token", "id_token", "saml2"])
      await refused(
        () => fresh({ actor_token_type: `urn:ietf:params:oauth:token-type:${kind}` }),
        invalid("actor_token_type_unknown", words),
        { agentId: at(0).agentId },
      );
  });

  it("to whom an actor token proves that acts for somebody, is for another place, bound, ended, or none of ours", async () => {
    const [, delegated] = (await tokensAlong(here.core, crew)) as [string, string];
    const acts = "actor_token is one by which an agent acts for somebody else. Send one that it has for itself.";
    await refused(() => fresh({ actor_token: delegated }), invalid("actor_token_delegated", acts));
    const withAct = await ownToken(here.core, at(1), { act: { sub: at(1).agentId } });
    await refused(() => fresh({ actor_token: withAct }), invalid("actor_token_delegated", acts));
    const elsewhere = await ownToken(here.core, at(1), { aud: "http://valet.test/proxy/demo" });
    const place = "actor_token is for another place. Send one whose audience is http://valet.test.";
    await refused(() => fresh({ actor_token: elsewhere }), invalid("actor_token_elsewhere", place));
    const bound = await ownToken(here.core, at(1), { cnf: { jkt: "x" } });
    const key = "actor_token is bound to a key that only its agent has. Let that agent ask for itself.";
    await refused(() => fresh({ actor_token: bound }), invalid("actor_token_bound", key));
    const ended = await ownToken(here.core, at(1), {}, -1);
    await refused(() => fresh({ actor_token: ended }), invalid("actor_token_expired", "actor_token has ended."));
    const none = "actor_token is not an access token of this Valet. A token that a SaaS made cannot be used for this.";
    for (const actor_token of ["x", at(1).clientSecret, `${await ownToken(here.core, at(1))}x`])
      await refused(() => fresh({ actor_token }), invalid("actor_token_unknown", none));
    const nobody = "actor_token is not one of an agent that is here.";
    for (const claims of [{ sub: crew.owner.actor.personId }, { client_id: at(2).agentId }, { sub: "agt_01kjpt2v000000000000000000" }]) {
      const actor_token = await ownToken(here.core, at(1), claims);
      await refused(() => fresh({ actor_token }), invalid("actor_token_unknown", nobody));
    }
  });

  it("a subject token that is none of ours, has ended, or by which nobody acts for somebody", async () => {
    const from = (subject_token: string) => () => fresh({ subject_token });
    const none = "subject_token is not an access token of this Valet. A token that a SaaS made cannot be used for this.";
    const { access_token: saas } = await (await exchangeGrant(here.core, await lend(here, { delivery: "direct" }))).json();
    expect(saas).toMatch(/^saas_/);
    for (const token of [saas, "x", crew.grantId, `${await rootToken()}x`])
      await refused(from(token), invalid("subject_token_unknown", none), { grantId: null });
    const words = "Only a token by which an agent acts for a person under a grant can be handed on.";
    await refused(from(await ownToken(here.core, at(0))), invalid("subject_token_not_delegated", words), { grantId: null });
    const old = await rootToken();
    here.core.clock.advance({ minutes: 15 });
    await refused(from(old), invalid("subject_token_expired", "subject_token has ended."), { grantId: null });
  });

  it("a sixth pair of hands", async () => {
    const six = await band(here, 6);
    const tokens = await tokensAlong(here.core, { ...six, agents: six.agents.slice(0, 5) as unknown as Band["agents"] });
    expect(JSON.stringify(claimsOf(tokens[4] as string).act).match(/"sub"/g)).toHaveLength(5);
    const deep = invalid("chain_too_deep", "A chain may have 5 agents at most, and this one has them.");
    await refused(() => handOn(here.core, at(4, six), tokens[4] as string, at(5, six)), deep, { agentId: at(4, six).agentId });
  });

  it("more scopes than the token has, although the grant has them", async () => {
    const less = await rootToken(crew, { scope: "issues:read" });
    const beyond = {
      error: "invalid_scope",
      error_description: "The token does not have all of the scopes that were asked for. It has: issues:read.",
      reason: "scope_beyond_token",
      next: "Ask for less, or leave scope out.",
    };
    for (const scope of ["issues:comment", "issues:read issues:comment", "issues:write", "no:such"])
      await refused(() => handOn(here.core, at(0), less, at(1), { scope }), beyond, { agentId: at(0).agentId, grantId: crew.grantId });
    expect((await handedOn(handOn(here.core, at(0), less, at(1), { scope: "issues:read" }))).scope).toBe("issues:read");
  });

  it("for another place, and for two of which one is another", async () => {
    const elsewhere = {
      error: "invalid_target",
      error_description:
        "This grant opens http://valet.test/proxy/demo and nothing else. Leave resource and audience out, or ask for that.",
      reason: "resource_elsewhere",
    };
    const [demo, github] = ["http://valet.test/proxy/demo", "http://valet.test/proxy/github"];
    const asked: Record<string, string | string[]>[] = [
      { resource: github },
      { resource: [demo, github] },
      { audience: "github" },
      { audience: ["demo", "github"] },
    ];
    for (const more of asked) await refused(() => fresh(more), elsewhere);
    await handedOn(fresh({ resource: [demo, demo], audience: "demo" }));
  });

  it("details that are not understood, and those that ask for more than the token has", async () => {
    const next = `Send a JSON array with one object of type ${DETAILS}: resources, calls_per_hour, writes_per_run and calls, each the same or tighter than the token's.`;
    const wrong = (reason: string, error_description: string) => ({
      error: "invalid_authorization_details",
      error_description,
      reason,
      next,
    });
    const malformed = (place = "") => wrong("details_malformed", `authorization_details is not right${place}.`);
    const bad: [text: string, body: object, row: object | null][] = [
      ["{", malformed(), null],
      ["[]", malformed(), null],
      [details({}, {}), malformed(), null],
      [JSON.stringify([{ type: "other" }]), malformed(" at type"), null],
      [JSON.stringify([{ calls: 3 }]), malformed(" at type"), null],
      [details({ calls: 0 }), malformed(" at calls"), null],
      [details({ calls: "3" }), malformed(" at calls"), null],
      [details({ calls: 1.5 }), malformed(" at calls"), null],
      [details({ resources: { issue: [] } }), malformed(" at resources"), null],
      [details({ surprise: true }), malformed(), null],
      [details({ resources: { repository: ["a/b"] } }), wrong("resource_kind_unknown", UNKNOWN_KIND), {}],
      [details({ resources: { issue: ["9"] } }), wrong("details_beyond_token", BEYOND), {}],
      [details({ resources: { issue: ["7", "9"] } }), wrong("details_beyond_token", BEYOND), {}],
      [details({ calls_per_hour: 101 }), wrong("details_beyond_token", BEYOND), {}],
    ];
    for (const [authorization_details, body, row] of bad) await refused(() => fresh({ authorization_details }), body, row);
    const three = (await handedOn(fresh({ authorization_details: details({ calls: 3, writes_per_run: 1 }) }))).access_token;
    for (const more of [{ calls: 4 }, { writes_per_run: 2 }])
      await refused(
        () => handOn(here.core, at(1), three, at(2), { authorization_details: details(more) }),
        wrong("details_beyond_token", BEYOND),
      );
  });

  it("a life that is no number of seconds", async () => {
    for (const expires_in of ["0", "-5", "1e3", "soon"])
      await refused(() => fresh({ expires_in }), invalid("expires_in", "expires_in is a whole number of seconds, 1 or more."), null);
  });

  it("to an agent that nobody agreed to, or over a link that was revoked, and does not promise one to it either", async () => {
    const two = await band(here, 2);
    const stranger = await agent(here.core, two.owner, { name: "Stranger" });
    const token = await rootToken(two);
    const row = {
      agentId: at(0, two).agentId,
      personId: two.owner.actor.personId,
      grantId: two.grantId,
      credentialId: expect.stringMatching(/^crd_/),
    };
    await refused(() => handOn(here.core, at(0, two), token, stranger), noLink(two), row);
    for (const requested_actor of [stranger.agentId, "nobody", "agt_01kjpt2v000000000000000000", at(0, two).agentId]) {
      const answer = await exchangeGrant(here.core, { bot: at(0, two), grantId: two.grantId }, { requested_actor });
      expect([answer.status, await answer.json()]).toEqual([400, noLink(two)]);
    }
    const promised = await rootToken(two, { requested_actor: at(1, two).agentId });
    await revokeLink(two.owner, { linkId: two.links[0]?.id ?? "" });
    await refused(() => handOn(here.core, at(0, two), token, at(1, two)), noLink(two), row);
    await refused(() => take(here.core, at(1, two), promised), noLink(two));
    // A link of another grant is none of this one.
    const other = await lend(here, { delivery: "gateway" }, at(0, two));
    await link(other, at(0, two).agentId, at(1, two).agentId);
    await refused(() => handOn(here.core, at(0, two), token, at(1, two)), noLink(two), row);
  });

  it("to another agent than the one that may_act names, whoever asks", async () => {
    await link(crew, at(0).agentId, at(2).agentId);
    const token = await rootToken(crew, { requested_actor: at(1).agentId });
    const other = {
      error: "actor_unauthorized",
      error_description: "This token says who alone may act next by it (may_act), and that is another agent.",
      reason: "may_act_other",
      next: "Have one made with requested_actor set to the agent that is to act.",
    };
    await refused(() => handOn(here.core, at(0), token, at(2)), other, { agentId: at(0).agentId });
    await refused(() => take(here.core, at(2), token), other, { agentId: at(2).agentId });
    await handedOn(handOn(here.core, at(0), token, at(1)));
  });

  it("somebody else's token: a stolen one is worth nothing in an exchange, and the row says who tried and whose it was", async () => {
    const thief = await agent(here.core, crew.owner, { name: "Thief" });
    const token = await rootToken();
    const stolen = invalid("subject_token_not_yours", "This token was made for another agent, and does not say that you may act by it.", {
      next: "Ask whoever gave it to you to have one made with requested_actor set to your client id.",
    });
    const row = { agentId: thief.agentId, personId: crew.owner.actor.personId, grantId: crew.grantId };
    await refused(() => take(here.core, thief, token), stolen, row);
    await refused(() => handOn(here.core, thief, token, thief), stolen, row);
    await refused(() => handOn(here.core, thief, token, at(1)), stolen, row);
    await refused(() => handOn(here.core, at(1), token, at(1)), stolen, { agentId: at(1).agentId });
    const proof = invalid("actor_token_missing", "Say who is to act next: send actor_token and actor_token_type.");
    await refused(() => take(here.core, at(0), token), proof);
  });

  it("to whoever is not proved, with the answer that every failed proof gets", async () => {
    const body = handOnForm({ ...at(0), clientSecret: at(1).clientSecret }, await rootToken());
    const nobody = {
      error: "invalid_client",
      error_description: "The agent could not be proved. Check client_id and client_secret.",
      reason: "invalid_client",
    };
    await refused(() => send(here.core, "/oauth/token", { method: "POST", body }), nobody, null, 401);
  });

  it("a token a second time, whoever asks and to whomever", async () => {
    const token = await rootToken();
    await handedOn(handOn(here.core, at(0), token, at(1)));
    const spent = invalid("token_spent", "This token was handed on before. Each is handed on once.", {
      next: "Exchange for a new token, and hand that one on.",
    });
    await refused(() => handOn(here.core, at(0), token, at(1)), spent, { agentId: at(0).agentId });
    await refused(() => handOn(here.core, at(0), token, at(2)), spent);
  });

  it("a grant's id together with an actor token or with details", async () => {
    const given = { actor_token: await ownToken(here.core, at(1)), actor_token_type: ACCESS_TOKEN };
    const answer = await exchangeGrant(here.core, { bot: at(0), grantId: crew.grantId }, given);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "actor_token"]);
    const narrowed = await exchangeGrant(
      here.core,
      { bot: at(0), grantId: crew.grantId },
      { authorization_details: details({ calls: 1 }) },
    );
    expect([narrowed.status, await narrowed.json()]).toEqual([
      400,
      {
        error: "invalid_authorization_details",
        error_description: "A grant has its bounds already. Send authorization_details when its token is handed on, or leave it out.",
        reason: "details_on_grant",
      },
    ]);
  });
});

const BEYOND = "authorization_details asks for more than the token has.";
const UNKNOWN_KIND = "Valet cannot keep an agent to single things of this kind at Demo Tracker. Bounds here are by issue.";
const AGAIN = "Ask to be handed the work again: nothing that came after it works any more.";

describe("a chain that ended on the way", () => {
  /** What ends it, and what the agent at its end is told when it hands on: which part ended. */
  const ENDINGS: [what: string, end: (of: Band, hops: string[]) => Promise<unknown>, reason: string, words: string, next: string][] = [
    [
      "its first link is revoked",
      (of) => revokeLink(of.owner, { linkId: of.links[0]?.id ?? "" }),
      "link_revoked",
      "On-call may not hand work on to Investigator any more: that link was revoked.",
      AGAIN,
    ],
    [
      "its first hop is taken back",
      (of, [first = ""]) => revokeDelegation(of.owner, { delegationId: first }),
      "delegation_revoked",
      "What On-call handed on to Investigator was taken back.",
      AGAIN,
    ],
    [
      "the agent in its middle is paused",
      (of) => pauseAgent(of.owners[1] as Band["owner"], { agentId: at(1, of).agentId }),
      "agent_paused",
      "Investigator is paused, and so is all work that went through its hands.",
      "Ask the owner of Investigator to resume it.",
    ],
    [
      "the grant's own agent is paused",
      (of) => pauseAgent(here.admin, { agentId: at(0, of).agentId }),
      "agent_paused",
      "On-call is paused, and so is all work that went through its hands.",
      "Ask the owner of On-call to resume it.",
    ],
    [
      "the owner of the agent in its middle is suspended",
      (of) => suspendPerson(here.admin, { personId: of.owners[1]?.actor.personId ?? "" }),
      "owner_suspended",
      "Investigator is stopped, since its owner is not in good standing, and so is all work that went through its hands.",
      "Ask an admin to give Investigator an owner.",
    ],
    [
      "the grant is revoked",
      (of) => revokeGrant(of.owner, of),
      "grant_revoked",
      "This grant was revoked.",
      "Ask the person who lent it for a new grant.",
    ],
    [
      "the person is suspended",
      (of) => suspendPerson(here.admin, { personId: of.owner.actor.personId }),
      "person_suspended",
      "The person who lent this is suspended.",
      "Ask an admin.",
    ],
    [
      "the agent it would go to is paused",
      (of) => pauseAgent(here.admin, { agentId: at(3, of).agentId }),
      "agent_paused",
      "Reporter is paused, and so is all work that went through its hands.",
      "Ask the owner of Reporter to resume it.",
    ],
  ];

  it.each(ENDINGS)("is not handed on: %s", async (_what, end, reason, error_description, next) => {
    const four = await band(here, 4);
    const three = { ...four, agents: four.agents.slice(0, 3) as unknown as Band["agents"] };
    const tokens = await tokensAlong(here.core, three);
    await end(
      four,
      tokens.slice(1).map((token) => String(claimsOf(token).delegation_id)),
    );
    const { result, left } = await watchRows(here.core, () => handOn(here.core, at(2, four), tokens[2] as string, at(3, four)));
    expect([result.status, await result.json()]).toMatchObject([400, { error: "invalid_request", reason, error_description, next }]);
    expect(left).toMatchObject([
      { event: "token.hand_on", decision: "refused", reason, agentId: at(2, four).agentId, grantId: four.grantId },
    ]);
  });
});
