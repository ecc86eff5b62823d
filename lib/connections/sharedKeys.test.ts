import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { getGrant } from "../grants/list";
import { mintGrant } from "../grants/mint";
import { previewGrant } from "../grants/preview";
import { removePerson } from "../people/status";
import {
  accessToken,
  apiToken,
  bearer,
  call,
  connect,
  exchangeGrant,
  lend,
  send,
  usesOf,
  type World,
  watchRows,
  world,
} from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { beginConnection } from "./begin";
import { disconnectConnection, endSpentKeys } from "./disconnect";
import { getConnection } from "./list";
import { recordSharedKey } from "./recordKey";
import { listSharedKeys } from "./sharedKeys";

let here: World;
/** A token that opens ada's account at the SaaS, as somebody would have pasted it. */
let pasted: string;
beforeAll(async () => {
  here = await world({ profile: { accessTokenSeconds: 10 * 86_400 } });
  const lent = await lend(here, { scopes: ["issues:read", "issues:write", "files:read"] });
  const connection = await here.core.db.connection.findUniqueOrThrow({ where: { id: lent.connectionId } });
  const place = { table: "connections", row: lent.connectionId, column: "sealed_access" };
  pasted = here.core.vault.open("passing", place, connection.sealedAccess ?? "");
});
afterAll(() => here.close());

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(here.core.clock.now().getTime() + days * DAY_MS);
const input = (more: object = {}) => ({
  connector: "demo",
  accountName: "Old CI",
  token: pasted,
  scopes: ["issues:read", "issues:write"],
  endsAt: inDays(2),
  ...more,
});

async function recorded(more: object = {}) {
  const owner = await person(here.core);
  const { connectionId } = await recordSharedKey(owner, input(more));
  const bot = await agent(here.core, owner);
  return { owner, connectionId, bot };
}

async function lentKey(more: object = {}) {
  const key = await recorded();
  const { agentId } = key.bot;
  const wish = { agentId, connectionId: key.connectionId, lifetime: "30d" as const, scopes: ["issues:read"], ...more };
  const { grantId } = await mintGrant(key.owner, wish);
  return { ...key, grantId };
}

describe("a shared key", () => {
  it("is recorded with an owner and an end, sealed, with its row, and wears a warning", async () => {
    const { result, left } = await watchRows(here.core, () => recorded());
    const { owner, connectionId } = result;
    const kept = await here.core.db.connection.findUniqueOrThrow({ where: { id: connectionId } });
    expect(kept).toMatchObject({ personId: owner.actor.personId, keyEndsAt: inDays(2), accessExpiresAt: inDays(2), sealedRefresh: null });
    expect(kept.accountName).toBe("Old CI (key of ada)");
    const warning = `Shared key: whoever has a copy of it can use it without Valet, and the service cannot tell who did. It ends here on ${inDays(2).toISOString().slice(0, 10)}. Replace it by a connected account.`;
    expect(await getConnection(owner, { connectionId })).toMatchObject({ keyEndsAt: inDays(2), warning, status: "active" });
    expect(left).toMatchObject([
      {
        event: "connection.record_key",
        personId: owner.actor.personId,
        connectionId,
        scopes: ["issues:read", "issues:write"],
        detail: { keyEndsAt: inDays(2).toISOString() },
      },
    ]);
    expect(JSON.stringify([left, kept])).not.toContain(pasted);
  });

  it("needs an end within 90 days, permissions that are known, a name, and a key that opens an account", async () => {
    const owner = await person(here.core);
    const refused = async (more: object) => {
      const { result, left } = await watchRows(here.core, () => refusalOf(recordSharedKey(owner, input(more))));
      expect(left).toMatchObject([{ event: "connection.record_key", decision: "refused", reason: result.reason }]);
      expect(JSON.stringify([result, left])).not.toContain(pasted);
      return [result.code, result.reason];
    };
    expect(await refused({ endsAt: here.core.clock.now() })).toEqual(["invalid_request", "end_past"]);
    expect(await refused({ endsAt: new Date(inDays(90).getTime() + 1) })).toEqual(["invalid_request", "end_too_far"]);
    expect(await refused({ scopes: [] })).toEqual(["invalid_scope", "scope_missing"]);
    expect(await refused({ scopes: ["issues:read", "nothing"] })).toEqual(["invalid_scope", "scope_unknown"]);
    expect(await refused({ token: "saas_at_unknown" })).toEqual(["upstream_failed", "account_unknown"]);
    expect(await refused({ token: (await agent(here.core, owner)).clientSecret })).toEqual(["invalid_request", "key_ours"]);
    expect(await refused({ connector: "github" })).toEqual(["not_found", "connector_off"]);
    for (const more of [{ token: "short" }, { token: `${pasted} ` }, { token: `${pasted}\n` }, { accountName: " " }, { endsAt: undefined }])
      await expect(recordSharedKey(owner, input(more) as never)).rejects.toMatchObject({ name: "ZodError" });
    expect(await here.core.db.connection.count({ where: { personId: owner.actor.personId } })).toBe(0);
  });

  it("stands beside the account's own connection, and is not reconnected", async () => {
    const { owner, connectionId } = await recorded();
    expect(await connect(owner)).not.toBe(connectionId);
    const again = beginConnection(owner, { connector: "demo", connectionId, browserSecret: "x".repeat(40) });
    expect(await refusalOf(again)).toMatchObject({ code: "invalid_request", reason: "key_not_reconnected" });
  });
});

