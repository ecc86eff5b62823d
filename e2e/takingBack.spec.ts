import type { Page } from "@playwright/test";
import { connectDemo, connectEmulated } from "./support/accounts";
import { call, exchange, fetchAccess, lend, register } from "./support/agent";
import { agreeAs, atConsent } from "./support/demoWalk";
import { furnish, useGrant } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

test("reconnecting with other permissions takes from a grant what is gone, and adds nothing to it", async ({ world, open }) => {
  const grace = await furnish(world, "Grace Narrowing", "grace");
  const page = await open(grace.person);
  await page.goto(`/connections/${grace.connectionId}`);
  await page.getByText("Choose other permissions").click();
  await page.getByRole("checkbox", { name: /Read files/ }).uncheck();
  await page.getByRole("checkbox", { name: /Upload files/ }).check();
  const difference = page.getByRole("listitem").filter({ hasText: /^(You |Bot of Grace Narrowing loses)/ });
  await expect(difference).toHaveText([
    "You give more: Upload files. No agent gains from it.",
    "You take back: Read files.",
    "Bot of Grace Narrowing loses: Read files.",
  ]);
  await page.getByRole("button", { name: "Reconnect with these" }).click();
  await atConsent(page);
  await agreeAs(page, "Grace Hopper");
  await expect(page.getByRole("status")).toContainText("Demo Tracker is reconnected");
  await expect(page.getByText("Upload files").first()).toBeVisible();
  const { scope } = await fetchAccess(world, grace.bot, grace.grantId);
  expect(scope.split(" ").sort()).toEqual(["issues:read", "profile:read"]);
});

test("disconnecting lists what stops, ends it at the service too, and says so", async ({ world, open }) => {
  const linus = await furnish(world, "Linus Leaving", "linus");
  const second = await register(linus.person, "Second bot");
  const other = await lend(linus.person, second, linus.connectionId, { delivery: "direct", scopes: ["issues:read"] });
  const direct = await fetchAccess(world, second, other.grantId);
  await useGrant(world, linus);
  const page = await open(linus.person);
  await page.goto(`/connections/${linus.connectionId}`);
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("2 grants will end at once:");
  await expect(dialog.getByRole("listitem")).toHaveText(["Second bot", "Bot of Linus Leaving"]);
  await dialog.getByRole("button", { name: "Yes, disconnect" }).click();
  await expect(page.getByRole("status")).toContainText("Access was ended at Demo Tracker too.");

  for (const [bot, grantId] of [
    [linus.bot, linus.grantId],
    [second, other.grantId],
  ] as const)
    expect(await exchange(world, bot, grantId)).toMatchObject({ status: 400, body: { reason: "connection_disconnected" } });
  expect((await call(direct.access_token, "GET", `${direct.api_base}/api/issues`)).status).toBe(401);
  await page.goto("/connections");
  await expect(page.getByRole("region", { name: "Disconnected" }).getByRole("link", { name: "Demo Tracker, linus" })).toBeVisible();
  await expectErased(world, linus.connectionId);
});

test("a service that does not confirm the end is not said to have ended it", async ({ world, open }) => {
  const person = await join(world, "Ada Unheard");
  const connectionId = await connectDemo(person, { login: "linus" });
  world.saas.control.breakAll("revoke", "503");
  try {
    const page = await disconnect(await open(person), connectionId);
    await expect(page.getByRole("dialog")).toContainText("No agent uses it, so nothing stops working.");
    await page.getByRole("button", { name: "Yes, disconnect" }).click();
    await expect(page.getByRole("status")).toContainText(
      "Demo Tracker did not confirm the end. Valet has erased its copy; also remove Valet in your account settings at Demo Tracker.",
    );
  } finally {
    world.saas.control.repair();
  }
  await expectErased(world, connectionId);
});

test("a service without a way to end access is said to have none, and what to do there", async ({ world, open }) => {
  const person = await join(world, "Marie Unended");
  const connectionId = await connectEmulated(person, "microsoft");
  const page = await disconnect(await open(person), connectionId);
  await page.getByRole("button", { name: "Yes, disconnect" }).click();
  await expect(page.getByRole("status")).toContainText("Microsoft 365 offers no way to end access from here. Valet has erased its copy;");
  await expectErased(world, connectionId);
});

async function disconnect(page: Page, connectionId: string): Promise<Page> {
  await page.goto(`/connections/${connectionId}`);
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  return page;
}

async function expectErased(world: World, connectionId: string): Promise<void> {
  const kept = await world.core.db.connection.findUnique({ where: { id: connectionId } });
  expect(kept).toMatchObject({ status: "disconnected", sealedAccess: null, sealedRefresh: null });
}
