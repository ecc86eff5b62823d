import type { Page } from "@playwright/test";
import { connectDemo } from "./support/accounts";
import { type Access, type Bot, call, exchange, fetchAccess, lend, register } from "./support/agent";
import { apiTokenOf, type Entered, join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

interface Lent {
  readonly ada: Entered;
  readonly bot: Bot;
  readonly connectionId: string;
  readonly grantId: string;
  /** Fetched before anything ended. */
  readonly access: Access;
}

test("a revoked grant: the next call and the next exchange are refused, and its page says so", async ({ world, open }) => {
  const lent = await lendAndUse(world);
  const page = await open(lent.ada);
  await page.goto(`/grants/${lent.grantId}`);
  await confirm(page, "Revoke grant", "Yes, revoke");
  await expect(page.getByText("This grant was revoked.", { exact: true })).toBeVisible();
  await expectRefused(world, lent, "grant_revoked");
  await expect(page.getByRole("button", { name: "Revoke grant" })).toHaveCount(0);
});

test("a paused agent is refused with the next call, and goes on when it is resumed", async ({ world, open }) => {
  const lent = await lendAndUse(world);
  const page = await open(lent.ada);
  await page.goto(`/agents/${lent.bot.agentId}`);
  await page.getByRole("button", { name: "Pause agent" }).click();
  await expect(page.getByRole("dialog")).toContainText("This stops 1 grant at Demo Tracker.");
  await page.getByRole("button", { name: "Yes, pause it" }).click();
  await expect(page.getByText("Every call is refused.")).toBeVisible();
  await expectRefused(world, lent, "agent_paused");
  await page.goto(`/grants/${lent.grantId}`);
  await expect(page.getByText("This agent is paused.", { exact: true })).toBeVisible();
  await page.goto(`/agents/${lent.bot.agentId}`);
  await page.getByRole("button", { name: "Resume agent" }).click();
  await expect(page.getByRole("button", { name: "Pause agent" })).toBeVisible();
  expect((await read(lent.access)).status).toBe(200);
});

test("a grant ends by itself: the token in the agent's hand ends with it, and its page says so", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const connectionId = await connectDemo(ada);
  const input = { agent_id: bot.agentId, connection_id: connectionId, lifetime: 3, delivery: "gateway", scopes: ["issues:read"] };
  const minted = await call(await apiTokenOf(ada), "POST", `${world.valet.url}/api/v1/grants`, input);
  expect(minted.status).toBe(201);
  const grantId = String(minted.body.grant_id ?? minted.body.id);
  const access = await fetchAccess(world, bot, grantId);
  expect(access.expires_in).toBeLessThanOrEqual(3);
  expect((await read(access)).status).toBe(200);
  await expect.poll(async () => (await exchange(world, bot, grantId)).body.reason, { timeout: 10_000 }).toBe("grant_expired");
  expect((await read(access)).status).toBe(401);
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  await expect(page.getByText("Ended", { exact: true }).first()).toBeVisible();
});

test("a disconnected account: its grants give nothing with the next call, and Demo Tracker forgets Valet", async ({ world, open }) => {
  const lent = await lendAndUse(world);
  const page = await open(lent.ada);
  await page.goto(`/connections/${lent.connectionId}`);
  await confirm(page, "Disconnect", "Yes, disconnect");
  await expect(page.getByText("Access was ended at Demo Tracker too.").first()).toBeVisible();
  await expectRefused(world, lent, "connection_disconnected");
  await page.goto(`/grants/${lent.grantId}`);
  await expect(page.getByText("The account behind this grant was disconnected.", { exact: true })).toBeVisible();
  const connection = await world.core.db.connection.findUnique({ where: { id: lent.connectionId } });
  expect(connection).toMatchObject({ sealedAccess: null, sealedRefresh: null });
});

