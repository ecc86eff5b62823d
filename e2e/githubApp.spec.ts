import { join } from "./support/people";
import { expect, test } from "./support/test";

test("an admin has a GitHub App made with two presses, and sees no secret of it", async ({ world, open }) => {
  const page = await open(world.admin);
  await page.goto("/admin/connectors?open=github-app");
  await page.locator("#github-app").getByRole("button", { name: "Create the GitHub App for me" }).click();
  await expect(page.getByRole("heading", { name: "Create the GitHub App" })).toBeVisible();
  await expect(page.getByText("issues: read")).toBeVisible();
  await expect(page.getByText("issues: write")).toHaveCount(0);
  await page.getByRole("button", { name: "Continue to GitHub" }).click();
  await expect(page).toHaveURL(/\/admin\/connectors\?open=github-app/);
  const card = page.locator("#github-app");
  await expect(card.getByRole("link", { name: /Install the app on an organization/ })).toHaveAttribute(
    "href",
    /\/apps\/app-\d+\/installations\/new$/,
  );
  await expect(card.getByRole("button", { name: "Create the GitHub App for me" })).toHaveCount(0);
  await expect(card.getByLabel("Client id")).toHaveValue(/^Iv23\./);
  await expect(card.getByLabel("Client secret")).toHaveValue("");
});

test("nobody else can begin it, nor can another site in an admin's browser", async ({ world, open }) => {
  const form = { connector: "github-app", organization: "" };
  for (const [person, origin, status, text] of [
    [await join(world, "Ada Lovelace"), world.valet.url, 303, /^$/],
    [world.admin, "https://elsewhere.example", 403, /^foreign_origin/],
  ] as const) {
    const page = await open(person);
    const answer = await page.request.post("/github-app/new", { form, headers: { origin }, maxRedirects: 0 });
    expect([answer.status(), await answer.text()]).toEqual([status, expect.stringMatching(text)]);
  }
});
