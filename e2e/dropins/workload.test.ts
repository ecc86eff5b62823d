import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type AuthClient, ExternalAccountClient } from "google-auth-library";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addTrustRule } from "../../lib/agents/addTrustRule";
import { documentBlock } from "../../lib/testing/documents";
import { type ForeignKey, foreignKey, foreignServer, jwks, minter } from "../../lib/testing/foreign";
import { person } from "../../lib/testing/people";
import { addIssuer } from "../../lib/trust/add";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, type Lent, startValet } from "./valet";

const READ = "https://www.googleapis.com/auth/calendar.events.readonly";
const EVENTS = "/calendar/v3/calendars/primary/events";
const CLUSTER = "https://cluster.example.com";
const ACTIONS = "https://token.actions.githubusercontent.com";
const UID = "14ee3fa4-a7e2-420f-9f9a-dbc4507c3798";
const client = { id: "google-client", secret: "google-secret" };

let saas: StrictApi;
let valet: DropinValet;
let folder: string;
let key: ForeignKey;
let lent: Lent;
beforeAll(async () => {
  [folder, key] = await Promise.all([mkdtemp(join(tmpdir(), "valet-workload-")), foreignKey("cluster", "RS256")]);
  saas = await startStrictApi({
    client,
    tokenPath: "/token",
    stableRefresh: true,
    tokenAnswer: ({ accessToken, refreshToken, scope }) => ({
      ...{ access_token: accessToken, refresh_token: refreshToken, scope, expires_in: 3600, token_type: "Bearer" },
    }),
    routes: [
      { method: "GET", path: /^\/v1\/userinfo$/, answer: () => ({ json: { sub: "1", email: "ada@example.com" } }) },
      { method: "GET", path: new RegExp(`^${EVENTS}$`), scopes: [READ], answer: () => ({ json: { items: [{ id: "e1" }] } }) },
    ],
  });
  valet = await startValet(async () => ({
    connector: "google",
    connected: [READ],
    client,
    hosts: { "oauth2.googleapis.com": saas.url, "openidconnect.googleapis.com": saas.url },
    endpoints: { apiBaseUrl: saas.url },
    consent: saas.consent,
  }));
  lent = await valet.lend([READ], { delivery: "gateway" });
  const admin = await person(valet.core, { role: "admin" });
  const keys = JSON.stringify(jwks(key));
  const cluster = await addIssuer(admin, { kind: "kubernetes", name: "Cluster", issuer: CLUSTER, keysFrom: "inline", keys });
  const conditions = [
    { claim: "kubernetes.io.namespace", equals: "prod" },
    { claim: "kubernetes.io.serviceaccount.name", equals: "agent" },
    { claim: "kubernetes.io.serviceaccount.uid", equals: UID },
  ];
  await addTrustRule(admin, { agentId: lent.bot.agentId, issuerId: cluster.id, name: "Pod", conditions });
});
afterAll(async () => {
  await Promise.all([valet.close(), saas.close()]);
  await rm(folder, { recursive: true });
});

/** The file that a projected service account token is in, as the kubelet writes it. */
async function projectedToken(uid: string): Promise<string> {
  const claims = {
    ...{ iss: CLUSTER, sub: "system:serviceaccount:prod:agent", aud: [valet.url], jti: "1" },
    "kubernetes.io": { namespace: "prod", node: { name: "n" }, pod: { name: "agent-1", uid: "p" }, serviceaccount: { name: "agent", uid } },
  };
  const file = join(folder, `${uid}.token`);
  await writeFile(file, await minter(valet.core)({ key, claims }));
  return file;
}

/** A program with Google's library: a credentials file without any secret, and Valet's address for Google's. */
async function program(uid: string, audience: string): Promise<AuthClient> {
  const page = documentBlock("docs/workloads.md", "{")
    .replace('"VALET/proxy/google"', JSON.stringify(audience))
    .replace("VALET", valet.url)
    .replace("/var/run/secrets/valet/token", await projectedToken(uid));
  const google = ExternalAccountClient.fromJSON({
    ...JSON.parse(page),
    scopes: [READ],
  } as Parameters<typeof ExternalAccountClient.fromJSON>[0]);
  if (!google) throw new Error("The library did not know these credentials.");
  return google;
}

it("google-auth-library gets access by a projected service account token alone, and calls through the gateway", async () => {
  const before = saas.calls.length;
  for (const audience of [`urn:valet:grant:${lent.grantId}`, valet.base]) {
    const google = await program(UID, audience);
    const answer = await google.request<{ items: { id: string }[] }>({ url: `${valet.base}${EVENTS}` });
    expect(answer.data.items).toEqual([{ id: "e1" }]);
  }
  expect(saas.calls.slice(before).map(({ method, credential, foreign }) => [method, credential, foreign])).toEqual([
    ["GET", "right", false],
    ["GET", "right", false],
  ]);
  expect(await lent.rows()).toEqual(Array(2).fill(`GET ${EVENTS}: allowed (within_grant)`));
});

it("the step for GitHub Actions gets access as it stands, by the job's token alone", async () => {
  const admin = await person(valet.core, { role: "admin" });
  const keys = JSON.stringify(jwks(key));
  const actions = await addIssuer(admin, { kind: "github_actions", name: "Actions", issuer: ACTIONS, keysFrom: "inline", keys });
  const conditions = [
    { claim: "repository_id", equals: "74" },
    { claim: "repository_owner_id", equals: "65" },
  ];
  await addTrustRule(admin, { agentId: lent.bot.agentId, issuerId: actions.id, name: "CI", conditions });
  const claims = {
    ...{ iss: ACTIONS, sub: "repo:octo/site:ref:refs/heads/main", aud: [valet.url], repository_id: "74", repository_owner_id: "65" },
    ...{ ref: "refs/heads/main", event_name: "push", run_id: "100", run_attempt: "1" },
  };
  const runner = await foreignServer();
  runner.answers[`/idtoken?api-version=2.0&audience=${valet.url}`] = { value: await minter(valet.core)({ key, claims }) };
  try {
    const env = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-this-job", ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/idtoken?api-version=2.0` };
    const answer = JSON.parse(await runStep(env));
    expect(answer).toMatchObject({ access_token: expect.any(String), api_base: valet.base, scope: READ });
  } finally {
    await runner.close();
  }
});

/** The page's step, with this world's connector, as a runner's shell takes it. */
async function runStep(env: Readonly<Record<string, string>>): Promise<string> {
  const [, step = ""] = documentBlock("docs/workloads.md", "permissions:").split("- run: |\n");
  const script = step.replaceAll("VALET", valet.url).replace("audience=github", "audience=google");
  // Of jq, which runners have and machines may not, the step wants one member alone.
  const jq = join(folder, "jq");
  await writeFile(jq, `#!/bin/sh\nexec "${process.execPath}" -pe 'JSON.parse(require("fs").readFileSync(0)).value'\n`, { mode: 0o755 });
  const whole = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, ...env } as unknown as NodeJS.ProcessEnv;
  return (await promisify(execFile)("bash", ["-e", "-c", script], { env: whole })).stdout;
}

it("a service account of the same name and another uid is refused in the way the library reports errors", async () => {
  const google = await program("00000000-0000-0000-0000-000000000000", valet.base);
  await expect(google.getAccessToken()).rejects.toThrow(/Error code invalid_request: The agent could not be proved/);
});
