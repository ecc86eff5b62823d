import { exchange } from "./support/agent";
import { furnish } from "./support/furnished";
import { expect, test } from "./support/test";

test("an owner requires a proof of key with one click, and the agent's plain requests are refused from then on", async ({
  world,
  open,
}) => {
  const ada = await furnish(world, "Ada Keyed", "ada");
  const page = await open(ada.person);
  await page.goto(`/agents/${ada.bot.agentId}?tab=credentials`);
  const section = page.getByRole("region", { name: "Proof of key" });
  await expect(section).toContainText("Optional.");
  await section.getByRole("button", { name: "Require proof of key" }).click();
  await expect(section).toContainText("a stolen one is worthless");
  expect(await exchange(world, ada.bot, ada.grantId)).toMatchObject({
    status: 400,
    body: { error: "invalid_dpop_proof", reason: "binding_required" },
  });
  await section.getByRole("button", { name: "Make proof of key optional" }).click();
  await expect(section).toContainText("Optional.");
  expect(await exchange(world, ada.bot, ada.grantId)).toMatchObject({ status: 200 });
});
