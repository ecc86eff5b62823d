import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lendGrant } from "../broker/lendGrant";
import { sealTokens } from "../connections/sealTokens";
import type { Connector } from "../connectors/connector";
import type { Probe } from "../connectors/probes";
import { connectors } from "../connectors/registry";
import { findScope, heldScopes, withContained } from "../connectors/scopes";
import { tokenHeaders } from "../connectors/tokenHeaders";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { newId } from "../ids";
import { guardedDispatcher } from "../net/guard";
import { setUpConnector } from "../setups/setUp";
import { exchangeGrant, send } from "../testing/builders";
import { type TestCore, testCore } from "../testing/core";
import { type NarrowingRow, writeNarrowingTable } from "../testing/narrowingTable";
import { agent, person } from "../testing/people";
import { STRICT_APP, STRICT_CLIENT, type StrictSaas, startStrictSaas } from "../testing/strictSaas";

const PAGE = join(import.meta.dirname, "../../docs/narrowing.md");
/** Set by `npm run narrowing-table`: write the page instead of comparing with it. */
const WRITES = process.env.NARROWING_TABLE === "write";

let core: TestCore;
let owner: PersonCtx;
const saas = new Map<string, StrictSaas>();
const rows: NarrowingRow[] = [];

beforeAll(async () => {
  for (const connector of connectors) saas.set(connector.id, await startStrictSaas(connector, () => core.clock.now()));
  const endpoints = Object.fromEntries(connectors.map((connector) => [connector.id, endpointsOf(connector)]));
  const upstream = guardedDispatcher(new Set(["127.0.0.1"]));
  core = await testCore({ upstream, fetch, settings: { endpoints } });
  owner = await person(core, { name: "Ada Lovelace" });
  const admin = await person(core, { role: "admin" });
  for (const { id, tenant, tokens } of connectors) {
    const app = tokens.narrowing.how === "github_installation" ? { app: STRICT_APP } : {};
    await setUpConnector(admin, { connector: id, ...STRICT_CLIENT, ...app, ...(tenant ? { tenant: tenant.example } : {}) });
  }
});
afterAll(async () => {
  await Promise.all([...saas.values()].map((one) => one.close()));
  await core.close();
});

function endpointsOf({ id, revocation }: Connector) {
  const url = at(id).url;
  const token = { authorizeUrl: `${url}/oauth/authorize`, tokenUrl: `${url}/oauth/token`, accountUrl: `${url}/account`, apiBaseUrl: url };
  return revocation.url ? { ...token, revokeUrl: `${url}/oauth/revoke` } : token;
}

const at = (id: string) => saas.get(id) as StrictSaas;
const isRead = (connector: Connector, name: string) => findScope(connector, name)?.access === "read";

/** What the SaaS has by name: all of it, or what only reads. */
const CONSENTS = {
  everything: (connector: Connector) => connector.scopes.filter(({ virtual }) => !virtual),
  reads: (connector: Connector) => connector.scopes.filter(({ virtual, access }) => !virtual && access === "read"),
} as const;

/** Everything that reads, but for what cannot be told apart from something that was not lent. */
function readOnly(connector: Connector, granted: readonly string[]): string[] {
  const held = heldScopes(connector, granted);
  const reads = held.filter((name) => isRead(connector, name));
  const apart = (name: string) =>
    findScope(connector, name)?.inseparableFrom?.every((other) => !held.includes(other) || reads.includes(other));
  return reads.filter((name) => apart(name) ?? true);
}

/** A connection as a walk to the SaaS leaves it. */
async function seedConnection(connector: Connector, granted: readonly string[]): Promise<string> {
  const now = core.clock.now();
  const { accessToken, refreshToken, expiresInSeconds } = at(connector.id).consent(granted);
  const id = newId("con", now);
  const answer = { accessToken, refreshToken, expiresInSeconds, scopes: [...granted], body: null };
  const accessExpiresAt = expiresInSeconds === null ? null : new Date(now.getTime() + expiresInSeconds * 1000);
  const whose = { id, personId: owner.actor.personId, connector: connector.id, accountId: id, accountName: "ada" };
  const apiBase = connector.api.perAccount || connector.tenant ? at(connector.id).url : null;
  const what = { apiBase, providerScopes: [...granted], ...sealTokens(core, id, answer), accessExpiresAt, connectedAt: now };
  await writingSide(core.db).prisma.connection.create({ data: { ...whose, ...what } });
  return id;
}

