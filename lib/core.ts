import { join } from "node:path";
import pino from "pino";
import { change, touch } from "./activity/change";
import { createBreakers } from "./breakers";
import { keepOutage } from "./connections/outages";
import { asActor, type Clock, type Core, type Log } from "./ctx";
import { startEmbedded } from "./database/embedded";
import { applyMigrations } from "./database/migrate";
import { CANARY, findRing, requireOpens } from "./database/ring";
import { openDatabase, preparedRead, type ReadDb, writingSide } from "./db";
import { refreshesIn } from "./inRefresher";
import { createLeases } from "./leases";
import { createLimits } from "./limits";
import { createMetrics } from "./metrics";
import { openOutward } from "./net/outward";
import { createOnce } from "./once";
import { createTracing } from "./otlp";
import { askRefresher } from "./refresher/ask";
import { readSettings, type Settings } from "./settings";
import { openSigner } from "./signing/open";
import { openBeside } from "./signing/openBeside";
import { resealSigningKeys } from "./signing/reseal";
import { createSweeps } from "./sweeps";
import type { Signer } from "./tokens/signer";
import type { Tracing } from "./tracing";
import { createTurns, type Turns } from "./turns";
import { newestKey, sealedBy } from "./vault/sealedBy";
import { createVault, createWebVault, type Vault } from "./vault/vault";

/** A running core and how to end it. */
export interface RunningCore {
  readonly core: Core;
  /** Closes the pool, then the embedded PostgreSQL if this process started it. */
  stop(): Promise<void>;
}

const CANARY_WORD = "valet";
const CLOCK: Clock = { now: () => new Date() };
const MIGRATIONS = join(process.cwd(), "prisma", "migrations");
const SHARED = Symbol.for("valet.core");

/**
 * Starts everything but the server: settings, keys, database, migrations, signing keys.
 *
 * @throws SettingsError with the fix when a setting is bad, or when the key ring does not open this database.
 */
export async function startCore(
  env: Record<string, string | undefined>,
  onProgress: (sentence: string) => void = () => undefined,
): Promise<RunningCore> {
  const settings = readSettings(env);
  const tracing = createTracing(settings.otlp);
  const embedded = settings.databaseUrl
    ? null
    : await startEmbedded({ dataDir: join(settings.dataDir, "postgres"), database: "valet", onProgress });
  const databaseUrl = settings.databaseUrl ?? (embedded as { url: string }).url;
  let close: () => Promise<unknown> = async () => undefined;
  const stop = async () => {
    await Promise.all([close(), tracing.stop()]);
    await embedded?.stop();
  };
  try {
    const webKeys = settings.refresher?.webKeys;
    const vault = webKeys ? createWebVault(webKeys) : createVault(await findRing(settings, databaseUrl));
    const applied = await applyMigrations(databaseUrl, MIGRATIONS);
    if (applied.applied.length > 0) onProgress(`Applied ${applied.applied.length} migration(s).`);
    const [database, turns] = [openDatabase(databaseUrl), createTurns(databaseUrl)];
    const refresher = settings.refresher && webKeys ? askRefresher(settings.refresher, CLOCK) : null;
    close = () => Promise.all([refresher?.close(), turns.close(), database.close()]);
    const core = { ...(await assemble(settings, vault, database.db, turns, tracing)), refresher };
    if (!refresher) await makeReady(core);
    const signer = refresher ? await openBeside(core, () => refresher.started(onProgress)) : await openSigner(core);
    return { core: { ...core, signer }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The one core of this process: `server.ts` puts it there; where Next runs alone, the first request starts it. */
export function getCore(): Promise<Core> {
  const holder = globalThis as unknown as Record<symbol, Promise<Core> | undefined>;
  holder[SHARED] ??= startCore(process.env).then(({ core }) => core);
  return holder[SHARED];
}

/** Makes a started core the one of this process. */
export function shareCore(core: Core): void {
  (globalThis as unknown as Record<symbol, Promise<Core>>)[SHARED] = Promise.resolve(core);
}

type CoreWithoutSigner = Omit<Core, "refresher">;

async function assemble(settings: Settings, vault: Vault, db: ReadDb, turns: Turns, tracing: Tracing): Promise<CoreWithoutSigner> {
  const { pool } = writingSide(db);
  const flights = new Map<string, Promise<unknown>>();
  const [clock, log] = [CLOCK, createLog(settings.logLevel)];
  const breakers = createBreakers(clock, (at, outage) => void keepOutage({ db, log, clock }, at, outage));
  const watched = () => ({
    poolTotal: pool.totalCount,
    poolWaiting: pool.waitingCount,
    flights: refreshesIn(flights),
    spansDropped: tracing.dropped(),
    outages: breakers.outages(),
  });
  return {
    db,
    clock,
    startedAt: clock.now(),
    ...openOutward(trustedHosts(settings)),
    log,
    settings,
    vault,
    signer: await noSigner(),
    limits: createLimits(pool),
    leases: createLeases(pool, settings.requestsPerMinute),
    once: createOnce(pool),
    metrics: createMetrics(watched, { process: true }),
    breakers,
    sweeps: createSweeps(clock, log),
    flights,
    turns,
    tracing,
  };
}

/** Hosts an operator named in a setting may be private: their own GitHub, the demo's SaaS. */
function trustedHosts(settings: Settings): ReadonlySet<string> {
  const urls = Object.values(settings.endpoints).flatMap((endpoints) => Object.values(endpoints));
  return new Set(urls.flatMap((url) => (url ? [new URL(url).hostname] : [])));
}

function createLog(level: string): Log {
  // Nothing of its own beside level and time: a name that a line has twice is one that its readers lose.
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return {
    info: (event, fields) => logger.info({ ...fields, event }),
    warn: (event, fields) => logger.warn({ ...fields, event }),
    error: (event, fields) => logger.error({ ...fields, event }),
  };
}

/** What is made or checked by whoever holds every key. */
async function makeReady(core: Core): Promise<void> {
  const canary = 'select sealed_canary as "sealedCanary" from instance where id = 1';
  const [instance] = await preparedRead<{ sealedCanary: string }>(core.db, "sealed_canary", canary, []);
  if (!instance) await makeInstance(core);
  else {
    requireOpens(core.vault, instance.sealedCanary);
    await resealCanary(core, instance.sealedCanary);
  }
  await resealSigningKeys(core);
}

/** So that `npm run keys rotate` knows that a Valet holds the new key. */
async function resealCanary(core: Core, before: string): Promise<void> {
  if (sealedBy(before) === newestKey(core.vault)) return;
  const sealedCanary = core.vault.seal("lasting", CANARY, CANARY_WORD);
  await touch(core, (tx) => tx.instance.updateMany({ where: { id: 1, sealedCanary: before }, data: { sealedCanary } }));
}

async function makeInstance(core: Core): Promise<void> {
  const system = asActor(core, { kind: "system", name: "start" } as const);
  await change(system, "instance.create", async (tx, row) => {
    row.target = "This Valet";
    const sealedCanary = core.vault.seal("lasting", CANARY, CANARY_WORD);
    await tx.instance.upsert({ where: { id: 1 }, create: { id: 1, sealedCanary, createdAt: core.clock.now() }, update: {} });
  });
}

/** Stands in while the real one is being opened: nothing is signed before a start is complete. */
async function noSigner(): Promise<Signer> {
  const refuse = () => Promise.reject(new Error("The signing keys are not open yet."));
  return { sign: refuse, verify: refuse, jwks: refuse, reload: refuse };
}