test("a suspended owner: their agent and what they lent stop with the next call, and go on when they are let back in", async ({
  world,
  open,
}) => {
  const lent = await lendAndUse(world);
  const page = await open(world.admin);
  await page.goto(`/admin/people?q=${lent.ada.email}`);
  const row = page.getByRole("listitem").filter({ hasText: lent.ada.email });
  await row.locator("summary").click();
  await row.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("button", { name: "Yes, suspend" }).click();
  await expect(row.getByText("Suspended", { exact: true })).toBeVisible();
  await expectRefused(world, lent, "person_suspended");
  await page.goto(`/grants/${lent.grantId}`);
  await expect(page.getByText("The person who lent this is suspended.", { exact: true })).toBeVisible();
  await page.goto(`/admin/people?q=${lent.ada.email}`);
  await row.locator("summary").click();
  await row.getByRole("button", { name: "Let back in" }).click();
  await expect(row.getByText("Suspended", { exact: true })).toHaveCount(0);
  expect((await read(lent.access)).status).toBe(200);
});

test("a revoked direct grant: the token the agent was handed is ended at Demo Tracker, and the page says so", async ({ world, open }) => {
  const { ada, grantId, token } = await lendDirectly(world);
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  await confirm(page, "Revoke grant", "Yes, revoke");
  await expect(page.getByText("None of them works any more")).toBeVisible();
  await expect(page.getByText("Ended at Demo Tracker: it no longer works there.")).toBeVisible();
  expect((await call(token, "GET", `${world.saas.url}/api/issues`)).status).toBe(401);
});

test("a revoked direct grant whose SaaS does not answer: the page says which token may still work, and until when", async ({
  world,
  open,
}) => {
  const { ada, grantId, token } = await lendDirectly(world);
  world.saas.control.breakAll("revoke", "500");
  try {
    const page = await open(ada);
    await page.goto(`/grants/${grantId}`);
    await confirm(page, "Revoke grant", "Yes, revoke");
    await expect(page.getByText("One of them still works")).toBeVisible();
    await expect(
      page.getByText(/Demo Tracker did not answer when it was to be ended: it may work there until \d{4}-\d\d-\d\d \d\d:\d\d UTC\./),
    ).toBeVisible();
    expect((await call(token, "GET", `${world.saas.url}/api/issues`)).status).toBe(200);
  } finally {
    world.saas.control.repair();
  }
});

async function lendAndUse(world: World): Promise<Lent> {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const connectionId = await connectDemo(ada);
  const { grantId } = await lend(ada, bot, connectionId, { delivery: "gateway" });
  const access = await fetchAccess(world, bot, grantId);
  expect((await read(access)).status).toBe(200);
  return { ada, bot, connectionId, grantId, access };
}

async function lendDirectly(world: World): Promise<{ ada: Entered; grantId: string; token: string }> {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"], delivery: "direct" });
  const { access_token: token } = await fetchAccess(world, bot, grantId);
  expect((await call(token, "GET", `${world.saas.url}/api/issues`)).status).toBe(200);
  return { ada, grantId, token };
}

function read({ access_token, api_base }: Access) {
  return call(access_token, "GET", `${api_base}/api/issues`);
}

/** With the token it has, and when it asks for another: refused for this reason, and Demo Tracker hears of neither. */
async function expectRefused(world: World, { bot, grantId, access }: Lent, reason: string): Promise<void> {
  const calls = world.saas.calls.length;
  const used = await read(access);
  expect(used.status).toBe(403);
  expect(used.body).toMatchObject({ reason, detail: expect.any(String), next: expect.any(String) });
  const asked = await exchange(world, bot, grantId);
  expect(asked.status).toBe(400);
  expect(asked.body).toMatchObject({ reason, error_description: expect.any(String) });
  expect(world.saas.calls.length).toBe(calls);
}

async function confirm(page: Page, trigger: string, yes: string): Promise<void> {
  await page.getByRole("button", { name: trigger }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: yes }).click();
}
