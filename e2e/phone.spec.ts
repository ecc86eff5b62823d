import { connectDemo } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("a phone's navigation reaches every page, and whoever uses it sees whose hand it was", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { delivery: "gateway" });
  const { access_token, api_base } = await fetchAccess(world, bot, grantId);
  await call(access_token, "GET", `${api_base}/api/issues`);
  const page = await open(ada);
  await page.goto("/");
  const bar = page.getByRole("navigation", { name: "Main, phone" });
  for (const name of ["Connections", "Agents", "Activity"]) {
    await bar.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await expect(page.getByText("Agent", { exact: true }).first()).toBeVisible();
  await bar.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Grants" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Grants" })).toBeVisible();
  await bar.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
});
