import { exchange } from "./support/agent";
import { furnish } from "./support/furnished";
import { expect, test } from "./support/test";

test("a person pauses everything they lend, and lets it go on", async ({ world, open }) => {
  const ada = await furnish(world, "Ada Pausing");
  const page = await open(ada.person);
  await page.goto("/");
  await page.getByRole("button", { name: "Pause everything" }).click();
  await expect(page.getByRole("dialog")).toContainText("1 agent with 1 live grant at Demo Tracker");
  await page.getByRole("button", { name: "Yes, pause everything" }).click();
  await expect(page.getByText("No agent can act as you: all that you lend is paused.")).toBeVisible();
  expect(await exchange(world, ada.bot, ada.grantId)).toMatchObject({ status: 400, body: { reason: "person_paused" } });
  await page.goto("/grants");
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByText("All that you lend is paused")).toHaveCount(0);
  expect((await exchange(world, ada.bot, ada.grantId)).status).toBe(200);
});

test("an admin finds an agent, sees in numbers what a stop would stop, stops it, and lets it go on", async ({ world, open }) => {
  const ada = await furnish(world, "Ada Stoppable");
  const page = await open(world.admin);
  await page.goto("/admin/stop");
  await page.getByLabel("Name or e-mail").fill("bot of ada stoppable");
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("main").getByRole("link", { name: "Bot of Ada Stoppable" }).click();
  await expect(page.getByText("This stops 1 agent and 1 live grant of 1 person.").first()).toBeVisible();
  await page.getByRole("button", { name: "Stop the agent" }).click();
  await page.getByRole("button", { name: "Yes, stop it" }).click();
  await expect(page.getByText("Bot of Ada Stoppable is stopped")).toBeVisible();
  expect(await exchange(world, ada.bot, ada.grantId)).toMatchObject({ status: 400, body: { reason: "agent_paused" } });
  await page.getByRole("button", { name: "Let it go on" }).click();
  await expect(page.getByRole("button", { name: "Stop the agent" })).toBeVisible();
  expect((await exchange(world, ada.bot, ada.grantId)).status).toBe(200);
});

test("everything stops by words that are typed, with its count, and goes on together", async ({ world, open }) => {
  const ada = await furnish(world, "Ada Everywhere");
  const page = await open(world.admin);
  await page.goto("/admin/stop");
  await page.getByLabel("Type STOP EVERYTHING").fill("yes");
  await page.getByRole("button", { name: "Stop every agent" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("Type STOP EVERYTHING, as it stands here.");
  expect((await exchange(world, ada.bot, ada.grantId)).status).toBe(200);
  await page.getByLabel("Type STOP EVERYTHING").fill("STOP EVERYTHING");
  await page.getByRole("button", { name: "Stop every agent" }).click();
  await expect(page.getByRole("status").filter({ hasText: /Stopped \d+ agents?/ })).toBeVisible();
  expect(await exchange(world, ada.bot, ada.grantId)).toMatchObject({ status: 400, body: { reason: "agent_paused" } });
  await page.getByRole("button", { name: "Let them go on" }).click();
  await page.getByRole("button", { name: "Yes, let them go on" }).click();
  await expect(page.getByText("stopped together")).toHaveCount(0);
  expect((await exchange(world, ada.bot, ada.grantId)).status).toBe(200);
});
