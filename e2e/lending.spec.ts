import { Octokit } from "@octokit/rest";
import { connectDemo, connectEmulated } from "./support/accounts";
import { call, fetchAccess, lend, register } from "./support/agent";
import { CHOSEN, type Emulated, REPOSITORY } from "./support/emulators";
import { forge } from "./support/forge";
import { join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

/** More than reading, so that there is something to hold back. */
const GITHUB_SCOPES = ["repo", "read:user"];

test("a person lends read-only access, the agent's own Octokit reads through the gateway, and its write never reaches GitHub", async ({
  world,
  open,
}) => {
  const marie = await join(world, "Marie Curie");
  const connectionId = await connectEmulated(marie, "github", GITHUB_SCOPES);
  const bot = await register(marie, "Triage bot");
  const page = await open(marie);

  await page.goto(`/connections/${connectionId}`);
  await page.getByRole("link", { name: "Lend access" }).click();
  await expect(page.getByRole("combobox", { name: "Lend to" })).toHaveValue(bot.agentId);
  for (const box of await page.locator('input[type="checkbox"]:not([data-access="read"])').all()) await expect(box).not.toBeChecked();
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByText(/^You have \d+ permissions here, this agent gets \d+\.$/)).toBeVisible();
  await expect(page.getByText("Read-only", { exact: true })).toBeVisible();
  await expect(page.getByText("Can write", { exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Lend access" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Access is lent" })).toBeVisible();
  const grantId = new URL(page.url()).pathname.split("/").at(-1) ?? "";

  const access = await fetchAccess(world, bot, grantId);
  expect(access.api_base).toBe(`${world.valet.url}/proxy/github`);
  expect(access.narrowed_by).toBe("gateway");
  const octokit = new Octokit({ baseUrl: access.api_base, auth: access.access_token });
  // The account that was chosen, and not the one that the emulator takes unknown tokens for.
  expect((await octokit.rest.users.getAuthenticated()).data.login).toBe(CHOSEN.login);
  expect((await octokit.rest.repos.getReadme(REPOSITORY)).status).toBe(200);
  const before = await openIssues(world);
  const calls = world.upstreams.github.recorder.exchanges.length;
  const write = octokit.rest.issues.create({ ...REPOSITORY, title: "Not by an agent that may only read" });
  const refusal = await write.then(
    () => null,
    ({ status, response }) => ({ status, ...response?.data }),
  );
  expect(refusal).toMatchObject({ status: 403, code: "not_allowed", detail: expect.any(String), next: expect.any(String) });
  expect(world.upstreams.github.recorder.exchanges.length).toBe(calls);
  expect(await openIssues(world)).toBe(before);

  await page.reload();
  const refused = page.getByRole("listitem").filter({ hasText: `POST /repos/${CHOSEN.login}/${REPOSITORY.repo}/issues` });
  await expect(refused.getByText("Refused", { exact: true })).toBeVisible();
});

test("the summary is made by the server: a permission added to the form is refused, and nothing is lent", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada, { scopes: ["profile:read", "issues:read"] });
  const bot = await register(ada);
  const page = await open(ada);
  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read&lifetime=1h&review=1`);
  await forge(page, "issues:read", "issues:write");
  await page.getByRole("button", { name: "Lend access" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "issues:write" })).toBeVisible();
  expect(await world.core.db.grant.count({ where: { personId: ada.ctx.actor.personId } })).toBe(0);
});

test("a link can prefill a grant and never lend: only the button does", async ({ world, open }) => {
  const ada = await join(world, "Ada Lovelace");
  const connectionId = await connectDemo(ada);
  const bot = await register(ada);
  const page = await open(ada);
  await page.goto(`/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:write&lifetime=30d&review=1`);
  await expect(page.getByRole("heading", { name: "Check and lend" })).toBeVisible();
  await expect(page.getByText("Can write", { exact: true })).toBeVisible();
  expect(await world.core.db.grant.count({ where: { personId: ada.ctx.actor.personId } })).toBe(0);
});

interface Calls {
  /** Answers text that only the chosen account's own token could bring. */
  readonly read: (base: string, token: string) => Promise<{ status: number; body: unknown }>;
  readonly proof: string;
  readonly write: (base: string, token: string) => Promise<{ status: number; body: unknown }>;
}

const CALLS: Record<Exclude<Emulated, "github">, Calls> = {
  google: {
    read: (base, token) => call(token, "GET", `${base}/gmail/v1/users/me/messages/msg_1`),
    proof: "Polonium",
    write: (base, token) => call(token, "POST", `${base}/gmail/v1/users/me/messages/send`, { raw: "" }),
  },
  slack: {
    read: (base, token) => call(token, "POST", `${base}/conversations.list`),
    proof: "radium",
    write: (base, token) => call(token, "POST", `${base}/chat.postMessage`, { channel: "radium", text: "No." }),
  },
  linear: {
    read: (base, token) => call(token, "POST", `${base}/graphql`, { query: "{ viewer { email } }" }),
    proof: CHOSEN.email,
    write: (base, token) =>
      call(token, "POST", `${base}/graphql`, { query: 'mutation { issueCreate(input: { title: "No" }) { success } }' }),
  },
  microsoft: {
    read: (base, token) => call(token, "GET", `${base}/v1.0/me`),
    proof: CHOSEN.email,
    write: (base, token) => call(token, "PATCH", `${base}/v1.0/me`, { displayName: "No" }),
  },
};

for (const [connector, { read, proof, write }] of Object.entries(CALLS) as [Exclude<Emulated, "github">, Calls][]) {
  test(`through the gateway an agent reads the chosen account at ${connector}, and its write never gets there`, async ({ world }) => {
    const marie = await join(world, "Marie Curie");
    const bot = await register(marie);
    const { grantId } = await lend(marie, bot, await connectEmulated(marie, connector), { delivery: "gateway" });
    const { access_token, api_base } = await fetchAccess(world, bot, grantId);
    const answer = await read(api_base, access_token);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).toContain(proof);
    const calls = world.upstreams[connector].recorder.exchanges.length;
    expect(await write(api_base, access_token)).toMatchObject({ status: 403, body: { code: "not_allowed" } });
    expect(world.upstreams[connector].recorder.exchanges.length).toBe(calls);
  });
}

/** Asked of the emulator itself, past Valet. */
async function openIssues(world: World): Promise<number> {
  const { body } = await call("anything", "GET", `${world.upstreams.github.recorder.url}/repos/${CHOSEN.login}/${REPOSITORY.repo}/issues`);
  return (body as unknown as unknown[]).length;
}
