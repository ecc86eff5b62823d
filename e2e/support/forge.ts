import type { Page } from "@playwright/test";
import { expect } from "./test";

/**
 * Has every form that this page sends from now on say something else, as whoever holds the browser can. It changes what is
 * sent, not the fields: those are the page's own again once its scripts take over.
 */
export async function forge(page: Page, said: string, instead: string): Promise<void> {
  await page.unrouteAll({ behavior: "wait" });
  await page.route("**/*", async (route) => {
    const sent = route.request().postDataBuffer();
    if (route.request().method() !== "POST" || !sent) return route.fallback();
    expect(sent.includes(said)).toBe(true);
    return route.fallback({ postData: Buffer.from(sent.toString("latin1").replaceAll(said, instead), "latin1") });
  });
}
