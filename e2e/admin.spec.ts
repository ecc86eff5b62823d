import { writingSide } from "../lib/db";
import { newId } from "../lib/ids";
import { setRole } from "../lib/people/status";
import { furnish } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

test("people are found by name, in pages; the address carries the filter, and back is right", async ({ world, open }) => {
  await manyPeople(world, 53);
  const page = await open(world.admin);
  await page.goto("/admin/people");
  await page.getByLabel("Find").fill("crowd_ed");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL("/admin/people?q=crowd_ed");
  await expect(page.getByText("53 people fit these filters, by name.")).toBeVisible();
  const names = page.getByRole("region", { name: "Everybody" }).getByRole("link", { name: /^Crowd_ed \d\d$/ });
  await expect(names).toHaveCount(50);
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(names).toHaveText(["Crowd_ed 50", "Crowd_ed 51", "Crowd_ed 52"]);
  await page.goBack();
  await expect(names).toHaveCount(50);
  await page.getByRole("form", { name: "Filters" }).getByLabel("Role").selectOption("admin");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("Nobody is like that")).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Find")).toHaveValue("crowd_ed");
  await expect(names).toHaveCount(50);
});

test("the audit tells who changed what from what to what, and is narrowed to one person and back", async ({ world, open }) => {
  const [boss, ada] = [await join(world, "Bea Boss", "admin"), await join(world, "Ada Audited")];
  await setRole(boss.ctx, { ...ada.ctx.actor, role: "auditor" });
  await setRole(world.admin.ctx, { ...ada.ctx.actor, role: "member" });
  const page = await open(world.admin);
  await page.goto("/admin/audit");
  await page.getByLabel("Changed by").selectOption(boss.ctx.actor.personId);
  await page.getByLabel("Time").selectOption("1h");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(`/admin/audit?by=${boss.ctx.actor.personId}&since=1h`);
  await page.getByRole("navigation", { name: "What was changed" }).getByRole("link", { name: "person", exact: true }).click();
  await expect(page).toHaveURL(`/admin/audit?by=${boss.ctx.actor.personId}&since=1h&about=person`);
  const row = page.getByRole("row").filter({ hasText: "changed a role" });
  await expect(row).toHaveCount(1);
  await expect(row.getByRole("listitem")).toHaveText("Role: member auditor");
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL("/admin/audit?about=person");
  await expect(row.filter({ hasText: "Ada Audited" })).toHaveCount(2);
});

test("who reaches an account is asked by choosing a person and then one of their accounts, also without scripts", async ({
  world,
  open,
  watch,
  browser,
}) => {
  const [ada, bea] = [await furnish(world, "Ada Accounted"), await furnish(world, "Bea Accounted", "linus")];
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: world.valet.url });
  watch.follow(context);
  await context.addCookies(await (await open(world.admin)).context().cookies());
  const page = await context.newPage();
  const [person, account] = [page.getByLabel("Person", { exact: true }), page.getByLabel("Account", { exact: true })];
  const show = () => page.getByRole("button", { name: "Show" }).click();
  await page.goto("/admin/access");
  await expect(account).toBeDisabled();
  await person.selectOption(ada.person.ctx.actor.personId);
  await show();
  await account.selectOption({ label: "Demo Tracker, ada" });
  await show();
  await expect(page).toHaveURL(`/admin/access?person=${ada.person.ctx.actor.personId}&connection=${ada.connectionId}`);
  await expect(page.getByRole("heading", { name: "1 live grant" })).toBeVisible();
  await person.selectOption(bea.person.ctx.actor.personId);
  await show();
  await expect(page).toHaveURL(`/admin/access?person=${bea.person.ctx.actor.personId}`);
  await expect(page.getByRole("main").getByRole("link", { name: "Bot of Bea Accounted" }).first()).toBeVisible();
  await context.close();
});

/** People whom only the database knows: joining takes each a password. */
async function manyPeople(world: World, count: number): Promise<void> {
  const createdAt = new Date();
  const data = Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(2, "0");
    return { id: newId("per", createdAt), name: `Crowd_ed ${number}`, email: `crowd.${number}@company.test`, role: "member", createdAt };
  });
  await writingSide(world.core.db).prisma.person.createMany({ data });
}
