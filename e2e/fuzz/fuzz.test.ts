import { Agent, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accessToken, apiToken, CLIENT, type Lent, lend, type World, world } from "../../lib/testing/builders";
import { agent } from "../../lib/testing/people";
import { openServer } from "../../lib/wire/openServer";
import { operations } from "../../lib/wire/operations";
import { type FuzzRequest, type Known, requests, wellFormed } from "./inputs";

/** Twenty thousand in CI; `npm run fuzz` for a long one: a million, or as many as fit into its time. */
const RUNS = Number(process.env.VALET_FUZZ_RUNS ?? 20_000);
const SEED = Number(process.env.VALET_FUZZ_SEED ?? 20_261_125);
/** A long one ends after so long with what it has tried; 0 tries all. */
const SECONDS_MAX = Number(process.env.VALET_FUZZ_SECONDS ?? 0);
const TOGETHER = 32;
/** As many are made at a time, each lot by a seed of its own. */
const LOT = 5_000;
/** An answer that takes longer is a hang. */
const PATIENCE_MS = 10_000;

let here: World;
let lent: Lent;
let server: Server;
let port: number;
let known: Known;
let secrets: string[];
const lines = new Agent({ keepAlive: true, maxSockets: TOGETHER });

beforeAll(async () => {
  here = await world();
  const { core } = here;
  // Refused proofs are counted; here all of them are the fuzzer's.
  const quota = { limit: RUNS, windowSeconds: 60, remaining: RUNS, resetSeconds: 60 };
  const unlimited = {
    ...core,
    leases: { spend: async () => quota },
    limits: { ...core.limits, take: async () => undefined, check: async () => undefined },
  };
  server = openServer(unlimited, async (_, response) => void response.writeHead(404).end()).server;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  lent = await lend(here, { delivery: "gateway" });
  await describeWhatIsThere();
});
afterAll(async () => {
  lines.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await here.close();
});

async function describeWhatIsThere(): Promise<void> {
  const { owner, bot, grantId, connectionId } = lent;
  const pat = await apiToken(owner);
  const adminPat = await apiToken(here.admin);
  const token = await accessToken(here.core, lent);
  const basic = (one: { clientId: string; clientSecret: string }) => `Basic ${btoa(`${one.clientId}:${one.clientSecret}`)}`;
  const other = await agent(here.core, here.admin, { name: "Another bot" });
  const ids: Record<string, string> = { agent_id: bot.agentId, grant_id: grantId, connection_id: connectionId, connector: "demo" };
  const fill = (path: string) => path.replace(/\{([a-z_]+)\}/g, (_, name: string) => ids[name] ?? "unknown");
  // What ends things is left out: the rest would only meet what has ended.
  const ends = /^(disconnect|delete|revoke|pause|end|remove|disable|take|stop|setUpConnector|setPolicy|setAgentDpop|narrow)/;
  const spare = operations.filter(({ id }) => !ends.test(id));
  known = {
    paths: [
      "/oauth/token",
      "/oauth/jwks",
      "/oauth/introspect",
      "/oauth/revoke",
      "/oauth/device_authorization",
      "/.well-known/oauth-authorization-server",
      "/api/v1/agent/access",
      "/healthz",
      "/readyz",
      "/metrics",
      "/api/v1/openapi.json",
    ],
    operations: spare.map(({ method, path }) => ({ method, path: fill(path) })),
    values: [...Object.values(ids), other.agentId, here.admin.actor.personId, "issues:read", token],
    authorizations: [basic(bot), basic(other), `Bearer ${pat}`, `Bearer ${adminPat}`, `Bearer ${token}`],
    right: [exchange(basic(bot)), call(token), ...spare.filter(({ method }) => method === "GET").map(({ path }) => read(fill(path)))],
  };
  function exchange(authorization: string): FuzzRequest {
    const type = "urn:valet:params:oauth:token-type:grant";
    const form = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: grantId,
      subject_token_type: type,
    };
    const headers = { authorization, "content-type": "application/x-www-form-urlencoded" };
    return { method: "POST", target: "/oauth/token", headers, body: new URLSearchParams(form).toString() };
  }
  function call(access: string): FuzzRequest {
    return { method: "GET", target: "/proxy/demo/api/issues", headers: { authorization: `Bearer ${access}` }, body: null };
  }
  function read(target: string): FuzzRequest {
    return { method: "GET", target, headers: { authorization: `Bearer ${adminPat}` }, body: null };
  }
  secrets = [CLIENT.clientSecret, bot.clientSecret, other.clientSecret, pat, adminPat, token, ...(await sealedInside())];
}

