import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asActor, type PersonCtx } from "../../lib/ctx";
import { decideTerminal } from "../../lib/people/decideTerminal";
import { giveOwnAccess } from "../../lib/platform/ownAccess";
import { registerResource } from "../../lib/platform/resources";
import { agent, person, type SeededAgent } from "../../lib/testing/people";
import { consentAs } from "../fakes/consent";
import { type Saas, startSaas } from "../fakes/saas";
import { type DropinValet, type Lent, startValet } from "./valet";

const BOARD = "https://board.example.com/api";
const CLIENT = { id: "valet", secret: "valet-secret-at-the-saas" };
const insecure = { [oauth.allowInsecureRequests]: true } as const;
const terminal: oauth.Client = { client_id: "valet-cli" };

let saas: Saas;
let valet: DropinValet;
let admin: PersonCtx;
let server: SeededAgent;
let bot: SeededAgent;
let as: oauth.AuthorizationServer;
beforeAll(async () => {
  valet = await startValet(async (url) => {
    const clients = [{ clientId: CLIENT.id, clientSecret: CLIENT.secret, redirectUris: [`${url}/connect/demo/callback`] }];
    saas = await startSaas({
      clients,
      people: [{ id: "1", login: "ada", name: "Ada Lovelace" }],
      clock: () => valet?.core.clock.now() ?? new Date(),
    });
    return {
      connector: "demo",
      connected: ["issues:read", "issues:write"],
      client: CLIENT,
      endpoints: {
        authorizeUrl: `${saas.url}/oauth/authorize`,
        tokenUrl: `${saas.url}/oauth/token`,
        revokeUrl: `${saas.url}/oauth/revoke`,
        accountUrl: `${saas.url}/api/me`,
        apiBaseUrl: saas.url,
        issuer: saas.url,
      },
      consent: (authorizeUrl) => consentAs(authorizeUrl, "ada"),
    };
  });
  valet.core.clock.set(new Date());
  admin = await person(valet.core, { role: "admin" });
  [server, bot] = [await agent(valet.core, admin), await agent(valet.core, admin)];
  const board = { resource: BOARD, name: "Board", scopes: ["board:read"], servedBy: server.agentId };
  const { id: resourceId } = await registerResource(admin, board);
  await giveOwnAccess(admin, { agentId: bot.agentId, resourceId, scopes: ["board:read"] });
  const issuer = new URL(valet.url);
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }));
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

/** The person whose grant it is. */
async function ownerOf({ bot: held }: Lent): Promise<PersonCtx> {
  const owner = await valet.core.db.person.findFirstOrThrow({ where: { agents: { some: { id: held.agentId } } } });
  return asActor(valet.core, { kind: "person", personId: owner.id, name: owner.name, email: owner.email, role: "member", via: "browser" });
}

const allow = (ctx: PersonCtx, userCode: string, decision: "allow" | "deny" = "allow") =>
  decideTerminal(ctx, { userCode, decision, address: "127.0.0.1" });
