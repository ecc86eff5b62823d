import { consentAs } from "./fakes/consent";
import { walkToConsent } from "./support/demoWalk";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test("somebody else's fresh code does not connect their account to me", async ({ world, open }) => {
  const [victim, thief] = await Promise.all([join(world, "Ada Victim"), join(world, "Tom Thief")]);
  const theirs = await consentAs(await walkToConsent(await open(victim)), "ada");
  const page = await open(thief);
  const mine = await consentAs(await walkToConsent(page), "linus");
  mine.searchParams.set("code", theirs.searchParams.get("code") ?? "");
  await page.goto(mine.href);
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText(
    "The service did not accept the answer it had just given. Start again below.",
  );
  await page.goto("/activity?decision=refused");
  const row = page.getByRole("row").filter({ hasText: "connected an account" });
  await expect(row).toContainText('Demo Tracker refused with "invalid_grant".');
  expect(await world.core.db.connection.count({ where: { personId: thief.ctx.actor.personId } })).toBe(0);
});
