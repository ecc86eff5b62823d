import { connectDemo, connectEmulated } from "./support/accounts";
import { call, fetchAccess, register } from "./support/agent";
import { bringAxe, findViolations } from "./support/axe";
import { CHOSEN } from "./support/emulators";
import { type Entered, join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

const listings = (world: World, person: Entered) =>
  world.core.db.activity.count({ where: { event: "connection.list_resources", personId: person.ctx.actor.personId } });

test("a person chooses two repositories by search and keys alone, lends them, and the gateway refuses a third", async ({ world, open }) => {
  const marie = await join(world, "Marie Curie");
  const connectionId = await connectEmulated(marie, "github", ["repo", "read:user"]);
  const bot = await register(marie);
  const page = await open(marie);
  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=repo:read&scopes=issues:read`);
  await page.getByRole("radio", { name: "All repositories" }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await listings(world, marie)).toBe(0);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const search = page.getByRole("combobox", { name: "Search repositories" });
  const list = page.getByRole("listbox", { name: "repositories at GitHub" });
  await expect(search).toBeFocused();
  await expect(list.getByRole("option")).toHaveCount(3);
  await page.keyboard.type("RADI");
  await expect(list.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(list.getByRole("option", { name: `${CHOSEN.login}/radium`, selected: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.type("curie polo");
  await expect(page.getByRole("status").filter({ hasText: "0 of 3 repositories have “curie polo”, 1 chosen" })).toBeVisible();
  await search.fill("polonium marie");
  await page.keyboard.press("Enter");
  const chips = page.getByRole("list", { name: "Chosen repositories" });
  await expect(chips.getByRole("listitem")).toHaveText([`${CHOSEN.login}/radium`, `${CHOSEN.login}/polonium`]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Choose from GitHub" })).toBeFocused();
  await page.getByRole("button", { name: "Review" }).press("Enter");
  await expect(page.getByText(`Only repository ${CHOSEN.login}/radium and ${CHOSEN.login}/polonium.`)).toBeVisible();
  await page.getByRole("button", { name: "Lend access" }).press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Access is lent" })).toBeVisible();
  expect(await listings(world, marie)).toBe(1);

  const access = await fetchAccess(world, bot, new URL(page.url()).pathname.split("/").at(-1) ?? "");
  const read = (name: string) => call(access.access_token, "GET", `${access.api_base}/repos/${CHOSEN.login}/${name}`);
  expect([(await read("radium")).status, (await read("polonium")).status]).toEqual([200, 200]);
  expect(await read("thorium")).toMatchObject({ status: 403, body: { reason: "resource_not_lent" } });
});

test("what was written stays beside what is chosen; a chip takes either out again, and a service that is away stops nobody", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  const bot = await register(ada);
  const page = await open(ada);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read&resource=issue:3`);
  const written = page.getByRole("textbox", { name: "Only these issues, by their numbers" });
  await expect(written).toHaveValue("3");
  world.saas.control.breakAll("api", "503");
  await page.getByRole("button", { name: "Choose from Demo Tracker" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Demo Tracker did not answer in time." })).toBeVisible();
  await written.fill("3, 9");
  world.saas.control.repair();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("combobox", { name: "Search issues" }).fill("umlauts");
  await page.getByRole("option", { name: "Search ignores umlauts" }).click();
  const chips = page.getByRole("list", { name: "Chosen issues" });
  await expect(chips.getByRole("listitem")).toHaveCount(3);
  await expect(chips.getByRole("listitem").last()).toContainText("Search ignores umlauts");
  await bringAxe(page);
  expect(await findViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  await chips.getByRole("button", { name: "Remove 3" }).click();
  await expect(chips.getByRole("button", { name: "Remove 9" })).toBeFocused();
  await expect(written).toHaveValue("9\n7");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByText("Only issue 9 and 7.")).toBeVisible();
});

test("without scripts the names are written, and an account without the permission says what is missing", async ({
  world,
  open,
  watch,
  browser,
}) => {
  const ada = await join(world, "Ada Plain");
  const [full, less] = [await connectDemo(ada), await connectDemo(ada, { login: "grace", scopes: ["profile:read", "files:read"] })];
  const bot = await register(ada);
  const signedIn = await open(ada);
  await signedIn.goto(`/grants/new?connection=${less}&agent=${bot.agentId}`);
  await signedIn.getByRole("radio", { name: "Only selected" }).check();
  await expect(signedIn.getByText('To list them Valet needs "Read issues"')).toBeVisible();
  await expect(signedIn.getByRole("button", { name: "Choose from Demo Tracker" })).toHaveCount(0);

  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: world.valet.url });
  watch.follow(context);
  await context.addCookies(await signedIn.context().cookies());
  const page = await context.newPage();
  await page.goto(`/grants/new?connection=${full}&agent=${bot.agentId}&scopes=issues:read`);
  const written = page.getByRole("textbox", { name: "Only these issues, by their numbers" });
  await expect(written).toBeHidden();
  await page.getByRole("radio", { name: "Only selected" }).check();
  await written.fill("7");
  await expect(page.getByRole("button", { name: "Choose from Demo Tracker" })).toHaveCount(0);
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByText("Only issue 7.")).toBeVisible();
  await context.close();
});
