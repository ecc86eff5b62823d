import { connectDemo } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { apiTokenOf, join } from "./support/people";
import { expect, test } from "./support/test";

test("the same call by a person and by their agent shows as person and as agent: in field, word, icon and chain", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada, "Reading bot");
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"], delivery: "gateway" });
  const own = await apiTokenOf(ada);
  const gateway = `${world.valet.url}/proxy/demo`;
  expect((await call(own, "GET", `${gateway}/api/issues/3`)).status).toBe(200);
  const { access_token } = await fetchAccess(world, bot, grantId, { run_id: "run-7" });
  expect((await call(access_token, "GET", `${gateway}/api/issues/3`)).status).toBe(200);

  const { body } = await call(own, "GET", `${world.valet.url}/api/v1/activity?event=gateway.call`);
  const personId = ada.ctx.actor.personId;
  expect(body.data).toMatchObject([
    {
      acting: "agent",
      target: "GET /api/issues/3",
      decision: "allowed",
      run_id: "run-7",
      agent: { id: bot.agentId },
      person: { id: personId },
    },
    { acting: "person", target: "GET /api/issues/3", decision: "allowed", agent: null, person: { id: personId } },
  ]);

  const page = await open(ada);
  await page.goto("/activity?event=gateway.call");
  const [byAgent, byPerson] = [page.getByRole("row").nth(1), page.getByRole("row").nth(2)];
  await expect(byAgent).toContainText("Reading bot");
  await expect(byAgent.getByText("Agent", { exact: true })).toBeVisible();
  await expect(byAgent).toContainText("for");
  await expect(byAgent).toContainText("Ada Lovelace");
  await expect(byAgent.locator("svg.lucide-bot")).toHaveCount(1);
  await expect(byPerson.getByText("Person", { exact: true })).toBeVisible();
  await expect(byPerson).not.toContainText("Reading bot");
  await expect(byPerson.locator("svg.lucide-bot")).toHaveCount(0);
  const colours = [byAgent, byPerson].map((row) =>
    row
      .getByText(/^(Agent|Person)$/)
      .first()
      .evaluate((word) => getComputedStyle(word).color),
  );
  const [agentColour, personColour] = await Promise.all(colours);
  expect(agentColour).not.toBe(personColour);

  await byAgent.getByRole("link").click();
  const chain = page.getByRole("list", { name: "Chain of hands" }).getByRole("listitem");
  await expect(chain).toHaveCount(2);
  await expect(chain.nth(0)).toContainText("Ada Lovelace");
  await expect(chain.nth(1)).toContainText("Reading bot");
});
