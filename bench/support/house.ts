import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import pg from "pg";
import { consentAs } from "../../e2e/fakes/consent";
import { startSaas } from "../../e2e/fakes/saas";
import { addAgentKey } from "../../lib/agents/addKey";
import { addTrustRule } from "../../lib/agents/addTrustRule";
import { registerAgent } from "../../lib/agents/register";
import { agreeLink } from "../../lib/chains/agree";
import { beginConnection } from "../../lib/connections/begin";
import { completeConnection } from "../../lib/connections/complete";
import { startCore } from "../../lib/core";
import { asActor, type Core, type PersonCtx } from "../../lib/ctx";
import { startEmbedded } from "../../lib/database/embedded";
import { findFreePort } from "../../lib/database/port";
import { mintGrant } from "../../lib/grants/mint";
import { offerSetUp } from "../../lib/people/invite";
import { acceptInvitation } from "../../lib/people/join";
import { setUpConnector } from "../../lib/setups/setUp";
import { randomText } from "../../lib/tokens/secret";
import { addIssuer } from "../../lib/trust/add";
import { newRootKey } from "../../lib/vault/vault";
import { postgresMs } from "./postgresTime";
import { type Part, startPart } from "./processes";

/** A whole Valet over a durable PostgreSQL of its own, with one grant, and the API that it leads to. */
export interface House {
  readonly saas: Part;
  readonly bare: Part;
  readonly valet: Part;
  /** The same calls, past Valet and through it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: BenchAgent;
  /** As many more as were asked for, each with a grant of its own. */
  readonly many: readonly OneAgent[];
  /** Another process of Valet over the same database. */
  startAnother(): Promise<Part>;
  /** Milliseconds of processor time that PostgreSQL has taken so far, all its processes together; NaN where that cannot be read. */
  postgresMs(): Promise<number>;
  /** What PostgreSQL does by itself within a minute of the first rows: its plans then are those of tables that have some. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

export type OneAgent = Pick<BenchAgent, "clientId" | "clientSecret" | "grantId">;

const CLIENT = { clientId: "valet", clientSecret: "valet-secret-at-the-saas" };
const SCOPES = ["issues:read", "issues:write", "files:read", "files:write"];
const BROWSER = "the-browser-that-began-this-walk-0001";

interface Wanted {
  /** How many more agents there are. */
  readonly agents?: number;
  /** A folder into which Valet's process writes what it did when it ends. */
  readonly profile?: string;
}

export async function openHouse({ agents = 0, profile }: Wanted = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "valet-bench-"));
  const postgres = await startEmbedded({ dataDir: join(folder, "postgres"), database: "bench" });
  const saas = await startPart("saas.ts");
  const bare = await startPart("bareProxy.ts", { UPSTREAM: saas.url });
  const port = await findFreePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const redirectUris = [`${publicUrl}/connect/demo/callback`];
  const people = [{ id: "1", login: "ada", name: "Ada Lovelace" }];
  const oauth = await startSaas({ clients: [{ ...CLIENT, redirectUris }], people, accessTokenSeconds: 86_400 });
  const env = environment(folder, postgres.url, port, publicUrl, oauth.url, saas.url);
  const { agent, many } = await furnish(env, agents);
  const valet = await startPart("valet.ts", env, profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : []);
  const headers = { authorization: `Bearer ${await exchange(valet.url, agent)}`, accept: "application/json" };
  const close = async () => {
    await Promise.all([valet.stop(), bare.stop(), saas.stop(), oauth.close()]);
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const startAnother = async () => startPart("valet.ts", { ...env, PORT: String(await findFreePort()) });
  const analyze = async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query("analyze");
    await client.end();
  };
  return { saas, bare, valet, headers, agent, many, startAnother, postgresMs: () => postgresMs(postgres.pid), analyze, close };
}

function environment(folder: string, databaseUrl: string, port: number, publicUrl: string, oauthUrl: string, apiBaseUrl: string) {
  const endpoints = {
    ...{ authorizeUrl: `${oauthUrl}/oauth/authorize`, tokenUrl: `${oauthUrl}/oauth/token`, revokeUrl: `${oauthUrl}/oauth/revoke` },
    ...{ accountUrl: `${oauthUrl}/api/me`, apiBaseUrl, issuer: oauthUrl },
  };
  return {
    ...{ NODE_ENV: "production", PORT: String(port), VALET_PUBLIC_URL: publicUrl, VALET_DATA_DIR: folder, DATABASE_URL: databaseUrl },
    ...{ VALET_KEYS: newRootKey("b1"), VALET_ENDPOINTS: JSON.stringify({ demo: endpoints }), LOG_LEVEL: "error" },
    // What is measured is the work, not how soon it is cut short.
    VALET_REQUESTS_PER_MINUTE: "1000000",
  };
}

