import { writeFile } from "node:fs/promises";
import { test as base, type Page } from "@playwright/test";
import { encode } from "next-auth/jwt";
import type { Entered } from "./people";
import { Watch } from "./watch";
import { startWorld, type World } from "./world";

interface Fixtures {
  /** Judges every test: no console error, no foreign host, no secret where none belongs. */
  readonly watch: Watch;
  /** A page in a browser of its own, signed in as this person or as nobody. */
  readonly open: (person?: Entered) => Promise<Page>;
}

export const test = base.extend<Fixtures, { readonly world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its pattern
    async ({}, use) => {
      const world = await startWorld();
      await use(world);
      await world.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ world }, use) => use(world.valet.url),
  watch: [
    async ({ world }, use, testInfo) => {
      const watch = new Watch(world);
      await use(watch);
      if (testInfo.status === testInfo.expectedStatus) await watch.judge();
      else await writeFile(testInfo.outputPath("valet.log"), world.valet.said());
    },
    { auto: true },
  ],
  context: async ({ context, watch }, use) => {
    watch.follow(context);
    await use(context);
  },
  open: async ({ browser, watch, world }, use) => {
    const opened: Page[] = [];
    await use(async (person) => {
      const context = await browser.newContext();
      watch.follow(context);
      if (person)
        await context.addCookies([
          { name: "valet-session", value: await session(world, person), url: world.valet.url, httpOnly: true, sameSite: "Lax" },
        ]);
      const page = await context.newPage();
      opened.push(page);
      return page;
    });
    await Promise.all(opened.map((page) => page.context().close()));
  },
});

export { expect } from "@playwright/test";

/** What the sign-in page would have set: signing in itself has tests of its own. */
function session(world: World, { ctx, sessionVersion }: Entered): Promise<string> {
  const token = { personId: ctx.actor.personId, sessionVersion };
  return encode({ token, secret: world.core.vault.derive("next-auth"), maxAge: 3600 });
}
