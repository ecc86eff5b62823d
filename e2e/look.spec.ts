import type { Page } from "@playwright/test";
import { bringAxe, findViolations } from "./support/axe";
import { expect, test } from "./support/test";
import { type Stop, tourOfAdmin, tourOfMember, tourOfNewcomer, tourOutside } from "./support/tour";

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

test.slow();

// No console error and no request to another host: support/watch.ts judges that in every test.

test("pages outside look right in both colours and on a phone", async ({ world, open, watch }) => {
  watch.expectMessage(/status of 404/);
  const page = await open();
  expect(await lookThrough(page, [...(await tourOutside(world)), { path: "/nowhere" }])).toEqual([]);
});

test("pages of somebody who has nothing yet look right in both colours and on a phone", async ({ world, open }) => {
  const { person, stops } = await tourOfNewcomer(world);
  expect(await lookThrough(await open(person), stops)).toEqual([]);
});

for (const [name, wanted] of [
  ["accounts and agents", /^\/($|connections|agents)/],
  ["grants and activity", /^\/(grants|activity|runs|account$)/],
] as const) {
  test(`${name} of a member, in every state, look right in both colours and on a phone`, async ({ world, open, watch }) => {
    watch.expectMessage(/status of 404/);
    const { person, stops } = await tourOfMember(world, "Ada Alexandra Featherstonehaugh-Lovelace");
    const chosen = stops.filter(({ path }) => wanted.test(path));
    expect(await lookThrough(await open(person), [...chosen, { path: "/grants/grt_nowhere" }])).toEqual([]);
  });
}

test("pages of an admin look right in both colours and on a phone", async ({ world, open }) => {
  const { person, stops } = await tourOfAdmin(world);
  expect(await lookThrough(await open(person), stops)).toEqual([]);
});

test("secrets, menus and refused forms look right in both colours and on a phone", async ({ world, open }) => {
  const { person } = await tourOfNewcomer(world);
  const stops: Stop[] = [
    { path: "/agents/new", act: registerAgent },
    { path: "/account", act: createToken },
    { path: "/", act: openAccountMenu },
  ];
  expect(await lookThrough(await open(person), stops)).toEqual([]);
  expect(await lookThrough(await open(world.admin), [{ path: "/admin/people", act: invite }])).toEqual([]);
});

test("the colours follow the system, and a choice in the menu outlives it", async ({ world, open }) => {
  const { person } = await tourOfNewcomer(world);
  const page = await open(person);
  await page.goto("/");
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background(page);
  expect(light).not.toBe(dark);
  await openAccountMenu(page);
  await page.getByRole("button", { name: "Light", exact: true }).filter({ visible: true }).click();
  await expect.poll(() => background(page)).toBe(light);
  await page.reload();
  expect(await background(page)).toBe(light);
});

/** Everything that is wrong on these pages, as sentences. */
async function lookThrough(page: Page, stops: readonly Stop[]): Promise<string[]> {
  const wrong: string[] = [];
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const { path, act } of stops) {
    await page.setViewportSize(DESKTOP);
    await page.goto(path);
    await act?.(page);
    await page.evaluate(() => {
      for (const part of document.querySelectorAll("details")) part.open = true;
    });
    await bringAxe(page);
    wrong.push(...(await lookAt(page)).map((what) => `${path}${act ? ` after ${act.name}` : ""}: ${what}`));
  }
  return wrong;
}

/** What does not depend on colours is looked at once for each size. */
async function lookAt(page: Page): Promise<string[]> {
  const headings = await page.locator("h1").count();
  const wrong = headings === 1 ? [] : [`${headings} main headings`];
  for (const size of [DESKTOP, PHONE]) {
    await page.setViewportSize(size);
    const where = `at ${size.width} px`;
    wrong.push(...(await sidewaysParts(page)).map((what) => `${what} ${where}`));
    await page.emulateMedia({ colorScheme: "light" });
    wrong.push(...(await findViolations(page)).map((what) => `${what} ${where}, light`));
    await page.emulateMedia({ colorScheme: "dark" });
    wrong.push(...(await findViolations(page, ["color-contrast"])).map((what) => `${what} ${where}, dark`));
  }
  return wrong;
}

/** What makes a page wider than its window: the innermost parts first. */
function sidewaysParts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over <= 0) return [];
    const wide = [...document.querySelectorAll("body *")]
      .filter((part) => part.getBoundingClientRect().right > window.innerWidth)
      .reverse();
    const named = wide.slice(0, 3).map((part) => `<${part.localName} class="${part.className}"> ${part.textContent?.slice(0, 60)}`);
    return [`scrolls sideways by ${over} px, because of ${named.join(" in ")}`];
  });
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color);
}

async function registerAgent(page: Page): Promise<void> {
  await page.getByLabel("Name").fill("Triage bot");
  await page.getByLabel("Purpose").fill("Sorts new issues every morning");
  await page.getByRole("button", { name: "Register agent" }).click();
  await page.getByText("Store this secret now").waitFor();
}

async function createToken(page: Page): Promise<void> {
  await page.getByLabel("Token name").fill("Backup script");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByText("Store this token now").waitFor();
}

async function invite(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "E-mail" }).fill("not-an-address@nowhere");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("main").getByRole("alert").first().waitFor();
}

async function openAccountMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).filter({ visible: true }).waitFor();
}
