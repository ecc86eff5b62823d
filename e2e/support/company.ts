import { saveView } from "../../lib/activity/savedViews";
import { addTrustRule } from "../../lib/agents/addTrustRule";
import { registerAgent } from "../../lib/agents/register";
import { pauseAgent } from "../../lib/agents/status";
import { testGrant } from "../../lib/broker/selfTest";
import { agreeLink } from "../../lib/chains/agree";
import { recordSharedKey } from "../../lib/connections/recordKey";
import type { Role } from "../../lib/ctx";
import { writingSide } from "../../lib/db";
import { revokeGrant } from "../../lib/grants/revoke";
import { invitePerson } from "../../lib/people/invite";
import { createPersonalToken } from "../../lib/people/personalTokens";
import { suspendPerson } from "../../lib/people/status";
import { giveOwnAccess } from "../../lib/platform/ownAccess";
import { registerResource } from "../../lib/platform/resources";
import { addIssuer } from "../../lib/trust/add";
import { connectDemo, connectEmulated } from "./accounts";
import { type Bot, call, exchange, fetchAccess, lend } from "./agent";
import { clientOf } from "./emulators";
import { type Entered, enter } from "./people";
import type { HeldWorld } from "./world";

/** A Wednesday after lunch. Never later than the day somebody runs this: sessions last for an hour of the real clock. */
export const TODAY = "2026-11-18T14:20:00.000Z";
/** When this Valet was set up. */
export const FIRST_DAY = daysAgo(13, "08:00");

/** What the pages of a small company's Valet are about, after two weeks of use. */
export interface Company {
  readonly ada: Entered;
  readonly newcomer: Entered;
  readonly bots: Readonly<Record<"triage" | "orphan", Bot>>;
  readonly connections: Readonly<Record<"healthy" | "broken" | "key", string>>;
  readonly grants: Readonly<Record<"used" | "suspended" | "revoked" | "own", string>>;
  readonly runId: string;
  /** One use with a chain of two agents. */
  readonly chainedUseId: string;
  readonly invitation: string;
  /** What a terminal shows, to be typed at /device. */
  readonly userCode: string;
}

/** Lived by the product's own verbs and endpoints, one moment after the other, so that nothing is there that it would not write itself. */
export async function settle(world: HeldWorld): Promise<Company> {
  const at = (days: number, time: string) => world.setClock(daysAgo(days, time));
  const { admin } = world;

  await at(13, "09:00");
  const ada = await enterAs(world, "Ada Lovelace");
  const linus = await enterAs(world, "Linus Berg");
  await enterAs(world, "Olga Ladyzhenskaya", "auditor");
  const sofia = await enterAs(world, "Sofia Kovalevskaya");

  await at(13, "09:40");
  const healthy = await connectDemo(ada);
  const triage = await register(ada, "Triage bot", "Sorts new issues every morning");
  const notes = await register(ada, "Release notes", "Drafts the notes of each release");
  const used = await lend(ada, triage, healthy, { lifetime: "30d", delivery: "gateway", scopes: ["issues:read", "issues:write"] });

  await at(12, "10:00");
  const github = await connectEmulated(ada, "github");
  const broken = await connectDemo(ada, { connector: "demo-board", scopes: ["profile:read", "issues:read", "files:read"] });
  await lend(ada, notes, github, { lifetime: "30d" });
  const waiting = await lend(ada, notes, broken, { lifetime: "30d", delivery: "gateway" });

  await at(12, "11:00");
  const stock = await register(linus, "Stock watcher", "Tells the warehouse what runs out");
  const ofLinus = await connectDemo(linus, { login: "linus" });
  const watching = await lend(linus, stock, ofLinus, { lifetime: "30d", delivery: "gateway" });
  const orphan = await register(sofia, "Price feed", "Compares prices with three partners");
  const ofSofia = await connectDemo(sofia, { login: "grace" });
  const feeding = await lend(sofia, orphan, ofSofia, { lifetime: "30d", delivery: "gateway" });
  const deploy = await register(admin, "Deploy bot", "Ships what the main branch holds");

  await at(12, "15:00");
  const service = await registerResource(admin.ctx, {
    resource: "https://deploy.company.test",
    name: "Deploys",
    scopes: ["deploy:read", "deploy:run"],
  });
  await giveOwnAccess(admin.ctx, { agentId: deploy.agentId, resourceId: service.id, scopes: ["deploy:read"] });
  await trustPlatform(admin, deploy);
  const house = await connectDemo(admin, { login: "grace", connector: "demo-board" });
  const own = await lend(admin, deploy, house, { lifetime: "30d", delivery: "gateway", pattern: "own", scopes: ["issues:read"] });

  for (let days = 11; days > 0; days -= 1) {
    const weekday = new Date(daysAgo(days, "00:00")).getUTCDay();
    if (weekday === 0) continue;
    await workDay(world, days, { triage: [triage, used.grantId], stock: [stock, watching.grantId], feed: [orphan, feeding.grantId] });
  }

  await at(4, "16:00");
  const importer = await register(ada, "Old importer", "Read the orders of last year");
  await lend(ada, importer, healthy, { lifetime: "30d", scopes: ["files:read"] });
  await at(3, "09:00");
  await pauseAgent(ada.ctx, { agentId: importer.agentId });
  await at(3, "10:00");
  const { grantId: revoked } = await lend(ada, notes, healthy, { lifetime: "7d", scopes: ["issues:read"], delivery: "direct" });
  await at(3, "10:02");
  await fetchAccess(world, notes, revoked);
  await at(3, "10:06");
  await revokeGrant(ada.ctx, { grantId: revoked });

  await at(2, "09:00");
  const oncall = await register(ada, "On-call helper", "Looks into alerts at night");
  await agreeLink(ada.ctx, { grantId: used.grantId, toAgentId: oncall.agentId });
  await at(2, "10:00");
  const key = await pasteKey(world, ada);
  await lend(ada, oncall, key, { lifetime: "30d", scopes: ["issues:read"] });
  await at(2, "11:00");
  await suspendPerson(admin.ctx, { personId: sofia.ctx.actor.personId });
  await saveView(ada.ctx, { name: "Refused this week", query: "decision=refused&since=7d" });
  await saveView(ada.ctx, { name: "What Triage bot writes", query: `agent=${triage.agentId}&event=gateway.call` });
  await createPersonalToken(ada.ctx, { name: "Backup script", lifetimeDays: 30 });

  await at(1, "10:00");
  const { grantId: suspended } = await lend(ada, oncall, healthy, { lifetime: "7d", scopes: ["files:read"], delivery: "gateway" });
  await findOpen(world, ada, suspended);

  await at(0, "09:00");
  await lend(ada, notes, healthy, { lifetime: "8h", scopes: ["issues:read", "files:read"] });
  world.saas.control.withdraw("ada", clientOf("demo-board").id);
  await at(0, "10:00");
  await work(world, [notes, waiting.grantId], { calls: [["GET", "/api/issues"]] });
  const runId = "triage-2026-11-18";
  const chainedUseId = await chainedRun(world, runId, { triage, oncall, grantId: used.grantId });
  await at(0, "13:00");
  const newcomer = await enterAs(world, "Nora Newcomer");
  const { path: invitation } = await invitePerson(admin.ctx, { email: "emmy@company.test", role: "member" });
  await at(0, "14:15");
  const userCode = await askForTerminal(world);
  await steadyRows(world);
  await world.setClock(TODAY);
  return {
    ada,
    newcomer,
    bots: { triage, orphan },
    connections: { healthy, broken, key },
    grants: { used: used.grantId, suspended, revoked, own: own.grantId },
    runId,
    chainedUseId,
    invitation,
    userCode,
  };
}

