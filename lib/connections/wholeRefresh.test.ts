import { afterAll, beforeAll, expect, it } from "vitest";
import type { Connector } from "../connectors/connector";
import { connectors } from "../connectors/registry";
import { withTenant } from "../connectors/tenant";
import { writingSide } from "../db";
import { person, type TestCore, testCore } from "../testing/core";
import { connectionRecord, grantRecord } from "../testing/lent";
import { agent } from "../testing/people";
import { type LendInput, narrowInTurn } from "./lend";

const sent: { url: string; body: string }[] = [];
let core: TestCore;
let input: Omit<LendInput, "by" | "scopes">;
beforeAll(async () => {
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    sent.push({ url: String(url), body: String(init?.body ?? "") });
    return Response.json({ error: "temporarily_unavailable" }, { status: 503 });
  };
  core = await testCore({ fetch });
  const owner = await person(core);
  const connectionId = await connectionRecord(core, owner);
  await writingSide(core.db).prisma.connection.update({ where: { id: connectionId }, data: { accessExpiresAt: core.clock.now() } });
  const { agentId } = await agent(core, owner);
  const grantId = await grantRecord(core, owner, { agentId, connectionId });
  const { personId } = owner.actor;
  input = { grantId, personId, connectionId, accountName: "ada", repositories: null, handedUntil: null };
});
afterAll(() => core.close());

async function refreshed(connector: Connector, by: LendInput["by"]): Promise<string[]> {
  sent.length = 0;
  const client = {
    connector: withTenant(connector, connector.tenant?.example ?? null),
    clientId: "us",
    clientSecret: "secret",
    ceiling: [],
  };
  const scopes = connector.scopes.slice(0, 1).map(({ name }) => name);
  await narrowInTurn(core, client, { ...input, by, scopes }).catch(() => null);
  await core.limits.forgive("narrowing", input.grantId);
  return sent.map(({ body }) => body).filter((body) => body.includes("refresh_token"));
}

const kept = new Set(["demo", "dropbox", "google", "google-cloud", "okta"]);
const refreshing = connectors.filter(({ tokens }) => tokens.refresh !== "none" && tokens.refresh !== "minted");

it.each(refreshing.map((connector) => [connector.id, connector] as const))(
  "%s is asked to renew a token with fewer scopes only where the connection keeps all of its own",
  async (id, connector) => {
    for (const by of ["provider", "consent"] as const) {
      const bodies = await refreshed(connector, by);
      const isScoped = bodies.some((body) => /(^|&)scope=|"scope"/.test(body));
      expect(isScoped, by).toBe(by === "provider" && kept.has(id));
      if (by === "consent") expect(bodies).toHaveLength(1);
    }
  },
);
