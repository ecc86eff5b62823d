import { connectDemo } from "./support/accounts";
import { exchange, lend, register } from "./support/agent";
import { bringAxe, findViolations } from "./support/axe";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("an admin registers a service and gives an agent access there; the agent gets a token of its own", async ({ world, open }) => {
  const bot = await register(world.admin, "Deploy bot");
  const page = await open(world.admin);
  await page.goto("/admin/resources");
  await page.getByLabel("Name", { exact: true }).fill("Deploys");
  await page.getByLabel("Address").fill("https://deploy.example.com");
  await page.getByLabel("Scopes").fill("deploy:read deploy:run");
  await page.getByRole("button", { name: "Register", exact: true }).click();
  await expect(page.getByText("https://deploy.example.com")).toBeVisible();
  await bringAxe(page);
  expect(await findViolations(page)).toEqual([]);

  await page.goto(`/agents/${bot.agentId}?tab=settings`);
  await page.getByText("Give it access", { exact: true }).click();
  await page.getByLabel("Scopes there").fill("deploy:read");
  await page.getByRole("button", { name: "Give access" }).click();
  await expect(page.getByText("0 tokens issued")).toBeVisible();
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: bot.clientId, client_secret: bot.clientSecret });
  const answer = await fetch(`${world.valet.url}/oauth/token`, { method: "POST", body });
  expect(await answer.json()).toMatchObject({ pattern: "own", resource: "https://deploy.example.com", scope: "deploy:read" });
  await page.reload();
  await expect(page.getByText("1 token issued")).toBeVisible();
});

test("an admin says that an account is the platform's: the summary, the grant and its rows say so in a word", async ({ world, open }) => {
  const bot = await register(world.admin, "Nightly bot");
  const connectionId = await connectDemo(world.admin, { login: "grace" });
  const page = await open(world.admin);
  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read&lifetime=1h&review=1`);
  await page.getByRole("link", { name: /^The agent's own/ }).click();
  await expect(page.getByText("may act as itself at")).toBeVisible();
  await page.getByRole("button", { name: "Lend access" }).click();
  await expect(page).toHaveURL(/\/grants\/grt_/);
  await expect(page.getByText("On its own", { exact: true }).first()).toBeVisible();
  const grantId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect((await exchange(world, bot, grantId)).body).toMatchObject({ pattern: "own" });
  await page.goto(`/activity?grant=${grantId}&event=token.exchange`);
  const row = page.getByRole("row").nth(1);
  await expect(row).toContainText("On its own");
  await expect(row).not.toContainText("Grace Hopper");
});

test("a shared key is recorded with a warning, and the key is never seen again", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const whole = await connectDemo(ada);
  const { sealedAccess } = await world.core.db.connection.findUniqueOrThrow({ where: { id: whole } });
  const key = world.core.vault.open("passing", { table: "connections", row: whole, column: "sealed_access" }, sealedAccess ?? "");
  const page = await open(ada);
  await page.goto("/connections/new?connector=demo");
  await page.getByRole("link", { name: "Record a shared key (not recommended)" }).click();
  await page.getByLabel("What it is known as").fill("Old CI");
  await page.getByLabel("The key").fill(key);
  await bringAxe(page);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole("button", { name: "Record it" }).click();
  await expect(page.getByText("A shared key", { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain(key);
  const connectionId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const { grantId } = await lend(ada, bot, connectionId, { scopes: ["issues:read"] });
  for (const path of [`/grants/${grantId}`, `/agents/${bot.agentId}`]) {
    await page.goto(path);
    await expect(page.getByText("whoever has a copy of it can use it without Valet").first()).toBeVisible();
  }
});
