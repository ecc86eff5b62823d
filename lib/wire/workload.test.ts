import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addTrustRule } from "../agents/addTrustRule";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { call, type Lent, lend, send, usesOf, type World, watchRows, world } from "../testing/builders";
import { bundle, type ForeignKey, foreignKey, jwks, minter } from "../testing/foreign";
import { agent } from "../testing/people";
import { addIssuer } from "../trust/add";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ISSUER = "https://token.actions.example.com";
const DOMAIN = "spiffe://example.org";
const UNPROVED = "The agent could not be proved. Check its assertion: who signed it, for whom, and until when. Each is taken once.";

let here: World;
let lent: Lent;
let key: ForeignKey;
beforeAll(async () => {
  here = await world();
  key = await foreignKey("one");
  lent = await lend(here, { delivery: "gateway" });
  const inline = { keysFrom: "inline" } as const;
  const github = { kind: "github_actions", name: "GitHub", issuer: ISSUER, ...inline, keys: JSON.stringify(jwks(key)) } as const;
  const domain = { kind: "spiffe", name: "SPIRE", issuer: DOMAIN, ...inline, keys: JSON.stringify(bundle([key])) } as const;
  const [{ id: githubId }, { id: domainId }] = [await addIssuer(here.admin, github), await addIssuer(here.admin, domain)];
  const ids = [
    { claim: "repository_id", equals: "74" },
    { claim: "repository_owner_id", equals: "65" },
  ];
  const { agentId } = lent.bot;
  await addTrustRule(here.admin, { agentId, issuerId: githubId, name: "CI", conditions: ids });
  await addTrustRule(here.admin, { agentId, issuerId: domainId, name: "Pod", conditions: [{ claim: "sub", equals: `${DOMAIN}/agent` }] });
});
afterAll(() => here.close());

const job = (change: object = {}) => ({
  ...{ iss: ISSUER, sub: "repo:octo/site:ref:refs/heads/main", repository_id: "74", repository_owner_id: "65", ref: "refs/heads/main" },
  ...{ event_name: "push", run_id: "100", run_attempt: "1", ...change },
});
const mint = (claims: object) => minter(here.core)({ key, claims: claims as Record<string, unknown> });
const post = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  send(here.core, "/oauth/token", { method: "POST", headers, body: new URLSearchParams({ grant_type: EXCHANGE, ...form }) });
/** As Google's libraries send it: no client authentication at all. */
const subject = async (audience: string, token?: string) => ({
  subject_token: token ?? (await mint(job())),
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
  audience,
});
const assertion = (type: string, token: string): Record<string, string> => ({
  client_assertion: token,
  client_assertion_type: `urn:ietf:params:oauth:client-assertion-type:${type}`,
  subject_token: lent.grantId,
  subject_token_type: "urn:valet:params:oauth:token-type:grant",
});

describe("a workload's token as client assertion", () => {
  it("gets the grant's access, and the rows know credential and run by the platform's word", async () => {
    const answer = await post(assertion("jwt-bearer", await mint(job())));
    expect(answer.status).toBe(200);
    const { access_token: token } = (await answer.json()) as { access_token: string };
    expect(decodeJwt(token)).toMatchObject({ act: { sub: lent.bot.agentId }, run_id: "github:74/100/1" });
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    const [exchange, used] = (await usesOf(here.core, lent.grantId)).slice(-2);
    expect(exchange).toMatchObject({ event: "token.exchange", decision: "allowed", runIdVerified: "github:74/100/1" });
    const rule = await here.core.db.agentCredential.findUnique({ where: { id: exchange?.credentialId ?? "" } });
    expect(rule).toMatchObject({ kind: "workload", name: "CI", agentId: lent.bot.agentId });
    expect(used).toMatchObject({ event: "gateway.call", decision: "allowed", runIdClaimed: "github:74/100/1" });
  });

  it("is taken as a JWT-SVID under its own type alone", async () => {
    const svid = await mint({ sub: `${DOMAIN}/agent`, iat: undefined });
    expect((await post(assertion("jwt-spiffe", svid))).status).toBe(200);
    const same = { error: "invalid_client", error_description: UNPROVED, reason: "invalid_client" };
    for (const form of [assertion("jwt-bearer", svid), assertion("jwt-spiffe", await mint(job()))]) {
      const { result, left } = await watchRows(here.core, () => post(form));
      expect([result.status, await result.json(), left]).toEqual([401, same, []]);
    }
  });

  it("is refused beside another credential, without its type, and with an unknown one", async () => {
    const whole = assertion("jwt-bearer", await mint(job()));
    const two = [
      [{ ...whole, client_id: lent.bot.clientId, client_secret: lent.bot.clientSecret }, {}],
      [whole, { authorization: `Basic ${btoa(`${lent.bot.clientId}:${lent.bot.clientSecret}`)}` }],
    ] as const;
    for (const [form, headers] of two) {
      const answer = await post({ ...form }, headers);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: "invalid_request", reason: "two_credentials" }]);
    }
    const changes: [Record<string, string>, number, string, string][] = [
      [{ client_assertion_type: "" }, 400, "invalid_request", "client_assertion_type_missing"],
      [{ client_assertion: "" }, 400, "invalid_request", "client_assertion_missing"],
      [{ client_assertion_type: "constructor" }, 401, "invalid_client", "client_assertion_type_unknown"],
    ];
    for (const [change, status, error, reason] of changes) {
      const answer = await post({ ...whole, ...change });
      expect([answer.status, await answer.json()]).toMatchObject([status, { error, reason }]);
    }
  });
});

