import { furnish, useGrant } from "./support/furnished";
import { expect, test } from "./support/test";

test("the details of a call show the chain of hands, and lead to its grant, account and run", async ({ world, open }) => {
  const ada = await furnish(world, "Ada Detailed");
  await useGrant(world, ada, { run_id: "run-of-details" });
  const page = await open(ada.person);
  await page.goto("/activity?decision=refused");
  await page.getByRole("link", { name: "called through the gateway" }).click();
  const details = page.getByRole("complementary", { name: "Called through the gateway" });
  await expect(details.getByRole("list", { name: "Chain of hands" }).getByRole("listitem")).toHaveText([
    "Ada DetailedPerson",
    "Bot of Ada DetailedAgent",
  ]);
  await expect(details).toContainText("POST /api/issues");
  await expect(details).toContainText("gateway.call");
  await expect(details.getByRole("link", { name: ada.grantId })).toHaveAttribute("href", `/grants/${ada.grantId}`);
  await expect(details.getByRole("link", { name: ada.connectionId })).toHaveAttribute("href", `/connections/${ada.connectionId}`);
  const opened = page.url();
  expect(opened).toMatch(/decision=refused&row=use_/);
  await page.reload();
  await expect(details).toBeVisible();
  await details.getByRole("link", { name: "run-of-details" }).click();
  await expect(page).toHaveURL("/runs/run-of-details");
  await page.goBack();
  await expect(page).toHaveURL(opened);
  await page.getByRole("link", { name: "Close details" }).click();
  await expect(details).toHaveCount(0);
  await expect(page).toHaveURL("/activity?decision=refused");
  await page.goBack();
  await expect(details).toBeVisible();
  // Going back may load the page anew, and a key that is pressed before its scripts are there is nobody's.
  await expect(async () => {
    await page.keyboard.press("Escape");
    await expect(details).toHaveCount(0, { timeout: 1000 });
  }).toPass();
  await expect(page).toHaveURL("/activity?decision=refused");
  await expect(page.getByRole("link", { name: "called through the gateway" })).toBeFocused();
});