describe("what is lent from a shared key", () => {
  it("says so on the grant, in the answer and on every row; through the gateway alone, and never past the key's end", async () => {
    const lent = await lentKey();
    expect(await getGrant(lent.owner, lent)).toMatchObject({
      pattern: "shared_key",
      delivery: "gateway",
      narrowedBy: "gateway",
      expiresAt: inDays(2),
      warning: expect.stringContaining("Shared key"),
      consent: { shown: { pattern: "shared_key", authority: expect.stringContaining("acts by a shared key") } },
    });
    const body = await (await exchangeGrant(here.core, lent)).json();
    expect(body).toMatchObject({ pattern: "shared_key", narrowed_by: "gateway", warning: expect.stringContaining("Shared key") });
    expect((await call(here.core, body.access_token, "/api/issues")).status).toBe(200);
    expect(here.saas.calls.at(-1)).toMatchObject({ path: "/api/issues" });
    expect((await call(here.core, body.access_token, "/api/files")).status).toBe(403);
    expect((await call(here.core, body.access_token, "/api/issues/1", { method: "DELETE" })).status).toBe(403);
    const rows = await usesOf(here.core, lent.grantId);
    expect(rows.map(({ pattern, personId }) => [pattern, personId])).toEqual(Array(4).fill(["shared_key", lent.owner.actor.personId]));
  });

  it("is no more than it is believed to have, never direct, and nothing else than a shared key", async () => {
    const { owner, connectionId, bot } = await recorded();
    const plan = (more: object) =>
      refusalOf(previewGrant(owner, { agentId: bot.agentId, connectionId, lifetime: "1h", scopes: ["issues:read"], ...more }));
    expect(await plan({ scopes: ["files:read"] })).toMatchObject({ code: "invalid_scope", reason: "scope_beyond_connection" });
    expect(await plan({ delivery: "direct" })).toMatchObject({ code: "invalid_request", reason: "direct_not_possible" });
    for (const pattern of ["own", "delegated"]) expect(await plan({ pattern })).toMatchObject({ reason: "pattern_of_shared_key" });
    const all = await previewGrant(owner, { agentId: bot.agentId, connectionId, lifetime: "1h", scopes: ["issues:read", "issues:write"] });
    expect(all).toMatchObject({ narrowedBy: "gateway", delivery: "gateway", directPossible: false, separateConsent: null });
  });

  it("is dead at the key's end, to the millisecond, whatever is held", async () => {
    const lent = await lentKey();
    here.core.clock.set(new Date(inDays(2).getTime() - 1000));
    const token = await accessToken(here.core, lent);
    expect((await call(here.core, token, "/api/issues")).status).toBe(200);
    // The grant itself is made to last longer: the key alone must end it.
    await writingSide(here.core.db).prisma.grant.update({ where: { id: lent.grantId }, data: { expiresAt: inDays(30) } });
    const longer = await accessToken(here.core, lent);
    here.core.clock.advance({ seconds: 1 });
    const before = here.saas.calls.length;
    const refused = await call(here.core, longer, "/api/issues");
    expect([refused.status, (await refused.json()).reason]).toEqual([403, "key_ended"]);
    const exchange = await exchangeGrant(here.core, lent);
    expect([exchange.status, (await exchange.json()).reason]).toEqual([400, "key_ended"]);
    const pat = await apiToken(lent.owner);
    expect((await call(here.core, pat, "/api/issues", { headers: { "valet-connection": lent.connectionId } })).status).toBe(403);
    expect(here.saas.calls.length).toBe(before);
  });

  it("is admitted by the ledger alone: a key that ends while a token is made gives nothing", async () => {
    const lent = await lentKey();
    const sign = here.core.signer.sign;
    const signer = {
      ...here.core.signer,
      sign: async (...all: Parameters<typeof sign>) => {
        const data = { keyEndsAt: here.core.clock.now() };
        await writingSide(here.core.db).prisma.connection.update({ where: { id: lent.connectionId }, data });
        return sign(...all);
      },
    };
    const answer = await exchangeGrant({ ...here.core, signer }, lent);
    expect([answer.status, (await answer.json()).reason]).toEqual([400, "key_ended"]);
  });
});