const me = async (token: string) => (await fetch(`${valet.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;

describe("oauth4webapi", () => {
  const of = ({ clientId }: SeededAgent): oauth.Client => ({ client_id: clientId });
  async function introspect(who: SeededAgent, token: string): Promise<oauth.IntrospectionResponse> {
    const answer = await oauth.introspectionRequest(as, of(who), oauth.ClientSecretBasic(who.clientSecret), token, insecure);
    return oauth.processIntrospectionResponse(as, of(who), answer);
  }

  it("introspects a grant's token, ends it, and its next call is refused", async () => {
    const lent = await valet.lend(["issues:read"], { delivery: "gateway" });
    const owner = await ownerOf(lent);
    const call = () => fetch(`${valet.base}/api/issues`, { headers: { authorization: `Bearer ${lent.token}` } });
    expect((await call()).status).toBe(200);
    expect(await introspect(lent.bot, lent.token)).toMatchObject({
      active: true,
      iss: valet.url,
      sub: owner.actor.personId,
      act: { sub: lent.bot.agentId },
      scope: "issues:read",
      token_type: "Bearer",
      grant_id: lent.grantId,
    });
    expect(await introspect(server, lent.token)).toEqual({ active: false });
    const proof = oauth.ClientSecretPost(lent.bot.clientSecret);
    const answer = await oauth.revocationRequest(as, of(lent.bot), proof, lent.token, insecure);
    expect(await oauth.processRevocationResponse(answer)).toBeUndefined();
    expect(await introspect(lent.bot, lent.token)).toEqual({ active: false });
    const refused = await call();
    expect([refused.status, (await refused.json()).reason]).toEqual([401, "token_revoked"]);
  });

  it("signs in at a terminal, polls until its person allows it, refreshes, and signs out", async () => {
    const ada = await person(valet.core);
    const asked = await oauth.deviceAuthorizationRequest(as, terminal, oauth.None(), { scope: "valet:all" }, insecure);
    const device = await oauth.processDeviceAuthorizationResponse(as, terminal, asked);
    expect(device).toMatchObject({ verification_uri: `${valet.url}/device`, expires_in: 600, interval: 5 });
    const poll = async () => {
      valet.core.clock.advance({ seconds: device.interval ?? 5 });
      const answer = await oauth.deviceCodeGrantRequest(as, terminal, oauth.None(), device.device_code, insecure);
      return oauth.processDeviceCodeResponse(as, terminal, answer);
    };
    await expect(poll()).rejects.toMatchObject({ name: "ResponseBodyError", status: 400, error: "authorization_pending" });
    await allow(ada, device.user_code);
    const first = await poll();
    expect(first).toMatchObject({ token_type: "bearer", scope: "valet:all", refresh_token: expect.stringMatching(/^vlt_rt_/) });
    expect(await me(first.access_token)).toBe(200);
    await expect(poll()).rejects.toMatchObject({ error: "invalid_grant" });
    const answer = await oauth.refreshTokenGrantRequest(as, terminal, oauth.None(), first.refresh_token as string, insecure);
    const next = await oauth.processRefreshTokenResponse(as, terminal, answer);
    expect(await me(next.access_token)).toBe(200);
    const ended = await oauth.revocationRequest(as, terminal, oauth.None(), next.refresh_token as string, insecure);
    expect(await oauth.processRevocationResponse(ended)).toBeUndefined();
    for (const token of [first.access_token, next.access_token]) expect(await me(token)).toBe(401);
  });
});

describe("openid-client", () => {
  const discover = (clientId: string, auth: openid.ClientAuth) =>
    openid.discovery(new URL(valet.url), clientId, undefined, auth, { execute: [openid.allowInsecureRequests] });

  it("gets a token of the agent's own, which the agent that serves the place introspects until it is ended", async () => {
    const holder = await discover(bot.clientId, openid.ClientSecretPost(bot.clientSecret));
    const served = await discover(server.clientId, openid.ClientSecretBasic(server.clientSecret));
    const { access_token: token } = await openid.clientCredentialsGrant(holder, { resource: BOARD, scope: "board:read" });
    expect(await openid.tokenIntrospection(served, token)).toMatchObject({
      active: true,
      sub: bot.agentId,
      client_id: bot.agentId,
      aud: BOARD,
      scope: "board:read",
    });
    await openid.tokenRevocation(served, token);
    expect(await openid.tokenIntrospection(served, token)).toMatchObject({ active: true });
    await openid.tokenRevocation(holder, token, { token_type_hint: "access_token" });
    expect(await openid.tokenIntrospection(served, token)).toEqual({ active: false });
  });

  it("asks for a terminal to be let in, and is turned away when its person says so", async () => {
    const config = await discover("valet-cli", openid.None());
    const device = await openid.initiateDeviceAuthorization(config, { scope: "valet:read" });
    expect(device.verification_uri_complete).toBe(`${valet.url}/device?user_code=${device.user_code}`);
    await allow(await person(valet.core), device.user_code, "deny");
    const parameters = { device_code: device.device_code };
    const refused = openid.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", parameters);
    await expect(refused).rejects.toMatchObject({ name: "ResponseBodyError", status: 400, error: "access_denied" });
  });
});
