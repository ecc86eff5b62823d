import type { Locator, Page } from "@playwright/test";
import { expect } from "./test";

/** The Chromium that drew the pictures. Change it with them. */
const DRAWN_BY = "156";

/**
 * The same browser draws the same pixels, so a tint, a corner or an icon is seen; pixelmatch passes over the rims of letters by itself. Another one may
 * draw every letter a little differently: there only a part that is gone, moved or grown is seen (docs/decisions/022-one-design-system.md).
 */
const STRICT = { threshold: 0.02, maxDiffPixels: 250 } as const;
/** A picture of a page has 256 colours, and was drawn with more: the rims of its letters differ a little. */
const STRICT_PAGE = { threshold: 0.02, maxDiffPixels: 1500 } as const;
const LOOSE = { threshold: 0.06, maxDiffPixelRatio: 0.03 } as const;

/** All pictures are looked at before the test fails, so that one run tells all that changed. */
export async function look(part: Locator | Page, name: string | string[]): Promise<void> {
  const page = "page" in part ? part.page() : part;
  const version = page.context().browser()?.version().split(".")[0];
  const strict = "page" in part ? STRICT : STRICT_PAGE;
  const tolerance = version === DRAWN_BY && process.platform === "linux" ? strict : LOOSE;
  const file = Array.isArray(name) ? [...name.slice(0, -1), `${name.at(-1)}.png`] : `${name}.png`;
  if ("page" in part) await expect.soft(part).toHaveScreenshot(file, tolerance);
  else await expect.soft(part).toHaveScreenshot(file, tolerance);
}

/** What differs from run to run, and what stands for it in a picture. As long as what it stands for, so that nothing moves. */
const UNSTEADY: readonly (readonly [pattern: string, instead: string])[] = [
  ["\\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\\b", "$1_01k9q4b7vdx2m8s5t3w6y0zfhj"],
  ["\\b0[0-9a-hjkmnp-tv-z]{25}\\b", "01k9q4b7vdx2m8s5t3w6y0zfhj"],
  ["(vlt_[a-z]{3}_…)[\\w-]{4}", "$1x7Qm"],
  ["\\b(localhost|127\\.0\\.0\\.1):\\d+", "$1:14000"],
  ["\\breq_[\\w-]{22}", "req_Xk3v9QpL2mZt7RbY4wNc8d"],
];

/**
 * The whole page in one picture, up to a height. The window is made as tall as the page: what stands at the foot of a window is then at
 * the foot of the picture.
 */
export async function photograph(page: Page, name: string, more: typeof UNSTEADY = []): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await steady(page, [...UNSTEADY, ...more]);
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(Math.max(whole, height), HEIGHT_MAX) });
  await look(page, ["pages", name]);
  await page.setViewportSize({ width, height });
}

const HEIGHT_MAX = 1900;

async function steady(page: Page, replacements: typeof UNSTEADY): Promise<void> {
  await page.evaluate((all) => {
    const said = (text: string) => all.reduce((now, [pattern, instead]) => now.replace(new RegExp(pattern, "g"), instead), text);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.nodeValue ?? "";
      if (said(text) !== text) node.nodeValue = said(text);
    }
    for (const field of document.querySelectorAll<HTMLInputElement>("input[type=text], input:not([type]), textarea"))
      if (said(field.value) !== field.value) field.value = said(field.value);
  }, replacements);
}