/** What the SaaS gave out, which nobody may ever be shown. */
async function sealedInside(): Promise<string[]> {
  const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
  const place = (column: string) => ({ table: "connections", row: connection.id, column });
  const access = connection.sealedAccess ? [here.core.vault.open("passing", place("sealed_access"), connection.sealedAccess)] : [];
  const refresh = connection.sealedRefresh ? [here.core.vault.open("lasting", place("sealed_refresh"), connection.sealedRefresh)] : [];
  return [...access, ...refresh];
}

interface Heard {
  /** Null: node:http would not send it. */
  readonly status: number | null;
  readonly text: string;
}

function send({ method, target, headers, body }: FuzzRequest): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const path = target.startsWith("/") ? target : `/${target}`;
    const length = body === null ? {} : { "content-length": String(Buffer.byteLength(body)) };
    let outgoing: ReturnType<typeof request>;
    try {
      outgoing = request({ host: "127.0.0.1", port, method, path: sendable(path), headers: { ...headers, ...length }, agent: lines });
    } catch {
      return resolve({ status: null, text: "" });
    }
    const hung = setTimeout(() => outgoing.destroy(new Error(`No answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
    outgoing.on("response", (answer) => {
      let text = JSON.stringify(answer.headers);
      answer.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
      answer.on("end", () => {
        clearTimeout(hung);
        resolve({ status: answer.statusCode ?? 0, text });
      });
      answer.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body ?? undefined);
  });
}

/** A request line has no blanks and no controls in it; all else goes as it is. */
function sendable(path: string): string {
  return Array.from(path, (one) => (one > " " && one < "\u007f" ? one : encodeURIComponent(wellFormed(one)))).join("");
}

it(`answers strange requests, ${RUNS} at most, none with a fault of its own, none with a secret`, {
  timeout: Math.max(30 * 60, SECONDS_MAX + 300) * 1000,
}, async () => {
  const statuses = new Map<number | null, number>();
  const ends = SECONDS_MAX > 0 ? performance.now() + SECONDS_MAX * 1000 : Number.POSITIVE_INFINITY;
  let tried = 0;
  while (tried < RUNS && performance.now() < ends) {
    const inputs = fc.sample(requests(known), { numRuns: Math.min(LOT, RUNS - tried), seed: SEED + tried });
    for (let at = 0; at < inputs.length; at += TOGETHER) {
      const some = inputs.slice(at, at + TOGETHER);
      const heard = await Promise.all(some.map(send));
      for (const [index, one] of heard.entries()) {
        statuses.set(one.status, (statuses.get(one.status) ?? 0) + 1);
        judge(some[index] as FuzzRequest, one);
      }
    }
    tried += inputs.length;
  }
  if (SECONDS_MAX > 0) process.stdout.write(`Tried ${tried} of ${RUNS}: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
  const told = JSON.stringify(here.core.log.lines);
  expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  expect(here.core.log.lines.filter(({ event }) => event === "bug")).toEqual([]);
  // It must have come past the doors, or it has tried nothing.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(tried / 20);
  expect(Object.fromEntries(statuses)).toMatchObject({ 400: expect.any(Number), 401: expect.any(Number), 403: expect.any(Number) });
});

function judge(sent: FuzzRequest, { status, text }: Heard): void {
  const at = () => JSON.stringify({ ...sent, headers: Object.keys(sent.headers), body: sent.body?.slice(0, 400) });
  if (status !== null && status >= 500) throw new Error(`${status} to ${at()}: ${text.slice(0, 400)}`);
  // What a caller sent may come back to them from the SaaS; what they did not send may not.
  const mine = JSON.stringify(sent);
  const leaked = secrets.findIndex((secret) => text.includes(secret) && !mine.includes(secret));
  if (leaked >= 0) throw new Error(`Secret number ${leaked} was in the answer to ${at()}`);
}
