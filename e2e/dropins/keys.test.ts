import { exportJWK, generateKeyPair, UnsecuredJWT } from "jose";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addAgentKey } from "../../lib/agents/addKey";
import { asActor } from "../../lib/ctx";
import { instanceRecord } from "../../lib/testing/agentKey";
import { consentAs } from "../fakes/consent";
import { type Saas, startSaas } from "../fakes/saas";
import { type DropinValet, type Lent, startValet } from "./valet";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const GRANT_TYPE = "urn:valet:params:oauth:token-type:grant";
const CLIENT = { id: "valet", secret: "valet-secret-at-the-saas" };
/** The one answer to an assertion that is not believed. */
const NOT_PROVED = {
  error: "invalid_client",
  error_description: "The agent could not be proved. Check its assertion: who signed it, for whom, and until when. Each is taken once.",
  reason: "invalid_client",
};

let saas: Saas;
let valet: DropinValet;
let lent: Lent;
let keys: CryptoKeyPair;
let as: oauth.AuthorizationServer;
let credentialId: string;
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
  await instanceRecord(valet.core);
  lent = await valet.lend(["issues:read"], { delivery: "gateway" });
  keys = await generateKeyPair("ES256", { extractable: true });
  const owner = await valet.core.db.person.findFirstOrThrow({ where: { agents: { some: { id: lent.bot.agentId } } } });
  const actor = { kind: "person", personId: owner.id, name: owner.name, email: owner.email, role: "member", via: "browser" } as const;
  const publicKey = JSON.stringify(await exportJWK(keys.publicKey));
  ({ credentialId } = await addAgentKey(asActor(valet.core, actor), { agentId: lent.bot.agentId, name: "CI", publicKey }));
  const issuer = new URL(valet.url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", [oauth.allowInsecureRequests]: true });
  as = await oauth.processDiscoveryResponse(issuer, answer);
});
afterAll(() => Promise.all([valet.close(), saas.close()]));

/** So that rows sort by when they were written. */
const later = () => valet.core.clock.advance({ milliseconds: 1 });

/** Valet's clock stands still: the packages are told how far theirs is from it. */
const skew = () => Math.round((valet.core.clock.now().getTime() - Date.now()) / 1000);
const client = (): oauth.Client => ({ client_id: lent.bot.clientId, [oauth.clockSkew]: skew() });

type Modify = (header: Record<string, unknown>, payload: Record<string, unknown>) => void;
const byKey = (modify?: Modify) =>
  oauth.PrivateKeyJwt(keys.privateKey, modify ? { [oauth.modifyAssertion]: modify as oauth.ModifyAssertionFunction } : {});

function exchange(auth: oauth.ClientAuth, more: Record<string, string> = {}): Promise<Response> {
  later();
  const parameters = { subject_token: lent.grantId, subject_token_type: GRANT_TYPE, ...more };
  return oauth.genericTokenEndpointRequest(as, client(), auth, EXCHANGE, parameters, { [oauth.allowInsecureRequests]: true });
}

/** The whole answer: status, what a cache or a client reads of the head, and the body. */
async function whole(answer: Response) {
  const [type, cache, challenge] = ["content-type", "cache-control", "www-authenticate"].map((name) => answer.headers.get(name));
  return { status: answer.status, type, cache, challenge, body: await answer.json() };
}

const REFUSED = { status: 401, type: "application/json", cache: "no-store", challenge: null, body: NOT_PROVED };
const lastUse = () => valet.core.db.activity.findFirstOrThrow({ where: { event: "token.exchange" }, orderBy: { id: "desc" } });

