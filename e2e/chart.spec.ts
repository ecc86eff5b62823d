import type { Page } from "@playwright/test";
import { wroteCalls } from "./support/ledger";
import { join } from "./support/people";
import { expect, test } from "./support/test";

const rowsOf = (page: Page) =>
  page
    .getByRole("region", { name: "Rows of activity" })
    .getByRole("row")
    .filter({ has: page.getByRole("cell") });
const counted = (page: Page, words: string) => expect(page.getByRole("heading", { level: 2, name: new RegExp(`^${words}`) })).toBeVisible();

test("a span chosen in the chart, by dragging or by keys, leaves its rows alone, and back brings the others", async ({ world, open }) => {
  const ada = await join(world, "Ada Charted");
  await wroteCalls(world, ada, [
    [4, 50],
    [6, 2, { decision: "refused", reason: "not_allowed" }],
  ]);
  const page = await open(ada);
  await page.goto("/activity?event=gateway.call");
  await counted(page, "10 rows");
  await expect(rowsOf(page)).toHaveCount(10);
  const chart = page.getByRole("slider", { name: "Span of time" });
  const box = await chart.boundingBox();
  if (!box) throw new Error("There is no chart.");
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 3, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/event=gateway.call.*from=.*to=/);
  await counted(page, "6 rows");
  await expect(rowsOf(page)).toHaveCount(6);
  await page.goBack();
  await counted(page, "10 rows");

  await chart.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await counted(page, "4 rows");
  await expect(rowsOf(page)).toHaveCount(4);
  await page.getByRole("link", { name: /Take away the filter Time/ }).click();
  await expect(page).toHaveURL("/activity?event=gateway.call");
  await page.getByRole("link", { name: "Refused 6" }).click();
  await expect(rowsOf(page)).toHaveCount(6);
});

test("the chart has its numbers as a table, and its bars are links before scripts arrive", async ({ world, open }) => {
  const ada = await join(world, "Ada Counted");
  await wroteCalls(world, ada, [
    [3, 30],
    [5, 1],
  ]);
  const page = await open(ada);
  await page.goto("/activity?event=gateway.call");
  await page.getByText("Show the numbers").click();
  const agents = page.getByRole("table", { name: /^Rows by time/ }).getByRole("row");
  await expect(agents.filter({ has: page.getByRole("cell") })).toHaveCount(2);
  const link = agents.filter({ has: page.getByRole("cell", { name: "5", exact: true }) }).getByRole("link");
  const address = await link.getAttribute("href");
  const plain = await (await page.request.get("/activity?event=gateway.call")).text();
  expect(plain).toContain(`<a href="${address?.replaceAll("&", "&amp;")}"`);
  await link.click();
  await expect(rowsOf(page)).toHaveCount(5);
});

test("a saved view comes back in another browser, can be renamed and deleted, and is its person's alone", async ({ world, open }) => {
  const ada = await join(world, "Ada Saving");
  await wroteCalls(world, ada, [
    [2, 1],
    [1, 1, { decision: "refused" }],
  ]);
  const page = await open(ada);
  await page.goto("/activity?decision=refused");
  await page.getByText("Save this view").click();
  await page.getByLabel("Name of the view").fill("What was refused");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("link", { name: "What was refused" })).toHaveAttribute("aria-current", "page");

  const other = await open(ada);
  await other.goto("/activity");
  await other.getByRole("link", { name: "What was refused" }).click();
  await expect(other).toHaveURL("/activity?decision=refused");
  await expect(rowsOf(other)).toHaveCount(1);
  await other.getByText("Rename or delete views").click();
  await other.getByLabel("Name of What was refused").fill("Refusals");
  await other.getByRole("button", { name: "Rename" }).click();
  await expect(other.getByRole("link", { name: "Refusals" })).toBeVisible();

  const eve = await open(await join(world, "Eve Curious"));
  await eve.goto("/activity?decision=refused");
  await expect(eve.getByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
  await expect(eve.getByText("Refusals")).toHaveCount(0);

  await other.getByRole("button", { name: "Delete Refusals" }).click();
  await expect(other.getByRole("link", { name: "Refusals" })).toHaveCount(0);
});
