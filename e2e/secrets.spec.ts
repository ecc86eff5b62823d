import type { Page } from "@playwright/test";
import { connectDemo } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { join, newEmail } from "./support/people";
import { type Canary, readCanaries } from "./support/secrets";
import { expect, test } from "./support/test";
import { type Stop, tourOfAdmin, tourOfMember } from "./support/tour";
import type { World } from "./support/world";

test("an agent's secret is shown once, and is nowhere after a reload, a click or going back", async ({ world, open }) => {
  const page = await open(await join(world, "Ada Registering"));
  await page.goto("/agents/new");
  await page.getByLabel("Name").fill("Triage bot");
  await page.getByLabel("Purpose").fill("Sorts new issues every morning");
  await page.getByRole("button", { name: "Register agent" }).click();
  const secret = await shown(page, "Client secret", /^vlt_agt_\w{36,}$/);
  await expectNotKept(page, secret);
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("link", { name: "Open the agent" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Triage bot");
  await expectGone(page, secret);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Register an agent");
  await expectGone(page, secret);
});

test("a rotated secret is shown once, and the one before it ends", async ({ world, open }) => {
  const ada = await join(world, "Ada Renewing");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada));
  const page = await open(ada);
  await page.goto(`/agents/${bot.agentId}?tab=credentials`);
  await page.getByText("Rotate", { exact: true }).click();
  await page.getByLabel("The one before").selectOption("0");
  await page.getByRole("button", { name: "Yes, make a new secret" }).click();
  const secret = await shown(page, "Client secret", /^vlt_agt_\w{36,}$/);
  await expect(fetchAccess(world, bot, grantId)).rejects.toThrow("invalid_client");
  await fetchAccess(world, { ...bot, clientSecret: secret }, grantId);
  await expectNotKept(page, secret);
  await page.reload();
  await expectGone(page, secret);
  await expect(page.getByText(`vlt_agt_…${secret.slice(-4)}`, { exact: true }).first()).toBeVisible();
});

test("an API token is shown once, and its list names only its last characters", async ({ world, open }) => {
  const page = await open(await join(world, "Ada Scripting"));
  await page.goto("/account");
  await page.getByLabel("Token name").fill("Backup script");
  await page.getByRole("button", { name: "Create token" }).click();
  const token = await shown(page, "API token", /^vlt_pat_\w{36,}$/);
  expect((await call(token, "GET", `${world.valet.url}/api/v1/me`)).status).toBe(200);
  await expectNotKept(page, token);
  await page.getByRole("link", { name: "I have stored it" }).click();
  await expect(page.getByText(`vlt_pat_…${token.slice(-4)}`)).toBeVisible();
  await expectGone(page, token);
  await page.reload();
  await expectGone(page, token);
});

test("an invitation's link is shown once, works once, and is not in the address of any page of the admin", async ({ world, open }) => {
  const page = await open(world.admin);
  const email = newEmail("Ina Invited");
  await page.goto("/admin/people");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await shown(page, "Invitation link", /\/join\/vlt_inv_\w{36,}$/);
  const token = link.split("/").at(-1) ?? "";
  await expectNotKept(page, token);
  await page.reload();
  await expectGone(page, token);

  const theirs = await open();
  await theirs.goto(link);
  await theirs.getByLabel("Name").fill("Ina Invited");
  await theirs.getByLabel("Password").fill("a long and private sentence");
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs).toHaveURL("/");
  await theirs.reload();
  await expectGone(theirs, token);
  const late = await open();
  await late.goto(link);
  await expect(late.getByLabel("Password")).toHaveCount(0);
});