/** What an agent holds after an exchange, and how it calls with it. */
interface Held {
  readonly access_token: string;
  readonly api_base: string;
  readonly narrowed_by: string;
}

async function callWith(connector: Connector, held: Held, probe: Probe): Promise<number> {
  const path = connector.api.trailingSlash ? `${probe.path}/` : probe.path;
  const body = probe.method === "GET" ? {} : { body: JSON.stringify(probe.json ?? {}) };
  const direct = held.api_base === at(connector.id).url;
  const proof = direct ? tokenHeaders(connector, held.access_token) : { authorization: `Bearer ${held.access_token}` };
  const init = { method: probe.method, headers: { ...proof, "content-type": "application/json" }, ...body };
  const answer = direct ? await fetch(held.api_base + path, init) : await send(core, `/proxy/${connector.id}${path}`, init);
  await answer.text();
  return answer.status;
}

const WAYS: Record<string, (name: string) => string> = {
  provider: (name) => `a token that ${name} cut`,
  consent: () => "the consent itself",
  gateway: () => "Valet's gateway",
};

async function lendAndCall(connector: Connector, holds: keyof typeof CONSENTS): Promise<NarrowingRow> {
  const granted = CONSENTS[holds](connector).map(({ name }) => name);
  const connectionId = await seedConnection(connector, granted);
  const bot = await agent(core, owner);
  const scopes = readOnly(connector, granted);
  const { grantId, selfTest } = await lendGrant(owner, { agentId: bot.agentId, connectionId, scopes, lifetime: "8h" });
  const exchanged = await exchangeGrant(core, { bot, grantId });
  expect(exchanged.status).toBe(200);
  const held = (await exchanged.json()) as Held;
  const direct = held.api_base === at(connector.id).url;

  const lent = withContained(connector, scopes);
  const read = connector.probes?.find(
    (probe) => probe.reach === "sent" && isRead(connector, probe.scope) && lent.includes(probe.scope),
  ) as Probe;
  const heard = at(connector.id).calls.length;
  expect(await callWith(connector, held, read), read.label).toBe(200);
  expect(at(connector.id).calls.length).toBe(heard + 1);

  const writes = connector.probes?.filter((probe) => !isRead(connector, probe.scope)) ?? [];
  expect(writes.length).toBeGreaterThan(0);
  for (const write of writes) {
    const before = at(connector.id).calls.length;
    expect(await callWith(connector, held, write), write.label).toBe(403);
    expect(at(connector.id).calls.length - before, write.label).toBe(direct ? 1 : 0);
  }
  return {
    connector: connector.name,
    holds,
    narrowedBy: WAYS[held.narrowed_by]?.(connector.name) ?? held.narrowed_by,
    delivery: direct ? "direct" : "gateway",
    read: `${read.label}: 200`,
    refused: `${writes.length} of ${writes.length}`,
    by: direct ? connector.name : "Valet",
    selfTest: (selfTest?.outcome ?? "not run").replace("_", " "),
  };
}

describe.each(connectors.map((connector) => [connector.name, connector] as const))("a read-only grant at %s", (_name, connector) => {
  it.each(Object.keys(CONSENTS) as (keyof typeof CONSENTS)[])("reads and does nothing else, on an account that gave %s", async (holds) => {
    rows.push(await lendAndCall(connector, holds));
  });
});

it("the page in docs is what this run showed", async () => {
  const page = writeNarrowingTable(rows);
  if (WRITES) await writeFile(PAGE, page);
  expect(await readFile(PAGE, "utf8"), "Run npm run narrowing-table and commit what it wrote.").toBe(page);
});
