import type { Locator, Page } from "@playwright/test";
import { bringAxe, findViolations } from "./support/axe";
import { newDatabase } from "./support/database";
import { join } from "./support/people";
import { expect, test } from "./support/test";
import { environmentFor, reserveFace, startValet } from "./support/valet";

/**
 * What other machines may draw otherwise is the rim of a letter: pixelmatch passes over those, and a hundredth of a picture is left for the rest.
 * A colour that is a little off (`threshold`), a space or a missing part is more than that: docs/decisions/022-one-design-system.md.
 */
const SAME = { threshold: 0.06, maxDiffPixelRatio: 0.01 } as const;

const SIZES = { desktop: { width: 1000, height: 800 }, phone: { width: 390, height: 844 } } as const;
const COLOURS = ["light", "dark"] as const;

test.slow();

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`every component looks as agreed, ${size}`, async ({ open, watch }) => {
    // Forms and links of the page lead nowhere.
    watch.expectMessage(/status of 404/);
    const page = await open();
    await page.setViewportSize(viewport);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto("/design");
    await bringAxe(page);
    for (const colorScheme of COLOURS) {
      await page.emulateMedia({ colorScheme });
      for (const sheet of await page.locator("[data-shot]").all()) {
        await look(sheet, `${await sheet.getAttribute("data-shot")}-${size}-${colorScheme}`);
      }
      expect(await findViolations(page, ["color-contrast", "target-size", "label", "button-name"])).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    if (size === "desktop") await lookCompact(page);
  });
}

test("the navigation, the palette and the keys look as agreed", async ({ world, open }) => {
  const page = await open(await join(world, "Nora Newcomer"));
  await page.setViewportSize(SIZES.desktop);
  await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
  await page.goto("/account");
  await look(page.locator("header").first(), "shell-desktop-light");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search or jump" });
  await palette.getByText("Arrows move").waitFor();
  for (const colorScheme of COLOURS) {
    await page.emulateMedia({ colorScheme });
    await look(palette, `palette-desktop-${colorScheme}`);
    await bringAxe(page);
    expect(await findViolations(page)).toEqual([]);
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await look(page.getByRole("dialog", { name: "Keys" }), "keys-desktop-dark");
});

test("a Valet in production shows no page of components unless it is told to", async ({ open, watch }) => {
  watch.expectMessage(/status of 404/);
  const { recorder, port } = await reserveFace();
  const valet = await startValet(recorder, environmentFor(recorder, port, await newDatabase(), {}));
  watch.include(valet);
  const page = await open();
  expect((await page.goto(`${valet.url}/design`))?.status()).toBe(404);
  await expect(page.locator("[data-shot]")).toHaveCount(0);
  await valet.stop();
});

async function lookCompact(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await page.evaluate(() => document.documentElement.setAttribute("data-density", "compact"));
  for (const name of ["agents", "grants", "facts"]) await look(page.locator(`[data-shot=${name}]`), `${name}-compact-light`);
}

/** All pictures are looked at before the test fails, so that one run tells all that changed. */
async function look(part: Locator, name: string): Promise<void> {
  await expect.soft(part).toHaveScreenshot(`${name}.png`, SAME);
}
