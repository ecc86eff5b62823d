import type { Browser, Page } from "@playwright/test";
import { furnish } from "./support/furnished";
import { type Entered, join } from "./support/people";
import { expect, test } from "./support/test";
import { tourOfAdmin, tourOfMember } from "./support/tour";
import type { Watch } from "./support/watch";
import type { World } from "./support/world";

/** Half of 1280: what is left of a desktop at 200 % zoom. */
const ZOOMED = { width: 640, height: 450 };

test("every page can be read without scripts, and at 200 % zoom nothing scrolls sideways", async ({ world, open, watch, browser }) => {
  test.slow();
  const [member, admin] = [await tourOfMember(world, "Ada Unscripted"), await tourOfAdmin(world)];
  const wrong: string[] = [];
  for (const { person, stops } of [member, admin]) {
    const page = await unscripted(browser, { world, open, watch }, person);
    for (const path of new Set(stops.map(({ path }) => path))) wrong.push(...(await read(page, path)));
    await page.context().close();
  }
  expect(wrong).toEqual([]);
});

test("without scripts a person finds a service, tries an account out, and sees what the service said", async ({
  world,
  open,
  watch,
  browser,
}) => {
  const ada = await furnish(world, "Ada Plain");
  const page = await unscripted(browser, { world, open, watch }, ada.person);
  await page.goto("/connections");
  await page.getByRole("searchbox", { name: "Search services" }).fill("hub");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/connections\?q=hub/);
  await expect(page.getByRole("link", { name: "Connect GitHub", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Connect Slack" })).toHaveCount(0);
  await page.goto(`/connections/${ada.connectionId}`);
  await page.getByRole("button", { name: "Make a test call" }).click();
  await expect(page.getByText("Demo Tracker answered, as ada.")).toBeVisible();
  await page.context().close();
});

test("without scripts somebody connects an account: the page leads on to the service", async ({ world, open, watch, browser }) => {
  const page = await unscripted(browser, { world, open, watch }, await join(world, "Ada Walking"));
  await page.goto("/connections/new?connector=demo");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Connect your Demo Tracker account" })).toBeVisible();
  await page.context().close();
});

interface Tools {
  readonly world: World;
  readonly open: (person: Entered) => Promise<Page>;
  readonly watch: Watch;
}

/** The same person in a browser that runs no scripts. */
async function unscripted(browser: Browser, { world, open, watch }: Tools, person: Entered): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: ZOOMED, baseURL: world.valet.url });
  watch.follow(context);
  const signedIn = await open(person);
  await context.addCookies(await signedIn.context().cookies());
  return context.newPage();
}

/** What is wrong with a page for somebody who only reads it. */
async function read(page: Page, path: string): Promise<string[]> {
  const answer = await page.goto(path);
  const headings = page.getByRole("heading", { level: 1 });
  const words = (await page.getByRole("main").allInnerTexts()).join(" ");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return [
    ...(answer?.status() === 200 ? [] : [`${path} is answered ${answer?.status()}`]),
    ...((await headings.count()) === 1 && (await headings.isVisible()) ? [] : [`${path} has no heading to see`]),
    ...(words.length > 40 ? [] : [`${path} says only "${words}"`]),
    ...((await page.locator("[data-skeleton]").count()) === 0 ? [] : [`${path} waits for ever`]),
    ...(over > 0 ? [`${path} scrolls sideways by ${over} px: ${await widest(page)}`] : []),
  ];
}

/** What reaches farthest to the right, innermost: the one to look at. */
function widest(page: Page): Promise<string> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("body *")].map((one) => ({ one, right: one.getBoundingClientRect().right }));
    const most = Math.max(...all.map(({ right }) => right));
    const { one } = all.filter(({ right }) => right === most).at(-1) ?? {};
    return `${one?.tagName.toLowerCase()} "${one?.textContent?.slice(0, 60)}"`;
  });
}
