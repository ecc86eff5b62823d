import { suspendPerson } from "../lib/people/status";
import { register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a second owner is named by e-mail, sees the agent among theirs, and pauses it", async ({ world, open }) => {
  const [ada, bea] = [await join(world, "Ada Owner"), await join(world, "Bea Second")];
  const bot = await register(ada, "Shared bot");
  const page = await open(ada);
  await page.goto(`/agents/${bot.agentId}?tab=settings`);
  await page.getByText("Change who answers for it").click();
  await page.getByLabel("Second owner's e-mail").fill(bea.email);
  await page.getByRole("button", { name: "Name second owner" }).click();
  await expect(page.getByRole("button", { name: "Clear second owner" })).toBeVisible();
  const beas = await open(bea);
  await beas.goto("/agents");
  await beas.getByRole("link", { name: "Shared bot" }).click();
  await beas.getByRole("button", { name: "Pause agent" }).click();
  await beas.getByRole("button", { name: "Yes, pause it" }).click();
  await expect(beas.getByText("Every call is refused.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Resume agent" })).toBeVisible();
});

test("an agent whose last owner is gone is told to its sponsor and to the admin, who gives it another", async ({ world, open }) => {
  const [gone, sponsor] = [await join(world, "Olga Gone"), await join(world, "Sam Sponsor")];
  const bot = await register(gone, "Left behind bot");
  const sams = await open(gone);
  await sams.goto(`/agents/${bot.agentId}?tab=settings`);
  await sams.getByText("Change who answers for it").click();
  await sams.getByLabel("Sponsor's e-mail").fill(sponsor.email);
  await sams.getByRole("button", { name: "Name sponsor" }).click();
  await expect(sams.getByRole("button", { name: "Clear sponsor" })).toBeVisible();
  await suspendPerson(world.admin.ctx, gone.ctx.actor);
  const told = await open(sponsor);
  await told.goto("/");
  await expect(told.getByText("Left behind bot has no active owner")).toBeVisible();
  const page = await open(world.admin);
  await page.goto("/admin/agents");
  await expect(page.getByText(/have no active owner|has no active owner/).first()).toBeVisible();
  await page.getByRole("link", { name: "Give it an owner (Left behind bot)" }).click();
  await expect(page.getByText("Its owner is gone")).toBeVisible();
  await page.getByLabel("New owner's e-mail").fill(sponsor.email);
  await page.getByRole("button", { name: "Give it this owner" }).click();
  await expect(page.getByText("Its owner is gone")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Who answers for it" }).getByText("Olga Gone")).toHaveCount(0);
});
