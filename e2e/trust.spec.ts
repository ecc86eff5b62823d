import { furnish } from "./support/furnished";
import { join } from "./support/people";
import { expect, test } from "./support/test";

const KEY = { kty: "EC", crv: "P-256", use: "jwt-svid", kid: "spire-1" };
/** RFC 7515 appendix A.3. */
const POINT = { x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" };

test("an admin trusts a SPIFFE domain, is told that a rule is too wide while typing, and the agent's page shows the rule", async ({
  world,
  open,
}) => {
  const ada = await furnish(world, "Ada Workload");
  const domain = `d${ada.bot.agentId.slice(-8)}.example.org`;
  const page = await open(world.admin);
  await page.goto("/admin/trust");
  await page.locator("summary").filter({ hasText: "SPIFFE trust domain" }).click();
  const form = page.getByRole("form", { name: "Trust SPIFFE trust domain" });
  await form.getByRole("textbox", { name: "Name" }).fill(domain);
  await form.getByRole("textbox", { name: "Trust domain" }).fill(`spiffe://${domain}`);
  await form.getByLabel("Its public keys").selectOption("inline");
  await form.getByRole("textbox", { name: "Pasted bundle" }).fill(JSON.stringify({ keys: [{ ...KEY, ...POINT }] }));
  await form.getByRole("button", { name: "Trust it" }).click();
  const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: domain }) });
  await expect(card).toContainText("Healthy");
  await expect(card).toContainText("spire-1");

  await card.locator("summary").click();
  const rule = card.getByRole("form", { name: `Add a rule for ${domain}` });
  await rule.getByLabel("Agent").selectOption(ada.bot.agentId);
  await rule.getByRole("textbox", { name: "Name of the rule" }).fill("Pod");
  await rule.getByRole("textbox", { name: "SPIFFE ID" }).fill(`spiffe://${domain}/*`);
  await expect(rule.getByText("That is everything in the trust domain. Give a path.")).toBeVisible();
  await rule.getByRole("textbox", { name: "SPIFFE ID" }).fill(`spiffe://${domain}/agent`);
  await expect(rule.getByText("These conditions name one workload.")).toBeVisible();
  await rule.getByRole("button", { name: "Add the rule" }).click();
  await expect(page.getByRole("region", { name: "Rules" })).toContainText(`Pod, by ${domain}`);

  const owner = await open(ada.person);
  await owner.goto(`/agents/${ada.bot.agentId}?tab=credentials`);
  const workloads = owner.getByRole("region", { name: "Workloads" });
  await expect(workloads).toContainText(`sub = spiffe://${domain}/agent`);
  await expect(workloads.getByRole("button")).toHaveCount(0);
});

test("an auditor sees whom Valet trusts, and is offered nothing", async ({ world, open }) => {
  const page = await open(await join(world, "Olga Trusting", "auditor"));
  await page.goto("/admin/trust");
  await expect(page.getByRole("heading", { name: "Trust", level: 1 })).toBeVisible();
  await expect(page.getByText("Only an admin can change these.")).toBeVisible();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
});
