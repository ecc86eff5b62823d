import { connectDemo } from "./support/accounts";
import { register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a person agrees that an agent may hand work to another, sees the link, and takes it back", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  const bot = await register(ada, "On-call bot");
  await register(ada, "Helper bot");
  const page = await open(ada);

  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read`);
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("button", { name: "Lend access" }).click();
  await expect(page.getByRole("heading", { name: "May hand work on to" })).toBeVisible();
  await page.getByRole("combobox", { name: "To", exact: true }).selectOption({ label: "Helper bot, of Ada Lovelace" });
  await page.getByRole("button", { name: "Let it hand work on" }).click();
  const links = page.getByRole("list", { name: "Links between agents" });
  await expect(links.getByRole("listitem")).toHaveText(/On-call bot to Helper bot/);
  await links.getByRole("button", { name: "Revoke link to Helper bot" }).click();
  await page.getByRole("button", { name: "Yes, revoke" }).click();
  await expect(page.getByText("Nobody yet: the agent keeps the work to itself.")).toBeVisible();
});
