import type { Locator, Page } from "@playwright/test";
import { exchange, register } from "./support/agent";
import { atConsent } from "./support/demoWalk";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a person connects, lends and takes back by the keyboard alone", async ({ world, open }) => {
  const ada = await join(world, "Ada Typing");
  const bot = await register(ada);
  const page = await open(ada);
  await page.goto("/connections");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();

  const consented = await twoSteps(page);
  expect(consented).toBe(2);
  await press(page, page.getByRole("button", { name: /Ada Lovelace/ }));
  await expect(page.getByRole("status").filter({ hasText: "Demo Tracker is connected" })).toBeVisible();

  await press(page, page.getByRole("link", { name: "Lend access", exact: true }));
  await expect(page).toHaveURL(/\/grants\/new/);
  const lifetime = page.getByRole("radio").and(page.locator('[name="lifetime"]'));
  await tabTo(page, lifetime.and(page.locator(":checked")));
  await page.keyboard.press("ArrowRight");
  await expect(lifetime.and(page.locator(":focus"))).toBeChecked();
  await press(page, page.getByRole("button", { name: "Review" }));
  await press(page, page.getByRole("button", { name: "Lend access" }), "Space");
  await expect(page).toHaveURL(/\/grants\/grt_/);
  const grantId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect((await exchange(world, bot, grantId)).status).toBe(200);

  await press(page, page.getByRole("button", { name: "Revoke grant" }));
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Revoke grant" })).toBeFocused();
  await page.keyboard.press("Enter");
  await press(page, dialog.getByRole("button", { name: "Yes, revoke" }));
  await expect(page.getByText("Revoked", { exact: true }).first()).toBeVisible();
  expect(await exchange(world, bot, grantId)).toMatchObject({ status: 400, body: { reason: "grant_revoked" } });
});

/** From the list of accounts to where the service asks. Answers how often something was pressed. */
async function twoSteps(page: Page): Promise<number> {
  let presses = 0;
  for (const what of [
    page.getByRole("link", { name: "Connect Demo Tracker" }),
    page.getByRole("button", { name: "Connect", exact: true }),
  ]) {
    await press(page, what);
    presses += 1;
  }
  await atConsent(page);
  return presses;
}

async function press(page: Page, what: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, what);
  await page.keyboard.press(key);
}

const STEPS_MAX = 120;

/** Goes on with Tab until this has the focus, and its focus can be seen. */
async function tabTo(page: Page, what: Locator): Promise<void> {
  await expect(what).toBeVisible();
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    if (await what.evaluate((element) => element === document.activeElement)) {
      const { outlineStyle, outlineWidth } = await what.evaluate((element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return { outlineStyle, outlineWidth };
      });
      expect(outlineStyle, "the focus can be seen").not.toBe("none");
      expect(Number.parseFloat(outlineWidth)).toBeGreaterThan(0);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never came to ${what}.`);
}
