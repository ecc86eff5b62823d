import { startCore } from "../../lib/core";
import type { Clock, Core, PersonCtx } from "../../lib/ctx";
import { findFreePort } from "../../lib/database/port";
import { writingSide } from "../../lib/db";
import { offerSetUp } from "../../lib/people/invite";
import { setUpConnector } from "../../lib/setups/setUp";
import { type TestClock, testClock } from "../../lib/testing/clock";
import { type Saas, startSaas } from "../fakes/saas";
import { DEMO_PEOPLE } from "../fakes/seed";
import { newDatabase } from "./database";
import { clientOf, type Emulated, endpointsOf, startEmulator, type Upstream } from "./emulators";
import { type Idp, SSO, startIdp } from "./idp";
import { type Entered, enter } from "./people";
import { environmentFor, reserveFace, startValet, type Valet } from "./valet";

const EMULATED: readonly Emulated[] = ["github", "google", "slack", "linear", "microsoft"];

/** A whole installation with everything around it, one per worker: tests in it share nothing but the first admin. */
export interface World {
  readonly valet: Valet;
  /** The same database and keys as the Valet that runs, for preparing by the product's own verbs. */
  readonly core: Core;
  readonly admin: Entered;
  /** The strict SaaS behind the connector `demo`, in this process. */
  readonly saas: Saas;
  readonly upstreams: Readonly<Record<Emulated, Upstream>>;
  readonly idp: Idp;
  close(): Promise<void>;
}

export const startWorld = (): Promise<World> => openWorld();

/** One whose time is told: every moment, and with it every page, is the same in every run. */
export interface HeldWorld extends World {
  /** For its Valet and for `core`, ISO 8601. */
  setClock(at: string): Promise<void>;
}

/** @param at where its time begins. */
export async function startHeldWorld(at: string): Promise<HeldWorld> {
  const clock = testClock(at);
  const world = await openWorld({ now: () => tick(clock) });
  const setClock = async (to: string) => {
    clock.set(to);
    await world.valet.setClock(clock.now());
  };
  return { ...world, setClock };
}

/** Rows of one verb sort as they were written. */
function tick(clock: TestClock): Date {
  clock.advance({ milliseconds: 1 });
  return clock.now();
}

async function openWorld(clock?: Clock): Promise<World> {
  const { recorder, port } = await reserveFace();
  const [saas, idp, started] = await Promise.all([
    startDemoSaas(recorder.url),
    startIdp([{ ...SSO, redirectUri: `${recorder.url}/api/auth/callback/oidc` }]),
    Promise.all(EMULATED.map(async (service) => [service, await startEmulator(service, recorder.url)] as const)),
  ]);
  const upstreams = Object.fromEntries(started) as Record<Emulated, Upstream>;
  const environment = environmentFor(recorder, port, await newDatabase(), {
    VALET_ENDPOINTS: JSON.stringify(endpoints(saas, upstreams)),
    VALET_DESIGN_PAGE: "1",
    OIDC_ISSUER: idp.url,
    OIDC_CLIENT_ID: SSO.clientId,
    OIDC_CLIENT_SECRET: SSO.clientSecret,
    OIDC_NAME: "Company login",
  });
  const running = await startCore({ ...environment, LOG_LEVEL: "error" });
  const core = clock ? { ...running.core, clock } : running.core;
  if (clock) await setBack(core, clock.now());
  const admin = await prepare(core);
  const valet = await startValet(recorder, environment, clock?.now());
  const close = async () => {
    await valet.stop();
    await running.stop();
    await Promise.all([saas.close(), idp.close(), ...Object.values(upstreams).map((one) => one.close())]);
  };
  return { valet, core, admin, saas, upstreams, idp, close };
}

/** Two connectors at one pretend SaaS: Demo Tracker cuts tokens, Demo Board takes it for one that cannot. */
const DEMOS = ["demo", "demo-board"] as const;

export async function startDemoSaas(valetUrl: string): Promise<Saas> {
  const [port, storagePort] = [await findFreePort(), await findFreePort()];
  const clients = DEMOS.map((connector) => {
    const { id: clientId, secret: clientSecret } = clientOf(connector);
    return { clientId, clientSecret, redirectUris: [`${valetUrl}/connect/${connector}/callback`] };
  });
  return startSaas({ port, storagePort, clients, people: DEMO_PEOPLE });
}

export function demoEndpoints(url: string): Record<string, string> {
  const oauth = { authorizeUrl: `${url}/oauth/authorize`, tokenUrl: `${url}/oauth/token`, revokeUrl: `${url}/oauth/revoke` };
  return { ...oauth, accountUrl: `${url}/api/me`, apiBaseUrl: url, issuer: url };
}

function endpoints(saas: Saas, upstreams: Record<Emulated, Upstream>): Record<string, object> {
  const emulated = EMULATED.map((service) => [service, endpointsOf(service, upstreams[service].recorder.url)]);
  // Only its app is made there, so it needs no more than the two addresses for that.
  const githubApp = { authorizeUrl: `${saas.url}/oauth/authorize`, apiBaseUrl: saas.url };
  const demos = DEMOS.map((connector) => [connector, demoEndpoints(saas.url)]);
  return { "github-app": githubApp, ...Object.fromEntries(demos), ...Object.fromEntries(emulated) };
}

/** Before the server starts: the first admin, and a client of ours at each SaaS. */
async function prepare(core: Core): Promise<Entered> {
  const token = (await offerSetUp(core))?.split("/").at(-1) ?? "";
  const admin = await enter(core, token, { name: "Grace Hopper", email: "grace@company.test" });
  for (const connector of [...DEMOS, ...EMULATED]) await setUp(admin.ctx, connector);
  return admin;
}

/** What the start wrote by the machine's own clock is as old as this world. */
async function setBack({ db, signer }: Core, at: Date): Promise<void> {
  const { prisma } = writingSide(db);
  await prisma.instance.updateMany({ data: { createdAt: at } });
  await prisma.signingKey.updateMany({ data: { createdAt: at, activeFrom: at } });
  await prisma.activity.updateMany({ data: { at } });
  await signer.reload(at);
}

function setUp(admin: PersonCtx, connector: string): Promise<unknown> {
  const { id, secret } = clientOf(connector);
  return setUpConnector(admin, { connector, clientId: id, clientSecret: secret, enabled: true });
}
