import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { getGrant } from "../grants/list";
import { connect, exchangeGrant, type World, watchRows, world } from "../testing/builders";
import { agent, person } from "../testing/people";
import { lendGrant } from "./lendGrant";
import { testGrant } from "./selfTest";

let here: World;
beforeAll(async () => {
  here = await world();
});
afterEach(() => {
  here.saas.control.repair();
  here.saas.control.release();
});
afterAll(() => here.close());

/** Somebody who is about to lend. */
async function lender() {
  const owner = await person(here.core);
  const [connectionId, bot] = [await connect(owner), await agent(here.core, owner)];
  return { owner, bot, input: { agentId: bot.agentId, connectionId, scopes: ["issues:read"], lifetime: "8h" as const } };
}

it("a lent grant is proven before it can be used, and then it works", async () => {
  const { owner, bot, input } = await lender();
  const { result, left } = await watchRows(here.core, () => lendGrant(owner, input));
  expect(result.selfTest).toMatchObject({ outcome: "proven", suspended: false });
  expect([left.at(0)?.event, left.at(-1)?.event]).toEqual(["grant.mint", "grant.test"]);
  expect(await getGrant(owner, result)).toMatchObject({ state: "live", selfTest: { outcome: "proven", provenAt: here.core.clock.now() } });
  expect((await exchangeGrant(here.core, { bot, grantId: result.grantId })).status).toBe(200);
});

it("while it is being tested nobody can use it, and the agent is told when to ask again", async () => {
  const { owner, bot, input } = await lender();
  here.saas.control.breakAll("api", "hang");
  const lending = lendGrant(owner, input);
  await here.saas.control.held(1);
  const { id } = await here.core.db.grant.findFirstOrThrow({ where: { agentId: bot.agentId } });
  const refused = await exchangeGrant(here.core, { bot, grantId: id });
  expect([refused.status, refused.headers.get("retry-after"), (await refused.json()).reason]).toEqual([400, "5", "grant_untested"]);
  here.saas.control.repair();
  here.saas.control.release();
  await lending;
  expect((await exchangeGrant(here.core, { bot, grantId: id })).status).toBe(200);
});

it.each(["500", "503", "drop", "html"] as const)(
  "a SaaS that answers nothing of use (%s) keeps nobody from lending: it is not proven yet",
  async (mode) => {
    const { owner, bot, input } = await lender();
    here.saas.control.breakAll("api", mode);
    const { grantId, selfTest } = await lendGrant(owner, input);
    expect(selfTest).toMatchObject({ outcome: "not_proven", suspended: false, provenAt: null });
    expect(await getGrant(owner, { grantId })).toMatchObject({ state: "live", selfTest: { outcome: "not_proven", provenAt: null } });
    expect((await exchangeGrant(here.core, { bot, grantId })).status).toBe(200);
  },
);

it("a grant with something open is never usable, not even once", async () => {
  const { owner, bot, input } = await lender();
  here.saas.control.breakAll("api", "empty");
  const { grantId, selfTest } = await lendGrant(owner, input);
  expect(selfTest).toMatchObject({ outcome: "open", suspended: true });
  const told = await (await exchangeGrant(here.core, { bot, grantId })).json();
  expect(told).toMatchObject({ reason: "grant_suspended", smallest_grant: { scopes: ["issues:read"], labels: ["Read issues"] } });
  expect(told.fix).toBe(told.smallest_grant.url);
  expect(await getGrant(owner, { grantId })).toMatchObject({ state: "blocked", stateReason: "grant_suspended" });
});

it("a test that breaks off by a fault of ours leaves the grant shut until it is tested anew", async () => {
  const { owner, bot, input } = await lender();
  const open = () => {
    throw new TypeError("a bug");
  };
  const { grantId, selfTest } = await lendGrant({ ...owner, vault: { ...owner.vault, open } }, input);
  expect(selfTest).toBeNull();
  expect((await (await exchangeGrant(here.core, { bot, grantId })).json()).reason).toBe("grant_untested");
  await testGrant(owner, { grantId });
  expect((await exchangeGrant(here.core, { bot, grantId })).status).toBe(200);
});
