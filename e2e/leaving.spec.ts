import { setOwners } from "../lib/agents/owners";
import { connectDemo } from "./support/accounts";
import { call, exchange, fetchAccess, lend, register } from "./support/agent";
import { apiTokenOf, type Entered, join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

test("somebody leaves: what stops is told by name, their agents move to another owner, and nothing else of theirs is left live", async ({
  world,
  open,
}) => {
  const here = await settle(world);
  const { lea, heir, bots, tokensBefore, apiToken } = here;
  const [page, leas, heirs] = [await open(world.admin), await open(lea), await open(heir)];
  await leas.goto("/grants");
  await page.goto(`/admin/people?q=${lea.email}`);
  await page.getByRole("link", { name: "Lea Leaving", exact: true }).click();
  const part = (name: string) => page.getByRole("region", { name, exact: true });
  for (const [name, more] of [
    ["Night bot", "nobody else owns it"],
    ["Day bot", "nobody else owns it"],
    ["Shared bot", "goes on with Hal Heir"],
  ] as const)
    await expect(part("Agents").getByRole("listitem").filter({ hasText: name })).toContainText(more);
  await expect(part("Accounts").getByRole("listitem")).toHaveText(/Demo Tracker, grace/);
  await expect(part("Live grants").getByRole("listitem")).toHaveCount(3);
  await expect(page.getByText("3 live grants, 1 account and 1 API token of theirs end with them.")).toBeVisible();

  await page.getByLabel("Hand their 3 agents to").fill(heir.email);
  await page.getByRole("button", { name: "Hand over" }).click();
  await expect(part("Agents")).toContainText("They own no agent.");
  await page.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("3 live grants end at once, 1 account is disconnected, and 0 agents stop.");
  await expect(dialog.getByText("Night bot loses Demo Tracker, grace.")).toHaveCount(2);
  await expect(dialog).toContainText("Demo Tracker, grace is disconnected.");
  await dialog.getByRole("button", { name: "Yes, remove" }).click();
  await expect(part("Live grants")).toContainText("They lend nothing right now.");
  await expect(page.getByRole("button", { name: "Let back in" })).toBeVisible();

  await heirs.goto("/agents");
  for (const { name } of bots) await expect(heirs.getByRole("link", { name, exact: true })).toBeVisible();
  await heirs.goto(`/agents/${bots[0].agentId}`);
  await expect(heirs.getByRole("button", { name: "Pause agent" })).toBeVisible();
  // 100 % of the agents go on, with what others lent them.
  for (const bot of bots) {
    const lentByHeir = here.byHeir.get(bot.agentId) ?? "";
    const access = await fetchAccess(world, bot, lentByHeir);
    expect((await call(access.access_token, "GET", `${access.api_base}/api/issues`)).status).toBe(200);
  }
  await expectNothingLeft(world, here);
  await leas.goto("/grants");
  await expect(leas).toHaveURL(/\/sign-in/);
  expect((await call(apiToken, "GET", `${world.valet.url}/api/v1/me`)).status).toBe(401);
  const theirs = world.saas.control.tokens().slice(tokensBefore);
  expect(theirs.filter(({ login }) => login === "grace").length).toBeGreaterThan(2);
  expect(theirs.filter(({ login, standing }) => login === "grace" && standing === "live")).toEqual([]);
});

test("an agent that is not handed over stops with its only owner, is shown without one, and goes on when an admin names another", async ({
  world,
  open,
}) => {
  const { lea, heir, bots, byHeir } = await settle(world);
  const [bot] = bots;
  const grantId = byHeir.get(bot.agentId) ?? "";
  const access = await fetchAccess(world, bot, grantId);
  const page = await open(world.admin);
  await page.goto(`/admin/people/${lea.ctx.actor.personId}`);
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("dialog")).toContainText("Night bot stops: nobody else owns it.");
  await page.getByRole("dialog").getByRole("button", { name: "Yes, remove" }).click();
  await expect(page.getByRole("button", { name: "Let back in" })).toBeVisible();
  expect((await call(access.access_token, "GET", `${access.api_base}/api/issues`)).body).toMatchObject({ reason: "owner_suspended" });
  for (const { name, agentId } of bots) {
    const answer = await exchange(world, bots.find((one) => one.agentId === agentId) ?? bot, byHeir.get(agentId) ?? "");
    expect([name, answer.body.reason]).toEqual([name, name === "Shared bot" ? undefined : "owner_suspended"]);
  }
  await page.goto("/admin/agents?status=orphaned&q=Night+bot");
  await expect(page.getByRole("link", { name: "Night bot" }).first()).toBeVisible();
  await setOwners(world.admin.ctx, { agentId: bot.agentId, owner: heir.email });
  expect((await exchange(world, bot, grantId)).status).toBe(200);
});