test("no page, payload or address of anybody holds what a service gave out or what Valet proves itself with", async ({
  world,
  open,
  watch,
}) => {
  watch.expectMessage(/status of 404/);
  test.slow();
  const from = world.valet.recorder.exchanges.length;
  const canaries = new Map<string, Canary>();
  const note = async () => {
    for (const canary of await readCanaries(world.core)) canaries.set(canary.value, canary);
  };
  const given = await watchTokens(world, note);
  const member = await tourOfMember(world, "Ada Walking");
  await note();
  const admin = await tourOfAdmin(world);
  await note();
  const auditor = await join(world, "Olga Walking", "auditor");
  const everywhere = [...member.stops, ...admin.stops];
  await walkAll(await open(member.person), member.stops);
  await walkAll(await open(world.admin), everywhere);
  await walkAll(await open(auditor), admin.stops);
  await note();

  const kinds = [...canaries.values()].map(({ what }) => what);
  for (const kind of ["an account's access token", "an account's refresh token", "a client secret", "a lent token"])
    expect(kinds).toContain(kind);
  expect(canaries.has(given.refreshed), "a token that was rotated away").toBe(true);
  const seen = world.valet.recorder.exchanges.slice(from);
  expect(seen.filter(({ body }) => body.includes("Demo Tracker")).length).toBeGreaterThan(everywhere.length);
  const found = seen.flatMap(({ method, target, body, responseHeaders }) => {
    const text = `${target} ${body} ${JSON.stringify(responseHeaders)}`;
    const mine = target === "/oauth/token" ? [...canaries.values()].filter(({ lent }) => !lent) : [...canaries.values()];
    return mine.filter(({ value }) => text.includes(value)).map(({ what }) => `${what} in ${method} ${target.split("?")[0]}`);
  });
  expect(found).toEqual([]);
});

/** A connection whose tokens were rotated: those before and after are both noted. */
async function watchTokens(world: World, note: () => Promise<void>): Promise<{ refreshed: string }> {
  const person = await join(world, "Rita Rotated");
  const connectionId = await connectDemo(person, { login: "grace" });
  await note();
  const before = await refreshTokenOf(world, connectionId);
  const bot = await register(person);
  const { grantId } = await lend(person, bot, connectionId, { delivery: "direct", scopes: ["issues:read"] });
  await fetchAccess(world, bot, grantId);
  await note();
  expect(await refreshTokenOf(world, connectionId)).not.toBe(before);
  return { refreshed: before };
}

async function refreshTokenOf({ core }: World, connectionId: string): Promise<string> {
  const { sealedRefresh } = await core.db.connection.findUniqueOrThrow({ where: { id: connectionId }, select: { sealedRefresh: true } });
  return core.vault.open("lasting", { table: "connections", row: connectionId, column: "sealed_refresh" }, sealedRefresh ?? "");
}

/** Every page as a document, and as the payload that a click within the site fetches. */
async function walkAll(page: Page, stops: readonly Stop[]): Promise<void> {
  const paths = [...new Set(stops.map(({ path }) => path))];
  for (const path of paths) {
    await page.request.get(path);
    await page.request.get(path, { headers: { rsc: "1" } });
  }
}

/** The secret as it stands on the page. */
async function shown(page: Page, label: string, looks: RegExp): Promise<string> {
  const place = page.locator(`[data-secret="${label}"]`);
  await expect(place).toHaveText(looks);
  return (await place.textContent()) ?? "";
}

/** Also while it is shown: not in the address, and in nothing that the browser stores. */
async function expectNotKept(page: Page, secret: string): Promise<void> {
  const kept = await page.evaluate(() =>
    JSON.stringify([location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.cookie, performance.getEntries()]),
  );
  expect(kept.includes(secret), "the secret is in what the browser keeps").toBe(false);
  const cookies = JSON.stringify(await page.context().cookies());
  expect(cookies.includes(secret), "the secret is in a cookie").toBe(false);
  expect(await page.evaluate(() => caches.keys().catch(() => []))).toEqual([]);
}

/** Not on this page, not in its source, not in its payload, and not kept. */
async function expectGone(page: Page, secret: string): Promise<void> {
  await expectNotKept(page, secret);
  const sources = [
    await page.content(),
    await (await page.request.get(page.url())).text(),
    await (await page.request.get(page.url(), { headers: { rsc: "1" } })).text(),
  ];
  for (const source of sources) expect(source.includes(secret), "the secret is on the page").toBe(false);
}
