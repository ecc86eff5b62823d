import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "../../lib/database/backup";
import { writingSide } from "../../lib/db";
import { invitePerson } from "../../lib/people/invite";
import { acceptInvitation } from "../../lib/people/join";
import { ALL_SCOPES, apiToken, CLIENT, connect, exchangeForm, type World, world } from "../../lib/testing/builders";
import { TEST_KEYS } from "../../lib/testing/core";
import { person, type SeededAgent } from "../../lib/testing/people";
import { EXPORTS } from "../../lib/wire/exports";
import { operations } from "../../lib/wire/operations";
import { findLeaks, type Planted } from "../support/leaks";
import { freePort, startProcess, type ValetProcess } from "./process";

const METRICS_TOKEN = "the-token-that-prometheus-shows-4711";
const PASSWORD = "the sentence that only Grete knows 4711";
const SHARED_KEY = "glpat-the-old-deploy-key-of-the-ci-4711";

let here: World;
let valet: ValetProcess;
let door: TokenDoor;
const planted: Planted[] = [];
const answers: string[] = [];

/** All of a secret is one; of a signed token, which begins like every other, its signature is. */
function plant(what: string, value: string | null | undefined): string {
  if (!value) throw new Error(`There is no ${what} to look for.`);
  planted.push({ what, value: value.startsWith("eyJ") ? (value.split(".").at(-1) ?? "") : value });
  return value;
}

beforeAll(async () => {
  const port = await freePort();
  here = await world({ issuer: `http://127.0.0.1:${port}`, onFetch: (_, { body }) => plantForm(String(body ?? "")) });
  here.core.clock.set(new Date());
  door = await openDoor(here.saas.url);
  const { publicUrl, endpoints } = here.core.settings;
  const through = { ...endpoints, demo: { ...endpoints.demo, tokenUrl: door.url } };
  plant("the key ring", TEST_KEYS.split(":")[1]);
  plant("the token of /metrics", METRICS_TOKEN);
  for (const label of ["next-auth", "dpop-nonce"]) plant(`the key for ${label}`, Buffer.from(here.core.vault.derive(label)).toString());
  valet = await startProcess({
    ...{ PORT: String(port), VALET_PUBLIC_URL: publicUrl, DATABASE_URL: here.core.databaseUrl, VALET_KEYS: TEST_KEYS },
    ...{ VALET_ENDPOINTS: JSON.stringify(through), VALET_METRICS_TOKEN: METRICS_TOKEN, LOG_LEVEL: "debug" },
  });
});
afterAll(async () => {
  valet.signal("SIGTERM");
  await valet.gone;
  door.server.close();
  door.server.closeAllConnections();
  await here.close();
});

/** What Valet sends to a token endpoint: codes, verifiers, refresh tokens. */
function plantForm(body: string): void {
  const form = new URLSearchParams(body);
  for (const name of ["code", "code_verifier", "refresh_token", "client_secret"]) {
    const value = form.get(name);
    if (value) plant(`a ${name}`, value);
  }
}

interface TokenDoor {
  readonly url: string;
  readonly server: Server;
  /** The next answer repeats all that was sent to it, as no honest SaaS would: as JSON, or as a page. */
  repeatNext(type: "application/json" | "text/html"): void;
}