function daysAgo(days: number, time: string): string {
  return `${new Date(Date.parse(TODAY) - days * 86_400_000).toISOString().slice(0, 11)}${time}:00.000Z`;
}

async function enterAs({ admin, core }: HeldWorld, name: string, role: Role = "member"): Promise<Entered> {
  const email = `${name.split(" ")[0]?.toLowerCase()}@company.test`;
  const { token } = await invitePerson(admin.ctx, { email, role });
  return enter(core, token, { name, email });
}

async function register(owner: Entered, name: string, purpose: string): Promise<Bot> {
  const { agentId, clientId, clientSecret } = await registerAgent(owner.ctx, { name, purpose });
  return { agentId, clientId, clientSecret: clientSecret ?? "", name };
}

type Worker = readonly [bot: Bot, grantId: string];

/** Mornings of reading, some writing, and now and then something that was not lent. The later, the more of it. */
async function workDay(
  world: HeldWorld,
  days: number,
  { triage, stock, feed }: Record<"triage" | "stock" | "feed", Worker>,
): Promise<void> {
  const issues = 2 + ((days * 7) % 5);
  await world.setClock(daysAgo(days, "07:00"));
  await work(world, triage, { runId: `triage-${daysAgo(days, "07:00").slice(0, 10)}`, calls: readings(issues, days % 3 === 0) });
  await world.setClock(daysAgo(days, "11:30"));
  await work(world, stock, { calls: readings(2, false) });
  if (days > 2 && days % 2 === 0) {
    await world.setClock(daysAgo(days, "13:10"));
    await work(world, feed, { calls: readings(1, days === 4) });
  }
}

type Call = readonly [method: string, path: string, json?: unknown];

function readings(count: number, alsoBeyond: boolean): Call[] {
  const each = Array.from({ length: count }, (_, index): Call => ["GET", `/api/issues/${index + 1}`]);
  return [["GET", "/api/issues"], ...each, ...(alsoBeyond ? [["GET", "/api/files"] as const] : [])];
}

async function work(
  world: HeldWorld,
  [bot, grantId]: Worker,
  { calls, runId }: { readonly calls: readonly Call[]; readonly runId?: string },
): Promise<void> {
  const { access_token, api_base } = await fetchAccess(world, bot, grantId, runId ? { run_id: runId } : {});
  await callEach(world, access_token, api_base, calls);
}

