import { setUpConnector } from "../lib/setups/setUp";
import { connectDemo } from "./support/accounts";
import { call, fetchAccess, register } from "./support/agent";
import { agreeAs, atConsent } from "./support/demoWalk";
import { clientOf } from "./support/emulators";
import { join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

test.beforeEach(({ world }) => world.saas.control.behave({ scopeOnRefresh: "refuse" }));
test.afterEach(async ({ world }) => {
  world.saas.control.behave({ scopeOnRefresh: "narrow" });
  await setUpBoard(world, { ceiling: [] });
});

function setUpBoard(world: World, more: { ceiling?: string[]; clientSecret?: string }): Promise<void> {
  const { id: clientId, secret: clientSecret } = clientOf("demo-board");
  return setUpConnector(world.admin.ctx, { connector: "demo-board", clientId, clientSecret, ...more });
}

test("a person lets Demo Board hold a grant by a second, smaller consent: it refuses the write itself, and ends it with the grant", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada, { connector: "demo-board" });
  const bot = await register(ada);
  const page = await open(ada);
  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read&lifetime=1h&review=1`);
  await expect(page.getByText("Valet's gateway enforces this", { exact: false })).toBeVisible();
  await page.getByRole("link", { name: "Let Demo Board hold it" }).click();
  await expect(page.getByText("Demo Board enforces this: you give it a second, smaller consent", { exact: false })).toBeVisible();
  await expect(page.getByText("You have 5 permissions here, this agent gets 2.")).toBeVisible();
  await page.getByRole("button", { name: "Agree at Demo Board" }).click();
  expect(new URL(await atConsent(page)).searchParams.get("scope")).toBe("profile:read issues:read");
  expect(await world.core.db.grant.count({ where: { personId: ada.ctx.actor.personId } })).toBe(0);
  await agreeAs(page, "Ada Lovelace");
  await expect(page.getByText("Its own at Demo Board")).toBeVisible();
  const grantId = new URL(page.url()).pathname.split("/").at(-1) ?? "";

  const access = await fetchAccess(world, bot, grantId);
  expect(access).toMatchObject({ narrowed_by: "consent", scope: "profile:read issues:read", api_base: world.saas.url });
  expect((await call(access.access_token, "GET", `${world.saas.url}/api/issues`)).status).toBe(200);
  const issues = world.saas.control.data().issues.length;
  const write = await call(access.access_token, "POST", `${world.saas.url}/api/issues`, { title: "Not by this consent" });
  expect(write).toMatchObject({ status: 403, body: { error: "insufficient_scope", scope: "issues:write" } });
  expect(world.saas.control.data().issues.length).toBe(issues);

  await page.getByRole("button", { name: "Revoke grant" }).click();
  await page.getByRole("button", { name: "Yes, revoke" }).click();
  await expect(page.getByText("Access was ended at Demo Board too.")).toBeVisible();
  expect((await call(access.access_token, "GET", `${world.saas.url}/api/issues`)).status).toBe(401);
  await page.goto("/connections");
  await expect(page.locator('main a[href^="/connections/con_"]')).toHaveCount(1);
});

test("an admin sets a ceiling, and people are offered nothing above it", async ({ world, open }) => {
  const admin = await open(world.admin);
  await admin.goto("/admin/connectors?open=demo-board");
  const form = admin.getByRole("form", { name: "Set up Demo Board" });
  await form.getByText("Ceiling: none").click();
  await form.getByRole("checkbox", { name: "Read issues" }).check();
  await form.getByRole("button", { name: "Save Demo Board" }).click();
  await expect(form.getByText("Ceiling: 1 permission")).toBeVisible();

  const page = await open(await join(world, "Ada Lovelace"));
  await page.goto("/connections/new?connector=demo-board");
  await expect(page.getByRole("checkbox")).toHaveCount(2);
  await expect(page.getByRole("checkbox", { name: "Read your profile" })).toBeVisible();
  await expect(page.getByRole("checkbox", { name: "Read issues" })).toBeVisible();
});

test("an admin tests a set-up: the right secret is recognised, a wrong one is refused, each with its evidence", async ({ world, open }) => {
  const page = await open(world.admin);
  await page.goto("/admin/connectors?open=demo-board");
  const card = page.getByRole("region", { name: "Test of Demo Board" });
  await expect(card.getByText("Not tested since it was last saved.")).toBeVisible();
  await card.getByRole("button", { name: "Test this set-up" }).click();
  await expect(card.getByText("Client: recognised.", { exact: false })).toBeVisible();
  await expect(card.getByText(`${world.valet.url}/connect/demo-board/callback`)).toBeVisible();

  await setUpBoard(world, { clientSecret: "a-secret-that-demo-board-never-gave" });
  await page.reload();
  await card.getByRole("button", { name: "Test this set-up" }).click();
  await expect(card.getByText("Client: refused.", { exact: false })).toBeVisible();
});
