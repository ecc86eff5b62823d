import { connectDemo } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a new grant's page turns green by itself when its agent's first call arrives, and Activity follows along", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Watching");
  const connectionId = await connectDemo(ada);
  const bot = await register(ada, "Watched bot");
  const { grantId } = await lend(ada, bot, connectionId, { delivery: "gateway" });
  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  await expect(page.getByText("Waiting for Watched bot to use it.")).toBeVisible();
  const activity = await page.context().newPage();
  await activity.goto("/activity?live=1");
  // What comes before the stream is open is on the page, and not counted.
  await expect(activity.getByText("New rows come in by themselves.").and(activity.locator("[data-open=true]"))).toBeVisible();
  const access = await fetchAccess(world, bot, grantId);
  expect((await call(access.access_token, "GET", `${access.api_base}/api/issues`)).status).toBe(200);
  await expect(page.getByText("It works: Watched bot has used this grant.")).toBeVisible();
  await expect(activity.getByRole("link", { name: "called through the gateway" }).first()).toBeVisible();
  await expect(activity.getByText(/new rows? since you began/)).toBeVisible();
  await activity.getByRole("link", { name: "Stop following" }).click();
  await expect(activity).toHaveURL("/activity");
});
