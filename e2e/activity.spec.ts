import { connectDemo } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { apiTokenOf, join } from "./support/people";
import { expect, test } from "./support/test";

test("filters are in the address: they survive a reload, a link and the back button", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"], delivery: "gateway" });
  const { access_token, api_base } = await fetchAccess(world, bot, grantId);
  await call(access_token, "GET", `${api_base}/api/issues`);
  await call(access_token, "DELETE", `${api_base}/api/issues/1`);

  const page = await open(ada);
  await page.goto("/activity");
  await page.getByRole("combobox", { name: "Acting" }).selectOption({ label: "Agents" });
  await page.getByRole("combobox", { name: "Decision" }).selectOption({ label: "Refused" });
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/acting=agent/);
  await expect(page).toHaveURL(/decision=refused/);
  const rows = page.getByRole("row").filter({ has: page.getByRole("cell") });
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("DELETE /api/issues/1");
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole("combobox", { name: "Decision" })).toHaveValue("refused");
  const linked = await open(ada);
  await linked.goto(page.url());
  await expect(linked.getByRole("row").filter({ hasText: "DELETE /api/issues/1" })).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page.getByRole("row").filter({ hasText: "GET /api/issues" })).toBeVisible();
  await page.goBack();
  await expect(rows).toHaveCount(1);
});

test("pages of activity follow one another without a gap or a repeat, on the page and in the API", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  await connectDemo(ada);
  const own = await apiTokenOf(ada);
  for (let index = 1; index <= 55; index += 1) await call(own, "GET", `${world.valet.url}/proxy/demo/api/issues/${index}`);
  const page = await open(ada);
  await page.goto("/activity?event=gateway.call");
  const targets = async () =>
    (
      await page
        .getByRole("row")
        .filter({ has: page.getByRole("cell") })
        .allInnerTexts()
    ).map((text) => /issues\/(\d+)/.exec(text)?.[1]);
  await expect(page.getByRole("link", { name: "Older" })).toBeVisible();
  const newer = await targets();
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/cursor=/);
  await expect(page.getByRole("link", { name: "Newest" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: /issues\/1(?!\d)/ })).toBeVisible();
  const older = await targets();
  expect([...newer, ...older]).toEqual(Array.from({ length: 55 }, (_, index) => String(55 - index)));
  await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);

  const seen: string[] = [];
  let cursor = "";
  do {
    const { body } = await call(
      own,
      "GET",
      `${world.valet.url}/api/v1/activity?event=gateway.call&limit=20${cursor ? `&cursor=${cursor}` : ""}`,
    );
    seen.push(...(body.data as { id: string }[]).map(({ id }) => id));
    cursor = String(body.next_cursor ?? "");
  } while (cursor);
  expect(new Set(seen).size).toBe(55);
});

test("an admin and an auditor see everyone's activity, a member their own", async ({ world, open }) => {
  const [ada, eve, auditor] = [await join(world, "Ada Lovelace"), await join(world, "Eve"), await join(world, "Linus Audit", "auditor")];
  const bot = await register(ada, `Bot of ${ada.email}`);
  for (const reader of [world.admin, auditor]) {
    const page = await open(reader);
    await page.goto("/activity");
    await expect(page.getByRole("heading", { name: "Activity" })).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: bot.name })).toHaveCount(0);
    await page.getByRole("checkbox", { name: "Everyone's activity" }).check();
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page).toHaveURL(/everyone=1/);
    await expect(page.getByRole("row").filter({ hasText: "registered an agent" }).filter({ hasText: bot.name })).toBeVisible();
  }
  const page = await open(eve);
  await page.goto("/activity?everyone=1");
  await expect(page.getByRole("checkbox", { name: "Everyone's activity" })).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Activity" })).toBeVisible();
  await expect(page.getByText(bot.name)).toHaveCount(0);
});
