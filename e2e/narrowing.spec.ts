import { connectDemo } from "./support/accounts";
import { call, exchange, fetchAccess, lend, register } from "./support/agent";
import { join } from "./support/people";
import { expect, test } from "./support/test";

test.afterEach(({ world }) => world.saas.control.behave({ scopeOnRefresh: "narrow" }));

test("Demo Tracker narrows by scope on refresh: the agent's own token reads there, and Demo Tracker itself refuses the write", async ({
  world,
  open,
}) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId, delivery } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"] });
  expect(delivery).toBe("direct");

  const access = await fetchAccess(world, bot, grantId);
  expect(access).toMatchObject({ narrowed_by: "provider", scope: "issues:read", api_base: world.saas.url });
  expect(access.expires_in).toBeLessThanOrEqual(600);
  expect((await call(access.access_token, "GET", `${world.saas.url}/api/issues`)).status).toBe(200);

  const issues = world.saas.control.data().issues.length;
  const write = await call(access.access_token, "POST", `${world.saas.url}/api/issues`, { title: "Not by this token" });
  expect(write).toMatchObject({ status: 403, body: { error: "insufficient_scope", scope: "issues:write" } });
  expect(world.saas.control.data().issues.length).toBe(issues);
  expect(world.saas.calls.at(-1)).toMatchObject({ method: "POST", credential: "live", scopes: ["issues:read"] });

  const page = await open(ada);
  await page.goto(`/grants/${grantId}`);
  await expect(page.getByRole("heading", { name: "Tokens the agent was handed" })).toBeVisible();
  await expect(page.getByText("The service itself refuses more")).toBeVisible();
});

test("a token that came back wider than asked never leaves Valet: the agent is sent through the gateway instead", async ({ world }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read"] });
  world.saas.control.behave({ scopeOnRefresh: "wider" });
  const access = await fetchAccess(world, bot, grantId);
  expect(access).toMatchObject({ api_base: `${world.valet.url}/proxy/demo`, scope: "issues:read" });
  expect((await call(access.access_token, "GET", `${access.api_base}/api/issues`)).status).toBe(200);
  const calls = world.saas.calls.length;
  expect(await call(access.access_token, "POST", `${access.api_base}/api/issues`, { title: "No" })).toMatchObject({ status: 403 });
  expect(world.saas.calls.length).toBe(calls);
});

test("an agent can ask for less than its grant, and never for more", async ({ world }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const { grantId } = await lend(ada, bot, await connectDemo(ada), { scopes: ["issues:read", "files:read"] });
  expect((await fetchAccess(world, bot, grantId, { scope: "files:read" })).scope).toBe("files:read");
  expect(await exchange(world, bot, grantId, { scope: "issues:write" })).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
});
