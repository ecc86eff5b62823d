import type { Page, Request } from "@playwright/test";
import { newId } from "../lib/ids";
import { operations } from "../lib/wire/operations";
import { type Answer, call, exchange } from "./support/agent";
import { forge } from "./support/forge";
import { type Furnished, furnish, useGrant } from "./support/furnished";
import { apiTokenOf, join, newEmail } from "./support/people";
import { expect, test } from "./support/test";
import type { World } from "./support/world";

test("a form that is changed to name another person's thing is refused, and changes nothing", async ({ world, open }) => {
  const [ada, tom] = await Promise.all([furnish(world, "Ada Steady"), furnish(world, "Tom Forging", "linus")]);
  const page = await open(tom.person);

  await page.goto(`/connections/${tom.connectionId}`);
  await forge(page, tom.connectionId, ada.connectionId);
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  await page.getByRole("button", { name: "Yes, disconnect" }).click();
  await expectRefused(page, "There is no such connection, or it is not yours.");

  await page.goto(`/grants/${tom.grantId}`);
  await forge(page, tom.grantId, ada.grantId);
  await page.getByRole("button", { name: "Revoke grant" }).click();
  await page.getByRole("button", { name: "Yes, revoke" }).click();
  await expectRefused(page, "There is no such grant, or it is not yours.");

  await page.goto(`/agents/${tom.bot.agentId}`);
  await forge(page, tom.bot.agentId, ada.bot.agentId);
  await page.getByRole("button", { name: "Pause agent" }).click();
  await page.getByRole("button", { name: "Yes, pause it" }).click();
  await expectRefused(page, "There is no such agent, or it is not yours.");

  await page.goto(`/agents/${tom.bot.agentId}?tab=credentials`);
  await page.getByText("Rotate", { exact: true }).click();
  await page.getByRole("button", { name: "Yes, make a new secret" }).click();
  await expectRefused(page, "There is no such agent, or it is not yours.");

  await page.goto(`/grants/new?connection=${tom.connectionId}&agent=${tom.bot.agentId}&scopes=issues:read&review=1`);
  await forge(page, tom.connectionId, ada.connectionId);
  await page.getByRole("button", { name: "Lend access" }).click();
  await expectRefused(page, "There is no such connection, or it is not yours.");

  await expectUntouched(world, ada);
});

/** Refused to everybody else before anything is looked for. */
const ADMINS_ALONE = new Set(["giveOwnAccess", "takeOwnAccess", "handOverAgents", "previewLeaving"]);
/** What else stands in a path, right in itself. */
const OTHER_PARTS: Record<string, string> = { connector: "demo" };

test("every REST operation on an id answers another person's word for word as one that is not there", async ({ world }) => {
  const [ada, tom] = await Promise.all([furnish(world, "Ada Rest"), furnish(world, "Tom Rest", "linus")]);
  const token = await apiTokenOf(tom.person);
  const now = new Date();
  const theirs: Record<string, string> = {
    ...{ connection_id: ada.connectionId, grant_id: ada.grantId, agent_id: ada.bot.agentId },
    person_id: ada.person.ctx.actor.personId,
  };
  const nobodys: Record<string, string> = {
    ...{ connection_id: newId("con", now), grant_id: newId("grt", now), agent_id: newId("agt", now) },
    person_id: newId("per", now),
  };
  const onOne = operations.filter(
    ({ path, id }) => !ADMINS_ALONE.has(id) && Object.keys(theirs).some((name) => path.includes(`{${name}}`)),
  );
  expect(onOne.length).toBeGreaterThan(10);
  for (const { method, path, id } of onOne) {
    const bodies: Record<string, object> = {
      listAccountResources: { kind: "issue" },
      narrowGrant: { scopes: ["issues:read"] },
      extendGrant: { lifetime: "7d" },
      addTrustRule: { issuer_id: "x", name: "x", conditions: [] },
      addCredential: { kind: "secret" },
      setAgentDpop: { dpop: "required" },
      agreeLink: { to_agent_id: tom.bot.agentId },
      setResolution: { tries: ["delegated"] },
    };
    const body = bodies[id];
    const ask = (ids: Record<string, string>) =>
      call(token, method, world.valet.url + path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? OTHER_PARTS[name] ?? name), body);
    const [one, other] = [await ask(theirs), await ask(nobodys)];
    expect(one.status, `${method} ${path}`).toBe(404);
    expect(wordsOf(one), `${method} ${path}`).toEqual(wordsOf(other));
  }
  await expectUntouched(world, ada);
});

test("admin pages are closed to members, and no link leads there", async ({ world, open, watch }) => {
  watch.expectMessage(/status of 404/);
  const page = await open(await join(world, "Tom Member"));
  for (const path of [
    "/admin",
    "/admin/stop",
    "/admin/access",
    "/admin/health",
    "/admin/audit",
    "/admin/people",
    `/admin/people/${world.admin.ctx.actor.personId}`,
    "/admin/agents",
    "/admin/connectors",
    "/admin/trust",
    "/admin/policy",
  ]) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here for you");
  }
  await page.goto("/");
  for (const name of ["Overview", "Health", "Access", "Audit", "People", "All agents", "Connectors", "Trust", "Policy"])
    await expect(page.getByRole("link", { name, exact: true })).toHaveCount(0);
});

