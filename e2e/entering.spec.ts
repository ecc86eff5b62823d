import type { Page } from "@playwright/test";
import { newDatabase } from "./support/database";
import { clientOf } from "./support/emulators";
import { join, newEmail, PASSWORD } from "./support/people";
import { expect, test } from "./support/test";
import { environmentFor, reserveFace, startValet } from "./support/valet";

test("a fresh Valet prints one link, which makes the first admin, once; the admin then switches on a connector", async ({
  browser,
  watch,
}) => {
  const { recorder, port } = await reserveFace();
  const valet = await startValet(recorder, environmentFor(recorder, port, await newDatabase(), {}));
  watch.include(valet);
  const context = await browser.newContext({ baseURL: valet.url });
  watch.follow(context);
  const page = await context.newPage();
  try {
    const link = /http:\S+\/set-up\/\S+/.exec(valet.said())?.[0] ?? "";
    await page.goto(link);
    await page.getByRole("textbox", { name: "Your name" }).fill("Grace Hopper");
    await page.getByRole("textbox", { name: "E-mail" }).fill("grace@company.test");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the admin" }).click();
    await expect(page.getByRole("link", { name: "Connectors" })).toBeVisible();

    await page.goto("/admin/connectors");
    const form = page.getByRole("form", { name: "Set up Demo Tracker" });
    await expect(page.getByText(`${valet.url}/connect/demo/callback`)).toBeVisible();
    await form.getByRole("textbox", { name: "Client id" }).fill(clientOf("demo").id);
    await form.getByLabel("Client secret").fill(clientOf("demo").secret);
    await form.getByRole("button", { name: "Save Demo Tracker" }).click();
    await expect(page.locator("#demo").getByText("Enabled", { exact: true })).toBeVisible();
    await page.reload();
    await expect(form.getByLabel("Client secret")).toHaveValue("");
    await page.goto("/connections");
    await expect(page.getByRole("link", { name: "Connect Demo Tracker" })).toBeVisible();

    await page.goto(link);
    await expect(page.getByRole("heading", { name: "This link opens nothing any more" })).toBeVisible();
  } finally {
    await context.close();
    await valet.stop();
  }
});

test("an admin invites a person with a link shown once; they join with it, it opens nothing more, and their password signs them in", async ({
  world,
  open,
}) => {
  const admin = await open(world.admin);
  const email = newEmail("Ada Lovelace");
  await admin.goto("/admin/people");
  const form = admin.getByRole("form", { name: "Invite a person" });
  await form.getByRole("textbox", { name: "E-mail" }).fill(email);
  await form.getByRole("button", { name: "Invite" }).click();
  const shown = admin.locator('[data-secret="Invitation link"]');
  await expect(shown).toBeVisible();
  const link = (await shown.textContent()) ?? "";
  await admin.reload();
  await expect(shown).toHaveCount(0);

  const page = await open();
  await page.goto(link);
  await expect(page.getByText(email)).toBeVisible();
  await page.getByRole("textbox", { name: "Your name" }).fill("Ada Lovelace");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();

  const later = await open();
  await later.goto(link);
  await expect(later.getByRole("heading", { name: "This link opens nothing any more" })).toBeVisible();
  await signIn(later, email, PASSWORD);
  await expect(later.getByRole("heading", { name: "Home" })).toBeVisible();
});

test("a wrong password and an unknown person get the same one sentence, and further tries have to wait", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open();
  await signIn(page, newEmail("Nobody"), PASSWORD);
  const told = page.getByRole("alert").filter({ hasText: "." });
  await expect(told).toHaveText("That e-mail and password do not fit.");
  for (let tries = 0; tries < 5; tries += 1) {
    await signIn(page, ada.email, `${PASSWORD} or not`);
    await expect(told).toHaveText("That e-mail and password do not fit.");
  }
  await signIn(page, ada.email, PASSWORD);
  await expect(told).toHaveText(/^Too many failed tries\. Wait \d+ (minutes|seconds) and try again\.$/);
  await expect(page.getByLabel("Password")).toHaveValue("");
});

