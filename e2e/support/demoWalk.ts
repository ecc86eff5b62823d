import { expect, type Page } from "@playwright/test";

/** Begins connecting Demo Tracker and stops where it asks the person. Answers the address of that page. */
export async function walkToConsent(page: Page): Promise<string> {
  await page.goto("/connections/new?connector=demo");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  return atConsent(page);
}

/** Waits for the page on which Demo Tracker asks. Answers its address. */
export async function atConsent(page: Page): Promise<string> {
  await expect(page.getByRole("heading", { name: "Connect your Demo Tracker account" })).toBeVisible();
  return page.url();
}

/** Says yes there, as the person who is called so. */
export async function agreeAs(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name }).click();
}
