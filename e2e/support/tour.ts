import type { Page } from "@playwright/test";
import { pauseAgent } from "../../lib/agents/status";
import { testGrant } from "../../lib/broker/selfTest";
import { disconnectConnection } from "../../lib/connections/disconnect";
import { writingSide } from "../../lib/db";
import { revokeGrant } from "../../lib/grants/revoke";
import { invitePerson } from "../../lib/people/invite";
import { suspendPerson } from "../../lib/people/status";
import { connectDemo, connectEmulated } from "./accounts";
import { fetchAccess, lend, register } from "./agent";
import { furnish, useGrant } from "./furnished";
import { apiTokenOf, type Entered, join, newEmail } from "./people";
import type { World } from "./world";

/** A page to look at, as it comes or after something was done on it. */
export interface Stop {
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
}

/** Somebody whose things are in every state there is, and the pages that show them. */
export interface Tour {
  readonly person: Entered;
  readonly stops: readonly Stop[];
}

const OPEN_DIALOG = (trigger: string) => async (page: Page) => {
  await page.getByRole("button", { name: trigger, exact: true }).first().click();
  await page.getByRole("dialog").waitFor();
};

const MAKE_TEST_CALL = async (page: Page) => {
  await page.getByRole("button", { name: "Make a test call" }).click();
  await page.getByText("Asked at").waitFor();
};

/** The pages of a member. Connections: healthy, to be reconnected, disconnected; grants: live, waiting, suspended, revoked; both ways of delivery. */
export async function tourOfMember(world: World, name: string): Promise<Tour> {
  const ada = await furnish(world, name);
  const { person, bot, connectionId, grantId } = ada;
  await useGrant(world, ada, { run_id: "a-run-with-a-rather-long-name-that-has-no-spaces-in-it-0123456789" });
  const [second, third] = [await register(person, "Release notes bot with quite a long name"), await register(person, "Paused bot")];
  const direct = await lend(person, second, connectionId, { delivery: "direct", scopes: ["issues:read"] });
  await fetchAccess(world, second, direct.grantId);
  await revokeGrant(person.ctx, { grantId: direct.grantId });
  await lend(person, third, connectionId);
  await pauseAgent(person.ctx, { agentId: third.agentId });
  const broken = await connectDemo(person, { login: "linus" });
  const waiting = await lend(person, bot, broken, { delivery: "gateway" });
  world.saas.control.withdraw("linus");
  await useGrant(world, { ...ada, grantId: waiting.grantId });
  const shut = await lend(person, second, connectionId, { scopes: ["files:read"] });
  await findOpen(world, person, shut.grantId);
  await lentLongAgo(world, grantId);
  const gone = await connectEmulated(person, "google");
  await disconnectConnection(person.ctx, { connectionId: gone });
  await apiTokenOf(person);
  const review = `/grants/new?connection=${connectionId}&agent=${bot.agentId}&scopes=issues:read&lifetime=8h&review=1`;
  const stops: Stop[] = [
    { path: "/" },
    { path: "/connections" },
    { path: "/connections?problem=wrong_issuer" },
    { path: "/connections?q=git" },
    { path: "/connections?q=nothing-like-it" },
    { path: `/connections/${connectionId}`, act: MAKE_TEST_CALL },
    { path: "/connections/new?connector=demo" },
    { path: `/connections/${connectionId}?connected=1` },
    { path: `/connections/${connectionId}`, act: OPEN_DIALOG("Disconnect") },
    { path: `/connections/${broken}` },
    { path: `/connections/${gone}` },
    { path: "/agents" },
    { path: "/agents/new" },
    { path: "/agents?part=mine&status=paused&q=bot" },
    { path: "/agents?q=nothing-of-this-name" },
    { path: `/agents/${bot.agentId}` },
    { path: `/agents/${bot.agentId}`, act: OPEN_DIALOG("Pause agent") },
    ...["activity", "credentials", "connect", "settings"].map((tab) => ({ path: `/agents/${bot.agentId}?tab=${tab}` })),
    { path: `/agents/${third.agentId}` },
    { path: `/agents/${third.agentId}?tab=connect` },
    { path: "/grants" },
    { path: "/grants?state=over" },
    { path: "/grants?q=nothing-of-this-name" },
    { path: `/grants/new?connection=${connectionId}` },
    { path: `/grants/new?connection=${connectionId}&agent=agt_x&scopes=repo&template=custom&resource=issue:7` },
    { path: review },
    { path: `/grants/${grantId}` },
    { path: `/grants/${grantId}`, act: OPEN_DIALOG("Revoke grant") },
    { path: `/grants/${grantId}`, act: OPEN_DIALOG("Narrow to what was used") },
    { path: `/grants/${grantId}`, act: OPEN_DIALOG("Extend") },
    { path: `/grants/${shut.grantId}` },
    { path: `/grants/${direct.grantId}` },
    { path: `/grants/${waiting.grantId}` },
    { path: "/activity" },
    { path: "/activity?acting=agent&decision=refused", act: openFirstRow },
    { path: "/activity?run=nothing-of-this-name" },
    { path: "/activity?kind=use&since=24h", act: saveOneView },
    { path: "/runs" },
    { path: "/runs?state=claimed&agent=nobody" },
    { path: "/runs/a-run-with-a-rather-long-name-that-has-no-spaces-in-it-0123456789" },
    { path: "/account" },
  ];
  return { person, stops };
}