test("a page asked for before signing in opens after it, and an address elsewhere never does", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open();
  await page.goto("/agents");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fagents$/);
  await fillAndSend(page, ada.email, PASSWORD);
  await expect(page.getByRole("heading", { name: "Agents", exact: true })).toBeVisible();
  const other = await open();
  await other.goto(`/sign-in?next=${encodeURIComponent("//evil.example/agents")}`);
  await fillAndSend(other, ada.email, PASSWORD);
  await expect(other.getByRole("heading", { name: "Home" })).toBeVisible();
});

test("single sign-on through an OpenID provider makes a member of whom it vouches for, and knows them again", async ({ open }) => {
  for (let times = 0; times < 2; times += 1) {
    const page = await open();
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Continue with Company login" }).click();
    await page.getByRole("link", { name: "Continue as Lise Meitner" }).click();
    await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
    await page.goto("/account");
    const you = page.getByRole("region", { name: "You" });
    await expect(you).toContainText("lise@company.test");
    await expect(you).toContainText("member");
  }
});

test("single sign-on with an address that nobody confirmed lets nobody in, not even with an admin's address", async ({ open }) => {
  const page = await open();
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Continue with Company login" }).click();
  await page.getByRole("link", { name: "Continue as Not Verified" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "." })).toHaveText(
    /^(Your single sign-on does not say that your e-mail is verified|Somebody here already has your e-mail)\./,
  );
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
});

test("signing out everywhere ends the other browser with its next request", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const [here, there] = [await open(ada), await open(ada)];
  await there.goto("/agents");
  await expect(there.getByRole("heading", { name: "Agents", exact: true })).toBeVisible();
  await here.goto("/account");
  await here.getByRole("button", { name: "Sign out everywhere" }).click();
  await here.getByRole("dialog").getByRole("button", { name: "Yes, sign out" }).click();
  await expect(here).toHaveURL(/\/sign-in/);
  await there.goto("/connections");
  await expect(there).toHaveURL(/\/sign-in/);
});

test("a suspended person's session ends with the next request, and their password opens nothing", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const [admin, page] = [await open(world.admin), await open(ada)];
  await page.goto("/agents");
  await admin.goto(`/admin/people?q=${ada.email}`);
  const row = admin.getByRole("listitem").filter({ hasText: ada.email });
  await row.locator("summary").click();
  await row.getByRole("button", { name: "Suspend" }).click();
  await admin.getByRole("dialog").getByRole("button", { name: "Yes, suspend" }).click();
  await expect(row.getByText("Suspended", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Connections" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, ada.email, PASSWORD);
  await expect(page.getByRole("alert").filter({ hasText: "." })).toHaveText("That e-mail and password do not fit.");
});

test("an agent's secret and a person's API token are shown once, and work", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  await page.goto("/agents/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Triage bot");
  await page.getByRole("textbox", { name: "Purpose" }).fill("Sorts new issues every morning");
  await page.getByRole("button", { name: "Register agent" }).click();
  const secret = page.locator('[data-secret="Client secret"]');
  await expect(secret).toHaveText(/^vlt_agt_[0-9A-Za-z]{36}$/);
  const proof = (await secret.textContent()) ?? "";
  const asked = await fetch(`${world.valet.url}/api/v1/agent/access`, { headers: { authorization: `Bearer ${proof}` } });
  expect(await asked.json()).toMatchObject({ agent: { name: "Triage bot", status: "active" }, access: [] });
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("link", { name: "Open the agent" }).click();
  await expect(page.getByRole("heading", { name: "Triage bot" })).toBeVisible();
  await expect(page.getByText(proof)).toHaveCount(0);
  expect(world.valet.recorder.exchanges.filter(({ body }) => body.includes(proof))).toHaveLength(1);

  await page.goto("/account");
  await page.getByRole("textbox", { name: "Token name" }).fill("backup");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = page.locator('[data-secret="API token"]');
  await expect(token).toHaveText(/^vlt_pat_[0-9A-Za-z]{36}$/);
  const me = await fetch(`${world.valet.url}/api/v1/me`, { headers: { authorization: `Bearer ${await token.textContent()}` } });
  expect(await me.json()).toMatchObject({ email: ada.email, role: "member" });
  await page.reload();
  await expect(token).toHaveCount(0);
});

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await fillAndSend(page, email, password);
}

async function fillAndSend(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
