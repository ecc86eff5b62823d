import { revokeGrant } from "../lib/grants/revoke";
import { connectDemo } from "./support/accounts";
import { lend, register } from "./support/agent";
import { furnish, useGrant } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("an admin sees who reaches what from either end, and it is gone the moment the grant is", async ({ world, open }) => {
  const ada = await furnish(world, "Ada Reachable");
  await useGrant(world, ada, {});
  const page = await open(world.admin);
  await page.goto("/admin/access");
  await page.getByLabel("Person", { exact: true }).selectOption(ada.person.ctx.actor.personId);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(`/admin/access?person=${ada.person.ctx.actor.personId}`);
  await expect(page.getByRole("heading", { name: "1 live grant" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Bot of Ada Reachable" }).first().click();
  await expect(page).toHaveURL(`/admin/access?agent=${ada.bot.agentId}`);
  await expect(page.getByRole("listitem").filter({ hasText: "Demo Tracker, ada" })).toContainText("Ada Reachable");
  await revokeGrant(ada.person.ctx, { grantId: ada.grantId });
  await page.reload();
  await expect(page.getByText("Nobody reaches anything by this")).toBeVisible();
});

test("the numbers of the overview are the lists that they lead to, and a member has no such page", async ({ world, open, watch }) => {
  watch.expectMessage(/status of 404/);
  const person = await join(world, "Olga Overviewed");
  await lend(person, await register(person, "Bot of Olga"), await connectDemo(person), { scopes: ["issues:read", "issues:write"] });
  const page = await open(world.admin);
  for (const [tile, list] of [
    ["live grant", "/admin/access"],
    ["of them can write", "/admin/access?access=write"],
  ] as const) {
    await page.goto("/admin");
    const link = page.getByRole("list", { name: "Numbers" }).getByRole("link", { name: tile });
    const count = /^\d+/.exec((await link.textContent()) ?? "")?.[0];
    await link.click();
    await expect(page).toHaveURL(list);
    await expect(page.getByRole("heading", { name: `${count} live grant` })).toBeVisible();
  }
  expect((await (await open(person)).goto("/admin"))?.status()).toBe(404);
});
