import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pauseAgent } from "../agents/status";
import { agreeLink } from "../chains/agree";
import { disconnectConnection } from "../connections/disconnect";
import { writingSide } from "../db";
import { mintGrant } from "../grants/mint";
import { revokeGrant } from "../grants/revoke";
import { suspendPerson } from "../people/status";
import { giveOwnAccess } from "../platform/ownAccess";
import { registerResource } from "../platform/resources";
import { connect, exchangeGrant, type Lent, lend, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { refusalOf } from "../testing/refusal";
import { type AccessList, listAccess } from "./access";
import { chooseAccounts } from "./chooseAccounts";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

/** A grant of somebody of their own to an agent of somebody else. */
async function lent(scopes = ["issues:read"]): Promise<Lent & { readonly keeperId: string }> {
  const keeper = await person(here.core, { name: "Grace Keeper" });
  const one = await lend(here, { scopes, delivery: "gateway" }, await agent(here.core, keeper, { name: "Reach bot" }));
  return { ...one, keeperId: keeper.actor.personId };
}
const reach = async (filter = {}) => (await listAccess(here.admin, filter)).rows.map(({ grantId }) => grantId);
const update = (grantId: string, data: object) => writingSide(here.core.db).prisma.grant.update({ where: { id: grantId }, data });

const ENDINGS: Readonly<Record<string, (of: Lent & { keeperId: string }) => Promise<unknown>>> = {
  "was revoked": ({ owner, grantId }) => revokeGrant(owner, { grantId }),
  "has ended": ({ grantId }) => update(grantId, { expiresAt: here.core.clock.now() }),
  "was shut by its self-test": ({ grantId }) => update(grantId, { suspendedAt: here.core.clock.now() }),
  "rests on an account that is disconnected": ({ owner, connectionId }) => disconnectConnection(owner, { connectionId }),
  "is an agent's that is paused": ({ bot }) => pauseAgent(here.admin, { agentId: bot.agentId }),
  "is an agent's without an active owner": ({ keeperId }) => suspendPerson(here.admin, { personId: keeperId }),
  "was lent by somebody who is suspended": ({ owner }) => suspendPerson(here.admin, { personId: owner.actor.personId }),
};

describe("access, asked from either end", () => {
  it("names the grant with whose it is, what it may do in words, until when, by whom it is held, and to whom it may be handed on", async () => {
    const one = await lent(["issues:read", "issues:comment"]);
    const second = await agent(here.core, one.owner, { name: "Second hand" });
    await agreeLink(one.owner, { grantId: one.grantId, fromAgentId: one.bot.agentId, toAgentId: second.agentId });
    expect((await exchangeGrant(here.core, one)).status).toBe(200);
    const { rows, total } = await listAccess(here.admin, { agentId: one.bot.agentId });
    expect([total, rows.length]).toEqual([1, 1]);
    expect(rows[0]).toMatchObject({
      ...{ grantId: one.grantId, agentName: "Reach bot", personName: "Ada Lovelace", connector: "demo", accountName: "ada" },
      ...{ connectorName: "Demo Tracker", access: "write", pattern: "delegated", delivery: "gateway", narrowedBy: "gateway" },
      ...{ permissions: ["Read issues", "Comment on issues"], handsOnTo: ["Second hand"], lastUsedAt: here.core.clock.now() },
    });
  });

  it.each(Object.entries(ENDINGS))("knows no grant that %s, just as an exchange is refused", async (_, end) => {
    const one = await lent();
    expect([(await exchangeGrant(here.core, one)).status, await reach({ agentId: one.bot.agentId })]).toEqual([200, [one.grantId]]);
    await end(one);
    expect([(await exchangeGrant(here.core, one)).ok, await reach({ agentId: one.bot.agentId })]).toEqual([false, []]);
  });

  it("finds the same by agent, person, account, service and kind of access, and nothing by what it is not", async () => {
    const one = await lent();
    const mine = { agentId: one.bot.agentId };
    const personId = one.owner.actor.personId;
    for (const filter of [{ personId }, { connectionId: one.connectionId }, { connector: "demo", ...mine }, { access: "read", ...mine }])
      expect(await reach(filter)).toEqual([one.grantId]);
    for (const filter of [{ personId: one.keeperId }, { connector: "github", ...mine }, { access: "write", ...mine }, { agentId: "agt_x" }])
      expect(await reach(filter)).toEqual([]);
  });

  it("says what an agent may do on its own authority, beside what it was lent", async () => {
    const bot = await agent(here.core, here.admin, { name: "Deploy bot" });
    const resource = "https://deploy.example.com";
    const { id: resourceId } = await registerResource(here.admin, { resource, name: "Deploys", scopes: ["deploy:run"] });
    await giveOwnAccess(here.admin, { agentId: bot.agentId, resourceId, scopes: ["deploy:run"] });
    const asked = await listAccess(here.admin, { agentId: bot.agentId });
    expect(asked).toMatchObject({
      rows: [],
      own: [{ agentName: "Deploy bot", resource, resourceName: "Deploys", scopes: ["deploy:run"] }],
    });
    await pauseAgent(here.admin, { agentId: bot.agentId });
    expect((await listAccess(here.admin, { agentId: bot.agentId })).own).toEqual([]);
  });

  it("comes in pages that hold every grant once, and a cursor of none is the first page", async () => {
    const keeper = await person(here.core, { name: "Paging Keeper" });
    const one = await lend(here, { scopes: ["issues:read"], delivery: "gateway" }, await agent(here.core, keeper, { name: "Paged bot" }));
    const ids = [one.grantId];
    for (const scopes of [["issues:read", "issues:write"], ["files:read"], ["issues:read"], ["profile:read"]]) {
      const input = {
        agentId: one.bot.agentId,
        connectionId: one.connectionId,
        scopes,
        lifetime: "1h" as const,
        delivery: "gateway" as const,
      };
      ids.push((await mintGrant(one.owner, input)).grantId);
    }
    const filter = { agentId: one.bot.agentId, limit: 2 };
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: AccessList = await listAccess(here.admin, { ...filter, ...(cursor ? { cursor } : {}) });
      expect([page.total, page.rows.length <= 2]).toEqual([5, true]);
      seen.push(...page.rows.map(({ grantId }) => grantId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
    const first = await listAccess(here.admin, filter);
    expect((await listAccess(here.admin, { ...filter, cursor: "grt_nobody" })).rows).toEqual(first.rows);
    await revokeGrant(one.owner, { grantId: first.rows[1]?.grantId ?? "" });
    const rest = await listAccess(here.admin, { ...filter, limit: 4, ...(first.nextCursor ? { cursor: first.nextCursor } : {}) });
    expect(rest.rows.map(({ grantId }) => grantId)).toEqual(seen.slice(2));
  });

  it("offers a person's accounts to choose from, also by one of them alone, and those beside them to nobody", async () => {
    const one = await lent();
    const other = await connect(one.owner, { login: "grace" });
    await disconnectConnection(one.owner, { connectionId: other });
    const { personId } = one.owner.actor;
    const account = (id: string, accountName: string) => ({ id, connector: "demo", connectorName: "Demo Tracker", accountName });
    expect(await chooseAccounts(here.admin, { personId })).toEqual({ personId, accounts: [account(one.connectionId, "ada")] });
    const both = await chooseAccounts(here.admin, { personId, connectionId: other });
    expect(both.accounts.toSorted((a, b) => (a.accountName < b.accountName ? -1 : 1))).toEqual([
      account(one.connectionId, "ada"),
      account(other, "grace"),
    ]);
    expect(await chooseAccounts(here.admin, { connectionId: one.connectionId })).toEqual({
      personId,
      accounts: [account(one.connectionId, "ada")],
    });
    const nobodys = { personId: null, accounts: [] };
    expect([await chooseAccounts(here.admin, {}), await chooseAccounts(here.admin, { connectionId: "con_x" })]).toEqual([nobodys, nobodys]);
    expect(await refusalOf(chooseAccounts(one.owner, { personId }))).toMatchObject({ code: "forbidden" });
  });

  it("is for admins and auditors", async () => {
    expect(await refusalOf(listAccess(await person(here.core)))).toMatchObject({ code: "forbidden" });
    expect((await listAccess(await person(here.core, { role: "auditor" }))).total).toBeGreaterThan(0);
  });
});