describe("oauth4webapi", () => {
  it("finds Valet by its issuer, and the same document where OpenID Connect puts it", async () => {
    expect(as).toMatchObject({
      issuer: valet.url,
      token_endpoint: `${valet.url}/oauth/token`,
      token_endpoint_auth_methods_supported: expect.arrayContaining(["private_key_jwt"]),
      token_endpoint_auth_signing_alg_values_supported: ["ES256", "RS256", "PS256", "Ed25519", "EdDSA"],
    });
    const issuer = new URL(valet.url);
    const answer = await oauth.discoveryRequest(issuer, { algorithm: "oidc", [oauth.allowInsecureRequests]: true });
    expect(await oauth.processDiscoveryResponse(issuer, answer)).toEqual(as);
  });

  it("exchanges a grant with private_key_jwt, and the row says by which key", async () => {
    const issued = await oauth.processGenericTokenEndpointResponse(as, client(), await exchange(byKey()));
    expect(issued).toMatchObject({ token_type: "bearer", scope: "issues:read", grant_id: lent.grantId });
    const called = await fetch(`${valet.base}/api/issues`, { headers: { authorization: `Bearer ${issued.access_token}` } });
    expect(called.status).toBe(200);
    expect(await lastUse()).toMatchObject({ id: issued.use_id, decision: "allowed", agentId: lent.bot.agentId, credentialId });
  });

  it("is taken with the type that rfc7523bis gives it", async () => {
    const typed = await exchange(byKey((header) => Object.assign(header, { typ: "client-authentication+jwt" })));
    expect(typed.status).toBe(200);
  });

  const at = () => valet.core.clock.now().getTime() / 1000;
  const tampered: [what: string, kept: string | null, modify: Modify][] = [
    ["for another audience", "assertion_audience", (_, payload) => Object.assign(payload, { aud: "https://elsewhere.example.com" })],
    ["for the token endpoint", "assertion_audience", (_, payload) => Object.assign(payload, { aud: as.token_endpoint })],
    ["for two audiences", "assertion_audience", (_, payload) => Object.assign(payload, { aud: [as.issuer, as.token_endpoint] })],
    ["for us in a list", "assertion_audience", (_, payload) => Object.assign(payload, { aud: [as.issuer] })],
    ["with an end far ahead", "assertion_too_long", (_, payload) => Object.assign(payload, { exp: at() + 86_400 })],
    ["after its end", "assertion_ended", (_, payload) => Object.assign(payload, { exp: at() - 180, iat: at() - 240, nbf: at() - 240 })],
    ["without an end", "assertion_too_long", (_, payload) => Object.assign(payload, { exp: undefined })],
    ["without a jti", "assertion_without_jti", (_, payload) => Object.assign(payload, { jti: undefined })],
    ["from the future", "assertion_early", (_, payload) => Object.assign(payload, { iat: at() + 180, nbf: undefined, exp: at() + 240 })],
    ["about another subject", null, (_, payload) => Object.assign(payload, { sub: "agt_01kjpt2v000000000000000000" })],
    ["from another issuer", null, (_, payload) => Object.assign(payload, { iss: "https://elsewhere.example.com" })],
    ["that says alg none", null, (header) => Object.assign(header, { alg: "none" })],
    ["that says alg HS256", null, (header) => Object.assign(header, { alg: "HS256" })],
    ["that says another algorithm", null, (header) => Object.assign(header, { alg: "RS256" })],
    ["typed as an access token", null, (header) => Object.assign(header, { typ: "at+jwt" })],
    ["typed as an ID-JAG", null, (header) => Object.assign(header, { typ: "oauth-id-jag+jwt" })],
    ["typed as a DPoP proof", null, (header) => Object.assign(header, { typ: "dpop+jwt" })],
  ];
  it.each(tampered)("is refused with an assertion %s", async (_what, kept, modify) => {
    const before = await lastUse();
    expect(await whole(await exchange(byKey(modify)))).toEqual(REFUSED);
    const row = await lastUse();
    // Where our key signed it all the same, the ledger has the cause that the caller is not told.
    if (kept) expect(row).toMatchObject({ decision: "refused", reason: kept, agentId: lent.bot.agentId, credentialId });
    else expect(row.id).toBe(before.id);
  });

  it("is refused when it shows an assertion again", async () => {
    const jti = "shown-twice";
    const again = () => exchange(byKey((_, payload) => Object.assign(payload, { jti })));
    expect((await again()).status).toBe(200);
    expect(await whole(await again())).toEqual(REFUSED);
    expect(await lastUse()).toMatchObject({ decision: "refused", reason: "assertion_replayed", credentialId });
  });

  it("is refused with no signature, and with HS256 over the public key", async () => {
    const unsecured: oauth.ClientAuth = (_as, { client_id: id }, body) => {
      const now = valet.core.clock.now();
      const jwt = new UnsecuredJWT({ jti: "one" }).setIssuer(id).setSubject(id).setAudience(valet.url).setIssuedAt(now);
      body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      body.set("client_assertion", jwt.setExpirationTime(new Date(now.getTime() + 60_000)).encode());
    };
    expect(await whole(await exchange(unsecured))).toEqual(REFUSED);
    const publicJwk = await exportJWK(keys.publicKey);
    for (const secret of [JSON.stringify(publicJwk), publicJwk.x as string]) {
      expect(await whole(await exchange(oauth.ClientSecretJwt(secret)))).toEqual(REFUSED);
    }
  });

  it("is refused with a stranger's key", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    expect(await whole(await exchange(oauth.PrivateKeyJwt(privateKey)))).toEqual(REFUSED);
  });

  it("is refused when it proves itself twice", async () => {
    const two = {
      status: 400,
      type: "application/json",
      cache: "no-store",
      challenge: null,
      body: {
        error: "invalid_request",
        error_description:
          "Prove yourself in one way only: the Authorization header, client_secret in the body, or client_assertion in the body.",
        reason: "two_credentials",
      },
    };
    expect(await whole(await exchange(byKey(), { client_secret: lent.bot.clientSecret }))).toEqual(two);
    const basic: oauth.ClientAuth = async (server, one, body, headers) => {
      await byKey()(server, one, body, headers);
      oauth.ClientSecretBasic(lent.bot.clientSecret)(server, one, body, headers);
    };
    expect(await whole(await exchange(basic))).toEqual(two);
  });

  it("is refused when it names another client, or a type of assertion that nobody knows", async () => {
    const other: oauth.ClientAuth = async (server, one, body, headers) => {
      await byKey()(server, one, body, headers);
      body.set("client_id", "agt_01kjpt2v000000000000000000");
    };
    expect(await whole(await exchange(other))).toEqual(REFUSED);
    const saml: oauth.ClientAuth = async (server, one, body, headers) => {
      await byKey()(server, one, body, headers);
      body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer");
    };
    const prefix = "urn:ietf:params:oauth:client-assertion-type";
    expect(await whole(await exchange(saml))).toEqual({
      ...REFUSED,
      body: {
        error: "invalid_client",
        error_description: `client_assertion_type must be ${prefix}:jwt-bearer or ${prefix}:jwt-spiffe.`,
        reason: "client_assertion_type_unknown",
      },
    });
  });

  it("is refused with a secret that was banned, in the words for a wrong one, and the row says why", async () => {
    const post = oauth.ClientSecretPost(lent.bot.clientSecret);
    expect((await exchange(post)).status).toBe(200);
    await instanceRecord(valet.core, { secretsBanned: true });
    const banned = await whole(await exchange(post));
    expect(await lastUse()).toMatchObject({ decision: "refused", reason: "secrets_banned", agentId: lent.bot.agentId });
    expect(banned).toEqual(await whole(await exchange(oauth.ClientSecretPost(`${lent.bot.clientSecret}x`))));
    expect((await exchange(byKey())).status).toBe(200);
    await instanceRecord(valet.core, { secretsBanned: false });
  });
});

