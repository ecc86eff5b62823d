import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { disconnectConnection } from "../connections/disconnect";
import type { PersonCtx } from "../ctx";
import { writingSide } from "../db";
import { connect, lend, type World, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { mintGrant } from "./mint";
import { searchGrants } from "./page";
import { revokeGrant } from "./revoke";

let here: World;
let ada: PersonCtx;
const lent: Record<string, string> = {};
const nameOf = (id: string) => Object.keys(lent).find((name) => lent[name] === id) ?? id;
const found = async (search: Parameters<typeof searchGrants>[1] = {}, ctx = ada) =>
  (await searchGrants(ctx, search)).grants.map(({ id }) => nameOf(id));

beforeAll(async () => {
  here = await world();
  ada = await person(here.core, { name: "Ada Keeping" });
  const [connectionId, other] = [await connect(ada), await connect(ada, { login: "linus" })];
  const [bot, helper] = [await agent(here.core, ada), await agent(here.core, ada, { name: "Night helper" })];
  const give = async (name: string, input: object, of = connectionId, to = bot) => {
    lent[name] = (
      await mintGrant(ada, { agentId: to.agentId, connectionId: of, lifetime: "8h", scopes: ["issues:read"], ...input })
    ).grantId;
  };
  await give("month", { lifetime: "30d" });
  await give("hour", { lifetime: "1h" });
  await give("writes", { lifetime: "7d", scopes: ["issues:write"] }, connectionId, helper);
  await give("revoked", {});
  await revokeGrant(ada, { grantId: lent.revoked as string });
  await give("cut off", {}, other);
  await disconnectConnection(ada, { connectionId: other });
});
afterAll(() => here.close());

describe("a page of grants", () => {
  it("has what is open, the nearest end first; what is over stands by itself, and both are counted", async () => {
    expect(await found()).toEqual(["hour", "writes", "month"]);
    expect((await found({ state: "over" })).sort()).toEqual(["cut off", "revoked"]);
    expect((await searchGrants(ada)).counts).toEqual({ open: 3, over: 2 });
  });

  it("says the same of each as its state does", async () => {
    for (const state of ["open", "over"] as const) {
      const { grants } = await searchGrants(ada, { state });
      for (const grant of grants) expect(grant.state === "ended" || grant.state === "revoked").toBe(state === "over");
    }
  });

  it("is narrowed by access, service, agent and text, and counts by the same", async () => {
    expect(await found({ access: "write" })).toEqual(["writes"]);
    expect(await found({ connector: "github" })).toEqual([]);
    expect(await found({ connector: "demo" })).toHaveLength(3);
    expect(await found({ text: "NIGHT" })).toEqual(["writes"]);
    expect(await found({ text: "demo trac" })).toHaveLength(3);
    expect(await found({ text: "linus", state: "over" })).toEqual(["cut off"]);
    expect(await found({ text: lent.hour })).toEqual(["hour"]);
    expect((await searchGrants(ada, { text: "night" })).counts).toEqual({ open: 1, over: 0 });
    const { grants } = await searchGrants(ada, { access: "write" });
    expect(await found({ agentId: grants[0]?.agentId })).toEqual(["writes"]);
  });

  it("takes text as it is: no wildcard, no pattern", async () => {
    for (const text of ["%", "_", "'; drop table grants; --"]) expect(await found({ text })).toEqual([]);
  });

  it("goes on where the last one ended, each grant once, in both directions, also at one end", async () => {
    const bo = await person(here.core);
    const connectionId = await connect(bo);
    const bot = await agent(here.core, bo);
    const input = { agentId: bot.agentId, connectionId, scopes: ["issues:read"] };
    const made: string[] = [];
    for (const lifetime of ["1h", "8h", "8h", "8h", "7d"] as const) made.push((await mintGrant(bo, { ...input, lifetime })).grantId);
    const walk = async (state: "open" | "over") => {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await searchGrants(bo, { state, limit: 2, ...(cursor ? { cursor } : {}) });
        seen.push(...page.grants.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      return seen;
    };
    const open = await walk("open");
    expect([open[0], open.at(-1), [...open].sort()]).toEqual([made[0], made[4], [...made].sort()]);
    await writingSide(here.core.db).prisma.grant.updateMany({
      where: { personId: bo.actor.personId },
      data: { revokedAt: here.core.clock.now() },
    });
    expect(await walk("over")).toEqual([...open].reverse());
    for (const cursor of ["x", "zzzzzzzzzzz.grt_1", "1.con_1", "'"])
      expect((await searchGrants(bo, { state: "over", cursor })).grants).toBeDefined();
  });

  it("is a person's own, unless an admin or auditor asks for everyone's", async () => {
    const other = await lend(here);
    const auditor = await person(here.core, { role: "auditor" });
    expect(await found({ everyone: true })).toHaveLength(3);
    expect(await found({}, auditor)).toEqual([]);
    expect((await found({ everyone: true }, auditor)).sort()).toEqual([...["hour", "month", "writes"], other.grantId].sort());
    expect(await found({ everyone: true, text: "keeping" }, here.admin)).toHaveLength(3);
  });
});