async function openDoor(saasUrl: string): Promise<TokenDoor> {
  let type: string | null = null;
  const repeatNext: TokenDoor["repeatNext"] = (as) => {
    type = as;
  };
  const server = createServer(async (request, response) => {
    const sent = await text(request);
    plantForm(sent);
    const said = `${sent} ${request.headers.authorization ?? ""}`;
    if (type) response.writeHead(400, { "content-type": type }).end(JSON.stringify({ error: "invalid_request", error_description: said }));
    type &&= null;
    if (response.writableEnded) return;
    const headers = { "content-type": "application/x-www-form-urlencoded", authorization: request.headers.authorization ?? "" };
    const answer = await fetch(`${saasUrl}/oauth/token`, { method: "POST", body: sent, headers });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(await answer.text());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/oauth/token`, server, repeatNext };
}

interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Record<string, string> | URLSearchParams;
  readonly headers?: Record<string, string>;
}

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: read as the endpoint documents it
  readonly body: any;
}

/** Takes down all that is answered. What an answer hands over is planted after it: no later one may have it. */
async function ask(path: string, { method, token, json, form, headers = {} }: Asked = {}): Promise<Answered> {
  const body = json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form) : undefined;
  const answer = await fetch(`http://127.0.0.1:${valet.port}${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });
  const said = await answer.text();
  for (const leak of findLeaks({ [path.split("?")[0] ?? path]: `${said} ${JSON.stringify([...answer.headers])}` }, planted))
    answers.push(leak);
  return { status: answer.status, body: /\/(problem\+)?json/.test(answer.headers.get("content-type") ?? "") ? JSON.parse(said) : said };
}

/** Everything of the connections, the lent tokens and the signing keys that is sealed, opened. */
async function plantSealed(): Promise<void> {
  const { db, vault } = here.core;
  for (const { id: row, sealedAccess, sealedRefresh } of await db.connection.findMany()) {
    if (sealedAccess)
      plant("an account's access token", vault.open("passing", { table: "connections", row, column: "sealed_access" }, sealedAccess));
    if (sealedRefresh)
      plant("a refresh token", vault.open("lasting", { table: "connections", row, column: "sealed_refresh" }, sealedRefresh));
  }
  for (const { id: row, sealedAccess } of await db.lentToken.findMany())
    plant("a lent token", vault.open("passing", { table: "lent_tokens", row, column: "sealed_access" }, sealedAccess));
}

async function backup(): Promise<string> {
  const output = new PassThrough();
  const whole = text(output);
  await writeBackup(here.core.databaseUrl, output);
  output.end();
  return whole;
}

const secretOf = (made: Answered) => plant("an agent's secret", made.body.client_secret as string);

describe("with every secret of a whole Valet known", () => {
  let admin: string;
  let member: string;
  let bot: SeededAgent;
  let grantId: string;

  it("people, agents and terminals do all that they can, and nobody is answered a secret that was not for them", async () => {
    const owner = await person(here.core);
    admin = plant("an admin's API token", await apiToken(here.admin));
    member = plant("a member's API token", await apiToken(owner));
    const { token } = await invitePerson(here.admin, { email: "grete@valet.test", role: "member" });
    plant("an invitation", token);
    plant("a password", PASSWORD);
    await acceptInvitation(here.core, { token, name: "Grete", email: "grete@valet.test", password: PASSWORD, address: "192.0.2.1" });
    plant("a client secret", CLIENT.clientSecret);
    const setUp = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret };
    expect(
      await ask("/api/v1/connectors/demo", {
        method: "PUT",
        token: admin,
        json: setUp,
      }),
    ).toMatchObject({ status: 200 });
    await ask("/api/v1/connectors/demo/test", { token: admin, json: {} });
    plant("a shared key", SHARED_KEY);
    const shared = {
      connector: "demo",
      account_name: "Old key",
      token: SHARED_KEY,
      ends_at: new Date(Date.now() + 86_400_000).toISOString(),
    };
    expect((await ask("/api/v1/shared-keys", { token: admin, json: shared })).status).toBeGreaterThanOrEqual(400);

    const connectionId = await connect(owner, { scopes: ALL_SCOPES });
    const made = await ask("/api/v1/agents", { token: member, json: { name: "Bot", purpose: "Counts" } });
    bot = { agentId: made.body.client_id, clientId: made.body.client_id, clientSecret: secretOf(made) };
    const credentials = `/api/v1/agents/${bot.agentId}/credentials`;
    const second = await ask(credentials, { token: member, json: { kind: "secret", name: "second" } });
    secretOf(second);
    secretOf(await ask(`${credentials}/${second.body.credential.id}/rotate`, { token: member, json: { overlap: "0" } }));
    const pair = await generateKeyPair("ES256", { extractable: true });
    const { d } = await exportJWK(pair.privateKey);
    plant("the private half of a pasted key", d);
    await ask(credentials, {
      token: member,
      json: { kind: "key", name: "k", public_key: JSON.stringify(await exportJWK(pair.privateKey)) },
    });
    await ask(credentials, {
      token: member,
      json: { kind: "key", name: "k", public_key: JSON.stringify(await exportJWK(pair.publicKey)) },
    });

    const minted = await ask("/api/v1/grants", {
      token: member,
      json: { agent_id: bot.agentId, connection_id: connectionId, scopes: ["issues:read"], lifetime: "1h", delivery: "gateway" },
    });
    grantId = minted.body.grant_id;
    const direct = await ask("/api/v1/grants", {
      token: member,
      json: { agent_id: bot.agentId, connection_id: connectionId, scopes: ["issues:read"], lifetime: "1h", delivery: "direct" },
    });
    await plantSealed();
    const access = await ask("/oauth/token", { form: exchangeForm({ bot, grantId }) });
    const gateway = plant("a Valet token", access.body.access_token as string);
    const handed = await ask("/oauth/token", { form: exchangeForm({ bot, grantId: direct.body.grant_id }) });
    plant("a lent token", handed.body.access_token as string);
    for (const [method, path] of [
      ["GET", "/proxy/demo/api/issues"],
      ["GET", "/proxy/demo/api/me"],
      ["POST", "/proxy/demo/api/issues"],
      ["GET", "/proxy/demo/api/nothing/there"],
      ["GET", `/proxy/demo/api/issues?access_token=${gateway}`],
    ] as const)
      await ask(path, { method, token: gateway });
    const self = { client_id: bot.clientId, client_secret: bot.clientSecret };
    await ask("/oauth/introspect", { form: { ...self, token: gateway } });
    await ask("/oauth/token", { form: { ...self, grant_type: "client_credentials", resource: "https://nowhere.test" } });

    const terminal = await ask("/oauth/device_authorization", { form: { client_id: "valet-cli", scope: "valet:read" } });
    plant("a device code", terminal.body.device_code as string);
    const device = "urn:ietf:params:oauth:grant-type:device_code";
    await ask("/oauth/token", { form: { grant_type: device, client_id: "valet-cli", device_code: terminal.body.device_code } });
  });

  it("what is sent to the wrong place, or in the wrong way, comes back to nobody", async () => {
    for (const secret of [bot.clientSecret, member, PASSWORD, SHARED_KEY]) {
      await ask(`/oauth/token?client_secret=${encodeURIComponent(secret)}`, { form: { client_secret: secret, client_id: bot.clientId } });
      await ask("/oauth/token", { form: { grant_type: secret, scope: secret, client_id: secret, subject_token_type: secret } });
      await ask("/oauth/token", {
        headers: { authorization: `Basic ${btoa(`${secret}:${secret}x`)}` },
        form: { grant_type: "client_credentials" },
      });
      await ask(`/api/v1/grants/${encodeURIComponent(secret)}`, { token: member });
      await ask("/api/v1/agents", { token: member, json: { name: "", purpose: secret.repeat(80), [secret]: secret } });
      await ask("/api/v1/agents", { method: "POST", token: member, headers: { "content-type": "application/json" } });
      await ask(`/proxy/demo/api/issues/${encodeURIComponent(secret)}`, { token: `${secret}x`.replaceAll(" ", "") });
      await ask(`/api/v1/activity?query=${encodeURIComponent(secret)}`, { token: `${secret}x`.replaceAll(" ", "") });
    }
  });

  it.each(["application/json", "text/html"] as const)("a SaaS that repeats what it was sent, as %s, repeats it to nobody", async (type) => {
    const { prisma } = writingSide(here.core.db);
    await prisma.lentToken.deleteMany();
    await prisma.connection.updateMany({ data: { accessExpiresAt: new Date(0) } });
    door.repeatNext(type);
    const refused = await ask("/oauth/token", { form: exchangeForm({ bot, grantId }) });
    const token = refused.status === 200 ? plant("a Valet token", refused.body.access_token as string) : "";
    const called = await ask("/proxy/demo/api/issues", { token });
    expect(Math.max(refused.status, called.status), "the SaaS was never asked, or was believed").toBeGreaterThanOrEqual(400);
    expect(planted.filter(({ what }) => what === "a refresh_token").length).toBeGreaterThan(0);
  });

  it("everything that can be read is read by an admin and by a member, each list as a file too", async () => {
    await plantSealed();
    const lists = operations.filter(({ method, path }) => method === "GET" && !path.includes("{")).map(({ path }) => path);
    for (const path of lists) for (const token of [admin, member]) await ask(path, { token });
    const files = EXPORTS.flatMap(({ name }) => ["csv", "ndjson"].map((format) => `/api/v1/exports/${name}?format=${format}`));
    for (const path of files) expect((await ask(path, { token: admin })).status, path).toBe(200);
    const ones = [`agents/${bot.agentId}`, `grants/${grantId}`, `agents/${bot.agentId}/credentials`].map((path) => `/api/v1/${path}`);
    for (const path of [...ones, "/oauth/jwks", "/llms.txt"]) await ask(path, { token: member });
    const metrics = await ask("/metrics", { token: METRICS_TOKEN });
    expect(metrics.body).toContain("valet_uses_total");
  });

  it("no answer, no line of the log, and nothing of the database and its backup has one of them", async () => {
    const kinds = new Set(planted.map(({ what }) => what));
    for (const kind of [
      "a refresh token",
      "an account's access token",
      "a code",
      "a code_verifier",
      "an agent's secret",
      "a lent token",
      "an invitation",
    ])
      expect(kinds).toContain(kind);
    const [said, database] = [valet.said(), await backup()];
    expect(said).toContain('"event"');
    expect(database).toContain("gateway.call");
    expect(answers).toEqual([]);
    expect(findLeaks({ "the log": said, "the database and its backup": database }, planted)).toEqual([]);
  });

  it("each line of the log is one event in JSON, whatever was sent", async () => {
    const nasty = "%0a%7b%22level%22:60%7d%1b%5b31m%0d%0a";
    await ask(`/proxy/demo/api/${nasty}`, {
      token: "x",
      headers: { baggage: `valet.run_id=${nasty}`, traceparent: nasty, "user-agent": nasty },
    });
    await ask(`/api/v1/grants/${nasty}`, { token: member });
    await ask("/oauth/token", { form: { client_id: "agt_\n{\u001b[31m}", client_secret: "\r\n", grant_type: "\n" } });
    const lines = valet
      .said()
      .trimEnd()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), event: expect.any(String) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(valet.said()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("and one that is planted where it must not be is found: in an answer, in the database and in the log", async () => {
    const leaked = { what: "a planted secret", value: "planted-where-nobody-may-keep-it-4711-0815" };
    planted.push(leaked);
    answers.length = 0;
    const purpose = `Knows ${Buffer.from(leaked.value).toString("base64")}`;
    await ask("/api/v1/agents", { token: member, json: { name: "Leaky bot", purpose } });
    expect(answers).toEqual(["a planted secret in Base64 in /api/v1/agents"]);
    expect(findLeaks({ "the database": await backup(), "the log": `${valet.said()}{"detail":"${leaked.value}"}` }, [leaked])).toEqual([
      "a planted secret in Base64 in the database",
      "a planted secret as it is in the log",
    ]);
  });
});
