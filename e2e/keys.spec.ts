import { exportJWK, exportSPKI, generateKeyPair } from "jose";
import { register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("a person gives their agent a key, is stopped from pasting a private one, and revokes the secret it had", async ({ world, open }) => {
  const ada = await join(world, "Ada Keying");
  const bot = await register(ada);
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const { d = "" } = await exportJWK(privateKey);
  const page = await open(ada);
  await page.goto(`/agents/${bot.agentId}#proofs`);
  await page.getByText("Add a key").click();
  await page.getByLabel("Public key").fill(JSON.stringify(await exportJWK(privateKey)));
  await page.getByRole("button", { name: "Add key" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This is a private key, and it was not kept." })).toBeVisible();
  expect(await page.content()).not.toContain(d);
  await page.getByLabel("What it is for").first().fill("CI");
  await page.getByLabel("Public key").fill(await exportSPKI(publicKey));
  await page.getByRole("button", { name: "Add key" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "CI" });
  await expect(row.getByText("Live")).toBeVisible();

  await page.getByRole("button", { name: /^Revoke secret/ }).click();
  await page.getByRole("button", { name: "Yes, revoke" }).click();
  await expect(page.getByRole("button", { name: /^Revoke secret/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke key CI" }).click();
  await page.getByRole("button", { name: "Yes, revoke" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This is the last credential that works" })).toBeVisible();
});

test("an admin sees whom a ban on secrets would stop, and the next signing key waiting", async ({ world, open }) => {
  const bot = await register(await join(world, "Ada Alone"), "Bot with a secret alone");
  const page = await open(world.admin);
  await page.goto("/admin/policy");
  await expect(page.getByRole("link", { name: "Bot with a secret alone" })).toHaveAttribute(
    "href",
    `/agents/${bot.agentId}?tab=credentials#proofs`,
  );
  await page.getByRole("button", { name: "Ban secrets" }).click();
  await expect(page.getByRole("dialog")).toContainText("can then not prove themselves at all");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  await page.getByRole("button", { name: "Yes, rotate" }).click();
  await expect(page.getByText("Next", { exact: true })).toBeVisible();
});
