import { connectDemo } from "./support/accounts";
import { call, fetchAccess, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a person keeps an agent to one issue, sees that on every page, and a refusal leads to a grant for just the other one", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  const bot = await register(ada);
  const page = await open(ada);

  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read`);
  await page.getByRole("radio", { name: "Only selected" }).check();
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Choose at least one, or let it be all of them." })).toBeVisible();
  await page.getByRole("textbox", { name: "Only these issues, by their numbers" }).fill("seven");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Number 1 is not written as 7. Write it so." })).toBeVisible();
  await page.getByRole("textbox", { name: "Only these issues, by their numbers" }).fill("7, 9");
  await page.getByRole("spinbutton", { name: "Most calls in an hour" }).fill("100");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByText("Only issue 7 and 9.")).toBeVisible();
  await expect(page.getByText("At most 100 calls in an hour.")).toBeVisible();
  await page.getByRole("button", { name: "Lend access" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Access is lent" })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Only issue 7 and 9" })).toBeVisible();

  const access = await fetchAccess(world, bot, new URL(page.url()).pathname.split("/").at(-1) ?? "");
  expect(access.narrowed_by).toBe("gateway");
  expect((await call(access.access_token, "GET", `${access.api_base}/api/issues/7`)).status).toBe(200);
  const refused = await call(access.access_token, "GET", `${access.api_base}/api/issues/8`);
  expect(refused).toMatchObject({ status: 403, body: { reason: "resource_not_lent", smallest_resource: "issue:8" } });

  await page.goto(String(refused.body.fix));
  await expect(page.getByRole("textbox", { name: "Only these issues, by their numbers" })).toHaveValue("8");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByText("Only issue 8.")).toBeVisible();
});
