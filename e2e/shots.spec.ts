import type { Page } from "@playwright/test";
import { bringAxe, findViolations } from "./support/axe";
import { newDatabase } from "./support/database";
import { join } from "./support/people";
import { look } from "./support/photograph";
import { expect, test } from "./support/test";
import { environmentFor, reserveFace, startValet } from "./support/valet";

const DESKTOP = { width: 1120, height: 800 };
const PHONE = { width: 390, height: 844 };
const COLOURS = ["light", "dark"] as const;

/** A size changes where things stand and a theme their colours: two of the four pairs show every size and every colour of every part. */
const PAIRS = [
  ["desktop", DESKTOP, "light"],
  ["phone", PHONE, "dark"],
] as const;

test.slow();

for (const [size, viewport, shown] of PAIRS) {
  test(`every component looks as agreed, ${size}`, async ({ open }) => {
    const page = await open();
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: shown });
    await page.goto("/design");
    for (const sheet of await page.locator("[data-shot]").all()) await look(sheet, `${await sheet.getAttribute("data-shot")}-${size}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await bringAxe(page);
    for (const colorScheme of COLOURS) {
      await page.emulateMedia({ colorScheme });
      expect(await findViolations(page, ["color-contrast", "target-size", "label", "button-name"])).toEqual([]);
    }
    if (size === "desktop") await lookCompact(page);
  });
}

test("the navigation, the palette and the keys look as agreed", async ({ world, open }) => {
  const page = await open(await join(world, "Nora Newcomer"));
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
  await page.goto("/account");
  await look(page.locator("header").first(), "shell");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search or jump" });
  await palette.getByText("Arrows move").waitFor();
  for (const colorScheme of COLOURS) {
    await page.emulateMedia({ colorScheme });
    await look(palette, `palette-${colorScheme}`);
    await bringAxe(page);
    expect(await findViolations(page)).toEqual([]);
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await look(page.getByRole("dialog", { name: "Keys" }), "keys");
});

test("a Valet in production shows no page of components unless it is told to", async ({ request, watch }) => {
  const { recorder, port } = await reserveFace();
  const valet = await startValet(recorder, environmentFor(recorder, port, await newDatabase(), {}));
  watch.include(valet);
  const answer = await request.get(`${valet.url}/design`);
  expect(answer.status()).toBe(404);
  expect(await answer.text()).not.toContain("data-shot");
  await valet.stop();
});

/** What the denser tokens do to a list; what they do to fields and buttons is the same there. */
async function lookCompact(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await page.evaluate(() => document.documentElement.setAttribute("data-density", "compact"));
  await look(page.locator("[data-shot=agents]"), "agents-compact");
}