describe("the end of a shared key", () => {
  it("erases it, says honestly that it lives on at the service, and never ends it there", async () => {
    const { owner, connectionId } = await recorded();
    here.core.clock.set(inDays(2));
    expect(await endSpentKeys(here.core)).toBeGreaterThan(0);
    const kept = await here.core.db.connection.findUniqueOrThrow({ where: { id: connectionId } });
    expect(kept).toMatchObject({
      status: "disconnected",
      sealedAccess: null,
      statusNote: expect.stringContaining("still works for whoever"),
    });
    expect(await endSpentKeys(here.core)).toBe(0);
    expect(await getConnection(owner, { connectionId })).toMatchObject({ status: "disconnected" });
    const account = await fetch(`${here.saas.url}/api/me`, { headers: bearer(pasted) });
    expect(account.status).toBe(200);
  });

  it("comes with its owner's leaving, and by hand", async () => {
    const one = await recorded();
    await removePerson(here.admin, { personId: one.owner.actor.personId });
    expect(await here.core.db.connection.findUniqueOrThrow({ where: { id: one.connectionId } })).toMatchObject({ sealedAccess: null });
    const two = await recorded();
    expect(await disconnectConnection(two.owner, two)).toMatchObject({ endedAtProvider: "not_possible" });
    expect((await fetch(`${here.saas.url}/api/me`, { headers: bearer(pasted) })).status).toBe(200);
  });
});

describe("all shared keys", () => {
  it("are shown to admins and auditors, the next to end first; to nobody else", async () => {
    const [later, sooner] = [await recorded({ endsAt: inDays(5) }), await recorded({ endsAt: inDays(1) })];
    const told = async (who: PersonCtx) => (await listSharedKeys(who)).map(({ connectionId }) => connectionId);
    const seen = await told(here.admin);
    expect(seen.indexOf(sooner.connectionId)).toBeLessThan(seen.indexOf(later.connectionId));
    expect(await told(await person(here.core, { role: "auditor" }))).toEqual(seen);
    expect(await refusalOf(listSharedKeys(later.owner))).toMatchObject({ code: "forbidden" });
  });

  it("are recorded by script, and the key is nowhere in the answer", async () => {
    const owner = await person(here.core);
    const headers = { ...bearer(await apiToken(owner)), "content-type": "application/json" };
    const body = JSON.stringify({
      connector: "demo",
      account_name: "Script key",
      token: pasted,
      scopes: ["issues:read"],
      ends_at: inDays(3),
    });
    const answer = await send(here.core, "/api/v1/shared-keys", { method: "POST", headers, body });
    const text = await answer.text();
    expect(answer.status).toBe(201);
    expect(JSON.parse(text)).toMatchObject({
      account_name: "Script key (key of ada)",
      key_ends_at: inDays(3).toISOString(),
      warning: expect.any(String),
    });
    expect(text).not.toContain(pasted);
    const all = await send(here.core, "/api/v1/shared-keys", { headers: bearer(await apiToken(here.admin)) });
    expect((await all.json()).data.some((one: { account_name: string }) => one.account_name === "Script key (key of ada)")).toBe(true);
  });
});
