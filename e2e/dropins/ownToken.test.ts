import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../../lib/agents/status";
import { giveOwnAccess } from "../../lib/platform/ownAccess";
import { registerResource } from "../../lib/platform/resources";
import { agent, person, type SeededAgent } from "../../lib/testing/people";
import { type DropinValet, startValet } from "./valet";

const BOARD = "https://board.example.com/api";
const insecure = { [oauth.allowInsecureRequests]: true } as const;

let valet: DropinValet;
let bot: SeededAgent;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  valet = await startValet(async () => ({
    connector: "demo",
    connected: [],
    client: { id: "valet", secret: "valet-secret" },
    consent: () => Promise.reject(new Error("Nobody connects anything here.")),
  }));
  valet.core.clock.set(new Date());
  const admin = await person(valet.core, { role: "admin" });
  bot = await agent(valet.core, admin);
  const { id: resourceId } = await registerResource(admin, { resource: BOARD, name: "Board", scopes: ["board:read", "board:write"] });
  await giveOwnAccess(admin, { agentId: bot.agentId, resourceId, scopes: ["board:read"] });
  const issuer = new URL(valet.url);
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure }));
});
afterAll(() => valet.close());

async function token(parameters: Record<string, string>, who: SeededAgent = bot): Promise<oauth.TokenEndpointResponse> {
  const client = { client_id: who.clientId };
  const proof = oauth.ClientSecretBasic(who.clientSecret);
  const answer = await oauth.clientCredentialsGrantRequest(server, client, proof, parameters, insecure);
  return oauth.processClientCredentialsResponse(server, client, answer);
}

/** A service of the house that knows Valet by its address alone. */
function serve(accessToken: string, audience = BOARD): Promise<oauth.JWTAccessTokenClaims> {
  const request = new Request(`${BOARD}/cards`, { headers: { authorization: `Bearer ${accessToken}` } });
  return oauth.validateJwtAccessToken(server, request, audience, insecure);
}

describe("oauth4webapi, as the agent and as a service of the house,", () => {
  it("finds the grant in the metadata, asks for one place, and the service believes the token by the published keys", async () => {
    expect(server.grant_types_supported).toContain("client_credentials");
    const { access_token, scope, token_type, expires_in } = await token({ resource: BOARD, scope: "board:read" });
    expect([scope, token_type, expires_in]).toEqual(["board:read", "bearer", 900]);
    const claims = await serve(access_token);
    expect(claims).toMatchObject({ iss: valet.url, sub: bot.agentId, client_id: bot.agentId, aud: BOARD, scope: "board:read" });
    expect(claims).not.toHaveProperty("act");
  });

  it("does not believe it elsewhere, nor the agent's own name, which is for Valet alone", async () => {
    const { access_token } = await token({ resource: BOARD });
    await expect(serve(access_token, "https://other.example.com")).rejects.toMatchObject({ code: oauth.JWT_CLAIM_COMPARISON });
    const itself = await token({ resource: valet.url });
    await expect(serve(itself.access_token)).rejects.toMatchObject({ code: oauth.JWT_CLAIM_COMPARISON });
    expect(await serve(itself.access_token, valet.url)).toMatchObject({ sub: bot.agentId, aud: valet.url, scope: "" });
  });

  it("is told by name why it gets none", async () => {
    const errors = async (work: Promise<unknown>) => {
      const error = await work.then(() => null).catch((one: unknown) => one);
      return error instanceof oauth.ResponseBodyError ? [error.status, error.error] : error;
    };
    expect(await errors(token({ resource: `${BOARD}/` }))).toEqual([400, "invalid_target"]);
    expect(await errors(token({ resource: BOARD, scope: "board:write" }))).toEqual([400, "invalid_scope"]);
    const owner = await person(valet.core);
    const other = await agent(valet.core, owner);
    expect(await errors(token({ resource: BOARD }, other))).toEqual([400, "invalid_target"]);
    expect(await errors(token({}, other))).toEqual([400, "unauthorized_client"]);
    await pauseAgent(owner, { agentId: other.agentId });
    expect(await errors(token({ resource: valet.url }, other))).toEqual([400, "unauthorized_client"]);
    const wrong = token({ resource: BOARD }, { ...bot, clientSecret: other.clientSecret });
    await expect(wrong).rejects.toMatchObject({ code: oauth.WWW_AUTHENTICATE_CHALLENGE, status: 401 });
  });
});
