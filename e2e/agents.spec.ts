import { readFile } from "node:fs/promises";
import { setOwners } from "../lib/agents/owners";
import { connectDemo } from "./support/accounts";
import { lend, register } from "./support/agent";
import { furnish, useGrant } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("somebody registers an agent, keeps its secret as a file, and goes on to lend it something", async ({ world, open }) => {
  const ada = await join(world, "Ada Registering");
  const page = await open(ada);
  await page.goto("/agents");
  await expect(page.getByText("valet agents create triage --keep")).toBeVisible();
  await page.getByRole("link", { name: "Register an agent" }).click();
  await page.getByLabel("Name").fill("Triage bot");
  await page.getByLabel("Purpose").fill("Sorts new issues every morning");
  await page.getByRole("button", { name: "Register agent" }).click();
  const secret = (await page.locator('[data-secret="Client secret"]').textContent()) ?? "";
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download .env" }).click();
  const file = await readFile(await (await saving).path(), "utf8");
  const clientId = /^VALET_CLIENT_ID=(agt_\w+)$/m.exec(file)?.[1] ?? "";
  expect(file).toBe(`VALET_URL=${world.valet.url}\nVALET_CLIENT_ID=${clientId}\nVALET_CLIENT_SECRET=${secret}\n`);
  await page.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText(`vlt_agt_…${secret.slice(-4)}`)).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole("link", { name: "Lend it access" }).click();
  await expect(page).toHaveURL(`/grants/new?agent=${clientId}`);
});

test("an agent's page says what the agent itself is told, and its parts have addresses that back and forward keep", async ({
  world,
  open,
}) => {
  const ada = await furnish(world, "Ada Looking");
  await useGrant(world, ada);
  const headers = { authorization: `Bearer ${ada.bot.clientSecret}` };
  const { access } = await (await fetch(`${world.valet.url}/api/v1/agent/access`, { headers })).json();
  const page = await open(ada.person);
  await page.goto(`/agents/${ada.bot.agentId}`);
  const rows = page.getByRole("region", { name: "What it can do now" }).locator("tr[data-access]");
  await expect(rows).toHaveCount(access.length);
  for (const { grant_id, account, on_behalf_of } of access) {
    const row = page.locator(`[data-access="${grant_id}"]`);
    for (const words of [account, on_behalf_of.name, "Held to it by Demo Tracker"]) await expect(row).toContainText(words);
  }
  const parts = page.getByRole("navigation", { name: "Parts of this agent" });
  await parts.getByRole("link", { name: "Connect" }).click();
  await expect(page).toHaveURL(/\?tab=connect$/);
  await expect(page.getByText(`subject_token=${ada.grantId}`)).toBeVisible();
  await parts.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByText(/^\d uses in 14 days, 1 of them refused\.$/)).toBeVisible();
  await page.goBack();
  await expect(page.getByText(`subject_token=${ada.grantId}`)).toBeVisible();
  await page.goto(`/agents/${ada.bot.agentId}#proofs`);
  await expect(page).toHaveURL(/\?tab=credentials#proofs$/);
  await expect(page.getByRole("heading", { name: "How it proves itself" })).toBeVisible();
});

test("the list of agents is filtered by its address, without scripts", async ({ world, open, browser }) => {
  const [ada, bea] = [await join(world, "Ada Many"), await join(world, "Bea Others")];
  await register(ada, "Deploy bot");
  const lent = await register(bea, "Board bot");
  const sponsored = await register(bea, "Sponsored bot");
  await lend(ada, lent, await connectDemo(ada), { scopes: ["issues:read"] });
  await setOwners(bea.ctx, { agentId: sponsored.agentId, sponsor: ada.email });
  const page = await open(ada);
  const { cookies } = await page.context().storageState();
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: world.valet.url });
  await context.addCookies(cookies);
  const still = await context.newPage();
  await still.goto("/agents");
  const names = still.locator("main li").getByRole("link", { name: /bot$/ });
  await expect(names).toHaveText(["Board bot", "Deploy bot", "Sponsored bot"]);
  await expect(still.getByText("Demo Tracker reads")).toBeVisible();
  await still.getByRole("navigation", { name: "What you are to them" }).getByRole("link", { name: "Lent to 1" }).click();
  await expect(names).toHaveText(["Board bot"]);
  await still.getByRole("link", { name: "All 3" }).click();
  await still.getByLabel("Name, purpose or owner").fill("SPONS");
  await still.getByRole("button", { name: "Filter" }).click();
  await expect(still).toHaveURL(/[?&]q=SPONS/);
  await expect(names).toHaveText(["Sponsored bot"]);
  await context.close();
});