test("an admin's forms, posted by a member or an auditor, change nothing", async ({ world, open }) => {
  const [member, auditor] = await Promise.all([join(world, "Tom Poster"), join(world, "Odd Auditor", "auditor")]);
  const target = await join(world, "Ada Target");
  const page = await open(world.admin);
  const posts = [
    await postOf(page, async () => {
      await page.getByRole("textbox", { name: "E-mail" }).fill(newEmail("Friend"));
      await page.getByRole("button", { name: "Invite" }).click();
      await expect(page.getByText("Send this link to")).toBeVisible();
    }),
    await postOf(page, async () => {
      await page.getByText("Manage Ada Target").click();
      const row = page.getByRole("listitem").filter({ hasText: "Ada Target" });
      await row.getByLabel("Role").selectOption("auditor");
      await row.getByRole("button", { name: "Change role" }).click();
      await expect(row.getByText("Changed")).toBeVisible();
    }),
  ];
  for (const person of [member, auditor]) {
    const from = await open(person);
    for (const { url, headers, body } of posts) {
      const answer = await from.request.fetch(url, { method: "POST", headers, data: body.replaceAll("auditor", "admin") });
      expect(await answer.text()).toContain("Only an admin may do this.");
    }
  }
  expect(await world.core.db.person.findUnique({ where: { id: target.ctx.actor.personId } })).toMatchObject({ role: "auditor" });
  expect(
    await world.core.db.invitation.count({ where: { createdById: { in: [member, auditor].map(({ ctx }) => ctx.actor.personId) } } }),
  ).toBe(0);
});

test("an auditor reads everybody's things, and is offered nothing that changes them", async ({ world, open }) => {
  const [ada, auditor] = await Promise.all([furnish(world, "Ada Audited"), join(world, "Olga Auditor", "auditor")]);
  await useGrant(world, ada);
  const page = await open(auditor);
  const offers = page.getByRole("button", {
    name: /Disconnect|Revoke|Pause|Resume|Reconnect|Rotate|Invite|Suspend|Remove|Change role|End sessions|^Save/,
  });
  const pages: (readonly [path: string, shows: string])[] = [
    ["/admin/people?q=Ada+Audited", "Ada Audited"],
    [`/admin/people/${ada.person.ctx.actor.personId}`, "Bot of Ada Audited"],
    ["/admin/agents", "Bot of Ada Audited"],
    ["/admin/connectors", "Only an admin can change these."],
    ["/admin/trust", "Only an admin can change these."],
    ["/admin/policy", "Only an admin can change these."],
    ["/grants?everyone=1", "Bot of Ada Audited"],
    [`/grants/${ada.grantId}`, "Ada Audited's Demo Tracker account"],
    [`/connections/${ada.connectionId}`, "by Ada Audited"],
    [`/agents/${ada.bot.agentId}`, "What it can do now"],
    [`/agents/${ada.bot.agentId}?tab=credentials`, "How it proves itself"],
    [`/agents/${ada.bot.agentId}?tab=settings`, "Who answers for it"],
    [`/activity?everyone=1&grant=${ada.grantId}`, "called through the gateway"],
  ];
  for (const [path, shows] of pages) {
    await page.goto(path);
    await expect(page.getByText(shows).filter({ visible: true }).first()).toBeVisible();
    await expect(offers, path).toHaveCount(0);
  }
});

test("an auditor's own API token changes nothing of anybody's", async ({ world }) => {
  const [ada, auditor] = await Promise.all([furnish(world, "Ada Kept"), join(world, "Otto Auditor", "auditor")]);
  const token = await apiTokenOf(auditor);
  const at = `${world.valet.url}/api/v1`;
  expect((await call(token, "GET", `${at}/grants/${ada.grantId}`)).status).toBe(200);
  for (const path of [
    `grants/${ada.grantId}/revoke`,
    `grants/${ada.grantId}/test`,
    `agents/${ada.bot.agentId}/pause`,
    `connections/${ada.connectionId}/disconnect`,
  ])
    expect((await call(token, "POST", `${at}/${path}`)).status, path).toBe(404);
  const narrow = await call(token, "POST", `${at}/grants/${ada.grantId}/narrow`, { scopes: ["issues:read"] });
  expect(narrow.status).toBe(404);
  expect((await call(token, "POST", `${at}/grants/${ada.grantId}/extend`, { lifetime: "30d" })).status).toBe(404);
  await expectUntouched(world, ada);
});

async function expectRefused(page: Page, message: string): Promise<void> {
  await expect(page.getByRole("main").getByRole("alert")).toHaveText(message);
}

/** The whole answer, but for the one member that differs with every request. */
function wordsOf({ body }: Pick<Answer, "body">): unknown {
  const { request_id: _ours, ...words } = body;
  return words;
}

async function expectUntouched(world: World, { connectionId, grantId, bot, person }: Furnished): Promise<void> {
  const { db } = world.core;
  expect(await db.connection.findUnique({ where: { id: connectionId } })).toMatchObject({ status: "active" });
  expect(await db.grant.findUnique({ where: { id: grantId } })).toMatchObject({ revokedAt: null });
  expect(await db.agent.findUnique({ where: { id: bot.agentId } })).toMatchObject({ status: "active" });
  expect(await db.grant.count({ where: { personId: person.ctx.actor.personId } })).toBe(1);
  expect(await exchange(world, bot, grantId)).toMatchObject({ status: 200 });
}

interface Post {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the browser sends when this is done on the page of people, without whose cookie it was. */
async function postOf(page: Page, act: () => Promise<void>): Promise<Post> {
  await page.goto("/admin/people?q=Ada+Target");
  const [request] = await Promise.all([page.waitForRequest((one: Request) => one.method() === "POST"), act()]);
  const { cookie: _theirs, "content-length": _length, ...headers } = await request.allHeaders();
  return { url: request.url(), headers, body: request.postData() ?? "" };
}
