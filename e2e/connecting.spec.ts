import type { Page } from "@playwright/test";
import { CHOSEN, type Emulated } from "./support/emulators";
import { join } from "./support/people";
import { expect, test } from "./support/test";

/** How each emulated SaaS names the account that was chosen. */
const EMULATED: readonly (readonly [connector: Emulated, service: string, accountName: string])[] = [
  ["github", "GitHub", CHOSEN.login],
  ["google", "Google", CHOSEN.email],
  ["slack", "Slack", `${CHOSEN.login} at Company`],
  ["linear", "Linear", CHOSEN.email],
  ["microsoft", "Microsoft 365", CHOSEN.email],
];

for (const [connector, service, accountName] of EMULATED) {
  test(`a person connects ${service} in the browser, as the account they choose there`, async ({ world, open }) => {
    const page = await open(await join(world, "Marie Curie"));
    await leaveFor(page, service);
    await page.getByRole("button").filter({ hasText: CHOSEN.name }).click();
    await expect(page.getByRole("status")).toContainText(`${service} is connected`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(service);
    await expect(page.getByText(accountName, { exact: true }).first()).toBeVisible();
    expect(new URL(page.url()).pathname).toMatch(/^\/connections\/con_/);
    expect(world.upstreams[connector].recorder.exchanges.length).toBeGreaterThan(0);
  });
}

test("a person connects Demo Tracker, and nothing that writes is asked for unless they tick it", async ({ world, open }) => {
  const page = await open(await join(world, "Ada Lovelace"));
  await page.goto("/connections");
  await expect(page.getByRole("link", { name: /^Connect / }).first()).toHaveAccessibleName("Connect Demo Tracker");
  await page.getByRole("link", { name: "Connect Demo Tracker" }).click();
  for (const box of await page.getByRole("group", { name: "Write" }).getByRole("checkbox").all()) await expect(box).not.toBeChecked();
  await page.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByRole("heading", { name: "Connect your Demo Tracker account" })).toBeVisible();
  await expect(page.getByText("issues:read")).toBeVisible();
  await expect(page.getByText("issues:write")).toHaveCount(0);
  await page.getByRole("button", { name: /Ada Lovelace/ }).click();
  await expect(page.getByRole("status")).toContainText("Demo Tracker is connected");
});

async function leaveFor(page: Page, service: string): Promise<void> {
  await page.goto("/connections");
  await page.getByRole("link", { name: `Connect ${service}`, exact: true }).click();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.waitForURL(/^http:\/\/127\.0\.0\.1/);
}

test("a search of the catalogue is in the address, survives going back, and says when nothing answers", async ({ world, open }) => {
  const page = await open(await join(world, "Ada Searching"));
  await page.goto("/connections");
  const search = page.getByRole("searchbox", { name: "Search services" });
  await search.pressSequentially("git");
  await expect(page).toHaveURL(/\?q=git$/);
  await expect(page.getByRole("link", { name: "Connect GitHub", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Connect Slack" })).toHaveCount(0);
  await page.getByRole("link", { name: "Connect GitHub", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connect GitHub");
  await page.goBack();
  await expect(search).toHaveValue("git");
  await search.fill("no such thing");
  await expect(page.getByText("No service answers to “no such thing”")).toBeVisible();
  await page.getByRole("link", { name: "See all" }).click();
  await expect(page.getByRole("link", { name: "Connect Slack" })).toBeVisible();
});
