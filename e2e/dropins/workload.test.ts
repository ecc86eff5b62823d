import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthClient, ExternalAccountClient } from "google-auth-library";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addTrustRule } from "../../lib/agents/addTrustRule";
import { type ForeignKey, foreignKey, jwks, minter } from "../../lib/testing/foreign";
import { person } from "../../lib/testing/people";
import { addIssuer } from "../../lib/trust/add";
import { type StrictApi, startStrictApi } from "../fakes/strictApi";
import { type DropinValet, type Lent, startValet } from "./valet";

const READ = "https://www.googleapis.com/auth/calendar.events.readonly";
const EVENTS = "/calendar/v3/calendars/primary/events";
const CLUSTER = "https://cluster.example.com";
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
  const google = ExternalAccountClient.fromJSON({
    type: "external_account",
    audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${valet.url}/oauth/token`,
    credential_source: { file: await projectedToken(uid) },
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

it("a service account of the same name and another uid is refused in the way the library reports errors", async () => {
  const google = await program("00000000-0000-0000-0000-000000000000", valet.base);
  await expect(google.getAccessToken()).rejects.toThrow(/Error code invalid_request: The agent could not be proved/);
});
