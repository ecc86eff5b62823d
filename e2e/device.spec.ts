import { join } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const CLI = "valet-cli";

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
}

/** What a terminal does: a form to Valet, and what comes back. */
async function post<T>(world: World, path: string, form: Record<string, string>): Promise<{ status: number; body: T }> {
  const answer = await fetch(world.valet.url + path, { method: "POST", body: new URLSearchParams({ client_id: CLI, ...form }) });
  return { status: answer.status, body: (await answer.json()) as T };
}

const ask = async (world: World, scope: string) => (await post<Asked>(world, "/oauth/device_authorization", { scope })).body;
const fetchTokens = (world: World, { device_code }: Asked) =>
  post<{ access_token: string; error?: string }>(world, "/oauth/token", { grant_type: DEVICE, device_code });

test("a person types a terminal's code, sees what asks for what, allows it, and it is signed in as them", async ({ world, open }) => {
  const ada = await join(world, "Ada Typing");
  const asked = await ask(world, "valet:read");
  const page = await open(ada);
  await page.goto("/device");
  await page.getByLabel("Code").fill(asked.user_code.toLowerCase().replace("-", ""));
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText(asked.user_code, { exact: true })).toBeVisible();
  await expect(page.getByText("Valet CLI", { exact: true })).toBeVisible();
  await expect(page.getByText("Asked from")).toBeVisible();
  await expect(page.getByText("See everything that you can see in Valet. It can change nothing.")).toBeVisible();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The terminal is signed in" })).toBeVisible();
  const { body } = await fetchTokens(world, asked);
  const me = await fetch(`${world.valet.url}/api/v1/me`, { headers: { authorization: `Bearer ${body.access_token}` } });
  expect([me.status, (await me.json()).email]).toEqual([200, ada.email]);
});

test("a terminal that its person turns away gets nothing", async ({ world, open }) => {
  const asked = await ask(world, "valet:all");
  const page = await open(await join(world, "Ada Declining"));
  await page.goto(`/device?user_code=${asked.user_code}`);
  await page.getByRole("button", { name: "Deny" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Turned away" })).toBeVisible();
  expect(await fetchTokens(world, asked)).toMatchObject({ status: 400, body: { error: "access_denied" } });
});