describe("openid-client", () => {
  const discover = (auth: openid.ClientAuth) =>
    openid.discovery(new URL(valet.url), lent.bot.clientId, { [openid.clockSkew]: skew() }, auth, {
      execute: [openid.allowInsecureRequests],
    });
  const parameters = () => {
    later();
    return { subject_token: lent.grantId, subject_token_type: GRANT_TYPE };
  };

  it("finds Valet, and exchanges a grant with private_key_jwt", async () => {
    const config = await discover(openid.PrivateKeyJwt(keys.privateKey));
    expect(config.serverMetadata()).toMatchObject({ issuer: valet.url, token_endpoint: `${valet.url}/oauth/token` });
    const issued = await openid.genericGrantRequest(config, EXCHANGE, parameters());
    expect(issued).toMatchObject({ token_type: "bearer", scope: "issues:read", grant_id: lent.grantId });
    expect(await lastUse()).toMatchObject({ id: issued.use_id, decision: "allowed", credentialId });
  });

  it("is refused when its assertion is for the token endpoint", async () => {
    const modify: Modify = (_, payload) => Object.assign(payload, { aud: `${valet.url}/oauth/token` });
    const config = await discover(
      openid.PrivateKeyJwt(keys.privateKey, { [openid.modifyAssertion]: modify as openid.ModifyAssertionFunction }),
    );
    const refused = await openid.genericGrantRequest(config, EXCHANGE, parameters()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "ResponseBodyError", status: 401, error: "invalid_client", cause: NOT_PROVED });
  });
});