/** A few seconds apart, as an agent would. */
async function callEach(world: HeldWorld, token: string, base: string, calls: readonly Call[]): Promise<void> {
  for (const [method, path, json] of calls) {
    await world.setClock(new Date(world.core.clock.now().getTime() + 7_000).toISOString());
    await call(token, method, base + path, json);
  }
}

/** This morning's run: the first agent reads and writes, hands the rest on, and the second is refused what it may not. */
async function chainedRun(
  world: HeldWorld,
  runId: string,
  { triage, oncall, grantId }: { readonly triage: Bot; readonly oncall: Bot; readonly grantId: string },
): Promise<string> {
  await world.setClock(daysAgo(0, "14:02"));
  const first = await fetchAccess(world, triage, grantId, { run_id: runId });
  await callEach(world, first.access_token, first.api_base, [
    ["GET", "/api/issues"],
    ["GET", "/api/issues/3"],
    ["PATCH", "/api/issues/3", { labels: ["feature", "shop", "next"] }],
  ]);
  await world.setClock(daysAgo(0, "14:03"));
  const own = await ownToken(world, oncall);
  await world.setClock(`${daysAgo(0, "14:03").slice(0, 17)}04.000Z`);
  const second = await exchange(world, triage, first.access_token, {
    subject_token_type: ACCESS_TOKEN,
    actor_token: own,
    actor_token_type: ACCESS_TOKEN,
    scope: "issues:read",
  });
  if (second.status !== 200) throw new Error(`It was not handed on: ${JSON.stringify(second.body)}`);
  await callEach(world, String(second.body.access_token), first.api_base, [
    ["GET", "/api/issues/7"],
    ["POST", "/api/issues", { title: "Search ignores umlauts, again", body: "" }],
  ]);
  const { id } = await world.core.db.activity.findFirstOrThrow({
    where: { runIdVerified: runId, agentId: oncall.agentId, decision: "refused" },
    orderBy: { at: "desc" },
  });
  return id;
}

const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/** An agent's proof of who it is, to whoever hands work to it. */
async function ownToken(world: HeldWorld, bot: Bot): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: bot.clientId,
    client_secret: bot.clientSecret,
    resource: world.valet.url,
  });
  const answer = await fetch(`${world.valet.url}/oauth/token`, { method: "POST", body });
  return String(((await answer.json()) as { access_token: string }).access_token);
}

/** RFC 7515 appendix A.3. */
const KEY = {
  kty: "EC",
  crv: "P-256",
  use: "jwt-svid",
  kid: "spire-1",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};

async function trustPlatform(admin: Entered, bot: Bot): Promise<void> {
  const { id: issuerId } = await addIssuer(admin.ctx, {
    kind: "spiffe",
    name: "Cluster of the house",
    issuer: "spiffe://company.test",
    keysFrom: "inline",
    keys: JSON.stringify({ keys: [KEY] }),
  });
  const conditions = [{ claim: "sub", equals: "spiffe://company.test/deploy" }];
  await addTrustRule(admin.ctx, { agentId: bot.agentId, issuerId, name: "Deploy pod", conditions });
}

async function pasteKey({ saas, core }: HeldWorld, person: Entered): Promise<string> {
  const { accessToken: token } = saas.control.issue({ login: "ada", scopes: ["profile:read", "issues:read"] });
  const endsAt = new Date(core.clock.now().getTime() + 60 * 86_400_000);
  const shared = { connector: "demo", accountName: "Key of the old pipeline", token, scopes: ["issues:read"], endsAt };
  return (await recordSharedKey(person.ctx, shared)).connectionId;
}

/** The service lets through what was not lent, and the self-test finds out. */
async function findOpen({ saas }: HeldWorld, { ctx }: Entered, grantId: string): Promise<void> {
  saas.control.breakAll("api", "empty");
  await testGrant(ctx, { grantId });
  saas.control.repair();
}

async function askForTerminal({ valet }: HeldWorld): Promise<string> {
  const body = new URLSearchParams({ client_id: "valet-cli", scope: "valet:read" });
  const answer = await fetch(`${valet.url}/oauth/device_authorization`, { method: "POST", body });
  return ((await answer.json()) as { user_code: string }).user_code;
}

/**
 * How long a service took is the one thing that no clock of ours tells; and rows that one request wrote in one millisecond sort by what is
 * random in their ids.
 */
async function steadyRows({ core }: HeldWorld): Promise<void> {
  const { pool } = writingSide(core.db);
  await pool.query(
    `update activity set at = at + n * interval '1 millisecond'
     from (select id as row_id, row_number() over (partition by at order by event, target) - 1 as n from activity) numbered
     where id = row_id and n > 0`,
  );
  await pool.query(
    `update activity set duration_ms = 14 + n * 37 % 160
     from (select id as row_id, row_number() over (order by at, event, target) as n from activity where duration_ms is not null) numbered
     where id = row_id`,
  );
}
