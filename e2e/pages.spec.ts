import type { Page } from "@playwright/test";
import { type Company, FIRST_DAY, settle, TODAY } from "./support/company";
import type { Entered } from "./support/people";
import { photograph } from "./support/photograph";
import { test as base, expect } from "./support/test";
import { type HeldWorld, startHeldWorld } from "./support/world";

/** A Valet of their own, whose clock stands: what is on its pages is the same in every run. */
const test = base.extend<object, { readonly world: HeldWorld; readonly company: Company }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its pattern
    async ({}, use) => {
      const world = await startHeldWorld(FIRST_DAY);
      await use(world);
      await world.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  company: [async ({ world }, use) => use(await settle(world)), { scope: "worker", timeout: 120_000 }],
});

/** One worker makes the company once. */
test.describe.configure({ mode: "default" });
test.slow();

/** A size changes where things stand and a theme their colours: two of the four pairs show every size and every colour. */
const PAIRS = [
  ["desktop", { width: 1280, height: 800 }, "light"],
  ["phone", { width: 390, height: 844 }, "dark"],
] as const;

/** A page and what its picture is called. */
interface Sight {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
}

for (const [size, viewport, colorScheme] of PAIRS) {
  test(`every page looks as agreed, ${size}`, async ({ company, world, open, watch }) => {
    watch.expectMessage(/status of 404/);
    for (const [person, sights] of sightsOf(company, world)) {
      const page = await open(person);
      await page.clock.setFixedTime(TODAY);
      await page.setViewportSize(viewport);
      await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
      for (const { name, path, act } of sights) {
        await page.goto(path);
        await isAlive(page);
        await act?.(page);
        await photograph(page, `${name}-${size}`, [[company.userCode, "WDJB-MJHT"]]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    }
  });
}

/** How fast a database was, and how many lines to it are open, is another thing each time. */
async function sayRoundly(page: Page): Promise<void> {
  const says = (words: RegExp, instead: string) =>
    page
      .locator("dd")
      .filter({ hasText: words })
      .evaluate((one, text) => {
        one.textContent = text;
      }, instead);
  await says(/Answered in/, "Answered in 7 ms");
  await says(/open, nobody waits/, "5 open, nobody waits");
}

function sightsOf(company: Company, world: HeldWorld): readonly (readonly [person: Entered | undefined, sights: readonly Sight[]])[] {
  const { ada, newcomer, bots, connections, grants, runId, chainedUseId, invitation, userCode } = company;
  const { triage, orphan } = bots;
  const chosen = `connection=${connections.healthy}&agent=${triage.agentId}`;
  return [
    [
      undefined,
      [
        { name: "sign-in", path: "/sign-in" },
        { name: "sign-in-ended", path: "/sign-in?error=ended" },
        { name: "join", path: invitation },
        { name: "join-spent", path: "/join/spent-long-ago" },
        { name: "set-up-spent", path: "/set-up/spent-long-ago" },
        { name: "nowhere", path: "/nowhere" },
      ],
    ],
    [
      newcomer,
      [
        { name: "first-home", path: "/" },
        { name: "first-connections", path: "/connections" },
        { name: "first-agents", path: "/agents" },
        { name: "first-grants", path: "/grants" },
        { name: "first-new-grant", path: "/grants/new" },
        { name: "first-activity", path: "/activity?acting=agent" },
        { name: "first-runs", path: "/runs" },
      ],
    ],
    [
      ada,
      [
        { name: "home", path: "/" },
        { name: "connections", path: "/connections" },
        { name: "connection", path: `/connections/${connections.healthy}` },
        { name: "connection-broken", path: `/connections/${connections.broken}` },
        { name: "connection-key", path: `/connections/${connections.key}` },
        { name: "connect", path: "/connections/new?connector=slack" },
        { name: "connect-key", path: "/connections/new/key?connector=demo" },
        { name: "agents", path: "/agents" },
        { name: "register", path: "/agents/new" },
        { name: "agent", path: `/agents/${triage.agentId}` },
        ...["activity", "credentials", "connect", "settings"].map((tab) => ({
          name: `agent-${tab}`,
          path: `/agents/${triage.agentId}?tab=${tab}`,
        })),
        { name: "grants", path: "/grants" },
        { name: "grants-over", path: "/grants?state=over" },
        { name: "new-grant", path: `/grants/new?${chosen}` },
        { name: "new-grant-review", path: `/grants/new?${chosen}&scopes=issues:read&lifetime=8h&review=1` },
        { name: "grant", path: `/grants/${grants.used}` },
        { name: "grant-suspended", path: `/grants/${grants.suspended}` },
        { name: "grant-revoked", path: `/grants/${grants.revoked}` },
        { name: "activity", path: "/activity" },
        { name: "activity-row", path: `/activity?decision=refused&row=${chainedUseId}` },
        { name: "runs", path: "/runs" },
        { name: "run", path: `/runs/${runId}` },
        { name: "account", path: "/account" },
        { name: "device", path: "/device" },
        { name: "device-asked", path: `/device?user_code=${userCode}` },
        { name: "grant-nowhere", path: "/grants/grt_nowhere" },
      ],
    ],
    [
      world.admin,
      [
        { name: "admin", path: "/admin" },
        { name: "admin-people", path: "/admin/people" },
        { name: "admin-agents", path: "/admin/agents" },
        { name: "admin-connectors", path: "/admin/connectors" },
        { name: "admin-trust", path: "/admin/trust" },
        { name: "admin-resources", path: "/admin/resources" },
        { name: "admin-policy", path: "/admin/policy" },
        { name: "admin-audit", path: "/admin/audit" },
        { name: "admin-health", path: "/admin/health", act: sayRoundly },
        { name: "admin-access", path: "/admin/access" },
        { name: "admin-stop", path: "/admin/stop" },
        { name: "admin-stop-agent", path: `/admin/stop?agent=${triage.agentId}` },
        { name: "admin-orphan", path: `/agents/${orphan.agentId}` },
        { name: "admin-grant-own", path: `/grants/${grants.own}` },
      ],
    ],
  ];
}

/** React has taken over all of it: nothing that is on the page now is put there again. */
async function isAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const parts = [...document.querySelectorAll("body :is(h1, h2, p, a, button, li, dd, td, time)")];
    return parts.length > 0 && parts.every((part) => Object.keys(part).some((key) => key.startsWith("__reactFiber")));
  });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
