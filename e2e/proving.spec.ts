import { writingSide } from "../lib/db";
import { connectDemo } from "./support/accounts";
import { call, exchange, fetchAccess, lend, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test.afterEach(({ world }) => world.saas.control.repair());

test("Test now shows the evidence in plain words, who refused, and when it was last proven", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"] });
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  await expect(page.getByText("Not tested yet.")).toBeVisible();
  const issues = JSON.stringify(world.saas.control.data());
  await page.getByRole("button", { name: "Test now" }).click();
  const evidence = page.getByRole("list", { name: "Evidence" }).getByRole("listitem");
  await expect(evidence.filter({ hasText: "Read issues: Demo Tracker answered 200." })).toBeVisible();
  await expect(evidence.filter({ hasText: "Delete an issue: refused by Demo Tracker (403)." })).toBeVisible();
  await expect(evidence.filter({ hasText: "Create an issue: refused by Valet. Asked of Valet's rules only." })).toBeVisible();
  await expect(page.getByText(/^Last proven .*, last tested .*\.$/)).not.toContainText("never");
  expect(JSON.stringify(world.saas.control.data())).toBe(issues);
});

test("a grant with something open is loudly suspended, gives nothing, and comes back when a test has seen it shut", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["files:read"] });
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  world.saas.control.breakAll("api", "empty");
  await page.getByRole("button", { name: "Test now" }).click();
  const alarm = page.getByRole("alert").filter({ hasText: "Suspended: Triage bot gets nothing" });
  await expect(alarm).toContainText("Delete an issue: Demo Tracker answered 200, and should have refused.");
  expect(await exchange(world, bot, grantId)).toMatchObject({ status: 400, body: { reason: "grant_suspended" } });
  await page.goto("/grants");
  await expect(page.getByRole("region", { name: "Suspended" }).getByText("Triage bot", { exact: true })).toBeVisible();
  await page.goto("/");
  await expect(page.getByText("Triage bot's grant on Demo Tracker gives nothing")).toBeVisible();
  world.saas.control.repair();
  await page.goto(`/grants/${grantId}`);
  await page.getByRole("button", { name: "Test now" }).click();
  await expect(alarm).toHaveCount(0);
  expect((await exchange(world, bot, grantId)).status).toBe(200);
});

test("after fourteen days a grant is narrowed to what was used, once the difference was shown", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const scopes = ["issues:read", "files:read"];
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes, delivery: "gateway", lifetime: "30d" });
  const { access_token, api_base } = await fetchAccess(world, bot, grantId);
  expect((await call(access_token, "GET", `${api_base}/api/issues`)).status).toBe(200);
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  const used = page.getByRole("region", { name: "What it used" });
  await expect(used.getByText("Never used: Read files.")).toBeVisible();
  await expect(used.getByRole("button", { name: "Narrow to what was used" })).toHaveCount(0);

  const createdAt = new Date(Date.now() - 15 * 86_400_000);
  await writingSide(world.core.db).prisma.grant.update({ where: { id: grantId }, data: { createdAt } });
  await page.reload();
  await used.getByRole("button", { name: "Narrow to what was used" }).click();
  const dialog = page.getByRole("dialog", { name: "Narrow the grant to Triage bot?" });
  await expect(dialog.getByRole("list", { name: "It keeps" })).toHaveText("Read issues");
  await expect(dialog.getByRole("list", { name: "It loses" })).toHaveText("Read files");
  expect((await call(access_token, "GET", `${api_base}/api/files`)).status).toBe(200);
  await dialog.getByRole("button", { name: "Yes, narrow it" }).click();
  await expect(used.getByText("All of it was used in the last 14 days.")).toBeVisible();
  await expect(page.getByRole("region", { name: "What it can do" })).not.toContainText("Read files");
  const refused = await call(access_token, "GET", `${api_base}/api/files`);
  expect(refused).toMatchObject({ status: 403, body: { reason: "outside_grant", smallest_grant: { labels: ["Read files"] } } });
});

test("the link in a refusal survives signing in, fills in the form, and lends nothing", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"], delivery: "gateway" });
  const { access_token, api_base } = await fetchAccess(world, bot, grantId);
  const refused = await call(access_token, "POST", `${api_base}/api/issues/1/comments`, { body: "No." });
  const page = await open();
  await page.goto(String(refused.body.fix));
  await page.getByLabel("E-mail").fill(ada.email);
  await page.getByLabel("Password").fill(ada.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("combobox", { name: "Lend to" })).toHaveValue(bot.agentId);
  const boxes = page.locator('input[type="checkbox"][name="scopes"]:checked');
  await expect(boxes).toHaveCount(1);
  await expect(boxes).toHaveValue("issues:comment");
  expect(await world.core.db.grant.count({ where: { personId: ada.ctx.actor.personId } })).toBe(1);
});