describe("a workload's token as subject, without client authentication", () => {
  it("gets the grant that the audience names: by its urn, by the connector, by the gateway's address", async () => {
    for (const audience of [`urn:valet:grant:${lent.grantId}`, "demo", "http://valet.test/proxy/demo", "http://valet.test/proxy/demo/"]) {
      const answer = await post(await subject(audience));
      expect([audience, answer.status, await answer.json()]).toMatchObject([
        audience,
        200,
        { grant_id: lent.grantId, token_type: "Bearer" },
      ]);
    }
    const svid = await mint({ sub: `${DOMAIN}/agent`, iat: undefined });
    expect((await post(await subject("demo", svid))).status).toBe(200);
  });

  it("is refused as the subject token it is, the same for every cause, without a row", async () => {
    const same = { error: "invalid_request", error_description: UNPROVED, reason: "subject_token_unproved" };
    for (const token of ["nonsense", await mint(job({ repository_id: "75" })), await mint(job({ aud: "https://other.example.com" }))]) {
      const form = await subject("demo", token);
      const { result, left } = await watchRows(here.core, () => post(form));
      expect([result.status, await result.json(), result.headers.get("www-authenticate"), left]).toEqual([400, same, null, []]);
    }
  });

  it("is refused beside a client's own credential, and for another client than it proves", async () => {
    const secret = { client_id: lent.bot.clientId, client_secret: lent.bot.clientSecret };
    const both = await post({ ...(await subject("demo")), ...secret });
    expect([both.status, await both.json()]).toMatchObject([400, { error: "invalid_request", reason: "two_credentials" }]);
    expect((await post({ ...(await subject("demo")), client_id: lent.bot.clientId })).status).toBe(200);
    const other = await post({ ...(await subject("demo")), client_id: "agt_01kjpt2v000000000000000000" });
    expect([other.status, await other.json()]).toMatchObject([400, { reason: "subject_token_unproved" }]);
  });

  it("does not guess which grant is meant, and opens nobody else's", async () => {
    const theirs = await lend(here, { delivery: "gateway" }, await agent(here.core, here.admin));
    const refusals: [Record<string, string>, string, string][] = [
      [await subject(""), "invalid_request", "audience_missing"],
      [await subject("github"), "invalid_request", "grant_none"],
      [await subject("nowhere"), "invalid_request", "grant_unknown"],
      [await subject(`urn:valet:grant:${theirs.grantId}`), "invalid_request", "grant_unknown"],
      [{ ...(await subject("demo")), resource: "http://valet.test/proxy/demo" }, "invalid_request", "audience_missing"],
    ];
    for (const [form, error, reason] of refusals) {
      const answer = await post(form);
      expect([answer.status, await answer.json()]).toMatchObject([400, { error, reason }]);
    }
    const { bot, connectionId } = lent;
    const { grantId } = await mintGrant(lent.owner, { scopes: ["files:read"], lifetime: "8h", agentId: bot.agentId, connectionId });
    const several = await post(await subject("demo"));
    expect([several.status, await several.json()]).toMatchObject([400, { error: "invalid_request", reason: "grant_ambiguous" }]);
    await revokeGrant(lent.owner, { grantId });
    expect(await (await post(await subject("demo"))).json()).toMatchObject({ grant_id: lent.grantId });
    const ended = await post(await subject(`urn:valet:grant:${grantId}`));
    expect([ended.status, await ended.json()]).toMatchObject([400, { error: "invalid_request", reason: "grant_revoked" }]);
  });
});
