import type { Page } from "@playwright/test";
import { connectDemo } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("from a Lend button it takes at most four clicks, and nothing that writes is ticked on the way", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  await register(ada);
  const page = await open(ada);
  await page.goto(`/connections/${connectionId}`);
  const clicks = await countClicks(page);
  await page.getByRole("link", { name: "Lend access" }).click();
  await expect(page.getByRole("list", { name: "Templates" }).locator('[aria-current="true"]')).toContainText("Read-only");
  for (const box of await page.locator('input[name="scopes"]:checked').all()) await expect(box).toHaveAttribute("data-access", "read");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByText(/^You have \d+ permissions here, this agent gets \d+\.$/)).toBeVisible();
  await page.getByRole("button", { name: "Lend access" }).click();
  await expect(page.getByRole("heading", { name: "Grant to Triage bot" })).toBeVisible();
  expect(await clicks()).toBeLessThanOrEqual(4);
  expect(await world.core.db.grant.findMany({ where: { personId: ada.ctx.actor.personId } })).toMatchObject([{ access: "read" }]);
});

test("templates tick what they say and no more; a choice of one's own is Custom", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  await register(ada);
  const page = await open(ada);
  await page.goto(`/grants/new?connection=${connectionId}`);
  const templates = page.getByRole("list", { name: "Templates" });
  const chosen = templates.locator('[aria-current="true"]');
  const writes = page.locator('input[name="scopes"]:checked:not([data-access="read"])');
  await templates.getByRole("link", { name: /^Read and comment/ }).click();
  await expect(chosen).toContainText("Read and comment");
  await expect(writes).toHaveCount(1);
  await expect(writes).toHaveValue("issues:comment");
  await templates.getByRole("link", { name: /^Custom/ }).click();
  await page.getByRole("checkbox", { name: /^Comment on issues/ }).uncheck();
  await page.getByRole("checkbox", { name: /^Read files/ }).uncheck();
  await expect(chosen).toContainText("Custom");
  await templates.getByRole("link", { name: /^Read-only/ }).click();
  await expect(writes).toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: /^Read files/ })).toBeChecked();
});

test("a link fills in everything and never lends; what does not fit is told and left out", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  const bot = await register(ada);
  await register(ada, "Another bot");
  const page = await open(ada);
  const link = `/grants/new?connector=demo&agent=${bot.agentId}&template=triage&lifetime=7d&resource=issue:7&callsPerHour=9&review=1`;
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Check and lend" })).toBeVisible();
  for (const words of ["Comment on issues", "Only issue 7.", "At most 9 calls in an hour."])
    await expect(page.getByText(words, { exact: true })).toBeVisible();

  await page.goto(`/grants/new?connection=${connectionId}&agent=agt_x&scopes=issues:read&scopes=repo&lifetime=10y&review=1`);
  const told = page.getByRole("alert").filter({ hasText: "Part of this link does not fit" });
  await expect(told.getByRole("listitem")).toHaveCount(3);
  await expect(page.locator('input[name="scopes"]:checked')).toHaveValue("issues:read");
  expect(await world.core.db.grant.count({ where: { personId: ada.ctx.actor.personId } })).toBe(0);
});

test("a grant is extended, narrowed and revoked, and its page keeps who did what", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"], delivery: "gateway" });
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  await page.getByRole("button", { name: "Extend", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Extend the grant to Triage bot?" });
  await dialog.getByRole("radio", { name: /^7 days/ }).check();
  await dialog.getByRole("button", { name: "Yes, extend it" }).click();
  const history = page.getByRole("list", { name: "History" }).getByRole("listitem");
  await expect(history.first()).toContainText("extended a grant");
  await expect(page.getByRole("region", { name: "What was agreed" })).toContainText("Only the end changes.");
  await expect(page.getByRole("region", { name: "Details" })).toContainText("in 7 days");

  await page.goto("/grants?q=triage");
  await page.getByRole("button", { name: /^Revoke Triage bot/ }).click();
  await page.getByRole("button", { name: "Yes, revoke" }).click();
  await expect(page.getByText("No grant is like that")).toBeVisible();
  await page.goto(`/grants/${grantId}`);
  await expect(page.getByRole("button", { name: "Extend", exact: true })).toHaveCount(0);
  await page.getByRole("link", { name: "Lend it anew" }).click();
  await expect(page.locator('input[name="scopes"]:checked')).toHaveValue("issues:read");
});

test("the light turns green by itself with the first call, also on a page that was read again", async ({ world, open }) => {
  const ada = await join(world, "Ada Watching");
  const bot = await register(ada, "Watched bot");
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { delivery: "gateway" });
  const page = await open(ada);
  const listening = () => page.waitForResponse((response) => response.url().includes("/activity/live"));
  await Promise.all([listening(), page.goto(`/grants/${grantId}`)]);
  await expect(page.getByText("Run one of these where the agent runs")).toBeVisible();
  await Promise.all([listening(), page.reload()]);
  const access = await fetchAccess(world, bot, grantId);
  await expect(page.getByText("It works: Watched bot has used this grant.")).toBeVisible();
  expect((await call(access.access_token, "GET", `${access.api_base}/api/issues`)).status).toBe(200);
  await page.reload();
  await expect(page.getByText("It works: Watched bot has used this grant.")).toBeVisible();
});

/** Counts presses of links, buttons and boxes in this page, over soft navigations. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const counted = window as unknown as { clicks: number };
    counted.clicks = 0;
    addEventListener("click", () => (counted.clicks += 1), true);
  });
  return () => page.evaluate(() => (window as unknown as { clicks: number }).clicks);
}
