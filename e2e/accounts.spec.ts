import { connectDemo, connectEmulated } from "./support/accounts";
import { call, exchange, fetchAccess, lend, register } from "./support/agent";
import { CHOSEN, OTHER } from "./support/emulators";
import { apiTokenOf, join } from "./support/people";
import { expect, test } from "./support/test";

test("a connection that lost its access is reconnected by its person: same id, same grants, and the agent goes on", async ({
  world,
  open,
}) => {
  const grace = await join(world, "Grace Murray");
  const bot = await register(grace);
  const connectionId = await connectDemo(grace, { login: "grace" });
  const { grantId } = await lend(grace, bot, connectionId, { scopes: ["issues:read"], delivery: "gateway" });
  world.saas.control.withdraw("grace");
  const { access_token, api_base } = await fetchAccess(world, bot, grantId);
  const used = await call(access_token, "GET", `${api_base}/api/issues`);
  expect(used).toMatchObject({ status: 403, body: { code: "interaction_required", reason: "connection_needs_reconnect" } });
  expect(await exchange(world, bot, grantId)).toMatchObject({ status: 400, body: { error: "interaction_required" } });

  const page = await open(grace);
  await page.goto("/");
  await expect(
    page
      .getByText("Needs reconnecting")
      .or(page.getByText("This account needs you"))
      .or(page.getByText(/reconnect/i))
      .first(),
  ).toBeVisible();
  await page.goto("/connections");
  const tile = page.getByRole("region", { name: "Your accounts" }).getByRole("listitem");
  await expect(tile).toContainText("Ended there");
  await expect(tile).toContainText("access was withdrawn there, or it ended");
  await expect(tile).toContainText("Used by 1 agent: Triage bot");
  await expect(tile.getByRole("button")).toHaveText(["Fix: reconnect Demo Tracker, grace"]);
  await page.goto(`/connections/${connectionId}`);
  await expect(page.getByText("This account needs you")).toBeVisible();
  await page.getByRole("button", { name: /^Fix: reconnect/ }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).click();
  await expect(page.getByRole("status")).toContainText("Demo Tracker is reconnected");
  expect(new URL(page.url()).pathname).toBe(`/connections/${connectionId}`);
  await expect(page.getByRole("link", { name: /Triage bot/ }).first()).toBeVisible();
  expect((await call(access_token, "GET", `${api_base}/api/issues`)).status).toBe(200);
  expect((await exchange(world, bot, grantId)).status).toBe(200);
});

test("reconnecting as another account is refused: grants would silently reach something else", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada, { login: "ada" });
  const page = await open(ada);
  await page.goto(`/connections/${connectionId}`);
  await page.getByText("Choose other permissions").click();
  await page.getByRole("button", { name: "Reconnect with these" }).click();
  await page.getByRole("button", { name: /Linus Berg/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Not connected" })).toContainText(
    "You chose another account than the one you are reconnecting.",
  );
  const connection = await world.core.db.connection.findUnique({ where: { id: connectionId } });
  expect(connection).toMatchObject({ accountName: "ada", status: "active" });
});

test("several accounts of one service stand side by side, and each grant reaches its own", async ({ world, open }) => {
  const marie = await join(world, "Marie Curie");
  const bot = await register(marie);
  const [first, second] = [
    await connectEmulated(marie, "github", undefined, CHOSEN),
    await connectEmulated(marie, "github", undefined, OTHER),
  ];
  expect(first).not.toBe(second);
  const page = await open(marie);
  await page.goto("/connections");
  await expect(page.getByRole("link", { name: `GitHub, ${CHOSEN.login}` })).toBeVisible();
  await expect(page.getByRole("link", { name: `GitHub, ${OTHER.login}` })).toBeVisible();
  for (const [connectionId, login] of [
    [first, CHOSEN.login],
    [second, OTHER.login],
  ] as const) {
    const { grantId } = await lend(marie, bot, connectionId);
    const { access_token, api_base } = await fetchAccess(world, bot, grantId);
    expect((await call(access_token, "GET", `${api_base}/user`)).body).toMatchObject({ login });
  }
  const own = await call(await apiTokenOf(marie), "GET", `${world.valet.url}/proxy/github/user`);
  expect(own).toMatchObject({ status: 409, body: { reason: "connection_ambiguous" } });
});

test("connecting an account that is there already renews it and makes no second one", async ({ world }) => {
  const ada = await join(world, "Ada Lovelace");
  const first = await connectDemo(ada, { login: "linus" });
  expect(await connectDemo(ada, { login: "linus" })).toBe(first);
});

test("a disconnected account can be connected again, and what was lent before stays ended", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const bot = await register(ada);
  const connectionId = await connectDemo(ada);
  const { grantId } = await lend(ada, bot, connectionId, { delivery: "gateway" });
  const page = await open(ada);
  await page.goto(`/connections/${connectionId}`);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Yes, disconnect" }).click();
  await expect(page.getByText("Disconnected", { exact: true }).first()).toBeVisible();
  const again = await connectDemo(ada);
  expect(again).not.toBe(connectionId);
  expect(await exchange(world, bot, grantId)).toMatchObject({ status: 400, body: { reason: "connection_disconnected" } });
  await page.goto("/connections");
  await expect(page.getByRole("link", { name: "Demo Tracker, ada" })).toHaveCount(2);
});
