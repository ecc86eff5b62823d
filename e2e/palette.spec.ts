import { furnish } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";

const PALETTE = { name: "Search or jump" };

test("the palette leads to what is one's own by keys alone, and to nothing of anybody else", async ({ world, open }) => {
  const mine = await furnish(world, "Paula Palette");
  const other = await furnish(world, "Oscar Other", "grace");
  const page = await open(mine.person);
  await page.goto("/account");
  const opener = page.getByRole("link", { name: "Home" }).first();
  await opener.focus();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", PALETTE);
  const field = palette.getByRole("combobox", PALETTE);
  await expect(field).toBeFocused();
  await field.fill(`of ${other.person.name}`);
  await expect(palette.getByRole("status")).toHaveText("Nothing of yours has these words.");
  await expect(palette.getByRole("option")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await expect(opener).toBeFocused();
  await page.keyboard.press("Control+k");
  await field.fill("bot of paula");
  const options = palette.getByRole("option");
  await expect(options).toHaveCount(2);
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "false");
  await expect(field).toHaveAttribute("aria-activedescendant", (await options.nth(1).getAttribute("id")) ?? "");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/agents/${mine.bot.agentId}`);
});

test("the palette shows members no page of admins, and reads nothing for strangers", async ({ world, open, watch }) => {
  watch.expectMessage(/status of 401/);
  const stranger = await open();
  expect((await stranger.request.get("/palette")).status()).toBe(401);
  for (const [person, count] of [
    [await join(world, "Mia Member"), 0],
    [world.admin, 1],
  ] as const) {
    const page = await open(person);
    await page.goto("/account");
    await page.getByRole("button", PALETTE).click();
    const palette = page.getByRole("dialog", PALETTE);
    await palette.getByText("Arrows move").waitFor();
    await palette.getByRole("combobox").fill("trust");
    await expect(palette.getByRole("option", { name: "Trust" })).toHaveCount(count);
  }
});

test("keys jump and find the filter, never while somebody types, and can be switched off", async ({ world, open }) => {
  const page = await open(await join(world, "Kim Keys"));
  await page.goto("/");
  await page.locator("#content").focus();
  for (const [key, path] of [
    ["c", "/connections"],
    ["v", "/activity"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(path === "/activity" ? "Activity" : "Connections");
  }
  await page.keyboard.press("/");
  await expect(page.getByRole("form", { name: "Filters" }).locator(":focus")).toHaveCount(1);
  await page.goto("/agents/new");
  await page.getByLabel("Name").fill("");
  await page.getByLabel("Name").pressSequentially("g c?");
  await expect(page.getByLabel("Name")).toHaveValue("g c?");
  await expect(page).toHaveURL("/agents/new");
  await page.locator("#content").focus();
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys.getByText("The filter of this page")).toBeVisible();
  await keys.getByLabel("Keys without Ctrl").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(keys).toBeHidden();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", PALETTE)).toBeVisible();
});

test("density is chosen in the menu or the palette, and is there before any script", async ({ world, open }) => {
  const page = await open((await furnish(world, "Dana Dense")).person);
  await page.goto("/grants");
  const row = page.locator("#content li").filter({ hasText: "Bot of Dana Dense" }).last();
  const tall = (await row.boundingBox())?.height ?? 0;
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Compact" }).filter({ visible: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-density", "compact");
  await expect.poll(async () => (await row.boundingBox())?.height ?? 0).toBeLessThan(tall);
  expect(await (await page.request.get("/grants")).text()).toContain('data-density="compact"');
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", PALETTE).fill("comfortable");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-density", "comfortable");
});
