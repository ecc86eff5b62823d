import { connectDemo } from "./support/accounts";
import { type Bot, call, exchange, fetchAccess, lend, register } from "./support/agent";
import { apiTokenOf, type Entered, join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

interface Theirs {
  readonly ada: Entered;
  readonly bot: Bot;
  readonly connectionId: string;
  readonly grantId: string;
}

test("another person's grant, connection and agent look like pages that do not exist", async ({ world, open, watch }) => {
  const { bot, connectionId, grantId } = await setUp(world);
  watch.expectMessage(/status of 404/);
  const page = await open(await join(world, "Eve"));
  for (const path of [
    `/grants/${grantId}`,
    `/connections/${connectionId}`,
    `/agents/${bot.agentId}`,
    "/grants/grt_00000000000000000000000000",
    "/admin/people",
  ]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing here for you" })).toBeVisible();
  }
  for (const path of [
    "/connections",
    "/grants",
    "/agents",
    "/",
    `/activity?grant=${grantId}`,
    `/activity?agent=${bot.agentId}&everyone=1`,
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("Secret plans bot")).toHaveCount(0);
  }
});

test("the REST API says the same of what is another's and of what is not there: 404, word for word", async ({ world }) => {
  const { bot, connectionId, grantId } = await setUp(world);
  const token = await apiTokenOf(await join(world, "Eve"));
  const api = `${world.valet.url}/api/v1`;
  const nowhere = {
    grant: "grt_00000000000000000000000000",
    connection: "con_00000000000000000000000000",
    agent: "agt_00000000000000000000000000",
  };
  const calls = (ids: typeof nowhere): [string, string][] => [
    ["GET", `/grants/${ids.grant}`],
    ["POST", `/grants/${ids.grant}/revoke`],
    ["DELETE", `/grants/${ids.grant}`],
    ["GET", `/connections/${ids.connection}`],
    ["DELETE", `/connections/${ids.connection}`],
    ["GET", `/agents/${ids.agent}`],
    ["POST", `/agents/${ids.agent}/pause`],
    ["POST", `/agents/${ids.agent}/resume`],
  ];
  const theirs = calls({ grant: grantId, connection: connectionId, agent: bot.agentId });
  for (const [index, [method, path]] of theirs.entries()) {
    const [, elsewhere] = calls(nowhere)[index] as [string, string];
    const [told, toldOfNothing] = [await call(token, method, api + path), await call(token, method, api + elsewhere)];
    expect(told.status, `${method} ${path}`).toBe(404);
    expect({ ...told.body, request_id: "" }).toEqual({ ...toldOfNothing.body, request_id: "" });
  }
  for (const path of ["/activity?everyone=true", "/grants?everyone=true", "/connections?everyone=true", "/agents?scope=mine"]) {
    const { status, body } = await call(token, "GET", api + path);
    expect(status === 403 || JSON.stringify(body).includes(grantId) === false, path).toBe(true);
    expect(JSON.stringify(body)).not.toContain(connectionId);
    expect(JSON.stringify(body)).not.toContain(bot.agentId);
  }
});

test("nobody can lend another's account, preview it, or use it with their own token", async ({ world }) => {
  const { connectionId } = await setUp(world);
  const eve = await join(world, "Eve");
  const [token, own] = [await apiTokenOf(eve), await register(eve)];
  const api = `${world.valet.url}/api/v1`;
  const input = { agent_id: own.agentId, connection_id: connectionId, lifetime: "1h" };
  for (const path of ["/grants", "/grants/preview"]) {
    expect(await call(token, "POST", api + path, input)).toMatchObject({ status: 404, body: { code: "not_found" } });
  }
  const used = await fetch(`${world.valet.url}/proxy/demo/api/issues`, {
    headers: { authorization: `Bearer ${token}`, "valet-connection": connectionId },
  });
  expect(used.status).toBe(404);
});

test("an agent cannot use another agent's grant, nor its token at another service", async ({ world }) => {
  const { ada, bot, grantId } = await setUp(world);
  const other = await register(ada, "Other bot");
  const asked = await exchange(world, other, grantId);
  expect(asked).toMatchObject({ status: 400, body: { reason: "grant_unknown" } });
  expect((await exchange(world, other, "grt_00000000000000000000000000")).body).toEqual(asked.body);
  const { access_token } = await fetchAccess(world, bot, grantId);
  expect((await call(access_token, "GET", `${world.valet.url}/proxy/github/user`)).status).toBe(401);
  expect((await call(access_token, "GET", `${world.valet.url}/api/v1/grants`)).status).toBe(401);
});

test("an owner sees how much was lent to their agent, and not by whom or from where", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada, "Shared bot");
  const bert = await join(world, "Bert Sakmann");
  await lend(bert, bot, await connectDemo(bert, { login: "linus" }), { scopes: ["issues:read"] });
  const page = await open(ada);
  await page.goto(`/agents/${bot.agentId}`);
  await expect(page.getByText("Other people lent it 1 more grant.")).toBeVisible();
  await expect(page.getByText("Bert Sakmann")).toHaveCount(0);
  await expect(page.getByText("linus")).toHaveCount(0);
});

async function setUp(world: World): Promise<Theirs> {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada, "Secret plans bot");
  const connectionId = await connectDemo(ada);
  const { grantId } = await lend(ada, bot, connectionId, { delivery: "gateway" });
  return { ada, bot, connectionId, grantId };
}