/** Somebody with three agents, one of them shared, who lends in both ways; and the heir, who lends to each of them too. */
async function settle(world: World) {
  const [lea, heir] = [await join(world, "Lea Leaving"), await join(world, "Hal Heir")];
  const bots = [await register(lea, "Night bot"), await register(lea, "Day bot"), await register(lea, "Shared bot")] as const;
  await setOwners(lea.ctx, { agentId: bots[2].agentId, secondOwner: heir.email });
  const tokensBefore = world.saas.control.tokens().length;
  const [leas, heirs] = [await connectDemo(lea, { login: "grace" }), await connectDemo(heir, { login: "linus" })];
  const direct = await lend(lea, bots[0], leas, { delivery: "direct", scopes: ["issues:read"] });
  const proxied = await lend(lea, bots[0], leas, { delivery: "gateway" });
  const other = await lend(lea, bots[2], leas, { delivery: "gateway" });
  const held = { direct: await fetchAccess(world, bots[0], direct.grantId), proxied: await fetchAccess(world, bots[0], proxied.grantId) };
  expect((await call(held.direct.access_token, "GET", `${world.saas.url}/api/issues`)).status).toBe(200);
  const byHeir = new Map<string, string>();
  for (const bot of bots) byHeir.set(bot.agentId, (await lend(heir, bot, heirs, { delivery: "gateway" })).grantId);
  const lent = [
    { bot: bots[0], grantId: direct.grantId },
    { bot: bots[0], grantId: proxied.grantId },
    { bot: bots[2], grantId: other.grantId },
  ] as const;
  return { lea, heir, bots, lent, held, byHeir, leas, tokensBefore, apiToken: await apiTokenOf(lea) };
}

interface Left {
  readonly lea: Entered;
  readonly lent: readonly { readonly bot: Parameters<typeof exchange>[1]; readonly grantId: string }[];
  readonly held: Readonly<Record<"direct" | "proxied", { readonly access_token: string; readonly api_base: string }>>;
  readonly leas: string;
}

/** Of what they lent: at the token endpoint, at the gateway, at the SaaS itself, and in what Valet keeps. */
async function expectNothingLeft(world: World, { lea, lent, held, leas }: Left): Promise<void> {
  for (const { bot, grantId } of lent) {
    const answer = await exchange(world, bot, grantId);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ reason: "person_removed", error_description: "The person who lent this has left." });
  }
  const { direct, proxied } = held;
  expect((await call(proxied.access_token, "GET", `${proxied.api_base}/api/issues`)).body).toMatchObject({ reason: "person_removed" });
  expect((await call(direct.access_token, "GET", `${world.saas.url}/api/issues`)).status).toBe(401);
  const { db } = world.core;
  const { personId } = lea.ctx.actor;
  expect(await db.connection.findUnique({ where: { id: leas } })).toMatchObject({
    ...{ status: "disconnected", sealedAccess: null, sealedRefresh: null },
    statusNote: "Access was ended at Demo Tracker too.",
  });
  const live = { personId, revokedAt: null };
  expect([
    await db.grant.count({ where: live }),
    await db.personalToken.count({ where: live }),
    await db.refreshToken.count({ where: live }),
    await db.connection.count({ where: { personId, status: { not: "disconnected" } } }),
    await db.lentToken.count({ where: { grant: { personId }, endedAt: null } }),
    await db.agent.count({ where: { OR: [{ ownerId: personId }, { secondOwnerId: personId }] } }),
  ]).toEqual([0, 0, 0, 0, 0, 0]);
}