/** What the agent's own configuration holds. */
export interface BenchAgent {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grantId: string;
  /** Of a key that proves it too. */
  readonly key: JWK;
  /** Of an issuer whose tokens prove it, and the subject that they name. */
  readonly workload: { readonly issuer: string; readonly key: JWK; readonly subject: string };
  /** Agents that its work may be handed on to, each by the one before. */
  readonly others: readonly Pick<BenchAgent, "clientId" | "clientSecret">[];
}

/** By the verbs that pages call: an admin, an account, an agent, a grant. */
async function furnish(env: Record<string, string>, agents: number): Promise<{ agent: BenchAgent; many: OneAgent[] }> {
  const { core, stop } = await startCore(env);
  try {
    const admin = await joinAsAdmin(core);
    await setUpConnector(admin, { connector: "demo", ...CLIENT });
    const { authorizeUrl } = await beginConnection(admin, {
      connector: "demo",
      scopes: ["profile:read", ...SCOPES],
      browserSecret: BROWSER,
    });
    const callbackUrl = await consentAs(authorizeUrl, "ada");
    const { connectionId } = await completeConnection(admin, { connector: "demo", callbackUrl, browserSecret: BROWSER });
    const { agentId, clientSecret } = await registerAgent(admin, { name: "Bench", purpose: "Measures" });
    if (!clientSecret) throw new Error("Secrets are banned here.");
    const { grantId } = await mintGrant(admin, { agentId, connectionId, scopes: SCOPES, lifetime: "8h", delivery: "gateway" });
    const key = await makeKey();
    await addAgentKey(admin, { agentId, publicKey: JSON.stringify(publicHalf(key)) });
    const workload = await trustWorkload(admin, agentId);
    const others = await linkOthers(admin, grantId, agentId);
    const many: OneAgent[] = [];
    for (let index = 0; index < agents; index += 1) many.push(await lendToNew(admin, connectionId, `Bench ${index}`));
    return { agent: { clientId: agentId, clientSecret, grantId, key, workload, others }, many };
  } finally {
    await stop();
  }
}

async function lendToNew(admin: PersonCtx, connectionId: string, name: string): Promise<OneAgent> {
  const { agentId, clientSecret } = await registerAgent(admin, { name, purpose: "One of many" });
  const { grantId } = await mintGrant(admin, { agentId, connectionId, scopes: SCOPES, lifetime: "8h", delivery: "gateway" });
  return { clientId: agentId, clientSecret: clientSecret ?? "", grantId };
}

async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: "bench", alg: "ES256" };
}

function publicHalf({ d: _private, ...key }: JWK): JWK {
  return key;
}

async function trustWorkload(admin: PersonCtx, agentId: string): Promise<BenchAgent["workload"]> {
  const [key, issuer, subject] = [await makeKey(), "https://ci.bench.test", "bench"];
  const keys = JSON.stringify({ keys: [publicHalf(key)] });
  const { id: issuerId } = await addIssuer(admin, { kind: "oidc", name: "Bench CI", issuer, keysFrom: "inline", keys });
  await addTrustRule(admin, { agentId, issuerId, name: "CI", conditions: [{ claim: "sub", equals: subject }] });
  return { issuer, key, subject };
}

async function linkOthers(admin: PersonCtx, grantId: string, first: string): Promise<BenchAgent["others"]> {
  const others: Pick<BenchAgent, "clientId" | "clientSecret">[] = [];
  for (const name of ["Second", "Third", "Fourth"]) {
    const { agentId, clientSecret } = await registerAgent(admin, { name, purpose: "Takes over" });
    await agreeLink(admin, { grantId, fromAgentId: others.at(-1)?.clientId ?? first, toAgentId: agentId });
    others.push({ clientId: agentId, clientSecret: clientSecret ?? "" });
  }
  return others;
}

async function joinAsAdmin(core: Core): Promise<PersonCtx> {
  const token = (await offerSetUp(core))?.split("/").at(-1) ?? "";
  const [name, email] = ["Grace Hopper", "grace@bench.test"];
  const entered = await acceptInvitation(core, { token, name, email, password: randomText(), address: "127.0.0.1" });
  return asActor(core, { kind: "person", personId: entered.personId, name, email, role: entered.role, via: "browser" } as const);
}

async function exchange(
  url: string,
  { clientId, clientSecret, grantId }: Pick<BenchAgent, "clientId" | "clientSecret" | "grantId">,
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: grantId,
    subject_token_type: "urn:valet:params:oauth:token-type:grant",
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = (await (await fetch(`${url}/oauth/token`, { method: "POST", body })).json()) as { access_token?: string };
  if (!answer.access_token) throw new Error(`The exchange was refused: ${JSON.stringify(answer)}`);
  return answer.access_token;
}
