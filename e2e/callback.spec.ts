import type { Page } from "@playwright/test";
import { consentAs, denyConsent } from "./fakes/consent";
import { type Entered, join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

test.afterEach(({ world }) => world.saas.control.behave({ iss: "right" }));

test("an answer that was used already is refused", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  const callback = await consentAs(await begin(page), "ada");
  await page.goto(callback.href);
  await expect(page.getByRole("status")).toContainText("Demo Tracker is connected");
  await page.goto(callback.href);
  await expectRefused(page, "That answer was used already. If the account is not in your list, start again below.");
  await expectAccounts(world, ada, 1);
});

test("a code that was redeemed already is refused by Demo Tracker, and the person is told to start again", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  const first = await consentAs(await begin(page), "ada");
  await page.goto(first.href);
  const second = new URL(await begin(page));
  const forged = new URL(first);
  forged.searchParams.set("state", second.searchParams.get("state") ?? "");
  await page.goto(forged.href);
  await expectRefused(page, /^(The service did not (give access|accept)|The account was not connected).*(again|Try)/);
  await expectAccounts(world, ada, 1);
});

test("an answer brought to another browser of the same person is refused before Demo Tracker is asked", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const [page, other] = [await open(ada), await open(ada)];
  const callback = await consentAs(await begin(page), "ada");
  await neverRedeemed(world, async () => {
    await other.goto(callback.href);
    await expectRefused(other, "That was started in another browser, so it was thrown away. Start again below.");
  });
  await expectAccounts(world, ada, 0);
});

test("an answer brought to somebody else is refused: nobody can be given another's account", async ({ world, open }) => {
  const [ada, eve] = [await join(world, "Ada Lovelace"), await join(world, "Eve")];
  const [page, others] = [await open(ada), await open(eve)];
  const callback = await consentAs(await begin(page), "ada");
  await neverRedeemed(world, async () => {
    await others.goto(callback.href);
    await expectRefused(others, "Somebody else started that, so their answer was not taken for you. Start again below.");
  });
  await expectAccounts(world, eve, 0);
});

test("an answer brought to somebody who is not signed in leads to signing in, and is not redeemed", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const [page, nobody] = [await open(ada), await open()];
  const callback = await consentAs(await begin(page), "ada");
  await neverRedeemed(world, async () => {
    await nobody.goto(callback.href);
    await expect(nobody.getByRole("alert").filter({ hasText: "." })).toHaveText("Your session ended. Sign in again.");
  });
  expect(nobody.url()).not.toContain("code=");
});

test("an answer from another issuer is refused", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  world.saas.control.behave({ iss: "wrong" });
  const callback = await consentAs(await begin(page), "ada");
  await neverRedeemed(world, async () => {
    await page.goto(callback.href);
    await expectRefused(page, /^The answer does not come from the service you chose, so it was thrown away\./);
  });
  await expectAccounts(world, ada, 0);
});

test("an answer that does not say where it comes from is refused", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  world.saas.control.behave({ iss: "absent" });
  const callback = await consentAs(await begin(page), "ada");
  await neverRedeemed(world, async () => {
    await page.goto(callback.href);
    await expectRefused(page, /^The answer does not say where it comes from, so it was thrown away\./);
  });
  await expectAccounts(world, ada, 0);
});

test("an answer for one service is refused at the address of another", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  const callback = await consentAs(await begin(page), "ada");
  const swapped = new URL(callback);
  swapped.pathname = "/connect/github/callback";
  const github = world.upstreams.github.recorder.exchanges.length;
  await neverRedeemed(world, async () => {
    await page.goto(swapped.href);
    await expectRefused(page, "The answer came back for another service than you started with, so it was thrown away. Start again below.");
  });
  expect(world.upstreams.github.recorder.exchanges.length).toBe(github);
  await expectAccounts(world, ada, 0);
});

test("an answer nobody asked for is refused", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  await neverRedeemed(world, async () => {
    await page.goto("/connect/demo/callback?code=made-up&state=made-up");
    await expectRefused(page, "That answer does not belong to anything you started here. Start again below.");
  });
});

test("a person who says no at Demo Tracker is told that nothing was connected", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  await begin(page);
  await page.getByRole("button", { name: "Deny" }).click();
  await expectRefused(page, "You said no there. Nothing was connected.");
  await expectAccounts(world, ada, 0);
});

test("every refused answer is a row of activity with its reason", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const page = await open(ada);
  const callback = await denyConsent(await begin(page));
  await page.goto(callback.href);
  await page.goto(callback.href);
  await page.goto("/activity?decision=refused");
  await expect(page.getByRole("row").nth(1)).toContainText("This answer was used already.");
  await expect(page.getByRole("row").nth(2)).toContainText("You said no at Demo Tracker. Nothing was connected.");
});

/** Leaves for Demo Tracker, and answers the address of its consent page. */
async function begin(page: Page): Promise<string> {
  await page.goto("/connections/new?connector=demo");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Connect your Demo Tracker account" })).toBeVisible();
  return page.url();
}

async function expectRefused(page: Page, sentence: string | RegExp): Promise<void> {
  const told = page.getByRole("alert").filter({ hasText: "Not connected" });
  await expect(told).toBeVisible();
  await expect(told.getByText(sentence)).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/connections");
  expect(page.url()).not.toMatch(/code=|state=/);
}

async function expectAccounts(world: World, { ctx }: Entered, count: number): Promise<void> {
  expect(await world.core.db.connection.count({ where: { personId: ctx.actor.personId } })).toBe(count);
}

async function neverRedeemed(world: World, work: () => Promise<void>): Promise<void> {
  const redeemed = () => world.saas.calls.filter(({ path }) => path === "/oauth/token").length;
  const before = redeemed();
  await work();
  expect(redeemed()).toBe(before);
}
