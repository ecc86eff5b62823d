import { furnish, useGrant } from "./support/furnished";
import { expect, test } from "./support/test";

test("a run is drawn: on whose authority, its token, the two calls made with it; somebody else's is not there", async ({
  world,
  open,
  watch,
}) => {
  const ada = await furnish(world, "Ada Running");
  await useGrant(world, ada, { run_id: "nightly-triage-42" });
  const page = await open(ada.person);
  await page.goto("/runs");
  await page.getByRole("combobox", { name: "State" }).selectOption({ label: "Without refusals" });
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("No run fits these filters")).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).first().click();
  await page.getByRole("link", { name: "nightly-triage-42" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "nightly-triage-42" })).toBeVisible();
  await expect(page.getByText("On the authority of")).toContainText("Ada Running");
  const token = page.getByRole("main").getByRole("listitem").filter({ hasText: "fetched access" }).first();
  await expect(token).toContainText("Bot of Ada Running");
  await expect(token).toContainText("Delegated");
  await expect(token).toContainText(`at: ${world.valet.url}/proxy/demo`);
  const calls = token.getByRole("listitem");
  await expect(calls).toHaveCount(2);
  await expect(calls.nth(0)).toContainText("GET /api/issues");
  await expect(calls.nth(1)).toContainText("POST /api/issues");
  await expect(calls.nth(1)).toContainText("Refused");
  await calls.nth(1).getByRole("link", { name: "called through the gateway" }).click();
  const details = page.getByRole("complementary", { name: "Called through the gateway" });
  await expect(details).toContainText("POST /api/issues");
  await details.getByRole("link", { name: "nightly-triage-42" }).first().click();
  await expect(page).toHaveURL("/runs/nightly-triage-42");

  watch.expectMessage(/status of 404/);
  const stranger = await open((await furnish(world, "Eve Elsewhere", "linus")).person);
  expect((await stranger.goto("/runs/nightly-triage-42"))?.status()).toBe(404);
  await stranger.goto("/runs");
  await expect(stranger.getByText("No runs yet")).toBeVisible();
});
