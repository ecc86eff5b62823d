import { registerAgent } from "../lib/agents/register";
import { beginConnection } from "../lib/connections/begin";
import { completeConnection } from "../lib/connections/complete";
import { type RunningCore, startCore } from "../lib/core";
import type { Core } from "../lib/ctx";
import { mintGrant } from "../lib/grants/mint";
import { offerSetUp } from "../lib/people/invite";
import { setUpConnector } from "../lib/setups/setUp";
import { randomText } from "../lib/tokens/secret";
import { answerRequest } from "../lib/wire/router";
import { newDatabase } from "./support/database";
import { type Idp, SAAS_SCOPES, startIdp } from "./support/idp";
import { type Entered, enter } from "./support/people";
import { expect, test } from "./support/test";
import { followUntil } from "./support/walk";

const VALET = "http://localhost:1";
const CLIENT = {
  clientId: "valet-at-a-saas",
  clientSecret: "a-secret-of-this-client-alone",
  redirectUri: `${VALET}/connect/demo/callback`,
};

interface Joined {
  readonly running: RunningCore;
  readonly idp: Idp;
  readonly ada: Entered;
  readonly connectionId: string;
}

/** An independent server plays the SaaS: it rotates refresh tokens, narrows by scope, and ends everything when one is used twice. */
test("at a SaaS that rotates, each exchange spends one refresh token and keeps the next, also when many ask at once", async () => {
  const joined = await connectToIdp();
  const { running, idp } = joined;
  try {
    const before = await refreshToken(joined);
    const [read, files] = [await lendTo(joined, ["issues:read"]), await lendTo(joined, ["files:read"])];
    const first = await read();
    expect(first).toMatchObject({ status: 200, body: { narrowed_by: "provider", scope: "issues:read", api_base: idp.url } });
    expect(await idp.provider.AccessToken.find(String(first.body.access_token))).toMatchObject({ scope: "issues:read", accountId: "lise" });
    expect(await idp.provider.RefreshToken.find(before)).toHaveProperty("consumed");

    const others = await Promise.all(["profile:read", "files:read", "issues:read", "issues:write"].map((scope) => lendTo(joined, [scope])));
    const together = await Promise.all([files, ...others].map((ask) => ask()));
    expect(together.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const latest = await idp.provider.RefreshToken.find(await refreshToken(joined));
    expect(latest).toMatchObject({ scope: expect.stringContaining("issues:write") });
    expect(latest).not.toHaveProperty("consumed");
  } finally {
    await idp.close();
    await running.stop();
  }
});

test("when somebody else uses an old refresh token, the SaaS ends all of them, and the person is asked to reconnect", async () => {
  const joined = await connectToIdp();
  const { running, idp, connectionId } = joined;
  try {
    const old = await refreshToken(joined);
    const ask = await lendTo(joined, ["issues:read"]);
    expect((await ask()).status).toBe(200);
    expect(await spend(idp, old)).toMatchObject({ error: "invalid_grant" });
    const another = await lendTo(joined, ["files:read"]);
    expect(await another()).toMatchObject({ status: 400, body: { error: "interaction_required", reason: "connection_needs_reconnect" } });
    const connection = await running.core.db.connection.findUnique({ where: { id: connectionId } });
    expect(connection).toMatchObject({ status: "needs_reconnect" });
  } finally {
    await idp.close();
    await running.stop();
  }
});

async function connectToIdp(): Promise<Joined> {
  const idp = await startIdp([CLIENT]);
  const at = (path: string) => `${idp.url}${path}`;
  const demo = {
    authorizeUrl: at("/auth"),
    tokenUrl: at("/token"),
    revokeUrl: at("/token/revocation"),
    accountUrl: at("/api/me"),
    apiBaseUrl: idp.url,
    issuer: idp.url,
  };
  const running = await startCore({
    NODE_ENV: "production",
    VALET_PUBLIC_URL: VALET,
    DATABASE_URL: await newDatabase(),
    VALET_KEYS: `e1:${Buffer.alloc(32, 5).toString("base64url")}`,
    VALET_ENDPOINTS: JSON.stringify({ demo }),
    LOG_LEVEL: "silent",
  });
  const token = (await offerSetUp(running.core))?.split("/").at(-1) ?? "";
  const ada = await enter(running.core, token, { name: "Ada Lovelace", email: "ada@company.test" });
  await setUpConnector(ada.ctx, { connector: "demo", clientId: CLIENT.clientId, clientSecret: CLIENT.clientSecret, enabled: true });
  const browserSecret = randomText();
  const { authorizeUrl } = await beginConnection(ada.ctx, { connector: "demo", scopes: SAAS_SCOPES, browserSecret });
  const callbackUrl = await followUntil(authorizeUrl, VALET, (_, page) => new URL("?as=lise", page));
  const { connectionId } = await completeConnection(ada.ctx, { connector: "demo", callbackUrl, browserSecret });
  return { running, idp, ada, connectionId };
}

interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Lends these scopes to a new agent, and answers how it asks for access. */
async function lendTo({ running, ada, connectionId }: Joined, scopes: string[]): Promise<() => Promise<Told>> {
  const bot = await registerAgent(ada.ctx, { name: `Bot for ${scopes}`, purpose: "Asks for access" });
  const { grantId } = await mintGrant(ada.ctx, { agentId: bot.agentId, connectionId, scopes, lifetime: "1h", delivery: "direct" });
  return () => exchange(running.core, bot, grantId);
}

async function exchange(
  core: Core,
  { clientId, clientSecret }: { clientId: string; clientSecret: string | null },
  grantId: string,
): Promise<Told> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    client_id: clientId,
    client_secret: clientSecret ?? "",
  });
  const request = new Request(`${VALET}/oauth/token`, { method: "POST", body });
  const answer = await answerRequest(core, request, { requestId: "req_test", address: "127.0.0.1" }, "/oauth/token");
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The one that Valet keeps right now. */
async function refreshToken({ running: { core }, connectionId }: Joined): Promise<string> {
  const { sealedRefresh } = await core.db.connection.findUniqueOrThrow({ where: { id: connectionId } });
  return core.vault.open("lasting", { table: "connections", row: connectionId, column: "sealed_refresh" }, sealedRefresh ?? "");
}

async function spend(idp: Idp, refreshToken: string): Promise<unknown> {
  const proof = Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString("base64");
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
  return (await fetch(`${idp.url}/token`, { method: "POST", body, headers: { authorization: `Basic ${proof}` } })).json();
}