/** Demo Tracker lets through what was not lent, and the self-test finds out. */
async function findOpen(world: World, { ctx }: Entered, grantId: string): Promise<void> {
  world.saas.control.breakAll("api", "empty");
  await testGrant(ctx, { grantId });
  world.saas.control.repair();
}

/** Long enough for what was not used to be offered away. */
async function lentLongAgo(world: World, grantId: string): Promise<void> {
  const createdAt = new Date(Date.now() - 15 * 86_400_000);
  await writingSide(world.core.db).prisma.grant.update({ where: { id: grantId }, data: { createdAt } });
}

/** What only admins and auditors have; with somebody suspended and an agent without an active owner. */
export async function tourOfAdmin(world: World): Promise<Tour> {
  const gone = await furnish(world, "Sue Suspended", "grace");
  await suspendPerson(world.admin.ctx, { personId: gone.person.ctx.actor.personId });
  const stops: Stop[] = [
    { path: "/admin" },
    { path: "/admin/stop?q=a" },
    { path: `/admin/stop?agent=${gone.bot.agentId}` },
    { path: `/admin/stop?grant=${gone.grantId}` },
    { path: "/admin/health" },
    { path: "/admin/access" },
    { path: "/admin/access?access=write&connector=github" },
    { path: `/admin/access?person=${gone.person.ctx.actor.personId}` },
    { path: "/admin/audit?about=grant" },
    { path: `/admin/audit?by=${world.admin.ctx.actor.personId}&since=7d` },
    { path: "/admin/people" },
    { path: "/admin/people?q=nothing-of-this-name" },
    { path: `/admin/people/${gone.person.ctx.actor.personId}` },
    { path: "/admin/agents" },
    { path: "/admin/connectors" },
    { path: "/admin/trust" },
    { path: "/admin/policy" },
    { path: "/grants?everyone=1" },
    { path: `/grants/${gone.grantId}` },
    { path: `/agents/${gone.bot.agentId}` },
    { path: `/agents/${gone.bot.agentId}?tab=settings` },
    { path: `/connections/${gone.connectionId}` },
    { path: `/activity?everyone=1&person=${gone.person.ctx.actor.personId}`, act: openFirstRow },
  ];
  return { person: world.admin, stops };
}

/** The first minutes of somebody who has nothing yet. */
export async function tourOfNewcomer(world: World): Promise<Tour> {
  const stops = ["/", "/connections", "/agents", "/grants", "/grants/new", "/activity?acting=agent", "/runs", "/account"];
  return { person: await join(world, "Nora Newcomer"), stops: stops.map((path) => ({ path })) };
}

/** What somebody sees who is not signed in. */
export async function tourOutside(world: World): Promise<readonly Stop[]> {
  const { path } = await invitePerson(world.admin.ctx, { email: newEmail("Invited"), role: "member" });
  return [
    "/sign-in",
    "/sign-in?error=ended",
    "/sign-in?error=person_suspended",
    path,
    "/join/spent-long-ago",
    "/set-up/spent-long-ago",
    ...["/docs", "/docs/quick-start", "/docs/concepts", "/docs/connectors", "/docs/connectors/github", "/docs/connectors/google"],
    ...["/docs/errors", "/docs/command", "/docs/operations", "/docs/security"],
  ].map((one) => ({ path: one }));
}

async function saveOneView(page: Page): Promise<void> {
  await page.getByText("Save this view").click();
  await page.getByLabel("Name of the view").fill("Uses of the last day, by a name that is rather long for a view");
  await page.getByRole("button", { name: "Save view" }).click();
  await page.getByText("Rename or delete views").waitFor();
}

async function openFirstRow(page: Page): Promise<void> {
  await page.getByRole("region", { name: "Rows of activity" }).getByRole("row").getByRole("link").first().click();
  await page.getByRole("complementary").waitFor();
}
