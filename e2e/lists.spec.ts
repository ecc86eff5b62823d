import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { suspendPerson } from "../lib/people/status";
import { connectDemo } from "./support/accounts";
import { lend, register } from "./support/agent";
import { furnish } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a person takes what the page shows as a table, by the filters they chose, and nobody else's", async ({ world, open }) => {
  const [ada, bea] = [await furnish(world, "Ada Taking"), await furnish(world, "Bea Keeping", "grace")];
  const second = await register(ada.person, "Second bot");
  await lend(ada.person, second, ada.connectionId, { scopes: ["issues:read"] });
  const page = await open(ada.person);
  await page.goto("/grants");
  await expect(
    page
      .locator("main li")
      .getByRole("link", { name: /bot|Bot of/ })
      .first(),
  ).toBeVisible();
  const all = await download(page, "these grants");
  expect(columnOf(all, "agent").sort()).toEqual(["Bot of Ada Taking", "Second bot"]);
  expect(all.text).not.toContain(bea.grantId);
  await page.getByLabel("Find").fill("Second");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/q=Second/);
  await expect(page.locator("main li").getByText("Bot of Ada Taking")).toHaveCount(0);
  expect(columnOf(await download(page, "these grants"), "agent")).toEqual(["Second bot"]);
  await page.goto("/connections");
  expect(columnOf(await download(page, "your accounts"), "id")).toEqual([ada.connectionId]);
});

test("an admin finds agents by their owner, sees who needs somebody first, and takes the table", async ({ world, open }) => {
  const [gone, here] = [await join(world, "Olga Orphaning"), await join(world, "Hana Orphaning")];
  const bots = [await register(here, "A kept bot"), await register(gone, "Z left bot")];
  await lend(here, bots[0] as (typeof bots)[0], await connectDemo(here), { scopes: ["issues:read"] });
  await suspendPerson(world.admin.ctx, { personId: gone.ctx.actor.personId });
  const page = await open(world.admin);
  await page.goto("/admin/agents");
  await page.getByLabel("Name, purpose or owner").fill("orphaning");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/[?&]q=orphaning/);
  await expect(page.locator("main li").getByRole("link", { name: /bot$/ })).toHaveText(["Z left bot", "A kept bot"]);
  await expect(page.getByText("Demo Tracker reads")).toBeVisible();
  const table = await download(page, "these agents");
  expect(columnOf(table, "name")).toEqual(["Z left bot", "A kept bot"]);
  expect(columnOf(table, "standing")).toEqual(["orphaned", "active"]);
  await page.goto("/admin/people");
  expect(columnOf(await download(page, "these people"), "name")).toEqual(expect.arrayContaining(["Olga Orphaning", "Hana Orphaning"]));
  const members = await open(here);
  for (const path of ["/exports/people", "/exports/access", "/exports/agents?scope=all"])
    expect((await members.request.get(path)).status(), path).toBe(403);
});

interface Table {
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

async function download(page: Page, words: string): Promise<Table> {
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: `CSV of ${words}` }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^valet-[a-z]+-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await saved.path(), "utf8");
  const [head = [], ...rows] = text.trimEnd().split("\r\n").map(cellsOf);
  return { text, head, rows };
}

/** One line of RFC 4180, without line breaks inside a cell. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

function columnOf({ head, rows }: Table, name: string): string[] {
  const index = head.indexOf(name);
  expect(index).toBeGreaterThanOrEqual(0);
  return rows.map((row) => row[index] ?? "");
}
